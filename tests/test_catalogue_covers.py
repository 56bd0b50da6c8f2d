"""Every scenario runs with each of its inputs replaced by its catalogue prior."""

from collections.abc import Iterator

import pytest

import mcost
from mcost.catalogue import entries
from mcost.shipped import scenario_names

# Of these the catalogue has no prior, for they are not guessed: an amount of the scenario's own line, and
# prices of a model that the price table knows.
OWN = (".costs.", "models.")


def priors_for(key: str) -> Iterator[str]:
    return (entry.name for entry in entries().values() if entry.is_for(key))


@pytest.mark.parametrize("name", scenario_names())
def test_each_input_can_be_its_catalogue_prior(name: str) -> None:
    scenario = mcost.load(name)
    replaced = 0
    for key in scenario.inputs:
        if any(own in f".{key}" or key.startswith(own) for own in OWN):
            continue
        found = next(priors_for(key), None)
        assert found is not None, f"no prior for {key}"
        override = f'{key}={{ prior = "{found}" }}'
        changed = mcost.load(name, set=[override])
        assert changed.inputs[key].catalogued == found
        assert set(mcost.run(changed, draws=16).strategies) == set(scenario.strategies)
        replaced += 1
    assert replaced > 3
