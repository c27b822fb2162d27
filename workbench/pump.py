"""Up to thirty times a second: hands the window what the training thread left; asks for what views need."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from engine.events import IN_PASSING, Snapshot, SnapshotRequest
from workbench.doors.mailbox import Mailbox
from workbench.jobs import Jobs
from workbench.later import in_turn, later
from workbench.runs.history import History
from workbench.session import Session

INTERVAL_MS = 33
_LARGE_MS = 45  # of what is looked at in full, beside a network that takes all processors for each of its frames
_LARGE = 60.0  # steps a second, below which it is such a network
ANSWERED_MS = 28  # from answer to answer: sooner than from frame to frame, or some of these would find nothing new
_AWAITING_MS = 4  # while somebody has asked the run to wait or to end: what they see next is its answer
_GATHERING_TICKS = 30  # so often, for what hidden views gather over the run
_EVERYTHING_TICKS = 60  # so often, hidden views are asked for too: seen later, they have something to show
_YOUNG_TICKS = 60  # so long a run is young: most changes then, and many a run is over by its end
_FIRST_TICKS = 2  # from its first batch to when hidden views are asked for, after what is seen
_OF_A_YOUNG_RUN = 1 / 15  # of its time, for measuring what hidden views can go back to


class Viewer(Protocol):
    """What the pump needs of a view."""

    probes: frozenset[str]
    gathers: frozenset[str]  # which of them it keeps over the run, seen or not
    follows: bool  # whether it draws the scalars anew whenever there are more

    def begins_with(self, snapshot: Snapshot) -> bool:
        """Whether its first picture of this run is made of it, which takes longer than all later ones."""

    @property
    def share(self) -> float:
        """Of the run's time that measuring may take while it is seen."""

    @property
    def active(self) -> bool:
        """Whether anybody sees it change."""

    def refine(self, request: SnapshotRequest) -> SnapshotRequest:
        """Add what only this view knows to the request."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw a snapshot."""

    def show_history(self, history: History) -> None:
        """Draw the scalars, which go on growing."""


class Pump(QObject):
    """One timer in the window's thread. What is asked for stands until something else is, once it was answered."""

    def __init__(
        self,
        mailbox: Mailbox,
        session: Session,
        jobs: Jobs,
        viewers: Callable[[], Iterable[Viewer]],
        record: Callable[[Snapshot], bool] = lambda _snapshot: True,
    ) -> None:
        """`record` is given every snapshot, and says whether the viewers are to show it now."""
        super().__init__()
        self._record = record
        self._mailbox, self._session, self._jobs, self._viewers = mailbox, session, jobs, viewers
        self._open = SnapshotRequest(0, frozenset())
        self._answered = 0
        self._first: dict[Viewer, Snapshot] = {}  # what views shall begin with, each in a turn of its own
        self._begins = False
        self._drawn = (-1, -1)  # run and step whose scalars the views have
        self._asked_at_step = -1
        self._in_full = False  # a view is looked at, not the overview
        self._ticks = self._everything_at = self._gathered_at = 0
        self._moved_at: int | None = None  # the tick by which the first batch was trained
        session.begun.connect(self._on_begun)
        session.cleared.connect(self._on_cleared)
        session.status_changed.connect(self._keep_pace)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def begins(self) -> bool:
        """Whether the first pictures of the run at hand are still to come."""
        return self._begins and self._session.alive

    def start(self) -> None:
        """Begin to tick."""
        self._timer.start()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()

    @Slot()
    def tick(self) -> None:
        """Drain, hand out, ask."""
        self._ticks += 1
        self._jobs.collect()
        delivery = self._mailbox.drain()
        viewers = list(self._viewers())
        if delivery.snapshot is not None:
            self._answered = delivery.snapshot.request
            if self._record(delivery.snapshot):
                self._show(delivery.snapshot, viewers)
        self._session.handle(delivery.events)  # after the snapshot: a run that ends in a reset leaves empty views
        self._hand_out_history(viewers)
        if self._session.alive:
            self._ask(viewers)
        self._keep_pace()

    @Slot()
    def _keep_pace(self) -> None:
        large = self._in_full and 0 < self._session.pace.steps_per_second < _LARGE
        interval = _AWAITING_MS if self._session.awaited else _LARGE_MS if large else INTERVAL_MS
        if interval != self._timer.interval():
            self._timer.setInterval(interval)

    @Slot()
    def ask_anew(self) -> None:
        """What the views need has changed: ask at the next tick, though the last answer has not come."""
        self._answered = self._open.id

    def ask_at_once(self) -> None:
        """Ask a run before it begins, so that one which ends before the next tick has been asked."""
        self._ask(list(self._viewers()))

    @Slot(object)
    def _on_begun(self, _record: object) -> None:
        self._drawn = (-1, -1)
        self._first.clear()
        self._begins = True
        self._moved_at, self._asked_at_step = None, -1
        self._open = SnapshotRequest(self._open.id, frozenset())  # the run before was asked for more
        self.ask_anew()

    @Slot()
    def _on_cleared(self) -> None:
        self._drawn = (-1, -1)
        self._first.clear()

    def _show(self, snapshot: Snapshot, viewers: list[Viewer]) -> None:
        """Views that have begun draw at once, the others in turn, so that their first pictures hold nothing up."""
        measured = [name for name, _ in snapshot.values]
        for viewer in viewers:
            if viewer.probes.isdisjoint(measured):
                continue
            if not viewer.begins_with(snapshot):
                viewer.show_snapshot(snapshot)
                continue
            if viewer not in self._first:
                in_turn(self, self._begin_next)
            self._first[viewer] = snapshot
        self._begins = bool(self._first)

    @Slot()
    def _begin_next(self) -> None:
        """Draw one of the first pictures; after the run's answer, where that is waited for."""
        if self._session.awaited:
            later(_AWAITING_MS, self, partial(in_turn, self, self._begin_next))
        elif self._first:
            viewer = next(iter(self._first))
            viewer.show_snapshot(self._first.pop(viewer))
            self._begins = bool(self._first)

    def _hand_out_history(self, viewers: list[Viewer]) -> None:
        record = self._session.record
        if record is None:
            return
        before, self._drawn = (
            self._drawn,
            (record.number, record.history.count("loss") + record.history.count("metric")),
        )
        if self._drawn == before:
            return
        for viewer in viewers:
            if viewer.follows or before[0] != record.number:
                viewer.show_history(record.history)

    def _ask(self, viewers: list[Viewer]) -> None:
        """Ask for the union of what can be seen, where that is not what was asked, and this has been answered.

        At times of a run that moves for what is hidden, too; then the last answer is not waited for, which never comes
        where what is seen cannot be measured. How often each probe is measured anew is up to the run, which knows what
        it costs.
        """
        moves = self._asked_at_step != self._session.step
        everything = moves and self._asks_for_everything()
        if self._answered < self._open.id and not everything:
            return
        active = [viewer for viewer in viewers if viewer.active]
        share = max((viewer.share for viewer in active), default=IN_PASSING)
        self._in_full = share > IN_PASSING
        if everything:
            active, share = viewers, _OF_A_YOUNG_RUN if self._age < _YOUNG_TICKS else IN_PASSING
            self._gathered_at = self._ticks + _GATHERING_TICKS
        probes = frozenset[str]().union(*(viewer.probes for viewer in active))
        if moves and self._ticks >= self._gathered_at:
            self._gathered_at = self._ticks + _GATHERING_TICKS
            probes = probes.union(*(viewer.gathers for viewer in viewers))
        if probes:
            request = SnapshotRequest(self._open.id, probes, share=share, every=ANSWERED_MS / 1000)
            for viewer in active:
                request = viewer.refine(request)
        else:  # whoever looked is taken to come back to where the run then stands
            request = dataclasses.replace(self._open, every=0.0)
        self._asked_at_step = self._session.step
        if request != self._open:
            self._open = self._session.ask(request)

    @property
    def _age(self) -> int:
        """Ticks since the run's first batch; 0 before."""
        return self._ticks - self._moved_at if self._moved_at is not None else 0

    def _asks_for_everything(self) -> bool:
        """Whether hidden views are to be asked for, too: often while a run is young, so that a short one can be gone
        back over wherever somebody looked, and then ever less.
        """
        if self._moved_at is None:
            if not self._session.step:
                return False
            self._moved_at, self._everything_at = self._ticks, self._ticks + _FIRST_TICKS
        if self._ticks < self._everything_at:
            return False
        self._everything_at = self._ticks + min(max(self._age // 4, 1), _EVERYTHING_TICKS)
        return True
