"""Sequences with a class or a value each, or one at every step: many-to-one, aligned many-to-many, one-to-one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, Ints, batches_of, orders
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError
from engine.data.preparation import Preparation
from engine.data.sequences.answers import UNKNOWN, Answers, fit_answers
from engine.data.sequences.class_baselines import bag_of_numbers, class_baselines, simple_values, value_baselines
from engine.data.sequences.class_metrics import ClassScorer, ValueScorer
from engine.data.sequences.label_baselines import label_baselines
from engine.data.sequences.label_metrics import METRIC, LabelScorer
from engine.data.sequences.label_sets import all_names, label_of
from engine.data.sequences.parts import Spans, examples, pieces
from engine.data.sequences.sequence_preparation import prepare
from engine.data.sequences.sequences import Sequences
from engine.data.splits import PARTS
from engine.data.tables.columns import Words
from engine.wording.counting import counted


class LabelledDataset(Dataset):
    """Flat steps, cut into examples; what differs between numbers and text is how the steps became inputs."""

    kind = "sequences"
    _noun = "example"  # what is answered once

    def __init__(
        self, inputs: NDArray[Any], spans: dict[str, Spans], targets: NDArray[Any], answers: Answers, topology: str,
        preparation: Preparation, *, input_size: int,
    ) -> None:  # fmt: skip
        """`inputs` float32 (N, I) or int32 tokens (N,); `targets` (N,), of an example the last of its steps.

        Where any number of labels may be there, `targets` are 1 and 0, (N, K).
        """
        self.inputs, self.targets, self.answers, self.topology = inputs, targets, answers, topology
        self.input_size, self.output_size = input_size, answers.size
        self.tokens = inputs.ndim == 1
        self.classes = answers.classes
        self.several = bool(answers.separator)
        self.loss = "binary_cross_entropy" if self.several else "cross_entropy" if self.classes else "mse"
        self.metric = METRIC if self.several else _metric(self.classes, topology)
        self._spans, self._preparation = spans, preparation
        self._baselines: dict[str, Scores] = {}

    @property
    def preparation(self) -> Preparation:
        """How inputs were made, and what the answers mean."""
        return self._preparation

    @property
    def aligned(self) -> bool:
        """Whether there is an answer at every step."""
        return self.topology == "many_to_many"

    def spans(self, part: str) -> Spans:
        """The examples of a part."""
        return self._spans[part]

    def count(self, part: str) -> int:
        """Examples in a part: sequences, windows or rows."""
        return len(self._spans[part])

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        return batches_of(self.count(part), batch_size)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`."""
        for positions in orders(self.count(part), batch_size, seed if part == "train" else None, epoch):
            yield self.batch(part, positions)

    def batch(self, part: str, positions: Ints) -> Batch:
        """The examples of a part at `positions` (B,), the longest first."""
        spans = self._spans[part]
        positions = positions[np.argsort(-spans.lengths[positions], kind="stable")]
        first, lengths = spans.first[positions], spans.lengths[positions]
        steps = np.arange(int(lengths[0]))[:, None]
        inside = steps < lengths
        rows = np.where(inside, first + steps, 0)
        inputs = self.inputs.take(rows, axis=0)
        inputs[~inside] = 0
        answered = rows if self.aligned else first + lengths - 1
        targets = self.targets[answered]
        return Batch(
            inputs=inputs,
            lengths=lengths,
            targets=self._filled(targets),
            weights=(self._has_label(targets) & (inside if self.aligned else True)).astype(np.float32),
            continues=False,
            positions=positions,
        )

    def _leave_out_unlabelled(self) -> None:
        """Keep the examples that have a label, or one at any step where each is answered."""
        counts = np.concatenate([[0], np.cumsum(self._has_label(self.targets))])
        for part, found in self._spans.items():
            kept = counts[found.last] > counts[found.first if self.aligned else found.last - 1]
            self._spans[part] = Spans(found.first[kept], found.last[kept], found.sequence[kept])

    def _filled(self, targets: NDArray[Any]) -> NDArray[Any]:
        """Targets that can be computed with where there is none."""
        if self.several:
            return np.asarray(np.nan_to_num(targets))
        return np.asarray(np.maximum(targets, 0) if self.classes else np.nan_to_num(targets)[..., None])

    def _has_label(self, targets: NDArray[Any]) -> NDArray[np.bool_]:
        if self.several:
            return np.asarray(~np.isnan(targets[..., 0]))
        return np.asarray(targets != UNKNOWN if self.classes else ~np.isnan(targets))

    def name(self, target: NDArray[Any]) -> str:
        """What a target says, in the file's own words."""
        if self.several:
            return ", ".join(np.array(self.classes)[target > 0]) or "no label"
        return self.classes[int(target)] if self.classes else f"{self.decode(target[None]).item():.4g}"

    def answered(self, part: str) -> Ints:
        """Steps (A,) that a part's answers are to: in order, those with a label."""
        spans = self._spans[part]
        if self.aligned:
            ranges = [np.arange(a, b) for a, b in zip(spans.first, spans.last, strict=True)]
            rows = np.unique(np.concatenate(ranges)) if ranges else np.zeros(0, np.int64)
        else:
            rows = spans.last - 1
        return np.asarray(rows[self._has_label(self.targets[rows])])

    def _unknown(self, steps: Words) -> list[str]:
        """What is to be left out by the labels of all steps, in sentences."""
        notes: list[str] = []
        for part in ("validation", "test") if self.classes else ():
            labels = steps[self._spans[part].last - 1]
            if self.several:
                names = set(all_names(labels, self.answers.separator)).difference(self.classes)
                notes += [f"{name!r} of the {part} part is no label of the training part" for name in sorted(names)[:1]]
            elif strange := sorted({str(label) for label in labels if label != "" and label not in self.classes}):
                count = int(np.isin(labels.astype(str), strange).sum())
                notes.append(
                    f"{counted(count, 'answer')} of the {part} part left out: the training part has no {strange[0]!r}"
                )
        if self.aligned:
            blank, what = int((steps == "").sum()), "step"
        else:
            blank, what = sum(int((steps[own.last - 1] == "").sum()) for own in self._spans.values()), self._noun
        if blank:
            notes.append(f"{counted(blank, what)} without a label, left out of the loss and of the score")
        return notes

    def bag(self, part: str, chosen: Ints) -> NDArray[Any]:
        """Features (A, F) of the chosen examples of a part, without the order of their steps."""
        spans = self._spans[part]
        steps = [self.inputs[spans.first[at] : spans.last[at]] for at in chosen.tolist()]
        if self.tokens:
            return np.stack([np.bincount(own, minlength=self.input_size) for own in steps])
        return np.stack([bag_of_numbers(own) for own in steps])

    def scorer(self, part: str) -> Scorer:
        """Accuracy and what belongs to it, F1 of several labels, or RMSE and MAE."""
        if self.several:
            return LabelScorer(len(self.classes))
        return ClassScorer(self.classes, self.metric) if self.classes else ValueScorer(self.answers)

    def baselines(self, part: str) -> Scores:
        """What simple methods reach on a part, in `metric`; none for an empty part."""
        if part not in self._baselines:
            find = label_baselines if self.several else class_baselines if self.classes else value_baselines
            self._baselines[part] = find(self, part) if len(self.answered(part)) else ()
        return self._baselines[part]

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Of values, what is said of the last step of each example; none for classes."""
        return self.simple_values(part, self._spans[part].last - 1)

    def simple_values(self, part: str, rows: Ints) -> tuple[tuple[str, Floats], ...]:
        """Of values, what the baselines say (A,) at steps of a part that answers belong to; none for classes."""
        if self.classes or not len(rows):
            return ()
        return tuple((name, said.astype(np.float32)) for name, said in simple_values(self, part, rows))

    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Probabilities of the classes, or values in the label's own unit."""
        return self.answers.values(outputs)

    def truth(self, part: str, target: int = 0) -> Floats:
        """The class or the value of every answered step or sequence (A,); of values, one for each example.

        Of several labels, 1 and 0 (A, K).
        """
        if self.classes:
            return self.targets[self.answered(part)].astype(np.float32)
        spans = self._spans[part]
        return self.answers.scaler.inverse(self.targets[spans.last - 1][:, None])[:, 0].astype(np.float32)

    def labels(self, part: str) -> tuple[str, ...]:
        """Numbers of the examples, from 1."""
        return tuple(str(place + 1) for place in range(self.count(part)))

    def pinned(self) -> Batch:
        """The first validation example, or the first training example when there is none."""
        return self.batch(self.pinned_part, np.zeros(1, np.int64))

    def pinned_labels(self) -> tuple[str, ...]:
        """Numbers of its steps."""
        return tuple(str(step + 1) for step in range(int(self._spans[self.pinned_part].lengths[0])))

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        parts = ", ".join(f"{part} {self.count(part):,}" for part in PARTS)
        notes = [f"examples: {parts}"]
        if self.classes:
            shown = ", ".join(self.classes[:8]) + (", …" if len(self.classes) > 8 else "")
            what = "labels" if self.several else f"classes of {self.answers.label!r}"
            notes.append(f"{len(self.classes)} {what}: {shown}")
            if self.several:
                each = self.targets[self.answered("train")].sum(axis=1).mean()
                notes.append(f"any number of labels at once, {each:.2f} on average")
        return tuple(notes)


def _metric(classes: tuple[str, ...], topology: str) -> str:
    if not classes:
        return "RMSE"
    return "balanced accuracy" if topology == "many_to_many" else "accuracy"


class SequenceDataset(LabelledDataset):
    """Sequences of numbers and categories."""

    def __init__(self, sequences: Sequences, data: DataConfig, topology: str) -> None:
        """Split, cut, and fit scaler, words and classes on the training part.

        Raises:
            DataError: labels that do not fit the topology, or nothing to train on.
        """
        if topology == "many_to_many" and not sequences.per_step:
            raise DataError(
                "each row has one label for a whole sequence, so no step has one of its own; choose many_to_one."
            )
        if topology == "many_to_many" and sequences.separator:
            raise DataError(
                "any number of labels at once is answered once for a sequence, not at each step; choose many_to_one, "
                "or set data.answer to class."
            )
        self.sequences, self.in_time = sequences, sequences.recording
        parts = pieces(sequences, data, topology)
        spans = {part: examples(found, sequences, data, topology, part) for part, found in parts.items()}
        if not len(spans["train"]):
            raise DataError(
                f"no sequence of {data.sequence_length:,} steps fits into the training part; choose a smaller "
                "data.sequence_length, data.validation or data.test."
            )
        steps = sequences.step_labels
        answers = fit_answers(
            label_of(data), steps, data.answer, data.scaler, _inside(spans["train"], len(steps), topology),
            sequences.separator,
        )  # fmt: skip
        preparation = prepare(
            sequences, parts["train"], answers, topology=topology, scaler=data.scaler, categories=data.categories,
            minimum_count=data.minimum_count, missing=data.missing, length=data.sequence_length,
        )  # fmt: skip
        every = Spans(*(np.concatenate([getattr(p, name) for p in parts.values()]) for name in Spans.__slots__))
        super().__init__(
            preparation.inputs_of(sequences, every), spans, answers.encode(steps), answers, topology, preparation,
            input_size=preparation.input_size,
        )  # fmt: skip
        self._said = (*sequences.notes, *_gap_notes(sequences), *self._unknown(steps))
        self._leave_out_unlabelled()

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        return (*self._said, *_shape_notes(self.sequences), *super().notes())

    def values(self, part: str, position: int) -> Floats:
        """An example of numbers (T, C), in the file's own units; what is missing is NaN."""
        spans = self.spans(part)
        return np.asarray(self.sequences.values[spans.first[position] : spans.last[position]], np.float32)

    def words(self, part: str, position: int) -> tuple[str, ...]:
        """What each step of an example says, where words of one column are all that is read; nothing otherwise."""
        first, last = (int(ends[position]) for ends in (self.spans(part).first, self.spans(part).last))
        return tuple(self.sequences.categories[0][1][first:last]) if self.tokens else ()

    def pinned_labels(self) -> tuple[str, ...]:
        """Its words, or the numbers of its steps."""
        return self.words(self.pinned_part, 0) or super().pinned_labels()

    def labels(self, part: str) -> tuple[str, ...]:
        """Names of the sequences; of windows and single rows, the row they end at; of tags, the row of each."""
        if self.aligned and self.classes:
            return tuple(str(row + 1) for row in self.answered(part).tolist())
        return names_of(self.sequences, self.spans(part), self.topology)


def names_of(sequences: Sequences, spans: Spans, topology: str) -> tuple[str, ...]:
    """What examples are called: their sequence, or the row they end at."""
    if sequences.recording or topology == "one_to_one":
        return tuple(str(last) for last in spans.last.tolist())
    return tuple(sequences.names[at] for at in spans.sequence.tolist())


def _inside(spans: Spans, count: int, topology: str) -> NDArray[np.bool_]:
    """Steps that a part's answers belong to."""
    found = np.zeros(count, np.bool_)
    if topology == "many_to_many":
        for first, last in zip(spans.first.tolist(), spans.last.tolist(), strict=True):
            found[first:last] = True
    else:
        found[spans.last - 1] = True
    return found


def _gap_notes(sequences: Sequences) -> list[str]:
    missing = int(np.isnan(sequences.values).sum())
    return [f"{counted(missing, 'missing value')}, filled within each sequence"] if missing else []


def _shape_notes(sequences: Sequences) -> list[str]:
    lengths = np.diff(sequences.borders)
    if sequences.recording:
        return [f"one recording of {counted(len(sequences.values), 'step')}"]
    low, high = int(lengths.min()), int(lengths.max())
    span = f"{low:,} to {high:,} steps" if low < high else counted(low, "step")
    held = {"number": len(sequences.channels), "word": len(sequences.categories)}
    each = " and ".join(counted(count, what) for what, count in held.items() if count)
    return [f"{counted(len(lengths), 'sequence')} of {span}, {each} a step"]
