"""What to do with a table of two columns of texts, of which nothing is known yet."""

from __future__ import annotations

from typing import Any

from engine.data.columns import numeric_columns, read_words
from engine.data.dates import date_format
from engine.data.tables import Table

_LEAST_DIFFERENT = 0.5  # share of different texts below which a column is one of categories
_WORDS = 2.0  # words in a text on average, from which on words are steps rather than characters


def suggest_pairs(table: Table) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """Settings and reasons where a table has two columns, both of texts that differ from row to row; None otherwise."""
    if len(table.names) != 2 or table.rows < 4 or any(numeric_columns(table, table.names).values()):
        return None
    if any(date_format(table, name) for name in table.names):
        return None
    texts = [[text for text in read_words(table, name).tolist() if text] for name in table.names]
    if any(len(set(column)) < _LEAST_DIFFERENT * table.rows for column in texts):
        return None
    longest = [sum(len(text.split()) for text in column) / len(column) for column in texts]
    levels = ["words" if words >= _WORDS else "characters" for words in longest]
    source, target = table.names
    changes: dict[str, Any] = {
        "data.inputs": (source,),
        "data.targets": (target,),
        "data.source_symbols": levels[0],
        "data.target_symbols": levels[1],
        "model.topology": "encoder_decoder",
        "model.bidirectional": True,
    }
    notes = (
        f"two columns of texts: {source!r} is read by {levels[0]}, {target!r} is written by {levels[1]}",
        "topology: encoder–decoder, with attention, reading in both directions",
    )
    return changes, notes
