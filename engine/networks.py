"""The network that a topology asks for."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np

from engine.config import ModelConfig
from engine.layers.parameter_shapes import parameter_count as _count
from engine.layers.parameter_shapes import parameter_shapes as _shapes
from engine.layers.parameter_shapes import unrolled_count as _count_unrolled
from engine.network import Network
from engine.sequence_to_sequence.network import WRITERS, SequenceToSequence
from engine.sequence_to_sequence.sizes import Sizes, configs
from engine.sequence_to_sequence.sizes import parameter_count as _count_writing
from engine.sequence_to_sequence.sizes import parameter_shapes as _shapes_writing

AnyNetwork: TypeAlias = Network | SequenceToSequence


class Ends(Protocol):
    """What a network has to know of the data; a `Dataset` says it."""

    input_size: int
    output_size: int
    tokens: bool
    writes_tokens: bool
    heard_size: int  # numbers heard before each step of numbers that is written


def make_network(
    model: ModelConfig, ends: Ends, *, width: int = 1, dtype: Any = np.float32, seed: int = 0, threads: int = 0
) -> AnyNetwork:
    """A network for data with these ends; `width` is how many outputs the loss takes for each target.

    Raises:
        NetworkError: a model that cannot be built.
    """
    if model.topology in WRITERS:
        return SequenceToSequence(model, _sizes(ends, width), dtype=dtype, seed=seed, threads=threads)
    return Network(
        model, ends.input_size, ends.output_size * width, tokens=ends.tokens, dtype=dtype, seed=seed, threads=threads
    )


def parameter_count(model: ModelConfig, ends: Ends, width: int = 1) -> int:
    """Trainable numbers of a network, without making it."""
    if model.topology in WRITERS:
        return _count_writing(model, _sizes(ends, width))
    return _count(model, ends.input_size, ends.output_size * width, ends.tokens)


def parameter_shapes(model: ModelConfig, ends: Ends, width: int = 1) -> dict[str, tuple[int, ...]]:
    """What its state dict holds, by name, likewise."""
    if model.topology in WRITERS:
        sizes = _sizes(ends, width)
        return _shapes_writing(model, sizes, *configs(model, sizes))
    return _shapes(model, ends.input_size, ends.output_size * width, ends.tokens)


def unrolled_count(model: ModelConfig, ends: Ends, steps: int, width: int = 1) -> int:
    """Trainable numbers if no time step shared its weights with another; 0 for networks that write sequences."""
    if model.topology in WRITERS:
        return 0
    return _count_unrolled(model, ends.input_size, ends.output_size * width, ends.tokens, steps)


def _sizes(ends: Ends, width: int) -> Sizes:
    return Sizes(ends.input_size, ends.output_size * width, ends.tokens, ends.writes_tokens, ends.heard_size)
