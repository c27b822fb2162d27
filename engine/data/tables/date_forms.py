"""In which forms dates may be written: told by some cells, also where a column has several forms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

from engine.data.notation.named_dates import is_named, named_forms
from engine.data.notation.stamps import DIGITS_ONLY, EXCEL, FORMATS, ISO, OR, ZONED, stamp_sql
from engine.data.tables.excel_days import are_days
from engine.data.tables.numeric_dates import LOOK
from engine.data.tables.tables import Table
from engine.wording.counting import counted

TRIED = 12  # cells that pick the candidates
_NEARLY = 0.8  # share of these that a candidate reads
FULL = 0.98  # share of all cells
_MOST_FORMS = 3  # in one column
_ALMOST = 0.5  # share of cells from which on a column is told of that holds dates and other cells


def likely(cells: Sequence[str], share: float = _NEARLY) -> list[str]:
    """Formats that may read a share of cells; Python's own reader picks them, of those with the same marks in them."""
    alike: dict[str, list[str]] = {}
    for cell in cells:
        alike.setdefault(_marks(cell), []).append(cell)
    tried = [(form, own) for mark, own in alike.items() for form in _BY_MARKS.get(mark, ())]
    tried += [(form, list(cells)) for form in ZONED]
    enough = share * len(cells)
    found = [form for form, own in tried if len(own) >= enough and sum(_reads(cell, form) for cell in own) >= enough]
    whole = sum(re.match(r"\d{4}", cell) is not None for cell in cells) >= enough
    return [*found, *((ISO,) if whole else ()), *named_forms(cells, share)]


def _marks(text: str) -> str:
    return "".join(re.findall(r"[^\w\s]", text))


def _by_marks() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for written in FORMATS:
        if written not in DIGITS_ONLY:
            found.setdefault(_marks(re.sub("%.", "", written)), []).append(written)
    return found


_BY_MARKS = _by_marks()


def _reads(cell: str, written: str) -> bool:
    try:
        datetime.strptime(cell, written)
    except ValueError:
        return False
    return True


def several_forms(table: Table, name: str, text: str, total: int) -> list[str]:
    """Forms that read nearly every cell together, each as several that are joined; none where cells contradict them.

    Of a column that is nearly one of dates it is said why it is not.
    """
    groups: list[list[str]] = []
    for _ in range(_MOST_FORMS):
        if not (group := _most_read(table, text, [own[0] for own in groups])):
            break
        groups.append(group)
    if not groups:
        return []
    joined = [OR.join(forms) for forms in itertools.product(*groups)]
    read = int(table.one(f"count({stamp_sql(text, joined[0])})", rows=LOOK)[0])
    twofold = {written: _in_two_ways(table, text, written, LOOK) for written in joined}
    clear = [written for written in joined if not twofold[written]] if read >= FULL * total else []
    if not clear and read >= _ALMOST * total:
        why = f"{twofold[joined[0]]!r} may be read in two ways"
        if read < FULL * total:
            odd = _unread(table, text, joined[:1], LOOK)[0]
            why = f"{counted(total - read, 'cell')} of {total:,} cannot be read so ({odd!r})"
        table.remarks.append(f"{name!r} is taken for text: it looks like dates ({joined[0]}), but {why}")
        table.notes.append(table.remarks[-1])
    return clear


def with_later_form(table: Table, text: str, written: str) -> str:
    """A form, with one more for cells that it does not read; "" where that one reads others as other dates."""
    found = _most_read(table, text, [written], table.rows)
    if not found and are_days(_unread(table, text, [written], table.rows)):
        found = [EXCEL]
    more = sorted(found, key=lambda form: _fields(form) != _fields(written))
    joined = [OR.join((written, form)) for form in more]
    clear = (form for form in joined if not _in_two_ways(table, text, form, table.rows))
    return next(clear, "") if joined else written


def _fields(written: str) -> list[str]:
    """Day, month and year in their order."""
    return re.findall("%([dmy])", written.lower())


def _most_read(table: Table, text: str, found: Sequence[str], rows: int = LOOK) -> list[str]:
    """The forms that read most of what the ones that were `found` do not; several where one cell may mean two dates."""
    cells = _unread(table, text, found, rows)
    names = likely(cells, 1 / len(cells)) if cells else []
    names = [form for form in names if not is_named(form)] or names  # these take the database long to plan
    left = f"{stamp_sql(text, OR.join(found))} IS NULL" if found else "true"
    asked = ", ".join(f"count({stamp_sql(text, written)})" for written in names)
    counts = table.one(asked, where=left, rows=rows) if names else ()
    return [written for written, count in zip(names, counts, strict=True) if count == max(counts) > 0]


def _unread(table: Table, text: str, found: Sequence[str], rows: int) -> list[str]:
    """The first cells that no form reads."""
    left = f"t <> '' AND {stamp_sql('t', OR.join(found))} IS NULL" if found else "t <> ''"
    cells = f"SELECT {text} AS t FROM cells LIMIT {rows}"
    found_cells = table.connection.execute(f"SELECT t FROM ({cells}) WHERE {left} LIMIT {TRIED}").fetchall()
    return [cell for (cell,) in found_cells]


def _in_two_ways(table: Table, text: str, joined: str, rows: int) -> str:
    """A cell that two of several forms read as different dates; "" without."""
    stamps = (stamp_sql(text, written) for written in joined.split(OR))
    differ = " OR ".join(f"{one} <> {other}" for one, other in itertools.combinations(stamps, 2)) or "false"
    return str(table.one(f"coalesce(first({text}) FILTER ({differ}), '')", rows=rows)[0])
