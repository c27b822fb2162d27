"""How a run stands, told by all that tell it: run bar, findings, list of runs, views, and what is locked meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from engine.config import DataConfig
from engine.events import Finding, RunFailed
from workbench.bars.status import status
from workbench.runs.records import RunRecord
from workbench.runs.state import LOCKED, State
from workbench.wording import set_words
from workbench.workspace import Workspace

_TEXT_MS = 150
_LOOK_MS = 250  # between two looks at how far the kernels are
_WITH_WEIGHTS = {"export": "export", "use": "model"}  # commands of the window, and those of the run that they follow
_NO_WEIGHTS = "no run with weights is chosen"


class RunDisplay(QObject):
    """Hears of the session and shows it in the window; takes a cure of a finding back to the desk."""

    def __init__(self, window: Workspace) -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self._text_clock = QElapsedTimer()
        self._text_clock.start()
        self._text_due = QTimer(self)  # what came too soon after the last numbers is shown all the same
        self._text_due.setSingleShot(True)
        self._text_due.setInterval(_TEXT_MS)
        self._text_due.timeout.connect(self._on_progressed)
        self._preparing = QTimer(self)
        self._preparing.setInterval(_LOOK_MS)
        self._preparing.timeout.connect(self._show_preparing)
        self._over = False
        self._learned: DataConfig | None = None  # what the run before learned from
        self._told_set = ""  # what a cure has set, in words
        self._had_keys: QWidget | None = None  # as a run began, until all is locked
        desk, session, pump = window.desk, window.desk.session, window.pump
        desk.draft.activity_changed.connect(self.show_status)
        desk.draft.changed.connect(self._unsay_set)
        desk.contest.moved.connect(self.show_status)
        session.status_changed.connect(self.show_status)
        session.status_changed.connect(self._show_progress)
        session.status_changed.connect(pump.ask_anew)
        session.progressed.connect(self._on_progressed)
        session.begun.connect(self._on_begun)
        session.found.connect(window.findings.show_finding)
        session.ended.connect(self._on_ended)
        session.cleared.connect(self._on_cleared)
        for over in (session.begun, session.cleared, window.files.opening):
            over.connect(window.foot.drop_tip)
        window.findings.fix_asked.connect(self._on_fix)
        window.gallery.needs_changed.connect(pump.ask_anew)
        window.gallery.notice.connect(window.foot.tell)
        for name, of_run in _WITH_WEIGHTS.items():
            action, leader = window.menus.by_name[name], window.runs.menu.by_name[of_run]
            action.setEnabled(leader.isEnabled())
            leader.enabledChanged.connect(action.setEnabled)

    @Slot()
    def show_status(self) -> None:
        """Where things stand, and what can be done now."""
        window, draft, session = self._window, self._desk.draft, self._desk.session
        window.run_bar.show_status(status(self._desk))
        self._preparing.start() if draft.preparing and not self._over else self._preparing.stop()
        reason = LOCKED if session.alive else ""
        window.steps.lock(reason, draft.experiment)
        for panel in (window.findings, window.runs, window.teaching.panel):
            panel.lock(reason)
        window.gallery.rest(session.state not in (State.TRAINING, State.ENDING))
        window.gallery.hold_off(self._desk.contest.under_way)
        window.steps.data.show_problem(draft.problem, dismissible=not draft.blocked)
        for name, of_run in _WITH_WEIGHTS.items():
            why_not = window.runs.menu.by_name[of_run].property("reason")
            window.menus.by_name[name].setProperty("reason", why_not or _NO_WEIGHTS)
        if session.record and session.record.started:
            window.gallery.begin(session.record.number, session.record.started)
        self._lead_keys()

    def _lead_keys(self) -> None:
        """Keys at what went as a run began come to Run, not to what comes next; settings have them again later."""
        had, self._had_keys = self._had_keys, None
        if had is None or self._window.steps.panel.isAncestorOf(had):
            return
        if not (had.isEnabled() and had.isVisible()):
            self._window.run_bar.take_keys()

    def end(self) -> None:
        """Look no more: the window closes, perhaps while kernels are compiled."""
        self._over = True
        self._preparing.stop()
        self._text_due.stop()

    @Slot()
    def _show_preparing(self) -> None:
        """How far it is changes without a word from anybody."""
        self._window.run_bar.show_status(status(self._desk))

    @Slot()
    def _on_progressed(self) -> None:
        """Numbers change seven times a second at most: nobody reads faster, and every change lays the bar out anew."""
        if self._text_clock.elapsed() >= _TEXT_MS or not self._desk.session.alive:
            self._text_clock.restart()
            self._text_due.stop()
            self._show_progress()
        elif not self._text_due.isActive() and not self._over:
            self._text_due.start()

    @Slot()
    def _show_progress(self) -> None:
        session = self._desk.session
        record = session.record
        if record:
            self._window.runs.refresh(record)
        started = record.started if record and not record.untrained else None  # which has no epochs to count
        epochs = started.epochs if started else 0
        steps = started.steps_per_epoch * epochs if started else 0
        pace = session.pace
        goes_on = session.alive and session.state is not State.ENDING
        left = pace.remaining(steps - session.step) if goes_on else 0.0
        self._window.run_bar.show_progress(session.step, steps, session.epoch, epochs, pace.steps_per_second, left)
        self._window.foot.show_pace(pace.steps_per_second if session.alive else 0.0)

    @Slot(object)
    def _on_begun(self, record: RunRecord) -> None:
        self._had_keys = self._window.focusWidget()
        self._unsay_set()
        self._window.gallery.reset(beginning=True)
        if record.experiment.data != self._learned:  # the step that was looked at may be none of these sequences'
            self._learned = record.experiment.data
            self._window.gallery.views[0].time.release()
        self._window.findings.clear()
        self._window.docks.uncover_lesson()
        self._window.shelf.begin(record)
        self._window.pump.ask_at_once()

    @Slot(object)
    def _on_ended(self, record: RunRecord) -> None:
        self._window.runs.refresh(record)
        self._window.foot.unsay(LOCKED)
        self._window.gallery.end(record)
        outcome = record.outcome
        if isinstance(outcome, RunFailed) and not any(f.level == "problem" for f in record.findings.values()):
            why = outcome.why if outcome.why != outcome.title else ""
            finding = Finding("run-failed", "problem", outcome.title, why, outcome.cure)
            self._window.findings.show_finding(finding, opened=True)
        if isinstance(outcome, RunFailed):
            self._window.docks.show_findings()
            self._window.findings.show_first()
        self.show_status()

    @Slot()
    def _on_cleared(self) -> None:
        self._window.gallery.reset()
        self._window.findings.clear()
        self._window.shelf.show_others()
        self._show_progress()

    @Slot(object)
    def _on_fix(self, finding: Finding) -> None:
        record = self._desk.session.record
        if finding.goes_on and record is not None and record.can_go_on:
            self._desk.go_on(record, dict(finding.changes))
            return
        changes = dict(finding.changes)
        message = self._desk.apply(changes)
        self._told_set = f"{set_words(self._desk.draft.experiment, changes)}. Run again to see what it does."
        self._window.foot.tell(message or self._told_set)

    @Slot()
    def _unsay_set(self) -> None:
        """Other settings have been chosen since, or a run begins with these."""
        self._window.foot.unsay(self._told_set)
