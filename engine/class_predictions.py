"""What a network says of held-out sequences that have a class each, or one at every step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.data import Batch, Dataset
from engine.data.sequences.class_metrics import ClassScorer
from engine.data.sequences.label_metrics import LabelScorer
from engine.data.sequences.label_sets import there
from engine.data.sequences.labelled_text import LabelledTextDataset
from engine.data.sequences.sequence_dataset import LabelledDataset, SequenceDataset
from engine.evaluation import Answering, answers
from engine.inside_records import Floats, frozen
from engine.prediction_records import ClassExample, ClassPrediction, LabelsPrediction, TagTrack

_STEPS = 2000  # that a plot can show
_BATCH = 256  # sequences at once
_COUNTED = 4096  # sequences that are counted
_MOST_WORDS = 200  # of an example that are sent to be read
_MOST_LINES, _LARGEST = 4, 1024  # numbers a step that make no picture, and numbers in all that fit into one
_EXAMPLES = 60  # sequences that a person may want to read


@dataclass(frozen=True, slots=True)
class _Answered:
    """The answers to a batch that are known to be right or wrong: position, class, answer, probability of that."""

    positions: NDArray[np.int64]
    truth: NDArray[np.int64]
    answers: NDArray[np.int64]
    certainty: Floats


class ClassPredictions:
    """Predictions of one network on one data set, as often as they are asked for."""

    def __init__(self, network: Answering, dataset: Dataset) -> None:
        self._network, self._dataset = network, dataset

    def now(self, further: tuple[tuple[str, float], ...]) -> ClassPrediction | LabelsPrediction:
        """Counts, scores, and the steps or the sequences to look at; `further` are baselines beside the data's own."""
        dataset, part = self._dataset, self._dataset.pinned_part
        if isinstance(dataset, LabelledDataset) and dataset.several:
            return self._labels(dataset, further)
        scorer = ClassScorer(dataset.classes, dataset.metric)
        steps: list[tuple[int, Batch, Floats]] = []
        said: list[_Answered] = []
        for number, (batch, values) in enumerate(answers(self._network, dataset.batches(part, _BATCH))):
            scorer.add(batch, values)
            if not self._aligned:
                said.append(self._answered(batch, values))
            elif number * _BATCH < _STEPS:
                steps += [(int(at), batch, values[:, k].copy()) for k, at in enumerate(batch.positions)]
            if (number + 1) * _BATCH >= _COUNTED:
                break
        scorer.counts.flags.writeable = False
        return ClassPrediction(
            part=part,
            label=str(dataset.metadata()["targets"][0]),
            classes=dataset.classes,
            counts=scorer.counts,
            scores=scorer.result(),
            baselines=(*dataset.baselines(part), *further),
            track=_track(dataset, steps) if self._aligned else None,
            examples=() if self._aligned else self._examples(said),
        )

    def _labels(self, dataset: LabelledDataset, further: tuple[tuple[str, float], ...]) -> LabelsPrediction:
        """Of any number of labels at once."""
        part, scorer = dataset.pinned_part, LabelScorer(len(dataset.classes))
        found: list[tuple[bool, float, int, Floats, Floats]] = []
        for number, (batch, values) in enumerate(answers(self._network, dataset.batches(part, _BATCH))):
            scorer.add(batch, values)
            shares = dataset.decode(values)
            sure = np.abs(shares - 0.5).min(axis=-1) + 0.5  # of the label that is least sure
            right = (there(shares) == (batch.targets > 0)).all(axis=-1)
            known = np.flatnonzero(batch.weights).tolist()
            found += [
                (bool(right[k]), float(sure[k]), int(batch.positions[k]), batch.targets[k], shares[k]) for k in known
            ]
            if (number + 1) * _BATCH >= _COUNTED:
                break
        found.sort(key=lambda each: (each[0], each[1] if each[0] else -each[1]))
        scorer.found.counts.flags.writeable = False
        return LabelsPrediction(
            part=part,
            label=dataset.answers.label,
            labels=dataset.classes,
            counts=scorer.found.counts,
            scores=scorer.result(),
            baselines=(*dataset.baselines(part), *further),
            examples=tuple(
                ClassExample(
                    name=self._names[at],
                    text=self._text(at),
                    truth=dataset.name(truth),
                    answer=dataset.name(there(shares)),
                    certainty=sure,
                    values=self._values(at),
                )
                for _, sure, at, truth, shares in found[:_EXAMPLES]
            ),
        )

    def _answered(self, batch: Batch, values: Floats) -> _Answered:
        shares, known = self._dataset.decode(values), batch.weights != 0
        said = shares.argmax(axis=-1)
        sure = np.take_along_axis(shares, said[:, None], axis=-1)[:, 0].astype(np.float32)
        return _Answered(batch.positions[known], batch.targets[known].astype(np.int64), said[known], sure[known])

    def _examples(self, parts: list[_Answered]) -> tuple[ClassExample, ...]:
        """The mistakes, the surest first; then what is right, the least sure first."""
        if not parts:
            return ()
        names = ("positions", "truth", "answers", "certainty")
        positions, truth, said, sure = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
        right = truth == said
        order = np.lexsort((np.where(right, sure, -sure), right))[:_EXAMPLES]
        classes = self._dataset.classes
        return tuple(
            ClassExample(
                name=self._names[int(positions[at])],
                text=self._text(int(positions[at])),
                truth=classes[int(truth[at])],
                answer=classes[int(said[at])],
                certainty=float(sure[at]),
                values=self._values(int(positions[at])),
            )
            for at in order.tolist()
        )

    @cached_property
    def _aligned(self) -> bool:
        return self._dataset.topology == "many_to_many"

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return self._dataset.labels(self._dataset.pinned_part)

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
