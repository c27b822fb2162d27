"""Columns of dates, in whatever way they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.frequency import Stamps, find_frequency
from engine.data.notation.eras import ERA, era_sql, of_other_eras
from engine.data.notation.numbers import NO_VALUE
from engine.data.notation.plain_dates import PLAIN, plain_sql
from engine.data.notation.quoting import literal, quoted
from engine.data.notation.stamps import ISO, MONTHS_SHORT, has_short_years, stamp_sql
from engine.data.tables.century import with_century
from engine.data.tables.date_forms import TRIED, likely, several_forms
from engine.data.tables.excel_days import dates_and_days, tell_days
from engine.data.tables.numeric_dates import LOOK, fraction_format, telling, whole_number_format
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_YEAR = "%Y"
_PERSIAN = re.compile(r"1[34]\d\d[-/.]\d")
NONE = ", ".join(map(literal, NO_VALUE[1:]))  # SQL of words that say that there is no date
_MANY = 11  # steps that tell that dates run on
_OFFSETS = 3  # from UTC in one file, in summer and in winter, and none
_LONGEST = 72  # letters of a date, with the name of a zone or an end
_WIDEST = 64  # columns looked at for the time


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column that holds dates, and the format they are written in."""

    name: str
    format: str


def find_date_column(table: Table) -> DateColumn | None:
    """The column most likely to be the time: dates by type or by their writing, a telling name, the first one."""
    found = [(name, written) for name, written in date_formats(table, table.names[:_WIDEST]).items() if written]
    if not found:
        return None
    if len(found) > 1:  # when a file was written is the same in all its rows
        differ = table.one(", ".join(f"count(DISTINCT {quoted(name)}) > 1" for name, _ in found), rows=LOOK)
        found = [pair for pair, varied in zip(found, differ, strict=True) if varied] or found
    named = [pair for pair in found if telling(pair[0])]
    joined = [pair for pair in found if pair[0] == table.joined]
    finer = [pair for pair in named if pair[1] != _YEAR] if named[:1] and named[0][1] == _YEAR else []
    return DateColumn(*(joined or finer or named or found)[0])


def date_format(table: Table, name: str) -> str:
    """How the dates of a column are written; empty when it holds none.

    Whole numbers count as dates only where they rise from row to row, and their name or place says time.
    """
    return date_formats(table, (name,))[name]


def date_formats(table: Table, names: Sequence[str]) -> dict[str, str]:
    """The same for several columns, which are looked at together and once."""
    known, texts = table.date_formats, {}
    for name in names:
        if table.types[table.column(name)].startswith(("TIMESTAMP", "DATE")):
            known[name] = ISO
        elif name not in known:
            texts[name] = f"trim(CAST({quoted(name)} AS VARCHAR))"
    looks = table.one(", ".join(_look_sql(text) for text in texts.values()), rows=LOOK) if texts else ()
    for place, (name, text) in enumerate(texts.items()):
        *figures, words = looks[6 * place : 6 * place + 6]
        known[name] = _format(table, name, _said(text) if words else text, *figures)
    return {name: known[name] for name in names}


def _said(text: str) -> str:
    """SQL of a cell that is NULL where it says in a word that there is none, as NA."""
    return f"(CASE WHEN {text} NOT IN ({NONE}) THEN {text} END)"


def _look_sql(text: str) -> str:
    """SQL of five figures: cells, those of digits alone, short ones with a digit, numbers, letters of the shortest.

    And how many say in a word that there is none, which are not among the cells.
    """
    known = f"{text} NOT IN ({NONE})"
    return (
        f"count(*) FILTER ({known}), count(*) FILTER (regexp_full_match({text}, '\\d+')), "
        f"count(*) FILTER (regexp_matches({text}, '\\d') AND length({text}) < {_LONGEST}), "
        f"count(TRY_CAST({text} AS DOUBLE)) FILTER ({known}), coalesce(min(length({text})) FILTER ({known}), 0), "
        f"count(*) FILTER (NOT {known})"
    )


def _format(table: Table, name: str, text: str, total: int, digits: int, some: int, numbers: int, shortest: int) -> str:
    if total == 0 or some < 0.98 * total or shortest < 4:
        return ""
    if numbers == total and digits < total:
        return fraction_format(table, name, text)
    if digits == total:
        return whole_number_format(table, name, text)

    def find(cell: str, count: int) -> str:
        return _text_format(table, cell, count) or _rising(table, cell, several_forms(table, name, cell, count))

    written = dates_and_days(table, name, text, total, find) if 0 < numbers < total else ""
    if written:
        tell_days(table, name, text)
    written = written or find(text, total)
    if written and _of_persian_years(table, name, text):
        return ""
    if has_short_years(written):
        plain, (written, said) = written, with_century(table, name, text, written)
        if plain in MONTHS_SHORT and not (telling(name) or _run_on(table, text, written)):
            return ""
        table.remarks += [said] if said else []
        table.notes += [said] if said else []
    return written


def _of_persian_years(table: Table, name: str, text: str) -> bool:
    """Whether days are of years that are long ago here, but these ones in Iran, where months have other lengths."""
    if not all(map(_PERSIAN.match, _first(table, text))):
        return False
    told = f"{name!r} is taken for text: its dates look like those of the Persian calendar, which is not read"
    table.remarks.append(told)
    table.notes.append(told)
    return True


def _run_on(table: Table, text: str, written: str) -> bool:
    """Whether many dates go one way without a stop, as those of a series do."""
    steps, none = np.diff(_stamps(table, text, written)), np.timedelta64(0, "us")
    return len(steps) >= _MANY and bool((steps > none).all() or (steps < none).all())


def _stamps(table: Table, text: str, written: str) -> Stamps:
    rows = table.connection.execute(f"SELECT {stamp_sql(text, written)} AS t FROM cells LIMIT {LOOK}").fetchnumpy()
    return np.asarray(np.ma.compressed(rows["t"]), "datetime64[us]")


def _text_format(table: Table, text: str, total: int) -> str:
    """The first format that reads nearly every cell, as it is or without the words that people write beside a date."""
    cells = _first(table, text)
    for before, change in ((ERA, era_sql),) if of_other_eras(cells) else (("", str), (PLAIN, plain_sql)):
        looked = _first(table, change(text)) if before else cells
        names = [before + written for written in likely(looked)]
        if not names or (before and looked == cells):
            continue
        counts = table.one(", ".join(f"count({stamp_sql(text, written)})" for written in names), rows=LOOK)
        full = [written for written, count in zip(names, counts, strict=True) if count >= 0.98 * total]
        if full := [written for written in full if written != ISO or not _from_when_to_when(table, text)]:
            return _rising(table, text, full)
    return ""


def _first(table: Table, text: str) -> tuple[str, ...]:
    """The first cells that an expression gives."""
    rows = table.connection.execute(f"SELECT {text} FROM cells WHERE {text} IS NOT NULL LIMIT {TRIED}").fetchall()
    return tuple(cell for (cell,) in rows)


def _from_when_to_when(table: Table, text: str) -> bool:
    """Whether what looks like an offset from UTC is when something ends, as in 10:00-11:00: it is seldom the same."""
    ends = f"regexp_extract({text}, ':\\d\\d ?([-+]\\d\\d:\\d\\d)$', 1)"
    return int(table.one(f"count(DISTINCT {ends})", rows=LOOK)[0]) > _OFFSETS


def are_dates(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> bool:
    """Whether cells, all of them, are dates of one form."""
    written = [before + form for before in ("", PLAIN) for form in likely(cells[:TRIED])]
    asked = ", ".join(f"count({stamp_sql('c', form)}) = count(*)" for form in written) or "false"
    return any(connection.execute(f"SELECT {asked} FROM (SELECT unnest(?) AS c)", [cells]).fetchone() or ())


def _rising(table: Table, text: str, formats: list[str]) -> str:
    """01/02/2020 reads two ways: take the one in which time runs on, and in the most even steps."""
    ranked = []
    for written in formats if len(formats) > 1 else []:
        known = _stamps(table, text, written)
        frequency = find_frequency(known)
        backward = int((known[1:] < known[:-1]).sum())
        odd = frequency.irregular if frequency else len(known)
        decades = int(np.ptp(known).astype("timedelta64[D]").astype(int)) // 3653 if "%y" in written else 0
        american = "%p" in written and written.startswith("%m")  # who writes am and pm puts the month first
        ranked.append((backward, odd, decades, not american, written))
    return min(ranked, key=lambda found: found[:4])[4] if ranked else "".join(formats)


def when_sql(text: str, written: str) -> str:
    """SQL of a time of that form; a second that was put in is the first of the next minute."""
    before = stamp_sql(f"regexp_replace({text}, '(:\\d\\d):60\\b', '\\1:59')", written)
    put_in = f"to_seconds(CAST(regexp_matches({text}, ':\\d\\d:60\\b') AS INTEGER))"
    return f"coalesce({stamp_sql(text, written)}, {before} + {put_in})"


def read_stamps(table: Table, name: str, rows: int | None = None) -> Stamps:
    """A column of dates, or its first `rows`, as datetime64[us] in the order of the file.

    Raises:
        DataError: the column does not exist, holds no dates, or some cell in it is none.
    """
    table.column(name)
    written = date_format(table, name)
    if not written:
        example = table.one(f"first(CAST({quoted(name)} AS VARCHAR))")[0]
        raise DataError(
            f"{table.path.name}: column {name!r} holds no dates that could be read ({str(example)[:40]!r}); choose "
            "another data.time_column, or leave it empty to go by the order of the rows."
        )
    text = f"trim(CAST({quoted(name)} AS VARCHAR))"
    column = table.fetch(f"CAST({when_sql(text, written)} AS TIMESTAMP) AS t", rows)["t"]
    missing: NDArray[np.bool_] = np.ma.getmaskarray(column)
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        cell = table.connection.execute(f"SELECT {text} FROM cells LIMIT 1 OFFSET {row}").fetchone()
        shown = repr(cell[0])[:40] if cell and cell[0] is not None else "blank"
        raise DataError(
            f"{table.path.name}, {table.line(row)}, column {name!r}: {shown} is no date of the form {written} "
            f"({counted(int(missing.sum()), 'such cell')}); correct it, or leave data.time_column empty."
        )
    return np.asarray(np.ma.getdata(column), "datetime64[us]")
