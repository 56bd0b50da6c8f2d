"""What the README shows can be run, and its tables are whole; test_docs.py holds its quotes."""

import re
import tomllib

from quoted import README, blocks

import mcost

TEXT = README.read_text(encoding="utf-8")


def test_there_is_a_run_to_read() -> None:
    assert any(block.text.startswith("$ mcost run contested\n") for block in blocks(README))


def test_the_scenario_in_the_readme_runs() -> None:
    whole, *rows = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(rows) == 2
    answer = mcost.run(tomllib.loads("\n".join([whole, *rows])), draws=4_096)
    assert set(answer.candidates) == {"cached_prompt", "fine_tune"}


def test_the_python_in_the_readme_runs() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    exec(compile(code.replace("65_536", "4_096"), "README.md", "exec"), {})


def test_every_command_is_in_the_table() -> None:
    from mcost.cli import COMMANDS

    table = TEXT[TEXT.index("## Commands") : TEXT.index("## A scenario file")]
    assert set(re.findall(r"^\| `mcost (\w+)", table, re.MULTILINE)) == set(COMMANDS)


def test_the_table_of_scenarios_is_whole() -> None:
    from mcost.shipped import scenario_names

    table = TEXT[TEXT.index("## Shipped scenarios") : TEXT.index("## From Python")]
    assert sorted(re.findall(r"`(\w+)`", table)) == scenario_names()
