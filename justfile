# What a developer does here, one line each.
set shell := ["bash", "-euo", "pipefail", "-c"]

run scenario="contested":
    python -m mcost run {{scenario}}

test *args:
    python -m pytest {{args}}

lint:
    ruff check . && ruff format --check . && mypy

check:
    python -m mcost check scenarios

docs:
    python tests/readme.py

figures:
    python figures/export.py

bench:
    python benchmarks/cold_start.py
    python benchmarks/decision_map.py
    python benchmarks/usage_memory.py
