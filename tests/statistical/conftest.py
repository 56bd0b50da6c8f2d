"""The seed of every closed-form test: 1, or what MCOST_TEST_SEED says."""

import os

import pytest


@pytest.fixture(scope="session")
def seed() -> int:
    return int(os.environ.get("MCOST_TEST_SEED", "1"))
