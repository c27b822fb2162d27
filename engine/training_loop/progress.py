"""Where a run stands: the best weights so far, what was changed on the way, and all of it as a checkpoint."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.events import Evaluated
from engine.findings.measurements import Measurements
from engine.layers.parameters import NetworkError
from engine.networks import AnyNetwork
from engine.storage.checkpoints import Checkpoint, CheckpointError
from engine.training_loop.learner import Learner
from engine.training_loop.stopwatch import Stopwatch

Weights: TypeAlias = Mapping[str, NDArray[np.floating]]

_NAMES = tuple(field.name for field in dataclasses.fields(Evaluated))
_numbers = attrgetter(*_NAMES)


class Progress:
    """What a run has come to.

    Attributes:
        best: the best weights so far, empty before any score.
        best_loss: the loss that chose them; infinite before any.
        changes: settings changed while the run went on: step, field, value.
    """

    def __init__(
        self, network: AnyNetwork, learner: Learner, measured: Measurements, watch: Stopwatch,
        start: Callable[[], Weights],
    ) -> None:  # fmt: skip
        """`start` gives the weights that the network began with."""
        self.best: Weights = {}
        self.best_loss = math.inf
        self.changes: list[dict[str, Any]] = []
        self._network, self._learner, self._measured, self._watch = network, learner, measured, watch
        self._start = start
        self._table = np.empty((0, len(_NAMES)))  # of what was scored by the last checkpoint

    def take_if_best(self, loss: float) -> bool:
        """Keep the weights of this moment if `loss` is the lowest so far; NaN never is."""
        if not loss < self.best_loss:
            return False
        self.best, self.best_loss = self._network.state_dict(), loss
        return True

    def go_back(self, given: bool) -> str:
        """After a number that was not finite: to the best weights, or those of the start; which, in words.

        Those of the last step would lead there again whatever the rate: the same batch is next. Only where the number
        was `given`, with the data, they are not to blame.
        """
        self._learner.forget()
        if self.best:
            self._network.load_state_dict(self.best)
            best = self._measured.best
            return f"The best weights, of epoch {best.epoch}, are kept." if best else "The best weights are kept."
        if given:
            return "The weights before it are kept."
        self._network.load_state_dict(self._start())
        return "The weights of the start are kept: there were no others yet."

    def checkpoint(self, failed: str = "", cure: Mapping[str, str] = {}) -> Checkpoint:
        """Everything that what follows depends on, between two batches; where it `failed`, why and what helps."""
        numbers, arrays = self._learner.state_dict()
        tensors: dict[str, NDArray[Any]] = {}
        for prefix, group in (
            ("parameters", self._network.state_dict()), ("best", self.best), ("training", arrays),
            ("measured", {"norms": np.array(self._measured.norms, np.float64), "evaluations": self._rows()}),
        ):  # fmt: skip
            tensors |= {f"{prefix}.{name}": np.asarray(array) for name, array in group.items()}
        facts = {
            "seconds": self._watch.seconds,
            "best_loss": _kept(self.best_loss),
            "failed": failed,
            "cure": dict(cure),
            "changes": self.changes,
            "training": {name: _kept(value) for name, value in numbers.items()},
        }
        return Checkpoint(self._learner.step, facts, tensors)

    def _rows(self) -> NDArray[np.float64]:
        """A run may have a hundred thousand epochs: those since the last checkpoint alone are turned into numbers."""
        new = [_numbers(evaluation) for evaluation in self._measured.evaluations[len(self._table) :]]
        if new:
            self._table = np.concatenate((self._table, np.array(new, np.float64)))
        return self._table

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from `checkpoint`.

        Raises:
            CheckpointError: it is another network's, or lacks something.
        """
        try:
            self._take(checkpoint)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, NetworkError) as error:
            raise CheckpointError(f"the checkpoint of step {checkpoint.step} does not fit this run: {error}") from error

    def _take(self, checkpoint: Checkpoint) -> None:
        facts, tensors = checkpoint.facts, checkpoint.tensors
        self._network.load_state_dict(_group(tensors, "parameters"))
        self.best, self.best_loss = _group(tensors, "best"), _number(facts["best_loss"], math.inf)
        numbers = {name: _number(value, math.inf) for name, value in facts["training"].items()}
        self._learner.load_state_dict(checkpoint.step, numbers, _group(tensors, "training"))
        self._measured.norms.extend(tensors["measured.norms"].tolist())
        self._measured.evaluations.extend(_evaluated(row) for row in tensors["measured.evaluations"].tolist())
        self.changes = [dict(change) for change in facts["changes"]]
        self._watch.add(float(facts["seconds"]))


def _evaluated(row: list[float]) -> Evaluated:
    step, epoch, training, validation, metric, best, *further = row
    return Evaluated(int(step), int(epoch), training, validation, metric, bool(best), *further)


def _group(tensors: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name[len(prefix) + 1 :]: array for name, array in tensors.items() if name.startswith(f"{prefix}.")}


def _kept(value: float) -> float | None:
    """A number as JSON takes it; only infinity, "none yet", has no digits."""
    return value if math.isfinite(value) else None


def _number(value: Any, otherwise: float) -> float:
    return otherwise if value is None else float(value)
