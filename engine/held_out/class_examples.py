"""Held-out sequences that have a class or labels, as a person reads them: the worst mistakes first, then the doubts."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset
from engine.data.sequences.labelled_text import LabelledTextDataset
from engine.data.sequences.sequence_dataset import SequenceDataset
from engine.inside_records import Floats, frozen
from engine.prediction_records import ClassExample

_MOST = 60  # sequences that a person may want to read
_KEPT = 512  # that stay at hand: those that are hard remain so
_MOST_WORDS = 200  # of an example that are sent to be read
_MOST_LINES, _LARGEST = 4, 1024  # numbers a step that make no picture, and numbers in all that fit into one


class ClassExamples:
    """Of the held-out part of a data set; what was read of a sequence once is kept for the next time."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._read = lru_cache(_KEPT)(self._reading)

    @staticmethod
    def order(right: NDArray[np.bool_], certainty: Floats) -> list[int]:
        """Which of some answers (N,) to read: mistakes, the surest first; then what is right, the least sure first."""
        order: list[int] = np.lexsort((np.where(right, certainty, -certainty), right))[:_MOST].tolist()
        return order

    def example(self, position: int, truth: str, answer: str, certainty: float) -> ClassExample:
        """The sequence at a `position`, and what is said of it."""
        text, values = self._read(position)
        return ClassExample(
            name=self._names[position], text=text, truth=truth, answer=answer, certainty=certainty, values=values
        )

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return self._dataset.labels(self._dataset.pinned_part)

    def _reading(self, position: int) -> tuple[str, Floats | None]:
        return self._text(position), self._values(position)

    def _values(self, position: int) -> Floats | None:
        """What is drawn of an example: of few numbers a step, or of many steps, there is too little to see."""
        if not isinstance(self._dataset, SequenceDataset):
            return None
        values = self._dataset.values(self._dataset.pinned_part, position)
        steps, inputs = values.shape
        return frozen(values) if steps > 1 and inputs > _MOST_LINES and values.size <= _LARGEST else None

    def _text(self, position: int) -> str:
        """What is read of an example, where that is words or symbols."""
        dataset = self._dataset
        if isinstance(dataset, LabelledTextDataset):
            return dataset.text(dataset.pinned_part, position)
        words = dataset.words(dataset.pinned_part, position)
        return " ".join((*words[:_MOST_WORDS], "…") if len(words) > _MOST_WORDS else words)
