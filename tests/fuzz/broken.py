"""Scenario files broken in every way, from ones that are right: bytes that a command must survive."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from mcost.shipped import folder

SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(folder("scenarios").glob("*.toml"))]

RICH = """\
title = "Everything"
baseline = "prompt"
horizon_months = 24
start = 2026-12-01
discount_rate = 0.08
hourly_rate = { low = 55, high = 144, credibility = 0.8 }

[workload]
calls_per_month = { samples = "seen.csv", column = "amount" }
growth_per_month = { dist = "norm", loc = 0.03, scale = 0.015 }
volatility_per_month = 0.08
output_tokens = "150 to 300"
task_changes_per_year = { prior = "own.toml:changes" }

[models.small]
price = { input = 0.05, output = "0.2 to 0.4" }
price_changes_per_year = 0.5
price_change_ratio = { dist = "lognorm", s = 0.3, scale = 0.8 }
market_decline_per_year = "20% to 60%"
retires_after_months = { dist = "weibull_min", c = 2, scale = 30 }
released = 2026-06-01

[strategies.prompt]
price = { input = 0.15, cached = 0.075, output = 0.60 }
prompt_tokens = { p10 = 2500, p50 = 3000, p90 = 3600 }
cache_hit = { mixture = [0, "40% to 80%"], weights = [0.2, 0.8] }
retry_rate = "1% to 5%"
max_attempts = { choice = [2, 3], weights = [0.5, 0.5] }

[strategies.fine_tune]
model = "small"
price_multiplier = 2.0
prompt_tokens = 500
setup_hours = { prior = "engineering.setup_hours" }
build_months = "1 to 2"
success_probability = { dist = "beta", a = 4, b = 2 }
fallback = "prompt"
pilot = { cost = 500, hours = 10, months = 1 }
hosting = { usd_per_hour = 1.7, calls_per_hour = 400, min_replicas = 1 }
tuning = { training_cost = "100 to 400", retrain_every_months = 3, give_up = "at_retrain", ends = 2028-03-01 }

[[strategies.fine_tune.costs]]
name = "review"
driver = "failure"
amount = 0.01

[strategies.copy]
like = "fine_tune"

[strategies.mixed]
mix = { copy = "10% to 30%", prompt = "rest" }

[strategies.stepped]
cascade = { first = "mixed", second = "prompt", escalation_rate = 0.1 }

[strategies.later]
wait = { first = "prompt", then = "fine_tune", months = 6 }

[[correlations]]
between = ["workload.growth_per_month", "strategies.prompt.retry_rate"]
rank = 0.4

[[studies]]
name = "a look"
of = "strategies.fine_tune.success_probability"
n = 200

[expect]
recommended = "prompt"
pays_off.fine_tune = [0.0, 1.0]
"""
"""A table and a notation of every kind; it reads two files beside it."""

PRIORS = """\
# Priors of one's own

[changes]
about = "Changes of the task"
unit = "events a year"
domain = "positive"
distribution = "1 to 4"
source = "counted"
checked = 2026-11-24
grade = "measured"

[nested.share]
about = "A share"
unit = "fraction of calls"
domain = "fraction"
distribution = { dist = "beta", a = 3, b = 2 }
source = "counted"
checked = 2026-11-24
grade = "weak"
for = ["strategies.*.cache_hit"]
"""

TOKENS = re.compile(r'"[^"\n]*"|[\w.-]+|[ \t]+|\n|.', re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w])")
VALUE = re.compile(r"(?<==)[^\n#]+")

NUMBERS = ["-1", "0", "-0.0", "nan", "-nan", "inf", "-inf", "1e308", "1e400", "-1e308", "5e-324", "1e-300"]
NUMBERS += [
    "9" * 400,
    "9" * 5000,
    "-" + "9" * 400,
    "0x" + "f" * 5000,
    "0b1",
    "0o7",
    "1_0",
    "1__0",
    "1.",
    ".5",
]
NUMBERS += ["9223372036854775808", "true", '"5"', "601", "65", "1e9", "3.5", "0.1 to 5", "12:30:00", "1e"]
VALUES = ["[]", "{}", "[1, 'a', 2.5]", "[[[]]]", "{ a = { b = [] } }", "true", '""', "'''\n'''", '"\\u0000"']
VALUES += [
    "2026-02-30",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-12-01T00:00:00Z",
    "2026-12-01 25:00",
]
VALUES += [
    '"a to b"',
    '"5 to 2"',
    '"1 to 1e400"',
    '"-5%"',
    '"٣ to ٤"',
    '"１ to ２"',
    '"1 to 2 to 3"',
    '"5k%"',
]
VALUES += [
    '"rest"',
    '"prompt"',
    '"../x.csv"',
    '"\\U0010FFFF"',
    '"\\uD800"',
    "{ prior = 'x' }",
    "{ prior = 1 }",
]
VALUES += [
    "{ prior = 'own.toml:none' }",
    "{ prior = 'none.toml:x' }",
    "{ prior = 'own.toml' }",
    "{ prior = ':' }",
]
VALUES += ["{ samples = 'seen.csv' }", "{ samples = [], smooth = true }", "{ samples = [1e308, -1e308] }"]
VALUES += ["{ samples = 'seen.csv', column = 'day', smooth = 1 }", "{ samples = 'own.toml', column = 'x' }"]
VALUES += [
    "{ low = 1, high = 2, credibility = 0x" + "f" * 300 + " }",
    "{ low = nan, high = 2 }",
    "{ low = 1 }",
]
VALUES += [
    "{ low = 1e-300, high = 1e300 }",
    "{ low = 1, high = { low = 2, high = '3 to 4' } }",
    "{ min = 1 }",
]
VALUES += ["{ p10 = 1, p50 = 2, p90 = 1e300 }", "{ p0 = 1, p100 = 2 }", "{ p1e5 = 2 }", "{ p50 = 1 }"]
VALUES += ["{ p10 = 1, p10.5 = 2 }", "{ 'p10.5' = 1, p50 = 2, p99 = 3 }", "{ p10 = 3, p50 = 2, p90 = 1 }"]
VALUES += [
    "{ choice = [1, 2], weights = [1e308, 1e308] }",
    "{ choice = [nan] }",
    "{ mixture = [{ mixture = [1] }] }",
]
VALUES += [
    "{ mixture = [0, '1 to 2'], weights = [1, -0] }",
    "{ choice = [1], weights = [] }",
    "{ mixture = 5 }",
]
VALUES += [
    "{ dist = 'rv_continuous' }",
    "{ dist = '__class__' }",
    "{ dist = 'cauchy' }",
    "{ dist = 'norm', s = 2 }",
]
VALUES += [
    "{ dist = 'gamma', a = 1e-300 }",
    "{ dist = 'gamma', a = 1e300 }",
    "{ dist = 'poisson', mu = 1e300 }",
]
VALUES += ["{ dist = 'binom', n = 1e18, p = 0.5 }", "{ dist = 'hypergeom', M = 1e9, n = 5, N = 7 }"]
VALUES += [
    "{ dist = 'zipf', a = 1.0001 }",
    "{ dist = 'norm', loc = '1 to 2', scale = { dist = 'expon' }, min = 0 }",
]
VALUES += [
    "{ dist = 'beta', a = 1e-9, b = 1e-9 }",
    "{ dist = 'uniform', scale = -1 }",
    "{ dist = [] }",
    "{ dist = '' }",
]
VALUES += [
    "{ dist = 'studentized_range', k = 3, df = 10 }",
    "{ dist = 'levy_stable', alpha = 1.5, beta = 0, min = 0 }",
]
VALUES += [
    "{ dist = 'poisson_binom', p = [0.1, 0.9] }",
    "{ dist = 'ksone', n = 1000000 }",
    "{ dist = 'rv_histogram' }",
]
VALUES += ["{ dist = 'crystalball', beta = 2, m = 3 }", "{ dist = 'kappa4', h = 0.1, k = 0.2, min = 0 }"]

CONFUSABLE = {
    "a": "а",
    "e": "е",
    "o": "о",
    "p": "р",
    "c": "с",
    "x": "х",
    "=": "＝",
    ".": "․",
    '"': "”",
    "-": "−",
}
CONFUSABLE |= {
    "i": "і",
    "1": "１",
    "0": "０",
    "_": "＿",
    " ": "\u00a0",
    "t": "t\u0301",
    "s": "\u200bs",
    "#": "＃",
}
MARKS = [
    "\ufeff",
    "\0",
    "\r",
    "\r\n",
    "\u2028",
    "\u202e",
    "\x1b[31m",
    "\x7f",
    "\t",
    "'''",
    '"""',
    "\\",
    "[",
    "]",
    "{",
]
MARKS += [
    "}",
    "=",
    ",",
    ".",
    "#",
    "[[",
    "]]",
    "\U0001f600",
    "\u0085",
    "é",
    "\x0b",
    "<script>",
    "%s",
    "{0}",
    "{x}",
]

Mutation = Callable[[random.Random, str], str | bytes]


def _delete(r: random.Random, text: str) -> str:
    tokens = TOKENS.findall(text)
    at = r.randrange(len(tokens))
    return "".join(tokens[:at] + tokens[at + r.choice([1, 1, 2, 5, 40]) :])


def _swap(r: random.Random, text: str) -> str:
    tokens = TOKENS.findall(text)
    a, b = r.randrange(len(tokens)), r.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def _lines(r: random.Random, text: str) -> str:
    """Lines doubled, dropped, or moved."""
    lines = text.split("\n")
    a, b = sorted((r.randrange(len(lines)), r.randrange(len(lines))))
    kind = r.randrange(4)
    if kind == 0:
        lines.insert(b, lines[a])
    elif kind == 1:
        lines[b:b] = lines[a : a + r.randint(2, 12)]
    elif kind == 2:
        del lines[a : a + r.randint(1, 6)]
    else:
        lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines)


def _replace(r: random.Random, text: str, pattern: re.Pattern[str], by: str) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text + by
    at = r.choice(found)
    return text[: at.start()] + by + text[at.end() :]


def _number(r: random.Random, text: str) -> str:
    return _replace(r, text, NUMBER, r.choice(NUMBERS))


def _value(r: random.Random, text: str) -> str:
    return _replace(r, text, VALUE, " " + r.choice(VALUES))


def _other_value(r: random.Random, text: str) -> str:
    """The value of one key at another."""
    return _replace(r, text, VALUE, r.choice(VALUE.findall(text) or ["1"]))


def _mark(r: random.Random, text: str) -> str:
    at = r.randrange(len(text) + 1)
    return text[:at] + r.choice(MARKS) * r.choice([1, 1, 3]) + text[at:]


def _confuse(r: random.Random, text: str) -> str:
    at = r.randrange(len(text))
    return (
        text[:at]
        + "".join(CONFUSABLE.get(c, c) for c in text[at : at + r.choice([1, 3, 400])])
        + text[at + 1 :]
    )


def _truncate(r: random.Random, text: str) -> bytes:
    raw = text.encode()
    return raw[: r.randrange(len(raw))]


def _bytes(r: random.Random, text: str) -> bytes:
    raw = bytearray(text.encode())
    for _ in range(r.choice([1, 1, 4, 30])):
        at = r.randrange(len(raw))
        raw[at : at + r.randrange(3)] = r.randbytes(r.randrange(4))
    return bytes(raw)


def _noise(r: random.Random, text: str) -> bytes:
    return r.randbytes(r.choice([0, 1, 20, 3000]))


def _ends(r: random.Random, text: str) -> bytes:
    """Byte order marks, other ends of lines, other encodings."""
    encoding = r.choice(["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32", "cp1252"])
    return text.replace("\n", r.choice(["\n", "\r\n", "\r", "\n\r", "\n\n"])).encode(encoding, "replace")


def _names(r: random.Random, text: str) -> str:
    """One name as another: circles of like, fallback, mix and wait, and things that are not there."""
    known = re.findall(r"\[strategies\.([\w-]+)\]", text) or ["x"]
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, known))})\b")
    return _replace(r, text, pattern, r.choice([*known, *known, "nobody", "strategies", ""]))


def _refer(r: random.Random, text: str) -> str:
    """A strategy that refers to others, and perhaps to itself."""
    known = [*re.findall(r"\[strategies\.([\w-]+)\]", text), "new"]
    a, b, c = (r.choice(known) for _ in range(3))
    rows = [f'like = "{a}"', f'mix = {{ {a} = 0.5, {b} = "rest" }}', f'fallback = "{c}"', f'model = "{a}"']
    rows += [f'wait = {{ first = "{a}", then = "{b}", months = 3 }}', "price = { input = 1, output = 2 }"]
    rows += [
        f'cascade = {{ first = "{a}", second = "{b}", escalation_rate = 0.1 }}',
        "tuning = {}",
        "pilot = {}",
    ]
    return f"{text}\n[strategies.new]\n" + "\n".join(r.sample(rows, r.randint(1, 3))) + "\n"


def _splice(r: random.Random, text: str) -> str:
    other = r.choice(SHIPPED)
    return text[: r.randrange(len(text))] + other[r.randrange(len(other)) :]


def _correlate(r: random.Random, text: str) -> str:
    keys = re.findall(r"^(\w+) =", text, re.MULTILINE) or ["x"]
    known = re.findall(r"\[strategies\.([\w-]+)\]", text) or ["x"]
    names = [f"{r.choice(['workload', f'strategies.{r.choice(known)}'])}.{r.choice(keys)}" for _ in range(3)]
    rank = r.choice([*NUMBERS, "0.9", "-0.9", "0.5"])
    return f"{text}\n[[correlations]]\nbetween = {names[: r.randint(1, 3)]}\nrank = {rank}\n"


MUTATIONS: list[Mutation] = [_delete, _swap, _lines, _number, _number, _value, _value, _value, _other_value]
MUTATIONS += [_mark, _confuse, _truncate, _bytes, _noise, _ends, _names, _refer, _splice, _correlate]


def broken(r: random.Random, text: str) -> bytes:
    """The text after one mutation, or a few."""
    for _ in range(r.choice([1, 1, 1, 2, 4])):
        changed = r.choice(MUTATIONS)(r, text) if text else b""
        if isinstance(changed, bytes):
            return changed
        text = changed
    return text.encode("utf-8", "replace")


HEAD = 'title = "x"\nbaseline = "p"\nhorizon_months = 3\n[workload]\ncalls_per_month = 1\n[strategies.p]\n'
PRICED = HEAD + "price = { input = 1 }\n"
MIB = 2**20


def _within(text: str) -> str:
    """The text, cut to what is still read of a scenario file."""
    return text[: MIB - 10]


HOSTILE: dict[str, str] = {
    "10,000 brackets": "x = " + "[" * 10_000,
    "10,000 brackets, closed": "x = " + "[" * 10_000 + "]" * 10_000,
    "as many brackets as fit": _within("x = " + "[" * MIB),
    "300 brackets": "x = " + "[" * 300 + "]" * 300,
    "10,000 tables in one another": "x = " + "{ a = " * 10_000,
    "300 tables in one another": PRICED + "setup_hours = " + "{ a = " * 300 + "1" + " }" * 300,
    "a key of 1,000 parts": ".".join("a" * 1_000) + " = 1",
    "a key of 100,000 parts": ".".join("a" * 100_000) + " = 1",
    "as many parts as fit": _within(".".join("a" * (MIB // 2)))[:-6] + " = 1",
    "a table of 100,000 parts": "[" + ".".join("a" * 100_000) + "]\n",
    "an inline key of 100,000 parts": "x = { " + ".".join("a" * 100_000) + " = 1 }",
    "quoted parts": "x = { " + ".".join(['"a"'] * 50_000) + " = 1 }",
    "parts with blanks": " . ".join("a" * 50_000) + " = 1",
    "10,000 tables of 40 parts": "".join(f"[{'.'.join('b' * 40)}.c{i}]\n" for i in range(10_000)),
    "a string of 10 MB": 'title = "' + "a" * 10 * MIB + '"\n' + HEAD,
    "a string as long as fits": _within('title = "' + "a" * MIB)[:-200] + '"\nbaseline = "p"',
    "a name as long as fits": HEAD + _within('like = "' + "n" * MIB)[:-200] + '"',
    "a baseline as long as fits": _within('baseline = "' + "n" * MIB)[:-300]
    + '"\n'
    + HEAD[12:].replace("baseline", "b"),
    "a key as long as fits": PRICED + _within("k" * MIB)[:-200] + " = 1",
    "a notation as long as fits": PRICED + _within('setup_hours = "' + "1 to 2 " * MIB)[:-200] + '"',
    "digits as long as fit": PRICED + _within('setup_hours = "' + "1" * MIB)[:-200] + '"',
    "blanks as long as fit": PRICED + _within('setup_hours = "1' + " " * MIB)[:-200] + 'x"',
    "blanks between numbers": PRICED + _within('setup_hours = "' + "1 " * MIB)[:-200] + 'x"',
    "underscores": PRICED + _within('setup_hours = "1' + "_" * MIB)[:-200] + 'x"',
    "dots": PRICED + _within('setup_hours = "1' + "." * MIB)[:-200] + 'x"',
    "letters": PRICED + _within('setup_hours = "5 ' + "h" * MIB)[:-200] + ' !"',
    "dashes": PRICED + _within('setup_hours = "' + "5 - " * MIB)[:-200] + '"',
    "a comma at every digit": PRICED + _within('setup_hours = "' + "1,000" * MIB)[:-200] + '"',
    "a comment as long as fits": _within("#" * MIB),
    "a line of quotes": _within('"' * MIB),
    "a line of escapes": _within('x = "' + "\\n" * MIB),
    "100,000 keys": "".join(f"k{i} = {i}\n" for i in range(100_000))[: MIB - 10],
    "60,000 keys that are nearly right": PRICED + "".join(f"promt_t{i} = 1\n" for i in range(60_000)),
    "40,000 keys of a notation": PRICED
    + "setup_hours = { "
    + ", ".join(f"p{i} = {i}" for i in range(40_000))
    + " }",
    "one key 100,000 times": "a = 1\n" * 100_000,
    "100,000 rows": "[[correlations]]\n" * 60_000,
    "10,000 correlations": PRICED + '[[correlations]]\nbetween = ["a", "b"]\nrank = 0.1\n' * 10_000,
    "10,000 studies": PRICED + '[[studies]]\nname = "x"\nof = "y"\n' * 10_000,
    "10,000 costs": PRICED + '[[strategies.p.costs]]\nname = "x"\ndriver = "month"\namount = 1\n' * 10_000,
    "20,000 strategies": HEAD + "".join(f'[strategies.s{i}]\nlike = "p"\n' for i in range(20_000)),
    "20,000 models": PRICED + "".join(f"[models.m{i}]\nprice = {{ input = 1 }}\n" for i in range(20_000)),
    "60 strategies like the next": HEAD
    + "".join(f'[strategies.s{i}]\nlike = "s{i + 1}"\n' for i in range(62)),
    "60 mixes of the next two": PRICED
    + "".join(f'[strategies.s{i}]\nmix = {{ s{i + 1} = 0.5, s{i + 2} = "rest" }}\n' for i in range(40))
    + '[strategies.s40]\nlike = "p"\n[strategies.s41]\nlike = "p"\n',
    "60 waits for the next two": PRICED
    + "".join(
        f'[strategies.s{i}]\nwait = {{ first = "s{i + 1}", then = "s{i + 2}", months = 1 }}\n'
        for i in range(40)
    )
    + '[strategies.s40]\nlike = "p"\n[strategies.s41]\nlike = "p"\n',
    "30 fallbacks of mixes": PRICED
    + "".join(
        f'[strategies.s{i}]\nbuild_months = 1\nfallback = "s{i + 2}"\n'
        f'mix = {{ s{i + 1} = 0.5, p = "rest" }}\n'
        for i in range(30)
    )
    + '[strategies.s30]\nlike = "p"\n[strategies.s31]\nlike = "p"\n',
    "an integer of 10,000 digits": "horizon_months = " + "1" * 10_000,
    "a hexadecimal of 100,000 digits": HEAD.replace("= 3", "= 0x" + "f" * 100_000),
    "a float of 100,000 digits": HEAD.replace("= 3", "= 0." + "1" * 100_000),
    "shares that cannot be added": PRICED + "[strategies.m]\nmix = { p = 0x" + "f" * 500 + " }",
    "a credibility that cannot be halved": PRICED
    + "setup_hours = { low = 1, high = 2, credibility = 0x"
    + "f" * 500
    + " }",
    "a rank that is no float": PRICED + '[[correlations]]\nbetween = ["a", "b"]\nrank = 0x' + "f" * 500,
    "a band that is no float": PRICED + "[expect]\npays_off.p = [0, 0x" + "f" * 500 + "]",
    "a date of the year 9999": HEAD.replace("horizon", "start = 9999-12-31\nhorizon")
    + "price = { input = 1 }\n",
    "a date of the year 1": HEAD.replace("horizon", "start = 0001-01-01\nhorizon")
    + "model = 'openai/gpt-4o-mini'\n",
    "samples as many as fit": PRICED
    + _within("setup_hours = { samples = [" + "1," * MIB)[: MIB - 300]
    + "1] }",
    "a choice of as many as fit": PRICED
    + _within("setup_hours = { choice = [" + "1," * MIB)[: MIB - 300]
    + "1] }",
    "a mixture of as many as fit": PRICED
    + _within("setup_hours = { mixture = [" + "1," * MIB)[: MIB - 300]
    + "1] }",
    "8 mixtures of 6 in one another": PRICED
    + "setup_hours = "
    + "{ mixture = [1, 2, 3, 4, '1 to 2', " * 8
    + "5"
    + "] }" * 8,
    "uncertain to the fourth": PRICED
    + "setup_hours = "
    + "{ dist = 'gamma', a = '1 to 2', scale = " * 3
    + "'1 to 2'"
    + " }" * 3,
    "ends that are uncertain to the fourth": PRICED
    + "setup_hours = "
    + "{ low = '1 to 2', high = " * 6
    + "'30 to 40'"
    + " }" * 6,
    "a rate of nearly a million": PRICED.replace("[str", "task_changes_per_year = 999_999\n[str"),
    "a family without a formula": PRICED + "setup_hours = { dist = 'studentized_range', k = 3, df = 10 }",
    "a stable law": PRICED
    + "setup_hours = { dist = 'levy_stable', alpha = 1.5, beta = 0.5, min = 0, max = 9 }",
    "a distribution by a path": PRICED + "setup_hours = { dist = '../../etc/passwd' }",
    "a distribution of a package": PRICED + "setup_hours = { dist = 'os.system' }",
    "a hidden name": PRICED + "setup_hours = { dist = '__init__', args = 1 }",
}
"""Small files and large, one way of being a burden each."""
