"""Cells that hold inf or -inf, as a division by zero leaves them: they count as missing, and that is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.data.scaling import Reals
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_NAMED = 8  # columns that are each told


def leave_out_infinite(table: Table, names: Sequence[str], values: Reals) -> None:
    """NaN in place of what is infinite in columns (N, C) that were read."""
    infinite = np.isinf(values)
    if infinite.any():
        values[infinite] = np.nan
        counts, first = infinite.sum(axis=0).tolist(), infinite.argmax(axis=0).tolist()
        _say(table, {name: own for name, *own in zip(names, counts, first, strict=True) if own[0]})


def say_infinite(table: Table, counts: Mapping[str, int], rows: int) -> None:
    """The same in words of columns of which it is known how many such cells their first `rows` rows hold."""
    found = {name: [count, 0] for name, count in counts.items() if count}
    for name in list(found)[:_NAMED]:
        cells = table.fetch(f"coalesce(isinf({table.written(name)}), false) AS v", rows)["v"]
        found[name][1] = int(np.argmax(cells))
    _say(table, found)


def _say(table: Table, found: Mapping[str, Sequence[int]]) -> None:
    """Of each column how many, and the row of the first."""
    told = [
        f"{counted(count, 'cell')} of {name!r} infinite ({'the first in ' if count > 1 else ''}{table.line(row)}), "
        "taken as missing"
        for name, (count, row) in list(found.items())[:_NAMED]
    ]
    if more := list(found.values())[_NAMED:]:
        cells = counted(sum(count for count, _ in more), "such cell")
        told.append(f"{cells} in {counted(len(more), 'more column')}")
    table.notes += [note for note in told if note not in table.notes]
    table.remarks += [note for note in told if note not in table.remarks]
