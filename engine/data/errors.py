"""The one error of the data room, and the wording its messages share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_NAMED = 12  # of the names that would do


class DataError(ValueError):
    """Data that cannot be used. The text says what happened, where, what it means and what to do."""


class TooShortError(DataError):
    """Fewer steps than one window and its split take."""


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint for a misspelt name: the first of `names` that begins so, the closest, or all when none is close."""
    known = list(names)
    lowered = {n.lower(): n for n in known}
    begun = [key for key in lowered if name and key.startswith(name.lower())]
    close = begun or difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.7)
    if close:
        return f"did you mean {lowered[close[0]]!r}?"
    *others, last = [*map(repr, known[:_NAMED]), "more"][: len(known)] or ["none"]
    return f"there are {', '.join(others)} and {last}." if others else f"there is {last}."
