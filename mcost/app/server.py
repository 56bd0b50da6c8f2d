"""The page over HTTP, to this machine alone: what is asked, checked and bounded, and who computes it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mcost.app.answers import MOST, Answers
from mcost.app.state import Complaint, RefusedError, State, parse
from mcost.errors import McostError

T = TypeVar("T")

HOSTS = ("127.0.0.1", "localhost")
MAX_BODY = 64 * 1024
WORKERS = 2
REST = 0.15
"""Seconds between a verdict and what takes longer, which nobody needs who holds a key down."""

FORMS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
SHOWN = ("dotplot", "break_even", "fan", "tornado")
SIZES = ("document", "slide")

PAGE = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

SAFE = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def app(answers: Answers, port: int) -> ASGIApp:
    """The page of one scenario, for requests to this machine's port."""
    desk = _Desk(answers)
    files = {f"/{file.name}": file for file in sorted(PAGE.iterdir()) if file.suffix in KINDS}
    routes = [
        Route("/", partial(_file, files.pop("/index.html"))),
        *(Route(path, partial(_file, file)) for path, file in files.items()),
        Route("/scene", desk.scene),
        Route("/answer", desk.answer, methods=["POST"]),
        Route("/need", desk.need, methods=["POST"]),
        Route("/saved", desk.saved),
        Route("/figure/{size}/{name}.{form}", desk.figure),
    ]
    refusals: dict[Any, Callable[..., Response]] = {RefusedError: _refused, McostError: _refused}
    return _Guard(Starlette(routes=routes, exception_handlers=refusals), port)


async def _file(file: Path, request: Request) -> Response:
    return Response(file.read_bytes(), media_type=KINDS[file.suffix])


def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"complaints": _complaints(error)}, 422)


def _complaints(error: Exception) -> list[dict[str, str]]:
    told = error.complaints if isinstance(error, RefusedError) else (Complaint("", str(error)),)
    return [vars(complaint) for complaint in told]


class _Desk:
    """Takes questions and has them computed, a few at a time: those of a verdict before all others."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.fast = ThreadPoolExecutor(WORKERS, "verdict")
        self.slow = ThreadPoolExecutor(1, "pictures")  # Matplotlib is not made for threads

    async def scene(self, request: Request) -> Response:
        return JSONResponse(await _in(self.fast, self.answers.scene))

    async def answer(self, request: Request) -> Response:
        """One JSON object a line, as they come: the number, the verdict, pictures, and what takes longer."""
        asked = await _asked(request)
        state, draws, seq = parse(_text(asked, "state")), self._draws(asked), asked.get("seq")
        number = await _in(self.fast, self.answers.number, state, draws)
        lines = self._lines(request, state, draws, number)
        return StreamingResponse(
            (json.dumps(line | {"seq": seq}, allow_nan=False) + "\n" async for line in lines),
            media_type="application/x-ndjson",
        )

    async def _lines(
        self, request: Request, state: State, draws: int, number: dict[str, Any] | None
    ) -> AsyncIterator[dict[str, Any]]:
        if number is not None:
            yield {"number": number}
        try:
            yield {"verdict": await _in(self.fast, self.answers.verdict, state, draws)}
        except McostError as error:
            yield {"complaints": _complaints(error)}
            return
        first = partial(self.answers.pictures, state, draws, later=False)
        yield {"pictures": await _in(self.fast, first)}
        await asyncio.sleep(REST)
        if await request.is_disconnected():
            return
        later = partial(self.answers.pictures, state, draws, later=True)
        yield {"pictures": await _in(self.slow, later)}
        yield {"grounds": await _in(self.slow, self.answers.grounds, state, draws)}

    async def need(self, request: Request) -> Response:
        asked = await _asked(request)
        state, name = parse(_text(asked, "state")), _text(asked, "input")
        return JSONResponse(await _in(self.slow, self.answers.need, state, name))

    async def saved(self, request: Request) -> Response:
        text = await _in(self.fast, self.answers.saved, parse(request.url.query))
        return Response(text, media_type="application/toml", headers=_as_file(self._name("what-if.toml")))

    async def figure(self, request: Request) -> Response:
        name, size, form = (request.path_params[key] for key in ("name", "size", "form"))
        if name not in SHOWN or size not in SIZES or form not in FORMS:
            return PlainTextResponse("no such figure", 404)
        made = await _in(self.slow, self.answers.figure, parse(request.url.query), name, size, form)
        return Response(made, media_type=FORMS[form], headers=_as_file(self._name(f"{name}.{form}")))

    def _name(self, end: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9_-]", "_", Path(self.answers.given.scenario.file or "scenario").stem)
        return f"{stem}-{end}"

    def _draws(self, asked: dict[str, Any]) -> int:
        draws = asked.get("draws", self.answers.draws)
        if isinstance(draws, bool) or not isinstance(draws, int) or not 1 <= draws <= MOST:
            raise RefusedError([Complaint("", f"draws: expected a whole number from 1 to {MOST:,}")])
        return draws


async def _in(pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


async def _asked(request: Request) -> dict[str, Any]:
    """The JSON object of a body; nothing of it is kept beyond its bound."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise RefusedError([Complaint("", f"found more than {MAX_BODY:,} bytes")])
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise RefusedError([Complaint("", "expected a JSON object")])
    return asked


def _text(asked: dict[str, Any], key: str) -> str:
    text = asked.get(key)
    if not isinstance(text, str):
        raise RefusedError([Complaint("", f"{key}: expected text")])
    return text


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


class _Guard:
    """Lets pass what this page itself asks of this machine, and nothing larger than it could be."""

    def __init__(self, inner: ASGIApp, port: int) -> None:
        self.inner = inner
        self.hosts = {f"{host}:{port}" for host in HOSTS} | (set(HOSTS) if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SAFE)
            await send(message)

        await (refusal or self.inner)(scope, receive, with_headers)

    def _refusal(self, method: str, path: str, headers: Headers) -> Response | None:
        if headers.get("host") not in self.hosts:
            return PlainTextResponse("this page is for its own machine", 421)
        if path != "/" and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return PlainTextResponse("another site may link to the page, not ask it", 403)
        if method != "POST":
            return None
        if headers.get("origin") not in {f"http://{host}" for host in self.hosts}:
            return PlainTextResponse("only the page itself may ask", 403)
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("expected JSON", 415)
        if (
            not headers.get("content-length", "0").isdigit()
            or int(headers.get("content-length", "0")) > MAX_BODY
        ):
            return PlainTextResponse(f"expected at most {MAX_BODY:,} bytes", 413)
        return None
