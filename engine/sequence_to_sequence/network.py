"""A network that reads a sequence or a vector and then writes a sequence, of its own length.

Encoder and decoder (Cho et al. 2014; Sutskever, Vinyals and Le 2014), with attention between them where it is wanted.
Parameters have the names, shapes and gate order of a PyTorch module with ``embedding`` (a dictionary of ``source`` and
``target``), ``encoder``, ``bridge``, ``decoder``, ``attention`` and ``readout``. Letters in shapes: S steps read, U
steps written, B batch, I inputs, O outputs, H hidden units, E numbers heard before each step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.config import ModelConfig
from engine.inside_records import Arrived, LayerTrace
from engine.layers import arguments
from engine.layers.initializers import initialize
from engine.layers.linear import Linear
from engine.layers.masks import Chance
from engine.layers.parameters import NetworkError, Parameters, Trainable
from engine.layers.passes import Examples, Output, Step
from engine.layers.stack import Stack
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Workers
from engine.losses import Loss, as_loss
from engine.sequence_to_sequence import looking
from engine.sequence_to_sequence.attention import Attention
from engine.sequence_to_sequence.decoder import Context, Decoder, Writing
from engine.sequence_to_sequence.encoder import RecurrentEncoder, VectorEncoder
from engine.sequence_to_sequence.sizes import Sizes, configs, parameter_shapes

if TYPE_CHECKING:
    from engine.data import PairBatch

_WRITING = 1 << 32  # beyond every seed
WRITERS = ("one_to_many", "encoder_decoder")  # topologies that this network is for


def _pairs(batch: Examples) -> PairBatch:
    from engine.data import PairBatch  # late: kernels are compiled without reading data, and that takes long to import

    if not isinstance(batch, PairBatch):
        raise NetworkError("a network that writes learns from pairs, which say what was written before each step")
    return batch


class SequenceToSequence(Trainable):
    """An encoder, a decoder, and a readout at each step written.

    Args:
        model: topology ("encoder_decoder" or "one_to_many"), cell, sizes, attention.
        sizes: what goes in and what comes out.
        dtype: float32, or float64 by the same kernels for checking.
        seed: of the start values, and of what training leaves out at random.
        threads: 0 takes what the machine has. The result does not depend on it.

    Attributes:
        step: Training steps so far, set by the optimiser: of which step dropout and zoneout draw their masks.
    """

    aligned = True

    def __init__(
        self, model: ModelConfig, sizes: Sizes, *, dtype: Any = np.float32, seed: int = 0, threads: int = 0
    ) -> None:
        arguments.instance(model, ModelConfig, "the model")
        self.config, self.sizes = model, sizes
        self.input_size, self.output_size, self.tokens = sizes.inputs, sizes.outputs, sizes.reads_tokens
        self.dtype = arguments.float_type(dtype)
        arguments.between(1, arguments.LARGEST, inputs=sizes.inputs, outputs=sizes.outputs)
        arguments.between(0, arguments.SEEDS, seed=seed)
        arguments.between(0, arguments.THREADS, threads=threads)
        encoder, decoder = configs(model, sizes)
        super().__init__(Parameters(parameter_shapes(model, sizes, encoder, decoder), self.dtype))
        initialize(self.parameters, decoder.spec, seed, model.initializer)
        self.workers = Workers(threads)
        self._make(encoder, decoder)
        self.readout = Linear(self.parameters, decoder.outputs, sizes.outputs, self.workers)
        self._seed, self.step = seed, 0
        self.watch_time = False

    def _make(self, encoder: StackConfig | None, decoder: StackConfig) -> None:
        parameters, workers, attention = self.parameters, self.workers, None
        self.encoder: RecurrentEncoder | VectorEncoder
        if encoder:
            self.encoder = RecurrentEncoder(parameters, encoder, decoder, self.tokens, workers)
            if self.config.attention != "none":
                sizes = encoder.outputs, decoder.outputs
                attention = Attention(self.config.attention, parameters, *sizes, workers)
        else:
            self.encoder = VectorEncoder(parameters, decoder, workers)
        self.decoder = Decoder(parameters, decoder, self.sizes.writes_tokens, attention, workers)

    @property
    def stacks(self) -> dict[str, Stack]:
        """The recurrent layers by the name that their parameters begin with."""
        read = {"encoder": self.encoder.stack} if isinstance(self.encoder, RecurrentEncoder) else {}
        return read | {"decoder": self.decoder.stack}

    @property
    def stack(self) -> Stack:
        """The layers that answers are read from: the decoder's."""
        return self.decoder.stack

    # --- a whole batch, with what should be written known ---

    def forward(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None, before: NDArray[Any] | None = None,
        written: NDArray[np.int64] | None = None,
    ) -> Output:  # fmt: skip
        """Answers (U, B, O) where the decoder is given what was written before each step (teacher forcing).

        Args:
            inputs: (S, B, I) numbers or (S, B) tokens; one-to-many takes one step of numbers.
            lengths: (B,) steps of each sequence read, in falling order; None means S.
            before: (U, B, E) numbers, E as `sizes.heard`, or (U, B) tokens, a start first.
            written: (B,) steps of each sequence written, in any order; None means U.

        Raises:
            NetworkError: shapes, lengths or tokens that do not fit.
        """
        if before is None:
            raise NetworkError("a network that writes has to be told what was written before each step")
        answers = self._run(inputs, lengths, before, written)
        steps, batch = self._shape[:2]
        values = np.zeros((steps, batch, self.output_size), self.dtype)
        values[:, self._order] = answers.reshape(steps, batch, -1)[:, :, : self.output_size]
        values[np.arange(steps)[:, None] >= self._ends] = 0
        return Output(values, self.decoder.stack.final_states())

    def answer(self, batch: Examples, state: Any = None) -> Output:
        """`forward` of a batch."""
        pairs = _pairs(batch)
        return self.forward(pairs.inputs, pairs.lengths, pairs.before, pairs.written)

    def loss_and_gradients(self, batch: Examples, loss: str | Loss, state: Any = None) -> Step:
        """Loss of a batch, and its gradient by back-propagation through decoder and encoder.

        `loss` is a name that `training.loss` takes or a `Loss`, averaged over what the batch's weights leave in.
        """
        pairs, measure = _pairs(batch), as_loss(loss)
        answers = self._run(pairs.inputs, pairs.lengths, pairs.before, pairs.written, training=True)
        targets, weights = arguments.array(pairs.targets, "targets"), arguments.array(pairs.weights, "weights")
        if targets.shape[:2] != self._shape[:2] or weights.shape != self._shape[:2]:
            raise NetworkError(
                f"targets have shape {targets.shape}, weights {weights.shape}; {self._shape[:2]} steps are written"
            )
        ordered = replace(pairs, targets=targets[:, self._order], weights=weights[:, self._order])
        value = measure.over(answers, self.readout.row, self._shape, ordered, self._ends[self._order])
        self.parameters.gradients[:] = 0
        back = self.readout.backward_unmultiplied if self.decoder.takes_products else self.readout.backward
        d_state, d_memory = self.decoder.backward(back(self._rows, self._shape[0] * self._shape[1]), self.watch_time)
        d_read = None
        if d_memory is not None and self.decoder.attention and isinstance(self.encoder, RecurrentEncoder):
            d_read = self.decoder.attention.scattered(d_memory, self._order, self.encoder.stack.config.outputs)
        order = np.argsort(self._order)
        self.encoder.backward([part[:, order] for part in d_state], d_read, self.watch_time)
        return Step(value, self.decoder.stack.final_states())

    def _run(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, before: NDArray[Any],
        written: NDArray[np.int64] | None, training: bool = False,
    ) -> NDArray[Any]:  # fmt: skip
        """Answers in the decoder's order, rows as wide as the readout's, flat."""
        inputs = arguments.sequences(inputs, self.tokens, self.input_size, "S")
        before = self._checked_before(inputs, before)
        steps, batch = before.shape[:2]
        self._shape = (steps, batch, self.output_size)
        ends = self._ends = arguments.ends(written, steps, batch, "steps written")
        # The kernels want the longest first: what is written has an order of its own.
        self._order = np.argsort(-ends, kind="stable")
        start = self._begin(inputs, lengths, self._order, training)
        ordered = np.ascontiguousarray(before[:, self._order])
        if not self.sizes.writes_tokens:
            ordered = arguments.until_ends(ordered, ends[self._order])
        self._rows = self.decoder.forward(
            ordered, ends[self._order], start.state, start.context, self._chance(training, _WRITING)
        )
        return self.readout.forward(self._rows, steps * batch)[: steps * batch * self.readout.row]

    def _chance(self, training: bool, stream: int) -> Chance | None:
        """What is left out at random in a training step; encoder and decoder draw from streams of their own."""
        return Chance(self._seed + stream, self.step) if training else None

    def _checked_before(self, inputs: NDArray[Any], given: NDArray[Any]) -> NDArray[Any]:
        tokens, size = self.sizes.writes_tokens, self.sizes.heard
        before = arguments.array(given, "what was written before")
        fits = before.ndim == (2 if tokens else 3) and (tokens or before.shape[2] == size)
        if not fits or 0 in before.shape or before.shape[1] != inputs.shape[1]:
            wanted = "(U, B) tokens" if tokens else f"(U, B, {size}) numbers"
            raise NetworkError(
                f"what was written before has shape {before.shape}; the network takes {wanted} for {inputs.shape[1]} "
                "sequences, at least one step"
            )
        return before

    # --- step by step ---

    def begin(self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None) -> Writing:
        """Read a batch, ready to write its first step. What is handed back is overwritten by the next batch."""
        given = arguments.sequences(inputs, self.tokens, self.input_size, "S")
        return self._begin(given, lengths, np.arange(given.shape[1]))

    def _begin(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, order: NDArray[np.int64],
        training: bool = False,
    ) -> Writing:  # fmt: skip
        if not self._packed:
            for part in (self.encoder, self.decoder, self.readout):
                part.pack()
            self._packed = True
        steps, batch = inputs.shape[:2]
        ends = arguments.lengths(lengths, steps, batch)
        state = [part[:, order] for part in self.encoder.forward(inputs, ends, self._chance(training, 0))]
        if isinstance(self.encoder, VectorEncoder):
            return Writing(state, Context(vector=inputs[0][order] if self.config.repeat_input else None))
        attention = self.decoder.attention
        read = self.encoder.stack.output
        return Writing(state, Context(attention.remember(read, steps, ends, order) if attention else None))

    def write_step(self, before: NDArray[Any], at: Writing) -> tuple[NDArray[Any], Writing]:
        """Write one step: answers (B, O) after what was written before, (B,) tokens or (B, E) numbers."""
        given = arguments.array(before, "what was written before")
        batch = at.state[0].shape[1]
        wanted = (batch,) if self.sizes.writes_tokens else (batch, self.sizes.heard)
        if given.shape != wanted:
            raise NetworkError(f"what was written before has shape {given.shape}; what was begun takes {wanted}")
        rows = self.decoder.forward(given[None], np.ones(batch, np.int64), at.state, at.context)
        answers = self.readout.forward(rows, batch)[: batch * self.readout.row].reshape(batch, -1)
        return answers[:, : self.output_size].copy(), replace(at, state=self.decoder.stack.final_states())

    def attention_weights(self) -> NDArray[np.float32] | None:
        """How much each step written looked at each step read in the last pass, (B, U, S); None without attention."""
        return self.decoder.attention.weights() if self.decoder.attention else None

    # --- looking inside ---

    def trace_batch(self, batch: Examples) -> tuple[LayerTrace, ...]:
        """What each layer did on one pair (B = 1): the steps read, then the steps written, on one time axis.

        Layers that run backward have nothing to say while the decoder writes: NaN there.
        """
        pairs = _pairs(batch)
        self._run(pairs.inputs, pairs.lengths, pairs.before, pairs.written)
        return looking.traces(self.encoder.layers, self.decoder.layers)

    def gradient_by_time(self) -> Arrived:
        """‖∂L/∂h_t‖ of the last `loss_and_gradients` by layer and direction, (L·D, S + U); needs `watch_time`.

        The steps read come first, then the steps written; NaN where a layer has none.
        """
        return looking.what_arrived(self.encoder.layers, self.decoder.layers, self._order)
