"""What reads: a recurrent stack over a sequence, or a linear layer over a vector."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.layers import arguments
from engine.layers.buffers import Rows
from engine.layers.embedding import Embedding
from engine.layers.layer import Layer
from engine.layers.masks import Chance
from engine.layers.parameters import NetworkError, Parameters
from engine.layers.stack import Stack, State
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Workers
from engine.sequence_to_sequence.bridge import Bridge, joined, parted
from engine.sequence_to_sequence.sizes import stack_names


class Encoder(Protocol):
    """Turns a batch into the states that a decoder begins with, and back-propagates what comes back from there."""

    def pack(self) -> None:
        """Take over changed parameters."""

    def forward(self, inputs: NDArray[Any], lengths: NDArray[np.int64], chance: Chance | None) -> State:
        """Initial states of the decoder, (H-kinds, B, H) for each of its layers."""

    def backward(self, d_state: State, d_read: Rows | None, watch: bool) -> None:
        """Add to the parameters' gradients. `d_read`: ∂L/∂(what was read at each step), where there is attention."""


class RecurrentEncoder:
    """Reads sequences of tokens or numbers in one direction or both.

    One direction hands its last states on as they are; both are joined by a linear layer.
    """

    def __init__(
        self, parameters: Parameters, config: StackConfig, decoder: StackConfig, tokens: bool, workers: Workers
    ) -> None:
        self._dtype = parameters.values.dtype
        self.stack = Stack(config, parameters.part(stack_names("encoder", config)), workers)
        self._embedding = Embedding(parameters, "embedding.source") if tokens else None
        self._bridge = Bridge(parameters, decoder, workers) if config.bidirectional else None

    def pack(self) -> None:
        """See `Encoder`."""
        self.stack.pack()
        if self._bridge:
            self._bridge.pack()

    @property
    def layers(self) -> list[list[Layer]]:
        """Each layer's directions."""
        return [level.directions for level in self.stack.levels]

    def forward(self, inputs: NDArray[Any], lengths: NDArray[np.int64], chance: Chance | None) -> State:
        """See `Encoder`; inputs are (S, B) tokens or (S, B, I) numbers."""
        if self._embedding:
            x = self._embedding.forward(inputs)
        else:
            numbers = arguments.until_ends(arguments.numbers(inputs, self._dtype, "inputs"), lengths)
            x = Rows(numbers.reshape(-1), 0, inputs.shape[2])
        self.stack.forward(x, inputs.shape[0], inputs.shape[1], lengths, None, chance)
        state = self.stack.final_states()
        return self._bridge.forward(joined(state)) if self._bridge else state

    def backward(self, d_state: State, d_read: Rows | None, watch: bool) -> None:
        """See `Encoder`."""
        d_final = parted(self._bridge.backward(d_state)) if self._bridge else d_state
        dx = self.stack.backward(d_read, None, self._embedding is not None, watch, d_final)
        if self._embedding and dx:
            self._embedding.backward(dx)


class VectorEncoder:
    """Makes the decoder's initial states from a vector, each by a linear layer."""

    def __init__(self, parameters: Parameters, decoder: StackConfig, workers: Workers) -> None:
        self._decoder, self._dtype = decoder, parameters.values.dtype
        self._bridge = Bridge(parameters, decoder, workers)

    def pack(self) -> None:
        """See `Encoder`."""
        self._bridge.pack()

    @property
    def layers(self) -> list[list[Layer]]:
        """None: nothing recurs."""
        return []

    def forward(self, inputs: NDArray[Any], lengths: NDArray[np.int64], chance: Chance | None) -> State:
        """See `Encoder`; inputs are (1, B, I) numbers.

        Raises:
            NetworkError: a sequence instead of a vector.
        """
        if len(inputs) != 1:
            raise NetworkError(f"one-to-many reads one vector, but the inputs have {len(inputs)} steps")
        vector, kinds = inputs[0].astype(self._dtype), len(self._decoder.spec.states)
        return self._bridge.forward([[vector] * kinds for _ in range(self._decoder.depth)])

    def backward(self, d_state: State, d_read: Rows | None, watch: bool) -> None:
        """See `Encoder`."""
        self._bridge.backward(d_state)
