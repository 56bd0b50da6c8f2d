"""What an exported answer rests on: all that it takes to make it again, and to say why it differs.

A manifest holds the scenario's whole text, and what its names meant then. It holds no time and no path of a
machine: the same answer has the same manifest.
"""

from __future__ import annotations

import base64
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mcost.catalogue import entries
from mcost.errors import McostError
from mcost.law import p5_p50_p95
from mcost.scenario import Scenario
from mcost.source import Beside
from mcost.version import VERSION

if TYPE_CHECKING:
    from mcost.answer import Answer

NUMBERS = ("numpy", "scipy", "genai-prices")
PICTURES = ("matplotlib", "seaborn", "DejaVu Sans")
"""Libraries, and the typeface that Matplotlib brings, on which an output's bytes rest."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Ending = Literal[".html", ".md", ".docx", ".pptx"]
Count = Annotated[int, Field(ge=0)]
Plain = Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f]{1,255}$")]
"""A name without a folder."""


class Part(BaseModel):
    """A part of a manifest: immutable, and strict where it is read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class PriceThen(Part):
    """One price that the price table gave. name : of the input; usd : in its unit."""

    name: str
    model: str
    usd: float
    unit: str
    source: str
    as_of: str


class ModelThen(Part):
    """What else the price table said of a model. name : the scenario's; model : the canonical one."""

    name: str
    model: str
    retires: str | None
    tuning_closes: str | None
    smallest_cacheable_prefix: int | None


class PriorThen(Part):
    """An input as it was read.

    law : family and parameters; p5, p50, p95 : its percentiles. prior : the name in a catalogue, and
    notation : what the shipped catalogue said of it, to read it again.
    """

    name: str
    unit: str
    law: str
    p5: float
    p50: float
    p95: float
    grade: str
    source: str
    checked: str | None
    prior: str | None
    notation: Any


class FileThen(Part):
    """A file that was read. content : base64; None of one that is too large to carry along, or is a log."""

    name: str
    sha256: Sha256
    content: str | None


class ScenarioThen(Part):
    """A scenario: what it was read from, and what its names meant. overrides : as ``--set`` takes them."""

    title: str
    file: Plain | None
    sha256: Sha256
    form: Literal["toml", "json"]
    text: str
    overrides: list[str]
    files: list[FileThen]
    prices: list[PriceThen]
    models: list[ModelThen]
    priors: list[PriorThen]


class Output(Part):
    """What was written beside the manifest. ending : of a memo; pictures : the folder of a memo's.

    files : name -> hash, of all files but that which holds the manifest.
    """

    ending: Ending | None = None
    pictures: Plain | None = None
    files: dict[str, Sha256] = {}


class Manifest(Part):
    """What an exported answer rests on.

    command, options : what made it; of the options, all that bear on it. called : the scenarios as the
    command named them, folders left out; they are the first of ``scenarios``, variants follow.
    given : the files that it was given besides, in the order of the options that name them.
    output : of pictures and memos; None where the manifest is within a JSON answer. answer : its numbers,
    where the output itself does not hold them. manifest : its own form.
    """

    manifest: Literal[1] = 1
    mcost: str
    command: str
    options: dict[str, Any]
    called: list[Plain]
    draws: Count
    seed: Count
    sampler: str
    scenarios: list[ScenarioThen]
    libraries: dict[str, str]
    given: list[FileThen] = []
    output: Output | None = None
    answer: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it; the keys always in the same order."""
        return self.model_dump(mode="json")


def manifest_of(
    answer: Answer,
    command: str = "run",
    options: Mapping[str, Any] | None = None,
    called: Sequence[str] | None = None,
    output: Output | None = None,
    libraries: Iterable[str] = NUMBERS,
) -> Manifest:
    """The manifest of an answer, with its numbers.

    command, options, called : what was asked for; unsaid, the run that Python made. output : what was written
    of it. libraries : those on which its bytes rest.

    Raises McostError where the scenario holds what no text says: a SciPy distribution, say.
    """
    return recorded(
        [answer.scenario],
        command=command,
        options=_options(answer) if options is None else options,
        called=[answer.scenario.file or "scenario"] if called is None else called,
        draws=answer.draws,
        seed=answer.seed,
        sampler=answer.sampler,
        libraries=libraries,
    ).model_copy(update={"output": output, "answer": answer.to_dict()})


def recorded(
    scenarios: Sequence[Scenario],
    *,
    command: str,
    options: Mapping[str, Any],
    called: Sequence[str],
    draws: int,
    seed: int,
    sampler: str,
    libraries: Iterable[str] = NUMBERS,
    given: Sequence[Beside] = (),
) -> Manifest:
    """The manifest of what a command makes of scenarios; see :class:`Manifest`."""
    return Manifest(
        mcost=VERSION,
        command=command,
        options=_sayable(options),
        called=_sayable(called),
        draws=draws,
        seed=seed,
        sampler=sampler,
        scenarios=[_scenario(scenario) for scenario in scenarios],
        libraries={"python": platform.python_version(), **{name: _version(name) for name in libraries}},
        given=[_file(beside) for beside in given],
    )


def _options(answer: Answer) -> dict[str, Any]:
    """Those of ``mcost run`` that give the answer which Python made."""
    source = answer.scenario.source
    overrides = [] if source is None else [*source.overrides]
    return {
        "draws": answer.draws,
        "held": repr(answer.held),
        "integrate": bool(answer.integrated),  # where nothing could be, it is the same either way
        "overrides": overrides,
        "sampler": answer.sampler,
        "seed": answer.seed,
    }


def _scenario(scenario: Scenario) -> ScenarioThen:
    source = scenario.source
    if source is None:
        raise McostError(
            "this scenario cannot be put into a manifest: Python gave what no scenario file says, such as a "
            "SciPy distribution; expected a file, or a dict of its keys in any notation"
        )
    models = {facts.model for facts in scenario.facts.values()}
    return ScenarioThen(
        title=scenario.title,
        file=_sayable(source.file),
        sha256=scenario.sha256,
        form=source.form,
        text=_sayable(source.text),
        overrides=_sayable(source.overrides),
        files=[_file(beside) for beside in source.beside],
        prices=[
            PriceThen(
                name=prior.name,
                model=prior.catalogued,
                usd=prior.law.mean(),
                unit=prior.unit,
                source=prior.source,
                as_of=str(prior.checked),
            )
            for prior in scenario.inputs.values()
            if prior.catalogued is not None and prior.catalogued in models
        ],
        models=[
            ModelThen(
                name=name,
                model=facts.model,
                retires=_day(facts.retires),
                tuning_closes=_day(facts.tuning_closes),
                smallest_cacheable_prefix=facts.smallest_cacheable_prefix,
            )
            for name, facts in scenario.facts.items()
        ],
        priors=[_prior(prior) for prior in scenario.inputs.values() if prior.catalogued not in models],
    )


def _sayable(value: Any) -> Any:
    """As JSON: without the halves of characters that a name of a file may hold, which no text can."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {_sayable(key): _sayable(inner) for key, inner in value.items()}
    return [_sayable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _prior(prior: Any) -> PriorThen:
    p5, p50, p95 = p5_p50_p95(prior.law)
    shipped = entries().get(prior.catalogued)
    return PriorThen(
        name=prior.name,
        unit=prior.unit,
        law=str(prior.law),
        p5=p5,
        p50=p50,
        p95=p95,
        grade=prior.grade,
        source=prior.source,
        checked=_day(prior.checked),
        prior=prior.catalogued,
        notation=None if shipped is None else shipped.distribution,
    )


def _file(beside: Beside) -> FileThen:
    content = None if beside.data is None else base64.b64encode(beside.data).decode()
    return FileThen(name=_sayable(beside.name), sha256=beside.sha256, content=content)


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _version(name: str) -> str:
    if name == "DejaVu Sans":
        from mcost.figures.style import typeface

        return typeface()
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
