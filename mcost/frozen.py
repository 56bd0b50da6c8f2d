"""A dict that does not change, and can be pickled to another process."""

from __future__ import annotations

from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A read-only dict; changing it raises TypeError."""

    def _refuse(self, *arguments: Any, **named: Any) -> NoReturn:
        raise TypeError("a scenario is immutable: build another one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, Any]]]:
        return FrozenDict, (dict(self),)
