"""A network that hears itself: in training now and then, when it is scored always."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.config import TrainingConfig
from engine.losses import Loss
from engine.sequence_to_sequence.decoding import STOP, log_probabilities
from engine.sequence_to_sequence.network import SequenceToSequence

if TYPE_CHECKING:
    from engine.data import PairBatch

_SHARPNESS = 20.0  # k of the inverse sigmoid


@dataclass(frozen=True, slots=True)
class FreeRun:
    """What came out when nothing of what should come was told."""

    values: NDArray[Any]  # (U, B, O), as long as the batch's targets
    written: list[NDArray[np.int32]]  # tokens up to the stop or the limit; empty where numbers are written


def run_free(
    network: SequenceToSequence, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, told: NDArray[Any],
    limit: int = 0, measure: Loss | None = None,
) -> FreeRun:  # fmt: skip
    """Let the network write by itself, taking the likeliest token each time.

    `limit` is how many tokens may be written; 0 is as many as `told`, (U, B) or (U, B, E), has. Of that it hears the
    first step, and beside numbers what is known ahead. `measure` says which of its own numbers it hears.
    """
    steps, count = told.shape[:2]
    at, before = network.begin(inputs, lengths), told[0]
    values = np.zeros((steps, count, network.output_size), network.dtype)
    tokens, running = [], np.ones(count, bool)
    for step in range(max(steps, limit)):
        answers, at = network.write_step(before, at)
        if step < steps:
            values[step] = answers
        before = heard(network, answers, told[min(step + 1, steps - 1)], measure)
        if network.sizes.writes_tokens:
            tokens.append(before)
            running &= before != STOP
            if step >= steps - 1 and not running.any():
                break
    return FreeRun(values, [_text(column) for column in np.stack(tokens).T] if tokens else [])


def heard(
    network: SequenceToSequence, answers: NDArray[Any], told: NDArray[Any], measure: Loss | None = None
) -> NDArray[Any]:
    """What the decoder is given next when it hears its own answers (B, O): tokens (B,), or numbers (B, E).

    Of several quantiles that `measure` has for each target it hears the middle one. What is known ahead of the step
    stands in `told`, (B,) or (B, E), after the values that should have been heard.
    """
    if network.sizes.writes_tokens:
        return np.asarray(log_probabilities(answers).argmax(axis=1), np.int32)
    own = measure.point(answers) if measure else answers
    return np.concatenate([own, told[:, own.shape[1] :]], axis=1)


def _text(column: NDArray[np.int32]) -> NDArray[np.int32]:
    stops = np.flatnonzero(column == STOP)
    return column[: stops[0]] if len(stops) else column


class ScheduledSampling:
    """Replaces some of what a decoder is told by what it would have said itself (Bengio et al. 2015).

    A pass step by step draws for every step and sequence whether the truth is told; the training pass then runs over
    what was heard. No gradient flows through the choices, as in the paper.
    """

    def __init__(self, training: TrainingConfig, steps: int) -> None:
        """`steps` is how many batches the whole run has."""
        self._training, self._steps = training, max(1, steps)

    def share_of_truth(self, step: int) -> float:
        """How often the truth is told at a step, counted from 0: from 1 down to `training.told_at_end`.

        Constant from the start; linear; or the paper's inverse sigmoid k / (k + exp(i / k)), stretched so that half of
        the way is gone in the middle of the run.
        """
        end, schedule = self._training.told_at_end, self._training.teacher_forcing
        passed = min(1.0, step / self._steps)
        if schedule == "always":
            return 1.0
        if schedule == "constant":
            return end
        left = 1 - passed if schedule == "linear" else _SHARPNESS / (_SHARPNESS + _SHARPNESS ** (2 * passed))
        return end + (1 - end) * left

    def mixed(self, network: SequenceToSequence, batch: PairBatch, step: int, measure: Loss | None = None) -> PairBatch:
        """The batch with what is told before each step partly the network's own; `measure` as of `run_free`."""
        share = self.share_of_truth(step)
        if share >= 1:
            return batch
        random = np.random.Generator(np.random.Philox(key=self._training.seed, counter=[0, 0, 1, step]))
        told = random.random(batch.before.shape[:2]) < share
        told[0] = True
        at, before = network.begin(batch.inputs, batch.lengths), batch.before.copy()
        for number in range(1, len(before)):
            answers, at = network.write_step(before[number - 1], at)
            own = heard(network, answers, before[number], measure)
            truth = told[number] if before.ndim == 2 else told[number][:, None]
            before[number] = np.where(truth, before[number], own)
        return replace(batch, before=before)
