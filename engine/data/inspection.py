"""What was understood of a file, for an import preview and for `inspect`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.data.errors import DataError
from engine.data.files.dialect import FOUND_OUT, Reading
from engine.data.files.odd_rows import Rejected
from engine.data.files.text import read_text
from engine.data.frequency import Frequency, Stamps, distinct, find_frequency
from engine.data.series.target import find_target
from engine.data.suggestion import is_text
from engine.data.tables.columns import count_cells, rows_of_wide
from engine.data.tables.dates import DateColumn, date_formats, find_date_column, read_stamps
from engine.data.tables.doubtful_words import Doubtful, as_no_value, doubtful_words
from engine.data.tables.infinite import say_infinite
from engine.data.tables.inner_rows import leave_out_undated
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_COUNTED_ROWS = 1_000_000  # types and missing cells of larger tables: of their beginning
_DATES = 64  # columns looked at for dates
_TOLD = 8  # columns whose words are each told of
_TWICE = 0.1  # share of dates from which on they are those of several series


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str  # "number", "date", "text" or "empty"
    role: str  # what is suggested for it, one of `engine.config.ROLES`
    missing: int  # blank cells and such that stand for no value
    unreadable: int  # cells of a column of numbers that are none
    format: str  # of a date
    example: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as it was understood. Lines and rows count from 1."""

    path: str
    kind: str  # as `data.kind`
    encoding: str
    delimiter: str
    quote: str
    decimal: str
    header: bool
    rows: int  # for text, lines
    columns: tuple[Column, ...]
    rejected: tuple[Rejected, ...]  # the first ten thousand
    rejected_rows: int  # all
    frequency: str
    notes: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]  # the first rows, cells as written; for text, its first lines
    complete: bool  # False when `missing` was counted over the first rows only
    remarks: tuple[str, ...] = ()  # of the notes, those on what is odd about the cells
    sheet: str = ""  # of a workbook, that is read
    sheets: tuple[str, ...] = ()  # all that it has
    kept_words: tuple[str, ...] = ()  # such as NA that might stand for no value, as `data.no_value` takes them
    problem: str = ""  # why nothing in it can be predicted as it stands; empty where something can

    def to_json(self) -> dict[str, Any]:
        """Plain values; the head is left out."""
        values = asdict(self)
        del values["head"]
        return values

    def column(self, role: str) -> str:
        """Name of the column with that suggested role; empty when there is none."""
        return next((column.name for column in self.columns if column.role == role), "")


def inspect_file(path: str | Path, reading: Reading = FOUND_OUT) -> Inspection:
    """What was understood of a file, without its cells.

    Raises:
        DataError: missing, empty, binary, header only, or neither table nor text.
    """
    return peek(path, 0, reading)


def peek(path: str | Path, rows: int = 50, reading: Reading = FOUND_OUT) -> Inspection:
    """What was understood of a file, with its first `rows` rows.

    Raises:
        DataError: missing, empty, binary, header only, or neither table nor text.
    """
    place = Path(path).expanduser()
    if is_text(place, reading):
        return _text(place, rows, reading)
    with open_table(place, reading) as table:
        return inspected(table, rows)


def _text(path: Path, rows: int, reading: Reading) -> Inspection:
    text = read_text(path, reading.encoding, reading.sheet)
    lines = text.text.splitlines()
    head = tuple((line,) for line in lines[:rows])
    return Inspection(
        str(path), "text", text.encoding, "", "", "", False, len(lines), (), (), 0, "", text.notes, head, True,
        text.remarks,
    )  # fmt: skip


def inspected(table: Table, rows: int) -> Inspection:
    """`peek` of a table that is open."""
    if date := find_date_column(table):
        leave_out_undated(table, date.name)
    try:
        target = find_target(table, date.name if date else "").name
    except DataError:
        target = ""
    dialect, named = table.dialect, table.source.named
    columns, kept = _columns(table, date, target)
    return Inspection(
        path=str(table.path),
        kind="series",
        encoding=dialect.encoding if dialect else "",
        delimiter=dialect.delimiter if dialect and not named else "",
        quote=dialect.quote if dialect and not named else "",
        decimal=table.decimal,
        header=dialect.header and not named if dialect else True,
        rows=table.rows,
        columns=columns,
        rejected=table.rejected,
        rejected_rows=table.rejected_rows,
        frequency=_frequency(table, date),
        notes=tuple(table.notes),
        head=tuple(tuple("" if cell is None else str(cell) for cell in row) for row in table.head(rows))
        if rows
        else (),
        complete=table.rows <= _counted_rows(table),
        remarks=tuple(table.remarks),
        sheet=table.source.sheet,
        sheets=table.source.sheets,
        kept_words=kept,
    )


def _frequency(table: Table, date: DateColumn | None) -> str:
    if date is None:
        return ""
    try:
        stamps = read_stamps(table, date.name, _COUNTED_ROWS)
    except DataError as error:
        table.notes.append(str(error))
        return ""
    stamps.sort()
    found = find_frequency(stamps)
    if found:
        notes = _odd_dates(stamps, found)
        table.notes += notes
        table.remarks += notes
    found = found or find_frequency(distinct(stamps))  # of several series
    return found.name if found else "irregular"


def _odd_dates(stamps: Stamps, frequency: Frequency) -> list[str]:
    """Dates that are left out, come twice, or lie between the others; nothing of several series with the same dates."""
    between, twice = frequency.rows_between(stamps), int((stamps[1:] == stamps[:-1]).sum())
    if twice > _TWICE * len(stamps):
        return []
    gaps = int((between > 1).sum())
    odd = frequency.irregular - gaps - twice
    return [
        *([f"{counted(int((between - 1).sum()), 'date')} left out in {counted(gaps, 'gap')}"] if gaps else []),
        *([f"{counted(twice, 'row')} with the same date as the row before"] if twice else []),
        *([f"{counted(odd, 'step')} from date to date of another length"] if odd > 0 else []),
    ]


def _counted_rows(table: Table) -> int:
    """Rows whose cells are counted: of a wide table fewer, so that it opens as soon as another."""
    return _COUNTED_ROWS if len(table.names) <= _DATES else rows_of_wide(len(table.names))


def _columns(table: Table, date: DateColumn | None, target: str) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns, and the words that are kept although they might stand for no value."""
    rows = _counted_rows(table)
    counts, columns = count_cells(table, table.names, rows), []
    dates = date_formats(table, table.names[:_DATES])
    kinds = {name: _type(own.filled, own.numbers, dates.get(name, "")) for name, own in counts.items()}
    doubtful = _of_words(table, [name for name, kind in kinds.items() if kind == "text"], rows)
    say_infinite(table, {name: counts[name].infinite for name, kind in kinds.items() if kind == "number"}, rows)
    for name, kind in kinds.items():
        filled, numbers, example, _, infinite = counts[name]
        words = (doubtful[name].cells if name in doubtful else 0) + (infinite if kind == "text" else 0)
        columns.append(
            Column(
                name=name,
                type=kind,
                role="time" if date and name == date.name else "target" if name == target else "ignored",
                missing=min(table.rows, rows) - filled - words,
                unreadable=filled - numbers if kind == "number" else 0,
                format=dates.get(name, ""),
                example=example,
            )
        )
    kept = {as_no_value(word) for own in doubtful.values() for word in own.kept}
    return tuple(columns), tuple(sorted(kept))


def _of_words(table: Table, names: list[str], rows: int) -> dict[str, Doubtful]:
    """What is taken for a word and what for no value in the columns of words; it is said."""
    found = doubtful_words(table, names[:_DATES], rows)
    remarks = [remark for name, own in found.items() for remark in own.remarks(name)]
    if more := remarks[_TOLD:]:
        remarks = [*remarks[:_TOLD], f"the same was decided of {counted(len(more), 'more column')}"]
    table.remarks += remarks
    table.notes += remarks
    return found


def _type(filled: int, numbers: int, written: str) -> str:
    if written:
        return "date"
    if not filled:
        return "empty"
    return "number" if numbers >= 0.9 * filled else "text"
