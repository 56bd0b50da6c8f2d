"""The page in a browser: what a hand, a keyboard and a link do."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

DRAWS = 4_096
VOLUME = "li[data-name='workload.calls_per_month']"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], browser: Browser) -> str:
    return serve("contested", "--draws", str(DRAWS))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address)


def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    context = browser.new_context(**options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(address)
    settled(page)
    yield page
    context.close()
    assert [text for text in wrong if "422" not in text] == []


def settled(page: Page) -> None:
    """Until the newest question is answered, at all draws."""
    expect(page.locator("#verdict[aria-busy=false]")).to_be_attached(timeout=20_000)
    expect(page.locator(f"#verdict[data-draws='{DRAWS}']")).to_be_attached(timeout=20_000)
    expect(page.locator("#tornado figcaption h3")).not_to_have_text("…", timeout=20_000)


def probability(page: Page) -> float:
    return float(page.get_attribute("#verdict", "data-probability"))


def fresh(page: Page, address: str) -> float:
    """What the server answers to the state in the page's address."""
    headers = {"origin": address.rstrip("/")}
    asked = {"state": page.url.partition("?")[2]}
    found = page.request.post(f"{address}answer", data=asked, headers=headers).text()
    return json.loads(found.splitlines()[0])["verdict"]["probability"]


def test_the_first_verdict_is_that_of_the_command_line(page: Page) -> None:
    command = [sys.executable, "-m", "mcost", "run", "contested", "--draws", str(DRAWS), "--json"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert probability(page) == answer["candidates"]["fine_tune"]["pays_off"]["probability"]
    expect(page.locator("#chance")).to_have_text(re.compile(r"^\d+ %$"))
    expect(page.locator("#finding")).to_contain_text("cheaper model")
    assert page.locator("#figures svg[role=img]").count() == 4


def test_a_key_moves_a_handle_and_the_verdict(page: Page, address: str) -> None:
    before = probability(page)
    handle = page.locator(f"{VOLUME} .handle.high")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    settled(page)
    text = page.input_value(f"{VOLUME} input[type=text]")
    assert re.fullmatch(r"450_000 to \d_?\d\d\d?_?\d*", text)
    assert probability(page) > before
    assert probability(page) == fresh(page, address)
    assert "workload.calls_per_month=450_000+to+" in page.url
    assert handle.get_attribute("aria-valuetext") == text.split(" to ")[1].replace("_", ",")
    expect(page.locator("#live")).to_contain_text("Fine tune pays off within 24 months: ")


def test_every_key_of_a_handle(page: Page) -> None:
    low, high = (page.locator(f"{VOLUME} .handle.{end}") for end in ("low", "high"))

    def now() -> list[float]:
        return [float(handle.get_attribute("aria-valuenow")) for handle in (low, high)]

    before = now()
    low.focus()
    for key, way in (
        ("ArrowRight", 1),
        ("ArrowLeft", -1),
        ("ArrowUp", 1),
        ("ArrowDown", -1),
        ("PageUp", 1),
        ("PageDown", -1),
    ):
        was = now()[0]
        page.keyboard.press(key)
        assert (now()[0] - was) * way > 0, key
    page.keyboard.press("Home")
    assert now()[0] == float(low.get_attribute("aria-valuemin"))
    page.keyboard.press("End")  # as far as the other one
    assert now()[0] == now()[1] == before[1]
    assert " to " not in page.input_value(f"{VOLUME} input[type=text]")
    high.focus()
    page.keyboard.press("End")
    assert now()[1] == float(high.get_attribute("aria-valuemax"))
    was = now()
    page.keyboard.press("Shift+ArrowLeft")
    assert all(a < b for a, b in zip(now(), was, strict=True))
    settled(page)
    page.click(f"{VOLUME} .tools button:has-text('Undo')")
    settled(page)
    assert now() == before
    assert "?" not in page.url


def test_a_hand_draws_few_futures_and_all_when_it_lets_go(page: Page) -> None:
    asked: list[dict] = []
    page.on(
        "request", lambda request: asked.append(request.post_data_json) if request.method == "POST" else None
    )
    box = page.locator(f"{VOLUME} .handle.high").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(x + 8 * step, y)
        page.wait_for_timeout(30)
    page.mouse.up()
    settled(page)
    assert {question["draws"] for question in asked[:-1]} == {2_048}
    assert asked[-1]["draws"] == DRAWS
    assert "workload.calls_per_month" in asked[-1]["state"]
    assert page.url.endswith(asked[-1]["state"])


def test_the_whole_interval_moves_by_its_bar(page: Page) -> None:
    box = page.locator(f"{VOLUME} .span").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + 1, steps=3)
    page.mouse.up()
    settled(page)
    low, high = page.input_value(f"{VOLUME} input[type=text]").replace("_", "").split(" to ")
    assert float(high) / float(low) == pytest.approx(650 / 450, rel=0.02)
    assert float(low) > 460_000


def test_and_if_volume_doubles(page: Page) -> None:
    page.click(f"{VOLUME} button:has-text('× 2')")
    settled(page)
    assert page.input_value(f"{VOLUME} input[type=text]") == "900_000 to 1_300_000"


def test_a_link_shows_the_same_view(page: Page, browser: Browser) -> None:
    page.fill(f"{VOLUME} input[type=text]", "2M to 4M")
    page.press(f"{VOLUME} input[type=text]", "Enter")
    page.click("#strategies button:has-text('Cached prompt')")
    page.locator("#strategies input[type=checkbox]:not(:disabled)").first.uncheck()
    page.locator("#horizon").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    for other in opened(browser, page.url):
        for selector in ("#chance", "#of", "#finding", "#strategies", "#months", "#dotplot h3", "#footer"):
            expect(other.locator(selector)).to_have_text(page.locator(selector).text_content())
        assert probability(other) == probability(page)
        assert other.input_value(f"{VOLUME} input[type=text]") == "2M to 4M"
        assert other.input_value("#horizon") == "25"


def test_a_saved_scenario_gives_the_same_probability_to_the_digit(page: Page, tmp_path: Path) -> None:
    page.fill(f"{VOLUME} input[type=text]", "700k to 900k")
    page.press(f"{VOLUME} input[type=text]", "Enter")
    page.locator("#strategies input[aria-label^='Better prompt']").uncheck()
    settled(page)
    with page.expect_download() as download:
        page.click("#saved")
    file = tmp_path / download.value.suggested_filename
    assert file.name == "contested-what-if.toml"
    download.value.save_as(file)
    command = [sys.executable, "-m", "mcost", "run", str(file), "--draws", str(DRAWS), "--json"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert answer["candidates"]["fine_tune"]["pays_off"]["probability"] == probability(page)
    assert "better_prompt" not in answer["candidates"]


def test_a_wrong_entry_is_told_beside_it(page: Page) -> None:
    before = probability(page)
    field = f"{VOLUME} input[type=text]"
    page.fill(field, "4M to 2M")
    page.press(field, "Enter")
    expect(page.locator(f"{VOLUME} .error")).to_contain_text("the low end must be below the high end")
    assert page.get_attribute(field, "aria-invalid") == "true"
    expect(page.locator("#verdict")).to_have_class(re.compile("stale"))
    assert page.get_attribute("#saved", "href") is None
    assert page.locator(f"{VOLUME} .error").get_attribute("id") in page.get_attribute(
        field, "aria-describedby"
    )
    page.fill(field, "2M to 4M")
    page.press(field, "Enter")
    expect(page.locator(f"{VOLUME} .error")).to_be_empty()
    settled(page)
    assert page.get_attribute(field, "aria-invalid") is None
    expect(page.locator("#verdict")).not_to_have_class(re.compile("stale"))
    assert probability(page) != before


def test_of_two_fast_changes_the_newer_is_shown(page: Page, address: str) -> None:
    page.locator(f"{VOLUME} .handle.high").focus()
    for _ in range(4):
        page.keyboard.press("PageUp")
        page.keyboard.press("PageUp")
        settled(page)
        assert probability(page) == fresh(page, address)


def test_a_late_answer_never_overwrites_a_newer_one(browser: Browser, address: str) -> None:
    """Even where the browser does not drop the older question."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("AbortController.prototype.abort = () => {}")
    page.goto(address)
    settled(page)
    held = []

    def late(route) -> None:
        if len(held) == 0:
            held.append(route)
        else:
            route.continue_()

    page.route("**/answer", late)
    page.locator(f"{VOLUME} .handle.high").focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    settled(page)
    newest = probability(page)
    assert newest == fresh(page, address)
    with page.expect_response("**/answer"):
        held[0].continue_()
    page.wait_for_timeout(700)
    assert probability(page) == newest
    context.close()


def test_a_strategy_can_be_switched_off(page: Page) -> None:
    row = page.locator("#strategies tr", has_text="Cheaper model")
    row.locator("input").uncheck()
    settled(page)
    assert "off=cheaper_model" in page.url
    expect(row).to_have_class("off")
    expect(page.locator("#finding")).not_to_contain_text("cheaper model")
    expect(page.locator("li[data-name='strategies.cheaper_model.setup_hours']")).to_be_hidden()
    row.locator("input").check()
    settled(page)
    expect(page.locator("#finding")).to_contain_text("cheaper model")
    expect(page.locator("#strategies tr", has_text="the baseline").locator("input")).to_be_disabled()


def test_a_strategy_that_others_are_made_of_says_so(browser: Browser, serve: Callable[..., str]) -> None:
    for page in opened(browser, serve("routing", "--draws", str(DRAWS))):
        row = page.locator("#strategies tr", has=page.locator("input[aria-label^='Fine tune']"))
        expect(row).to_contain_text("needed by router with tune")
        expect(row.locator("input")).to_be_disabled()
        page.locator("#strategies input[aria-label^='Router with tune']").uncheck()
        settled(page)
        expect(row.locator("input")).to_be_enabled()


def test_what_it_would_need_sets_the_input(page: Page) -> None:
    page.click(f"{VOLUME} button:has-text('What would it need?')")
    expect(page.locator(f"{VOLUME} .need")).to_contain_text(
        "to be ahead in half of all futures", timeout=20_000
    )
    settled(page)
    assert probability(page) == pytest.approx(0.5, abs=0.02)
    assert re.fullmatch(r"\d{3}_\d{3}", page.input_value(f"{VOLUME} input[type=text]"))


def test_the_horizon_slides(page: Page) -> None:
    page.locator("#horizon").focus()
    page.keyboard.press("End")
    settled(page)
    expect(page.locator("#of")).to_have_text("Fine tune pays off within 120 months")
    assert page.get_attribute("#horizon", "aria-valuetext") == "120 months"
    assert "horizon=120" in page.url


def test_sentences_and_figures_are_taken_along(browser: Browser, address: str) -> None:
    for page in opened(browser, address, permissions=["clipboard-read", "clipboard-write"]):
        page.click("#copy")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(page.locator("#finding").text_content())
        page.click("#dotplot button:has-text('Copy sentence')")
        assert "pays off within 24 months" in page.evaluate("navigator.clipboard.readText()")
        with page.expect_download() as download:
            page.click("#dotplot a:has-text('SVG')")
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert page.locator("#dotplot h3").text_content() in text


def test_weak_priors_are_marked(page: Page) -> None:
    growth = page.locator("li[data-name='workload.growth_per_month']")
    expect(growth.locator(".weak")).to_have_text("weak prior")
    growth.locator("input[type=text]").fill("1% to 2%")
    growth.locator("input[type=text]").press("Enter")
    settled(page)
    expect(growth.locator(".weak")).to_be_hidden()


def test_no_request_leaves_the_machine(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(address)
    settled(page)
    page.click(f"{VOLUME} button:has-text('× 2')")
    settled(page)
    context.close()
    assert len(seen) > 8
    assert [url for url in seen if not url.startswith(address)] == []


def test_markup_shows_as_text(browser: Browser, serve: Callable[..., str], tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)><b>x = y</b>"
    price = "price = { input = 1 }\nprompt_tokens = "
    (tmp_path / "evil.toml").write_text(
        f'title = "{evil}"\nbaseline = "a"\nhorizon_months = 12\n[workload]\ncalls_per_month = "1k to 2k"\n'
        f'[strategies.a]\n{price}1000\n[strategies."{evil}"]\n{price}"500 to 1_500"\n'
    )
    for page in opened(browser, serve(str(tmp_path / "evil.toml"), "--draws", str(DRAWS))):
        assert page.locator("h1").text_content() == evil
        expect(page.locator("#strategies")).to_contain_text(evil)
        assert page.locator("img, b").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_every_screen_in_both_themes(browser: Browser, address: str, width: int, theme: str) -> None:
    for page in opened(browser, address, viewport={"width": width, "height": 844}, color_scheme=theme):
        assert page.evaluate("document.documentElement.scrollWidth") == width
        ink, paper = page.evaluate(
            "[getComputedStyle(document.body).color,"
            " getComputedStyle(document.documentElement).backgroundColor]"
            ".map((c) => c.match(/[0-9]+/g).map(Number).reduce((a, b) => a + b))"
        )
        assert (ink < paper) == (theme == "light")
        page.locator(f"{VOLUME} .handle.high").scroll_into_view_if_needed()
        expect(page.locator("#chance")).to_be_in_viewport()
        outside = page.evaluate(
            "[...document.querySelectorAll('#figures svg text')].filter((t) => {"
            " const b = t.getBoundingClientRect();"
            " return b.width && (b.left < -1 || b.right > innerWidth + 1); })"
            ".map((t) => t.textContent)"
        )
        assert outside == []


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, input, [role=slider], svg[role=img]')].filter((node) =>"
        " !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length))"
        ".map((node) => node.outerHTML)"
    )
    assert nameless == []
    sliders = page.locator("[role=slider]")
    assert sliders.count() == 2 * page.locator("li.input").count()
    for key in ("aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"):
        assert page.evaluate(
            f"[...document.querySelectorAll('[role=slider]')].every((n) => n.hasAttribute('{key}'))"
        )
    assert page.locator("#live[role=status][aria-live=polite]").count() == 1


def test_the_keyboard_reaches_a_handle_and_shows_where_it_is(page: Page) -> None:
    page.locator(f"{VOLUME} input[type=text]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "handle low"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
