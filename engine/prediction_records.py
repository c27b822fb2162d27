"""What a network says of held-out data, as the probe "prediction" gives it: of series, texts, classes and pairs.

Arrays in here are read-only copies; whoever gets one may keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats


@dataclass(frozen=True, slots=True)
class SeriesPrediction:
    """Probe "prediction" for a series and for values: held-out values, in the file's own units."""

    part: str  # "validation" or "test"
    target: str  # column name
    labels: tuple[str, ...]  # one per point, dates where the file has them
    truth: Floats  # (N,) NaN where it is missing
    forecast: Floats  # (N,)
    baselines: tuple[tuple[str, Floats], ...]  # "naive", "seasonal naive", …: (N,)
    rmse: float
    baseline_rmse: tuple[tuple[str, float], ...]
    bands: tuple[tuple[float, Floats, Floats], ...] = ()  # intervals: level, lower (N,) and upper ends (N,)
    covered: tuple[str, ...] = ()  # what each of them covers of the test part, in words
    excerpt: str = ""  # how much of the part this is, where not all of it: the errors above are of this alone


@dataclass(frozen=True, slots=True)
class ValuePrediction(SeriesPrediction):
    """The same of one value for each of many sequences, none of which follows another in time."""


@dataclass(frozen=True, slots=True)
class TextPrediction:
    """Probe "prediction" for text: what the network writes now."""

    prompt: str
    samples: tuple[tuple[float, str], ...]  # temperature and continuation


@dataclass(frozen=True, slots=True)
class TagTrack:
    """Held-out steps one after the other: what each is and what the network says."""

    labels: tuple[str, ...]  # (N,) what the steps are called
    truth: NDArray[np.int16]  # (N,) classes; -1 where no label is known
    answers: NDArray[np.int16]  # (N,) classes
    certainty: Floats  # (N,) probability of the class that was answered
    words: tuple[str, ...] = ()  # (N,) what was read, where that is words or symbols


@dataclass(frozen=True, slots=True)
class ClassExample:
    """A held-out sequence, and which class it is taken for now."""

    name: str  # of the sequence, or of the row
    text: str  # what is read, where that is a text
    truth: str
    answer: str
    certainty: float  # probability of the answer
    values: Floats | None = None  # (T, I) what is read, where that is a small picture of numbers


@dataclass(frozen=True, slots=True)
class ClassPrediction:
    """Probe "prediction" for classes: how often each was taken for each on held-out data."""

    part: str
    label: str  # column name
    classes: tuple[str, ...]  # (K,)
    counts: NDArray[np.int64]  # (K, K): rows the truth, columns what was answered
    scores: tuple[tuple[str, float], ...]  # the dataset's metric first
    baselines: tuple[tuple[str, float], ...]  # in that metric
    track: TagTrack | None  # where every step has a class
    examples: tuple[ClassExample, ...] = ()  # where each sequence has one: mistakes and doubts, the worst first


@dataclass(frozen=True, slots=True)
class LabelsPrediction:
    """Probe "prediction" for any number of labels at once: how often each is there and is said on held-out data."""

    part: str
    label: str  # what they are called together
    labels: tuple[str, ...]  # (K,)
    counts: NDArray[np.int64]  # (K, 3): how often it is there, is said, and both
    scores: tuple[tuple[str, float], ...]  # the dataset's metric first
    baselines: tuple[tuple[str, float], ...]  # in that metric
    examples: tuple[ClassExample, ...] = ()  # mistakes and doubts, the worst first


@dataclass(frozen=True, slots=True)
class WrittenPair:
    """A held-out pair, and what the network writes for it now."""

    source: str
    wanted: str
    written: str
    read: tuple[str, ...]  # (S,) symbols read; empty where a vector is read
    steps: tuple[str, ...]  # (U,) symbols written, the stop included
    attention: Floats | None  # (U, S) how much each step written looked at each step read
    image: Floats | None  # (rows, columns) from 0 to 1, where a picture is read
    written_notes: tuple[tuple[int, float], ...] = ()  # of a tune: MIDI pitch and length in quarters
    wanted_notes: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PairsPrediction:
    """Probe "prediction" for pairs: what the network writes for what it never learned from."""

    part: str
    target: str  # column name
    tunes: bool  # whether what is written are notes
    pairs: tuple[WrittenPair, ...]
