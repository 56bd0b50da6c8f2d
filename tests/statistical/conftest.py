"""The seed of every closed-form test, 1 or what MCOST_TEST_SEED says, and the judge of all of them."""

import os

import pytest
from closed_form import ClosedForm


@pytest.fixture(scope="session")
def seed() -> int:
    return int(os.environ.get("MCOST_TEST_SEED", "1"))


@pytest.fixture
def closed_form(record_property) -> ClosedForm:
    return ClosedForm(record_property)
