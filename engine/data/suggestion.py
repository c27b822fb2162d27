"""What to do with a file of which nothing is known yet: what kind of data it holds, and what suits that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.data.errors import DataError
from engine.data.files.alignment import LINED_UP
from engine.data.files.dialect import FOUND_OUT, READING, Reading
from engine.data.files.packed import name_within
from engine.data.files.text import read_text
from engine.data.files.xml_tables import TRACKS
from engine.data.guess import Guess, Suggestion
from engine.data.notation.numbers import is_number
from engine.data.pairs.pairs_suggestion import suggest_pairs
from engine.data.samples import sample
from engine.data.sequences.sequence_suggestion import suggest_sequences
from engine.data.sequences.several_labels import are_labels
from engine.data.sequences.tag_suggestion import suggest_tags
from engine.data.series.series_suggestion import suggest_series
from engine.data.series.target import last_numeric
from engine.data.tables.columns import count_cells, numeric_columns
from engine.data.tables.dates import find_date_column
from engine.data.tables.opening import open_table
from engine.data.tables.stand_ins import stand_ins
from engine.data.tables.tables import Table

TABLE_SUFFIXES = (
    ".csv", ".tsv", ".tab", ".parquet", ".jsonl", ".json", ".ndjson", ".geojson", ".xlsx", ".xls", ".ods", *TRACKS,
)  # fmt: skip

_COLUMNS = ("targets", "label", "text_column", "sequence_column", "time_column", "split_column")
SAID = (*READING, *(f"data.{name}" for name in _COLUMNS))  # the settings that a suggestion goes by, where they are made
_ONE_COLUMN, _FEWEST = 100_000, 10  # rows that are looked at, and of which they are at least
_LEFT_OUT = 50  # rows for each that could not be read, as a remark of a logger's
_LONG_TEXT, _UNITS = 20_000, 128  # letters from which on so many units have something to learn


def suggest(source: str | Path, experiment: Experiment | None = None) -> Suggestion:
    """What fits a file, or the ready experiment of a sample named so.

    `experiment` says how it is read and what columns are for, as far as that is known, and gives all other settings.

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
    """`suggest` for a table that is open; columns that `base` names are taken as they are meant.

    Raises:
        DataError: there is no column of a name that was said, or nothing that can be predicted.
    """
    named = base.data.no_value == ("none",) or any(map(is_number, base.data.no_value))
    if not named and (marks := stand_ins(table)):
        table.no_value = (*base.data.no_value, *marks)
        table.notes += marks.values()
        table.remarks += marks.values()
        base = base.replace({"data.no_value": table.no_value})
    said = base.data
    for name in _COLUMNS:
        column = getattr(said, name)
        for one in filter(None, [column] if isinstance(column, str) else column):
            table.column(one)
    series = said.targets and not are_labels(table, said)
    found = None if series else suggest_tags(table, said) or suggest_sequences(table, said)
    found = found or (None if said.label else suggest_pairs(table, said.targets)) or suggest_series(table, said)
    return found.suggestion(base, table.path, table.notes)


def is_text(path: Path, reading: Reading = FOUND_OUT) -> bool:
    """Whether a file is running text rather than a table: by its name, or by having but one column of words."""
    if path.is_dir():
        return False
    name = name_within(path, reading.sheet)
    return bool(name) and not (name.lower().endswith(TABLE_SUFFIXES) or _table_in_disguise(path, reading))


def _table_in_disguise(path: Path, reading: Reading) -> bool:
    """A text file that is a table all the same: several columns, by tabs or with one of numbers, and no row refused.

    Or few rows refused beside a column of dates; or one column of nothing but numbers.
    """
    try:
        with open_table(path, reading) as table:
            if table.rows <= 1 or _LEFT_OUT * table.unreadable_rows > table.rows:
                return False
            if table.unreadable_rows and not find_date_column(table):
                return False  # lines of running text that happen to be alike; dates are not in many
            if len(table.names) == 1:
                cells = count_cells(table, table.names, _ONE_COLUMN)[table.names[0]]
                return cells.numbers == cells.filled >= _FEWEST
            if LINED_UP in table.notes or (table.dialect and table.dialect.delimiter == " "):
                return not _are_sentences(table)
            return (table.dialect is not None and table.dialect.delimiter == "\t") or bool(last_numeric(table))
    except DataError:
        return False


def _are_sentences(table: Table) -> bool:
    """Whether lines that have as many words are no rows: without names or a date, and with more words than numbers."""
    if find_date_column(table) or (table.dialect and table.dialect.header):
        return not last_numeric(table)
    return 2 * sum(numeric_columns(table, table.names).values()) < len(table.names)


def _text(path: Path, base: Experiment) -> Suggestion:
    text = read_text(path, base.data.encoding, base.data.sheet)
    changes: dict[str, Any] = {
        "data.kind": "text",
        "data.test": 0.1,
        "data.validation": 0.05,
        "model.topology": "many_to_many",
    }
    length = base.data.sequence_length
    if len(text.text) * 0.85 < length + 1:
        length = changes["data.sequence_length"] = max(2, len(text.text) // 4)
    if len(text.text) > _LONG_TEXT:
        changes["model.hidden_size"] = _UNITS
    notes = ("running text: each character is answered by the next (many-to-many, aligned)", *text.notes)
    return Guess(changes, notes, len(text.text) / length).suggestion(base, path)
