"""Columns of dates, in whatever way they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError, counted
from engine.data.frequency import Stamps, find_frequency
from engine.data.tables import Table, literal, quoted

_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%YM%m", "%Y%m", "%Y")
_DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m/%Y")
_NAMED = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%b")
_CLOCKS = (" %H:%M:%S.%f", " %H:%M:%S", " %H:%M", "T%H:%M:%S.%f", "T%H:%M:%S", "T%H:%M", " %I:%M %p", " %I:%M:%S %p")
_DAYS = (*_YEAR_FIRST[:4], *_DAY_FIRST, *_MONTH_FIRST[:3])
FORMATS = (
    *_YEAR_FIRST,
    *_DAY_FIRST,
    *_MONTH_FIRST,
    *_NAMED,
    *(day + clock for day in _DAYS for clock in _CLOCKS),
    "%Y%m%d%H%M%S",
)
ISO, QUARTER, WEEK = "ISO 8601", "year and quarter", "year and ISO week"
_PERIODS = {  # no strptime reads them
    QUARTER: r"\d{4}[-/: ]?[Qq][1-4]|[Qq][1-4][-/: ]?\d{4}",
    WEEK: r"\d{4}[- ]?W\d{2}(-?[1-7])?",
}
_EPOCHS = {  # how a unit becomes microseconds, and between which numbers stamps lie
    "seconds since 1970": ("* 1000000", 1e8, 5e9),
    "milliseconds since 1970": ("* 1000", 1e11, 5e12),
    "microseconds since 1970": ("", 1e14, 5e15),
    "nanoseconds since 1970": ("// 1000", 1e17, 5e18),
}
_DIGITS_ONLY = ("%Y", "%Y%m", "%Y%m%d", "%Y%m%d%H%M%S")
_TIME_WORDS = ("date", "time", "year", "month", "day", "week", "stamp", "datum", "jahr", "fecha", "period", "quarter")
_TIME_NAMES = ("ts", "epoch")
_TRIED = 12  # cells that pick the candidates
_LOOK = 500  # rows that decide on a format
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
    named = [pair for pair in found if _telling(pair[0])]
    return DateColumn(*(named or found)[0])


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
    looks = table.one(", ".join(_look_sql(text) for text in texts.values()), rows=_LOOK) if texts else ()
    for place, (name, text) in enumerate(texts.items()):
        known[name] = _format(table, name, text, *looks[5 * place : 5 * place + 5])
    return {name: known[name] for name in names}


def _look_sql(text: str) -> str:
    """SQL of five figures: cells, those of digits alone, short ones with a digit, numbers, letters of the shortest."""
    return (
        f"count({text}), count(*) FILTER (regexp_full_match({text}, '\\d+')), "
        f"count(*) FILTER (regexp_matches({text}, '\\d') AND length({text}) < 40), "
        f"count(TRY_CAST({text} AS DOUBLE)), coalesce(min(length({text})), 0)"
    )


def _format(table: Table, name: str, text: str, total: int, digits: int, some: int, numbers: int, shortest: int) -> str:
    if total == 0 or some < 0.98 * total or shortest < 4 or (numbers == total and digits < total):
        return ""
    if digits == total:
        return _whole_number_format(table, name, text)
    return _text_format(table, text, total)


def _telling(name: str) -> bool:
    return name.lower() in _TIME_NAMES or any(word in name.lower() for word in _TIME_WORDS)


def _whole_number_format(table: Table, name: str, text: str) -> str:
    """Years, 19580329 and seconds since 1970 look like any other number; be strict."""
    value = f"TRY_CAST({text} AS BIGINT)"
    rows = table.connection.execute(f"SELECT {value} FROM cells LIMIT {_LOOK}").fetchnumpy()
    numbers = np.asarray(next(iter(rows.values())).astype(np.int64))
    if len(numbers) < 2:
        return ""
    days = _telling(name) and int(numbers.min()) >= 10000101 and int(numbers.max()) <= 25001231
    if not (days or _runs(np.diff(numbers), _telling(name))):
        return ""
    if not (_telling(name) or table.column(name) == 0):
        return ""
    low, high = int(numbers.min()), int(numbers.max())
    spans = {"%Y": (1000, 2500), "%Y%m": (100001, 250012), "%Y%m%d": (10000101, 25001231)}
    for written, (first, last) in spans.items():
        if first <= low and high <= last and _all_parse(table, text, written, len(numbers)):
            return written
    epochs = _EPOCHS.items() if _telling(name) else ()
    return next((written for written, (_, first, last) in epochs if first <= low and high <= last), "")


def _runs(steps: NDArray[np.int64], named: bool) -> bool:
    """Whether numbers run one way, as time does; under a telling name backwards too, and with repeats."""
    return bool(np.all(steps > 0) or (named and (np.all(steps >= 0) or np.all(steps <= 0))))


def _text_format(table: Table, text: str, total: int) -> str:
    """The first format that reads nearly every cell; Python's own reader picks the candidates by a few of them."""
    rows = table.connection.execute(f"SELECT {text} FROM cells WHERE {text} IS NOT NULL LIMIT {_TRIED}").fetchall()
    likely = [written for written in FORMATS if sum(_reads(row[0], written) for row in rows) >= 0.8 * len(rows)]
    names = [*(written for written in likely if written not in _DIGITS_ONLY), ISO, *_PERIODS]
    counts = table.one(", ".join(f"count({stamp_sql(text, written)})" for written in names), rows=_LOOK)
    full = [written for written, count in zip(names, counts, strict=True) if count >= 0.98 * total]
    return _rising(table, text, full) if full else ""


def _reads(cell: str, written: str) -> bool:
    try:
        datetime.strptime(cell, written)
    except ValueError:
        return False
    return True


def _rising(table: Table, text: str, formats: list[str]) -> str:
    """01/02/2020 reads two ways: take the one in which time runs on, and in the most even steps."""
    ranked = []
    for written in formats if len(formats) > 1 else []:
        stamps = table.connection.execute(
            f"SELECT {stamp_sql(text, written)} AS t FROM cells LIMIT {_LOOK}"
        ).fetchnumpy()["t"]
        known = np.asarray(np.ma.compressed(stamps), "datetime64[us]")
        frequency = find_frequency(known)
        backward = int((known[1:] < known[:-1]).sum())
        ranked.append((backward, frequency.irregular if frequency else len(known), written))
    return min(ranked, key=lambda found: found[:2])[2] if ranked else formats[0]


def _all_parse(table: Table, text: str, written: str, total: int) -> bool:
    return bool(table.one(f"count({stamp_sql(text, written)})", rows=_LOOK)[0] == total)


def stamp_sql(text: str, written: str) -> str:
    """SQL that reads a text as TIMESTAMP, in UTC where it names a zone."""
    if written == ISO:
        return f"(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    if written in _PERIODS:
        year, part = f"regexp_extract({text}, '\\d{{4}}')", f"regexp_extract({text}, '[QqW](\\d\\d?)', 1)"
        known = f"regexp_full_match({text}, {literal(_PERIODS[written])})"
        if written == WEEK:
            day = f"coalesce(nullif(regexp_extract({text}, 'W\\d\\d-?(\\d)', 1), ''), '1')"
            return f"CASE WHEN {known} THEN TRY_STRPTIME({year} || {part} || {day}, '%G%V%u') END"
        return f"CASE WHEN {known} THEN make_timestamp({year}::INTEGER, {part}::INTEGER * 3 - 2, 1, 0, 0, 0) END"
    if written in _EPOCHS:
        return f"make_timestamp(TRY_CAST({text} AS BIGINT) {_EPOCHS[written][0]})"
    return f"TRY_STRPTIME({text}, {literal(written)})"


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
    column = table.fetch(f"CAST({stamp_sql(text, written)} AS TIMESTAMP) AS t", rows)["t"]
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
