"""The adding problem (Hochreiter and Schmidhuber 1997), as Le, Jaitly and Hinton (2015) state it.

A sequence carries random numbers from 0 to 1 in its first channel and marks two of them with 1 in its second:
one in the first half, one in the second. The answer after the last step is the sum of the two. A network that
remembers nothing does best by always saying 1, with a mean squared error of 1/6, the variance of that sum.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, batches_of, generator, orders
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError
from engine.data.metrics import last_answers
from engine.data.preparation import Preparation

_HELD_OUT = {"validation": 1 << 62, "test": (1 << 62) + 1}  # epochs that no training reaches
_HELD_OUT_SEQUENCES = 1_000


@dataclass(frozen=True, slots=True)
class AddingPreparation(Preparation):
    """Nothing is scaled: values go in as they are."""

    length: int
    topology: str = "many_to_one"
    targets: tuple[str, ...] = ("sum",)
    kind = "adding"

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        return {"kind": self.kind, "topology": self.topology, "length": self.length, "targets": list(self.targets)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> AddingPreparation:
        """The opposite of `metadata`."""
        return cls(int(values["length"]))


class AddingDataset(Dataset):
    """Inputs (T, B, 2), answers (B, 1). Training sequences are new in every epoch, held-out ones always the same."""

    kind, topology, tokens = "series", "many_to_one", False
    input_size, output_size = 2, 1
    loss, metric = "mse", "MSE"

    def __init__(self, data: DataConfig, topology: str = "many_to_one") -> None:
        """`data.length` steps, `data.sequences` training sequences an epoch.

        Raises:
            DataError: a topology other than many-to-one.
        """
        if topology != self.topology:
            raise DataError(
                f"the adding problem has one answer, after the last step; model.topology {topology} "
                "does not fit, choose many_to_one."
            )
        self._length, self._sequences, self._noise = data.length, data.sequences, data.noise
        self._held_out = {
            part: self._drawn(generator(0, epoch), _HELD_OUT_SEQUENCES) for part, epoch in _HELD_OUT.items()
        }

    @property
    def preparation(self) -> AddingPreparation:
        """Only the length."""
        return AddingPreparation(self._length)

    def count(self, part: str) -> int:
        """Sequences in a part."""
        return self._sequences if part == "train" else _HELD_OUT_SEQUENCES

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        return batches_of(self.count(part), batch_size)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`."""
        random = generator(seed, epoch)
        for positions in orders(self.count(part), batch_size):
            if part == "train":
                yield _batch(*self._drawn(random, len(positions)), positions)
            else:
                inputs, sums = self._held_out[part]
                yield _batch(inputs[:, positions], sums[positions], positions)

    def _drawn(self, random: np.random.Generator, count: int) -> tuple[Floats, Floats]:
        """Inputs (T, B, 2), their numbers shaken by the noise, and the sums (B, 1) of the numbers without it."""
        inputs = _inputs(random, self._length, count)
        sums = _sums(inputs)
        if self._noise:
            inputs[..., 0] += np.float32(self._noise) * random.standard_normal(inputs.shape[:2], np.float32)
        return inputs, sums

    def scorer(self, part: str) -> Scorer:
        """Mean squared error."""
        return MseScorer()

    def baselines(self, part: str) -> Scores:
        """What always saying 1 reaches."""
        errors = self.truth(part).astype(np.float64) - 1.0
        return (("constant 1", float(np.mean(np.square(errors)))),)

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Always 1."""
        return (("constant 1", np.ones(self.count(part), np.float32)),)

    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Answers are not scaled."""
        return np.asarray(outputs, np.float64)

    def truth(self, part: str, target: int = 0) -> Floats:
        """The sums (N,); for training, those of the first epoch."""
        drawn = self._held_out[part] if part in self._held_out else self._drawn(generator(0, 0), self._sequences)
        return drawn[1][:, 0]

    def labels(self, part: str) -> tuple[str, ...]:
        """Numbers from 1."""
        return tuple(str(k + 1) for k in range(self.count(part)))

    def pinned(self) -> Batch:
        """The first validation sequence."""
        inputs, sums = self._held_out["validation"]
        return _batch(inputs[:, :1], sums[:1], np.zeros(1, np.int64))

    def pinned_labels(self) -> tuple[str, ...]:
        """The number of each step, with a plus sign where it is to be added."""
        steps = self.pinned().inputs[:, 0]
        return tuple(f"{'+' if mark else ''}{value:.2f}" for value, mark in steps)

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        return (
            f"generated: {self._length} steps, two of them marked to be added",
            f"sequences: train {self._sequences:,} new ones an epoch, "
            f"validation and test {_HELD_OUT_SEQUENCES:,} each, always the same",
        )


def _inputs(random: np.random.Generator, length: int, count: int) -> Floats:
    """Numbers and marks (T, B, 2)."""
    inputs = np.zeros((length, count, 2), np.float32)
    inputs[..., 0] = random.random((length, count), np.float32)
    columns, half = np.arange(count), length // 2
    inputs[random.integers(0, half, count), columns, 1] = 1.0
    inputs[random.integers(half, length, count), columns, 1] = 1.0
    return inputs


def _sums(inputs: Floats) -> Floats:
    return np.asarray((inputs[..., 0] * inputs[..., 1]).sum(axis=0)[:, None], np.float32)


def _batch(inputs: Floats, sums: Floats, positions: NDArray[np.int64]) -> Batch:
    length, count, _ = inputs.shape
    return Batch(
        inputs=np.ascontiguousarray(inputs),
        lengths=np.full(count, length, np.int64),
        targets=sums,
        weights=np.ones(count, np.float32),
        continues=False,
        positions=positions,
    )


class MseScorer(Scorer):
    """Mean squared error of the last answers."""

    def __init__(self) -> None:
        self._squares, self._count = 0.0, 0

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """See `Scorer.add`."""
        errors = last_answers(batch, outputs).astype(np.float64) - batch.targets
        self._squares += float(np.square(errors).sum())
        self._count += errors.size

    def result(self) -> Scores:
        """See `Scorer.result`."""
        return (("MSE", self._squares / self._count if self._count else math.nan),)
