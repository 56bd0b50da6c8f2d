"""The page over HTTP: what it answers, and what it refuses."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from mcost.app.answers import Answers
from mcost.app.given import Given
from mcost.app.server import MAX_BODY, app
from mcost.figures.encoding import encode
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.style import DOCUMENT

PORT, HERE = 8000, "http://127.0.0.1:8000"


def lines(client: TestClient, state: str = "", **more: object) -> list[dict]:
    response = client.post("/answer", json={"state": state, "seq": 7, **more})
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def test_an_answer_comes_in_parts_the_verdict_first(client: TestClient, answers: Answers) -> None:
    parts = lines(client, "workload.calls_per_month=2M+to+4M")
    assert [[key for key in part if key != "seq"] for part in parts] == [
        ["verdict"],
        ["pictures"],
        ["pictures"],
        ["grounds"],
    ]
    assert all(part["seq"] == 7 for part in parts)
    assert list(parts[1]["pictures"]) == ["dotplot", "break_even"]
    assert list(parts[2]["pictures"]) == ["fan", "tornado"]
    assert parts[0]["verdict"]["draws"] == answers.draws
    assert lines(client, draws=64)[0]["verdict"]["draws"] == 64


def test_at_many_draws_the_number_comes_first_and_is_that_of_the_verdict(client: TestClient) -> None:
    parts = lines(client, "horizon=31", draws=4_096)
    assert list(parts[0]) == ["number", "seq"]
    assert parts[0]["number"].items() <= parts[1]["verdict"].items()
    again = lines(client, "horizon=31", draws=4_096)
    assert "verdict" in again[0]  # it is known already


def test_the_same_question_has_the_same_answer(client: TestClient) -> None:
    assert lines(client, "horizon=30") == lines(client, "horizon=30")


def test_mistakes_come_with_what_caused_them(client: TestClient) -> None:
    response = client.post("/answer", json={"state": "workload.calls_per_month=4M+to+2M&horizon=3x"})
    assert response.status_code == 422
    assert [each["at"] for each in response.json()["complaints"]] == ["horizon"]
    response = client.post("/answer", json={"state": "workload.calls_per_month=4M+to+2M"})
    assert [each["at"] for each in response.json()["complaints"]] == ["workload.calls_per_month"]


@pytest.mark.parametrize("draws", [0, -1, 65_537, 1e9, True, "many", None])
def test_draws_are_bounded(client: TestClient, draws: object) -> None:
    response = client.post("/answer", json={"state": "", "draws": draws})
    assert response.status_code == 422
    assert response.json()["complaints"][0]["message"] == "draws: expected a whole number from 1 to 65,536"


@pytest.mark.parametrize("body", ["[]", "x", "{", '{"state": 3}', "[" * 50_000, "{}"])
def test_a_body_that_is_no_question_is_refused(client: TestClient, body: str) -> None:
    response = client.post("/answer", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:9", "localhost.evil:8000", ""]
)
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    for path in ("/", "/scene", "/saved"):
        assert client.get(path, headers={"host": host}).status_code == 421
    assert client.post("/answer", json={"state": ""}, headers={"host": host}).status_code == 421


def test_both_names_of_this_machine_are_known(client: TestClient) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert client.get("/", headers={"host": f"{host}:{PORT}"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9000", "null", "https://127.0.0.1:8000"]
)
def test_only_the_page_may_ask(client: TestClient, origin: str) -> None:
    assert client.post("/answer", json={"state": ""}, headers={"origin": origin}).status_code == 403


def test_a_question_without_an_origin_is_refused(answers: Answers) -> None:
    with TestClient(app(answers, PORT), base_url=HERE) as client:
        assert client.post("/answer", json={"state": ""}).status_code == 403


def test_another_site_may_link_and_no_more(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert client.get("/?horizon=30", headers=headers).status_code == 200
    for path in ("/scene", "/saved", "/figure/document/dotplot.png"):
        assert client.get(path, headers=headers).status_code == 403


def test_a_large_body_is_refused_before_it_is_read(client: TestClient) -> None:
    large = b" " * 10_000_000
    assert (
        client.post("/answer", content=large, headers={"content-type": "application/json"}).status_code == 413
    )


def test_a_large_body_of_unsaid_length_is_refused_when_it_is_met(client: TestClient) -> None:
    read = []

    def body():
        for _ in range(10_000):
            read.append(1)
            yield b" " * 1024

    response = client.post("/answer", content=body(), headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert f"{MAX_BODY:,} bytes" in response.text


def test_a_form_of_another_site_is_refused(client: TestClient) -> None:
    response = client.post("/answer", data={"state": ""})
    assert response.status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/%2e%2e/server.py",
        "/server.py",
        "/page/index.html",
        "//etc/passwd",
        "/figure/document/..%2f..%2fx.png",
    ],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/figure/document/evppi.png", "/figure/poster/fan.png", "/figure/document/fan.exe"]
)
def test_only_the_page_s_own_figures_are_drawn(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_may_load_its_own_files_alone(client: TestClient) -> None:
    for path in ("/", "/app.js", "/style.css", "/favicon.svg", "/scene"):
        response = client.get(path)
        assert response.status_code == 200
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
    assert client.get("/app.js").headers["content-type"].startswith("text/javascript")


def test_a_downloaded_figure_is_that_of_the_command(client: TestClient, answers: Answers) -> None:
    import mcost

    for form in ("png", "svg"):
        response = client.get(f"/figure/document/fan.{form}")
        ground = Ground.of(mcost.run("contested", answers.draws))
        picture = GALLERY["fan"]
        figure = picture.figure(ground)
        assert response.content == encode(figure, form, DOCUMENT, "fan", picture.said(ground), ground.facts)
        assert response.headers["content-disposition"] == f'attachment; filename="contested-fan.{form}"'


def test_a_saved_scenario_is_a_file_to_keep(client: TestClient, contested: Given) -> None:
    response = client.get("/saved?workload.calls_per_month=2M+to+4M")
    assert response.headers["content-disposition"] == 'attachment; filename="contested-what-if.toml"'
    assert 'calls_per_month = "2M to 4M"' in response.text
    assert client.get("/saved?workload.calls_per_month={").status_code == 422


def test_what_it_would_need(client: TestClient) -> None:
    found = client.post("/need", json={"state": "", "input": "workload.calls_per_month"}).json()
    assert set(found) == {"said", "text"}
    wrong = client.post("/need", json={"state": "", "input": "nonsense"})
    assert wrong.status_code == 422


def test_fifty_at_once_all_have_their_own_answer(client: TestClient) -> None:
    def ask(i: int) -> float:
        found = lines(client, f"workload.calls_per_month={200 + 20 * i}k", draws=64)
        assert len(found) == 4
        return found[0]["verdict"]["probability"]

    with ThreadPoolExecutor(50) as threads:
        together = list(threads.map(ask, range(50)))
    assert together == [ask(i) for i in range(50)]
