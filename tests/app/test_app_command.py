"""``mcost app`` from the shell: how it begins, ends and refuses."""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mcost.app.serving import _listening
from mcost.errors import McostError

Mcost = Callable[..., tuple[int, str, str]]


def test_ctrl_c_ends_it_without_a_word() -> None:
    command = [sys.executable, "-m", "mcost", "app", "article_100k", "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as server, contextlib.ExitStack() as at_last:
        at_last.callback(server.kill)
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(2)]
        assert lines[0] == "The article at 100,000 calls a month: never\n"
        assert lines[1].startswith("http://127.0.0.1:")
        port = int(lines[1].split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), 5):
            pass
        os.kill(server.pid, signal.SIGINT)
        assert server.wait(10) == 0
        assert server.stderr is not None
        assert server.stderr.read() == ""


def test_it_listens_to_this_machine_alone() -> None:
    with _listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_told(mcost: Mcost) -> None:
    with _listening(0) as taken:
        port = taken.getsockname()[1]
        code, _, error = mcost("app", "article_100k", "--no-browser", "--port", str(port))
    assert code == 2
    assert error == f"error: port {port}: Address already in use; choose another by --port\n"
    with _listening(0) as free, pytest.raises(McostError, match="choose another"):
        _listening(free.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("contestd",), "no such file, and no shipped scenario; did you mean contested?"),
        (("contested", "--draws", "65537"), "draws: found 65537; expected a whole number from 1 to 65,536"),
        (("contested", "--draws", "0"), "draws: found 0; expected a whole number from 1 to 65,536"),
        (("contested", "--seed", "-1"), "seed: found -1"),
    ],
)
def test_what_cannot_be_served_is_told(arguments: tuple[str, ...], said: str, mcost: Mcost) -> None:
    code, _, error = mcost("app", *arguments, "--no-browser")
    assert code == 2
    assert said in error


def test_without_the_extra_it_names_the_command_that_installs_it(
    mcost: Mcost, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "uvicorn" else real(name, *a)
    )
    code, _, error = mcost("app", "contested")
    assert code == 2
    assert error == "error: the page needs starlette and uvicorn: pip install 'mcost[app]'\n"


def test_the_page_s_files_name_no_other_place() -> None:
    import mcost.app

    page = Path(mcost.app.__file__).parent / "page"
    files = {file.name: file.read_text(encoding="utf-8") for file in page.iterdir()}
    assert {"index.html", "app.js", "style.css"} <= files.keys()
    for name, text in files.items():
        bare = text.replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in bare, name
        assert "https:" not in bare, name
        assert "innerHTML" not in bare, name
        assert "eval(" not in bare, name
