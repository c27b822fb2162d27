"""Frozen messages that leave a training run, and the snapshots that views draw from.

Imports nothing of ours but the records that probes give, other leaves. Whoever gets a message may keep it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.inside_records import (
    BatchActivations,
    ClassPaths,
    Contributions,
    GradientByTime,
    GradientNorms,
    HiddenTrace,
    PreActivations,
    Reading,
    Spectrum,
    Structure,
    Weights,
)
from engine.prediction_records import (
    ClassPrediction,
    LabelsPrediction,
    PairsPrediction,
    SeriesPrediction,
    TextPrediction,
    ValuePrediction,
)

# --- what can be looked at ------------------------------------------------------------------------------


Probe: TypeAlias = (
    HiddenTrace
    | GradientNorms
    | GradientByTime
    | SeriesPrediction
    | ValuePrediction
    | TextPrediction
    | ClassPrediction
    | LabelsPrediction
    | PairsPrediction
    | PreActivations
    | BatchActivations
    | Weights
    | Spectrum
    | Contributions
    | Structure
    | Reading
    | ClassPaths
)
PROBES: tuple[str, ...] = (
    *("hidden", "gradient_norms", "gradient_by_time", "prediction", "pre_activations", "batch_activations"),
    *("weights", "spectrum", "contributions", "structure", "reading", "class_paths"),
)


IN_PASSING = 1 / 75  # of a run's time, for measuring what nobody looks at in full


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """What the visible views need; a higher `id` replaces a lower one."""

    id: int
    probes: frozenset[str]
    temperature: float = 0.8
    spectrum: str = ""  # one of `Spectrum.available`; empty takes the usual one
    parameter: str = ""  # one of `Contributions.available`; empty takes the usual one
    entry: tuple[int, int] | None = None  # of that parameter; None for the whole
    character: int | None = None  # step of the passage whose influences are wanted
    share: float = IN_PASSING  # of the run's time that measuring all of them takes at most
    every: float = 0.0  # seconds after an answer until it wants another one, of a run that goes on; 0 wants no other


# --- what a run says ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compiling:
    """Kernels are being prepared; `seconds` is 0 before and the time it took after.

    In between it comes several times a second where some have to be compiled, with how far that is.
    """

    what: str
    seconds: float = 0.0
    done: int = 0  # of those that were missing
    needed: int = 0
    left: float = 0.0  # seconds that the rest may take, at the pace of those that are done; 0 while that is not known


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first batch is about to be trained."""

    parameters: int
    steps_per_epoch: int
    epochs: int
    metric: str  # what `Evaluated.metric` measures: "RMSE", "bits per character"
    baselines: tuple[tuple[str, float], ...]  # on the validation part, in the metric
    folder: str  # empty when nothing is written
    step: int = 0  # batches that were trained before, of a run that goes on
    past: tuple[Evaluated, ...] = ()  # and how they were scored
    loss: str = ""  # what its losses measure, as `training.loss` names it; "" of runs that never told


@dataclass(frozen=True, slots=True)
class StepDone:
    """One batch was trained."""

    step: int  # counted from 1 over the whole run
    epoch: int  # counted from 1
    loss: float
    gradient_norm: float  # before clipping
    seconds: float  # since the run started, pauses left out
    learning_rate: float = math.nan  # of this step

    def __reduce__(self) -> tuple[type[StepDone], tuple[float, ...]]:
        """For pickling: thousands a second go to the window, and the way that dataclasses generate is slow."""
        fields = self.step, self.epoch, self.loss, self.gradient_norm, self.seconds, self.learning_rate
        return StepDone, fields


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The validation part was scored, at the end of an epoch."""

    step: int
    epoch: int
    training_loss: float  # mean over the epoch
    validation_loss: float
    metric: float  # in the unit that `RunStarted.metric` names
    best: bool  # the lowest validation loss so far
    free_running_loss: float = math.nan  # of networks that write: where they hear themselves, not what should come


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Answer to a `SnapshotRequest`: each probe by its name."""

    step: int
    epoch: int
    request: int  # the request's id
    values: tuple[tuple[str, Probe], ...]
    earlier: tuple[tuple[str, tuple[int, int]], ...] = ()  # step and epoch of those that were not measured at `step`

    def measured_at(self, name: str) -> tuple[int, int]:
        """Step and epoch that one of `values` was measured at."""
        return dict(self.earlier).get(name, (self.step, self.epoch))


WITHDRAWN = "No longer so: "  # begins the title of a finding that takes an earlier one back


Changes: TypeAlias = tuple[tuple[str, str], ...]  # of settings: dotted name and value


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth saying in plain language about what was measured."""

    key: str  # stable: a later finding with this key replaces an earlier one
    level: str  # "good", "note", "warning", "problem"
    title: str
    why: str
    cure: str = ""
    changes: Changes = ()  # that "Fix it" makes
    goes_on: bool = False  # "Fix it" goes on with this run from its last good weights

    def withdrawn(self, why: str) -> Finding:
        """What takes it back."""
        return Finding(self.key, "good", f"{WITHDRAWN}{self.title[:1].lower()}{self.title[1:]}", why)


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """Weights were written."""

    step: int
    path: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Waiting between two batches."""

    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """Going on."""

    step: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended as it should; the network holds its best weights."""

    reason: str  # "all epochs done", "stopped", "finished early", "scored"
    step: int
    epoch: int
    best_epoch: int
    best_validation_loss: float
    test_metrics: tuple[tuple[str, float], ...]  # the model's own, on the test part: "RMSE", "skill", …
    test_baselines: tuple[tuple[str, float], ...]  # baselines in the main metric
    seconds: float
    shuffled: float = math.nan  # the main metric on the test part with the steps of each sequence in another order
    intervals: tuple[Mapping[str, Any], ...] = ()  # around forecasts of a series, as `Interval.result` gives them
    by_step: tuple[Mapping[str, float], ...] = ()  # the test part's scores by "step" ahead, of forecasts over several
    validation_metric: float = math.nan  # of the best epoch, in the main metric
    test_examples: int = 0  # that the test part has; 0 of runs that were kept before they were counted
    validation_baselines: tuple[tuple[str, float], ...] = ()  # with what is learned for comparison only at the end


@dataclass(frozen=True, slots=True)
class RunFailed:
    """The run ended because something went wrong; `title` says what, `cure` what to do."""

    title: str
    why: str
    cure: str
    step: int


Event: TypeAlias = (
    Compiling
    | RunStarted
    | StepDone
    | Evaluated
    | Snapshot
    | Finding
    | CheckpointSaved
    | Paused
    | Resumed
    | RunFinished
    | RunFailed
)
