"""Peers: the time to know P(fine_tune pays off) in `contested` to a standard error of 0.1 points.

    python benchmarks/peers.py

All six strategies, the same inputs, one core each, after import; each peer's P is held to mcost's before. A
peer's number of futures is p (1 - p) / 0.001², and for monaco, which draws scrambled Sobol points, what its
scatter over seeds says. Where a peer runs a function once a future, the time of a part of them is scaled up.
"""

import statistics
from functools import partial

import monaco
import notebook
import numpy as np
import scipy.stats
import squigglepy
from contested import MONTHS, SCENARIO, UNCERTAIN
from table import OneThread, Row, markdown, seconds

import mcost

ERROR = 0.001
SEEDS = 16
AGREE = 4  # standard errors
GATED = ("cheaper_model", "fine_tune")  # strategies that may miss the quality bar
CHANGES = "workload.task_changes_per_year"


# --- squigglepy -------------------------------------------------------------------------------------------


def _shifted(law):
    """An input as squigglepy writes it, and what turns its samples into values."""
    if law.family == "lognorm":
        return squigglepy.lognorm(norm_mean=law.mu, norm_sd=law.sigma), lambda y: law.loc + y
    if law.family == "johnsonsb":
        return squigglepy.norm(mean=law.mu, sd=law.sigma), lambda y: 1 / (1 + np.exp(-y))
    return squigglepy.beta(law.a, law.b), lambda y: y


INPUTS = {name: _shifted(law) for name, law in UNCERTAIN.items()}
NOISE, LUCK = squigglepy.norm(mean=0, sd=1), squigglepy.uniform(0, 1)


def squigglepy_function(n):
    """P by a model that is a function, sampled n times: how squigglepy says what happens in time."""

    def pays_off():
        x = {name: value(~dist) for name, (dist, value) in INPUTS.items()}
        noise = (NOISE @ MONTHS)[:, None]
        changes = (squigglepy.poisson(x[CHANGES] / 12) @ MONTHS)[:, None]
        found = notebook.savings(x, noise, changes, dict(zip(GATED, LUCK @ 2, strict=True)))
        return float(found["fine_tune"][-1, 0] >= 0)

    return np.mean(squigglepy.sample(pays_off, n=n))


def squigglepy_arrays(n):
    """P with squigglepy for the inputs alone and the notebook's arrays for all that happens in time."""
    x = {name: value(dist @ n) for name, (dist, value) in INPUTS.items()}
    noise = (NOISE @ (MONTHS * n)).reshape(MONTHS, n)
    changes = notebook.rng.poisson(x[CHANGES] / 12, (MONTHS, n))  # squigglepy's takes one rate only
    luck = dict(zip(GATED, (LUCK @ (2 * n)).reshape(2, n), strict=True))
    return notebook.verdict(notebook.savings(x, noise, changes, luck))["fine_tune"][0]


# --- monaco -----------------------------------------------------------------------------------------------


def _inputs_of(case):
    return ({name: case.invals[name].val for name in case.invals},)


def _one_future(x):
    noise = notebook.rng.standard_normal((MONTHS, 1))
    changes = notebook.rng.poisson(x[CHANGES] / 12, (MONTHS, 1))
    return (notebook.savings(x, noise, changes, {name: x[name] for name in GATED}),)


def _outputs_of(case, found):
    case.addOutVal(name="pays off", val=bool(found["fine_tune"][-1, 0] >= 0))


def in_monaco(n, seed=1):
    """P by monaco, with its default sampling."""
    stages = (monaco.SimFunctions.PREPROCESS, monaco.SimFunctions.RUN, monaco.SimFunctions.POSTPROCESS)
    sim = monaco.Sim(
        name="contested",
        ndraws=n,
        fcns=dict(zip(stages, (_inputs_of, _one_future, _outputs_of), strict=True)),
        seed=seed,
        verbose=False,
    )
    for name in UNCERTAIN:
        law = SCENARIO.inputs[name].law
        sim.addInVar(name, dist=getattr(scipy.stats, law.name), distkwargs=dict(law.parameters))
    for name in GATED:
        sim.addInVar(name, dist=scipy.stats.uniform, distkwargs={"loc": 0, "scale": 1})
    sim.runSim()
    return np.mean(sim.outvars["pays off"].nums)


def cases_of_monaco(n=2**15):
    """Cases that monaco needs: the scatter over seeds of its way of sampling, in arrays, scaled as 1/n."""

    def once(seed):
        points = scipy.stats.qmc.Sobol(len(UNCERTAIN) + len(GATED), seed=seed).random(n).T
        x = {name: SCENARIO.inputs[name].law.ppf(u) for name, u in zip(UNCERTAIN, points, strict=False)}
        noise = notebook.rng.standard_normal((MONTHS, n))
        changes = notebook.rng.poisson(x[CHANGES] / 12, (MONTHS, n))
        luck = dict(zip(GATED, points[-len(GATED) :], strict=True))
        return np.mean(notebook.savings(x, noise, changes, luck)["fine_tune"][-1] >= 0)

    return round(n * np.var([once(seed) for seed in range(SEEDS)], ddof=1) / ERROR**2)


# --- the table --------------------------------------------------------------------------------------------


def by_mcost(draws, seed=1):
    return mcost.run(SCENARIO, draws, seed, executor=OneThread()).candidates["fine_tune"].pays_off


def draws_of_mcost():
    """The smallest 32 x 2^k draws whose standard error, as mcost reports it, is at most 0.1 points."""
    draws = 32
    while statistics.median(by_mcost(draws, seed).standard_error for seed in range(1, 8)) > ERROR:
        draws *= 2
    return draws


PEERS = {
    "NumPy, a notebook": (lambda n: notebook.run(n)["fine_tune"][0], 2**17),
    "squigglepy, a function of one future": (squigglepy_function, 1_000),
    "squigglepy, inputs alone, in the notebook": (squigglepy_arrays, 2**17),
    "monaco": (in_monaco, 1_024),
}
"""Peer -> P from n futures, and the number at which it is held to mcost's."""

GOALS = dict(zip(PEERS, (20, 100, 20, 100), strict=True))


def errors_apart(most=2**17):
    """Peer -> difference of its P to mcost's, in standard errors of both; from ``most`` futures at most."""
    own = by_mcost(most)
    variance = own.value * (1 - own.value)
    return {
        name: abs(work(min(n, most)) - own.value) / (variance / min(n, most) + own.standard_error**2) ** 0.5
        for name, (work, n) in PEERS.items()
    }


def rows(runs=5):
    apart = errors_apart()
    if max(apart.values()) > AGREE:
        raise SystemExit(f"a peer is another model: {apart}")
    p = by_mcost(2**17).value
    plain = round(p * (1 - p) / ERROR**2)
    draws, cases = draws_of_mcost(), cases_of_monaco()
    own = statistics.median(seconds(lambda: by_mcost(draws)) for _ in range(4 * runs))
    found = [Row(f"P(pays off) to ±0.1 points: mcost, {draws:,} draws", f"{own * 1000:.0f} ms")]
    for name, (work, feasible) in PEERS.items():
        needed = cases if name == "monaco" else plain
        n = needed if feasible > 10_000 else 8 * feasible
        time = statistics.median(seconds(partial(work, n)) for _ in range(runs if n == needed else 1))
        how = f"{needed:,} futures" + ("" if n == needed else f", {n:,} run")
        time, goal = time * needed / n, GOALS[name]
        found.append(
            Row(
                f"{name}, {how}",
                f"{time:.1f} s, {time / own:,.0f} x",
                f"at least {goal} x",
                bool(time / own >= goal),
            )
        )
    return found


if __name__ == "__main__":
    print(markdown(rows()))
