"""Using a trained model on labelled sequences: classes with their probabilities, or values, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data import DataError, LabelledTextPreparation, SequencePreparation, load
from engine.data.dataset import Scores
from engine.data.files.dialect import Reading
from engine.data.files.text import read_text
from engine.data.metrics import mae, rmse
from engine.data.sequences.answers import UNKNOWN, Answers
from engine.data.sequences.class_metrics import class_scores, confusion
from engine.data.sequences.given_texts import column_of, texts_of
from engine.data.sequences.label_metrics import label_scores
from engine.data.sequences.label_sets import there
from engine.data.sequences.labelled_text import LabelledTextDataset, Texts
from engine.data.sequences.labelled_text import whole as whole_texts
from engine.data.sequences.parts import Spans, examples, pieces
from engine.data.sequences.sequence_dataset import LabelledDataset, SequenceDataset, names_of
from engine.data.sequences.sequences import Sequences, read_sequences
from engine.data.sequences.typed_words import typed_words
from engine.data.suggestion import is_text
from engine.model import Model
from engine.storage.csv_tables import Cell
from engine.wording.counting import counted

_AT_ONCE, _SHOWN = 256, 8  # sequences; unknown symbols that are named


@dataclass(frozen=True, slots=True)
class Answered:
    """One row for each answer: a sequence, a row, or a step of one; in the order of the file."""

    label: str
    classes: tuple[str, ...]  # empty for values
    names: tuple[str, ...]  # (N,) of the sequences
    steps: tuple[int, ...]  # (N,) from 1; 0 where a sequence has one answer
    read: tuple[tuple[str, tuple[str, ...]], ...]  # of single steps, the words (N,) that are read there, by column
    truth: tuple[str, ...]  # (N,) as the file says it, empty where it does not
    values: NDArray[np.float64]  # (N, K) probabilities of the classes, or (N, 1) values
    parts: tuple[str, ...]  # (N,) "train", "validation", "test", or "given" for another file
    scores: Scores  # of the test part, or of the given file; none where no label is known
    separator: str = ""  # between several labels at once; "" where one class is answered
    notes: tuple[str, ...] = ()  # what to bear in mind, in sentences without an end

    def said(self, row: int) -> str:
        """The class that is likeliest, or the labels that are likely."""
        if self.separator:
            return self.separator.join(np.array(self.classes)[there(self.values[row])])
        return self.classes[int(self.values[row].argmax())]

    def told(self, row: int) -> str:
        """The answer in words: classes or labels as they are said, or the value."""
        return self.said(row) if self.classes else f"{self.values[row, 0]:.6g}"

    @property
    def header(self) -> tuple[str, ...]:
        """Column names."""
        step = ("step",) if any(self.steps) else ()
        own = ("answer", *(f"p({name})" for name in self.classes)) if self.classes else ("answer",)
        return ("sequence", *step, *(name for name, _ in self.read), self.label, *own, "part")

    def rows(self) -> Iterator[list[Cell]]:
        """The rows under `header`."""
        stepped = any(self.steps)
        for row, values in enumerate(self.values.tolist()):
            own: list[Cell] = [self.said(row), *values] if self.classes else values
            step: list[Cell] = [self.steps[row]] if stepped else []
            read = [words[row] for _, words in self.read]
            yield [self.names[row], *step, *read, self.truth[row], *own, self.parts[row]]


def classify(model: Model, data: Path | str | None = None, typed: str = "") -> Answered:
    """What the model says to every sequence, row or step.

    Args:
        model: Trained on labelled sequences.
        data: A file with the input columns of the run, with or without the label; None takes the run's own data. Of a
            model that answers texts or tags words, it may be a text: one to be answered on each line.
        typed: For such a model, a text itself.

    Raises:
        DataError: the file cannot be read or lacks a column.
    """
    preparation = model.preparation
    if isinstance(preparation, LabelledTextPreparation):
        return _texts(model, preparation, None if data is None else Path(data), typed)
    if not isinstance(preparation, SequencePreparation):
        raise DataError("this model was not trained on labelled sequences or texts; there is nothing to classify.")
    topology, config = preparation.topology, replace(model.experiment.data, inputs=preparation.columns)
    if data is None and not typed:
        dataset = load(model.experiment)
        assert isinstance(dataset, SequenceDataset)
        found = dataset.sequences
        # Every step once, though training windows may overlap.
        cut = pieces(found, config, topology)
        spans = {part: examples(own, found, config, topology, "test") for part, own in cut.items()}
    else:
        found = _given(preparation, config, None if data is None else Path(data), typed)
        whole = Spans(found.borders[:-1], found.borders[1:], np.arange(len(found.names)))
        spans = {"given": examples(whole, found, config, topology, "test")}
    return _answered(model, preparation.answers, found, spans, preparation.inputs_of(found, _all(spans)))


def _given(preparation: SequencePreparation, config: DataConfig, path: Path | None, typed: str) -> Sequences:
    """Sequences of a table, or where words alone are read, of a text."""
    if path is None or (preparation.tags_words and is_text(path, Reading.of(config))):
        return typed_words(typed if path is None else read_text(path, config.encoding).text, preparation)
    words = frozenset(name for name, _ in preparation.words)
    return read_sequences(path, config, words=words, flat=preparation.topology == "one_to_one")


def _texts(model: Model, preparation: LabelledTextPreparation, data: Path | None, typed: str) -> Answered:
    if data is None and not typed:
        dataset = load(model.experiment)
        assert isinstance(dataset, LabelledTextDataset)
        own = pieces(dataset.sequences, model.experiment.data, "many_to_one")
        return _answered(model, preparation.answers, dataset.sequences, own, dataset.inputs)
    config = replace(model.experiment.data, text_column=preparation.column)
    given = texts_of([typed]) if data is None else _listed(data, config)
    tokens, sequences, spans = whole_texts(preparation, given)
    found = _answered(model, preparation.answers, sequences, {"given": spans}, tokens)
    return replace(found, notes=_unknown(preparation, [str(text) for text in given.texts]))


def _unknown(preparation: LabelledTextPreparation, texts: list[str]) -> tuple[str, ...]:
    """Of one text its unknown symbols, of many how many texts hold no other."""
    strange = [not preparation.encode(text).any() for text in texts]  # 0 is what is unknown
    if len(texts) == 1:
        if strange[0]:
            return ("the network knows nothing of this text, and answers as to any such",)
        symbols = " ".join(map(repr, preparation.vocabulary.unknown_in(texts[0])[:_SHOWN]))
        return (f"not known to the network, and read as unknown: {symbols}",) if symbols else ()
    return (f"{counted(sum(strange), 'text')} of which the network knows nothing",) if any(strange) else ()


def _listed(path: Path, config: DataConfig) -> Texts:
    """Texts of a table, or the lines of a text."""
    if is_text(path, Reading.of(config)):
        return texts_of(read_text(path, config.encoding).text.splitlines())
    return column_of(path, config)


def _all(spans: dict[str, Spans]) -> Spans:
    return Spans(*(np.concatenate([getattr(own, name) for own in spans.values()]) for name in Spans.__slots__))


def _answered(
    model: Model, answers: Answers, found: Sequences, spans: dict[str, Spans], inputs: NDArray[Any]
) -> Answered:
    """Run the network over all `spans` of the steps `inputs`."""
    topology, every, labels = model.experiment.model.topology, _all(spans), found.step_labels
    order = np.argsort(every.first, kind="stable")
    every = Spans(every.first[order], every.last[order], every.sequence[order])
    aligned = topology == "many_to_many"
    dataset = LabelledDataset(
        inputs, {"all": every}, answers.encode(labels), answers, topology, model.preparation,
        input_size=model.network.input_size,
    )  # fmt: skip
    names = names_of(found, every, topology)
    unordered = [part for part, own in spans.items() for _ in range(len(own))]
    parts = [unordered[at] for at in order.tolist()]
    rows, values = _run(model, dataset, every, aligned)
    counts = every.lengths if aligned else np.ones(len(every), np.int64)
    owner = np.repeat(np.arange(len(every)), counts)
    steps = [step for count in counts.tolist() for step in range(1, count + 1)] if aligned else [0] * len(rows)
    judged = np.array([parts[at] in ("test", "given") for at in owner], np.bool_)
    return Answered(
        label=answers.label,
        classes=answers.classes,
        names=tuple(names[at] for at in owner),
        steps=tuple(steps),
        read=tuple((name, tuple(words[rows])) for name, words in found.categories) if topology != "many_to_one" else (),
        truth=tuple(str(label) for label in labels[rows]),
        values=values,
        parts=tuple(parts[at] for at in owner),
        scores=_scores(answers, dataset.targets[rows][judged], values[judged]),
        separator=answers.separator,
    )


def _run(
    model: Model, dataset: LabelledDataset, spans: Spans, aligned: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The steps that are answered, example by example, and the values there."""
    found: list[NDArray[np.float64]] = [np.zeros((0, dataset.output_size))] * len(spans)
    for batch in dataset.batches("all", _AT_ONCE):
        values = dataset.decode(model.loss.point(model.network.forward(batch.inputs, batch.lengths).values))
        for column, position in enumerate(batch.positions.tolist()):
            found[position] = values[: batch.lengths[column], column] if aligned else values[column][None]
    rows = [np.arange(a, b) if aligned else np.array([b - 1]) for a, b in zip(spans.first, spans.last, strict=True)]
    return np.concatenate(rows), np.concatenate(found)


def _scores(answers: Answers, targets: NDArray[Any], values: NDArray[np.float64]) -> Scores:
    if answers.separator:
        known = ~np.isnan(targets[:, 0])
        return label_scores(targets[known], values[known]) if known.any() else ()
    if answers.classes:
        known = targets != UNKNOWN
        counts = confusion(targets[known], values[known].argmax(axis=1), len(answers.classes))
        return class_scores(counts) if known.any() else ()
    known = ~np.isnan(targets)
    truth = answers.scaler.inverse(targets[known][:, None])
    return (("RMSE", rmse(truth, values[known])), ("MAE", mae(truth, values[known]))) if known.any() else ()
