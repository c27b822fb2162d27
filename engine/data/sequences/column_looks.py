"""What the columns of a table look like, from which their roles are guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.data.notation.quoting import quoted
from engine.data.sequences.parts import part_of
from engine.data.tables.columns import numeric_columns
from engine.data.tables.tables import Table

LABELS = (
    "label", "class", "target", "category", "species", "diagnosis", "is_anomaly", "activity", "outcome", "caption",
    "sentiment", "polarity", "emotion", "intent", "topic", "genre", "language", "author", "gesture", "kind", "spam",
)  # fmt: skip
MOST_LABELS = 40
_SPLITS = ("split", "part", "set", "fold", "subset", "partition", "dataset")
_ALL, _ENDS = 128, 32  # columns among which those with a role are looked for: all of so many, or so many at either end


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column, over the rows that were looked at."""

    name: str
    different: int  # values
    runs: int  # stretches of rows with the same value
    length: float  # letters of a cell on average
    words: float  # of a cell on average
    number: bool


def looked_at(table: Table, rows: int) -> list[ColumnLook]:
    """The columns that hold anything, over the first `rows` rows; of a very wide table those at both ends."""
    names = table.names if len(table.names) <= _ALL else (*table.names[:_ENDS], *table.names[-_ENDS:])
    numeric = numeric_columns(table, names, rows)
    inner = ", ".join(
        f"CAST({quoted(n)} AS VARCHAR) AS c{k}, {quoted(n)} IS DISTINCT FROM lag({quoted(n)}) OVER () AS r{k}"
        for k, n in enumerate(names)
    )
    outer = ", ".join(
        f"count(DISTINCT c{k}), count(*) FILTER (r{k}), coalesce(avg(length(c{k})), 0), "
        f"coalesce(avg(length(trim(c{k})) - length(replace(trim(c{k}), ' ', '')) + 1), 0)"
        for k in range(len(names))
    )
    found = table.connection.execute(f"SELECT {outer} FROM (SELECT {inner} FROM cells LIMIT {rows})").fetchone() or ()
    return [
        ColumnLook(name, int(different), int(runs), float(length), float(words), numeric[name])
        for name, different, runs, length, words in zip(
            names, found[::4], found[1::4], found[2::4], found[3::4], strict=True
        )
        if name in numeric
    ]


def split_column(table: Table, columns: list[ColumnLook]) -> str:
    """A column that says train and test, by its name and its words; "" without."""
    for column in columns:
        if column.number or column.different > 4 or not named(column.name, _SPLITS):
            continue
        words = table.connection.execute(f"SELECT DISTINCT {quoted(column.name)} FROM cells LIMIT 5").fetchall()
        if all(part_of(str(word[0])) for word in words) and any(part_of(str(word[0])) == "train" for word in words):
            return column.name
    return ""


def split_settings(column: str, otherwise: str) -> dict[str, Any]:
    """The split by a column that says it, or else the one that suits the data."""
    return {"data.split": "column" if column else otherwise, "data.split_column": column}


def named(name: str, words: tuple[str, ...]) -> bool:
    """Whether a name is one of the words, alone or as a part of it between underlines, points or blanks."""
    parts = re.split(r"[\W_]+", name.lower())
    return name.lower() in words or any(part in words for part in parts)
