"""``{ dist = "gamma", a = 2, … }``: the parameters that a family of SciPy has, and the law that they give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcost.errors import NotationError, nearest, shown, spelt
from mcost.families import LISTS, Family, Parameter
from mcost.formulas import FORMULAS
from mcost.law import Law
from mcost.notation_table import Table
from mcost.scales import Domain

TOO_SLOW = ("ksone", "kstwo", "studentized_range", "levy_stable")
"""Families of which SciPy takes up to seconds for each quantile: no input of a scenario can be one."""

_OF_ANY_SIZE = ("poisson", "randint", "geom")
_BY_FORMULA = ("binom", "nbinom", "skellam")
"""Discrete families whose quantiles SciPy has by formula, the first whatever their size."""


@dataclass(frozen=True)
class Signature:
    """What a family of SciPy takes.

    shapes : its shape parameters, each with its domain; has_scale : whether it is continuous.
    """

    name: str
    shapes: Mapping[str, Domain]
    has_scale: bool

    @classmethod
    def of(cls, name: Any) -> Signature:
        """NotationError where SciPy has no family of the name."""
        if isinstance(name, str) and name in FORMULAS:
            known = FORMULAS[name]
            return cls(name, dict(zip(known.shapes, known.domains, strict=True)), has_scale=True)
        return _of_scipy(name)

    @property
    def domains(self) -> dict[str, Domain]:
        """The domain of each parameter."""
        return {**self.shapes, "loc": "real", **({"scale": "positive"} if self.has_scale else {})}

    def given(self, table: Table) -> list[str]:
        """The parameters that a table gives; NotationError for one that the family lacks, or needs."""
        known = tuple(self.domains)
        given = [key for key in table if key not in ("dist", "min", "max")]
        for key in given:
            if key not in known:
                missing = [shape for shape in self.shapes if shape not in table]
                free = [name for name in known if name not in table]
                meant = f" and needs {', '.join(missing)}" if missing else nearest(key, free)
                raise NotationError(
                    f"{self.name} has no parameter {key}{meant} (its parameters: {', '.join(known)})"
                )
        for shape in self.shapes:
            if shape not in table:
                raise NotationError(f"{self.name} needs {shape} (its parameters: {', '.join(known)})")
        return given

    def listed(self, value: Any) -> bool:
        """Whether a parameter's value is a list, of a family whose parameters may be."""
        return self.name in LISTS and isinstance(value, list | tuple)

    def law(self, parameters: Mapping[str, Parameter | Law]) -> Law:
        """The law at these parameters, some of which may be laws; NotationError where there is none."""
        if not self.has_scale and self.name not in _OF_ANY_SIZE:
            _check_size(self.name, parameters)
        return _law(self.name, parameters)


def _check_size(name: str, parameters: Mapping[str, Parameter | Law]) -> None:
    """Refuse numbers so large that SciPy, which adds up the points of a discrete family, never ends."""
    most = 10**9 if name in _BY_FORMULA else 10**4
    for key, value in parameters.items():
        if key != "loc" and isinstance(value, float) and abs(value) > most:
            raise NotationError(
                f"found {key} = {value:g}; expected at most {most:,} in {name}, whose points are added up: "
                "give a continuous family"
            )


def _law(name: str, parameters: Mapping[str, Parameter | Law]) -> Law:
    certain = {key: value for key, value in parameters.items() if isinstance(value, float | tuple)}
    if len(certain) < len(parameters):
        from mcost.compound import compound

        return compound(name, {k: v for k, v in parameters.items() if not isinstance(v, tuple)})
    law = Family(name, tuple(certain.items()))
    if name in FORMULAS:
        numbers = {key: value for key, value in certain.items() if isinstance(value, float)}
        shapes = (numbers[shape] for shape in FORMULAS[name].shapes)
        valid = numbers.get("scale", 1.0) > 0 and FORMULAS[name].valid(*shapes)
    else:
        valid = not math.isnan(law.support()[0])
    if not valid:
        raise NotationError(f"{law}: SciPy's {name} does not exist at these parameters")
    return law


def _of_scipy(name: Any) -> Signature:
    from scipy import stats

    family = getattr(stats, name, None) if isinstance(name, str) else None
    if not isinstance(family, stats.rv_continuous | stats.rv_discrete):
        families = [
            n for n, f in vars(stats).items() if isinstance(f, stats.rv_continuous | stats.rv_discrete)
        ]
        raise NotationError(
            f"found dist = {shown(name)}; expected a distribution of scipy.stats"
            f"{nearest(spelt(name), families)}"
        )
    shapes = tuple(part.strip() for part in family.shapes.split(",")) if family.shapes else ()
    known = {info.name: info.domain for info in family._shape_info()}
    domains = {shape: _domain(*known.get(shape, (-math.inf, math.inf))) for shape in shapes}
    return Signature(name, domains, has_scale=isinstance(family, stats.rv_continuous))


def _domain(low: float, high: float) -> Domain:
    """The narrowest domain that holds every value from low to high."""
    if low >= 0:
        return "fraction" if high <= 1 else "positive"
    return "real"
