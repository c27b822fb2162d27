"""Columns at the left in which a blank means what stands above it, and sentences whose words have a row each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from engine.data.files.tagged import TAGGED
from engine.data.notation.quoting import quoted
from engine.data.tables.tables import Table

_LOOK = 500  # rows
_LEFT = 3  # columns
_BLANK = 0.5  # share of blanks, from which on they are no missing values
_FEWEST = 2  # cells that are filled
_FIGURE = re.compile(r"[-+]?\d+([.,]\d+)?")
_WORDS = ("word", "words", "token", "tokens", "form", "wort", "mot", "palabra")
_SENTENCES, _EACH = 3, 3  # sentences, and words for each kind of tag
_MOST_TAGS, _MOST_COLUMNS = 100, 8


def fill_down(table: Table) -> None:
    """Write what stands above into the blanks of the first columns, as in reports that say a group's name once."""
    if table.dialect is None or len(table.names) < 2:
        return
    names = table.names[:_LEFT]
    cells = [f"coalesce(trim({quoted(name)}), '')" for name in names]
    rows = table.connection.execute(f"SELECT {', '.join(cells)} FROM cells LIMIT {_LOOK}").fetchall()
    found: list[str] = []
    for name, column in zip(names[:-1], zip(*rows, strict=True), strict=False):
        if not _says_once(column):
            break
        found.append(name)
    if not found:
        return
    frame = "OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    filled = (f"last_value(nullif(trim({quoted(n)}), '') IGNORE NULLS) {frame} AS {quoted(n)}" for n in found)
    table.replace(lambda source: f"SELECT * REPLACE ({', '.join(filled)}) FROM {source}", kept=True)
    columns = ", ".join(map(repr, found))
    told = f"a blank in {columns} means what stands above it; if it does not, set data.layout to columns"
    table.notes.append(told)
    table.remarks.append(told)


def _says_once(cells: Sequence[str]) -> bool:
    """Whether a column begins a group with each cell that is filled; numbers do where they count up."""
    filled = [cell for cell in cells if cell]
    if len(filled) < _FEWEST or not cells[0] or len(cells) - len(filled) < _BLANK * len(cells):
        return False
    if all(map(_FIGURE.fullmatch, filled)):
        return all(cell.isdigit() for cell in filled) and all(int(b) == int(a) + 1 for a, b in pairwise(filled))
    return all(one != other for one, other in pairwise(filled)) and not any(map(_FIGURE.fullmatch, filled))


def join_words(table: Table) -> None:
    """A row for each sentence with its words and their tags, of a table with a row for each word."""
    if table.dialect is None or not 3 <= len(table.names) <= _MOST_COLUMNS:
        return
    key, *others = table.names
    word = next((name for name in others if name.strip().lower() in _WORDS), "")
    if not word:
        return
    looks = ", ".join(
        f"count(DISTINCT {quoted(n)}), count({table.number(n)}), count(DISTINCT ({quoted(key)}, {quoted(n)}))"
        for n in others
    )
    changes = f"(SELECT *, {quoted(key)} IS DISTINCT FROM lag({quoted(key)}) OVER () AS begins FROM cells)"
    asked = f"SELECT count(*) FILTER (begins), count(DISTINCT {quoted(key)}), {looks} FROM {changes}"
    runs, keys, *found = table.connection.execute(asked).fetchone() or (0, 0)
    kinds, numbers, within = (dict(zip(others, found[at::3], strict=True)) for at in range(3))
    most = min(_MOST_TAGS, table.rows / _EACH)
    tags = [n for n in others if n != word and 1 < kinds[n] <= most and not numbers[n] and within[n] > keys]
    if not (runs == keys >= _SENTENCES and 2 * keys <= table.rows and tags):
        return
    joined = ", ".join(
        f"string_agg(replace(coalesce(nullif(trim({quoted(name)}), ''), '_'), ' ', '_'), ' ' ORDER BY n) AS {role}"
        for name, role in zip((word, tags[-1]), TAGGED, strict=True)
    )
    numbered = "SELECT *, row_number() OVER () AS n FROM"
    table.replace(
        lambda source: (
            f"SELECT {', '.join(TAGGED)} FROM (SELECT {joined}, min(n) AS first FROM ({numbered} {source}) "
            f"GROUP BY {quoted(key)}) ORDER BY first"
        ),
        kept=True,
    )
    table.notes.append(f"{keys:,} sentences told by {key!r}: {table.rows:,} of {word!r}, and {tags[-1]!r} of each")
    table.names, table.types, table.rows = TAGGED, ("VARCHAR", "VARCHAR"), int(keys)
    table.source.converted = True
