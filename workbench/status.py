"""The one line on where things stand, put together from the draft and the session."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from engine.events import Compiling, RunFailed, RunFinished
from engine.findings.few_examples import caution
from workbench.desk import Desk
from workbench.draft import Draft
from workbench.pace import duration
from workbench.plots.numerals import numerals
from workbench.run_state import Command, State
from workbench.session import Session
from workbench.wording import after_colon, scores_words

_KERNELS = "preparing kernels"
_LEAVE = "Stop (Ctrl+.) leaves it after the kernel at hand."
_IN_WINDOW = "Its window, in the menu Run, says how far it is; there it can be paused and cancelled."
_NO_ENGINE = (
    "Run tries to start it again. If that fails as well, free some memory; the log says more (Help, Open log folder)."
)


@dataclass(frozen=True, slots=True)
class Status:
    """What the run bar shows. `color` is a field of the theme."""

    text: str
    color: str
    detail: str = ""
    running: bool = False
    share: float | None = None  # that is done of the kernels, where it speaks of them
    why_not: dict[str, str] = field(default_factory=dict)  # by command: why it cannot be given now

    @property
    def state(self) -> str:
        """Its first word: preparing, ready, training, paused, finished or failed."""
        return self.text.partition(" ")[0].rstrip(":")


def status(desk: Desk) -> Status:
    """Preparing, ready, training, paused, finished or failed; always one of them."""
    draft, session = desk.draft, desk.session
    text, color, detail = _words(draft, session)
    why_not = {command.value: session.why_not(command) for command in Command}
    if not session.alive and not draft.ready and not draft.loading:
        reason = draft.problem if draft.blocked else "Open data first."
        why_not |= {"run": reason, "step": reason}
    if desk.contest.alive:
        why_not |= dict.fromkeys(("run", "step"), desk.contest.under_way)
        if not draft.loading:
            does, color = ("paused", "warning") if desk.contest.paused else ("training", "accent")
            text, detail = f"{does}: a {'sweep' if desk.contest.sweeping else 'race'}", _IN_WINDOW
    share = _prepared(draft, session) if text.startswith(_KERNELS) else None
    if desk.waiting is Command.IMPORT:
        text, detail = f"{text} the weights are judged then", ""
    elif desk.waiting is not None:
        text, detail = f"{text} training begins then", "Press again to take it back."
    return Status(text, color, detail, session.state is State.TRAINING, share, why_not)


def _prepared(draft: Draft, session: Session) -> float | None:
    """The share of the kernels that is compiled; None while it is not known."""
    compiling = session.preparing or (draft.compiling if draft.preparing else None)
    return compiling.done / compiling.needed if compiling and compiling.needed else None


def _words(draft: Draft, session: Session) -> tuple[str, str, str]:
    if session.alive and session.preparing:
        detail = f"Compiling {session.preparing.what}; done once for every model of this kind. {_LEAVE}"
        return preparing_words(session.preparing), "warning", detail
    if session.state is State.TRAINING:
        return _training(draft, session)
    if session.state is State.PAUSED:
        return f"paused at step {session.step:,}", "warning", "Run goes on; Step trains one batch."
    if session.state is State.ENDING:
        return "training: ending…", "accent", "The batch at hand is finished first."
    if draft.loading:
        return f"preparing: reading {draft.loading}…", "warning", ""
    if draft.blocked:
        return "failed: settings do not fit the data", "problem", draft.problem
    record = session.record
    outcome = record.outcome if record else None
    if record and isinstance(outcome, RunFinished):
        reason = {"imported": "weights imported and scored"}.get(outcome.reason, outcome.reason)
        reason = reason if reason.startswith("finished") else f"finished: {reason}"
        return reason, "good", result(outcome, record.experiment.data.kind)
    if isinstance(outcome, RunFailed):
        return f"failed: {after_colon(outcome.title)}", "problem", f"{outcome.why} {outcome.cure}"
    if draft.engine_problem:
        return "failed: the engine is not there", "problem", f"{draft.engine_problem} {_NO_ENGINE}"
    if draft.preparing:
        return preparing_words(draft.compiling), "warning", "They are compiled once; Run may be pressed already."
    return "ready", "good", "Press Run (F5) to train."


def preparing_words(compiling: Compiling | None) -> str:
    """How many kernels are compiled of those that are needed, and how long the rest may take."""
    if compiling is None or not compiling.needed:
        return f"{_KERNELS}…"
    left = f", about {duration(compiling.left)} left" if compiling.left else ""
    return f"{_KERNELS}: {compiling.done} of {compiling.needed}{left}"


def _training(draft: Draft, session: Session) -> tuple[str, str, str]:
    if session.record is not None and session.record.untrained:
        return "preparing: scoring the imported weights…", "warning", "They stay as they came: nothing is trained."
    if session.record is not None and session.record.started is not None:
        return "training", "accent", ""
    if draft.preparing:  # the engine does one after the other
        return preparing_words(draft.compiling), "warning", f"They are compiled once; training begins then. {_LEAVE}"
    return "training: beginning…", "accent", "The first batch is prepared."


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
