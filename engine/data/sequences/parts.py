"""Which sequences are trained on, watched and held out, and how they are cut into examples.

What is divided are units: whole sequences, or of one long recording its rows (in order of time) or blocks of rows
(at random). No example reaches over the border of its unit's part, so nothing of a held-out part is ever seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.config import DataConfig
from engine.data.batches import Ints, generator
from engine.data.errors import DataError
from engine.data.sequences.label_sets import rarest
from engine.data.sequences.sequences import Sequences
from engine.data.splits import PARTS, split_by_time
from engine.data.tables.columns import Words

_SEED = 20  # the same parts whatever the seed of the training
_WORDS = {"train": ("tr", "fit", "learn"), "validation": ("va", "dev"), "test": ("te", "eval", "hold")}


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """E stretches of steps: the first step of each and the one after its last."""

    first: Ints  # (E,)
    last: Ints  # (E,)
    sequence: Ints  # (E,) the sequence that each was cut from

    def __len__(self) -> int:
        return len(self.first)

    @property
    def lengths(self) -> Ints:
        """Steps in each."""
        return self.last - self.first


def pieces(sequences: Sequences, data: DataConfig, topology: str) -> dict[str, Spans]:
    """Stretches of steps that belong together, by part.

    Raises:
        DataError: nothing is left to train on, or the split column cannot be read.
    """
    if sequences.recording and data.split == "time":
        split = split_by_time(len(sequences.values), data.validation, data.test)
        bounds = {part: split.bounds(part) for part in PARTS}
        return {part: _spans([first], [last], [0]) for part, (first, last) in bounds.items() if last > first} | {
            part: _spans([], [], []) for part, (first, last) in bounds.items() if last <= first
        }
    units = _units(sequences, data, topology)
    chosen = _chosen(sequences, units, data)
    return {part: Spans(units.first[at], units.last[at], units.sequence[at]) for part, at in chosen.items()}


def examples(found: Spans, sequences: Sequences, data: DataConfig, topology: str, part: str) -> Spans:
    """What the network reads at once: whole sequences, single steps, or windows of a recording."""
    if topology == "one_to_one":
        return _windows(found, 1, 1)
    if topology == "many_to_one" and sequences.per_step and sequences.recording:
        return _windows(found, data.sequence_length, data.stride if part == "train" else 1, whole=True)
    if topology == "many_to_many":
        overlapping = sequences.recording and part == "train"
        return _windows(found, data.sequence_length, min(data.stride, data.sequence_length) if overlapping else 0)
    return found


def _spans(first: list[int], last: list[int], sequence: list[int]) -> Spans:
    return Spans(np.array(first, np.int64), np.array(last, np.int64), np.array(sequence, np.int64))


def _windows(found: Spans, length: int, stride: int, *, whole: bool = False) -> Spans:
    """Every piece cut into windows; the last one of a piece is shorter where `whole` does not forbid it.

    A `stride` of 0 puts window beside window.
    """
    first, sequence, ends = [], [], []
    for start, end, owner in zip(found.first.tolist(), found.last.tolist(), found.sequence.tolist(), strict=True):
        step = stride or length
        last_start = end - length + 1 if whole or (stride and end - start >= length) else end
        starts = np.arange(start, last_start, step)
        first.append(starts)
        ends.append(np.minimum(starts + length, end))
        sequence.append(np.full(len(starts), owner))
    if not first:
        return _spans([], [], [])
    return Spans(*(np.concatenate(parts).astype(np.int64) for parts in (first, ends, sequence)))


def _units(sequences: Sequences, data: DataConfig, topology: str) -> Spans:
    borders = sequences.borders
    whole = Spans(borders[:-1], borders[1:], np.arange(len(borders) - 1))
    if not sequences.recording or data.split == "column":
        return whole
    return _windows(whole, 1 if topology == "one_to_one" else data.sequence_length, 0)


def _chosen(sequences: Sequences, units: Spans, data: DataConfig) -> dict[str, Ints]:
    classes = _labels(sequences, units)
    if sequences.separator:  # sets of labels are too many to have a share of each in every part
        classes = rarest(classes, sequences.separator)
    if data.split == "column":
        return _by_column(sequences, data, classes)
    if data.split == "time":
        split = split_by_time(len(units), data.validation, data.test, "sequence")
        return {part: np.arange(*split.bounds(part)) for part in PARTS}
    return _drawn(np.arange(len(units)), classes if data.split == "stratified" else None, data.validation, data.test)


def _labels(sequences: Sequences, units: Spans) -> Words:
    """The label of each unit; of one with a label a step, the last step's."""
    return sequences.labels[units.last - 1 if sequences.per_step else units.sequence]


def _drawn(units: Ints, classes: Words | None, validation: float, test: float) -> dict[str, Ints]:
    """Draw parts at random; with `classes`, every part has its share of each.

    Units of a class are dealt evenly along one order, so that cutting that order anywhere keeps the shares.
    """
    order = units[generator(_SEED, 0).permutation(len(units))]
    if classes is not None:
        words = classes[order].astype(str)
        place = np.empty(len(order))
        for name in np.unique(words):
            own = np.flatnonzero(words == name)
            place[own] = (np.arange(len(own)) + 0.5) / len(own)
        order = order[np.argsort(place, kind="stable")]
    split = split_by_time(len(order), validation, test, "sequence")
    return {part: np.sort(order[slice(*split.bounds(part))]) for part in PARTS}


def _by_column(sequences: Sequences, data: DataConfig, classes: Words) -> dict[str, Ints]:
    assert sequences.marks is not None
    words = np.array([part_of(str(mark)) for mark in sequences.marks])
    if unknown := sorted({str(mark) for mark, word in zip(sequences.marks, words, strict=True) if not word}):
        raise DataError(
            f"column {data.split_column!r} says {unknown[0]!r}, which names no part; it takes train, validation and "
            "test. Correct it, or choose another data.split."
        )
    found = {part: np.flatnonzero(words == part) for part in PARTS}
    if not len(found["train"]):
        raise DataError(f"column {data.split_column!r} marks no row as train, so there is nothing to train on.")
    if not len(found["validation"]) and data.validation > 0:
        inner = _drawn(found["train"], classes, data.validation, 0.0)
        found |= {"train": inner["train"], "validation": inner["validation"]}
    return found


def part_of(word: str) -> str:
    """The part that a word in a split column names; empty when it names none."""
    lowered = word.strip().lower()
    return next((part for part, starts in _WORDS.items() if lowered.startswith(starts)), "")
