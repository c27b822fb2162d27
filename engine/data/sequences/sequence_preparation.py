"""From steps in a file's own units to a network's inputs, and from its outputs to classes or values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.preparation import Preparation
from engine.data.scaling import Reals, Scaler, fit_scaler
from engine.data.sequences.answers import Answers
from engine.data.sequences.parts import Spans
from engine.data.sequences.sequences import Sequences

_MOST_INPUTS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class SequencePreparation(Preparation):
    """Scaled numbers, then one input for each word of each column of categories; or the words of one as tokens."""

    topology: str
    answers: Answers
    columns: tuple[str, ...]  # as `data.inputs` takes them
    channels: tuple[str, ...]  # of numbers, (C,)
    words: tuple[tuple[str, tuple[str, ...]], ...]  # columns of categories, with the words the training part has
    embedded: bool
    scaler: Scaler
    middle: Reals  # (C,) mean of the training part, for what is missing with nothing before it
    missing: str
    length: int  # steps of a window of a recording
    kind = "sequences"

    @property
    def input_size(self) -> int:
        """Inputs a step, or the number of different tokens."""
        if self.embedded:
            return 1 + len(self.words[0][1])
        return len(self.channels) + sum(len(known) for _, known in self.words)

    @property
    def tags_words(self) -> bool:
        """Whether words are all that is read, and each is answered: a text will do."""
        return self.embedded and self.topology == "many_to_many"

    def inputs_of(self, sequences: Sequences, found: Spans) -> NDArray[Any]:
        """All steps as inputs: float32 (N, I), or int32 tokens (N,). Gaps are filled within each of `found`."""
        if self.embedded:
            name, known = self.words[0]
            return _codes(dict(sequences.categories)[name], known) + np.int32(1)
        inputs = np.zeros((len(sequences.values), self.input_size), np.float32)
        width = len(self.channels)
        inputs[:, :width] = self.scaler.forward(filled(sequences.values, found, self.missing, self.middle))
        for name, known in self.words:
            codes = _codes(dict(sequences.categories)[name], known)
            rows = np.flatnonzero(codes >= 0)
            inputs[rows, width + codes[rows]] = 1.0
            width += len(known)
        return inputs

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        return {
            "kind": self.kind,
            "topology": self.topology,
            **self.answers.metadata(),
            "targets": [self.answers.label],
            "columns": list(self.columns),
            "channels": list(self.channels),
            "words": [[name, list(known)] for name, known in self.words],
            "embedded": self.embedded,
            "input_scaler": self.scaler.to_dict(),
            "middle": self.middle.tolist(),
            "missing": self.missing,
            "length": self.length,
        }

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> SequencePreparation:
        """The opposite of `metadata`."""
        own = {name: values[name] for name in ("topology", "embedded", "missing", "length")}
        return cls(
            **own,
            answers=Answers.read(values),
            columns=tuple(values["columns"]),
            channels=tuple(values["channels"]),
            words=tuple((name, tuple(known)) for name, known in values["words"]),
            scaler=Scaler.from_dict(values["input_scaler"]),
            middle=np.array(values["middle"], np.float64),
        )


def _known(words: NDArray[Any], minimum: int) -> tuple[str, ...]:
    """The words that come so often at least, in order."""
    return tuple(sorted(word for word, count in Counter(map(str, words)).items() if word and count >= minimum))


def _codes(words: NDArray[Any], known: tuple[str, ...]) -> NDArray[np.int32]:
    """Number of each word among the `known` ones, -1 where it is none of them."""
    order = {word: place for place, word in enumerate(known)}
    return np.array([order.get(str(word), -1) for word in words], np.int32)


def filled(values: Reals, found: Spans, method: str, middle: Reals) -> Reals:
    """`values` (N, C) without gaps: filled within each stretch alone, so that none knows of another.

    Stretches that overlap, as windows of a recording, are one: a step has one value for all of them. "linear" draws a
    line to the next value of the same stretch; everything else takes the last one before. What has none before it
    takes `middle` (C,).
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    starts, apart = np.zeros(len(values), np.int64), _apart(found)
    for first, last in apart:
        starts[first:last] = first
    rows = np.maximum.accumulate(np.where(gaps, -1, np.arange(len(values))[:, None]), axis=0)
    known = rows >= starts[:, None]
    full = np.where(known, np.take_along_axis(values, np.maximum(rows, 0), axis=0), middle)
    if method == "linear":
        _draw_lines(values, full, gaps, apart)
    return full


def _apart(found: Spans) -> list[tuple[int, int]]:
    """First and last steps of stretches that do not overlap."""
    apart: list[tuple[int, int]] = []
    for first, last in sorted(zip(found.first.tolist(), found.last.tolist(), strict=True)):
        if apart and first < apart[-1][1]:
            apart[-1] = apart[-1][0], max(last, apart[-1][1])
        else:
            apart.append((first, last))
    return apart


def _draw_lines(values: Reals, full: Reals, gaps: NDArray[np.bool_], apart: list[tuple[int, int]]) -> None:
    """Lines between known values, in each stretch and column that has both a gap and values."""
    for first, last in apart:
        here = gaps[first:last]
        for column in np.flatnonzero(here.any(axis=0) & ~here.all(axis=0)):
            gap = here[:, column]
            at = np.arange(last - first)
            full[first:last, column][gap] = np.interp(at[gap], at[~gap], values[first:last, column][~gap])


def prepare(
    sequences: Sequences, train: Spans, answers: Answers, *, topology: str, scaler: str, categories: str,
    minimum_count: int, missing: str, length: int,
) -> SequencePreparation:  # fmt: skip
    """Fit scaler and words on the training part alone; words that come less than `minimum_count` times are unknown.

    Raises:
        DataError: categories that cannot be embedded, too many of them, or nothing that is read.
    """
    rows = np.concatenate([np.arange(a, b) for a, b in zip(train.first, train.last, strict=True)])
    own = sequences.values[rows]
    counts = np.maximum((~np.isnan(own)).sum(axis=0), 1)
    middle = np.nansum(own, axis=0) / counts
    words = tuple((name, _known(column[rows], minimum_count)) for name, column in sequences.categories)
    embedded = categories == "embedding" and bool(words)
    if embedded and (len(words) > 1 or sequences.channels):
        raise DataError(
            "an embedding stands for one column of words and nothing beside it; set data.categories to one_hot, or "
            "data.inputs to that column alone."
        )
    made = SequencePreparation(
        topology,
        answers,
        sequences.columns,
        sequences.channels,
        words,
        embedded,
        fit_scaler(scaler, own),
        middle,
        missing,
        length,
    )
    _refuse_size(made, minimum_count)
    return made


def _refuse_size(made: SequencePreparation, minimum_count: int) -> None:
    if not made.input_size:
        raise DataError(
            f"no word of {', '.join(map(repr, made.columns))} comes {minimum_count:,} times in the training part, so "
            "nothing is read; choose a smaller data.minimum_count, or further data.inputs."
        )
    if made.input_size > _MOST_INPUTS:
        raise DataError(
            f"the categories would take {made.input_size:,} inputs; leave columns with many different words out of "
            "data.inputs, or set data.categories to embedding."
        )
