# What a developer does here, one line each.
set shell := ["bash", "-euo", "pipefail", "-c"]

run scenario="contested":
    python -m mcost run {{scenario}}

test *args:
    python -m pytest {{args}}

fuzz cases="10000":
    MCOST_FUZZ={{cases}} python -m pytest tests/fuzz -n auto

lint:
    ruff check . && ruff format --check . && mypy

check:
    python -m mcost check scenarios

docs:
    python -m sphinx -W --keep-going -q -b html docs docs/_build

quoted:
    python tests/quoted.py

figures:
    python figures/export.py

bench *args:
    python benchmarks/run.py {{args}}

mutants *rooms:
    mutmut run {{rooms}} && mutmut results

coverage *args:
    coverage erase && coverage run -m pytest -n 0 {{args}} && coverage combine && coverage report
