"""How fast the what-if page answers, in a headless Chromium, and what 50 requests at once cost in memory.

python benchmarks/app.py [SCENARIO]    prints: key press to the changed number (median of 20, at all draws),
start of the command to the first verdict in the page, and the server's memory after the 50 requests.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHANGES = 20
AT_ONCE = 50

# From the key press itself to the answer's number in the document, and to the frame that shows it.
WATCH = """() => {
  window.times = [];
  const verdict = document.getElementById('verdict');
  let pressed = null;
  addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (pressed === null) return;
    const [from, there] = [pressed, performance.now()];
    pressed = null;
    const entry = { number: verdict.dataset.probability, there: there - from };
    requestAnimationFrame(() => setTimeout(() => {
      window.times.push({ ...entry, seen: performance.now() - from });
    }));
  }).observe(verdict, { attributes: true, attributeFilter: ['data-seq'] });
}"""


def started(scenario: str) -> tuple[subprocess.Popen[str], str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "mcost", "app", scenario, "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    server.stdout.readline()
    return server, server.stdout.readline().split()[0]


def first_verdict(page: Page, scenario: str) -> tuple[subprocess.Popen[str], str, float]:
    begun = time.perf_counter()
    server, address = started(scenario)
    page.goto(address)
    page.wait_for_selector("#verdict[aria-busy=false]")
    return server, address, time.perf_counter() - begun


def changes(page: Page) -> list[dict[str, float]]:
    page.wait_for_selector("#tornado svg")
    page.evaluate(WATCH)
    page.locator("li[data-name='workload.calls_per_month'] .handle.high").focus()
    for i in range(CHANGES):
        page.keyboard.press("ArrowRight")  # each of them a state that was not there before
        while (
            page.evaluate("window.times.length") <= i
        ):  # the page's policy forbids what wait_for_function does
            page.wait_for_timeout(5)
        page.wait_for_timeout(600)
    found: list[dict[str, float]] = page.evaluate("window.times")
    return found


def resident_mb(pid: int, kind: str) -> float:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith(kind))
    return int(line.split()[1]) / 1024


def ask(address: str, calls: int) -> bool:
    """Whether the answer came whole, to its last part."""
    body = json.dumps({"state": f"workload.calls_per_month={calls}+to+{2 * calls}", "seq": calls}).encode()
    headers = {"content-type": "application/json", "origin": address.rstrip("/")}
    with urllib.request.urlopen(urllib.request.Request(f"{address}answer", body, headers)) as response:
        return "grounds" in json.loads(response.read().splitlines()[-1])


def main() -> None:
    scenario = sys.argv[1] if len(sys.argv) > 1 else "contested"
    chromium = shutil.which("chromium")
    assert chromium, "needs Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page()
        page.goto("about:blank")
        server, address, start = first_verdict(page, scenario)
        try:
            timed = changes(page)
            draws = page.get_attribute("#verdict", "data-draws")
            for which, said in (("there", "number in the page"), ("seen", "and painted")):
                ms = [entry[which] for entry in timed]
                print(
                    f"key press to {said}: median {statistics.median(ms):.0f} ms, "
                    f"{min(ms):.0f} to {max(ms):.0f}, {len(ms)} changes at {draws} draws"
                )
            print(f"different numbers: {len({entry['number'] for entry in timed})}")
            print(f"start of the command to the first verdict: {start:.2f} s (the browser runs already)")
            before = resident_mb(server.pid, "VmRSS")
            begun = time.perf_counter()
            with ThreadPoolExecutor(AT_ONCE) as threads:
                whole = list(threads.map(lambda i: ask(address, 100_000 + 1_000 * i), range(AT_ONCE)))
            took = time.perf_counter() - begun
            after, most = (resident_mb(server.pid, kind) for kind in ("VmRSS", "VmHWM"))
            print(f"{AT_ONCE} requests at once: {sum(whole)} answered whole in {took:.1f} s")
            print(f"memory of the server: {before:.0f} MB before, {after:.0f} after, {most:.0f} at most")
        finally:
            server.terminate()
            server.wait()
            browser.close()
    print(f"{os.cpu_count()} cores")


if __name__ == "__main__":
    main()
