"""One batch at a time: loss, gradient, clipping, step, and what was measured on the way."""

from __future__ import annotations

import math
from typing import Any

from engine.config import Experiment
from engine.data import Batch, Dataset
from engine.events import SnapshotRequest, StepDone
from engine.network import Network
from engine.optimizers import NonFiniteError, Optimizer
from engine.probes import Probes
from engine.stopwatch import Stopwatch


class Learner:
    """Trains a network batch by batch; learning rate and clipping may change in between."""

    def __init__(self, network: Network, experiment: Experiment, dataset: Dataset) -> None:
        """Nothing is trained yet; probes are measured through `probes`."""
        self.step = 0
        self.learning_rate, self.clip_norm = experiment.training.learning_rate, experiment.training.clip_norm
        self.losses: list[float] = []  # since the last `mean_loss`
        self.optimizer = Optimizer(network, experiment.training)
        self.probes = Probes(network, self.optimizer, dataset)
        self._network, self._loss = network, dataset.loss
        self._state: Any = None
        self._clipped = 0

    def learn(
        self, batch: Batch, epoch: int, watch: Stopwatch, request: SnapshotRequest | None, everything: bool
    ) -> StepDone:
        """Train one batch, watching what `request` needs, or everything.

        Raises:
            NonFiniteError: the loss or a gradient holds a NaN or an infinity; the weights are as before.
        """
        self.probes.watch(request, everything)
        result = self._network.loss_and_gradients(batch, self._loss, self._state if batch.continues else None)
        finite = math.isfinite(result.loss)
        # Where only the loss is at fault, a step of no length still lets the optimiser look for a tensor to name.
        norm = self.optimizer.step(self.learning_rate if finite else 0.0, self.clip_norm)
        if not finite:
            raise NonFiniteError("the loss is not finite")
        self._state = result.state
        self.step += 1
        self.losses.append(result.loss)
        self._clipped += 0 < self.clip_norm < norm
        self.probes.note(norm, self.clip_norm, self._clipped / self.step)
        return StepDone(self.step, epoch, result.loss, norm, watch.seconds)

    def mean_loss(self) -> float:
        """The mean over the steps since the last call; at least one."""
        mean = math.fsum(self.losses) / len(self.losses)
        self.losses.clear()
        return mean
