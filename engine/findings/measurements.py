"""What a run has measured so far, gathered for the diagnosis."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.config import Experiment
from engine.events import Evaluated, Probe
from engine.findings.measures import HIGHER_IS_BETTER, SHARES, resolution
from engine.forecasts.intervals import Interval
from engine.inside_records import GradientByTime
from engine.memoryless.memory_worth import MemoryWorth
from engine.prediction_records import SeriesPrediction

RECENT_STEPS = 200  # steps that gradient norms are judged over


_CLEARLY = 0.02  # gain by which a baseline is to be beaten
_FITTED = ("feed-forward", "AR", "n-gram", "logistic", "linear", "naive Bayes")  # learn too: not a must


@dataclass(frozen=True, slots=True)
class Standing:
    """A score beside the baselines, each as (name, score), strongest first."""

    part: str
    ours: float
    beaten: tuple[tuple[str, float], ...]
    ahead: tuple[tuple[str, float], ...]
    missed: tuple[str, float] | None  # one that takes no learning, and is not clearly beaten
    faultless: bool = False  # that one makes as good as no error, and a share of that says nothing


@dataclass(slots=True)
class Measurements:
    """Filled by the run as it goes, read by the checks."""

    experiment: Experiment
    metric: str
    baselines: tuple[tuple[str, float], ...] = ()  # on the validation part, in the metric
    evaluations: list[Evaluated] = field(default_factory=list)
    norms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_STEPS))  # before clipping
    clip_norm: float = 0.0
    parts: Mapping[str, int] = field(default_factory=dict)  # examples in each, where they were counted
    by_time: GradientByTime | None = None
    prediction: Probe | None = None  # what the network says of held-out data; None for running text
    loss: str = ""  # what `Evaluated` tells of it measures, as `training.loss` names it
    ended: bool = False
    parameters: int = 0  # trainable numbers of the network
    worth: MemoryWorth | None = None  # of memory, once the run has ended
    intervals: tuple[Interval, ...] = ()  # around forecasts of a series, once the run has ended
    final: tuple[float, tuple[tuple[str, float], ...]] | None = None  # metric and baselines of the test part
    _best: Evaluated | None = field(default=None, init=False)
    _looked_through: int = field(default=0, init=False)

    @property
    def enough(self) -> bool:
        """Whether the run has had a fair chance: a fifth of its epochs, or all it will get."""
        fair = max(3, self.experiment.training.epochs // 5)
        return self.ended or (bool(self.evaluations) and self.evaluations[-1].epoch >= fair)

    @property
    def best(self) -> Evaluated | None:
        """The evaluation with the lowest validation loss. Only those since the last call are looked through."""
        for evaluation in self.evaluations[self._looked_through :]:
            self._best = evaluation if evaluation.best else self._best
        self._looked_through = len(self.evaluations)
        return self._best

    def gain(self, ours: float, theirs: float) -> float:
        """By which share of theirs our score is the better one, below 0 where it is worse; of shares, the difference.

        A hundredth more of right answers is as much or as little wherever it is gained, and near chance it is chance.
        """
        ahead = ours - theirs if self.metric in HIGHER_IS_BETTER else theirs - ours
        if self.metric in SHARES:
            return round(ahead, 9)  # so that .97 is not more than .02 ahead of .95
        return ahead / abs(theirs) if theirs else math.copysign(math.inf, ahead) if ahead else 0.0

    def standing(self) -> Standing | None:
        """Our best score beside the baselines: on the test part once the run has ended; None before any score."""
        part, baselines = "validation", self.baselines
        ours = self.best.metric if self.best else math.nan
        if self.final is not None:
            part, (ours, baselines) = "test", self.final
        known = [(name, value) for name, value in baselines if math.isfinite(value)]
        if not known or not math.isfinite(ours):
            return None
        sign = -1 if self.metric in HIGHER_IS_BETTER else 1
        ranked = sorted(known, key=lambda item: sign * item[1])
        beaten = [item for item in ranked if sign * (item[1] - ours) > 0]
        ahead = ranked[: len(ranked) - len(beaten)]
        unlearned = [item for item in ranked if not item[0].startswith(_FITTED)] or ranked[-1:]
        name, value = unlearned[0]
        missed = self.gain(ours, value) <= _CLEARLY
        faultless = self.metric not in HIGHER_IS_BETTER and value <= self.told_apart
        unbeaten = (name, value) if missed or faultless else None
        return Standing(part, ours, tuple(beaten), tuple(ahead), unbeaten, faultless)

    @property
    def nothing_left(self) -> bool:
        """Whether one that takes no learning makes as good as no error: then nothing else says anything."""
        standing = self.standing()
        return standing is not None and standing.faultless

    @property
    def told_apart(self) -> float:
        """An error up to which it is as good as none: values of that size are told apart by so much and no less."""
        return resolution(self.prediction.truth) if isinstance(self.prediction, SeriesPrediction) else 0.0
