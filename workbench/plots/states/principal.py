"""The plane in which a cloud of states spreads most, followed from picture to picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats

Plane = NDArray[np.float64]

_SPARE, _ROUNDS = 4, 24  # directions beside the two, which speed up the search; rounds it takes at most
_SAME = 1e-7  # of the variance: less change in a round is none


class PrincipalPlane:
    """The first two principal components of (T, H) states, by subspace iteration from the last answer.

    Starting where it was makes it quick while a network learns, and keeps the picture from flipping over.
    """

    def __init__(self) -> None:
        self._directions: Plane = np.empty((0, 0))  # (H, up to 2 + _SPARE), the principal ones first

    def reset(self) -> None:
        """Forget the last answer."""
        self._directions = np.empty((0, 0))

    def project(self, states: Floats) -> tuple[Plane, tuple[float, float]]:
        """Places (T, 2) of the states in the plane, and the share of the variance along each of its axes."""
        known = np.nan_to_num(states.astype(np.float64))
        centred = known - known.mean(axis=0)
        total = float(np.square(centred).sum())
        if total == 0.0:
            return np.zeros((len(states), 2)), (0.0, 0.0)
        found = self._search(centred, self._start(*centred.shape), total)
        self._directions = _same_way(found, self._directions)
        places = np.zeros((len(states), 2))
        places[:, : min(2, found.shape[1])] = centred @ self._directions[:, :2]
        first, second = np.square(places).sum(axis=0) / total
        return places, (float(first), float(second))

    def _start(self, steps: int, units: int) -> Plane:
        count = min(2 + _SPARE, steps, units)
        if self._directions.shape == (units, count):
            return self._directions
        return np.linalg.qr(np.random.default_rng(0).standard_normal((units, count)))[0]

    def _search(self, centred: Plane, directions: Plane, total: float) -> Plane:
        spread = _spreading(centred)
        spreads, before = spread(directions), -1.0
        for _ in range(_ROUNDS):
            directions = np.linalg.qr(spreads)[0]
            spreads = spread(directions)
            caught = float((directions * spreads).sum())
            if caught - before < _SAME * total:
                break
            before = caught
        turn = np.linalg.eigh(directions.T @ spreads)[1][:, ::-1]  # the principal ones first
        return np.asarray(directions @ turn)


def _spreading(centred: Plane) -> Callable[[Plane], Plane]:
    """What multiplies directions by the scatter matrix, made once where that takes less than going over all steps."""
    steps, units = centred.shape
    if steps <= units:
        return lambda directions: centred.T @ (centred @ directions)
    scatter = centred.T @ centred
    return lambda directions: scatter @ directions


def _same_way(found: Plane, before: Plane) -> Plane:
    """Each direction the way it pointed before; of the first time, the way in which its largest part is positive."""
    if found.shape == before.shape:
        signs = np.sign((found * before).sum(axis=0))
    else:
        signs = np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    return found * np.where(signs == 0, 1.0, signs)
