"""A generated memory task as a data set: training sequences new in every epoch, held-out ones always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, Ints, batches_of, generator, orders
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError
from engine.data.preparation import Preparation
from engine.data.sequences.class_metrics import ClassScorer
from engine.data.synthetic.memory_tasks import TASKS, Drawn, MemoryTask
from engine.wording.percentages import percent

_HELD_OUT = {"validation": 1 << 62, "test": (1 << 62) + 1}  # epochs that no training reaches
_HELD_OUT_SEQUENCES = 512


@dataclass(frozen=True, slots=True)
class MemoryPreparation(Preparation):
    """Symbols and classes by name."""

    task: str
    length: int
    kind = "memory_task"

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        task = TASKS[self.task]
        return {
            "kind": self.kind,
            "task": self.task,
            "topology": task.topology,
            "length": self.length,
            "targets": [self.task.replace("_", " ")],
            "vocabulary": list(task.symbols),
            "classes": list(task.classes),
        }

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> MemoryPreparation:
        """The opposite of `metadata`."""
        return cls(values["task"], int(values["length"]))


class MemoryDataset(Dataset):
    """Sequences of one of `TASKS`, `data.length` long."""

    kind, loss, metric = "sequences", "cross_entropy", "accuracy"

    def __init__(self, key: str, data: DataConfig, topology: str) -> None:
        """Draw what is held out.

        Raises:
            DataError: a topology that the task does not have.
        """
        self.task: MemoryTask = TASKS[key]
        if topology != self.task.topology:
            raise DataError(
                f"the task {key.replace('_', ' ')} does not fit model.topology {topology}; choose {self.task.topology}."
            )
        self.topology, self.classes, self.tokens = topology, self.task.classes, bool(self.task.symbols)
        self.input_size, self.output_size = len(self.task.symbols) or 1, len(self.classes)
        self._length, self._sequences, self._noise = data.length, data.sequences, data.noise
        self._held_out = {part: self._drawn(generator(0, at), _HELD_OUT_SEQUENCES) for part, at in _HELD_OUT.items()}

    @property
    def preparation(self) -> MemoryPreparation:
        """Task and length."""
        return MemoryPreparation(self.task.key, self._length)

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
                drawn = self._drawn(random, len(positions))
                yield _batch(drawn, drawn.trained, positions)
            else:
                drawn = _some(self._held_out[part], positions)
                yield _batch(drawn, drawn.scored, positions)

    def _drawn(self, random: np.random.Generator, count: int) -> Drawn:
        """Sequences with their noise: numbers are shaken, of symbols a share is replaced by any other."""
        drawn = self.task.draw(random, self._length, count)
        if not self._noise:
            return drawn
        if not self.tokens:
            shaken = drawn.inputs + self._noise * random.standard_normal(drawn.inputs.shape, np.float32)
            return replace(drawn, inputs=shaken.astype(np.float32))
        anything = random.integers(0, self.input_size, drawn.inputs.shape)
        chosen = np.where(random.random(drawn.inputs.shape) < self._noise, anything, drawn.inputs)
        return replace(drawn, inputs=chosen.astype(np.int32))

    def scorer(self, part: str) -> Scorer:
        """Accuracy of what has to be remembered."""
        return ClassScorer(self.classes, self.metric)

    def baselines(self, part: str) -> Scores:
        """The accuracy of a network that remembers nothing, known beforehand."""
        return (("guessing without memory", self.task.chance),)

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """None: classes have no curve."""
        return ()

    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Probabilities of the classes."""
        shares = np.exp(outputs.astype(np.float64) - outputs.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))

    def truth(self, part: str, target: int = 0) -> Floats:
        """Classes (A,) of what is judged; for training, of the first epoch."""
        drawn = self._held_out[part] if part in self._held_out else self._drawn(generator(0, 0), self._sequences)
        return np.asarray(drawn.targets[drawn.scored != 0], np.float32)

    def labels(self, part: str) -> tuple[str, ...]:
        """Numbers of what is judged, from 1."""
        return tuple(str(place + 1) for place in range(len(self.truth(part))))

    def pinned(self) -> Batch:
        """The first validation sequence."""
        drawn = _some(self._held_out["validation"], np.zeros(1, np.int64))
        return _batch(drawn, drawn.scored, np.zeros(1, np.int64))

    def pinned_labels(self) -> tuple[str, ...]:
        """Its symbols, or its numbers."""
        if self.tokens:
            return self.words("validation", 0)
        return tuple(f"{float(step[0]):.2g}" for step in self.pinned().inputs[:, 0])

    def words(self, part: str, position: int) -> tuple[str, ...]:
        """The symbols of a sequence that is held out."""
        if not self.tokens or part not in self._held_out:
            return ()
        drawn = self._held_out[part]
        return tuple(self.task.symbols[step] for step in drawn.inputs[: drawn.lengths[position], position])

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        return (
            f"generated: {self.task.words.format(length=self._length)} ({self.task.source})",
            f"a network that remembers nothing is right for {percent(self.task.chance, 1)} of what is judged",
            f"sequences: train {self._sequences:,} new ones an epoch, "
            f"validation and test {_HELD_OUT_SEQUENCES:,} each, always the same",
        )


def _some(drawn: Drawn, positions: Ints) -> Drawn:
    """Some of the sequences; those that are earlier are not shorter."""
    longest = int(drawn.lengths[positions[0]])
    stepped = drawn.targets.ndim == 2

    def cut(values: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(values[:longest, positions] if stepped else values[positions])

    return Drawn(
        np.ascontiguousarray(drawn.inputs[:longest, positions]), drawn.lengths[positions], cut(drawn.targets),
        cut(drawn.trained), cut(drawn.scored),
    )  # fmt: skip


def _batch(drawn: Drawn, weights: Floats, positions: Ints) -> Batch:
    return Batch(drawn.inputs, drawn.lengths, drawn.targets, weights, continues=False, positions=positions)
