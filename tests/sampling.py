"""Which combinations of a test's parameters are run each time, where there are too many for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def chosen(combinations: Sequence[Mapping[str, object]], every: int) -> list[bool]:
    """One in so many, and besides each with a value that none before it has: no cell or kind of data is left out."""
    seen, found = set[tuple[str, str]](), list[bool]()
    for number, combination in enumerate(combinations):
        values = {(name, repr(value)) for name, value in combination.items()}
        found.append(number % every == 0 or not values <= seen)
        if found[-1]:
            seen |= values
    return found
