"""Words with a tag each: found by the name of their column, and by tags that are few and change within sentences."""

from __future__ import annotations

from typing import Any

from engine.config import DataConfig
from engine.data.guess import Guess
from engine.data.notation.quoting import quoted
from engine.data.sequences.column_looks import looked_at, named, split_column, split_settings
from engine.data.tables.dates import date_format
from engine.data.tables.tables import Table

_WORDS = ("word", "words", "token", "tokens", "form", "wort", "mot", "palabra")
_SENTENCE = ("sentence", "sent")
_TAGS = ("tag", "tags", "upos", "ner")  # before others of the same kind
_SENTENCES, _EACH = 3, 3  # sentences, and words for each kind of tag
_MOST_TAGS, _MOST_COLUMNS = 100, 40
_LOOK = 100_000  # rows that tell a split
_SELDOM = 2  # words that come less often teach what to make of one that is unknown


def suggest_tags(table: Table, said: DataConfig) -> Guess | None:
    """Settings of the data for sentences whose words have a row and a tag each; None where there are none."""
    word = next((name for name in table.names if name.strip().lower() in _WORDS), "")
    if said.text_column or not word or not 3 <= len(table.names) <= _MOST_COLUMNS:
        return None
    rest = [name for name in table.names if name != word]
    key = said.sequence_column or (next((name for name in rest if named(name, _SENTENCE)), rest[0]),)
    if not said.sequence_column and date_format(table, key[0]):
        return None  # of what is told day by day, as prices of tokens
    sentences, tags = _tags(table, key, [name for name in rest if name not in key])
    label = said.label or next((name for name in tags if name.strip().lower() in _TAGS), next(reversed(tags), ""))
    if not sentences or label not in tags:
        return None
    split = said.split_column or split_column(table, looked_at(table, table.beginning(_LOOK)))
    changes: dict[str, Any] = {
        "data.kind": "sequences",
        "data.sequence_column": key,
        "data.time_column": "",
        "data.label": label,
        "data.inputs": (word,),
        "data.categories": "embedding",
        "data.minimum_count": _SELDOM,
        "model.topology": "many_to_many",
        "model.bidirectional": True,
        **split_settings(split, "sequence"),
    }
    notes = (
        f"sentences: {sentences:,}, told by {' and '.join(map(repr, key))}, of {table.rows:,} words in {word!r}",
        f"label: {label!r}, of each word; words that come but once count as unknown",
        *([f"split: by {split!r}"] if split else []),
    )
    return Guess(changes, notes, sentences)


def _tags(table: Table, key: tuple[str, ...], others: list[str]) -> tuple[int, list[str]]:
    """How many sentences there are, and which columns hold tags; 0 where rows of a sentence do not stand together."""
    which = f"({', '.join(map(quoted, key))})"
    looks = "".join(
        f", count(DISTINCT {quoted(n)}), count({table.number(n)}), count(DISTINCT ({which}, {quoted(n)}))"
        for n in others
    )
    begins = f"(SELECT *, {which} IS DISTINCT FROM lag({which}) OVER () AS begins FROM cells)"
    asked = f"SELECT count(*) FILTER (begins), count(DISTINCT {which}){looks} FROM {begins}"
    runs, sentences, *found = table.connection.execute(asked).fetchall()[0]
    if not (runs == sentences >= _SENTENCES and 2 * sentences <= table.rows):
        return 0, []
    most = min(_MOST_TAGS, table.rows / _EACH)
    looked = zip(others, found[::3], found[1::3], found[2::3], strict=True)
    return sentences, [n for n, kinds, number, own in looked if 1 < kinds <= most and not number and own > sentences]
