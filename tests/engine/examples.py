"""Small networks and batches for the tests of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification, specifications
from engine.config import ModelConfig
from engine.network import Network
from tests import reference

VOCABULARY, INPUTS, OUTPUTS, HIDDEN = 7, 3, 4, 5


@dataclass(frozen=True)
class Example:
    """A batch, with the loss that suits it."""

    inputs: NDArray[Any]
    lengths: NDArray[np.int64]
    targets: NDArray[Any]
    weights: NDArray[Any]
    loss: str

    def cast(self, dtype: Any) -> Example:
        """The same batch with its numbers as `dtype`."""
        inputs = self.inputs if self.inputs.dtype == np.int32 else self.inputs.astype(dtype)
        targets = self.targets if self.targets.dtype == np.int32 else self.targets.astype(dtype)
        return Example(inputs, self.lengths, targets, self.weights.astype(dtype), self.loss)


def example(
    aligned: bool, tokens: bool, lengths: tuple[int, ...] = (6, 4, 4, 1), inputs: int = INPUTS, outputs: int = OUTPUTS
) -> Example:
    """A batch of random sequences; classes as targets where tokens go in, numbers otherwise."""
    random = np.random.default_rng(1)
    steps, batch = max(lengths), len(lengths)
    weights = (np.arange(steps)[:, None] < np.array(lengths)) * 1.0 if aligned else np.ones(batch)
    x: NDArray[Any]
    targets: NDArray[Any]
    if tokens:
        x = random.integers(0, VOCABULARY, (steps, batch)).astype(np.int32)
        targets = random.integers(0, outputs, weights.shape).astype(np.int32)
    else:
        x = random.standard_normal((steps, batch, inputs))
        targets = random.standard_normal((*weights.shape, outputs))
    return Example(x, np.array(lengths), targets, weights, "cross_entropy" if tokens else "mse")


def network(
    cell: str, aligned: bool = True, tokens: bool = False, *, dtype: Any = np.float64, threads: int = 1,
    inputs: int = INPUTS, outputs: int = OUTPUTS, activations: tuple[str, str] | None = None, **model: Any,
) -> Network:  # fmt: skip
    """A network of one cell, with parameters large enough for every part of it to count.

    `activations` are those of gates and candidate; None takes what the config says.
    """
    settings = {"hidden_size": HIDDEN, "embedding_size": 3} | model
    if activations:
        gate, candidate = activations
        settings |= {"activation": candidate} | ({"gate_activation": gate} if specification(cell).gates else {})
    config = ModelConfig(cell=cell, topology="many_to_many" if aligned else "many_to_one", **settings)
    made = Network(config, VOCABULARY if tokens else inputs, outputs, tokens=tokens, dtype=dtype, threads=threads)
    random = np.random.default_rng(2)
    largest = 0.7 * min(1.0, np.sqrt(HIDDEN / config.hidden_size))  # beyond it a recurrence may turn chaotic
    made.load_state_dict({name: random.uniform(-largest, largest, a.shape) for name, a in made.state_dict().items()})
    return made


def activation_choices() -> list[tuple[str, tuple[str, str]]]:
    """Each cell with each activation function that it allows, once in its gates and once elsewhere."""
    found: list[tuple[str, tuple[str, str]]] = []
    for spec in specifications():
        usual = spec.gate_activations[0] if spec.gates else "identity"
        found += [(spec.key, (usual, name)) for name in spec.activations]
        found += [(spec.key, (name, spec.activations[0])) for name in spec.gate_activations[1:]]
    return found


def reference_model(made: Network) -> reference.Model:
    """What the reference needs to know of a network."""
    config, stack = made.config, made.stack.config
    gate, candidate = stack.activations
    return reference.Model(
        config.cell, stack.directions, config.widths, len(specification(config.cell).states), gate, candidate,
        made.aligned, stack.summed, config.residual,
    )  # fmt: skip


def one_sequence(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of the norms (B, T) that sequences begin with, in one of them, (T,): NaN where they have ended."""
    begin = norms[:, :1]
    course: NDArray[np.float64] = np.exp(np.log(begin).mean() + np.nanmean(np.log(norms / begin), axis=0))
    return course
