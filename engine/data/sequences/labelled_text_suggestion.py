"""Which column of a table holds texts, and which says what they are: found by how they look."""

from __future__ import annotations

from engine.config import DataConfig
from engine.data.guess import Guess
from engine.data.sequences.column_looks import LABELS, MOST_LABELS, ColumnLook, named, split_settings
from engine.data.sequences.several_labels import is_several, several_told
from engine.data.tables.dates import date_format
from engine.data.tables.tables import Table

_SENTENCE = 15.0  # letters that a text has at least on average
_WORDS = 3.0  # words on average, from which on a column holds sentences, however often each comes again
_TWO = 2
_ROW_NUMBERS = ("id", "number", "no", "nr", "index", "row")
_MARKS = ("rating", "stars", "score", "y", "likes", "grade")  # numbers that say what a text is worth


def suggest_texts(table: Table, columns: list[ColumnLook], said: DataConfig, split: str, rows: int) -> Guess | None:
    """Settings of the data for texts with a label each, with the reasons; None where there are none.

    A text is long and seldom the same twice, or a sentence; where no column holds numbers, a name will do, which is
    read letter by letter. Its label is one of few names, or the only other column. What was `said` goes before that.
    """
    by_name = {c.name: c for c in columns if c.name != split}
    text = by_name.get(said.text_column) or _text(table, [c for c in by_name.values() if c.name != said.label], rows)
    if text is None:
        return None
    others = [c for c in by_name.values() if c is not text]
    label = by_name.get(said.label) or _label(table, others, text, rows)
    several = said.targets or (_several(others, label) if not said.label else ())
    if label is None and not several:
        return None
    by_words = text.words >= 2
    changes = {
        "data.kind": "labelled_text",
        "data.text_column": text.name,
        "data.label": label.name if label and not several else "",
        "data.targets": several,
        "data.tokens": "words" if by_words else "characters",
        "data.minimum_count": 2 if by_words else 1,
        "model.topology": "many_to_one",
        **split_settings(split, "stratified"),
    }
    how = "word by word" if by_words else "letter by letter"
    return Guess(changes, [f"texts: {text.name!r}, {how}", _told(table, label, several, rows)], table.rows)


def _told(table: Table, label: ColumnLook | None, several: tuple[str, ...], rows: int) -> str:
    """What answers a text, in words."""
    if several or label is None:
        return several_told(several)
    if is_several(table, label.name, rows):
        return f"label: {label.name!r}, any number of labels at once"
    return f"label: {label.name!r}, {label.different} different"


def _several(others: list[ColumnLook], label: ColumnLook | None) -> tuple[str, ...]:
    """Columns that each say whether one of several labels is there; none where another one is the label."""
    flags = _yes_or_no(others)
    return tuple(c.name for c in flags) if len(flags) > 1 and (label is None or label in flags) else ()


def _text(table: Table, columns: list[ColumnLook], rows: int) -> ColumnLook | None:
    """The longest column of texts."""
    words = [c for c in columns if not c.number and not date_format(table, c.name)]
    long = [
        c for c in words if c.length >= _SENTENCE
        and ((c.words >= _WORDS and c.different > MOST_LABELS / 2) or (c.different > rows / 2 and c.words >= 2))
    ]  # fmt: skip
    if not long and not any(c.number and not named(c.name, LABELS) for c in columns):
        long = [c for c in words if c.different > rows / 2]
    return max(long, key=lambda c: c.length, default=None)


def _label(table: Table, others: list[ColumnLook], text: ColumnLook, rows: int) -> ColumnLook | None:
    few = [c for c in others if 1 < c.different <= min(MOST_LABELS, rows / 4, text.different / 2)]
    telling = [c for c in few if named(c.name, LABELS)]
    marks = [c for c in others if c.number and named(c.name, _MARKS)]
    names = [c for c in few if not c.number]
    only = [c for c in others if c.number or c in few] if len(others) == 1 else []
    flags = _yes_or_no(others) if all(c.number or c.different >= text.different for c in others) else []
    first = [*telling[:1], *names[-1:], *marks[:1], *only, *flags[:1]]
    return next((c for c in first if not date_format(table, c.name)), None)


def _yes_or_no(others: list[ColumnLook]) -> list[ColumnLook]:
    """Columns of two numbers, as where several things are said of each text; none where one holds other numbers."""
    numbers = [c for c in others if c.number and not named(c.name, _ROW_NUMBERS)]
    return numbers if all(c.different == _TWO for c in numbers) else []
