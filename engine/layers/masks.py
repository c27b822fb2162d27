"""What training leaves out at random: masks drawn by counter, so that they depend on nothing that came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels.jit import padded
from engine.layers.buffers import Buffers

_STREAM = 2  # upper half of the key: no number is shared with start values, order of the data or gradient noise


@dataclass(frozen=True, slots=True)
class Chance:
    """Random numbers of one training step: the same for the same seed, step and place, whatever else was drawn.

    Philox (Salmon et al. 2011) keyed by the seed; step, layer and mask are words of its counter.
    """

    seed: int
    step: int

    def uniform(self, layer: int, mask: int, count: int) -> NDArray[np.float32]:
        """`count` numbers from 0 up to, but not with, 1, for one mask of one layer."""
        counter = (self.step << 192) + (layer << 128) + (mask << 64)
        generator = np.random.Generator(np.random.Philox(key=(_STREAM << 64) + self.seed, counter=counter))
        return generator.random(count, np.float32)


class LayerMasks:
    """The masks of one direction of one layer.

    Recurrent dropout (Gal & Ghahramani 2016): one mask a sequence on the hidden state that the recurrent product
    reads. Zoneout (Krueger et al. 2017): units that keep their state for a step; in use, in expectation.

    Attributes:
        kept: (B, kinds · W) factors of the states that the recurrent product reads; empty without recurrent dropout.
        keep: (T, B, kinds · W) share of the new in each state, `keep_row` apart; empty without zoneout.
    """

    def __init__(self, layer: int, units: int, dropout: float, zoneout: tuple[float, ...]) -> None:
        """`layer` differs between layers and directions; `zoneout` has the rate of each kind of state."""
        self._layer, self._units, self._width = layer, units, padded(units)
        self._dropout, self._zoneout = dropout, zoneout

    def draw(self, steps: int, batch: int, chance: Chance | None, buffers: Buffers) -> None:
        """Masks for a batch; no `chance` is use: nothing is left out."""
        self.kept, self.keep = buffers.get("kept", 0), buffers.get("keep", 0)
        self.keep_row = 0
        if self._dropout and chance:
            self.kept = self._recurrent(batch, chance, buffers)
        if any(self._zoneout):
            self.keep = self._shares(steps * batch, chance, buffers)
            self.keep_row = len(self._zoneout) * self._width if chance else 0

    def _recurrent(self, batch: int, chance: Chance, buffers: Buffers) -> NDArray[Any]:
        mask = self._whole("kept mask", batch, buffers)
        mask[:] = 1
        drawn = chance.uniform(self._layer, 1, batch * self._units).reshape(batch, self._units) >= self._dropout
        mask[:, 0, : self._units] = drawn / (1 - self._dropout)
        return mask.reshape(-1)

    def _shares(self, count: int, chance: Chance | None, buffers: Buffers) -> NDArray[Any]:
        shares = self._whole("keep shares", count if chance else 1, buffers)
        shares[:] = 1
        for kind, rate in enumerate(self._zoneout):
            if chance is None:
                shares[:, kind] = 1 - rate
            elif rate:
                drawn = chance.uniform(self._layer, 2 + kind, count * self._units).reshape(count, self._units)
                shares[:, kind, : self._units] = drawn >= rate
        return shares.reshape(-1)

    def _whole(self, name: str, rows: int, buffers: Buffers) -> NDArray[Any]:
        size = rows * len(self._zoneout) * self._width
        return buffers.get(name, size)[:size].reshape(rows, len(self._zoneout), self._width)
