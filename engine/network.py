"""A network: embedding where tokens come in, a stack of recurrent layers, a linear readout.

Parameters have the names, shapes and gate order of a plain PyTorch module with ``embedding``, ``rnn`` and
``readout``. Letters in shapes: T time steps, B batch, I inputs, H hidden units, O outputs, L layers, D directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.buffers import Buffers
from engine.cells import specification
from engine.config import ModelConfig
from engine.events import LayerTrace
from engine.initializers import initialize
from engine.kernels import losses, rows
from engine.layer import Rows
from engine.parameters import NetworkError, Parameters
from engine.readout import Readout
from engine.stack import Stack, StackConfig
from engine.threads import Workers

__all__ = ["Network", "NetworkError", "Output", "Step", "parameter_count"]


class Examples(Protocol):
    """A batch to learn from; `engine.data.Batch` is one."""

    @property
    def inputs(self) -> NDArray[Any]: ...
    @property
    def lengths(self) -> NDArray[np.int64]: ...
    @property
    def targets(self) -> NDArray[Any]: ...
    @property
    def weights(self) -> NDArray[Any]: ...


@dataclass(frozen=True, slots=True)
class Output:
    """What `Network.forward` gives: (B, O) or (T, B, O), and the state to go on from."""

    values: NDArray[Any]
    state: list[NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What `Network.loss_and_gradients` gives; the gradients are `Network.gradients()`."""

    loss: float
    state: list[NDArray[Any]]


def _stack_config(model: ModelConfig, inputs: int) -> StackConfig:
    spec = specification(model.cell)
    gate = _chosen(model.gate_activation, spec.gate_activations or ("identity",))
    activations = (gate, _chosen(model.activation, spec.activations))
    return StackConfig(spec, inputs, model.hidden_size, model.num_layers, model.bidirectional, activations)


def _chosen(wanted: str, allowed: tuple[str, ...]) -> str:
    """What is set, where the cell leaves a choice; a cell that is defined with one function keeps it."""
    return wanted if wanted in allowed else allowed[0]


def _shapes(model: ModelConfig, input_size: int, output_size: int, tokens: bool) -> dict[str, tuple[int, ...]]:
    stack = _stack_config(model, model.embedding_size if tokens else input_size)
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (input_size, model.embedding_size)} if tokens else {}
    return shapes | stack.shapes() | {"readout.weight": (output_size, stack.outputs), "readout.bias": (output_size,)}


def parameter_count(model: ModelConfig, input_size: int, output_size: int, tokens: bool) -> int:
    """Trainable numbers of a network, without making it."""
    return sum(int(np.prod(shape)) for shape in _shapes(model, input_size, output_size, tokens).values())


class Network:
    """A recurrent network with its parameters and work arrays.

    Args:
        model: topology, cell, sizes.
        input_size: numbers per time step; the vocabulary's size where `tokens`.
        output_size: numbers per answer.
        dtype: float32, or float64 by the same kernels for checking.
        seed: of the start values.
        threads: 0 takes what the machine has. The result does not depend on it.
    """

    def __init__(
        self, model: ModelConfig, input_size: int, output_size: int, *, tokens: bool = False,
        dtype: Any = np.float32, seed: int = 0, threads: int = 0,
    ) -> None:  # fmt: skip
        self.config, self.input_size, self.output_size, self.tokens = model, input_size, output_size, tokens
        self.dtype = np.dtype(dtype)
        self.aligned = model.topology == "many_to_many"
        self.parameters = Parameters(_shapes(model, input_size, output_size, tokens), self.dtype)
        stack = _stack_config(model, model.embedding_size if tokens else input_size)
        initialize(self.parameters, stack.spec, model.hidden_size, seed)
        self.workers = Workers(threads)
        self.stack = Stack(stack, self.parameters, self.workers)
        self.readout = Readout(self.parameters, stack.outputs, output_size, self.workers)
        self.watch_time = False
        self._buffers = Buffers(self.dtype)
        self._packed = False

    @property
    def names(self) -> tuple[str, ...]:
        """Parameter names, in the order of the state dict."""
        return self.parameters.names

    @property
    def parameter_count(self) -> int:
        """Trainable numbers."""
        return self.parameters.count

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all parameters under PyTorch's names."""
        return self.parameters.state_dict()

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over every parameter. Raises `NetworkError` where names, shapes or numbers do not fit."""
        self.parameters.load_state_dict(state)
        self._packed = False

    def gradients(self) -> dict[str, NDArray[Any]]:
        """Copies of the last gradients under the parameters' names."""
        return {name: self.parameters.gradient(name).copy() for name in self.names}

    def changed(self) -> None:
        """Say that parameters were changed in place, as an optimiser does."""
        self._packed = False

    def forward(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None, state: list[NDArray[Any]] | None = None
    ) -> Output:
        """Outputs of a batch.

        Args:
            inputs: (T, B, I) numbers or (T, B) tokens.
            lengths: (B,) steps of each sequence, from 1 to T, in falling order; None means T.
            state: what an earlier call returned, to go on from; None is zero.

        Raises:
            NetworkError: shapes, lengths or tokens that do not fit.
        """
        self._run(inputs, lengths, state)
        hidden, count = self._read_rows()
        values = self.readout.forward(hidden, count)[: count * self.readout.row].reshape(count, self.readout.row)
        values = values[:, : self.output_size].copy()
        if self.aligned:
            values = values.reshape(*inputs.shape[:2], self.output_size)
            values[np.arange(len(values))[:, None] >= self._lengths[None, :]] = 0
        return Output(values, self.stack.final_states())

    def loss_and_gradients(self, batch: Examples, loss: str, state: list[NDArray[Any]] | None = None) -> Step:
        """Loss of a batch, and its gradient by back-propagation through time.

        `loss` is "mse" or "cross_entropy", averaged over what the batch's weights leave in.
        """
        self._run(batch.inputs, batch.lengths, state)
        hidden, count = self._read_rows()
        outputs = self.readout.forward(hidden, count)
        value = self._loss(loss, outputs, batch)
        self.parameters.gradients[:] = 0
        d_rows = self.readout.backward(hidden, count)
        dy, d_last = (d_rows, None) if self.aligned else (None, d_rows)
        dx = self.stack.backward(dy, d_last, self.tokens, self.watch_time)
        if dx is not None:
            table = self.parameters.offset("embedding.weight")
            size = self.config.embedding_size
            rows.scatter_add(dx.array, dx.stride, size, self._tokens, self.parameters.gradients, table)
        return Step(value, self.stack.final_states())

    def _loss(self, loss: str, outputs: NDArray[Any], batch: Examples) -> float:
        weights = np.ascontiguousarray(batch.weights, self.dtype).reshape(-1)
        if loss == "cross_entropy":
            targets = np.ascontiguousarray(batch.targets, np.int32).reshape(-1)
            return float(losses.cross_entropy(outputs, self.readout.row, self.output_size, targets, weights))
        values = np.ascontiguousarray(batch.targets, self.dtype).reshape(-1)
        return float(losses.mean_squared_error(outputs, self.readout.row, self.output_size, values, weights))

    def _run(self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, state: list[NDArray[Any]] | None) -> None:
        if not self._packed:
            self.stack.pack()
            self.readout.pack()
            self._packed = True
        x = self._inputs(inputs)
        steps, batch = inputs.shape[:2]
        self._lengths = self._checked_lengths(lengths, steps, batch)
        self.stack.forward(x, steps, batch, self._lengths, state)

    def _inputs(self, inputs: NDArray[Any]) -> Rows:
        if inputs.ndim != (2 if self.tokens else 3) or 0 in inputs.shape:
            wanted = "(T, B) tokens" if self.tokens else f"(T, B, {self.input_size}) numbers"
            raise NetworkError(f"inputs have shape {inputs.shape}; the network takes {wanted}, at least one of each")
        if not self.tokens:
            if inputs.shape[2] != self.input_size:
                raise NetworkError(f"inputs have {inputs.shape[2]} numbers a step; the network takes {self.input_size}")
            return Rows(np.ascontiguousarray(inputs, self.dtype).reshape(-1), 0, self.input_size)
        self._tokens = np.ascontiguousarray(inputs, np.int32).reshape(-1)
        if self._tokens.min() < 0 or self._tokens.max() >= self.input_size:
            raise NetworkError(
                f"tokens run from {self._tokens.min()} to {self._tokens.max()}; the vocabulary has {self.input_size}"
            )
        size = self.config.embedding_size
        embedded = self._buffers.get("embedded", self._tokens.size * size)
        rows.gather(self.parameters.values, self.parameters.offset("embedding.weight"), size, self._tokens, embedded)
        return Rows(embedded, 0, size)

    @staticmethod
    def _checked_lengths(lengths: NDArray[np.int64] | None, steps: int, batch: int) -> NDArray[np.int64]:
        if lengths is None:
            return np.full(batch, steps, np.int64)
        lengths = np.ascontiguousarray(lengths, np.int64)
        if lengths.shape != (batch,) or lengths.min() < 1 or lengths.max() > steps:
            raise NetworkError(f"lengths must be {batch} numbers from 1 to {steps}, got {lengths.tolist()[:8]}")
        if (np.diff(lengths) > 0).any():
            raise NetworkError("lengths must fall: put the longest sequence of a batch first")
        return lengths

    def _read_rows(self) -> tuple[Rows, int]:
        if self.aligned:
            return self.stack.output, self._lengths.size * self.stack.levels[0][0].steps
        return self.stack.last_hidden(), self._lengths.size

    def trace(
        self, inputs: NDArray[Any], lengths: NDArray[np.int64] | None = None, state: list[NDArray[Any]] | None = None
    ) -> tuple[LayerTrace, ...]:
        """Hidden states, cell states and gates of one sequence (B = 1), each direction in the sequence's own time."""
        self._run(inputs, lengths, state)
        length = int(self._lengths[0])
        traces = []
        for level, pair in enumerate(self.stack.levels):
            for reverse, layer in enumerate(pair):
                states, gates = layer.trace()
                order = slice(length - 1, None, -1) if reverse else slice(0, length)
                kinds = layer.spec.states
                cell = states[order, kinds.index("cell")] if "cell" in kinds else None
                named = tuple((name, values[order]) for name, values in gates.items())
                traces.append(LayerTrace(level, bool(reverse), states[order, 0], cell, named))
        return tuple(traces)

    def gradient_by_time(self) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """‖∂L/∂h_t‖ of the last `loss_and_gradients` by layer and direction, (L·D, T); needs `watch_time`."""
        names, rows = [], []
        for level, pair in enumerate(self.stack.levels):
            for reverse, layer in enumerate(pair):
                squares = layer.arrived[: layer.steps * layer.batch].reshape(layer.steps, layer.batch)
                norms = np.sqrt(squares.sum(axis=1)).astype(np.float32)
                rows.append(norms[::-1] if reverse else norms)
                names.append(f"layer {level + 1}" + (" reverse" if reverse else ""))
        return tuple(names), np.stack(rows)
