"""Transforms and scalers with exact inverses.

A transform acts on the values themselves, a scaler brings each column to a common range. Both are undone on
what the network answers. A difference over `horizon` steps is taken from the last value the window knows, a seasonal
difference from the value as few whole seasons before as are known by then (Box and Jenkins' operators 1 - B, 1 - B^s).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transform:
    """Logarithm, difference, both or neither; and the seasonal difference over `period` steps where that is not 0."""

    name: str
    period: int = 0

    @property
    def logarithm(self) -> bool:
        """Values go through the natural logarithm; they must be above 0."""
        return self.name in ("log", "log_difference")

    @property
    def difference(self) -> bool:
        """The change from a known value stands for the value."""
        return self.name in ("difference", "log_difference")

    @property
    def lead(self) -> int:
        """Rows before the first one that can be transformed."""
        return self.period + int(self.difference)

    def level(self, values: Reals) -> Reals:
        """Values on the scale where differences are taken, any shape."""
        return np.log(values) if self.logarithm else values

    def changes(self, values: Reals) -> Reals:
        """Rows of values (lead + T, …) as the network reads them, (T, …)."""
        level = self.level(values)
        if self.period:
            level = level[self.period :] - level[: -self.period]
        return level[1:] - level[:-1] if self.difference else level

    def start(self, back: Callable[[int], Reals]) -> Reals:
        """The last known row without its season, on the scale of the level; `back(k)` are values k rows before it."""
        level = self.level(back(0))
        return level - self.level(back(self.period)) if self.period else level

    def base(self, back: Callable[[int], Reals], ahead: int) -> Reals:
        """What an answer `ahead` steps on is a change from, on the scale of the level; `back` as of `start`."""
        base = self.start(back) if self.difference else np.zeros(np.shape(back(0)))
        return base + self.level(back(-ahead % self.period)) if self.period else base

    def forward(self, values: Reals, base: Reals) -> Reals:
        """`values` as changes from `base`, of the same shape."""
        return self.level(values) - base

    def inverse(self, changed: Reals, base: Reals) -> Reals:
        """The opposite of `forward`."""
        level = changed + base
        return np.exp(level) if self.logarithm else level


@dataclass(frozen=True, slots=True, eq=False)
class Scaler:
    """Per column: scaled = (value - offset) / scale."""

    offset: Reals  # (C,), or (B, C) where each of B sequences has its own
    scale: Reals  # likewise, never 0

    def forward(self, values: Reals) -> Reals:
        """Scale `values`, whose last axis are the columns."""
        return (values - self.offset) / self.scale

    def inverse(self, scaled: NDArray[Any]) -> Reals:
        """The opposite of `forward`."""
        return np.asarray(scaled * self.scale + self.offset, np.float64)

    def to_dict(self) -> dict[str, list[float]]:
        """Plain lists, ready for JSON."""
        return {"offset": self.offset.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, values: dict[str, list[float]]) -> Scaler:
        """The opposite of `to_dict`."""
        return cls(np.array(values["offset"], np.float64), np.array(values["scale"], np.float64))


def scaler_each(scalers: Sequence[tuple[NDArray[np.int64], Scaler]]) -> Scaler:
    """One scaler for B sequences of which each has its own: the places of some among them, and the scaler of these."""
    count, columns = sum(len(which) for which, _ in scalers), len(scalers[0][1].scale)
    offset, scale = np.zeros((count, columns)), np.ones((count, columns))
    for which, scaler in scalers:
        offset[which], scale[which] = scaler.offset, scaler.scale
    return Scaler(offset, scale)


def fit_scaler(name: str, values: Reals) -> Scaler:
    """A scaler for the columns of `values` (N, C); NaN is left out. Pass the training part only.

    "standard" gives mean 0 and deviation 1, "minmax" the range 0 to 1, "none" changes nothing. A column that
    never changes is only shifted.
    """
    if name == "none":
        return Scaler(np.zeros(values.shape[1]), np.ones(values.shape[1]))
    # One column at a time: a copy of all of them would be as large as the table.
    fitted = np.array([_fit_column(name, _finite(column)) for column in values.T]).reshape(-1, 2)
    offset, scale = fitted[:, 0].copy(), fitted[:, 1].copy()
    steady = scale <= 1e-12 * np.maximum(1.0, np.abs(offset))
    return Scaler(offset, np.where(steady, 1.0, scale))


def _finite(column: Reals) -> Reals:
    known = np.isfinite(column)
    return column if known.all() else column[known]


def _fit_column(name: str, column: Reals) -> tuple[float, float]:
    """Offset and scale of finite values (N,)."""
    if not column.size:
        return 0.0, 1.0
    if name == "minmax":
        return float(column.min()), float(np.ptp(column))
    return float(column.mean()), float(column.std())
