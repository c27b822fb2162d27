"""Which columns of a table hold labelled sequences: found by their names and by how their values change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.data.columns import numeric_columns
from engine.data.dates import find_date_column
from engine.data.parts import part_of
from engine.data.tables import Table, quoted

_LABELS = (
    "label",
    "class",
    "target",
    "category",
    "species",
    "diagnosis",
    "is_anomaly",
    "activity",
    "outcome",
    "caption",
)
_SEQUENCES = (
    "id",
    "series",
    "sequence",
    "utterance",
    "sample",
    "trial",
    "case",
    "subject",
    "session",
    "recording",
    "seq",
)
_COUNTERS = ("t", "time", "step", "frame", "index", "i", "n", "tick")
_SPLITS = ("split", "part", "set", "fold", "subset", "partition", "dataset")
_LOOK = 100_000  # rows that are looked at
_MOST = 64  # columns with a role are looked for among so many from either end
_SENTENCE = 15.0  # letters that a text has at least on average
_MOST_LABELS = 40
_RAGGED = 3.0  # steps a sequence has at least on average


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    different: int  # values
    runs: int  # stretches of rows with the same value
    length: float  # letters of a cell on average
    number: bool


def suggest_sequences(table: Table) -> tuple[dict[str, Any], list[str]] | None:
    """Settings of the data for a table of labelled sequences with the reasons; None where it does not look like one.

    A table counts as labelled sequences where a column tells the sequence and another one is the same throughout each
    of them, or where a column of few names stands beside many columns of numbers whose names count up.
    """
    rows = min(table.rows, _LOOK)
    columns = _looked_at(table, rows)
    split = _split(table, columns)
    sequence = _sequence(columns, rows)
    if sequence:
        return _long(table, columns, sequence, split, rows)
    return _texts(columns, split, rows) or _wide(table, columns, split) or _recording(table, columns, split)


def _looked_at(table: Table, rows: int) -> list[_Column]:
    names = table.names if len(table.names) <= 2 * _MOST else (*table.names[:_MOST], *table.names[-_MOST:])
    numeric = numeric_columns(table, names, rows)
    inner = ", ".join(
        f"{quoted(n)} AS c{k}, {quoted(n)} IS DISTINCT FROM lag({quoted(n)}) OVER () AS r{k}"
        for k, n in enumerate(names)
    )
    outer = ", ".join(
        f"count(DISTINCT c{k}), count(*) FILTER (r{k}), coalesce(avg(length(CAST(c{k} AS VARCHAR))), 0)"
        for k in range(len(names))
    )
    found = table.connection.execute(f"SELECT {outer} FROM (SELECT {inner} FROM cells LIMIT {rows})").fetchone() or ()
    return [
        _Column(name, int(different), int(runs), float(length), numeric[name])
        for name, different, runs, length in zip(names, found[::3], found[1::3], found[2::3], strict=True)
        if name in numeric
    ]


def _split(table: Table, columns: list[_Column]) -> str:
    """A column that says train and test, by its name and its words."""
    for column in columns:
        if column.number or column.different > 4 or not _named(column.name, _SPLITS):
            continue
        words = table.connection.execute(f"SELECT DISTINCT {quoted(column.name)} FROM cells LIMIT 5").fetchall()
        if all(part_of(str(word[0])) for word in words) and any(part_of(str(word[0])) == "train" for word in words):
            return column.name
    return ""


def _sequence(columns: list[_Column], rows: int) -> _Column | None:
    """A column with a telling name whose value stays for a while and does not come back."""
    for column in columns:
        if _named(column.name, _SEQUENCES) and 1 < column.different == column.runs <= rows / _RAGGED:
            return column
    return None


def _long(
    table: Table, columns: list[_Column], sequence: _Column, split: str, rows: int
) -> tuple[dict[str, Any], list[str]] | None:
    taken = {sequence.name, split}
    counter = next((c.name for c in columns if c.name not in taken and _named(c.name, _COUNTERS)), "")
    labels = [c for c in columns if c.name not in taken | {counter} and 1 < c.different <= sequence.different / 2]
    constant = [c for c in labels if _constant(table, sequence.name, c.name, rows)]
    named = [c for c in labels if _named(c.name, _LABELS)]
    if not (constant or named):
        return None
    label = (constant or named)[-1]
    inputs = tuple(
        name for name, number in numeric_columns(table, table.names).items()
        if number and name not in taken | {counter, label.name}
    )  # fmt: skip
    if not inputs:
        return None
    changes = {
        "data.sequence_column": sequence.name,
        "data.time_column": counter,
        "data.label": label.name,
        "data.inputs": inputs,
        "model.topology": "many_to_one" if label in constant else "many_to_many",
        **_parts(split, "stratified"),
    }
    where = "throughout each of them" if label in constant else "at every step"
    notes = [f"sequences: {sequence.different:,}, told by {sequence.name!r}", f"label: {label.name!r}, {where}"]
    return changes, [*notes, *([f"split: by {split!r}"] if split else [])]


def _constant(table: Table, sequence: str, name: str, rows: int) -> bool:
    """Whether a column has one value in each sequence."""
    varied = table.connection.execute(
        f"SELECT count(*) FROM (SELECT count(DISTINCT {quoted(name)}) AS n FROM (SELECT * FROM cells LIMIT {rows}) "
        f"GROUP BY {quoted(sequence)}) WHERE n > 1"
    ).fetchone()
    return varied is not None and varied[0] == 0


def _wide(table: Table, columns: list[_Column], split: str) -> tuple[dict[str, Any], list[str]] | None:
    """Rows that are sequences: numbered columns of numbers, and one other column of names."""
    inputs = _counted_up(table)
    rest = [c for c in columns if c.name not in inputs and c.name != split]
    label = next((c for c in reversed(rest) if not c.number or _named(c.name, _LABELS)), None)
    if len(inputs) < 4 or label is None or not 1 < label.different <= max(2, table.rows / 4):
        return None
    side = round(len(inputs) ** 0.5)
    channels = side if side * side == len(inputs) and side >= 4 else 1
    changes = {
        "data.sequence_column": "",
        "data.time_column": "",
        "data.label": label.name,
        "data.inputs": inputs,
        "data.channels": channels,
        "model.topology": "many_to_one",
        **_parts(split, "stratified"),
    }
    shape = f"{len(inputs) // channels} steps of {channels}" if channels > 1 else f"{len(inputs)} steps"
    return changes, [f"a row is a sequence of {shape}, {inputs[0]} to {inputs[-1]}", f"label: {label.name!r}"]


def _texts(columns: list[_Column], split: str, rows: int) -> tuple[dict[str, Any], list[str]] | None:
    """A column of texts, nearly all different and of some length, beside one of few names."""
    texts = [c for c in columns if not c.number and c.length >= _SENTENCE and c.different > rows / 2]
    labels = [c for c in columns if c.name != split and 1 < c.different <= min(_MOST_LABELS, rows / 4)]
    named = [c for c in labels if not c.number or _named(c.name, _LABELS)]
    if len(texts) != 1 or not named:
        return None
    label = next((c for c in named if _named(c.name, _LABELS)), named[-1])
    changes = {
        "data.kind": "labelled_text",
        "data.text_column": texts[0].name,
        "data.label": label.name,
        "data.tokens": "words",
        "data.minimum_count": 2,
        "model.topology": "many_to_one",
        **_parts(split, "stratified"),
    }
    return changes, [f"texts: {texts[0].name!r}, word by word", f"label: {label.name!r}, {label.different} different"]


def _recording(table: Table, columns: list[_Column], split: str) -> tuple[dict[str, Any], list[str]] | None:
    """Rows of one recording with a label each: a last column with a telling name, which stays for a while."""
    last = next((c for c in reversed(columns) if c.name == table.names[-1]), None)
    if last is None or not _named(last.name, _LABELS) or not 1 < last.different <= _MOST_LABELS:
        return None
    if last.runs > table.rows / _RAGGED:
        return None
    date = find_date_column(table)
    taken = {last.name, split, date.name if date else ""}
    inputs = tuple(name for name, number in numeric_columns(table, table.names).items() if number and name not in taken)
    if not inputs:
        return None
    length = max(2, min(100, table.rows // 20))
    changes = {
        "data.sequence_column": "",
        "data.time_column": date.name if date else "",
        "data.label": last.name,
        "data.inputs": inputs,
        "data.sequence_length": length,
        "data.stride": max(1, length // 4),
        "model.topology": "many_to_many",
        **_parts(split, "time"),
    }
    return changes, [f"one recording, label at every step: {last.name!r}"]


def _counted_up(table: Table) -> tuple[str, ...]:
    """The longest stretch of columns whose names are the same but for a number that counts up."""
    best: list[str] = []
    run: list[str] = []
    before: tuple[str, int] | None = None
    for name in table.names:
        found = re.fullmatch(r"(.*?)(\d+)", name)
        here = (found[1], int(found[2])) if found else None
        follows = here is not None and before is not None and here == (before[0], before[1] + 1)
        run = [*run, name] if follows else [name] if here else []
        before = here
        best = run if len(run) > len(best) else best
    numeric = numeric_columns(table, best)
    return tuple(best) if all(numeric.get(name, True) for name in best) else ()


def _parts(split: str, otherwise: str) -> dict[str, Any]:
    return {"data.split": "column" if split else otherwise, "data.split_column": split}


def _named(name: str, words: tuple[str, ...]) -> bool:
    """Whether a name is one of the words, alone or as a part of it between underlines, points or blanks."""
    parts = re.split(r"[\W_]+", name.lower())
    return name.lower() in words or any(part in words for part in parts)
