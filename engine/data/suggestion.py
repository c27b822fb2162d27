"""What to do with a file of which nothing is known yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.config import Experiment
from engine.data.dates import find_date_column, read_stamps
from engine.data.errors import DataError
from engine.data.frequency import Frequency, find_frequency
from engine.data.pairs_suggestion import suggest_pairs
from engine.data.samples import sample
from engine.data.sequence_suggestion import suggest_sequences
from engine.data.series import last_numeric
from engine.data.sources import FOUND_OUT, Reading
from engine.data.tables import Table, open_table, quoted
from engine.data.text import read_text

TEXT_SUFFIXES = (".txt", ".md", ".text", ".log", ".rst", ".tex", ".html", ".py", ".c")
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".parquet", ".jsonl", ".json", ".ndjson", ".xlsx", ".xls", ".ods")

_LOOK = 1_000_000  # rows that tell the step from one to the next
_COLUMNS = 64  # columns of which one may tell several series apart
_LEAST_ROWS = 6  # of a series, in the mean


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An experiment with data, model and training filled in, and the reasons in sentences."""

    experiment: Experiment
    notes: tuple[str, ...]


def suggest(source: str | Path, experiment: Experiment | None = None) -> Suggestion:
    """What fits a file, or the ready experiment of a sample named so. `experiment` gives the rest of the settings.

    Raises:
        DataError: no such sample or file, or a file in which nothing can be predicted.
    """
    path = Path(source).expanduser()
    if isinstance(source, str) and not path.suffix and not path.exists():
        found = sample(source)
        return Suggestion(found.experiment, (f"sample: {found.title}",))
    base = experiment or Experiment()
    reading = Reading.of(base.data)
    if is_text(path, reading):
        return _text(path, base)
    with open_table(path, reading) as table:
        return suggested(table, base)


def suggested(table: Table, base: Experiment) -> Suggestion:
    """`suggest` for a table that is open."""
    return _sequences(table, base) or _pairs(table, base) or _series(table, base)


def is_text(path: Path, reading: Reading = FOUND_OUT) -> bool:
    """Whether a file is running text rather than a table: by its name, or by having but one column of words."""
    if path.is_dir():
        return False
    if path.suffix.lower() in TEXT_SUFFIXES:
        return not _table_in_disguise(path, reading)
    if path.suffix.lower() in TABLE_SUFFIXES:
        return False
    return not _table_in_disguise(path, reading)


def _table_in_disguise(path: Path, reading: Reading) -> bool:
    """A text file that is a table all the same: several columns, by tabs or with one of numbers, and no row refused."""
    try:
        with open_table(path, reading) as table:
            if len(table.names) == 1 or table.rejected or table.rows <= 1:
                return False
            return (table.dialect is not None and table.dialect.delimiter == "\t") or bool(last_numeric(table))
    except DataError:
        return False


def _text(path: Path, base: Experiment) -> Suggestion:
    text = read_text(path, base.data.encoding)
    changes: dict[str, Any] = {
        "data.file": str(path),
        "data.sample": "",
        "data.kind": "text",
        "data.test": 0.1,
        "data.validation": 0.05,
        "model.topology": "many_to_many",
    }
    if len(text.text) * 0.85 < base.data.sequence_length + 1:
        changes["data.sequence_length"] = max(2, len(text.text) // 4)
    notes = ("running text: each character is answered by the next (many-to-many, aligned)", *text.notes)
    return Suggestion(base.replace(changes), notes)


def _sequences(table: Table, base: Experiment) -> Suggestion | None:
    found = suggest_sequences(table)
    if found is None:
        return None
    changes, notes = found
    source = {"data.file": str(table.path), "data.sample": "", "data.kind": "sequences"}
    return Suggestion(base.replace(source | changes), (*table.notes, *notes))


def _pairs(table: Table, base: Experiment) -> Suggestion | None:
    found = suggest_pairs(table)
    if found is None:
        return None
    changes, notes = found
    source = {"data.file": str(table.path), "data.sample": "", "data.kind": "pairs"}
    return Suggestion(base.replace(source | changes), (*table.notes, *notes))


def _series(table: Table, base: Experiment) -> Suggestion:
    date = find_date_column(table)
    target = last_numeric(table, date.name if date else "")
    several = find_series_column(table, date.name, target) if date else ""
    frequency = find_frequency(_one_of_each(table, date.name)) if date else None
    rows, notes = table.rows, list(table.notes)
    if several:
        count = int(table.one(f"count(DISTINCT {quoted(several)})")[0])
        rows //= count
        notes.append(f"{count:,} series, told apart by {several!r}: no date comes twice in one of them")
    if date:
        step = f", {frequency.name}" if frequency else ""
        notes.append(f"date column: {date.name!r} ({date.format}{step})")
    else:
        notes.append("no date column found; rows are taken in their order")
    notes.append(f"target: {target!r}, the last column of numbers")
    notes.append("topology: many-to-one, past steps in, the next value out")
    changes: dict[str, Any] = {
        "data.file": str(table.path),
        "data.sample": "",
        "data.kind": "series",
        "data.time_column": date.name if date else "",
        "data.sequence_column": several,
        "data.targets": (target,),
        "data.inputs": (),
        "data.look_back": look_back(rows, frequency),
        "model.topology": "many_to_one",
    }
    return Suggestion(base.replace(changes), tuple(notes))


def find_series_column(table: Table, date: str, target: str) -> str:
    """The first column that tells several series apart: each date comes once with each of its values; "" without.

    A name has to come back with other dates, so that numbers which never come twice are none.
    """
    when = quoted(date)
    dates, rows = table.one(f"count(DISTINCT {when}), count({when})", rows=_LOOK)
    if dates == rows:
        return ""
    for name in table.names[:_COLUMNS]:
        if name in (date, target):
            continue
        key = quoted(name)
        kinds, pairs = table.one(f"count(DISTINCT {key}), count(DISTINCT ({key}, {when}))", rows=_LOOK)
        if 1 < kinds <= rows / _LEAST_ROWS and pairs == rows:
            return name
    return ""


def _one_of_each(table: Table, name: str) -> Any:
    """Every stamp once, in order of time; several series share theirs."""
    stamps = read_sorted(table, name)
    return np.unique(stamps)


def read_sorted(table: Table, name: str) -> Any:
    """The first stamps of a column in order of time; enough to see their step."""
    stamps = read_stamps(table, name, _LOOK)
    stamps.sort()
    return stamps


def look_back(rows: int, frequency: Frequency | None) -> int:
    """Two seasons where the dates tell one, else 24 steps; never more than a sixth of the rows."""
    season = frequency.season if frequency else 1
    wanted = 2 * season if 1 < season <= 60 else 24
    return max(1, min(wanted, rows // 6))
