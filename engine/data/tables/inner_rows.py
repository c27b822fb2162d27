"""Rows within a table that are none of its data: its header once more, and totals of what stands above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import eq

from engine.data.files.headers import heads_figures
from engine.data.files.odd_rows import HEADER_AGAIN, TOTALS, Rejected
from engine.data.notation.months import month_of
from engine.data.notation.quoting import literal, quoted
from engine.data.notation.stamps import EXCEL
from engine.data.tables.date_forms import with_later_form
from engine.data.tables.dates import NONE, are_dates, date_format, when_sql
from engine.data.tables.excel_days import tell_days
from engine.data.tables.tables import NAMED, Table
from engine.wording.counting import counted

_SAME = 8  # columns that tell a header, and of which one may say that a row is a total
_HEADS = 1_000  # columns of which one may stand above figures
_LOOK = 500  # rows that tell totals
_MOST = 0.25  # share of rows that may be totals
_FEWEST = 3
_UNDATED = 0.05  # share of rows without a time; where more have none, that is for a person to say
_TOTAL = rf"(?i)((?:grand |sub-?)?(?:{'|'.join(TOTALS)})(?:\W+\w+)?|\w+ (?:total|sum|summe|gesamt)|\*+):?"
_PERIODS = (
    ("years", r"(?:1[5-9]|2[01])\d\d"),
    ("quarters", r"(?:1[5-9]|2[01])\d\d[- ]?[Qq][1-4]|[Qq][1-4][- ]\d{4}"),
    ("months", r"(?:1[5-9]|2[01])\d\d[- ]?(\pL{3,9}|M?(0[1-9]|1[0-2]))|\pL{3,9}[- ]\d{4}"),
)
_MONTHS = "M(0[1-9]|1[0-3])"
_AMONG = "a total among the rows"


def leave_out_inner_rows(table: Table) -> None:
    """Leave out rows that say the header again, as at the beginning of each page of a report, and totals."""
    if table.dialect is None or table.names != table.dialect.columns or len(table.names) < 2:
        return
    names = table.names[:_HEADS]
    rows = [row for row in table.first(names) if 2 * sum(map(eq, row, names)) <= len(row)]
    if table.dialect.header and heads_figures(names, rows):
        _leave_out(table, HEADER_AGAIN, " AND ".join(map(_says_itself, table.names[:_SAME])))
    first = [str(cell or "").strip() for cell in rows[0]] if rows else []
    if first and any(re.fullmatch(_PERIODS[place][1], first[0]) for place in (0, 1)):
        _leave_out_longer_periods(table)
    for name, cell in zip(table.names, first[:_SAME], strict=False):
        if re.fullmatch(_MONTHS, cell):
            _leave_out_means_of_years(table, name)
    for name in table.names[:_SAME]:
        if _holds_totals(table, name):
            _leave_out(table, _AMONG, f"regexp_full_match(trim({quoted(name)}), {literal(_TOTAL)})")
            return


def _leave_out_longer_periods(table: Table) -> None:
    """Years and quarters above the months of the same series, as the statistics of Britain are written."""
    cell = f"trim({quoted(table.names[0])})"
    are = [f"coalesce(regexp_full_match({cell}, {literal(pattern)}), false)" for _, pattern in _PERIODS]
    counts = table.one(", ".join([f"count(*) FILTER ({one})" for one in are]))
    come = [place for place, count in enumerate(counts) if count >= _FEWEST]
    if sum(counts) == table.rows and len(come) > 1 and sum(count > 0 for count in counts) == len(come):
        finest = come[-1]
        names = " and ".join(_PERIODS[place][0] for place in come[:-1])
        _leave_out(table, f"{names} beside the {_PERIODS[finest][0]} of the same", f"NOT {are[finest]}")


def _leave_out_means_of_years(table: Table, name: str) -> None:
    """The thirteenth month, which is the mean of a year."""
    cell = f"trim({quoted(name)})"
    if table.one(f"coalesce(bool_and(regexp_full_match({cell}, {literal(_MONTHS)})), false)")[0]:
        _leave_out(table, "the mean of a year among its months", f"{cell} = 'M13'")


def _says_itself(name: str) -> str:
    """SQL of whether a cell says the name of its column, or nothing where that had none."""
    said = [name.strip(), *([""] if re.fullmatch(r"column\d+", name) else [])]
    return f"coalesce(trim({quoted(name)}), '') IN ({', '.join(map(literal, said))})"


def _holds_totals(table: Table, name: str) -> bool:
    """Whether a column holds dates or names of months, but for a few words that say that a row is a total."""
    rows = table.connection.execute(f"SELECT trim({quoted(name)}) FROM cells LIMIT {_LOOK}").fetchall()
    cells = [str(cell) for (cell,) in rows if cell]
    others = [cell for cell in cells if not re.fullmatch(_TOTAL, cell)]
    totals = len(cells) - len(others)
    if not 0 < totals <= _MOST * len(cells) or len(others) < _FEWEST or len(set(others)) < 2:
        return False
    return all(map(month_of, others)) or are_dates(table.connection, others)


def leave_out_undated(table: Table, name: str) -> None:
    """Leave out the few rows without a date in the column of the time, so that they have no place in a series.

    Raises:
        DataError: there is no such column.
    """
    if name in table.dated:
        return
    table.dated.add(name)
    written, text = date_format(table, name), f"trim(CAST({quoted(name)} AS VARCHAR))"
    blank = f"coalesce({text}, '') IN ('', {NONE})"
    counts = _without_date(table, text, blank, written)
    if counts[1] and (written := with_later_form(table, text, written)):
        table.date_formats[name] = written
        if written.endswith(EXCEL):
            tell_days(table, name, text)
        counts = _without_date(table, text, blank, written)
    if not 0 < sum(counts) <= _UNDATED * table.rows or (counts[1] and not written):
        return  # whoever reads the dates says what is wrong
    before = len(table.source.left_out)
    _leave_out(table, f"nothing in {name!r}, which is the time", blank)
    if counts[1]:
        _leave_out(table, f"no date of the form {written} in {name!r}", f"{when_sql(text, written)} IS NULL")
    table.rejected = tuple(sorted((*table.rejected, *table.source.left_out[before:]), key=lambda row: row.line))[:NAMED]
    table.rejected_rows += sum(counts)


def _without_date(table: Table, text: str, blank: str, written: str) -> tuple[int, int]:
    """How many cells are blank, and how many have another form."""
    other = f"NOT ({blank}) AND {when_sql(text, written)} IS NULL" if written else "false"
    empty, odd = table.one(f"count(*) FILTER ({blank}), count(*) FILTER ({other})")
    return int(empty), int(odd)


def _leave_out(table: Table, reason: str, condition: str) -> None:
    """Leave out the rows of which a condition is true, each with its line and why."""
    count = int(table.one("count(*)", where=condition)[0])
    if not count:
        return
    cells = f"concat_ws({literal(table.dialect.delimiter if table.dialect else ',')}, *COLUMNS(*))"
    found = table.connection.execute(
        f"SELECT n, said FROM (SELECT row_number() OVER () - 1 AS n, {condition} AS same, {cells} AS said FROM cells) "
        f"WHERE same LIMIT {NAMED}"
    ).fetchall()
    lines = _lines(table, [int(row) for row, _ in found])
    named = tuple(Rejected(line, reason, said) for line, (_, said) in zip(lines, found, strict=True))
    table.notes.append(f"{counted(count, 'row')} left out, {reason}, the first on line {named[0].line:,}")
    table.rows -= count
    table.source.left_out += named
    table.source.left_out_rows += count
    table.source.converted = True  # so that no row is taken for a line
    table.replace(lambda cells: f"SELECT * FROM {cells} WHERE NOT coalesce({condition}, false)", kept=False)


def _lines(table: Table, rows: Sequence[int]) -> list[int]:
    """The lines of rows, of which the numbers rise, between those that were refused."""
    without = {bad.line for bad in (*table.rejected, *table.source.left_out) if bad.line >= table.first_line}
    refused, found, passed = sorted(without), [], 0
    for row in rows:
        line = table.first_line + row + passed
        while passed < len(refused) and refused[passed] <= line:
            line, passed = line + 1, passed + 1
        found.append(line)
    return found
