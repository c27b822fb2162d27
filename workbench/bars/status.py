"""The one line on where things stand, put together from the draft and the session."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from engine.events import Compiling, RunFailed, RunFinished
from engine.findings.few_examples import caution
from workbench.desk import Desk
from workbench.draft import Draft
from workbench.plots.axes.numerals import numerals
from workbench.runs.pace import duration
from workbench.runs.state import Command, State
from workbench.session import Session
from workbench.wording import after_colon, scores_words

_LEAVE = "Stop (Ctrl+.) leaves it after the kernel at hand."
_IN_WINDOW = "Its window, in the menu Run, says how far it is; there it can be paused and cancelled."
_NO_ENGINE = (
    "Run tries to start it again. If that fails as well, free some memory; the log says more (Help, Open log folder)."
)


class Stage(Enum):
    """Where things stand; always one of them, and the first word of what is said."""

    PREPARING = "preparing"
    READY = "ready"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


_COLORS = {
    Stage.PREPARING: "warning",
    Stage.READY: "good",
    Stage.TRAINING: "accent",
    Stage.PAUSED: "warning",
    Stage.FINISHED: "good",
    Stage.FAILED: "problem",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What the run bar shows."""

    stage: Stage
    text: str
    detail: str = ""
    running: bool = False
    share: float | None = None  # that is done of the kernels, where it speaks of them
    why_not: dict[str, str] = field(default_factory=dict)  # by command: why it cannot be given now

    @property
    def color(self) -> str:
        """A field of the theme."""
        return _COLORS[self.stage]


class _Words(NamedTuple):
    stage: Stage
    text: str
    detail: str = ""
    compiling: Compiling | None = None  # the kernels that it speaks of


def status(desk: Desk) -> Status:
    """Where things stand, in words, and what can be done."""
    draft, session = desk.draft, desk.session
    stage, text, detail, compiling = _words(draft, session)
    why_not = {command.value: session.why_not(command) for command in Command}
    if not session.alive and not draft.ready and not draft.loading:
        reason = draft.problem if draft.blocked else "Open data first."
        why_not |= {"run": reason, "step": reason}
    if desk.contest.alive:
        why_not |= dict.fromkeys(("run", "step"), desk.contest.under_way)
        if not draft.loading:
            stage, compiling = Stage.PAUSED if desk.contest.paused else Stage.TRAINING, None
            text, detail = f"{stage.value}: a {'sweep' if desk.contest.sweeping else 'race'}", _IN_WINDOW
    share = compiling.done / compiling.needed if compiling and compiling.needed else None
    if desk.waiting is Command.IMPORT:
        text, detail = f"{text} the weights are judged then", ""
    elif desk.waiting is not None:
        text, detail = f"{text} training begins then", "Press again to take it back."
    return Status(stage, text, detail, session.state is State.TRAINING, share, why_not)


def _words(draft: Draft, session: Session) -> _Words:
    if session.alive and session.preparing:
        what = session.preparing.what
        return _kernels(session.preparing, f"Compiling {what}; done once for every model of this kind. {_LEAVE}")
    if session.state is State.TRAINING:
        return _training(draft, session)
    if session.state is State.PAUSED:
        return _Words(Stage.PAUSED, f"paused at step {session.step:,}", "Run goes on; Step trains one batch.")
    if session.state is State.ENDING:
        return _Words(Stage.TRAINING, "training: ending…", "The batch at hand is finished first.")
    if draft.loading:
        return _Words(Stage.PREPARING, f"preparing: reading {draft.loading}…")
    if draft.blocked:
        return _Words(Stage.FAILED, "failed: settings do not fit the data", draft.problem)
    record = session.record
    outcome = record.outcome if record else None
    if record and isinstance(outcome, RunFinished):
        reason = {"scored": "weights scored as they came"}.get(outcome.reason, outcome.reason)
        reason = reason if reason.startswith("finished") else f"finished: {reason}"
        return _Words(Stage.FINISHED, reason, result(outcome, record.experiment.data.kind))
    if isinstance(outcome, RunFailed):
        return _Words(Stage.FAILED, f"failed: {after_colon(outcome.title)}", f"{outcome.why} {outcome.cure}")
    if draft.engine_problem:
        return _Words(Stage.FAILED, "failed: the engine is not there", f"{draft.engine_problem} {_NO_ENGINE}")
    if draft.preparing:
        return _kernels(draft.compiling, "They are compiled once; Run may be pressed already.")
    return _Words(Stage.READY, "ready", "Press Run (F5) to train.")


def _kernels(compiling: Compiling | None, detail: str) -> _Words:
    return _Words(Stage.PREPARING, preparing_words(compiling), detail, compiling)


def preparing_words(compiling: Compiling | None) -> str:
    """How many kernels are compiled of those that are needed, and how long the rest may take."""
    if compiling is None or not compiling.needed:
        return "preparing kernels…"
    left = f", about {duration(compiling.left)} left" if compiling.left else ""
    return f"preparing kernels: {compiling.done} of {compiling.needed}{left}"


def _training(draft: Draft, session: Session) -> _Words:
    if session.record is not None and session.record.untrained:
        said = "They stay as they came: nothing is trained."
        return _Words(Stage.PREPARING, "preparing: scoring the weights…", said)
    if session.record is not None and session.record.started is not None:
        return _Words(Stage.TRAINING, "training")
    if draft.preparing:  # the engine does one after the other
        return _kernels(draft.compiling, f"They are compiled once; training begins then. {_LEAVE}")
    return _Words(Stage.TRAINING, "training: beginning…", "The first batch is prepared.")


def result(outcome: RunFinished, kind: str) -> str:
    """The result of a run on that kind of data in a sentence."""
    scores, baselines = scores_words(outcome.test_metrics), scores_words(outcome.test_baselines)
    epoch = f"Best epoch {outcome.best_epoch}, validation" if outcome.best_epoch else "Validation"
    best = f"{epoch} loss {outcome.best_validation_loss:.4g}."
    if math.isnan(outcome.best_validation_loss):
        best = "There is no validation part." if outcome.best_epoch or scores else "Nothing was trained."
    against = f" Against {baselines}." if baselines else ""
    scored = f"On the test part: {scores}.{against}" if scores else "Nothing was scored on the test part."
    few = caution(kind, outcome.test_examples) if scores else ""
    return numerals(f"{best} {scored} {few}".rstrip())
