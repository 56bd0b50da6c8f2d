"""The shipped scenarios: each gives its verdict, names its sources, and repeats its source's arithmetic."""

import re
from functools import cache
from typing import Any

import pytest

import mcost
from mcost.answer import Answer
from mcost.checks import call_costs, expectations
from mcost.costs import costs
from mcost.draws import draw
from mcost.shipped import find_scenario, read_text, scenario_names

DRAWS = 65_536
FEWER = 16_384
MONTHS = 12
CALLS = 10_000_000


@cache
def answer_of(name: str, draws: int = DRAWS, seed: int = 1, overrides: tuple[str, ...] = ()) -> Answer:
    return mcost.run(mcost.load(name, set=overrides), draws=draws, seed=seed)


def chance(name: str, strategy: str, *overrides: str, draws: int = FEWER) -> float:
    """P(pays off) of a candidate, with overrides as on the command line."""
    return answer_of(name, draws, 1, overrides).candidates[strategy].pays_off.probability


def month_1(name: str, *overrides: str) -> dict[str, dict[str, float]]:
    """Strategy -> line -> USD in month 1, of a certain scenario."""
    scenario = mcost.load(name, set=overrides)
    ledgers = costs(scenario, draw(scenario, 1, 0, 1)).ledgers
    return {
        strategy: {line: float(usd[1].mean()) for line, usd in ledger.by_line().items()}
        for strategy, ledger in ledgers.items()
    }


def exactly(usd: float) -> Any:
    return pytest.approx(usd, rel=1e-12)


every_scenario = pytest.mark.parametrize("name", scenario_names())


# --- every scenario ---------------------------------------------------------------------------------------


@every_scenario
def test_the_verdict_is_the_expected_one(name: str) -> None:
    held = expectations(mcost.load(name), answer_of(name))
    assert held, "found no [expect]"
    assert [line for line in held if not line.holds] == []


@every_scenario
def test_the_verdict_is_no_accident_of_the_draws(name: str) -> None:
    held = expectations(mcost.load(name), answer_of(name, FEWER, 2))
    assert [line for line in held if not line.holds] == []


QUESTION_OR_FINDING = re.compile(r".+\?|.+: .+")


@every_scenario
def test_the_title_is_a_question_or_a_finding(name: str) -> None:
    title = mcost.load(name).title
    assert QUESTION_OR_FINDING.fullmatch(title), title


SOURCES = (
    "The article this project starts from",
    "the article this project starts from",
    "genai-prices 0.2.3",
    "Azure Retail Prices",
    "OpenPipe, examples/classify-recipes",
    "ZenML's LLMOps database",
    "OpenAI's deprecations page",
    "README of NVIDIA's data-flywheel",
    "openai.com/index/indeed",
    "Predibase",
)


def comments_of(name: str) -> str:
    return " ".join(" ".join(re.findall(r"#([^\n]*)", read_text(find_scenario(name)))).split())


@every_scenario
def test_the_comments_name_the_sources(name: str) -> None:
    comments = comments_of(name)
    assert any(source in comments for source in SOURCES)
    assert re.search(r"Left out|Leaves out|left out", comments), "what is left out is not said"


@every_scenario
def test_lines_fit_a_window_and_no_path_of_a_machine_is_named(name: str) -> None:
    text = read_text(find_scenario(name))
    assert [line for line in text.splitlines() if len(line) > 124] == []
    assert not re.search(r"(?<!\w)(/(work|home|tmp|Users)/|\.\./)", text)


# --- the article and its rivals ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "price", "usd"),
    [(800, 0.15, 0.00012), (1200, 0.15, 0.00018), (800, 3, 0.0024), (1200, 3, 0.0036)],
)
def test_the_article_repeats_what_a_call_costs(tokens: int, price: float, usd: float) -> None:
    sets = [f"strategies.prompt.prompt_tokens={tokens}", f"strategies.prompt.price.input={price}"]
    call, _ = call_costs(mcost.load("article_100k", set=sets))["prompt"]
    assert call == exactly(usd)


def test_the_article_with_rivals_repeats_each_bill_of_a_month() -> None:
    bills = month_1("article_with_rivals")
    # 10,000,000 x 3,000 x $0.15 / 1,000,000
    assert bills["prompt"] == {"tokens": exactly(4_500)}
    # 10 x (1,750 x $0.075 + 750 x $0.15 + 500 x $0.15) = 10 x ($131.25 + $112.50 + $75) = $3,187.50
    assert bills["cached_prompt"] == {"tokens": exactly(3_187.50)}
    # 10 x 500 x $0.30, and 7.5 hours x $91; no training falls in month 1
    assert bills["fine_tune"] == {"tokens": exactly(1_500), "engineering": exactly(682.50), "training": 0.0}
    # 10 x (1,750 x $0.01 + 750 x $0.125 + 500 x $0.10) = 10 x ($17.50 + $93.75 + $50) = $1,612.50
    assert bills["newer_model"] == {"tokens": exactly(1_612.50)}


def test_the_article_with_rivals_says_that_tuning_beats_the_prompt_and_loses_to_the_newer_model() -> None:
    answer = answer_of("article_with_rivals")
    lines = answer.strategies["fine_tune"].cost_lines_usd
    # 4 runs x $1,500 = $6,000 a year, $500 a month; with $682.50 of hours $1,182.50
    assert (lines["training"] + lines["engineering"]) / MONTHS == exactly(1_182.50)
    tuned = answer.candidates["fine_tune"]
    assert tuned.saving_usd.mean == exactly(MONTHS * (4_500 - 1_500 - 1_182.50))
    assert tuned.pays_off.probability == 1
    assert tuned.beats_best_alternative.probability == 0
    assert tuned.beats_best_alternative.alternative == "newer_model" == answer.recommended
    assert answer.candidates["cached_prompt"].saving_usd.mean == exactly(MONTHS * (4_500 - 3_187.50))
    assert answer.candidates["newer_model"].saving_usd.mean == exactly(MONTHS * (4_500 - 1_612.50))


def test_200_tokens_of_output_cost_each_rival_its_own_price() -> None:
    bills = month_1("article_with_rivals_and_output")
    # 10,000,000 x 200 = 2,000 million tokens: x $0.60 = $1,200, x $1.20 = $2,400, x $0.50 = $1,000
    assert bills["prompt"]["tokens"] == exactly(4_500 + 1_200)
    assert bills["cached_prompt"]["tokens"] == exactly(3_187.50 + 1_200)
    assert bills["fine_tune"]["tokens"] == exactly(1_500 + 2_400)
    assert bills["newer_model"]["tokens"] == exactly(1_612.50 + 1_000)


def year(output_tokens: int) -> tuple[float, float]:
    """USD in 12 months of the tuned model and of the cached prompt."""
    found = answer_of(
        "article_with_rivals_and_output", FEWER, 1, (f"workload.output_tokens={output_tokens}",)
    )
    return found.strategies["fine_tune"].cost_usd.mean, found.strategies["cached_prompt"].cost_usd.mean


def test_with_output_tuning_loses_to_the_cached_prompt_as_well() -> None:
    tuned, cached = year(200)
    # $1,500 + $1,182.50 + $12 x 200 = $5,082.50 against $3,187.50 + $6 x 200 = $4,387.50
    assert tuned == exactly(MONTHS * 5_082.50)
    assert cached == exactly(MONTHS * 4_387.50)
    assert answer_of("article_with_rivals_and_output").candidates["fine_tune"].pays_off.probability == 1


def test_the_two_cross_at_84_tokens_of_output() -> None:
    # $2,682.50 + $12 x = $3,187.50 + $6 x where x = 505 / 6 = 84.17
    for tokens, tuned_wins in [(0, True), (84, True), (85, False), (200, False)]:
        tuned, cached = year(tokens)
        assert tuned == exactly(MONTHS * (2_682.50 + 12 * tokens))
        assert cached == exactly(MONTHS * (3_187.50 + 6 * tokens))
        assert (tuned < cached) == tuned_wins


# --- published cases --------------------------------------------------------------------------------------

ITEMS = 2_147_248


def test_openpipe_repeats_the_bills_of_its_source() -> None:
    answer = answer_of("openpipe_recipes_gpt4")
    lines = {name: cost.cost_lines_usd for name, cost in answer.strategies.items()}
    # a recipe: 276 x $30 + 42 x $60 a million = $0.0108; all of them $23,190.28
    assert lines["gpt_4"]["tokens"] == pytest.approx(ITEMS * (276 * 30 + 42 * 60) / 1e6)
    assert round(lines["gpt_4"]["tokens"], 2) == 23_190.28
    # 276 x $12 + 42 x $16 a million; the source adds $60 a million recipes, and has $8,683.47
    assert round(lines["fine_tune_gpt_35"]["tokens"] + ITEMS * 60 / 1e6, 2) == 8_683.47
    assert round(lines["fine_tune"]["machine"], 2) == 18.81  # 16.5 hours x $1.14
    assert lines["fine_tune"]["labels"] == pytest.approx(40)  # 5,000 x $0.008
    gpt_35 = answer_of("openpipe_recipes_gpt35").strategies["gpt_35"]
    assert round(gpt_35.cost_usd.mean, 2) == 1_033.26  # 276 x $1.50 + 42 x $1.60 a million


def test_openpipe_pays_against_gpt_4_and_not_against_gpt_35() -> None:
    assert chance("openpipe_recipes_gpt4", "fine_tune", draws=DRAWS) > 0.99
    assert chance("openpipe_recipes_gpt35", "fine_tune", draws=DRAWS) < 0.03
    assert answer_of("openpipe_recipes_gpt4").recommended == "fine_tune"
    assert answer_of("openpipe_recipes_gpt35").recommended == "gpt_35"


@pytest.mark.parametrize(("hours", "items"), [(20, 172_000), (40, 341_000)])
def test_openpipe_pays_from_so_many_recipes_on(hours: int, items: int) -> None:
    # (hours x $91 + $40) / ($0.0108 - $0.00000876) = 172,361 recipes at 20 hours, 341,015 at 40
    known: tuple[str, ...] = ("hourly_rate=91", f"strategies.fine_tune.setup_hours={hours}")
    known += ("strategies.fine_tune.tuning.training_cost=0",)
    for recipes, pays in [(items, 0), (items + 1_000, 1)]:
        found = chance("openpipe_recipes_gpt4", "fine_tune", *known, f"workload.calls_per_month={recipes}")
        assert found == pays


def test_openpipe_would_pay_against_gpt_35_if_the_job_came_back_each_month() -> None:
    assert chance("openpipe_recipes_gpt35", "fine_tune", "horizon_months=3") > 0.5


def test_honeycomb_never_pays() -> None:
    answer = answer_of("honeycomb")
    for candidate in answer.candidates.values():
        assert candidate.pays_off.probability < 0.0005  # the tails of wide ranges, and no more
        assert candidate.saving_usd.p95 < 0
    month = answer.strategies["prompt"].cost_usd.mean / answer.horizon_months
    assert 20 < month < 60  # "around $30/month" at the start, and it grows


def test_the_hourly_fee_needs_its_own_volume() -> None:
    # $1.70 x 730 = $1,241 a month; a call saves (3,000 - 500) x $0.40 / 1,000,000 = $0.001 at full price
    scenario = mcost.load("azure_hosted")
    hosting = scenario.strategies["fine_tune"].hosting
    assert hosting is not None
    assert 730 * hosting.usd_per_hour.law.mean() == exactly(1_241)
    assert chance("azure_hosted", "fine_tune") < 0.05
    assert chance("azure_hosted", "fine_tune", "workload.calls_per_month=1_241_000") < 0.1
    assert chance("azure_hosted", "fine_tune", "workload.calls_per_month=5M to 10M") > 0.6


def test_a_tune_at_a_provider_that_closes_does_not_last() -> None:
    scenario = mcost.load("provider_closes")
    (ends,) = {scenario.tuning_ends(scenario.strategies["fine_tune"])}
    assert scenario.month_of(ends) == 2
    ledger = costs(scenario, draw(scenario, 1, 0)).ledgers["fine_tune"]
    lines = ledger.by_line()
    assert (lines["tokens"][2:] == 0).all()  # from month 2 on it serves nobody …
    assert (lines["fallback"][2:] > 0).all()  # … and the prompt does
    assert (lines["engineering"][0] > 0).all()  # what it cost is lost
    assert chance("provider_closes", "fine_tune", draws=DRAWS) == 0


def test_the_same_tune_would_pay_where_nothing_closes() -> None:
    stays = 'models."openai/gpt-4o-mini"={is="openai/gpt-4o-mini",retires_after_months=600}'
    open_on = "strategies.fine_tune.tuning.ends=600"
    assert 0.6 < chance("provider_closes", "fine_tune", stays, open_on) < 0.7


def test_nvidia_s_tune_wins_and_the_untuned_smaller_model_is_the_rival_to_beat() -> None:
    answer = answer_of("nvidia_flywheel")
    tuned = answer.candidates["fine_tune"]
    assert answer.recommended == "fine_tune"
    assert tuned.beats_best_alternative.alternative == "prompt_32b"
    assert 0.5 < tuned.beats_best_alternative.probability < tuned.pays_off.probability


def test_indeed_s_tune_pays_at_the_higher_volume() -> None:
    assert chance("indeed", "fine_tune") > 0.97
    assert chance("indeed", "fine_tune", "workload.calls_per_month=0.5M to 1M") < 0.03


def test_checkr_s_tune_pays_in_most_futures() -> None:
    assert chance("checkr", "fine_tune") > 0.5


# --- cases of one rival each ------------------------------------------------------------------------------


def test_enforcing_the_schema_beats_tuning_against_malformed_answers() -> None:
    answer = answer_of("structured_outputs")
    assert answer.recommended == "structured_outputs"
    assert answer.candidates["fine_tune"].beats_best_alternative.probability < 0.1


def test_a_tune_looks_better_against_the_large_model_alone_than_against_the_router() -> None:
    assert chance("routing", "fine_tune", "baseline=large_only") > chance("routing", "fine_tune") + 0.15


def test_sharing_the_machine_decides() -> None:
    answer = answer_of("self_hosted_lora").candidates
    assert answer["own_machine"].pays_off.probability < 0.05
    assert answer["shared_machine"].pays_off.probability > 0.4


def test_tuning_s_fairest_case_is_won_by_tuning() -> None:
    answer = answer_of("tuned_mini_for_4o")
    tuned = answer.candidates["fine_tune"]
    assert answer.recommended == "fine_tune"
    assert tuned.pays_off.probability > 0.97 * tuned.success  # it pays wherever it is good enough


def test_users_times_calls_are_the_volume() -> None:
    scenario = mcost.load(
        "mau_50k", set=["workload.monthly_active_users=50_000", "workload.calls_per_user=6"]
    )
    assert draw(scenario, 1, 0).calls[1] == pytest.approx(300_000)  # 50,000 x 6


def test_prompt_work_first_and_tuning_only_where_the_gap_remains_is_best() -> None:
    answer = answer_of("tune_only_if_needed")
    cost = {name: found.cost_usd.mean for name, found in answer.strategies.items()}
    assert min(cost, key=lambda name: cost[name]) == "prompt_first"
    assert cost["prompt_first"] < cost["prompt_work"] < cost["tune_now"] < cost["prompt"]
    # where prompt work is good enough the two are one; elsewhere tuning begins in month 3 and is paid then
    saving = {
        name: answer.candidates[name].payoff.saving for name in ("prompt_first", "prompt_work", "tune_later")
    }
    met = answer.candidates["prompt_work"].payoff.met
    assert met is not None
    assert saving["prompt_first"][~met].mean() > saving["prompt_work"][~met].mean()
