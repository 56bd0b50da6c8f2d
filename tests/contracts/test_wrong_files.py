"""Wrong scenario files through the command line: exit 2, nothing on standard output, the whole message.

The files are in ``tests/data/wrong``. Each but ``five_mistakes`` holds one mistake, or two on one line.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WRONG = Path(__file__).parents[1] / "data" / "wrong"
Mcost = Callable[..., tuple[int, str, str]]


MESSAGES = {
    "misspelt_key": """\
error: misspelt_key.toml:10:1: strategies.prompt.promt_tokens: no such key; did you mean prompt_tokens?
   10 | promt_tokens = 3000
      | ^^^^^^^^^^^^
""",
    "misspelt_top_key": """\
error: misspelt_top_key.toml:5:1: discont_rate: no such key; did you mean discount_rate?
    5 | discont_rate = 0.08
      | ^^^^^^^^^^^^
""",
    "misspelt_like": """\
error: misspelt_like.toml:15:1: strategies.fine_tune.lik: no such key; did you mean like?
   15 | lik = "prompt"
      | ^^^
""",
    "low_above_high": """\
error: low_above_high.toml:6:19: workload.calls_per_month: found 5 to 2; the low end must be below the \
high end: write "2 to 5"
    6 | calls_per_month = "5 to 2"
      |                   ^^^^^^^^
""",
    "negative_horizon": """\
error: negative_horizon.toml:3:18: horizon_months: found -12; expected a whole number of months from 1 \
to 600
    3 | horizon_months = -12
      |                  ^^^
""",
    "endless_horizon": """\
error: endless_horizon.toml:3:18: horizon_months: found 1000000000; expected a whole number of months \
from 1 to 600
    3 | horizon_months = 1_000_000_000
      |                  ^^^^^^^^^^^^^
""",
    "uncertain_horizon": """\
error: uncertain_horizon.toml:3:18: horizon_months: found "12 to 24"; expected a whole number of months \
from 1 to 600
    3 | horizon_months = "12 to 24"
      |                  ^^^^^^^^^^
""",
    "nan": """\
error: nan.toml:14:17: strategies.fine_tune.prompt_tokens: found nan; expected a finite number
   14 | prompt_tokens = nan
      |                 ^^^
""",
    "infinite": """\
error: infinite.toml:14:17: strategies.fine_tune.prompt_tokens: found inf; expected a finite number
   14 | prompt_tokens = inf
      |                 ^^^
""",
    "negative_price": """\
error: negative_price.toml:9:19: strategies.prompt.price.input: found -0.15; expected 0 or more
    9 | price = { input = -0.15, output = 0.60 }
      |                   ^^^^^
""",
    "fraction_above_1": """\
error: fraction_above_1.toml:15:23: strategies.fine_tune.success_probability: found 1.5; expected a \
share between 0 and 1; did you mean "1.5%"?
   15 | success_probability = 1.5
      |                       ^^^
""",
    "percent_without_sign": """\
error: percent_without_sign.toml:15:23: strategies.fine_tune.success_probability: found 60 to 80; both \
ends must lie between 0 and 1; did you mean "60% to 80%"?
   15 | success_probability = "60 to 80"
      |                       ^^^^^^^^^^
""",
    "fraction_touches_1": """\
error: fraction_touches_1.toml:15:23: strategies.fine_tune.success_probability: found 0.5 to 1; both \
ends must lie between 0 and 1
   15 | success_probability = "50% to 100%"
      |                       ^^^^^^^^^^^^^
""",
    "fraction_touches_0": """\
error: fraction_touches_0.toml:15:14: strategies.fine_tune.error_rate: found 0 to 0.1; the low end of \
an interval must be above 0 here (a logit-normal never reaches 0): give a small positive number, or \
another family
   15 | error_rate = "0% to 10%"
      |              ^^^^^^^^^^^
""",
    "retry_rate_1": """\
error: retry_rate_1.toml:15:14: strategies.fine_tune.retry_rate: found 1; expected less than 1: a call \
that always fails is never done
   15 | retry_rate = 1
      |              ^
""",
    "retry_rate_may_be_1": """\
error: retry_rate_may_be_1.toml:15:14: strategies.fine_tune.retry_rate: binom(n=1, p=0.2) reaches 1 or \
more with probability 0.2; a call that always fails is never done
   15 | retry_rate = { dist = "binom", n = 1, p = 0.2 }
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "retries_without_end": """\
error: retries_without_end.toml:15:14: strategies.fine_tune.retry_rate: beta(a=3, b=0.9) comes so near \
to 1 that the mean of 1 / (1 - retry_rate) is not finite; add max = 0.99, or give max_attempts
   15 | retry_rate = { dist = "beta", a = 3, b = 0.9 }
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "part_of_an_attempt": """\
error: part_of_an_attempt.toml:15:16: strategies.fine_tune.max_attempts: found 2.5; expected a whole \
number
   15 | max_attempts = 2.5
      |                ^^^
""",
    "retrain_without_end": """\
error: retrain_without_end.toml:17:24: strategies.fine_tune.tuning.retrain_every_months: found 1e-09; \
expected more than 1e-05: so short an interval never passes; add min = 0.1
   17 | retrain_every_months = 1e-9
      |                        ^^^^
""",
    "cascade_onto_itself": """\
error: cascade_onto_itself.toml:12:2: strategies.cascade: goes round in a circle: cascade → cascade
   12 | [strategies.cascade]
      |  ^^^^^^^^^^^^^^^^^^
""",
    "missing_csv": """\
error: missing_csv.toml:15:15: strategies.fine_tune.setup_hours: samples: found "usage.csv"; no such \
file
   15 | setup_hours = { samples = "usage.csv", column = "hours" }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "scale_at_one_end": """\
error: scale_at_one_end.toml:15:15: strategies.fine_tune.setup_hours: found "1.5k to 3": does k belong \
to both ends? Write it at each, "1.5k to 3k"
   15 | setup_hours = "1.5k to 3"
      |               ^^^^^^^^^^^
""",
    "no_model": """\
error: no_model.toml:13:9: strategies.fine_tune.model: found model ""; expected a model of the price \
table
   13 | model = ""
      |         ^^
""",
    "unknown_distribution": """\
error: unknown_distribution.toml:15:15: strategies.fine_tune.setup_hours: found dist = "lognormal"; \
expected a distribution of scipy.stats; did you mean lognorm?
   15 | setup_hours = { dist = "lognormal", s = 0.2, scale = 28 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "unknown_parameter": """\
error: unknown_parameter.toml:15:15: strategies.fine_tune.setup_hours: lognorm has no parameter sigma \
and needs s (its parameters: s, loc, scale)
   15 | setup_hours = { dist = "lognorm", sigma = 0.2, scale = 28 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "missing_parameter": """\
error: missing_parameter.toml:15:15: strategies.fine_tune.setup_hours: gamma needs a (its parameters: \
a, loc, scale)
   15 | setup_hours = { dist = "gamma", scale = 3 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "impossible_parameter": """\
error: impossible_parameter.toml:15:15: strategies.fine_tune.setup_hours: gamma(a=-2, scale=3): SciPy's \
gamma does not exist at these parameters
   15 | setup_hours = { dist = "gamma", a = -2, scale = 3 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "infinite_mean": """\
error: infinite_mean.toml:15:15: strategies.fine_tune.setup_hours: the mean of pareto(b=1, scale=20) is \
not finite, so no expected cost exists; bound it (min = …, max = …) or choose a family with lighter \
tails
   15 | setup_hours = { dist = "pareto", b = 1, scale = 20 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "falls_below_0": """\
error: falls_below_0.toml:15:15: strategies.fine_tune.setup_hours: norm(loc=30, scale=10) falls below 0 \
with probability 0.0013; add min = 0
   15 | setup_hours = { dist = "norm", loc = 30, scale = 10 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "empty_truncation": """\
error: empty_truncation.toml:15:15: strategies.fine_tune.setup_hours: min and max keep less than 1e-06 \
of lognorm(s=0.2107, scale=28.28); widen them, or move the distribution
   15 | setup_hours = { low = 20, high = 40, min = 2000 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "min_above_max": """\
error: min_above_max.toml:15:15: strategies.fine_tune.setup_hours: found min = 50, max = 10; min must \
be below max
   15 | setup_hours = { low = 20, high = 40, min = 50, max = 10 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "touches_0": """\
error: touches_0.toml:15:15: strategies.fine_tune.setup_hours: found 0 to 10; the low end of an \
interval must be above 0 here (a log-normal never reaches 0): give a small positive number, or another \
family
   15 | setup_hours = "0 to 10"
      |               ^^^^^^^^^
""",
    "dash": """\
error: dash.toml:15:15: strategies.fine_tune.setup_hours: found "300-500"; write an interval as "300 to \
500"
   15 | setup_hours = "300-500"
      |               ^^^^^^^^^
""",
    "dash_with_unit": """\
error: dash_with_unit.toml:15:15: strategies.fine_tune.setup_hours: found "20–40 hours"; write an \
interval as "20 to 40"
   15 | setup_hours = "20–40 hours"
      |               ^^^^^^^^^^^^^
""",
    "thousands_comma": """\
error: thousands_comma.toml:6:19: workload.calls_per_month: found "80,000 to 120,000"; write thousands \
with _, "80_000 to 120_000"
    6 | calls_per_month = "80,000 to 120,000"
      |                   ^^^^^^^^^^^^^^^^^^^
""",
    "one_percent_sign": """\
error: one_percent_sign.toml:15:14: strategies.fine_tune.retry_rate: found "1 to 5%": does % belong to \
both ends? Write it at each, "1% to 5%"
   15 | retry_rate = "1 to 5%"
      |              ^^^^^^^^^
""",
    "two_signs": """\
error: two_signs.toml:15:15: strategies.fine_tune.setup_hours: found "--5"; expected a number, or an \
interval such as "20 to 40"
   15 | setup_hours = "--5"
      |               ^^^^^
""",
    "not_a_number": """\
error: not_a_number.toml:15:15: strategies.fine_tune.setup_hours: found "about a week"; expected a \
number, or an interval such as "20 to 40"
   15 | setup_hours = "about a week"
      |               ^^^^^^^^^^^^^^
""",
    "true": """\
error: true.toml:15:15: strategies.fine_tune.setup_hours: found true; expected 0 or more in hours, or \
any notation of an uncertain input
   15 | setup_hours = true
      |               ^^^^
""",
    "list": """\
error: list.toml:15:15: strategies.fine_tune.setup_hours: found [20, 40]; expected 0 or more in hours, \
or any notation of an uncertain input
   15 | setup_hours = [20, 40]
      |               ^^^^^^^^
""",
    "unknown_notation": """\
error: unknown_notation.toml:15:15: strategies.fine_tune.setup_hours: found { minimum = 20 }; \
expected { low, high }, { p10, p50, p90 }, { dist, … }, { mixture }, { choice }, { samples } or { \
prior }
   15 | setup_hours = { minimum = 20 }
      |               ^^^^^^^^^^^^^^^^
""",
    "half_an_interval": """\
error: half_an_interval.toml:15:15: strategies.fine_tune.setup_hours: found { low = 20 }; high is \
missing
   15 | setup_hours = { low = 20 }
      |               ^^^^^^^^^^^^
""",
    "misspelt_high": """\
error: misspelt_high.toml:15:15: strategies.fine_tune.setup_hours: hihg: no such key here; did you mean \
high?
   15 | setup_hours = { low = 20, hihg = 40 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^
""",
    "credibility_in_percent": """\
error: credibility_in_percent.toml:15:15: strategies.fine_tune.setup_hours: credibility: found 90; \
expected a share between 0 and 1, such as 0.9
   15 | setup_hours = { low = 20, high = 40, credibility = 90 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "wrong_unit": """\
error: wrong_unit.toml:15:16: strategies.fine_tune.build_months: found "6 to 18 weeks", but this is in \
months; write "6 to 18" converted to it
   15 | build_months = "6 to 18 weeks"
      |                ^^^^^^^^^^^^^^^
""",
    "dollars_for_hours": """\
error: dollars_for_hours.toml:15:15: strategies.fine_tune.setup_hours: found "$20", but this is in \
hours, not in dollars
   15 | setup_hours = "$20 to $40"
      |               ^^^^^^^^^^^^
""",
    "unknown_prior": """\
error: unknown_prior.toml:15:15: strategies.fine_tune.setup_hours: found prior = \
"engineering.setup_hour"; no such prior in the catalogue; did you mean engineering.setup_hours?
   15 | setup_hours = { prior = "engineering.setup_hour" }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "key_beside_prior": """\
error: key_beside_prior.toml:15:15: strategies.fine_tune.setup_hours: max: no such key beside prior
   15 | setup_hours = { prior = "engineering.setup_hours", max = 40 }
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "unknown_baseline": """\
error: unknown_baseline.toml:2:12: baseline: found "prmpt"; expected the name of a strategy; did you \
mean prompt?
    2 | baseline = "prmpt"
      |            ^^^^^^^
""",
    "tuned_baseline": """\
error: tuned_baseline.toml:2:12: baseline: found "fine_tune", which is tuned; expected what serves \
today without tuning
    2 | baseline = "fine_tune"
      |            ^^^^^^^^^^^
""",
    "unknown_fallback": """\
error: unknown_fallback.toml:15:12: strategies.fine_tune.fallback: found "promtp"; expected the name of \
another strategy; did you mean prompt?
   15 | fallback = "promtp"
      |            ^^^^^^^^
""",
    "own_fallback": """\
error: own_fallback.toml:15:12: strategies.fine_tune.fallback: found "fine_tune"; expected the name of \
another strategy; there is prompt
   15 | fallback = "fine_tune"
      |            ^^^^^^^^^^^
""",
    "fallback_in_a_circle": """\
error: fallback_in_a_circle.toml:15:12: strategies.fine_tune.fallback: goes round in a circle: \
fine_tune → small → fine_tune
   15 | fallback = "small"
      |            ^^^^^^^
""",
    "like_unknown": """\
error: like_unknown.toml:15:8: strategies.fine_tune.like: found "promt"; no such strategy; did you mean \
prompt?
   15 | like = "promt"
      |        ^^^^^^^
""",
    "like_in_a_circle": """\
error: like_in_a_circle.toml:20:8: strategies.b.like: goes round in a circle: a → b → a
   20 | like = "a"
      |        ^^^
""",
    "like_itself": """\
error: like_itself.toml:15:8: strategies.fine_tune.like: goes round in a circle: fine_tune → fine_tune
   15 | like = "fine_tune"
      |        ^^^^^^^^^^^
""",
    "like_repeats_no_mistake": """\
error: like_repeats_no_mistake.toml:10:17: strategies.prompt.prompt_tokens: found 5 to 2; the low end \
must be below the high end: write "2 to 5"
   10 | prompt_tokens = "5 to 2"
      |                 ^^^^^^^^
""",
    "missing_price": """\
error: missing_price.toml:8:2: strategies.prompt: model or price is missing (or mix, cascade, wait)
    8 | [strategies.prompt]
      |  ^^^^^^^^^^^^^^^^^
""",
    "missing_input_price": """\
error: missing_input_price.toml:9:1: strategies.prompt.price.input: this key is missing
    9 | price = { output = 0.60 }
      | ^^^^^
""",
    "missing_output_price": """\
error: missing_output_price.toml:10:1: strategies.prompt.price: output is missing: output_tokens are \
given, so they need a price
   10 | price = { input = 0.15 }
      | ^^^^^
""",
    "unknown_model": """\
error: unknown_model.toml:9:9: strategies.prompt.model: found model "openai/gpt-4o-mni"; expected a \
model of the price table; did you mean openai/gpt-4o-mini, openai/ft:gpt-4o-mini or openai/gpt-5.4-mini?
    9 | model = "openai/gpt-4o-mni"
      |         ^^^^^^^^^^^^^^^^^^^
""",
    "model_and_price": """\
error: model_and_price.toml:10:1: strategies.prompt.price: found beside model; expected one or the other
   10 | price = { input = 0.15, output = 0.60 }
      | ^^^^^
""",
    "duplicate_cost_line": """\
error: duplicate_cost_line.toml:22:8: strategies.fine_tune.costs[1].name: found "hosting" twice; \
expected one cost of a name
   22 | name = "hosting"
      |        ^^^^^^^^^
""",
    "cost_line_of_the_model": """\
error: cost_line_of_the_model.toml:17:8: strategies.fine_tune.costs[0].name: found "tokens", a cost of \
the model's own; choose another name
   17 | name = "tokens"
      |        ^^^^^^^^
""",
    "unknown_driver": """\
error: unknown_driver.toml:18:10: strategies.fine_tune.costs[0].driver: found "monthly"; expected one \
of once, month, hour, call, attempt, failure, retrain, task_change; did you mean month?
   18 | driver = "monthly"
      |          ^^^^^^^^^
""",
    "cost_line_without_amount": """\
error: cost_line_without_amount.toml:16:3: strategies.fine_tune.costs[0].amount: this key is missing
   16 | [[strategies.fine_tune.costs]]
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "cost_line_of_like": """\
error: cost_line_of_like.toml:27:10: strategies.lora.costs[0].amount: found 9 to 4; the low end must be \
below the high end: write "4 to 9"
   27 | amount = "9 to 4"
      |          ^^^^^^^^
""",
    "costs_as_a_table": """\
error: costs_as_a_table.toml:16:2: strategies.fine_tune.costs: found { name = "hosting", driver = \
"month", amount = 1400 }; expected a list of tables, [[strategies.NAME.costs]]
   16 | [strategies.fine_tune.costs]
      |  ^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "shares_above_1": """\
error: shares_above_1.toml:17:7: strategies.both.mix: found shares that add up to 1.3; expected 1
   17 | mix = { prompt = 0.7, fine_tune = 0.6 }
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    "no_volume": """\
error: no_volume.toml:5:2: workload: calls_per_month (or monthly_active_users and calls_per_user) is \
missing
    5 | [workload]
      |  ^^^^^^^^
""",
    "volume_twice": """\
error: volume_twice.toml:7:1: workload.calls_per_user: found beside calls_per_month; expected one or \
the other
    7 | calls_per_user = 12
      | ^^^^^^^^^^^^^^
""",
    "no_workload": """\
error: no_workload.toml: workload: this key is missing
""",
    "no_title": """\
error: no_title.toml: title: this key is missing
""",
    "empty_title": """\
error: empty_title.toml:1:9: title: found ""; expected a title in one line, of at most 200 characters
    1 | title = ""
      |         ^^
""",
    "a_date_as_text": """\
error: a_date_as_text.toml:5:9: start: found "2026-12-01"; expected a date, such as 2026-12-01
    5 | start = "2026-12-01"
      |         ^^^^^^^^^^^^
""",
    "expects_of_nobody": """\
error: expects_of_nobody.toml:17:1: expect.pays_off.finetune: no such candidate; did you mean fine_tune?
   17 | pays_off.finetune = [0.3, 0.6]
      | ^^^^^^^^^^^^^^^^^
""",
    "expects_backwards": """\
error: expects_backwards.toml:17:22: expect.pays_off.fine_tune: found [0.6, 0.3]; expected [lowest, \
highest], such as [0.3, 0.6]
   17 | pays_off.fine_tune = [0.6, 0.3]
      |                      ^^^^^^^^^^
""",
    "empty": """\
error: empty.toml: found an empty file; expected a scenario: see mcost run contested
""",
    "only_a_comment": """\
error: only_a_comment.toml: found an empty file; expected a scenario: see mcost run contested
""",
    "not_toml": """\
error: not_toml.toml:1:1: not TOML: invalid statement
    1 | {"title": "A case", "baseline": "prompt"}
      | ^
""",
    "no_quotes": """\
error: no_quotes.toml:6:26: not TOML: expected newline or end of document after a statement; an \
interval needs quotes: "80_000 to 120_000"
    6 | calls_per_month = 80_000 to 120_000
      |                          ^
""",
    "key_twice": """\
error: key_twice.toml:11:21: not TOML: this key is given twice
   11 | prompt_tokens = 2500
      |                     ^
""",
    "two_on_a_line": """\
error: two_on_a_line.toml:9:11: strategies.prompt.price.outptu: no such key; did you mean output?
    9 | price = { outptu = 0.60, input = -0.15 }
      |           ^^^^^^
error: two_on_a_line.toml:9:34: strategies.prompt.price.input: found -0.15; expected 0 or more
    9 | price = { outptu = 0.60, input = -0.15 }
      |                                  ^^^^^
""",
    "line_separator_in_a_comment": """\
error: line_separator_in_a_comment.toml:11:1: strategies.prompt.promt_tokens: no such key; did you mean \
prompt_tokens?
   11 | promt_tokens = 3000
      | ^^^^^^^^^^^^
""",
    "after_wide_letters": """\
error: after_wide_letters.toml:9:40: strategies.prompt.price."é価": no such key; there are input, \
cached, cache_write, output
    9 | price = { input = 0.15, output = 0.60, "é価" = "x", cached = -1 }
      |                                        ^^^^
error: after_wide_letters.toml:9:61: strategies.prompt.price.cached: found -1; expected 0 or more
    9 | price = { input = 0.15, output = 0.60, "é価" = "x", cached = -1 }
      |                                                             ^^
""",
    "five_mistakes": """\
error: five_mistakes.toml:1:9: title: found ""; expected a title in one line, of at most 200 characters
    1 | title = ""
      |         ^^
error: five_mistakes.toml:2:12: baseline: found "prmpt"; expected the name of a strategy; did you \
mean prompt?
    2 | baseline = "prmpt"
      |            ^^^^^^^
error: five_mistakes.toml:3:18: horizon_months: found 0; expected a whole number of months from 1 to 600
    3 | horizon_months = 0
      |                  ^
error: five_mistakes.toml:6:19: workload.calls_per_month: found 5 to 2; the low end must be below \
the high end: write "2 to 5"
    6 | calls_per_month = "5 to 2"
      |                   ^^^^^^^^
error: five_mistakes.toml:10:1: strategies.prompt.promt_tokens: no such key; did you mean prompt_tokens?
   10 | promt_tokens = 3000
      | ^^^^^^^^^^^^
""",
    "latin_1": """\
error: latin_1.toml:1: found a byte that is not UTF-8; save the file as UTF-8
""",
}


def test_every_wrong_file_has_its_message() -> None:
    assert {path.stem for path in WRONG.iterdir()} == MESSAGES.keys()


@pytest.mark.parametrize("name", MESSAGES)
def test_a_wrong_file_is_answered_by_its_message(
    name: str, mcost: Mcost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(WRONG)
    code, out, err = mcost("run", f"{name}.toml")
    assert err == MESSAGES[name]
    assert (code, out) == (2, "")


@pytest.mark.parametrize("name", ["misspelt_key", "no_quotes", "five_mistakes"])
def test_the_installed_command_says_the_same(name: str) -> None:
    command = [sys.executable, "-m", "mcost", "run", f"{name}.toml", "--json"]
    done = subprocess.run(command, cwd=WRONG, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == MESSAGES[name]
    assert (done.returncode, done.stdout) == (2, "")


def test_check_tells_of_every_wrong_file(mcost: Mcost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WRONG)
    code, out, err = mcost("check", "misspelt_key.toml", "empty.toml", "nan.toml")
    assert err == MESSAGES["misspelt_key"] + MESSAGES["empty"] + MESSAGES["nan"]
    assert (code, out) == (2, "")


# --- wrong words on the command line ----------------------------------------------------------------------

RIGHT = """\
title = "A case"
baseline = "prompt"
horizon_months = 12

[workload]
calls_per_month = 100_000

[strategies.prompt]
price = { input = 0.15, output = 0.60 }
prompt_tokens = 3000

[strategies.fine_tune]
price = { input = 0.30, output = 1.20 }
prompt_tokens = 500

[[strategies.fine_tune.costs]]
name = "hosting"
driver = "month"
amount = 1_400
"""

COMMANDS = {
    "missing_file": (
        ["run", "drafts/contested.toml"],
        "drafts/contested.toml: no such file, and no shipped scenario; did you mean contested?",
    ),
    "unknown_scenario": (
        ["run", "contestd"],
        "contestd: no such file, and no shipped scenario; did you mean contested?",
    ),
    "folder": (["run", "."], ".: found a folder; expected a scenario file"),
    "empty_folder": (["check", "."], ".: found no scenario file (*.toml) in this folder"),
    "no_draws": (
        ["run", "case.toml", "--draws", "0"],
        "draws: found 0; expected a whole number from 1 to 1,000,000,000",
    ),
    "too_many_draws": (
        ["run", "case.toml", "--draws", "10000000000"],
        "draws: found 10000000000; expected a whole number from 1 to 1,000,000,000",
    ),
    "negative_seed": (
        ["run", "case.toml", "--seed", "-1"],
        "seed: found -1; expected a whole number from 0 to 2^128",
    ),
    "no_horizon": (
        ["run", "case.toml", "--horizon", "0"],
        "--horizon 0: horizon_months: found 0; expected a whole number of months from 1 to 600",
    ),
    "set_no_value": (
        ["run", "case.toml", "--set", "workload.calls_per_month"],
        "--set workload.calls_per_month: expected key=value, such as workload.calls_per_month=2_000_000",
    ),
    "set_no_key": (
        ["run", "case.toml", "--set", "=5"],
        "--set =5: expected key=value, such as workload.calls_per_month=2_000_000",
    ),
    "set_two_words": (
        ["run", "case.toml", "--set", "calls per month=5"],
        '--set calls per month=5: found key "calls per month"; expected names joined by dots',
    ),
    "set_a_comment": (
        ["run", "case.toml", "--set", "#workload=5"],
        '--set #workload=5: found key "#workload"; expected names joined by dots',
    ),
    "set_misspelt": (
        ["run", "case.toml", "--set", "workload.cals_per_month=5"],
        "--set workload.cals_per_month=5: workload.cals_per_month: no such key; "
        "did you mean calls_per_month?",
    ),
    "set_wrong_value": (
        ["run", "case.toml", "--set", "workload.calls_per_month=5 to 2"],
        "--set workload.calls_per_month=5 to 2: workload.calls_per_month: found 5 to 2; "
        'the low end must be below the high end: write "2 to 5"',
    ),
    "set_unknown_baseline": (
        ["run", "case.toml", "--set", "baseline=prmpt"],
        '--set baseline=prmpt: baseline: found "prmpt"; expected the name of a strategy; '
        "did you mean prompt?",
    ),
    "set_below_a_value": (
        ["run", "case.toml", "--set", "title.first=5"],
        "--set title.first=5: title holds no keys",
    ),
    "set_unknown_strategy": (
        ["run", "case.toml", "--set", "strategies.finetune.prompt_tokens=400"],
        "--set strategies.finetune.prompt_tokens=400: no such strategy; did you mean fine_tune?",
    ),
    "set_part_of_unknown_strategy": (
        ["run", "case.toml", "--set", "strategies.fine_tun.price.input=3"],
        "--set strategies.fine_tun.price.input=3: no such strategy; did you mean fine_tune?",
    ),
    "credibility_above_100_%": (
        ["run", "case.toml", "--credibility", "150%"],
        '--credibility 150%: found "150%"; expected a share between 0% and 100%',
    ),
    "parameter_of_another_name": (
        ["run", "case.toml", "--set", 'hourly_rate={ dist = "gamma", shape = 2, scale = 0.6 }'],
        '--set hourly_rate={ dist = "gamma", shape = 2, scale = 0.6 }: hourly_rate: '
        "gamma has no parameter shape and needs a (its parameters: a, loc, scale)",
    ),
    "set_wrong_cost": (
        ["run", "case.toml", "--set", "strategies.fine_tune.costs.hosting=9 to 4"],
        "--set strategies.fine_tune.costs.hosting=9 to 4: strategies.fine_tune.costs[0].amount: "
        'found 9 to 4; the low end must be below the high end: write "4 to 9"',
    ),
    "set_unknown_cost": (
        ["run", "case.toml", "--set", "strategies.fine_tune.costs.hostin=5"],
        '--set strategies.fine_tune.costs.hostin=5: no cost line "hostin"; did you mean hosting?',
    ),
    "set_cost_of_none": (
        ["run", "case.toml", "--set", "strategies.prompt.costs.hosting=5"],
        '--set strategies.prompt.costs.hosting=5: no cost line "hosting"',
    ),
    "require_above_1": (
        ["run", "case.toml", "--require", "2"],
        '--require 2: found 2; expected a share between 0 and 1; did you mean "2%"?',
    ),
    "require_uncertain": (
        ["run", "case.toml", "--require", "20% to 60%"],
        '--require 20% to 60%: found "20% to 60%"; expected one probability, such as 0.6',
    ),
    "require_of_nobody": (
        ["run", "case.toml", "--require", "fine_tun=0.6"],
        "--require fine_tun=0.6: no such candidate; did you mean fine_tune?",
    ),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_wrong_command_is_answered_by_its_message(
    case: str, mcost: Mcost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arguments, message = COMMANDS[case]
    if "case.toml" in arguments:
        (tmp_path / "case.toml").write_text(RIGHT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = mcost(*arguments)
    assert err == f"error: {message}\n"
    assert (code, out) == (2, "")


def test_the_case_itself_is_right(mcost: Mcost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(RIGHT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, err = mcost("run", "case.toml", "--draws", "100")
    assert (code, err) == (0, "")


def test_draws_that_are_no_number_are_a_mistake_of_usage(mcost: Mcost) -> None:
    code, out, err = mcost("run", "contested", "--draws", "many")
    assert err.endswith("Error: Invalid value for '--draws': 'many' is not a valid integer.\n")
    assert (code, out) == (2, "")


def test_a_command_that_is_not_there_suggests_the_nearest(mcost: Mcost) -> None:
    code, out, err = mcost("runn", "contested")
    assert err.endswith('Error: found "runn"; no such command; did you mean run?\n')
    assert (code, out) == (2, "")


def test_a_date_that_is_none_is_told_how_to_be_written(
    mcost: Mcost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "case.toml").write_text("start = 2026-13-01\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = mcost("run", "case.toml")
    assert "; a date is YYYY-MM-DD, such as 2026-12-01\n" in err
    assert (code, out) == (2, "")


def test_a_file_of_more_than_a_mebibyte_is_not_read(
    mcost: Mcost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "usage.toml").write_bytes(b"#" * (2**20 + 1))
    monkeypatch.chdir(tmp_path)
    code, out, err = mcost("run", "usage.toml")
    assert err == "error: usage.toml: found 1,048,577 bytes; expected a scenario of at most 1 MiB\n"
    assert (code, out) == (2, "")
