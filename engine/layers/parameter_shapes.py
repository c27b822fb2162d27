"""Names and shapes of the parameters of a network that reads, and how many numbers they are."""

from __future__ import annotations

import numpy as np

from engine.config import ModelConfig
from engine.layers.stack_config import stack_config


def parameter_shapes(model: ModelConfig, input_size: int, output_size: int, tokens: bool) -> dict[str, tuple[int, ...]]:
    """All parameters in the order of the state dict."""
    stack = stack_config(model, model.embedding_size if tokens else input_size)
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (input_size, model.embedding_size)} if tokens else {}
    return shapes | stack.shapes() | {"readout.weight": (output_size, stack.outputs), "readout.bias": (output_size,)}


def parameter_count(model: ModelConfig, input_size: int, output_size: int, tokens: bool) -> int:
    """Trainable numbers of a network, without making it."""
    return sum(int(np.prod(shape)) for shape in parameter_shapes(model, input_size, output_size, tokens).values())


def unrolled_count(model: ModelConfig, input_size: int, output_size: int, tokens: bool, steps: int) -> int:
    """The same where each of `steps` time steps had weights of its own, as a feed-forward network of that depth has."""
    shapes = parameter_shapes(model, input_size, output_size, tokens)
    return sum(int(np.prod(shape)) * (steps if name.startswith("rnn.") else 1) for name, shape in shapes.items())
