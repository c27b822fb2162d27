"""What to do with a table of texts and what becomes of them, of which nothing is known yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.data.guess import Guess
from engine.data.notation.quoting import quoted
from engine.data.sequences.column_looks import named
from engine.data.tables.columns import numeric_columns, read_words
from engine.data.tables.dates import date_format
from engine.data.tables.tables import Table

_MOST_COLUMNS = 8
_ROW_NUMBERS = ("id", "number", "no", "nr", "index", "row", "line", "key")
_LEAST_DIFFERENT = 0.5  # share of different texts below which a column is one of categories
_ALIKE = 1.5  # ratio of lengths up to which two texts may say the same
_WORDS = 2.0  # words in a text on average, from which on words are steps rather than characters


def suggest_pairs(table: Table, targets: Sequence[str] = ()) -> Guess | None:
    """Settings and reasons where a table holds nothing but texts that differ from row to row; None otherwise.

    Of more than two columns the first two of about one length are a text and its translation; the others say where they
    come from. A number of the row may stand beside them.
    """
    if not 2 <= len(table.names) <= _MOST_COLUMNS or table.rows < 4:
        return None
    words = [name for name, number in numeric_columns(table, table.names).items() if not number]
    rest = [name for name in table.names if name not in words]
    if any(date_format(table, name) for name in words) or any(not _says_which(table, name) for name in rest):
        return None
    texts = {name: [text for text in read_words(table, name).tolist() if text] for name in words}
    texts = {name: own for name, own in texts.items() if len(set(own)) >= _LEAST_DIFFERENT * table.rows}
    if len(texts) < 2 or (len(texts) < len(words) and len(table.names) == 2):
        return None
    pairs = {
        pair: _unlike(texts[pair[0]], texts[pair[1]])
        for pair in itertools.permutations(texts, 2)
        if tuple(targets) == pair[1:] or (not targets and table.column(pair[0]) < table.column(pair[1]))
    }
    if not pairs:
        return None
    source, target = next((pair for pair, ratio in pairs.items() if ratio < _ALIKE), min(pairs, key=pairs.__getitem__))
    return _translation(source, target, texts, table.rows)


def _translation(source: str, target: str, texts: Mapping[str, list[str]], rows: int) -> Guess:
    """Settings and reasons of a network that reads one column and writes the other."""
    levels = [
        "words" if _mean(text.split() for text in texts[name]) >= _WORDS else "characters" for name in (source, target)
    ]
    changes: dict[str, Any] = {
        "data.kind": "pairs",
        "data.inputs": (source,),
        "data.targets": (target,),
        "data.source_symbols": levels[0],
        "data.target_symbols": levels[1],
        "model.topology": "encoder_decoder",
        "model.bidirectional": True,
    }
    notes = (
        f"texts and what becomes of them: {source!r} is read by {levels[0]}, {target!r} is written by {levels[1]}",
        "topology: encoder–decoder, with attention, reading in both directions",
    )
    return Guess(changes, notes, rows)


def _says_which(table: Table, name: str) -> bool:
    """Whether a number says which row it is: by its name, or as it has none and never comes twice, as at Tatoeba."""
    whole, kinds = f"bool_and({table.number(name)} = round({table.number(name)}))", f"count(DISTINCT {quoted(name)})"
    nameless = table.dialect is not None and not table.dialect.header
    return named(name, _ROW_NUMBERS) or (nameless and table.one(f"{whole} AND {kinds} = count(*)")[0])


def _unlike(one: list[str], other: list[str]) -> float:
    """How many times as long as the other's the longer texts of two columns are."""
    lengths = sorted((_mean(one), _mean(other)))
    return lengths[1] / lengths[0]


def _mean(texts: Iterable[Sequence[str]]) -> float:
    """Letters, or words, of a text on average."""
    lengths = [len(text) for text in texts]
    return sum(lengths) / len(lengths)
