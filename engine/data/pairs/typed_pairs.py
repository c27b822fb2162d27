"""Pairs of what somebody typed or listed, for a network that is to write what belongs to it."""

from __future__ import annotations

import math

import numpy as np

from engine.data.errors import DataError
from engine.data.pairs.pairs import Pairs
from engine.data.pairs.pairs_preparation import PairsPreparation
from engine.data.scaling import Reals
from engine.wording.counting import counted


def listed_pairs(text: str, preparation: PairsPreparation) -> Pairs:
    """A pair without a target for each line that is not blank.

    Raises:
        DataError: there is none.
    """
    every = [line.strip() for line in text.splitlines()]
    lines = tuple(line for line in every if line)
    if not lines:
        raise DataError("the file holds no text; give one with a text on each line.")
    none: Reals = np.zeros((len(lines), 0))
    blank = len(every) - len(lines)
    notes = (f"{counted(blank, 'blank line')} left out",) if blank else ()
    return Pairs(lines, none, (), ("",) * len(lines), preparation.columns, preparation.target, notes)


def typed_pairs(text: str, preparation: PairsPreparation) -> Pairs:
    """One pair of what was typed and nothing: a text, or a value for each column of a vector, commas between.

    Raises:
        DataError: another number of values than columns, or one that is no number.
    """
    numbers: Reals = np.zeros((1, 0))
    words: tuple[tuple[str, ...], ...] = ()
    if preparation.vector:
        values = [value.strip() for value in text.split(",")]
        count = len(preparation.vector.numbers)
        if len(values) != len(preparation.columns):
            raise DataError(
                f"the network reads {counted(len(preparation.columns), 'value')} "
                f"({', '.join(map(repr, preparation.columns[:8]))}), but {len(values):,} were given; put commas "
                "between them."
            )
        named = zip(values[:count], preparation.columns[:count], strict=True)
        numbers = np.array([[_number(value, name) for value, name in named]])
        words = tuple((value,) for value in values[count:])
    sources = () if preparation.vector else (text.strip(),)
    return Pairs(sources, numbers.reshape(1, -1), words, ("",), preparation.columns, preparation.target, ())


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{name!r} takes a number, got {text!r}.")
    return value
