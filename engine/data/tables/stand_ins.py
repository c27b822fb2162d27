"""Numbers that stand for a missing value, as -999: all nines or beyond measure, and far from the others beside them."""

from __future__ import annotations

import re

from engine.data.tables.dates import date_formats
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_NINES = re.compile(r"-?9{2,6}(\.9{1,3})?")
_BEYOND = 1e30  # no measurement, but what grids are filled with: NetCDF's 9.97e36, the largest float32 or float64
_CLEAR = -99.9  # from there down a number is no chance below others that are all above 0
_COLUMNS = 64
_LOOK = 1_000_000  # rows


def stand_ins(table: Table) -> dict[str, str]:
    """The numbers of a table that seem to stand for no value, and what is said of each."""
    dated = date_formats(table, table.names[:_COLUMNS])
    names = [name for name, written in dated.items() if not written]
    if not names:
        return {}
    numbers = [table.written(name) for name in names]
    ends = table.one(
        ", ".join(f"min({x}) FILTER (isfinite({x})), max({x}) FILTER (isfinite({x}))" for x in numbers), rows=_LOOK
    )
    found: dict[str, str] = {}
    for place, (name, x) in enumerate(zip(names, numbers, strict=True)):
        for end in ends[2 * place : 2 * place + 2]:
            mark = _mark(end)
            if mark and (count := _far(table, x, float(end))):
                found.setdefault(
                    mark,
                    f"{mark} in {counted(count, 'cell')} of {name!r} is far from all others and taken for no value; "
                    "if it is a value, set data.no_value to none",
                )
    return found


def _mark(end: float | None) -> str:
    """A number as it is given in `data.no_value`; nothing where it does not look as if it stood for none."""
    if end is not None and abs(end) >= _BEYOND:
        return repr(float(end))
    return f"{end:.10g}" if end is not None and _NINES.fullmatch(f"{end:.10g}") else ""


def _far(table: Table, x: str, mark: float) -> int:
    """How many cells hold a mark that is far from all other numbers of its column; 0 where it is not."""
    other = f"FILTER ({x} <> {mark} AND isfinite({x}))"
    count, low, high = table.one(f"count(*) FILTER ({x} = {mark}), min({x}) {other}, max({x}) {other}", rows=_LOOK)
    if low is None or not low < high or count > table.rows / 2:
        return 0
    below_all = mark <= _CLEAR and low >= 0
    far = mark < low - (high - low) or mark > high + (high - low)
    return int(count) if below_all or (far and (count > 1 or abs(mark) >= _BEYOND)) else 0
