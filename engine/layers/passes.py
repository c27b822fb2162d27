"""What goes into a pass through a network, and what comes out of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.layers.stack import State


class Examples(Protocol):
    """A batch to learn from; `engine.data.Batch` is one."""

    @property
    def inputs(self) -> NDArray[Any]:
        """(T, B, I) numbers, or (T, B) tokens."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(B,) steps of each sequence, from 1 to T, in falling order."""

    @property
    def targets(self) -> NDArray[Any]:
        """(T, B, O) where every step is answered, else (B, O); of classes without O."""

    @property
    def weights(self) -> NDArray[Any]:
        """(T, B) or (B,); 0 leaves an answer out."""


@dataclass(frozen=True, slots=True)
class Output:
    """What `Network.forward` gives: (B, O) or (T, B, O), and the state to go on from."""

    values: NDArray[Any]
    state: State


@dataclass(frozen=True, slots=True)
class Step:
    """What `Network.loss_and_gradients` gives; the parameters' gradients are `Network.gradients()`.

    `d_inputs` is ∂L/∂inputs (T, B, I), of tokens ∂L/∂(their embedding) (T, B, E), and `d_state` ∂L/∂(initial state):
    both None unless asked for.
    """

    loss: float
    state: State
    d_inputs: NDArray[Any] | None = None
    d_state: State | None = None
