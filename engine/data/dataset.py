"""One loaded, understood and encoded source, cut and split as the experiment says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch, Floats
from engine.data.preparation import Preparation

Scores: TypeAlias = tuple[tuple[str, float], ...]


class Scorer(ABC):
    """Collects what the network answers to one part, batch by batch, and scores it. Any order of batches."""

    @abstractmethod
    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """Answers (B, O) or (T, B, O) to `batch`."""

    @abstractmethod
    def result(self) -> Scores:
        """Names and values, the dataset's own `metric` first."""

    def main(self) -> float:
        """The first value of `result` alone."""
        return self.result()[0][1]


class WritingScorer(Scorer):
    """Also scores what a network writes by itself, step by step."""

    @abstractmethod
    def add_free(self, batch: Batch, outputs: NDArray[Any], written: Sequence[NDArray[np.int32]]) -> None:
        """Answers (U, B, O) to `batch` where the network heard itself; of tokens, what it wrote before it stopped."""


class Dataset(ABC):
    """What training and views know of the data. `part` is "train", "validation" or "test" throughout."""

    kind: str
    topology: str
    input_size: int  # inputs a step, or the size of the vocabulary
    output_size: int
    tokens: bool  # inputs are tokens
    writes_tokens: bool = False  # what is written step by step are tokens
    heard_size: int = 0  # numbers that are heard before each number step written; 0 where none are written
    limit: int = 0  # steps after which writing ends even without a stop; 0 where it ends by itself
    loss: str  # "mse", "cross_entropy" or "binary_cross_entropy"
    metric: str  # "RMSE", "bits per character", "accuracy", "balanced accuracy", "micro F1" or "MSE"
    in_time: bool = False  # what is answered for one example follows what is answered for the one before
    classes: tuple[str, ...] = ()  # names of the classes that it is answered with; none for values and running text

    @abstractmethod
    def count(self, part: str) -> int:
        """Sequences in a part; for running text, characters."""

    @property
    def pinned_part(self) -> str:
        """The part that is looked at while a network learns: the validation part, where there is one."""
        return "validation" if self.count("validation") else "train"

    @abstractmethod
    def batch_count(self, part: str, batch_size: int) -> int:
        """How many batches `batches` gives."""

    @abstractmethod
    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """The part once through. Training order comes from `seed` and `epoch` alone; the others are in order."""

    @abstractmethod
    def scorer(self, part: str) -> Scorer:
        """An empty `Scorer` for a part; it needs no more memory than the answers themselves."""

    def score(self, part: str, outputs: NDArray[Any] | Sequence[NDArray[Any]]) -> Scores:
        """Metrics of all answers to a part.

        `outputs` are either one array (N, O) in the order of positions, or what the network gave for each batch
        of ``batches(part, batch_size)``, in that order.
        """
        scorer = self.scorer(part)
        if isinstance(outputs, Sequence):
            size = outputs[0].shape[-2] if outputs else 1
            for batch, values in zip(self.batches(part, size), outputs, strict=True):
                scorer.add(batch, values)
        else:
            for batch in self.batches(part, 4096):
                scorer.add(batch, outputs[batch.positions])
        return scorer.result()

    @abstractmethod
    def baselines(self, part: str) -> Scores:
        """What simple methods reach on a part, in `metric`."""

    @abstractmethod
    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """The simple methods' own answers (N,) in real units; none for text."""

    @abstractmethod
    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Answers (N, O) to a whole part, in the order of positions, in real units."""

    @abstractmethod
    def truth(self, part: str, target: int = 0) -> Floats:
        """What was measured (N,), in real units; NaN where it is missing."""

    @abstractmethod
    def labels(self, part: str) -> tuple[str, ...]:
        """What the N answers of a part are called: dates, row numbers or characters."""

    @abstractmethod
    def pinned(self) -> Batch:
        """One validation sequence (B = 1) for the views that look inside."""

    @abstractmethod
    def pinned_labels(self) -> tuple[str, ...]:
        """One per time step of `pinned`."""

    def words(self, part: str, position: int) -> tuple[str, ...]:
        """What each step of an example says, where words or symbols are all that is read; nothing otherwise."""
        return ()

    @property
    @abstractmethod
    def preparation(self) -> Preparation:
        """What use of the weights elsewhere needs."""

    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What was understood and done, one sentence each."""

    def metadata(self) -> dict[str, Any]:
        """`Preparation.metadata` and where the data came from, in JSON's own types."""
        return self.preparation.metadata()
