"""Every scenario runs with each of its inputs replaced by its catalogue prior."""

import re
from collections.abc import Iterator

import pytest

import mcost
from mcost.catalogue import entries
from mcost.shipped import scenario_names

# These come from the price table, as one: input, cached and output price of a model, and of its tuned one.
KNOWN = re.compile(r"models\..+\.(price|tuned)\.\w+")


def priors_for(key: str) -> Iterator[str]:
    return (entry.name for entry in entries().values() if entry.is_for(key))


@pytest.mark.parametrize("name", scenario_names())
def test_each_input_can_be_its_catalogue_prior(name: str) -> None:
    scenario = mcost.load(name)
    replaced = 0
    for key in scenario.inputs:
        if KNOWN.fullmatch(key):
            continue
        found = next(priors_for(key), None)
        assert found is not None, f"no prior for {key}"
        override = f'{key}={{ prior = "{found}" }}'
        changed = mcost.load(name, set=[override])
        assert changed.inputs[key].catalogued == found
        assert set(mcost.run(changed, draws=16).strategies) == set(scenario.strategies)
        replaced += 1
    assert replaced > 3
