"""Sentences without tags of what somebody typed or listed, for a network that is to tag their words."""

from __future__ import annotations

import re

import numpy as np

from engine.data.errors import DataError
from engine.data.sequences.sequence_preparation import SequencePreparation
from engine.data.sequences.sequences import Sequences

_MARKS = re.compile(r"(\W*)(.*?)(\W*)")  # at both ends of a word


def typed_words(text: str, preparation: SequencePreparation) -> Sequences:
    """A sentence on each line; or a word on each, and an empty line behind each sentence, as in CoNLL.

    Marks at a word's ends are words of their own, unless the network knows them together.

    Raises:
        DataError: there is no word.
    """
    (name, known), lines = preparation.words[0], [line.split() for line in text.splitlines()]
    if len(lines) > 1 and max(map(len, lines)) == 1:
        lines = [block.split() for block in re.split(r"\n\s*\n", text)]
    every = set(known)
    sentences = [[word for piece in line for word in _words(piece, every)] for line in lines if line]
    if not sentences:
        raise DataError("there is no word to be tagged; give a sentence on each line.")
    words = np.array([word for sentence in sentences for word in sentence], object)
    return Sequences(
        columns=(name,),
        channels=(),
        values=np.zeros((len(words), 0)),
        categories=((name, words),),
        borders=np.cumsum([0, *map(len, sentences)], dtype=np.int64),
        names=tuple(str(number) for number in range(1, len(sentences) + 1)),
        labels=np.full(len(words), "", object),
        separator="",
        marks=None,
        recording=False,
        notes=(),
    )


def _words(piece: str, known: set[str]) -> list[str]:
    """What stands between two blanks, without the marks around it, and these."""
    found = _MARKS.fullmatch(piece)
    if found is None or piece in known:
        return [piece]
    before, word, after = found.groups()
    return [*before, *([word] if word else []), *after]
