"""Texts with a tag for each word, a word a line and an empty line after each sentence, as in CoNLL and CoNLL-U."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.data.files.copies import Copied, Row, copied, first_lines
from engine.data.files.odd_rows import Rejected, is_figure

_UNIVERSAL = ("lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")  # what CoNLL-U says of a word
_LOOKED_AT = 1_000  # lines
_FEWEST_SENTENCES, _FEWEST_WORDS = 3, 30
_MOST_TAGS, _EACH = 100, 3  # different ones, and words for each of them
_NEARLY = 0.95  # share of lines with as many cells
_FIGURES = 0.3  # share of words that may be numbers
_CONLLU = 10  # columns: number, word, lemma, part of speech …
_ASIDE = ("#", "-DOCSTART-")  # where a text begins, and remarks
_UNTAGGED = "another number of cells than the words have"


def tagged(plain: Path) -> Copied | None:
    """A copy with a row for each word, its sentence and tag, and lines without one; None of files of another kind."""
    lines = first_lines(plain, _LOOKED_AT)
    first = _usual(list(_sentences(lines))) if any(not line.strip() for line in lines[:-1]) else []
    if not first:
        return None
    width = len(first)

    def rows(lines: Iterable[str]) -> Iterator[Row]:
        for number, sentence in enumerate(_sentences(lines), 1):
            for at, row in sentence:
                own = (str(number), *row[_is_counted(row) :])
                yield own if len(row) == width else Rejected(at, _UNTAGGED, " ".join(row))

    return copied(plain, rows, ("sentence", "word", *_names(first)))


def _names(row: list[str]) -> tuple[str, ...]:
    """What is said of a word: by CoNLL-U under its own names; elsewhere the tag is the last of it."""
    return _UNIVERSAL if _is_counted(row) else (*(f"column {at}" for at in range(2, len(row))), "tag")


def _sentences(lines: Iterable[str]) -> Iterator[list[tuple[int, list[str]]]]:
    """The rows of words of each sentence with their lines; CoNLL-U counts words that are two at once besides."""
    numbered = enumerate(map(str.strip, lines), 1)
    for filled, own in itertools.groupby(numbered, key=lambda line: bool(line[1])):
        if not filled:
            continue
        rows = [(at, line.split("\t") if "\t" in line else line.split()) for at, line in own]
        kept = [(at, row) for at, row in rows if row[0] not in _ASIDE and not row[0].startswith("# ")]
        if kept := [(at, row) for at, row in kept if not _is_counted_twice(row)]:
            yield kept


def _is_counted_twice(row: list[str]) -> bool:
    return len(row) == _CONLLU and not row[0].isdigit()


def _is_counted(row: list[str]) -> bool:
    """Whether the number of the word in its sentence stands before it, as in CoNLL-U."""
    return len(row) == _CONLLU and row[0].isdigit()


def _usual(sentences: list[list[tuple[int, list[str]]]]) -> list[str]:
    """A row as nearly all are, a word and its tag among its cells; empty where they are not so."""
    every = [row for sentence in sentences for _, row in sentence]
    widths = [len(row) for row in every]
    rows = [row for row in every if len(row) == max(set(widths), key=widths.count)]
    if len(sentences) < _FEWEST_SENTENCES or len(rows) < max(_FEWEST_WORDS, _NEARLY * len(every)):
        return []
    word, tag = (1, 3) if _is_counted(rows[0]) else (0, len(rows[0]) - 1)
    tags = {row[tag] for row in rows}
    numbers = sum(is_figure(row[word]) for row in rows)
    few = 1 < len(tags) <= min(_MOST_TAGS, len(rows) / _EACH) and not any(map(is_figure, tags))
    words = word != tag and numbers < _FIGURES * len(rows) and len(rows) >= 2 * len(sentences)
    return rows[0] if words and few else []
