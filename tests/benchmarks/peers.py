"""The same step in another library: stack, linear readout, mean squared error, clip by norm, Adam.

Each peer is a function that takes a `Point` and the number of threads and returns a function that does one step:
a whole training step, or with `inference` the forward pass alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Stepper: TypeAlias = Callable[[], object]
RATE, CLIP = 1e-3, 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One place in the grid: cell and shape."""

    cell: str
    steps: int
    batch: int
    inputs: int
    hidden: int
    layers: int = 1
    bidirectional: bool = False

    def operations(self, inference: bool = False) -> float:
        """Multiply-adds of one step, times two: three products of the stack, no gradient of the input; or one."""
        gates = {"elman": 1, "lstm": 4, "gru": 3}[self.cell]
        directions = 2 if self.bidirectional else 1
        below = [self.inputs, *[directions * self.hidden] * (self.layers - 1)]
        if inference:
            numbers = sum(size + self.hidden for size in below)
        else:
            numbers = sum((2 + (level > 0)) * size + 3 * self.hidden for level, size in enumerate(below))
        return 2.0 * self.steps * self.batch * gates * self.hidden * directions * numbers

    def data(self) -> tuple[Any, Any]:
        """Inputs (T, B, I) and targets (T, B, 1), the same for every peer."""
        random = np.random.default_rng(0)
        shape = (self.steps, self.batch)
        return (
            random.standard_normal((*shape, self.inputs), dtype=np.float32),
            random.standard_normal((*shape, 1), dtype=np.float32),
        )


def workbench(point: Point, threads: int, inference: bool = False) -> Stepper:
    """This engine; imported here, so that the process of another side does not hold it."""
    from engine.config import ModelConfig, TrainingConfig
    from engine.data import Batch
    from engine.network import Network
    from engine.optimizers import Optimizer

    model = ModelConfig(
        topology="many_to_many", cell=point.cell, hidden_size=point.hidden, num_layers=point.layers,
        bidirectional=point.bidirectional,
    )  # fmt: skip
    network = Network(model, point.inputs, 1, threads=threads)
    optimizer = Optimizer(network, TrainingConfig())
    inputs, targets = point.data()
    if inference:
        return lambda: network.forward(inputs)
    batch = Batch(
        inputs=inputs, lengths=np.full(point.batch, point.steps), targets=targets,
        weights=np.ones((point.steps, point.batch), np.float32), continues=False, positions=np.arange(point.batch),
    )  # fmt: skip

    def step() -> None:
        network.loss_and_gradients(batch, "mse")
        optimizer.step(RATE, CLIP)

    return step


def torch(point: Point, threads: int, inference: bool = False) -> Stepper:
    """PyTorch on the processor."""
    import torch as library

    library.set_num_threads(threads)
    nn = library.nn
    kind = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[point.cell]
    rnn = kind(point.inputs, point.hidden, num_layers=point.layers, bidirectional=point.bidirectional)
    readout = nn.Linear(point.hidden * (1 + point.bidirectional), 1)
    parameters = [*rnn.parameters(), *readout.parameters()]
    optimizer = library.optim.Adam(parameters, lr=RATE)
    inputs, targets = map(library.from_numpy, point.data())

    @library.inference_mode()
    def forward() -> object:
        return readout(rnn(inputs)[0])

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(readout(rnn(inputs)[0]), targets).backward()
        nn.utils.clip_grad_norm_(parameters, CLIP)
        optimizer.step()

    return forward if inference else step


def jax(point: Point, threads: int, inference: bool = False) -> Stepper:
    """JAX: `lax.scan` under `jit`, in a file of its own, since it reads its number of threads when it is imported."""
    os.environ["PJRT_NPROC"] = str(threads)
    from tests.benchmarks.peer_jax import stepper

    return stepper(point, RATE, CLIP, inference)


PEERS: dict[str, Callable[[Point, int, bool], Stepper]] = {"torch": torch, "jax": jax}
