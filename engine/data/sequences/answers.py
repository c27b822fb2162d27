"""What a network is to answer with: a class, any number of labels, or a number; and the way to it and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.scaling import Reals, Scaler, fit_scaler
from engine.data.sequences.label_sets import all_names, encoded
from engine.data.tables.columns import Words
from engine.data.tables.doubtful_words import MOST_CLASSES

UNKNOWN = -1  # a label that the training part does not have, or none


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Classes by name, or a scaled number where `classes` is empty.

    With a `separator` any number of the classes may be there at once: they are labels.
    """

    label: str  # the column
    classes: tuple[str, ...]
    scaler: Scaler
    separator: str = ""  # between several labels of a cell

    @property
    def size(self) -> int:
        """Outputs of the network."""
        return len(self.classes) or 1

    def encode(self, labels: Words) -> NDArray[Any]:
        """Labels (N,) as int32 classes, scaled float32, or 1 and 0 (N, K); `UNKNOWN` or NaN where there is none."""
        if self.separator:
            return encoded(labels, self.classes, self.separator)
        if not self.classes:
            return self.scaler.forward(numbers(labels)[:, None])[:, 0].astype(np.float32)
        order = {name: place for place, name in enumerate(self.classes)}
        return np.array([order.get(str(label), UNKNOWN) for label in labels], np.int32)

    def values(self, outputs: NDArray[Any]) -> Reals:
        """Outputs (N, O) as probabilities of the classes, or as numbers (N, 1) in the label's own unit."""
        if self.separator:
            return np.asarray(1.0 / (1.0 + np.exp(-outputs.astype(np.float64))))
        if not self.classes:
            return self.scaler.inverse(outputs)
        shares = np.exp(outputs.astype(np.float64) - outputs.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))

    def metadata(self) -> dict[str, Any]:
        """In JSON's own types."""
        own = {"label": self.label, "classes": list(self.classes), "output_scaler": self.scaler.to_dict()}
        return own | ({"separator": self.separator} if self.separator else {})

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Answers:
        """The opposite of `metadata`."""
        scaler = Scaler.from_dict(values["output_scaler"])
        return cls(values["label"], tuple(values["classes"]), scaler, str(values.get("separator", "")))


def fit_answers(
    label: str, labels: Words, kind: str, scaler: str, counted: NDArray[np.bool_], separator: str = ""
) -> Answers:
    """Learn the classes, or the scale, from the labels of the training part.

    Args:
        label: The column's name, for messages.
        labels: All labels (N,) of the file: they decide whether they are classes.
        kind: "class", "value", "labels", or "auto".
        scaler: As `fit_scaler` takes it.
        counted: (N,) True where a label belongs to the training part; the rest decide nothing else.
        separator: What parts several labels in one; "" where each is one.

    Raises:
        DataError: no label in the training part, only one class, or words where numbers are wanted.
    """
    known = labels[counted & (labels != "")]
    if not len(known):
        raise DataError(f"column {label!r} has no label in the training part, so there is nothing to learn.")
    if separator:
        return Answers(label, _several(label, known, separator), fit_scaler("none", np.zeros((1, 1))), separator)
    if kind == "class" or (kind == "auto" and _are_names(known)):
        classes = class_names(known)
        if len(classes) < 2:
            raise DataError(
                f"column {label!r} says {classes[0]!r} throughout the training part: there is nothing to tell apart; "
                "choose another label, or another split that brings other classes into the training part."
            )
        return Answers(label, classes, fit_scaler("none", np.zeros((1, 1))))
    values = numbers(known)
    if np.isnan(values).any():
        word = str(known[int(np.isnan(values).argmax())])
        raise DataError(f"column {label!r} holds {word!r}, which is no number; set data.answer to class.")
    return Answers(label, (), fit_scaler(scaler, values[:, None]))


def _several(label: str, known: Words, separator: str) -> tuple[str, ...]:
    if names := all_names(known, separator):
        return names
    raise DataError(f"{label!r} says of nothing in the training part that a label is there; there is nothing to learn.")


def class_names(labels: Words) -> tuple[str, ...]:
    """The different labels: numbers in their order, words in the alphabet's."""
    names = sorted({str(label) for label in labels if label != ""})
    values = numbers(np.array(names, object))
    return tuple(names) if np.isnan(values).any() else tuple(np.array(names, object)[np.argsort(values, kind="stable")])


def numbers(labels: Words) -> Reals:
    """Labels as numbers (N,), NaN where one is none."""
    return np.array([_number(str(label)) for label in labels], np.float64)


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _are_names(known: Words) -> bool:
    """Words, or few whole numbers."""
    values = numbers(np.unique(known.astype(str)).astype(object))
    return bool(np.isnan(values).any() or (len(values) <= MOST_CLASSES and (values == np.round(values)).all()))
