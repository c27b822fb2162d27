"""What the numbers of a step are, how they are scaled, and what answers mean: said alike by every form of export."""

from __future__ import annotations

import numpy as np

from engine.data import LabelledTextPreparation, PairsPreparation, Preparation, SequencePreparation
from engine.data.scaling import Reals


def step_scale(preparation: Preparation, inputs: int) -> tuple[Reals, Reals]:
    """Offset and scale of each input of a step, or of a vector that is read: 0 and 1 of words and categories."""
    offset, scale = np.zeros(inputs), np.ones(inputs)
    if isinstance(preparation, SequencePreparation) and not preparation.embedded:
        channels = len(preparation.channels)
        offset[:channels], scale[:channels] = preparation.scaler.offset, preparation.scaler.scale
    if isinstance(preparation, PairsPreparation) and preparation.vector:
        numbers = len(preparation.vector.numbers)
        offset[:numbers], scale[:numbers] = preparation.vector.scaler.offset, preparation.vector.scaler.scale
    return offset, scale


def step_columns(preparation: SequencePreparation | PairsPreparation) -> str:
    """Which numbers a step has, or a vector that is read, in their order."""
    if isinstance(preparation, SequencePreparation):
        numbers, words = preparation.channels, preparation.words
    else:
        assert preparation.vector is not None
        numbers, words = preparation.vector.numbers, preparation.vector.categories
    chosen = [f"1 at the one that {column} is, of {', '.join(known)}, and 0 at the others" for column, known in words]
    return "; ".join([*([", ".join(numbers)] if numbers else []), *chosen])


def several(preparation: Preparation) -> tuple[str, ...]:
    """The series that have scalers of their own, by number."""
    return tuple(name for name, *_ in getattr(preparation, "scalers", ()))


def answer_words(preparation: SequencePreparation | LabelledTextPreparation) -> str:
    """What answers say once they are probabilities, or in their own units."""
    answers = preparation.answers
    if answers.separator:
        return f"how likely each of {', '.join(answers.classes)} is there, any number of which may be"
    if answers.classes:
        return f"how likely {answers.label} is {', '.join(answers.classes)}"
    return answers.label
