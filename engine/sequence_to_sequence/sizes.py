"""Names and shapes of the parameters of a network that writes sequences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.config import ModelConfig
from engine.layers.stack_config import Shapes, StackConfig, stack_config


@dataclass(frozen=True, slots=True)
class Sizes:
    """What goes in and what comes out.

    `inputs` is the vocabulary's size where tokens are read, `outputs` where tokens are written; otherwise both are
    numbers a step.
    """

    inputs: int
    outputs: int
    reads_tokens: bool
    writes_tokens: bool
    heard: int = 0  # numbers heard before each step of numbers: the answer before, and what is known ahead of the step


def configs(model: ModelConfig, sizes: Sizes) -> tuple[StackConfig | None, StackConfig]:
    """Shapes of encoder and decoder; None where a vector is read."""
    vector = model.topology == "one_to_many"
    written = model.embedding_size if sizes.writes_tokens else sizes.heard
    beside = sizes.inputs if vector and model.repeat_input else 0
    encoder = None if vector else stack_config(model, model.embedding_size if sizes.reads_tokens else sizes.inputs)
    own = replace(stack_config(model, written + beside), bidirectional=False, summed=False, learned_state=False)
    return encoder, own


def parameter_count(model: ModelConfig, sizes: Sizes) -> int:
    """Trainable numbers of a network, without making it."""
    return sum(int(np.prod(shape)) for shape in parameter_shapes(model, sizes, *configs(model, sizes)).values())


def parameter_shapes(
    model: ModelConfig, sizes: Sizes, encoder: StackConfig | None, decoder: StackConfig
) -> dict[str, tuple[int, ...]]:
    """All parameters in the order of the state dict; `encoder` is None where a vector is read."""
    shapes: Shapes = {}
    if sizes.reads_tokens:
        shapes["embedding.source.weight"] = (sizes.inputs, model.embedding_size)
    if sizes.writes_tokens:
        shapes["embedding.target.weight"] = (sizes.outputs, model.embedding_size)
    if encoder:
        shapes |= _renamed("encoder", encoder)
    shapes |= _bridge(encoder, decoder, sizes.inputs)
    shapes |= _renamed("decoder", decoder)
    if encoder:
        shapes |= _attention(model.attention, encoder.outputs, decoder.outputs)
    return shapes | {"readout.weight": (sizes.outputs, decoder.outputs), "readout.bias": (sizes.outputs,)}


def stack_names(part: str, stack: StackConfig) -> dict[str, str]:
    """For each name that a stack knows, ``rnn.weight_ih_l0``, the network's, ``encoder.weight_ih_l0``."""
    return {name: f"{part}.{name.removeprefix('rnn.')}" for name in stack.shapes()}


def _renamed(part: str, stack: StackConfig) -> Shapes:
    names = stack_names(part, stack)
    return {names[own]: shape for own, shape in stack.shapes().items()}


def bridge_names(decoder: StackConfig) -> list[list[str]]:
    """For each layer of the decoder, the linear layer that makes each of its initial states."""
    return [[f"bridge.{kind}_l{level}" for kind in decoder.spec.states] for level in range(decoder.depth)]


def _bridge(encoder: StackConfig | None, decoder: StackConfig, inputs: int) -> Shapes:
    """Nothing where the encoder's last states can be handed on as they are."""
    if encoder and not encoder.bidirectional:
        return {}
    shapes: Shapes = {}
    for units, names in zip(decoder.widths, bridge_names(decoder), strict=True):
        for name in names:
            shapes |= {f"{name}.weight": (units, 2 * units if encoder else inputs), f"{name}.bias": (units,)}
    return shapes


def _attention(kind: str, memory: int, hidden: int) -> Shapes:
    """W_a of Luong et al. (2015), eq. 8, or W, U, v of Bahdanau et al. (2015), A.1.2; and W_c of Luong, eq. 5."""
    combine: Shapes = {"attention.combine.weight": (hidden, memory + hidden)}
    if kind == "multiplicative":
        return Shapes({"attention.query.weight": (memory, hidden)}) | combine
    if kind == "additive":
        scoring: Shapes = {"attention.query.weight": (hidden, hidden), "attention.key.weight": (hidden, memory)}
        return scoring | {"attention.score.weight": (1, hidden)} | combine
    return {}
