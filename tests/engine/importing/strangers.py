"""ONNX models as other programs write them: recurrent operators with what exporters leave around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment
from engine.export.onnx_graph import Graph
from engine.importing import Imported
from engine.network import Network

INPUTS, UNITS, OUTPUTS = 3, 5, 2
BLOCKS = {"RNN": 1, "GRU": 3, "LSTM": 4}

Step = Callable[["Stranger", str], str]  # what is done to a value


@dataclass
class Stranger:
    """A model that is being built, of random weights."""

    operator: str = "LSTM"
    graph: Graph = field(default_factory=Graph)
    random: Any = field(default_factory=lambda: np.random.default_rng(5))
    folded: bool = True  # weights lie ready, not computed from a module's parameters
    state: str = ""  # what the layers begin from
    attributes: dict[str, Any] = field(default_factory=dict)

    def draw(self, *shape: int) -> str:
        """A constant of random numbers."""
        return self.graph.constant(self.random.uniform(-0.6, 0.6, shape).astype(np.float32))

    def layer(self, value: str, inputs: int, direction: str = "forward", linear: int = 1) -> tuple[str, str]:
        """Every hidden state (T, D, B, H) of one recurrent operator on (T, B, I), and the last ones (D, B, H)."""
        ways, rows = 2 if direction == "bidirectional" else 1, BLOCKS[self.operator] * UNITS
        weights = [self.weight(ways, rows, size) for size in (inputs, UNITS)]
        attributes = {"hidden_size": UNITS, "direction": direction, **self.attributes}
        if self.operator == "GRU":
            attributes["linear_before_reset"] = linear
        names = [self.graph.name("y"), self.graph.name("y_h")]
        states = ["", self.state] if self.state else []
        bias = self.draw(ways, 2 * rows)
        self.graph.add(self.operator, value, *weights, bias, *states, outputs=names, **attributes)
        return names[0], names[1]

    def weight(self, ways: int, rows: int, columns: int) -> str:
        """A weight, or the operators that make it of its two halves."""
        if self.folded:
            return self.draw(ways, rows, columns)
        halves = [self.draw(rows // 2, columns), self.draw(rows - rows // 2, columns)]
        whole = self.graph.add("Concat", *halves, axis=0)
        return self.graph.add("Unsqueeze", whole, self.graph.integers(0))

    def linear(self, value: str, inputs: int = UNITS, outputs: int = OUTPUTS, *, gemm: bool = False) -> str:
        """A linear layer, as PyTorch's exporter writes it for two axes, or for three."""
        if gemm:
            return self.graph.add("Gemm", value, self.draw(outputs, inputs), self.draw(outputs), transB=1)
        return self.graph.add("Add", self.draw(outputs), self.graph.add("MatMul", value, self.draw(inputs, outputs)))

    def turned(self, value: str) -> str:
        """(T, B, ·) from (B, T, ·), and back."""
        return self.graph.add("Transpose", value, perm=[1, 0, 2])

    def side_by_side(self, value: str) -> str:
        """(T, B, D · H) from (T, D, B, H), as both exporters of PyTorch do it."""
        moved = self.graph.add("Transpose", value, perm=[0, 2, 1, 3])
        return self.graph.add("Reshape", moved, self.graph.integers(0, 0, -1))

    def squeezed(self, value: str, axis: int) -> str:
        """A value without an axis of size one."""
        return self.graph.add("Squeeze", value, self.graph.integers(axis))

    def at(self, value: str, axis: int, place: int) -> str:
        """One place of an axis, which goes away."""
        return self.graph.add("Gather", value, self.graph.constant(np.int64(place)), axis=axis)

    def save(self, value: str, path: Path, rank: int = 2) -> Any:
        """The model whose output `value` is, written."""
        import onnx

        self.graph.output(value, "answer", np.float32, ["a", "b", "c"][:rank])
        model = self.graph.model("stranger", (), "pytorch")
        onnx.save(model, path)
        return model


def rows() -> NDArray[np.float32]:
    """Sequences (B, T, I)."""
    return np.random.default_rng(8).normal(size=(4, 6, INPUTS)).astype(np.float32)


def begun(**settings: Any) -> tuple[Stranger, str]:
    """A model that reads (B, T, I), and what goes into its first layer."""
    stranger = Stranger(**settings)
    return stranger, stranger.turned(stranger.graph.input("x", np.float32, ["B", "T", INPUTS]))


def said_here(found: Imported, inputs: NDArray[Any], topology: str) -> NDArray[Any]:
    """What a network of this engine with those weights says to sequences (B, T, I), or to tokens (B, T)."""
    experiment = Experiment().replace({"model.topology": topology} | dict(found.settings))
    tokens = inputs.ndim == 2
    size = found.weights["embedding.weight"].shape[0] if tokens else inputs.shape[-1]
    network = Network(experiment.model, size, len(found.weights["readout.weight"]), tokens=tokens, threads=1)
    found.into(network)
    given = np.ascontiguousarray(inputs.swapaxes(0, 1)).astype(np.int32 if tokens else np.float32)
    values: NDArray[Any] = network.forward(given).values
    return values.swapaxes(0, 1) if values.ndim == 3 else values
