"""What is said of a file before it is opened, and which of its columns are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.wording import for_people

if TYPE_CHECKING:
    from engine.data import Inspection

_NAMED = 4  # rows that are left out
_BY_HAND = "Or give two columns their roles here: text to that of the texts, label to that of their classes."
_COLUMNS, _FURTHER = 60, 20  # shown of a wide table: the first, and so many of the others that have a role


def summary(found: Inspection) -> str:
    """What it is, in a sentence."""
    if found.kind == "text":
        return f"Text of {_count(found.rows, 'line')}, {found.encoding}."
    parts = [
        found.encoding,
        f"sheet {found.sheet!r}" if found.sheet else "",
        f"delimiter {found.delimiter!r}" if found.delimiter else "",
        f"decimal mark {found.decimal!r}" if found.delimiter else "",
        ("with a header" if found.header else "without a header") if found.delimiter else "",
        found.frequency,
    ]
    size = f"Table of {_count(found.rows, 'row')} and {_count(len(found.columns), 'column')}"
    if len(found.columns) > _COLUMNS:
        size += f", of which the first {_COLUMNS} are shown and those with a role"
    return f"{size}: {', '.join(filter(None, parts))}." if any(parts) else f"{size}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("s" if number != 1 else "")


def why_not(found: Inspection) -> str:
    """Why it cannot be used as it stands, and what may be done about that; "" where it can."""
    if not found.problem:
        return ""
    by_hand = [_BY_HAND] if len(found.columns) > 1 else []  # of one column nothing is learned but numbers
    return " ".join([for_people(found.problem), *by_hand])


def odd(found: Inspection) -> list[str]:
    """In sentences: which rows are left out and why, and what is odd about the cells."""
    return [*_left_out(found), *(f"{for_people(remark)}." for remark in found.remarks)]


def _left_out(found: Inspection) -> list[str]:
    if not found.rejected:
        return []
    named = "; ".join(f"line {row.line:,}: {row.reason}" for row in found.rejected[:_NAMED])
    count = "1 row is" if found.rejected_rows == 1 else f"{found.rejected_rows:,} rows are"
    return [f"{count} left out. {named[:1].upper()}{named[1:]}."]


def shown(found: Inspection) -> list[int]:
    """Places of the columns that are shown."""
    further = (place for place, each in enumerate(found.columns) if each.role not in ("ignored", "input"))
    behind = [place for place in further if place >= _COLUMNS]
    return [*range(min(_COLUMNS, len(found.columns))), *behind[:_FURTHER]]
