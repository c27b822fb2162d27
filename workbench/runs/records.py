"""What the window keeps of every run, of this session and of earlier ones."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config import Experiment
from engine.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Finding,
    Paused,
    RunFailed,
    RunFinished,
    RunStarted,
    StepDone,
)
from engine.storage.contest_file import Membership
from workbench.runs.beside import Beside
from workbench.runs.history import History
from workbench.runs.pace import Unbroken

if TYPE_CHECKING:
    from engine.past_runs import PastRun

COMPLETE = "all epochs done"  # how a run ends that nobody ended
UNSAVED = "This run has kept no weights."


@dataclass(slots=True, eq=False, weakref_slot=True)
class RunRecord:
    """One run: its settings, its scalars, and how it ended."""

    number: int  # unique in the list, and as its folder of runs has it; gives the colour of its curves
    name: str
    experiment: Experiment
    folder: Path | None
    history: History = field(default_factory=History)
    started: RunStarted | None = None
    outcome: RunFinished | RunFailed | None = None
    best_loss: float = math.inf
    best_metric: float = math.nan
    saved: bool = False  # its weights
    written: bool = False  # its folder, with weights or without
    paused: bool = False
    untrained: bool = False  # weights from elsewhere, which are scored as they came
    earlier: bool = False  # read from disk
    of_sitting: bool = True  # made in this window since it opened
    of: Membership | None = None  # the race or sweep that it was made for
    shown: bool = False  # its curves are drawn beside those of the run at hand
    elsewhere: bool = False  # another program trains it now
    broke_off: bool = False  # and nobody was asked yet whether it shall go on
    notes: str = ""
    began: float = field(default_factory=time.time)
    findings: dict[str, Finding] = field(default_factory=dict)
    unbroken: Unbroken = field(default_factory=Unbroken)

    def begin_again(self) -> None:
        """It goes on: what it says from now on takes the place of what it said before."""
        self.history, self.findings, self.unbroken = History(), {}, Unbroken()
        self.started = self.outcome = None
        self.best_loss, self.best_metric = math.inf, math.nan
        self.earlier = self.broke_off = self.untrained = False

    def read(self, run: PastRun) -> None:
        """What lies in its folder takes the place of what was known of it."""
        self.begin_again()
        self.earlier, self.elsewhere, self.broke_off, self.saved = True, run.live, run.broke_off, run.has_weights
        self.experiment, self.started, self.outcome = run.experiment, run.started, run.ended
        self.notes, self.began, self.written, self.of = run.notes, run.began, True, run.of
        self.take_scores(run.evaluations)

    def take(self, event: Event) -> None:
        """What the run says of itself, as it comes, but for its scalars."""
        match event:
            case RunStarted():
                self.started = event
                self.take_scores(event.past)
            case Finding():
                self.findings[event.key] = event
            case Paused():
                self.unbroken.break_off()
            case CheckpointSaved():
                self.saved = self.written = True
                self.folder = Path(event.path).parent  # elsewhere, where its own folder could not take it
            case RunFinished() | RunFailed():
                self.outcome = event
                self.written |= self.folder is not None and self.folder.is_dir()

    def take_steps(self, batches: Sequence[StepDone]) -> None:
        """Add what was measured of these batches, in their order."""
        steps = [batch.step for batch in batches]
        if steps:
            self.history.extend("loss", steps, [batch.loss for batch in batches])
            self.history.extend("gradient_norm", steps, [batch.gradient_norm for batch in batches])
            self.unbroken.note([(batch.step, batch.seconds) for batch in (batches[0], batches[-1])])

    def take_scores(self, evaluations: Sequence[Evaluated]) -> None:
        """Add what was scored, in its order."""
        steps = [each.step for each in evaluations]
        for name in ("training_loss", "validation_loss", "metric") if steps else ():
            self.history.extend(name, steps, [getattr(each, name) for each in evaluations])
        for each in evaluations:
            if each.best:
                self.best_loss, self.best_metric = each.validation_loss, each.metric

    @property
    def seconds_a_step(self) -> float:
        """How long one more takes while nobody waits with it; 0 where that is not known.

        Of an earlier run only the whole is kept, and one that has trained all its epochs was not led by hand.
        """
        ended = self.outcome
        if self.earlier and isinstance(ended, RunFinished) and ended.reason == COMPLETE and ended.step:
            return ended.seconds / ended.step
        return self.unbroken.seconds_a_step

    @property
    def can_go_on(self) -> bool:
        """Whether its folder may hold what it takes to train on."""
        return not self.alive and not self.elsewhere and self.folder is not None and self.folder.is_dir()

    @property
    def gone(self) -> str:
        """That its folder is no longer where it was written, in words; empty where it is."""
        if not self.written or self.alive or self.folder is None or self.folder.is_dir():
            return ""
        return f"Run {self.number}, {self.name}, is no longer on disk: {self.folder} was moved or deleted."

    @property
    def standing(self) -> str:
        """Where the run is, in a word or two, as in "running", "paused", "failed", "broken off"; or why it ended."""
        if self.elsewhere:
            return "running elsewhere"
        if self.outcome is None:
            return "broken off" if self.earlier else "paused" if self.paused else "running"
        return "failed" if isinstance(self.outcome, RunFailed) else self.outcome.reason

    @property
    def alive(self) -> bool:
        """Whether it still goes on, in this window."""
        return self.outcome is None and not self.earlier

    @property
    def metric(self) -> str:
        """What `best_metric` measures."""
        return self.started.metric if self.started else "metric"

    @property
    def loss(self) -> str:
        """What its losses measure; "" where nobody told."""
        return self.started.loss if self.started else ""

    def beside(self) -> Beside:
        """The run as views draw it beside another."""
        return Beside(self.number, self.name, self.metric, self.history, self.loss)


def run_name(experiment: Experiment) -> str:
    """A short name for a run, as in "gru-64" or "bi-lstm-64x2"."""
    model = experiment.model
    alike = len(set(model.widths)) == 1
    layers = f"{model.widths[0]}" + (f"x{model.num_layers}" if model.num_layers > 1 else "")
    sizes = layers if alike else "-".join(map(str, model.widths))
    return f"{'bi-' if model.bidirectional else ''}{model.cell}-{sizes}"


def record_of(run: PastRun, number: int) -> RunRecord:
    """A run folder as a record."""
    record = RunRecord(number, run_name(run.experiment), run.experiment, run.folder, of_sitting=False)
    record.read(run)
    return record
