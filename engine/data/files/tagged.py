"""Texts with a tag for each word, a word a line and an empty line after each sentence, as in CoNLL and CoNLL-U."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.data.files.copies import Copied, Row, copied, first_lines
from engine.data.files.odd_rows import Rejected, is_figure

TAGGED = ("words", "tags")  # columns
_LOOKED_AT = 1_000  # lines
_FEWEST_SENTENCES, _FEWEST_WORDS = 3, 30
_MOST_TAGS, _EACH = 100, 3  # different ones, and words for each of them
_NEARLY = 0.95  # share of lines with as many cells
_FIGURES = 0.3  # share of words that may be numbers
_CONLLU = 10  # columns: number, word, lemma, part of speech …
_ASIDE = ("#", "-DOCSTART-")  # where a text begins, and remarks
_UNTAGGED = "another number of cells than the words have"


def tagged(plain: Path) -> Copied | None:
    """A copy with a sentence and its tags in each row, and lines without a tag; None of files of another kind."""
    lines = first_lines(plain, _LOOKED_AT)
    first = _usual(list(_sentences(lines))) if any(not line.strip() for line in lines[:-1]) else []
    if not first:
        return None
    (word, tag), width = _places(first), len(first)

    def rows(lines: Iterable[str]) -> Iterator[Row]:
        for sentence in _sentences(lines):
            yield from (Rejected(at, _UNTAGGED, " ".join(row)) for at, row in sentence if len(row) != width)
            if own := [row for _, row in sentence if len(row) == width]:
                yield " ".join(row[word] for row in own), " ".join(row[tag] for row in own)

    return copied(plain, rows, TAGGED)


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


def _places(row: list[str]) -> tuple[int, int]:
    """Where in a row the word and its tag stand."""
    return (1, 3) if len(row) == _CONLLU and row[0].isdigit() else (0, len(row) - 1)


def _usual(sentences: list[list[tuple[int, list[str]]]]) -> list[str]:
    """A row as nearly all are, a word and its tag among its cells; empty where they are not so."""
    every = [row for sentence in sentences for _, row in sentence]
    widths = [len(row) for row in every]
    rows = [row for row in every if len(row) == max(set(widths), key=widths.count)]
    if len(sentences) < _FEWEST_SENTENCES or len(rows) < max(_FEWEST_WORDS, _NEARLY * len(every)):
        return []
    word, tag = _places(rows[0])
    tags = {row[tag] for row in rows}
    numbers = sum(is_figure(row[word]) for row in rows)
    few = 1 < len(tags) <= min(_MOST_TAGS, len(rows) / _EACH) and not any(map(is_figure, tags))
    words = word != tag and numbers < _FIGURES * len(rows) and len(rows) >= 2 * len(sentences)
    return rows[0] if words and few else []
