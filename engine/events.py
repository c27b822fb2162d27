"""Frozen messages that leave a training run, and the snapshots that views draw from.

Imports nothing of ours but the records of `inside`, another leaf. Arrays in here are read-only copies; whoever gets
one may keep it.
Letters in shapes: T time steps, B batch, H hidden units, L layers, D directions, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.inside.records import Contributions, PreActivations, Reading, Spectrum, Structure, Weights

Floats: TypeAlias = NDArray[np.float32]


# --- what can be looked at ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """What one layer and direction did on the pinned sequence, in the order of the sequence's own time."""

    layer: int
    reverse: bool
    hidden: Floats  # (T, H)
    cell: Floats | None  # (T, H), None for cells without a second state
    gates: tuple[tuple[str, Floats], ...]  # name and (T, H), after their activation


@dataclass(frozen=True, slots=True)
class HiddenTrace:
    """Probe "hidden": every layer on the pinned validation sequence."""

    layers: tuple[LayerTrace, ...]
    labels: tuple[str, ...]  # one per time step: dates or symbols
    written_from: int | None = None  # the first step that is written, not read, of networks that write a sequence
    classes: tuple[str, ...] = ()  # in truth, one per time step where each has one; "" where none is asked for


@dataclass(frozen=True, slots=True)
class GradientNorms:
    """Probe "gradient_norms": by parameter, of the last batch, before and after clipping."""

    names: tuple[str, ...]  # PyTorch names, in the order of the state dict
    before: Floats  # (P,) L2 norm of each parameter's gradient
    after: Floats  # (P,)
    update_ratio: Floats  # (P,) norm of the step over norm of the parameter
    total_before: float
    clip_norm: float  # 0 when clipping is off
    clipped_share: float  # share of the steps of this run in which the gradient was shortened


@dataclass(frozen=True, slots=True)
class GradientByTime:
    """Probe "gradient_by_time": how much of the loss's gradient reaches each time step's state."""

    names: tuple[str, ...]  # one per layer and direction: "layer 1", "layer 1 reverse"
    norms: Floats  # (L*D, T): ‖∂L/∂h_t‖ of the last batch, root of the sum over batch and units; NaN: not looked at
    half_life: tuple[float, ...]  # steps back in time over which the norm halves; inf when it does not shrink
    cuts: tuple[int, ...] = ()  # steps from 0 that begin a part, truncated: its gradient goes no further back


@dataclass(frozen=True, slots=True)
class SeriesPrediction:
    """Probe "prediction" for a series and for values: held-out values, in the file's own units."""

    part: str  # "validation" or "test"
    target: str  # column name
    labels: tuple[str, ...]  # one per point, dates where the file has them
    truth: Floats  # (N,) NaN where it is missing
    forecast: Floats  # (N,)
    baselines: tuple[tuple[str, Floats], ...]  # "naive", "seasonal naive", …: (N,)
    rmse: float
    baseline_rmse: tuple[tuple[str, float], ...]
    bands: tuple[tuple[float, Floats, Floats], ...] = ()  # intervals: level, lower (N,) and upper ends (N,)
    covered: tuple[str, ...] = ()  # what each of them covers of the test part, in words


@dataclass(frozen=True, slots=True)
class TextPrediction:
    """Probe "prediction" for text: what the network writes now."""

    prompt: str
    samples: tuple[tuple[float, str], ...]  # temperature and continuation


@dataclass(frozen=True, slots=True)
class TagTrack:
    """Held-out steps one after the other: what each is and what the network says."""

    labels: tuple[str, ...]  # (N,) what the steps are called
    truth: NDArray[np.int16]  # (N,) classes; -1 where no label is known
    answers: NDArray[np.int16]  # (N,) classes
    certainty: Floats  # (N,) probability of the class that was answered


@dataclass(frozen=True, slots=True)
class ClassPrediction:
    """Probe "prediction" for classes: how often each was taken for each on held-out data."""

    part: str
    label: str  # column name
    classes: tuple[str, ...]  # (K,)
    counts: NDArray[np.int64]  # (K, K): rows the truth, columns what was answered
    scores: tuple[tuple[str, float], ...]  # the dataset's metric first
    baselines: tuple[tuple[str, float], ...]  # in that metric
    track: TagTrack | None  # where every step has a class


@dataclass(frozen=True, slots=True)
class WrittenPair:
    """A held-out pair, and what the network writes for it now."""

    source: str
    wanted: str
    written: str
    read: tuple[str, ...]  # (S,) symbols read; empty where a vector is read
    steps: tuple[str, ...]  # (U,) symbols written, the stop included
    attention: Floats | None  # (U, S) how much each step written looked at each step read
    image: Floats | None  # (rows, columns) from 0 to 1, where a picture is read
    written_notes: tuple[tuple[int, float], ...] = ()  # of a tune: MIDI pitch and length in quarters
    wanted_notes: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PairsPrediction:
    """Probe "prediction" for pairs: what the network writes for what it never learned from."""

    part: str
    target: str  # column name
    tunes: bool  # whether what is written are notes
    pairs: tuple[WrittenPair, ...]


Probe: TypeAlias = (
    HiddenTrace
    | GradientNorms
    | GradientByTime
    | SeriesPrediction
    | TextPrediction
    | ClassPrediction
    | PairsPrediction
    | PreActivations
    | Weights
    | Spectrum
    | Contributions
    | Structure
    | Reading
)
PROBES: tuple[str, ...] = (
    *("hidden", "gradient_norms", "gradient_by_time", "prediction"),
    *("pre_activations", "weights", "spectrum", "contributions", "structure", "reading"),
)


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """What the visible views need; a higher `id` replaces a lower one."""

    id: int
    probes: frozenset[str]
    temperature: float = 0.8
    spectrum: str = ""  # one of `Spectrum.available`; empty takes the usual one
    parameter: str = ""  # one of `Contributions.available`; empty takes the usual one
    entry: tuple[int, int] | None = None  # of that parameter; None for the whole
    character: int | None = None  # step of the pinned text whose influences are wanted


# --- what a run says ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compiling:
    """Kernels are being prepared; `seconds` is 0 before and the time it took after."""

    what: str
    seconds: float = 0.0


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

    reason: str  # "all epochs done", "stopped", "finished early"
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
