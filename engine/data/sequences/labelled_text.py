"""Texts with a class or a value each, from two columns of a table: many-to-one over their tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.preparation import Preparation
from engine.data.sequences.answers import Answers, fit_answers
from engine.data.sequences.label_sets import answered_by, label_of, read_answers
from engine.data.sequences.parts import Spans, pieces
from engine.data.sequences.sequence_dataset import LabelledDataset
from engine.data.sequences.sequences import Sequences
from engine.data.tables.columns import read_words
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from engine.data.texts.tokens import cut
from engine.data.texts.vocabulary import Vocabulary
from engine.wording.counting import counted

_BAG_WORDS = 5_000  # the commonest words, which the simple methods count


@dataclass(frozen=True, slots=True, eq=False)
class LabelledTextPreparation(Preparation):
    """Cuts a text into tokens and numbers them."""

    answers: Answers
    column: str  # that holds the texts
    vocabulary: Vocabulary
    length: int  # tokens that are read of a text
    topology: str = "many_to_one"
    kind = "labelled_text"

    def encode(self, text: str) -> NDArray[np.int32]:
        """Tokens (T,) of a text, at least one."""
        return self.vocabulary.numbers(tokens_of(text, self.vocabulary.level, self.length))

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        return {
            "kind": self.kind,
            "topology": self.topology,
            **self.answers.metadata(),
            "targets": [self.answers.label],
            "column": self.column,
            "length": self.length,
            "vocabulary": self.vocabulary.metadata(),
        }

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> LabelledTextPreparation:
        """The opposite of `metadata`."""
        own = {name: values[name] for name in ("column", "length")}
        return cls(Answers.read(values), **own, vocabulary=Vocabulary.read(values["vocabulary"]))


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """S texts with what is said of them."""

    texts: NDArray[Any]  # (S,)
    labels: NDArray[Any]  # (S,) empty text where there is none
    separator: str  # between several labels in one; "" where each is one
    marks: NDArray[Any] | None  # (S,) what the split column says
    notes: tuple[str, ...]


def read_texts(path: Path, data: DataConfig, *, labelled: bool = True) -> Texts:
    """The columns that `data` names.

    Raises:
        DataError: the file or a column cannot be used.
    """
    with open_table(path, Reading.of(data)) as table:
        chosen = (("text_column", data.text_column, "text"), ("label", answered_by(data), "label"))
        for field, name, what in chosen:
            if not name and (labelled or what == "text"):
                raise DataError(f"no {what} is chosen for {path.name}; set data.{field} to the column that holds it.")
        texts = read_words(table, data.text_column)
        labels, separator = read_answers(table, data, labelled=labelled)
        return Texts(texts, labels, separator, _marks(table, data) if labelled else None, tuple(table.notes))


def _marks(table: Table, data: DataConfig) -> NDArray[Any] | None:
    if data.split != "column":
        return None
    if not data.split_column:
        raise DataError("the split is by column; set data.split_column to the column that says which part a row is in.")
    return read_words(table, data.split_column)


def tokens_of(text: str, level: str, length: int) -> Sequence[str]:
    """The first `length` tokens of a text; an unknown one where it is empty."""
    return cut(text, level)[:length] or [""]


class LabelledTextDataset(LabelledDataset):
    """Inputs (T, B) int32 tokens, answers (B,)."""

    kind = "labelled_text"
    _noun = "text"

    def __init__(self, found: Texts, data: DataConfig) -> None:
        """Split; vocabulary and classes come from the training part.

        Raises:
            DataError: nothing to train on, or only one class.
        """
        self.found = found
        texts = [str(text) for text in found.texts]
        level = "plain words" if data.tokens == "words" else data.tokens  # nothing is put together again here
        cells = [tokens_of(text, level, data.sequence_length) for text in texts]
        self.sequences = _as_sequences(found, cells, data.text_column)
        spans = pieces(self.sequences, data, "many_to_one")
        train = spans["train"].sequence
        inside = np.zeros(len(texts), np.bool_)
        inside[train] = True
        answers = fit_answers(label_of(data), found.labels, data.answer, data.scaler, inside, found.separator)
        vocabulary = Vocabulary.learned(
            (cells[at] for at in train.tolist()), level, size=data.vocabulary_size, minimum=data.minimum_count
        )
        preparation = LabelledTextPreparation(answers, data.text_column, vocabulary, data.sequence_length)
        self._unit = data.tokens
        self._words = [cut(text, "plain words") for text in texts]
        self._known = Vocabulary.learned((self._words[at] for at in train.tolist()), "plain words", size=_BAG_WORDS)
        self._cut = sum(len(cut(text, level)) > data.sequence_length for text in texts)
        tokens = np.concatenate([vocabulary.numbers(own) for own in cells])
        steps = self.sequences.step_labels
        super().__init__(
            tokens, spans, answers.encode(steps), answers, "many_to_one", preparation, input_size=len(vocabulary)
        )
        self._said = self._unknown(steps)
        self._leave_out_unlabelled()

    def bag(self, part: str, chosen: NDArray[np.int64]) -> NDArray[Any]:
        """How often each of the commonest words occurs in the chosen examples of a part, (A, words)."""
        counts = np.zeros((len(chosen), len(self._known)), np.float32)
        for row, at in enumerate(self.spans(part).sequence[chosen].tolist()):
            np.add.at(counts[row], self._known.numbers(self._words[at]), 1.0)
        return counts[:, 1:]

    def text(self, part: str, position: int) -> str:
        """One text of a part, as it stands in the file."""
        return str(self.found.texts[self.spans(part).sequence[position]])

    def labels(self, part: str) -> tuple[str, ...]:
        """Numbers of the rows in the file, from 1."""
        return tuple(self.sequences.names[at] for at in self.spans(part).sequence.tolist())

    def pinned_labels(self) -> tuple[str, ...]:
        """The tokens of the pinned text."""
        preparation = self.preparation
        assert isinstance(preparation, LabelledTextPreparation)
        return preparation.vocabulary.shown(self.pinned().inputs[:, 0])

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        lengths = np.diff(self.sequences.borders)
        notes = [
            f"{counted(len(lengths), 'text')} of {int(lengths.min()):,} to {int(lengths.max()):,} {self._unit}",
            f"{self.input_size - 1:,} different {self._unit} in the training part",
        ]
        if self._cut:
            notes.append(f"{counted(self._cut, 'text')} longer than data.sequence_length, read only so far")
        return (*self.found.notes, *self._said, *notes, *super().notes())


def _as_sequences(found: Texts, cells: list[Sequence[str]], column: str) -> Sequences:
    borders = np.concatenate([[0], np.cumsum([len(own) for own in cells])]).astype(np.int64)
    return Sequences(
        columns=(column,),
        channels=(),
        values=np.zeros((int(borders[-1]), 0)),
        categories=(),
        borders=borders,
        names=tuple(str(row + 1) for row in range(len(cells))),
        labels=found.labels,
        separator=found.separator,
        marks=found.marks,
        recording=False,
        notes=(),
    )


def whole(preparation: LabelledTextPreparation, found: Texts) -> tuple[NDArray[np.int32], Sequences, Spans]:
    """Texts to be answered, as tokens (N,), with one example a text."""
    cells = [tokens_of(str(text), preparation.vocabulary.level, preparation.length) for text in found.texts]
    sequences = _as_sequences(found, cells, preparation.column)
    borders = sequences.borders
    tokens = np.concatenate([preparation.vocabulary.numbers(own) for own in cells])
    return tokens, sequences, Spans(borders[:-1], borders[1:], np.arange(len(cells)))
