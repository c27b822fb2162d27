"""One batch at a time: loss, gradient, clipping, step, and what was measured on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment
from engine.data import Batch, Dataset, PairBatch
from engine.events import SnapshotRequest, StepDone
from engine.layers.passes import Step
from engine.layers.stack import State
from engine.losses import Loss
from engine.network import Network
from engine.networks import AnyNetwork
from engine.non_finite import NonFiniteError, explained
from engine.optimizers import Optimizer
from engine.probes import Probes
from engine.schedules import Schedule
from engine.sequence_to_sequence.free_running import ScheduledSampling
from engine.training_loop.stopwatch import Stopwatch
from engine.training_loop.truncation import Part, parts, with_ended


class Learner:
    """Trains a network batch by batch; `schedule.base` and the limits of clipping may change in between."""

    def __init__(self, network: AnyNetwork, experiment: Experiment, dataset: Dataset, loss: Loss) -> None:
        """Nothing is trained yet; probes are measured through `probes`."""
        self.step, self.loss = 0, loss
        self._latest = 0.0  # loss of the last batch that had answers
        training = experiment.training
        self.schedule = Schedule(training, dataset.batch_count("train", training.batch_size))
        self.clip_norm, self.clip_value = training.clip_norm, training.clip_value
        self.losses: list[float] = []  # since the last `mean_loss`
        self.optimizer = Optimizer(network, training)
        self.probes = Probes(network, self.optimizer, dataset, loss)
        self._network, self._training = network, training
        self._truncation = training.truncate_every, training.truncate_to
        self._state: State | None = None
        self._clipped = 0
        steps = training.epochs * dataset.batch_count("train", training.batch_size)
        self._sampling = ScheduledSampling(training, steps)

    def learn(
        self, batch: Batch, epoch: int, watch: Stopwatch, request: SnapshotRequest | None, within: float = 0.0, *,
        scored: bool = False, last: bool = False,
    ) -> StepDone:  # fmt: skip
        """Train one batch, `within` so many seconds, watching what `request` needs, or everything: see `Probes.watch`.

        Truncated, that is several updates of the weights: the loss is their mean, the norm and what the probes show
        are those of the last, but for the gradient by time and the activations, which are of them all.

        A batch in which nothing was to be answered, since all of it is missing, has the loss of the one before.

        Raises:
            NonFiniteError: the loss or a gradient holds a NaN or an infinity, and the weights are as before; or a
                weight became one. The text says where it began.
        """
        self.probes.watch(request, within, scored=scored, last=last)
        rate = self.schedule.rate(self.step)
        loss, norm, clipped = self._learn_parts(batch, rate)
        self.step += 1
        if loss is not None:
            self._latest = loss
            self.losses.append(loss)
        self._clipped += clipped
        self.probes.note(self.step, norm, self.clip_norm, self._clipped / self.step, len(batch.inputs))
        return StepDone(self.step, epoch, self._latest, norm, watch.seconds, rate)

    def _learn_parts(self, batch: Batch, rate: float) -> tuple[float | None, float, bool]:
        """Mean loss (None where nothing is asked), the last gradient's norm, and whether any was clipped."""
        total = weight = norm = 0.0
        clipped, state = False, self._state if batch.continues else None
        for part in parts(batch, *self._truncation, self._network.aligned):
            begin = state and [kind[:, : part.batch.lengths.size] for kind in state]
            if part.learns:
                result, norm = self._update(part, begin, rate)
                counted = float(self.loss.weights(part.batch).sum())
                total, weight, ahead = total + counted * result.loss, weight + counted, result.state
                clipped |= self.optimizer.clipped
            else:
                assert isinstance(self._network, Network)  # writing networks are not truncated
                ahead = self._network.forward(part.batch.inputs, part.batch.lengths, begin, training=True).state
            if part.hand_over:
                state = with_ended(ahead, state)
        self._state = state
        return total / weight if weight else None, norm, clipped

    def _update(self, part: Part, state: State | None, rate: float) -> tuple[Step, float]:
        """Learn from one part: what came out, and the gradient's norm."""
        result = self._back_propagated(part, state)
        self.probes.note_part(part.first)
        try:
            if not math.isfinite(result.loss):
                raise NonFiniteError("the loss is not finite")
            return result, self.optimizer.step(rate, self.clip_norm, self.clip_value)
        except NonFiniteError as error:
            raise explained(error, self._network, part.batch, part.first) from None

    def _back_propagated(self, part: Part, state: State | None) -> Step:
        if isinstance(self._network, Network):
            return self._network.loss_and_gradients(part.batch, self.loss, state, hand_over=part.hand_over)
        batch = part.batch
        if isinstance(batch, PairBatch):
            batch = self._sampling.mixed(self._network, batch, self.step, self.loss)
        return self._network.loss_and_gradients(batch, self.loss, state)

    def mean_loss(self) -> float:
        """The mean over the steps since the last call; NaN where none of them had answers."""
        mean = math.fsum(self.losses) / len(self.losses) if self.losses else math.nan
        self.losses.clear()
        return mean

    def forget(self) -> None:
        """What the optimiser gathered, and the state carried over: both led into numbers that are not finite."""
        self.optimizer.load_state_dict(Optimizer(self._network, self._training).state_dict())
        self._state = None

    def state_dict(self) -> tuple[dict[str, float], dict[str, NDArray[Any]]]:
        """All that the next batches depend on beside parameters, settings and the step: numbers, and arrays."""
        numbers = {"clipped": float(self._clipped), "clip_norm": self.clip_norm, "clip_value": self.clip_value}
        numbers |= {f"schedule.{name}": value for name, value in self.schedule.state_dict().items()}
        arrays = {f"optimizer.{name}": array for name, array in self.optimizer.state_dict().items()}
        arrays |= {f"state.{place:04d}": array for place, array in enumerate(self._state or ())}
        return numbers, arrays | {"losses": np.array(self.losses, np.float64)}

    def load_state_dict(self, step: int, numbers: Mapping[str, float], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on after `step` batches from what `state_dict` gave; the next ones are then the same to the last bit.

        Raises:
            ValueError, KeyError: the state is another optimiser's, or another network's.
        """
        groups: dict[str, dict[str, NDArray[Any]]] = {"optimizer": {}, "state": {}}
        for name, array in arrays.items():
            group, _, rest = name.partition(".")
            groups.setdefault(group, {})[rest] = array
        self.optimizer.load_state_dict(groups["optimizer"])
        self._state = [groups["state"][name] for name in sorted(groups["state"])] or None
        self.losses = arrays["losses"].tolist()
        self.step, self._clipped = step, int(numbers["clipped"])
        self.clip_norm, self.clip_value = numbers["clip_norm"], numbers["clip_value"]
        self.schedule.load_state_dict({name.removeprefix("schedule."): value for name, value in numbers.items()})
