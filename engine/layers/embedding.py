"""Numbers that stand for tokens, learned with the rest."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from engine.kernels import rows
from engine.layers import arguments
from engine.layers.buffers import Buffers, Rows
from engine.layers.parameters import Parameters


class Embedding:
    """A table of (V, E) numbers, one row for each token of a vocabulary; ``{name}.weight`` in the state dict."""

    def __init__(self, parameters: Parameters, name: str) -> None:
        self.vocabulary, self.size = parameters.shapes[f"{name}.weight"]
        self._parameters, self._at = parameters, parameters.offset(f"{name}.weight")
        self._buffers = Buffers(parameters.values.dtype)

    def forward(self, tokens: NDArray[Any]) -> Rows:
        """Rows of E numbers for tokens of any shape, in their order.

        Raises:
            NetworkError: a token that the vocabulary does not have.
        """
        checked = arguments.indices(tokens, self.vocabulary, "tokens", "the vocabulary")
        self._tokens = checked.flatten()  # a copy: `backward` writes where they say, whatever became of the caller's
        embedded = self._buffers.get("embedded", self._tokens.size * self.size)
        rows.gather(self._parameters.values, self._at, self.size, self._tokens, embedded)
        return Rows(embedded, 0, self.size)

    def backward(self, d: Rows) -> None:
        """Add ∂L/∂embedded of the last `forward` to the gradient of the table."""
        assert d.start == 0
        rows.scatter_add(d.array, d.stride, self.size, self._tokens, self._parameters.gradients, self._at)
