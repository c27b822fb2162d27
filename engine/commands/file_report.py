"""What was understood of a file, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.data import Inspection
from engine.wording.counting import counted

_REJECTED = 10  # rows that are named; the JSON has more
_CELL = 40


def understood(found: Inspection, notes: Sequence[str]) -> Iterator[str]:
    """Line by line: the file, its columns, the rows that could not be read, and what is suggested."""
    yield f"{found.path}: {_what(found)}"
    yield from _columns(found)
    if found.rejected:
        yield f"rows left out: {found.rejected_rows:,}"
        yield from (f"  line {bad.line:,}: {bad.reason}" for bad in found.rejected[:_REJECTED])
        if found.rejected_rows > _REJECTED:
            yield f"  and {found.rejected_rows - _REJECTED:,} more; --json lists the first ten thousand"
    yield from (f"  {note}" for note in notes)


def _what(found: Inspection) -> str:
    if found.kind == "text":
        return f"text, {counted(found.rows, 'line')}, {found.encoding}"
    written = [
        found.encoding,
        f"sheet {found.sheet!r} of {', '.join(map(repr, found.sheets))}" if len(found.sheets) > 1 else "",
        f"delimiter {found.delimiter!r}" if found.delimiter else "",
        f"quote {found.quote!r}" if found.quote else "",
        f"decimal mark {found.decimal!r}",
        "header" if found.header else "no header",
        found.frequency,
    ]
    rows = counted(found.rows, "row") + ("" if found.complete else " (missing cells counted at its beginning)")
    return ", ".join(filter(None, [f"table, {rows}, {counted(len(found.columns), 'column')}", *written]))


def _columns(found: Inspection) -> Iterator[str]:
    rows = [("column", "type", "role", "missing", "unreadable", "example")]
    for c in found.columns:
        kind = f"{c.type} {c.format}".strip()
        rows.append((c.name[:_CELL], kind, c.role, f"{c.missing:,}", f"{c.unreadable:,}", c.example[:_CELL]))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows if found.columns else ():
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
