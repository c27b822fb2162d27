"""What writes: a recurrent stack running forward over what was written so far, with attention where there is any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.layers.buffers import Buffers, Products, Rows
from engine.layers.embedding import Embedding
from engine.layers.layer import Layer
from engine.layers.masks import Chance
from engine.layers.parameters import Parameters
from engine.layers.stack import Stack, State
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Workers
from engine.sequence_to_sequence.attention import Attention, Memory
from engine.sequence_to_sequence.sizes import stack_names


@dataclass(frozen=True, slots=True)
class Context:
    """What a decoder has beside its states, the same at every step."""

    memory: Memory | None = None  # what attention looks at
    vector: NDArray[Any] | None = None  # (B, I) what is put beside the input of every step

    def take(self, order: NDArray[np.int64]) -> Context:
        """Of the sequences `order` (N,), which may repeat."""
        memory = self.memory.take(order) if self.memory else None
        return Context(memory, None if self.vector is None else self.vector[order])


@dataclass(frozen=True, slots=True)
class Writing:
    """Where a decoder stands: its states and what it has beside them."""

    state: State
    context: Context

    def take(self, order: NDArray[np.int64]) -> Writing:
        """Of the sequences `order` (N,), which may repeat."""
        return Writing([part[:, order] for part in self.state], self.context.take(order))

    def reordered(self, order: NDArray[np.int64]) -> Writing:
        """Other states beside the same context, for sequences that share theirs with those they stem from."""
        return replace(self, state=[part[:, order] for part in self.state])


class Decoder:
    """Gives the rows (U, B, H) that the readout reads."""

    def __init__(
        self, parameters: Parameters, config: StackConfig, tokens: bool, attention: Attention | None, workers: Workers
    ) -> None:
        self._buffers = Buffers(parameters.values.dtype)
        self.stack = Stack(config, parameters.part(stack_names("decoder", config)), workers)
        self.attention = attention
        self._embedding = Embedding(parameters, "embedding.target") if tokens else None

    @property
    def layers(self) -> list[Layer]:
        """From the lowest up."""
        return [level.directions[0] for level in self.stack.levels]

    def pack(self) -> None:
        """Take over changed parameters."""
        self.stack.pack()
        if self.attention:
            self.attention.pack()

    def forward(
        self, before: NDArray[Any], lengths: NDArray[np.int64], state: State, context: Context,
        chance: Chance | None = None,
    ) -> Rows:  # fmt: skip
        """Run over what was written before each step: (U, B) tokens or (U, B, O) numbers."""
        steps, batch = before.shape[:2]
        self.stack.forward(self._inputs(before, context), steps, batch, lengths, state, chance)
        if not self.attention or not context.memory:
            return self.stack.output
        return self.attention.forward(self.stack.output, steps, context.memory)

    def _inputs(self, before: NDArray[Any], context: Context) -> Rows:
        if context.vector is None and self._embedding:
            return self._embedding.forward(before)
        steps, batch = before.shape[:2]
        size = self.stack.config.inputs
        wide = self._buffers.get("x", steps * batch * size)
        shaped = wide[: steps * batch * size].reshape(steps, batch, size)
        own = size - (0 if context.vector is None else context.vector.shape[1])
        if self._embedding:
            rows = self._embedding.forward(before).array[: steps * batch * own]
            shaped[:, :, :own] = rows.reshape(steps, batch, own)
        else:
            shaped[:, :, :own] = before
        if context.vector is not None:
            shaped[:, :, own:] = context.vector
        return Rows(wide, 0, size)

    @property
    def takes_products(self) -> bool:
        """Whether `backward` takes ∂L/∂rows as products, after such a batch."""
        return not self.attention and self.stack.takes_products

    def backward(self, d: Rows | Products, watch: bool) -> tuple[State, NDArray[Any] | None]:
        """From ∂L/∂rows to ∂L/∂(initial state) and ∂L/∂memory; adds to the parameters' gradients."""
        d_memory = None
        if self.attention:
            assert isinstance(d, Rows)
            d, d_memory = self.attention.backward(d)
        dx = self.stack.backward(d, None, self._embedding is not None, watch)
        if self._embedding and dx:
            self._embedding.backward(dx)
        return self.stack.d_initial(), d_memory
