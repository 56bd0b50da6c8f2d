"""Blocks to paste: the verdict in Markdown and in Slack's markup."""

import re

import pytest
from memos import HOSTILE, STRATEGY

import mcost
from mcost.report.markdown import block, escaped
from mcost.report.slack import slack
from mcost.report.verdict import verdict


def test_a_verdict_in_markdown() -> None:
    said = verdict(mcost.run("article_100k"))
    text = block(said)
    assert text.startswith(
        """\
### The article at 100,000 calls a month: never

**Advice.** Keep prompt: no rival is expected to cost less over 12 months. Fine tune is not ahead of \
prompt at month 12.

**Money.** Fine tune costs $5,550 more than prompt. At its deepest it is $5,625 under water, about month 10.

**When.** Fine tune never breaks even within 12 months.
"""
    )
    assert (
        """
**Against prompt, over 12 months**

|  | pays off | beats best other | saving | even by month | deepest |
| :-- | --: | --: | --: | --: | --: |
| fine_tune | no | no | −$5,550 | never | $5,625 |

**Where the money goes: cost over 12 months**

|  | tokens | training | total |
| :-- | --: | --: | --: |
| prompt | $540 | $0 | $540 |
"""
        in text
    )
    assert text.endswith(f"*{said.footer}*")


def test_a_verdict_in_slack() -> None:
    said = verdict(mcost.run("article_100k"))
    lines = slack(said).splitlines()
    assert lines[:3] == [
        "*The article at 100,000 calls a month: never*",
        "*Advice*  Keep prompt: no rival is expected to cost less over 12 months. Fine tune is not ahead of "
        "prompt at month 12.",
        "*Money*  Fine tune costs $5,550 more than prompt. At its deepest it is $5,625 under water, about "
        "month 10.",
    ]
    start, end = (i for i, line in enumerate(lines) if line == "```")
    assert lines[start + 1] == "Against prompt, over 12 months"
    assert all(len(line) <= 76 for line in lines[start:end])
    assert lines[end + 1 :] == [f"_{said.footer}_"]


def test_tables_fit_a_thread() -> None:
    text = slack(verdict(mcost.run("contested", 500)))
    (block_of_code,) = re.findall(r"```\n(.*?)\n```", text, re.DOTALL)
    assert max(len(line) for line in block_of_code.splitlines()) <= 100
    assert "cached_prompt" in block_of_code


def test_what_a_scenario_says_is_no_markup_in_slack() -> None:
    text = slack(verdict(mcost.run(HOSTILE, 500)))
    assert not set("<>") & set(text)
    assert text.startswith("*‹script›alert(1)‹/script› & ∗b∗ | ˍxˍ [a](http://e.vil/a) ˋcˋ")
    assert text.count("```") == 2
    stars = [line.count("*") for line in text.splitlines()]
    assert set(stars) <= {0, 2}


def test_what_a_scenario_says_is_no_markup_in_markdown() -> None:
    text = block(verdict(mcost.run(HOSTILE, 500)))
    assert not re.search(r"<[a-z/]", text)
    assert escaped(STRATEGY) == "&lt;img src=http://e.vil/y onerror=alert(2)&gt; \\*t\\*\\|u"
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b and _c_", "a_b and \\_c\\_"),
        ("$5 and $x$", "$5 and \\$x\\$"),
        ("R&D &amp; &#60;", "R&D &amp;amp; &amp;#60;"),
        ("two\nlines\t", "two lines "),
        ("C:\\x ~~y~~", "C:\\\\x \\~\\~y\\~\\~"),
    ],
)
def test_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown
