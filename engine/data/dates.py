"""Columns of dates, in whatever way they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError, counted
from engine.data.frequency import Stamps, find_frequency
from engine.data.named_dates import named_forms
from engine.data.plain_dates import PLAIN, plain_sql
from engine.data.quoting import quoted
from engine.data.stamps import COUNTED, DECIMAL_YEAR, DIGITS_ONLY, EXCEL, FORMATS, ISO, ZONED, stamp_sql
from engine.data.tables import Table

_DATE_WORDS = ("date", "datum", "day", "fecha", "data", "日")
_TIME_WORDS = (*_DATE_WORDS, "time", "year", "yyyy", "month", "week", "stamp", "jahr", "period", "quarter")
_CLOCK_WORDS, _SERIES = ("time", "stamp", "year", "jahr"), 6  # rows that each of several series has at least
_TIME_NAMES = ("ts", "epoch")
_YEAR, _YEARS, _EVEN = "year", (1500, 2200), 0.05  # share by which a month of some years may be longer than a twelfth
_TRIED = 12  # cells that pick the candidates
_NEARLY = 0.8  # share of these that a candidate reads
_LONGEST = 72  # letters of a date, with the name of a zone or an end
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
    if len(found) > 1:  # when a file was written is the same in all its rows
        differ = table.one(", ".join(f"count(DISTINCT {quoted(name)}) > 1" for name, _ in found), rows=_LOOK)
        found = [pair for pair, varied in zip(found, differ, strict=True) if varied] or found
    named = [pair for pair in found if _telling(pair[0])]
    joined = [pair for pair in found if pair[0] == table.joined]
    return DateColumn(*(joined or named or found)[0])


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
        f"count(*) FILTER (regexp_matches({text}, '\\d') AND length({text}) < {_LONGEST}), "
        f"count(TRY_CAST({text} AS DOUBLE)), coalesce(min(length({text})), 0)"
    )


def _format(table: Table, name: str, text: str, total: int, digits: int, some: int, numbers: int, shortest: int) -> str:
    if total == 0 or some < 0.98 * total or shortest < 4:
        return ""
    if numbers == total and digits < total:
        return _fraction_format(table, name, text)
    if digits == total:
        return _whole_number_format(table, name, text)
    return _text_format(table, text, total)


def _telling(name: str) -> bool:
    return name.lower() in _TIME_NAMES or any(word in name.lower() for word in _TIME_WORDS)


def _whole_number_format(table: Table, name: str, text: str) -> str:
    """Years, 19580329 and seconds since 1970 look like any other number; be strict."""
    numbers = _values(table, text, "BIGINT")
    if len(numbers) < 2:
        return ""
    low, high, telling = int(numbers.min()), int(numbers.max()), _telling(name)
    steps, first = np.diff(numbers), table.column(name) == 0
    again = _begins_again(steps, name)
    runs = _runs(steps, telling) or again
    for written, (least, largest) in DIGITS_ONLY.items():
        days = written.startswith("%Y%m%d")  # eight digits and more that are dates by chance are rare
        likely = telling if written == "%Y%j" else telling or (runs and (first or days))
        if likely and (runs or days) and least <= low and high <= largest and _all_parse(table, text, written, numbers):
            return written
    return _counted_format(name, low, high) if runs and (telling or first or again) else ""


def _begins_again(steps: NDArray[Any], name: str) -> bool:
    """Whether a time runs on in even steps and now and then begins again, as where one series follows another."""
    if not (name.lower() in _TIME_NAMES or any(word in name.lower() for word in _CLOCK_WORDS)):
        return False
    sizes, counts = np.unique(steps, return_counts=True)
    even = sizes[np.argmax(counts)] > 0 and 2 * counts.max() >= len(steps)
    return bool(even and _SERIES * (steps < 0).sum() <= len(steps))


def _fraction_format(table: Table, name: str, text: str) -> str:
    """Seconds since 1970, or days of Excel, with decimals; years whose decimals are months or quarters."""
    if not _telling(name):
        return ""
    numbers = _values(table, text, "DOUBLE")
    runs = len(numbers) > 1 and _runs(np.diff(numbers), True)
    if runs and _YEAR in name.lower() and _YEARS[0] <= numbers.min() and numbers.max() <= _YEARS[1]:
        step = abs(float(np.median(np.diff(numbers))))
        return DECIMAL_YEAR if any(abs(step * parts - 1) < _EVEN for parts in (12, 4)) else ""
    return _counted_format(name, float(numbers.min()), float(numbers.max())) if runs else ""


def _values(table: Table, text: str, kind: str) -> NDArray[Any]:
    rows = table.connection.execute(f"SELECT TRY_CAST({text} AS {kind}) AS v FROM cells LIMIT {_LOOK}").fetchnumpy()
    return np.asarray(np.ma.compressed(rows["v"]))


def _counted_format(name: str, low: float, high: float) -> str:
    """What is counted between two numbers, if they are times; days of Excel only under the name of a date."""
    dated = any(word in name.lower() for word in _DATE_WORDS)
    fitting = (written for written, (_, first, last) in COUNTED.items() if first <= low and high <= last)
    return next((written for written in fitting if written != EXCEL or dated), "")


def _runs(steps: NDArray[Any], named: bool) -> bool:
    """Whether numbers run one way, as time does; under a telling name backwards too, and with repeats."""
    return bool(np.all(steps > 0) or (named and (np.all(steps >= 0) or np.all(steps <= 0))))


def _text_format(table: Table, text: str, total: int) -> str:
    """The first format that reads nearly every cell, as it is or without the words that people write beside a date."""
    asked = f"SELECT {text}, {plain_sql(text)} FROM cells WHERE {text} IS NOT NULL LIMIT {_TRIED}"
    cells, plain = zip(*table.connection.execute(asked).fetchall(), strict=True)
    for before, looked in (("", cells), *(((PLAIN, plain),) if plain != cells else ())):
        if not (names := [before + written for written in _likely(looked)]):
            continue
        counts = table.one(", ".join(f"count({stamp_sql(text, written)})" for written in names), rows=_LOOK)
        if full := [written for written, count in zip(names, counts, strict=True) if count >= 0.98 * total]:
            return _rising(table, text, full)
    return ""


def _likely(cells: Sequence[str]) -> list[str]:
    """Formats that may read some cells; Python's own reader picks them, of those with the same marks in them."""
    marks = [_marks(cell) for cell in cells]
    tried = [
        form for mark in set(marks) if marks.count(mark) >= _NEARLY * len(cells) for form in _BY_MARKS.get(mark, ())
    ]
    found = [form for form in (*tried, *ZONED) if sum(_reads(cell, form) for cell in cells) >= _NEARLY * len(cells)]
    whole = all(re.match(r"\d{4}", cell) for cell in cells)  # the database takes 21-01-01 for a day of the year 21
    return [*found, *((ISO,) if whole else ()), *named_forms(cells, _NEARLY)]


def _marks(text: str) -> str:
    return "".join(re.findall(r"[^\w\s]", text))


def _by_marks() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for written in FORMATS:
        if written not in DIGITS_ONLY:
            found.setdefault(_marks(re.sub("%.", "", written)), []).append(written)
    return found


_BY_MARKS = _by_marks()


def are_dates(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> bool:
    """Whether cells, all of them, are dates of one form."""
    written = [before + form for before in ("", PLAIN) for form in _likely(cells[:_TRIED])]
    asked = ", ".join(f"count({stamp_sql('c', form)}) = count(*)" for form in written) or "false"
    return any(connection.execute(f"SELECT {asked} FROM (SELECT unnest(?) AS c)", [cells]).fetchone() or ())


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
        odd = frequency.irregular if frequency else len(known)
        decades = int(np.ptp(known).astype("timedelta64[D]").astype(int)) // 3653 if "%y" in written else 0
        american = "%p" in written and written.startswith("%m")  # who writes am and pm puts the month first
        ranked.append((backward, odd, decades, not american, written))
    return min(ranked, key=lambda found: found[:4])[4] if ranked else formats[0]


def _all_parse(table: Table, text: str, written: str, numbers: NDArray[Any]) -> bool:
    return bool(table.one(f"count({stamp_sql(text, written)})", rows=_LOOK)[0] == len(numbers))


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
