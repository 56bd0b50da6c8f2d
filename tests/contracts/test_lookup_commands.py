"""``mcost priors`` and ``mcost prices``: what they print, whole, on a day that is fixed; and their data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import genai_prices
import pytest

from mcost.catalogue import Entry, entries
from mcost.price_table import known_models
from mcost.report.lookup import WIDTH, plain
from mcost.report.priors import age, prior_page, priors_page
from mcost.report.sketch import sketch
from mcost.report.words import count
from mcost.uncertain import Quantity, read

Say = Callable[..., tuple[int, str, str]]


class FixedDate(date):
    @classmethod
    def today(cls) -> date:
        return date(2026, 12, 24)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, mcost: Say) -> Say:
    """Runs the command line on that day: exit code, standard output, standard error."""
    monkeypatch.setattr("mcost.cli.priors.date", FixedDate)
    return mcost


# priors

SETUP_HOURS = """\
engineering.setup_hours: Hours to build and launch a tuned model the first time

Unit        hours
Quantiles   5 %   25 %   median   75 %   95 %   mean
             20   24.5     28.3   32.6     40   28.9

Density                 ▃▅▇███▇▅▄▂
                     ▁▅███████████▇▅▂
                   ▁▅████████████████▇▅▂
                 ▁▅█████████████████████▇▅▃▁
               ▂▆███████████████████████████▇▅▃▂▁
            ▄▅███████████████████████████████████▇▆▆▅▄▃▃▃▂▂▂▁▁
            ─────┴───────────────┴──────────────┴─────────────
                20              30             40
                 ├────────────┼─────────────────┤
            ├ 5 %   ┼ median   ┤ 95 %

Read as     lognorm(s=0.2107, scale=28.28)
Grade       elicited: stated by somebody who should know
Source      The article this project starts from: 20 to 40 hours
Checked     2026-11-24, 30 days ago (today is 2026-12-24)
Note        Labelling, evaluation and integration are in it, later retrains are not. One author's
            figure; a first project of a team takes longer.
Fits        strategies.*.setup_hours
Paste       { prior = "engineering.setup_hours" }
"""

AZURE_HOUR = """\
hosting.azure_tuned_hour: Fee for an hour in which a tuned OpenAI model on Azure is deployed

Value       1.7 USD an hour, with certainty
Grade       measured: counted, or a posted price
Source      Azure Retail Prices API, fetched 2026-08-11
            https://prices.azure.com/api/retail/prices
Checked     2026-11-24, 30 days ago (today is 2026-12-24)
Note        $1,241 a month; regional ones $1.70 to 2.04. Base token prices come on top. The
            developer tier has no fee and is removed after 24 hours.
Fits        strategies.*.hosting.usd_per_hour
Paste       { prior = "hosting.azure_tuned_hour" }
"""

FOR_SETUP_HOURS = """\
2 priors, 1 of them weak: without a good source.

Hours of engineers: to build, to keep running, to follow changes, to move to another model.
                                  median  5 to 95 %  unit   grade
  engineering.setup_hours           28.3   20 to 40  hours  elicited
  engineering.prompt_setup_hours     9.8    4 to 24  hours  weak

One in full: mcost priors NAME. In a scenario: { prior = "NAME" }.
"""


def test_one_prior_in_full(say: Say) -> None:
    assert say("priors", "engineering.setup_hours") == (0, SETUP_HOURS, "")


def test_a_certain_prior_has_a_value_and_no_plot(say: Say) -> None:
    assert say("priors", "hosting.azure_tuned_hour") == (0, AZURE_HOUR, "")


def test_priors_that_fit_a_key(say: Say) -> None:
    assert say("priors", "--for", "setup_hours") == (0, FOR_SETUP_HOURS, "")
    assert say("priors", "--for", "strategies.fine_tune.setup_hours") == (0, FOR_SETUP_HOURS, "")


def test_the_list_holds_every_prior_once_under_its_topic_with_its_grade_in_words(say: Say) -> None:
    code, out, _ = say("priors")
    rows = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line.startswith("  ")}
    rows.pop("median")  # the heads of the columns
    assert code == 0
    assert rows == {name: entry.grade for name, entry in entries().items()}
    assert all(f"\n{entry.topic}\n" in out for entry in entries().values())


def test_one_grade_alone(say: Say) -> None:
    code, out, _ = say("priors", "--grade", "weak", "--json")
    listed = json.loads(out)["priors"]
    assert code == 0
    assert [p["name"] for p in listed] == [n for n, e in entries().items() if e.grade == "weak"]


def test_a_prior_as_data(say: Say) -> None:
    code, out, err = say("priors", "caching.hit_rate", "--json")
    (found,) = json.loads(out)["priors"]
    assert (code, err) == (0, "")
    assert found["p50"] == pytest.approx(0.728, rel=1e-2)
    assert found["mean"] == pytest.approx(3.5 / 5, rel=1e-12)
    assert list(found) == [
        *("name", "about", "unit", "domain", "read_as", "p5", "p25", "p50", "p75", "p95", "mean", "grade"),
        *("source", "url", "checked", "age_days", "note", "for", "paste"),
    ]
    assert (found["age_days"], found["checked"], found["grade"]) == (30, "2026-11-24", "weak")
    assert found["for"] == ["strategies.*.cache_hit"]
    assert found["paste"] == '{ prior = "caching.hit_rate" }'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["setup_hours"],
            'found prior "setup_hours"; expected one of the catalogue; '
            "did you mean engineering.setup_hours or engineering.prompt_setup_hours?",
        ),
        (
            ["engineering.stup_hours"],
            'found prior "engineering.stup_hours"; expected one of the catalogue; did you mean '
            "engineering.setup_hours, engineering.prompt_setup_hours or engineering.migration_hours?",
        ),
        (["zzz"], 'found prior "zzz"; expected one of the catalogue'),
        (
            ["--for", "setup_hour"],
            "--for setup_hour: no prior fits this key; did you mean strategies.*.setup_hours?",
        ),
    ],
)
def test_an_unknown_name_or_key_gets_the_nearest(say: Say, arguments: list[str], message: str) -> None:
    assert say("priors", *arguments) == (2, "", f"error: {message}\n")


def test_a_name_and_a_choice_from_the_list_exclude_each_other(say: Say) -> None:
    code, out, err = say("priors", "labels.llm", "--grade", "weak")
    assert (code, out) == (2, "")
    assert "NAME shows one prior; --grade and --for choose from the list" in err


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.name)
def test_every_prior_has_a_page_that_fits_a_narrow_terminal(entry: Entry) -> None:
    page = plain(prior_page(entry, date(2026, 11, 24)), 80)
    unbreakable = ("http", "Fits", "Read as")
    assert all(len(line) <= 80 or any(word in line for word in unbreakable) for line in page.splitlines())
    assert page.endswith(f'Paste       {{ prior = "{entry.name}" }}')


def test_no_prior_is_no_error() -> None:
    assert plain(priors_page([])) == "0 priors, none of them weak."


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "yesterday"),
        (date(2026, 12, 24), "30 days ago (today is 2026-12-24)"),
        (date(2027, 3, 24), "3 months ago (today is 2027-03-24)"),
        (date(2027, 11, 24), "11 months ago (today is 2027-11-24)"),
        (date(2027, 12, 24), "more than 1 year ago (today is 2027-12-24): check it again"),
        (date(2029, 12, 24), "more than 3 years ago (today is 2029-12-24): check it again"),
        (date(2026, 1, 1), "which is after today, 2026-01-01"),
    ],
)
def test_age_is_said_against_a_day(today: date, words: str) -> None:
    assert age(date(2026, 11, 24), today) == words


# the sketch


def test_a_sketch_of_a_few_points_is_a_bar_each() -> None:
    law = read({"dist": "randint", "low": 1, "high": 3}, Quantity("replicas"))
    bar = "█" * 35
    assert sketch(law, count) == (f"1  {bar}  50 %", f"2  {bar}  50 %")


def test_a_sketch_of_many_points_has_as_many_in_each_column() -> None:
    lines = sketch(read({"dist": "poisson", "mu": 200}, Quantity("calls")), count)
    tops = [lines[0].find("█"), lines[0].rfind("█")]
    assert len(set(lines[0][tops[0] : tops[1] + 1])) == 1  # one hill, no teeth


def test_a_sketch_of_a_wide_law_is_logarithmic_and_says_so() -> None:
    lines = sketch(read("1 to 1000", Quantity("USD")), count)
    assert lines[-1].endswith("(log scale)")
    assert lines[-3].split()[:4] == ["1", "10", "100", "1,000"]


def test_a_sketch_of_shares_is_linear() -> None:
    lines = sketch(read("0.1% to 30%", Quantity("share", "fraction")), lambda v: f"{100 * v:g} %", share=True)
    assert "(log scale)" not in lines[-1]


def test_a_sketch_of_samples_between_whole_numbers_spreads_them() -> None:
    shares = {"samples": [i / 100 for i in range(1, 100)]}
    lines = sketch(read(shares, Quantity("share", "fraction")), count, share=True)
    assert len(lines[-5].replace(" ", "")) == 50  # the lowest row of blocks: every column has some
    assert lines[-3].split() == ["0", "0.2", "0.4", "0.6", "0.8"]


def test_what_is_certain_has_no_sketch() -> None:
    assert sketch(read(3, Quantity("hours")), count) == ()


# prices

GPT_4O_MINI = f"""\
openai/gpt-4o-mini: USD per million tokens, prices of 2026-11-09 (the newest day of the price
table).

                                       source
  input                         $0.15  [1]
  cached input                 $0.075  [1]     0.5 × input
  cache write                as input  [1]     no price of its own
  output                        $0.60  [1]
  in a batch                 50 % off  [1]
  shortest cached prompt        1,024  [2]     tokens
  tuned: input                  $0.30  [3]
  tuned: cached input           $0.15  [3]
  tuned: output                 $1.20  [3]
  tuned: premium                  2 ×  [3]     the base model
  tuned: an hour deployed      no fee  [3]
  training                      $3.00  [4]     a million tokens trained; checked against the
                                               provider's own list
  released                 2024-07-18  [2]
  tuning closes            2027-01-06  [5]     last day to start a job
  retires                  2027-01-14  [6]

List-price changes: none recorded.

Sources
  [1]  genai-prices {genai_prices.__version__}, https://developers.openai.com/api/docs/pricing
  [2]  the project's own dated rows, mcost/models.toml
"""


def test_what_is_known_of_a_model_with_a_source_for_each_number(say: Say) -> None:
    code, out, err = say("prices", "openai/gpt-4o-mini")
    assert (code, err) == (0, "")
    assert out.startswith(GPT_4O_MINI)
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  [")] == [
        f"[{i}]" for i in range(1, 7)
    ]
    assert say("prices", "gpt-4o-mini") == (code, out, err)


def test_what_is_not_known_is_said_so_and_is_never_nothing(say: Say) -> None:
    _, out, _ = say("prices", "anthropic/claude-sonnet-4-6")
    lines = [line.split("  ") for line in out.splitlines() if line.startswith("  ")]
    values = {parts[1]: " ".join(parts[2:]).split()[:2] for parts in lines}
    for key in ("tuned", "training", "tuning closes", "retires"):
        assert values[key] == ["not", "known"]
    assert "$0.00" not in out
    (facts,) = json.loads(say("prices", "anthropic/claude-sonnet-4-6", "--json")[1])["prices"]
    for key in ("tuned", "training_usd_per_mtok", "tuning_closes", "retires"):
        assert facts[key] is None


def test_prices_of_another_day_and_the_changes_since(say: Say) -> None:
    _, out, _ = say("prices", "deepseek/deepseek-v4-pro", "--on", "2026-08-01")
    assert out.startswith(
        "deepseek/deepseek-v4-pro: USD per million tokens, prices of 2026-08-01 (as asked)."
    )
    assert "  input                       $0.435  [1]" in out
    assert "  2026-04-24 to 2026-05-25  input $1.74 to $0.435  output $3.48 to $0.87  0.25 × input" in out
    assert "  2026-08-17                input $0.435 to $0.66  output $0.87 to $1.98  1.52 × input" in out


def test_a_fee_by_the_hour_and_an_unknown_premium(say: Say) -> None:
    _, out, _ = say("prices", "azure/gpt-oss-20b")
    assert "tuned: an hour deployed      $0.30  [2]     idle or not: $219 a month" in out
    assert "its base model's price at this host is not known" in out


def test_without_a_model_the_providers_and_with_a_provider_its_models(say: Say) -> None:
    code, out, _ = say("prices")
    assert code == 0
    assert out.startswith(f"{len(known_models()):,} models of ")
    assert "  openai                       107  gpt-3.5-turbo, gpt-4.1" in out
    _, out, _ = say("prices", "anthropic")
    names = [line.split()[0] for line in out.splitlines() if line.startswith("  anthropic/")]
    assert names == [name for name in known_models() if name.startswith("anthropic/")]
    assert json.loads(say("prices", "--json")[1])["models"] == list(known_models())
    assert len(json.loads(say("prices", "anthropic", "--json")[1])["prices"]) == len(names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["gpt-4o-mimi"],
            'found model "gpt-4o-mimi"; expected a model of the price table; '
            "did you mean openai/gpt-4o-mini, openai/ft:gpt-4o-mini or openai/gpt-5.4-mini?",
        ),
        (
            ["gpt-4o-mini", "--on", "tomorrow"],
            '--on: found "tomorrow"; expected a date, such as 2026-12-01',
        ),
    ],
)
def test_a_mistake_is_one_error(say: Say, arguments: list[str], message: str) -> None:
    assert say("prices", *arguments) == (2, "", f"error: {message}\n")


@pytest.mark.parametrize("model", known_models()[::60])
def test_every_model_has_a_page(say: Say, model: str) -> None:
    code, out, err = say("prices", model)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= WIDTH


# what is loaded

LARGE = {"numpy", "scipy", "pandas", "matplotlib", "seaborn", "pydantic", "rich", "tree_sitter"}


@pytest.mark.parametrize(
    ("arguments", "kept_out"),
    [
        (["priors", "--help"], LARGE),
        (["prices", "--help"], LARGE),
        (["init", "--help"], LARGE),
        (["quick", "--help"], LARGE),
        (["prices", "gpt-4o-mini"], LARGE - {"pydantic"}),
        (["priors", "labels.llm"], LARGE - {"numpy", "scipy"} | {"scipy.stats"}),
    ],
)
def test_a_look_up_loads_no_more_than_it_needs(arguments: list[str], kept_out: set[str]) -> None:
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['mcost', *{arguments!r}]\n"
        "try: runpy.run_module('mcost', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not kept_out & set(run.stdout.splitlines()[-1].split())
