"""A few answers -> the text of a scenario that runs: what was not asked is taken from the catalogue.

Nothing here prints or reads a clock. What is slow to load is imported where it is used: the questions of
``mcost init`` must not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mcost.draft_lines import Assumed, Lines, quoted, wrapped
from mcost.prices import ModelPrice
from mcost.questions import CREDIBILITY, Answers, law_of, quantile
from mcost.report.prices import usd
from mcost.tunable import month_within, serving, to_tune, trainable

_BUSY = 10_000
"""Calls a month, one in four minutes, under which a provider's cache is cold by the next call."""

_EXAMPLES, _EPOCHS, _RUNS = 2000, 3, (2, 8)


@dataclass(frozen=True)
class Draft:
    """A scenario's text, and what the reader must be told about it.

    notes : dates that end something, and what was left out. assumed : what was taken from the catalogue.
    settled : what is neither asked nor in the catalogue, in words.
    """

    text: str
    notes: tuple[str, ...]
    assumed: tuple[Assumed, ...]
    settled: str

    @property
    def data(self) -> dict[str, Any]:
        import tomllib

        return tomllib.loads(self.text)


def draft(answers: Answers) -> Draft:
    """The scenario: today's prompt, the same prompt cached, the tuned model, and what is known of each."""
    today = serving(answers.model, answers.start)
    chosen, reason = to_tune(today, answers.start, answers.horizon_months)
    tune = trainable(answers.tune or chosen, answers.start)
    writer = _Writer(answers, today, tune)
    if reason is not None and tune.model != today.model:
        writer.notes.append(f"{reason}: the draft tunes {tune.model} instead.")
    writer.write()
    return Draft(
        text="\n".join(writer.lines) + "\n",
        notes=tuple(writer.notes),
        assumed=tuple(writer.assumed),
        settled="; ".join([*writer.settled, f"prices and dates as of {answers.start}"]),
    )


def assumed_rows(made: Draft) -> list[dict[str, str]]:
    """What was taken from the catalogue, as data: key, prior and grade."""
    return [{"key": a.key, "prior": a.entry.name, "grade": a.entry.grade} for a in made.assumed]


def prove(made: Draft) -> None:
    """Read the draft as a scenario would be; McostError with all that is wrong where it is none."""
    from mcost.scenario import load

    load(made.data)


class _Writer(Lines):
    """What the draft says, with the notes that come up on the way."""

    def __init__(self, answers: Answers, today: ModelPrice, tune: ModelPrice) -> None:
        super().__init__(answers)
        self.today, self.tune = today, tune
        self.notes: list[str] = []
        self.settled = [f"{_EXAMPLES:,} labelled examples", "a discount rate of 8 % a year"]
        self.laws = {
            name: law_of(name, getattr(answers, name)) for name in ("calls", "prompt_tokens", "tuned_tokens")
        }

    def write(self) -> None:
        self.top()
        self.workload()
        self.model_lives()
        self.prompt()
        self.cached_prompt()
        self.fine_tune()
        self.left_out()
        at = self.lines.index("")
        self.lines[at:at] = [
            line for note in self.notes for line in ("#", *(f"# {part}" for part in wrapped(note)))
        ]

    def top(self) -> None:
        answers, same = self.answers, self.tune.model == self.today.model
        self.say(
            "# Does fine-tuning pay off here? A first draft, which runs: write in what you know better.",
            "# `mcost check` with this file shows how each line is read, `mcost run` gives the verdict.",
            "#",
            f'# "20 to 40" is a range: the truth falls inside {100 * answers.credibility:g} % of the time.',
            '# { prior = "NAME" } is from the catalogue, its 5 to 95 % beside it; `mcost priors NAME` shows',
            "# its source. What is weak has no good source: replace it first.",
            "",
        )
        title = f"Tune {self.tune.model}, or keep prompting {'it' if same else self.today.model}?"
        self.set("title", quoted(title))
        self.set("baseline", '"prompt"')
        self.set("horizon_months", str(answers.horizon_months))
        self.set("start", str(answers.start), "month 1; prices and dates count from here")
        self.set("credibility", f"{answers.credibility:g}", "how often the truth is in your ranges")
        self.set("discount_rate", "0.08", "a year; a choice, not a measurement")
        self.prior("hourly_rate", "engineering.hourly_rate_us")

    def workload(self) -> None:
        self.head(
            "workload", "Count the tokens: input is what differs from call to call, output is the answer."
        )
        if not self.measured("calls_per_month"):
            self.given("calls_per_month", "calls")
        self.known("growth_per_month", "volume.growth_per_month")
        self.known("volatility_per_month", "volume.volatility_per_month")
        self.known("input_tokens", "tokens.input")
        self.known("output_tokens", "tokens.output")
        self.prior("task_changes_per_year", "retraining.task_changes")

    def model_lives(self) -> None:
        """How long the models may be served, where no day is announced and the maker's habit is known."""
        for name, model in {m.model: m for m in (self.today, self.tune)}.items():
            life = _life(name)
            if model.retires is None and life is not None:
                since = f"; this one was released on {model.released}" if model.released else ""
                self.head(
                    f"models.{quoted(name)}",
                    f"No day is announced for its end. Others of its maker lasted so long{since}.",
                )
                self.set("is", quoted(name))
                self.prior("retires_after_months", life)

    def prompt(self) -> None:
        today, answers = self.today, self.answers
        price = _price_words(today.input, today.cached, today.output)
        self.head("strategies.prompt", f"Today: the long prompt, at {price}.")
        self.set("model", quoted(today.model))
        self.given("prompt_tokens", "prompt_tokens")
        if not self.measured("cache_hit") and _caches_by_itself(today.model):
            self.cache_hit(today, today.cached, "prompt_tokens", "caching.hit_rate_sparse", "as it stands")
        self.measured("batch_share")
        self.known("retry_rate", "quality.retry_prompt", "malformed")
        self.prior("hours_per_month", "engineering.prompt_hours_per_month")
        self.prior("hours_per_task_change", "engineering.hours_per_task_change")
        month = month_within(today.retires, answers.start, answers.horizon_months)
        if month is not None:
            self.notes.append(
                f"{today.model} retires on {today.retires}, month {month}: "
                "each prompted strategy then pays for the move to another model, and the same price."
            )
        if month is not None or (today.retires is None and _life(today.model) is not None):
            self.prior("migration_hours", "engineering.migration_hours", "when it is retired")

    def cache_hit(
        self, model: ModelPrice, cached: float | None, tokens: str, prior: str, comment: str
    ) -> None:
        """What the cache serves: nothing where it has no price, or where it takes no prompt so short."""
        prefix = model.smallest_cacheable_prefix
        if cached is None:
            self.set("cache_hit", "0", "no price of cached input is known here")
        elif prefix is not None and self.quantile(tokens, 0.95) < prefix:
            self.set("cache_hit", "0", f"nothing is cached under {prefix:,} tokens")
        else:
            self.prior("cache_hit", prior, comment)

    def cached_prompt(self) -> None:
        """The same prompt, ordered for the cache, where a cache can serve it."""
        today, reason = self.today, None
        prefix = today.smallest_cacheable_prefix
        if today.cached is None:
            reason = f"no price of cached input of {today.model} is known"
        elif prefix is not None and self.quantile("prompt_tokens", 0.5) < prefix:
            reason = f"{today.model} caches no prompt under {prefix:,} tokens"
        elif self.quantile("calls", 0.5) < _BUSY:
            reason = f"under some {_BUSY:,} calls a month the cache is cold by the next call"
        if reason is not None:
            self.notes.append(f"A cached prompt is left out: {reason}.")
            return
        self.head("strategies.cached_prompt", "The same prompt, with what never changes moved to the front.")
        self.set("like", '"prompt"')
        self.prior("cache_hit", "caching.hit_rate", "steady traffic")
        self.prior("setup_hours", "engineering.prompt_setup_hours")

    def fine_tune(self) -> None:
        tune = self.tune
        tuned = tune.tuned
        assert tuned is not None
        self.head("strategies.fine_tune", self.tuning_words())
        self.set("model", quoted(tune.model))
        self.given("prompt_tokens", "tuned_tokens")
        self.cache_hit(tune, tuned.cached, "tuned_tokens", "caching.hit_rate", "steady traffic")
        self.prior("retry_rate", "quality.retry_tuned", "malformed")
        self.hours("setup_hours", "engineering.setup_hours", "labels and tests in it")
        self.hours("hours_per_month", "engineering.hours_per_month", "retrains in it")
        self.prior("hours_per_task_change", "engineering.tuned_hours_per_task_change")
        self.prior("build_months", "engineering.build_months", "the prompt serves on")
        self.prior("success_probability", "quality.success_1000_to_5000", "to be as good")
        self.head("strategies.fine_tune.tuning")
        self.training()
        self.prior("retrain_every_months", "retraining.interval_months")
        self.set("labelled_examples", str(_EXAMPLES), "a choice; the chance above is for 1,000 to 5,000")
        self.prior("relabelled_examples", "labels.examples_again")
        self.prior("cost_per_label", "labels.llm", "by a large model")
        if self.quantile("tuned_tokens", 0.5) >= self.quantile("prompt_tokens", 0.5):
            self.notes.append("The prompt after tuning is no shorter than today's.")
        self.ends()

    def training(self) -> None:
        """The cost of training: from the price of a token trained where that is known, or else the prior."""
        from mcost.catalogue import prior

        usd_per_mtok = self.tune.training_usd_per_mtok
        if usd_per_mtok is None:
            self.prior("training_cost", "training.run_cost")
            return
        rest = sum(quantile(prior(name).law, 0.5) for name in ("tokens.input", "tokens.output"))
        tokens = round(self.quantile("tuned_tokens", 0.5) + rest, -2)
        run = _EXAMPLES * tokens * _EPOCHS / 1e6 * usd_per_mtok
        low, high = (f"{float(f'{run * runs:.2g}'):g}" for runs in _RUNS)
        if self.answers.credibility == CREDIBILITY:
            value = f'"{low} to {high}"'
        else:  # not one of the ranges that were asked for
            value = f"{{ low = {low}, high = {high}, credibility = {CREDIBILITY:g} }}"
        self.say(
            f"# {_EXAMPLES:,} examples x {tokens:,.0f} tokens x {_EPOCHS} epochs x {usd(usd_per_mtok)} "
            f"a million are ${run:,.3g} a run; {_RUNS[0]} to {_RUNS[1]} runs until one is good."
        )
        self.set("training_cost", value)
        self.settled.append(f"{low} to {high} USD for a training")

    def ends(self) -> None:
        """Notes on dates that end the plan for the tuned model."""
        tune, answers = self.tune, self.answers
        closes = month_within(tune.tuning_closes, answers.start, answers.horizon_months)
        retires = month_within(tune.retires, answers.start, answers.horizon_months)
        if closes is not None:
            self.notes.append(
                f"{tune.model} takes no training jobs after {tune.tuning_closes}, month {closes}: "
                "no retrain is possible from then on."
            )
        if retires is not None:
            after = (
                "today's prompt serves again" if closes is not None else "it must be trained on a successor"
            )
            self.notes.append(f"A tuned {tune.model} is off on {tune.retires}, month {retires}: {after}.")

    def tuning_words(self) -> str:
        tuned = self.tune.tuned
        assert tuned is not None
        model = "The same model" if self.tune.model == self.today.model else self.tune.model
        said = f"{model}, tuned, at {_price_words(tuned.input, tuned.cached, tuned.output)}"
        if fee := tuned.hosting_usd_per_hour:
            said += f" and {usd(fee)} for each hour deployed, ${730 * fee:,.0f} a month"
        if "gpt-oss" in self.tune.model:
            said += (
                ". Its weights are public: where one host stops, another serves it. "
                "If its answers are longer than today's, give it output_tokens of its own"
            )
        return f"{said}."

    def hours(self, key: str, prior: str, comment: str) -> None:
        if getattr(self.answers, key) is None:
            self.prior(key, prior, comment)
        else:
            self.given(key, key, comment)

    def left_out(self) -> None:
        self.say(
            "",
            "# Left out, and so counted as nothing. Add what you can put a number on:",
            "#   wrong answers   error_rate and cost_per_error in each strategy",
            "#   waiting         latency_seconds and cost_per_second in each strategy",
            '#   falling prices  market_decline_per_year in [models."NAME"]',
            '#   cheaper rivals  another strategy with like = "prompt", its model and success_probability',
        )

    def quantile(self, name: str, p: float) -> float:
        return quantile(self.laws[name], p)


def _price_words(input_usd: float, cached: float | None, output: float | None) -> str:
    parts = [f"{usd(input_usd)} in"]
    parts += [f"{usd(cached)} cached"] if cached is not None else []
    parts += [f"{usd(output)} out"] if output is not None else []
    return f"{', '.join(parts)} a million tokens"


def _caches_by_itself(model: str) -> bool:
    """Claude's cache has to be asked for; those of the others work unasked."""
    return "claude" not in model


def _life(model: str) -> str | None:
    """The prior of a model's life, by its maker; None where that is not known, or its weights are public."""
    provider, _, name = model.partition("/")
    if "claude" in name:
        return "models.life_anthropic"
    own = provider == "openai" or (provider == "azure" and name.startswith(("gpt-", "o1", "o3", "o4")))
    return "models.life_openai" if own and "gpt-oss" not in name else None
