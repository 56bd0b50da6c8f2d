"""`contested` as a good analyst writes it in a NumPy notebook in an hour: one array a quantity, one pass.

Inputs are columns (n,), months are rows (t, n). Nothing is done in chunks, as in most notebooks.
"""

import numpy as np
from contested import CERTAIN, MONTHS, UNCERTAIN

rng = np.random.default_rng(1)


def sampled(n):
    """Every uncertain input: name -> ndarray (n,)."""
    values = {}
    for name, law in UNCERTAIN.items():
        if law.family == "lognorm":
            values[name] = law.loc + rng.lognormal(law.mu, law.sigma, n)
        elif law.family == "johnsonsb":
            values[name] = 1 / (1 + np.exp(-rng.normal(law.mu, law.sigma, n)))
        else:
            values[name] = rng.beta(law.a, law.b, n)
    return values


def traffic(x, noise):
    """Calls by month; noise: standard normal, (months, n), its first row unused."""
    v = x["workload.volatility_per_month"]
    steps = (1 + x["workload.growth_per_month"]) * np.exp(v * noise - v**2 / 2)
    steps[0] = x["workload.calls_per_month"]
    return np.cumprod(steps, axis=0)


def savings(x, noise, changes, uniform):
    """Cumulative discounted saving of every candidate against the prompt: name -> (months + 1, n), USD.

    x : inputs; noise : (months, n), standard normal; changes : task changes, (months, n), counts;
    uniform : strategy -> (n,), whether it meets the bar.
    """
    month = np.arange(1, MONTHS + 1)[:, None]
    worth = (1 + CERTAIN["discount_rate"]) ** (-month / 12)
    calls, rate = traffic(x, noise), x["hourly_rate"]

    def of(strategy, key):
        for owner in (strategy, "prompt"):  # what a strategy does not say it takes over from the prompt
            name = f"strategies.{owner}.{key}"
            if name in x or name in CERTAIN:
                return x.get(name, CERTAIN.get(name))
        return None

    def a_call(strategy):
        price = {k: of(strategy, f"price.{k}") for k in ("input", "cached", "output")}
        miss = CERTAIN.get(f"strategies.{strategy}.price.cache_write", price["input"])
        hit, own = of(strategy, "cache_hit"), f"strategies.{strategy}.output_tokens"
        tokens = of(strategy, "prompt_tokens") * (hit * price["cached"] + (1 - hit) * miss)
        tokens = tokens + x["workload.input_tokens"] * price["input"]
        tokens = tokens + x.get(own, x["workload.output_tokens"]) * price["output"]
        return tokens / 1e6 / (1 - of(strategy, "retry_rate"))

    def running(strategy):
        hours = of(strategy, "hours_per_month") + changes * of(strategy, "hours_per_task_change")
        return calls * a_call(strategy) + hours * rate

    def launched(strategy):
        build = np.ceil(of(strategy, "build_months"))
        return (uniform[strategy] < of(strategy, "success_probability")) & (month > build)

    def cumulative(month_0, monthly):
        return np.cumsum(np.vstack([-month_0, monthly * worth]), axis=0)

    baseline = running("prompt")
    found = {}
    for name in ("better_prompt", "cached_prompt", "structured_outputs"):
        found[name] = cumulative(of(name, "setup_hours") * rate, baseline - running(name))
    cheap = np.where(launched("cheaper_model"), baseline - running("cheaper_model"), 0)
    found["cheaper_model"] = cumulative(of("cheaper_model", "setup_hours") * rate, cheap)

    def tuning(key):
        return of("fine_tune", f"tuning.{key}")

    since, every = month - np.ceil(of("fine_tune", "build_months")), tuning("retrain_every_months")
    scheduled = np.where(since > 1, np.ceil(since / every) - np.ceil((since - 1) / every), 0)
    retrains = scheduled + changes
    tuned = running("fine_tune") + 730 * of("fine_tune", "costs.hosting")
    tuned += retrains * (tuning("training_cost") + tuning("relabelled_examples") * tuning("cost_per_label"))
    start = of("fine_tune", "setup_hours") * rate
    start = start + tuning("training_cost") + tuning("labelled_examples") * tuning("cost_per_label")
    found["fine_tune"] = cumulative(start, np.where(launched("fine_tune"), baseline - tuned, 0))
    return found


def verdict(found):
    """What is read off the table: candidate -> P(pays off), mean saving, P(ahead) by month, percentiles."""
    return {
        name: (
            (path[-1] >= 0).mean(),
            path[-1].mean(),
            (path >= 0).mean(axis=1),
            np.percentile(path[-1], [5, 50, 95]),
            np.percentile(-path.min(axis=0), [50, 95]),
        )
        for name, path in found.items()
    }


def run(n):
    x = sampled(n)
    noise = rng.standard_normal((MONTHS, n))
    changes = rng.poisson(x["workload.task_changes_per_year"] / 12, (MONTHS, n))
    uniform = {name: rng.random(n) for name in ("cheaper_model", "fine_tune")}
    return verdict(savings(x, noise, changes, uniform))
