"""A scenario that answers, its server without a socket, and a browser where there is one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from mcost.app.answers import Answers
from mcost.app.given import Given
from mcost.app.server import app

PORT = 8000
DRAWS = 1_024
HERE = f"http://127.0.0.1:{PORT}"


@pytest.fixture(scope="session")
def contested() -> Given:
    return Given.read("contested")


@pytest.fixture(scope="session")
def answers(contested: Given) -> Answers:
    return Answers(contested, DRAWS, 1)


@pytest.fixture
def client(answers: Answers) -> Iterator[TestClient]:
    """As the page itself asks."""
    headers = {"origin": HERE}
    with TestClient(app(answers, PORT), base_url=HERE, headers=headers) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None and os.environ.get("MCOST_TEST_BROWSER") != "1":
        pytest.skip("no Chromium here; MCOST_TEST_BROWSER=1 makes that a failure")
    assert found is not None, "MCOST_TEST_BROWSER=1, and no Chromium is found"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Starts ``mcost app`` on a scenario, and gives its address."""
    started = []

    def start(scenario: str, *options: str) -> str:
        command = [sys.executable, "-m", "mcost", "app", scenario, "--no-browser", *options]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        started.append(server)
        assert server.stdout is not None
        server.stdout.readline()
        return server.stdout.readline().split()[0]

    yield start
    for server in started:
        server.terminate()
        server.wait(10)
        server.stdout.close()
