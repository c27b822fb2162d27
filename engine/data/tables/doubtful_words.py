"""Words such as NA, none or - in a column of words: whether they stand for no value, or are words like the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.notation.numbers import BY_MACHINES, NO_VALUE
from engine.data.notation.quoting import literal, quoted
from engine.data.tables.columns import Words, no_value, numeric_columns, read_words
from engine.data.tables.tables import Table
from engine.wording.counting import counted

MOST_CLASSES = 40  # different whole numbers that are still taken for names
MOST_CATEGORIES = 200  # different words of a column; with more, or as good as one a row, it holds texts
_LIKE_OTHERS = 0.25  # of the median count of the other words: a category that comes so often is one of them
_LOOK = 1_000_000  # rows
_DOUBTFUL = tuple(word for word in NO_VALUE if word and word not in BY_MACHINES)
_SIGN = r"[^\pL\pN\s]+"  # as the tags of full stops and dashes


@dataclass(frozen=True, slots=True)
class Doubtful:
    """How often the words in doubt come in a column that were taken for words, and those that stand for no value."""

    kept: dict[str, int]
    blank: dict[str, int]

    @property
    def cells(self) -> int:
        """How many cells hold a word that was kept."""
        return sum(self.kept.values())

    def remarks(self, name: str) -> list[str]:
        """What was decided of a column, for a person."""
        kept, blank = _told(self.kept), _told({word: n for word, n in self.blank.items() if word in _DOUBTFUL})
        put = as_no_value(next(iter(self.kept), ""))
        return [
            *(
                [f"{name!r}: {kept} kept as a word; if it stands for no value, set data.no_value to {put}"]
                if kept
                else []
            ),
            *([f"{name!r}: {blank} taken for no value; if it is a word, set data.no_value to none"] if blank else []),
        ]


def as_no_value(word: str) -> str:
    """What `data.no_value` is set to where a word stands for none; "none" alone would keep every word."""
    return "none, None" if word == "none" else word


def read_labels(table: Table, name: str) -> Words:
    """A column of labels as text (N,), an empty text where a cell is blank or holds a word that stands for no value."""
    words = read_words(table, name)
    if not (own := doubtful_words(table, [name]).get(name)):
        return words
    if table.no_value != ("none",) and numeric_columns(table, [name]).get(name) and _on_a_scale(words):
        blank: Collection[str] = no_value(table)
    else:
        blank = own.blank
        table.notes += own.remarks(name)
    words[np.isin(words.astype(str), list(blank))] = ""
    return words


def _on_a_scale(words: Words) -> bool:
    """Whether numbers are too many to be names of classes."""
    return len(set(words.tolist()).difference(NO_VALUE)) > MOST_CLASSES


def doubtful_words(table: Table, names: Sequence[str], rows: int = _LOOK) -> dict[str, Doubtful]:
    """For those of the columns `names` of words that hold such words: which are taken for what, by the first rows.

    Texts keep them all. Of a column of categories they are words where they come about as often as the others, as a
    country or a kind of fault does, or where others are signs too, as the tags of full stops are. Words that are named
    in `data.no_value` are none, and its "none" keeps every word.
    """
    told = ", ".join(map(literal, NO_VALUE[1:]))
    some = [f"coalesce(bool_or(trim({_text(name)}) IN ({told})), false)" for name in names]
    held = table.one(", ".join(some), rows=rows) if names else ()
    counts = _counts(table, [name for name, holds in zip(names, held, strict=True) if holds], rows)
    return {name: _decided(table, *own) for name, own in counts.items()}


def _told(words: dict[str, int]) -> str:
    return ", ".join(f"{word!r} in {counted(count, 'cell')}" for word, count in words.items())


def _decided(
    table: Table, found: dict[str, int], different: int, usual: float, filled: int, signs: bool
) -> Doubtful:  # fmt: skip
    texts = different > min(MOST_CATEGORIES, filled / 2)
    kept = {}
    for word, count in found.items():
        known = texts or count >= _LIKE_OTHERS * usual or (signs and not any(map(str.isalpha, word)))
        if table.no_value == ("none",) or (word in _DOUBTFUL and word not in table.no_value and known):
            kept[word] = count
    return Doubtful(kept, {word: count for word, count in found.items() if word not in kept})


def _counts(table: Table, names: Sequence[str], rows: int) -> dict[str, tuple[dict[str, int], int, float, int, bool]]:
    """How often each word in doubt comes; of the others how many differ, how often each comes, and all; any signs.

    Columns become rows for this, so that many of them make no longer a query than one.
    """
    if not names:
        return {}
    cells = ", ".join(f"{_text(name)} AS {quoted(name)}" for name in names)
    long = f"UNPIVOT (SELECT {cells} FROM cells LIMIT {rows}) ON COLUMNS(*) INTO NAME name VALUE v"
    words = f"SELECT name, trim(v) AS w, count(*) AS n FROM ({long}) WHERE trim(v) <> '' GROUP BY name, w"
    known = f"w NOT IN ({', '.join(map(literal, NO_VALUE))})"
    found = table.connection.execute(
        f"SELECT name, map_from_entries(list((w, n) ORDER BY n DESC, w) FILTER (NOT {known})), "
        f"count(*) FILTER ({known}), coalesce(median(n) FILTER ({known}), 0), coalesce(sum(n) FILTER ({known}), 0), "
        f"coalesce(bool_or(regexp_full_match(w, {literal(_SIGN)})) FILTER ({known}), false) "
        f"FROM ({words}) GROUP BY name"
    ).fetchall()
    own = {name: (dict(some), int(other), float(usual), int(all_), bool(signs))
           for name, some, other, usual, all_, signs in found}  # fmt: skip
    return {name: own[name] for name in names}


def _text(name: str) -> str:
    return f"CAST({quoted(name)} AS VARCHAR)"
