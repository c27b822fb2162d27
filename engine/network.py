"""A network: embedding where tokens come in, a stack of recurrent layers, a linear readout.

Parameters have the names, shapes and gate order of a plain PyTorch module with ``embedding``, ``rnn`` and
``readout``. Letters in shapes: T time steps, B batch, I inputs, H hidden units, O outputs, L layers, D directions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import ModelConfig
from engine.inside_records import Arrived, LayerTrace
from engine.layers import arguments, looking
from engine.layers.buffers import Products, Rows
from engine.layers.embedding import Embedding
from engine.layers.initializers import initialize
from engine.layers.linear import Linear
from engine.layers.masks import Chance
from engine.layers.parameter_shapes import parameter_shapes
from engine.layers.parameters import NetworkError, Parameters, Trainable
from engine.layers.passes import Examples, Output, Step
from engine.layers.stack import Stack, State
from engine.layers.stack_config import stack_config
from engine.layers.threads import Workers
from engine.losses import Loss, as_loss

__all__ = ["Network", "NetworkError", "Output", "State", "Step"]

READERS = ("one_to_one", "many_to_one", "many_to_many")  # topologies that this network is for


class Network(Trainable):
    """A recurrent network with its parameters and work arrays.

    Args:
        model: topology, cell, sizes.
        input_size: numbers per time step; the vocabulary's size where `tokens`.
        output_size: numbers per answer.
        dtype: float32, or float64 by the same kernels for checking.
        seed: of the start values, and of what training leaves out at random.
        threads: 0 takes what the machine has. The result does not depend on it.

    Attributes:
        step: Training steps so far, set by the optimiser: of which step dropout and zoneout draw their masks.
    """

    def __init__(
        self, model: ModelConfig, input_size: int, output_size: int, *, tokens: bool = False,
        dtype: Any = np.float32, seed: int = 0, threads: int = 0,
    ) -> None:  # fmt: skip
        arguments.instance(model, ModelConfig, "the model")
        self.config, self.input_size, self.output_size, self.tokens = model, input_size, output_size, tokens
        self.dtype = arguments.float_type(dtype)
        arguments.between(1, arguments.LARGEST, input_size=input_size, output_size=output_size)
        arguments.between(0, arguments.SEEDS, seed=seed)
        arguments.between(0, arguments.THREADS, threads=threads)
        if model.topology not in READERS:
            raise NetworkError(f"topology is {model.topology}; this network takes {', '.join(READERS)}")
        self.aligned = model.topology == "many_to_many"
        super().__init__(Parameters(parameter_shapes(model, input_size, output_size, tokens), self.dtype))
        stack = stack_config(model, model.embedding_size if tokens else input_size)
        initialize(self.parameters, stack.spec, seed, model.initializer)
        self._seed = seed
        self.step = 0
        self.workers = Workers(threads)
        self.stack = Stack(stack, self.parameters, self.workers)
        self.readout = Linear(self.parameters, stack.outputs, output_size, self.workers)
        self.watch_time = False
        self._embedding = Embedding(self.parameters, "embedding") if tokens else None
        self._passed = False  # whether there is a pass to go back through

    @property
    def stacks(self) -> dict[str, Stack]:
        """The recurrent layers by the name that their parameters begin with."""
        return {"rnn": self.stack}

    def forward(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None, state: State | None = None, *,
        training: bool = False,
    ) -> Output:  # fmt: skip
        """Outputs of a batch.

        Args:
            inputs: (T, B, I) numbers or (T, B) tokens. Numbers are not copied: `backward` reads them again.
            lengths: (B,) steps of each sequence, from 1 to T, in falling order; None means T.
            state: Where to begin: for each layer and direction (kinds, B, H), as an earlier call returned it; None is
                zero. The kinds are the cell's `states`, the hidden state first: h, c of an LSTM.
            training: Leave out at random what dropout and zoneout say, by the masks of the step `step`.

        Raises:
            NetworkError: shapes, lengths or tokens that do not fit.
        """
        self._run(inputs, lengths, state, training)
        hidden, count = self._read_rows()
        answers = self.readout.forward(hidden, count)
        values: NDArray[Any] = answers[: count * self.readout.row].reshape(count, self.readout.row)
        values = values[:, : self.output_size].copy()
        if self.aligned:
            values = values.reshape(self.stack.steps, self._lengths.size, self.output_size)
            if self._lengths[-1] < self.stack.steps:
                values[np.arange(len(values))[:, None] >= self._lengths[None, :]] = 0
        return Output(values, self.stack.final_states())

    def answer(self, batch: Examples, state: State | None = None) -> Output:
        """`forward` of a batch."""
        return self.forward(batch.inputs, batch.lengths, state)

    def loss_and_gradients(
        self, batch: Examples, loss: str | Loss, state: State | None = None, *, d_final: State | None = None,
        inward: bool = False, hand_over: int | None = None,
    ) -> Step:  # fmt: skip
        """Loss of a batch, and its gradient by back-propagation through time.

        Args:
            batch: What goes in and should come out.
            loss: A name that `training.loss` takes, with its usual settings, or a `Loss`; averaged over what the
                batch's weights leave in.
            state: Where to begin, as in `forward`.
            d_final: ∂L/∂(last state) from what goes on from there, shaped like a state; None is zero.
            inward: Also give the gradients of the inputs and of the initial state.
            hand_over: After how many steps to take the state that is given back; None is after the last.

        Raises:
            NetworkError: shapes, lengths or tokens that do not fit.
        """
        loss = as_loss(loss)
        arguments.batch(batch)
        self._run(batch.inputs, batch.lengths, state, training=True)
        after = self.stack.steps if hand_over is None else hand_over
        arguments.between(0, self.stack.steps, hand_over=after)
        outputs = self.readout.forward(*self._read_rows())
        ends = self._lengths if self.aligned else None
        value = loss.over(outputs, self.readout.row, self._shape(), batch, ends)
        return Step(value, self.stack.states_after(after), *self._backward(True, d_final, inward))

    def backward(self, d_values: NDArray[Any] | None, d_final: State | None = None) -> tuple[NDArray[Any], State]:
        """Back-propagate gradients of any loss through the last `forward`; the parameters' are `gradients()`.

        Args:
            d_values: ∂L/∂values, shaped like these; what lies past a sequence's end does not count. None is zero.
            d_final: ∂L/∂(last state), shaped like a state; None is zero.

        Returns:
            ∂L/∂inputs (T, B, I), of tokens ∂L/∂(their embedding) (T, B, E); and ∂L/∂(initial state).

        Raises:
            NetworkError: shapes that do not fit; no `forward` before, or one that was gone back through already.
        """
        if not self._passed:
            raise NetworkError("there is no pass to go back through: call forward before each backward")
        if d_values is not None:
            self._take_gradient(arguments.numbers(d_values, self.dtype, "the gradient"))
        d_inputs, d_state = self._backward(d_values is not None, d_final, inward=True)
        assert d_inputs is not None
        assert d_state is not None
        return d_inputs, d_state

    def _take_gradient(self, d_values: NDArray[Any]) -> None:
        shape = self._shape()
        if d_values.shape != shape:
            raise NetworkError(f"the gradient has shape {d_values.shape}, the values {shape}")
        answers = self.readout.answers(*shape[:-1])
        answers[...] = 0
        answers[..., : self.output_size] = d_values
        if self.aligned:
            answers[np.arange(self.stack.steps)[:, None] >= self._lengths] = 0

    def _shape(self) -> tuple[int, ...]:
        """Of the answers of the last pass."""
        steps, batch = self.stack.steps, self._lengths.size
        return (steps, batch, self.output_size) if self.aligned else (batch, self.output_size)

    def _backward(
        self, answered: bool, d_final: State | None, inward: bool
    ) -> tuple[NDArray[Any] | None, State | None]:
        """From ∂L/∂answers, left in place of the answers, through readout, stack and embedding."""
        if d_final is not None:
            d_final = self.stack.fitting_state(d_final, self._lengths.size, "the gradient of the last state")
        self._passed = False  # the slots hold gradients from here on
        self.parameters.gradients[:] = 0
        dx = self.stack.backward(*self._from_answers(answered), self.tokens or inward, self.watch_time, d_final)
        if dx is not None and self._embedding:
            self._embedding.backward(dx)
        if dx is None or not inward:
            return None, None
        steps, batch = self.stack.steps, self._lengths.size
        numbers = dx.array[: steps * batch * dx.stride].reshape(steps, batch, dx.stride)
        return numbers[:, :, : self.stack.config.inputs].copy(), self.stack.d_initial()

    def _from_answers(self, answered: bool) -> tuple[Rows | Products | None, Rows | None]:
        """∂L/∂(hidden states of all steps) and ∂L/∂(last ones)."""
        if not answered:
            return None, None
        if not self.aligned:
            return None, self.readout.backward(*self._read_rows())
        if self.stack.takes_products:
            return self.readout.backward_unmultiplied(*self._read_rows()), None
        return self.readout.backward(*self._read_rows()), None

    def _run(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, state: State | None, training: bool
    ) -> None:
        if not self._packed:
            self.stack.pack()
            self.readout.pack()
            self._packed = True
        self._passed = False
        inputs = arguments.sequences(inputs, self.tokens, self.input_size, "T")
        steps, batch = inputs.shape[:2]
        self._lengths = arguments.lengths(lengths, steps, batch)
        x = self._rows(inputs)
        if state is not None:
            state = self.stack.fitting_state(state, batch, "the state to begin with")
        self.stack.forward(x, steps, batch, self._lengths, state, Chance(self._seed, self.step) if training else None)
        self._passed = True

    def _rows(self, inputs: NDArray[Any]) -> Rows:
        if self._embedding:
            return self._embedding.forward(inputs)
        numbers = arguments.until_ends(arguments.numbers(inputs, self.dtype, "inputs"), self._lengths)
        return Rows(numbers.reshape(-1), 0, self.input_size)

    def _read_rows(self) -> tuple[Rows, int]:
        if self.aligned:
            return self.stack.output, self._lengths.size * self.stack.steps
        return self.stack.last_hidden(), self._lengths.size

    def trace(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None, state: State | None = None
    ) -> tuple[LayerTrace, ...]:
        """Hidden states, cell states and gates, (T, H) each, of one sequence (B = 1) by layer and direction.

        Arguments and errors are those of `forward`; every direction is told in the sequence's own time.
        """
        self._run(inputs, lengths, state, training=False)
        self._passed = False  # a look is nothing to go back through
        if self._lengths.size != 1:
            raise NetworkError(f"trace looks at one sequence, got a batch of {self._lengths.size}")
        return looking.traces(level.directions for level in self.stack.levels)

    def trace_batch(self, batch: Examples) -> tuple[LayerTrace, ...]:
        """`trace` of a batch of one sequence."""
        return self.trace(batch.inputs, batch.lengths)

    def gradient_by_time(self) -> Arrived:
        """‖∂L/∂h_t‖ of the last `loss_and_gradients` by layer and direction, (L·D, T); needs `watch_time`."""
        return looking.what_arrived(level.directions for level in self.stack.levels)
