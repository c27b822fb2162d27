"""Small networks that write sequences, and batches for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.config import ModelConfig
from engine.data import PairBatch
from engine.layers.stack_config import StackConfig
from engine.sequence_to_sequence.encoder import RecurrentEncoder
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.sizes import Sizes
from tests import reference, reference_writing

READ, WRITTEN, INPUTS, OUTPUTS = (6, 4, 4, 1), (2, 5, 1, 4), 3, 6


def pair_batch(
    tokens: bool, vector: bool = False, read: tuple[int, ...] = READ, written: tuple[int, ...] = WRITTEN,
    dtype: Any = np.float64,
) -> PairBatch:  # fmt: skip
    """A ragged batch of random pairs, sorted by what is read only."""
    random = np.random.default_rng(1)
    steps, batch = max(written), len(written)
    lengths, ends = np.array(read), np.array(written)

    def numbers(*shape: int) -> Any:
        return random.standard_normal(shape).astype(dtype)

    def symbols(*shape: int) -> Any:
        return random.integers(0, OUTPUTS, shape).astype(np.int32)

    if vector:
        inputs, lengths = numbers(1, batch, INPUTS), np.ones(batch, np.int64)
    else:
        inputs = symbols(max(read), batch) if tokens else numbers(max(read), batch, INPUTS)
    return PairBatch(
        inputs=inputs,
        lengths=lengths,
        targets=symbols(steps, batch) if tokens else numbers(steps, batch, OUTPUTS),
        weights=(np.arange(steps)[:, None] < ends).astype(dtype),
        continues=False,
        positions=np.arange(batch),
        before=symbols(steps, batch) if tokens else numbers(steps, batch, OUTPUTS),
        written=ends,
    )


def writer(
    cell: str, tokens: bool = True, vector: bool = False, *, dtype: Any = np.float64, threads: int = 1, **model: Any
) -> SequenceToSequence:
    """A network that writes, with parameters large enough for every part of it to count."""
    settings = {"hidden_size": 5, "embedding_size": 3} | model
    config = ModelConfig(cell=cell, topology="one_to_many" if vector else "encoder_decoder", **settings)
    sizes = Sizes(OUTPUTS if tokens and not vector else INPUTS, OUTPUTS, tokens and not vector, tokens, OUTPUTS)
    made = SequenceToSequence(config, sizes, dtype=dtype, threads=threads)
    random = np.random.default_rng(2)
    largest = 0.7 * min(1.0, np.sqrt(5 / config.hidden_size))
    made.load_state_dict({name: random.uniform(-largest, largest, a.shape) for name, a in made.state_dict().items()})
    return made


def writing_model(made: SequenceToSequence) -> reference_writing.WritingModel:
    """What the reference needs to know of a network."""
    config, encoder = made.config, made.encoder.stack.config if isinstance(made.encoder, RecurrentEncoder) else None
    return reference_writing.WritingModel(
        encoder=_stack(config, encoder) if encoder else None,
        decoder=_stack(config, made.decoder.stack.config),
        attention=config.attention if encoder else "none",
        repeat_input=config.repeat_input and encoder is None,
    )


def _stack(config: ModelConfig, stack: StackConfig) -> reference.Model:
    gate, candidate = stack.activations
    return reference.Model(
        config.cell, stack.directions, stack.widths, len(stack.spec.states), gate, candidate, True, stack.summed,
        config.residual,
    )  # fmt: skip
