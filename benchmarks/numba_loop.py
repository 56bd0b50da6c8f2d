"""The rival: `contested` as one fused loop, written by hand for this one scenario and compiled by numba.

One pass a future: draw the inputs, the traffic and the events, run through candidates and months, add up.
All that is known of `contested` is used: prompted rivals differ from the prompt by a constant a call, so that
months are prefix sums and run as vectors; only two launch late or never; only fine_tune is retrained. It
keeps nothing by future, and leaves out percentiles, ties within rounding, P(cheapest), EVPI and errors, which
mcost gives too: the comparison leans its way.
"""

from typing import NamedTuple

import numba
import numpy as np
from contested import CANDIDATES, CERTAIN, MONTHS, UNCERTAIN

ORDER = [n for f in ("lognorm", "johnsonsb", "beta") for n, law in UNCERTAIN.items() if law.family == f]
LAWS = [UNCERTAIN[name] for name in ORDER]
MU, SIGMA, LOC, A, B = (np.array([getattr(law, k) for law in LAWS]) for k in ("mu", "sigma", "loc", "a", "b"))
N_LOG = sum(law.family == "lognorm" for law in LAWS)
N_NORMAL = sum(law.family != "beta" for law in LAWS)

# Where each input stands in a future; what is certain is a constant of the compiled code.
HOURLY_RATE = ORDER.index("hourly_rate")
CALLS, GROWTH, VOLATILITY, INPUT, OUTPUT, CHANGES = (
    ORDER.index(f"workload.{key}")
    for key in (
        "calls_per_month",
        "growth_per_month",
        "volatility_per_month",
        "input_tokens",
        "output_tokens",
        "task_changes_per_year",
    )
)
HIT, RETRY, HOURS, CHANGE_HOURS = (
    ORDER.index(f"strategies.prompt.{key}")
    for key in ("cache_hit", "retry_rate", "hours_per_month", "hours_per_task_change")
)
BETTER_TOKENS, BETTER_RETRY, BETTER_SETUP = (
    ORDER.index(f"strategies.better_prompt.{key}") for key in ("prompt_tokens", "retry_rate", "setup_hours")
)
CACHED_HIT, CACHED_SETUP = (
    ORDER.index(f"strategies.cached_prompt.{key}") for key in ("cache_hit", "setup_hours")
)
STRICT_TOKENS, STRICT_RETRY, STRICT_SETUP = (
    ORDER.index(f"strategies.structured_outputs.{key}")
    for key in ("prompt_tokens", "retry_rate", "setup_hours")
)
CHEAP_SETUP, CHEAP_SUCCESS = (
    ORDER.index(f"strategies.cheaper_model.{key}") for key in ("setup_hours", "success_probability")
)
TUNED_OUTPUT, TUNED_RETRY, TUNED_SETUP, TUNED_HOURS, TUNED_CHANGE_HOURS, BUILD, TUNED_SUCCESS = (
    ORDER.index(f"strategies.fine_tune.{key}")
    for key in (
        "output_tokens",
        "retry_rate",
        "setup_hours",
        "hours_per_month",
        "hours_per_task_change",
        "build_months",
        "success_probability",
    )
)
TRAINING, EVERY, LABEL = (
    ORDER.index(f"strategies.fine_tune.tuning.{key}")
    for key in ("training_cost", "retrain_every_months", "cost_per_label")
)
IN, CACHED, OUT = (CERTAIN[f"strategies.prompt.price.{key}"] / 1e6 for key in ("input", "cached", "output"))
CHEAP_CACHED, CHEAP_WRITE, CHEAP_IN, CHEAP_OUT = (
    CERTAIN[f"strategies.cheaper_model.price.{key}"] / 1e6
    for key in ("cached", "cache_write", "input", "output")
)
TUNED_IN, TUNED_OUT = (CERTAIN[f"strategies.fine_tune.price.{key}"] / 1e6 for key in ("input", "output"))
TOKENS = CERTAIN["strategies.prompt.prompt_tokens"]
TUNED_TOKENS = CERTAIN["strategies.fine_tune.prompt_tokens"]
CHEAP_BUILD = int(np.ceil(CERTAIN["strategies.cheaper_model.build_months"]))
EXAMPLES, RELABELLED = (
    CERTAIN[f"strategies.fine_tune.tuning.{key}"] for key in ("labelled_examples", "relabelled_examples")
)
HOSTING = 730 * CERTAIN["strategies.fine_tune.costs.hosting"]
WORTH = (1 + CERTAIN["discount_rate"]) ** (-np.arange(MONTHS + 1) / 12)

BETTER, STRICT, CACHE, CHEAP, TUNED = (
    CANDIDATES.index(name)
    for name in ("better_prompt", "structured_outputs", "cached_prompt", "cheaper_model", "fine_tune")
)
N = len(CANDIDATES)


class Sums(NamedTuple):
    """Sums over all futures.

    baseline : its cost, USD; saving, squares, at_risk : ndarrays (c,), saving, its square, cash at risk.
    touched : ndarray (c,), futures with a first touch; ahead : ndarray (c, t), futures ahead in each month.
    even : ndarray (c, t + 1), futures by break-even month, the last of which is never.
    """

    baseline: float
    saving: np.ndarray
    squares: np.ndarray
    at_risk: np.ndarray
    touched: np.ndarray
    ahead: np.ndarray
    even: np.ndarray


# Loops over many numbers are functions of their own: inside `futures` LLVM runs them at half the speed.


@numba.njit(fastmath=True)
def normals(rng, z, n):
    for i in range(n):
        z[i] = rng.standard_normal()


@numba.njit(fastmath=True)
def exp(x):
    """A polynomial to 1e-14 between powers of two: numba's own calls libm, one number at a time."""
    k = np.floor(x * 1.4426950408889634 + 0.5)
    r = x - k * 0.6931471805599453
    p = 1 / 39916800
    p = p * r + 1 / 3628800
    p = p * r + 1 / 362880
    p = p * r + 1 / 40320
    p = p * r + 1 / 5040
    p = p * r + 1 / 720
    p = p * r + 1 / 120
    p = p * r + 1 / 24
    p = p * r + 1 / 6
    p = p * r + 1 / 2
    p = (p * r + 1) * r + 1
    return p * np.int64((np.int64(k) + 1023) << 52).view(np.float64)


@numba.njit(fastmath=True)
def exps(z, n):
    for i in range(n):
        z[i] = exp(z[i])


@numba.njit(fastmath=True)
def futures(rng, n, mu, sigma, loc, a, b, worth):
    x, z, g = np.empty(mu.size), np.zeros(64), np.empty(64)
    # What has fallen due up to each month, discounted: calls, task changes, months, retrains.
    calls, changes, retrains = np.zeros(MONTHS + 1), np.zeros(MONTHS + 1), np.zeros(MONTHS + 1)
    months = np.cumsum(worth) - 1
    level, after = np.empty(MONTHS + 1), np.arange(1.0, MONTHS + 2)
    start, per_call, per_change, per_month, per_retrain = np.zeros((5, N))
    launch = np.ones(N, np.int64)
    baseline = 0.0
    saving, squares, at_risk, touched = np.zeros((4, N))
    ahead, even = np.zeros((N, MONTHS + 1)), np.zeros((N, MONTHS + 2), np.int64)
    for _ in range(n):
        normals(rng, g, N_NORMAL + MONTHS + 1)
        for i in range(N_LOG):
            z[i] = mu[i] + sigma[i] * g[i]
        for i in range(N_LOG, N_NORMAL):
            z[i] = -mu[i] - sigma[i] * g[i]
        exps(z, N_NORMAL)
        for i in range(N_LOG):
            x[i] = loc[i] + z[i]
        for i in range(N_LOG, N_NORMAL):
            x[i] = 1 / (1 + z[i])
        for i in range(N_NORMAL, mu.size):
            x[i] = rng.beta(a[i], b[i])

        drift = np.log(1 + x[GROWTH]) - x[VOLATILITY] ** 2 / 2
        for t in range(2, MONTHS + 1):
            z[t] = drift + x[VOLATILITY] * g[N_NORMAL + t]
        exps(z, MONTHS + 1)
        traffic = x[CALLS]
        calls[1] = traffic * worth[1]
        for t in range(2, MONTHS + 1):
            traffic *= z[t]
            calls[t] = calls[t - 1] + traffic * worth[t]

        build = int(np.ceil(x[BUILD]))
        launch[CHEAP] = CHEAP_BUILD + 1 if rng.random() < x[CHEAP_SUCCESS] else MONTHS + 1
        launch[TUNED] = min(build + 1 if rng.random() < x[TUNED_SUCCESS] else MONTHS + 1, MONTHS + 1)
        for t in range(MONTHS + 1):
            changes[t] = 0
            retrains[t] = 0
        gap = 12 / x[CHANGES]
        at = gap * rng.standard_exponential()
        while at < MONTHS:
            month = int(at) + 1
            changes[month] += worth[month]
            if month >= launch[TUNED]:
                retrains[month] += worth[month]
            at += gap * rng.standard_exponential()
        due = x[EVERY] if launch[TUNED] <= MONTHS else np.inf
        while build + due < MONTHS:
            month = build + int(due) + 1
            retrains[month] += worth[month]
            due += x[EVERY]
        for t in range(1, MONTHS + 1):
            changes[t] += changes[t - 1]
            retrains[t] += retrains[t - 1]

        rate, attempts = x[HOURLY_RATE], 1 / (1 - x[RETRY])
        spare = x[INPUT] * IN + x[OUTPUT] * OUT
        token = x[HIT] * CACHED + (1 - x[HIT]) * IN
        prompt = (TOKENS * token + spare) * attempts
        cached = TOKENS * (x[CACHED_HIT] * CACHED + (1 - x[CACHED_HIT]) * IN) + spare
        cheap = TOKENS * (x[HIT] * CHEAP_CACHED + (1 - x[HIT]) * CHEAP_WRITE)
        cheap += x[INPUT] * CHEAP_IN + x[OUTPUT] * CHEAP_OUT
        tuned = (TUNED_TOKENS + x[INPUT]) * TUNED_IN + x[TUNED_OUTPUT] * TUNED_OUT
        per_call[BETTER] = prompt - (x[BETTER_TOKENS] * token + spare) / (1 - x[BETTER_RETRY])
        per_call[STRICT] = prompt - (x[STRICT_TOKENS] * token + spare) / (1 - x[STRICT_RETRY])
        per_call[CACHE] = prompt - cached * attempts
        per_call[CHEAP] = prompt - cheap * attempts
        per_call[TUNED] = prompt - tuned / (1 - x[TUNED_RETRY])
        per_change[TUNED] = (x[CHANGE_HOURS] - x[TUNED_CHANGE_HOURS]) * rate
        per_month[TUNED] = (x[HOURS] - x[TUNED_HOURS]) * rate - HOSTING
        per_retrain[TUNED] = -x[TRAINING] - RELABELLED * x[LABEL]
        start[BETTER] = -x[BETTER_SETUP] * rate
        start[STRICT] = -x[STRICT_SETUP] * rate
        start[CACHE] = -x[CACHED_SETUP] * rate
        start[CHEAP] = -x[CHEAP_SETUP] * rate
        start[TUNED] = -x[TUNED_SETUP] * rate - x[TRAINING] - EXAMPLES * x[LABEL]
        baseline += calls[MONTHS] * prompt
        baseline += (changes[MONTHS] * x[CHANGE_HOURS] + months[MONTHS] * x[HOURS]) * rate

        for s in range(N):
            first, last = start[s], launch[s] - 1  # month 0; the month before it serves
            each, row = per_call[s], ahead[s]
            if s == TUNED:
                for t in range(MONTHS + 1):
                    level[t] = first + each * max(calls[t] - calls[last], 0.0)
                    level[t] += per_change[s] * max(changes[t] - changes[last], 0.0)
                    level[t] += per_month[s] * max(months[t] - months[last], 0.0)
                    level[t] += per_retrain[s] * retrains[t]
            else:
                for t in range(MONTHS + 1):
                    level[t] = first + each * max(calls[t] - calls[last], 0.0)
            lowest, until, reached = 0.0, 0.0, 0.0
            for t in range(MONTHS + 1):
                row[t] += 0.0 if level[t] < 0 else 1.0
                lowest = min(lowest, level[t])
                until = max(until, after[t] if level[t] < 0 else 0.0)
            for t in range(1, MONTHS + 1):
                reached = max(reached, 0.0 if level[t] < 0 else 1.0)
            saving[s] += level[MONTHS]
            squares[s] += level[MONTHS] ** 2
            at_risk[s] -= lowest
            touched[s] += reached
            even[s, int(until)] += 1
    return baseline, saving, squares, at_risk, touched, ahead, even


def run(n: int, seed: int = 1) -> Sums:
    """``n`` futures on one core."""
    rng = np.random.Generator(np.random.SFC64(seed))
    return Sums(*futures(rng, n, MU, SIGMA, LOC, A, B, WORTH))
