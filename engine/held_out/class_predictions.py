"""What a network says of held-out sequences that have a class each, or one at every step, or any number of labels.

It is gathered from answers that something else needs as well, or asked for apart. Either way the first of them count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data import Batch, Dataset
from engine.data.sequences.class_metrics import ClassScorer
from engine.data.sequences.label_metrics import LabelScorer
from engine.data.sequences.label_sets import there
from engine.data.sequences.sequence_dataset import LabelledDataset
from engine.held_out.class_examples import ClassExamples
from engine.held_out.evaluation import Answering, answers
from engine.inside_records import Floats, frozen
from engine.prediction_records import ClassExample, ClassPrediction, LabelsPrediction, TagTrack

_STEPS = 2000  # that a plot can show
_BATCH = 256  # sequences at once
_COUNTED = 4096  # sequences that are counted

Baselines: TypeAlias = tuple[tuple[str, float], ...]


class ClassPredictions:
    """Predictions of one network on one data set, as often as they are asked for."""

    def __init__(self, network: Answering, dataset: Dataset) -> None:
        self._network, self._dataset = network, dataset
        self._examples = ClassExamples(dataset)

    def room(self) -> HeardClasses | HeardLabels:
        """For the answers to the held-out part, batch by batch in its order."""
        if isinstance(self._dataset, LabelledDataset) and self._dataset.several:
            return HeardLabels(self._dataset, self._examples)
        return HeardClasses(self._dataset, self._examples)

    def now(self, further: Baselines) -> ClassPrediction | LabelsPrediction:
        """Ask, and count; `further` are baselines beside the data's own."""
        heard = self.room()
        for batch, values in answers(self._network, self._dataset.batches(self._dataset.pinned_part, _BATCH)):
            heard.add(batch, values)
            if heard.full:
                break
        return heard.found(further, shows=True)


@dataclass(frozen=True, slots=True)
class _Answered:
    """The answers to a batch that are known to be right or wrong: position, class, answer, probability of that."""

    positions: NDArray[np.int64]
    truth: NDArray[np.int64]
    answers: NDArray[np.int64]
    certainty: Floats


class HeardClasses:
    """Of one class each, or one at every step."""

    def __init__(self, dataset: Dataset, examples: ClassExamples) -> None:
        self.full = False
        self._dataset, self._examples = dataset, examples
        self._aligned = dataset.topology == "many_to_many"
        self._scorer = ClassScorer(dataset.classes, dataset.metric)
        self._steps: list[tuple[int, Batch, Floats]] = []
        self._room = _STEPS
        self._said: list[_Answered] = []

    def add(self, batch: Batch, values: Floats) -> None:
        """Take in the answers to a batch, of as many as still count."""
        if self.full:
            return
        batch, self.full = _counted(batch)
        self._scorer.add(batch, values)
        if not self._aligned:
            self._said.append(self._answered(batch, values))
        elif self._room > 0:
            self._steps += [(int(at), batch, values[:, k].copy()) for k, at in enumerate(batch.positions)]
            self._room -= int(batch.lengths.sum())

    def found(self, further: Baselines, *, shows: bool) -> ClassPrediction:
        """Counts, scores, and where it `shows` them the steps or the sequences to look at.

        `further` are baselines beside the data's own.
        """
        dataset, part = self._dataset, self._dataset.pinned_part
        self._scorer.counts.flags.writeable = False
        return ClassPrediction(
            part=part,
            label=str(dataset.metadata()["targets"][0]),
            classes=dataset.classes,
            counts=self._scorer.counts,
            scores=self._scorer.result(),
            baselines=(*dataset.baselines(part), *further),
            track=_track(dataset, self._steps) if self._aligned and shows else None,
            examples=tuple(self._read()) if shows else (),
        )

    def _answered(self, batch: Batch, values: Floats) -> _Answered:
        shares, known = self._dataset.decode(values), batch.weights != 0
        said = shares.argmax(axis=-1)
        sure = np.take_along_axis(shares, said[:, None], axis=-1)[:, 0].astype(np.float32)
        return _Answered(batch.positions[known], batch.targets[known].astype(np.int64), said[known], sure[known])

    def _read(self) -> Iterator[ClassExample]:
        if not self._said:
            return
        names = ("positions", "truth", "answers", "certainty")
        positions, truth, said, sure = (np.concatenate([getattr(part, name) for part in self._said]) for name in names)
        classes = self._dataset.classes
        for at in self._examples.order(truth == said, sure):
            own, other = classes[int(truth[at])], classes[int(said[at])]
            yield self._examples.example(int(positions[at]), own, other, float(sure[at]))


class HeardLabels:
    """Of any number of labels at once."""

    def __init__(self, dataset: LabelledDataset, examples: ClassExamples) -> None:
        self.full = False
        self._dataset, self._examples = dataset, examples
        self._scorer = LabelScorer(len(dataset.classes))
        self._said: list[tuple[NDArray[np.int64], Floats, Floats]] = []  # positions, what is there, what is said

    def add(self, batch: Batch, values: Floats) -> None:
        """Take in the answers to a batch, of as many as still count."""
        if self.full:
            return
        batch, self.full = _counted(batch)
        self._scorer.add(batch, values)
        known = batch.weights != 0
        self._said.append((batch.positions[known], batch.targets[known], self._dataset.decode(values)[known]))

    def found(self, further: Baselines, *, shows: bool) -> LabelsPrediction:
        """Counts, scores, and where it `shows` them the sequences to look at; `further` as with one class each."""
        dataset, part = self._dataset, self._dataset.pinned_part
        self._scorer.found.counts.flags.writeable = False
        return LabelsPrediction(
            part=part,
            label=dataset.answers.label,
            labels=dataset.classes,
            counts=self._scorer.found.counts,
            scores=self._scorer.result(),
            baselines=(*dataset.baselines(part), *further),
            examples=tuple(self._read()) if shows else (),
        )

    def _read(self) -> Iterator[ClassExample]:
        if not self._said:
            return
        positions, truth, shares = (np.concatenate(parts) for parts in zip(*self._said, strict=True))
        sure = np.abs(shares - 0.5).min(axis=-1) + 0.5  # of the label that is least sure
        right = (there(shares) == (truth > 0)).all(axis=-1)
        for at in self._examples.order(right, sure):
            own, other = self._dataset.name(truth[at]), self._dataset.name(there(shares[at]))
            yield self._examples.example(int(positions[at]), own, other, float(sure[at]))


def _counted(batch: Batch) -> tuple[Batch, bool]:
    """A batch without answers to what lies behind those that count, and whether it reaches so far."""
    over = batch.positions >= _COUNTED
    if over.any():
        batch = replace(batch, weights=np.where(over, 0, batch.weights))
    return batch, int(batch.positions.max()) >= _COUNTED - 1


def _track(dataset: Dataset, steps: list[tuple[int, Batch, Floats]]) -> TagTrack:
    """The first sequences of a part one after the other, in their order, as far as a screen goes."""
    truth, said, sure, names = [], [], [], []
    read: list[str] = []
    room = _STEPS
    for position, batch, values in sorted(steps, key=lambda item: item[0]):
        column = int(np.flatnonzero(batch.positions == position)[0])
        length = min(int(batch.lengths[column]), room)
        shares = dataset.decode(values[:length])
        truth.append(np.where(batch.weights[:length, column] != 0, batch.targets[:length, column], -1))
        said.append(shares.argmax(axis=-1))
        sure.append(shares.max(axis=-1))
        words = dataset.words(dataset.pinned_part, position)[:length]
        read += words
        said_of = [f" {word!r}" for word in words] or [""] * length
        names += [f"{position + 1}: {step}{word}" for step, word in enumerate(said_of, 1)]
        room -= length
        if not room:
            break
    return TagTrack(tuple(names), _classes_of(truth), _classes_of(said), frozen(np.concatenate(sure)), tuple(read))


def _classes_of(parts: list[NDArray[np.int64]]) -> NDArray[np.int16]:
    found = np.concatenate(parts).astype(np.int16)
    found.flags.writeable = False
    return found
