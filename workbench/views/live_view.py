"""What every live view has: what it needs, what it is told of a run, and what it says where it has nothing to show."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engine.events import IN_PASSING, Probe, RunStarted, Snapshot, SnapshotRequest
from workbench.later import later
from workbench.looks.theme import Theme
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.frame.walk_keys import way_of
from workbench.plots.key.legend import Legend
from workbench.runs.beside import Beside
from workbench.runs.history import History
from workbench.spoken import announce
from workbench.views._drawn_when_seen import DrawnWhenSeen
from workbench.views._measured import Measured
from workbench.views._unmeasured import TOO_EARLY, Unmeasured

_ENDED = "This is measured while a run goes on, and the run has ended."
_IN_FULL = 1 / 25  # of the run's time, for measuring what is looked at
_MOST_KEY = 4  # rows of the key of a compact or low view


class LiveView(DrawnWhenSeen):
    """One question about the network while it learns, answered by a picture.

    A view is one file in this folder: a subclass with the class attributes below and `build`, `draw`, `draw_history`,
    `wishes`, `clear`, `recolour`, `reason`, `table` and `walk_inside` as far as it needs them. It is found by its file.

    For the window: hand every snapshot to `show_snapshot`, the history to `show_history`; call `reset` when a run
    begins, `show_start` when it says `RunStarted`, `apply_theme` when the theme changes. Ask for the `probes` of
    views that are `active`, and let each `refine` the request. A view that is hidden, minimised or held draws
    nothing; it catches up when it is seen. What goes wrong in it is said in its place and goes no further.
    """

    order = 1000  # place among the views, rising
    probes: frozenset[str] = frozenset()  # what it needs of a snapshot
    gathers: frozenset[str] = frozenset()  # of these, what it draws over training and asks for more often while hidden
    follows: bool = False  # whether it draws the scalars, as the class says that does
    parts: Mapping[str, str] = MappingProxyType({})  # where several probes are drawn together, what shows each of them
    waiting = "Press Run (F5): the picture appears with the first batches."

    asked = Signal(str)  # the key of a view that a person wants to see beside this one
    began = Signal()  # it has the first measurement of a run

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.follows = cls.draw_history is not LiveView.draw_history

    def __init__(
        self, theme: Theme, cursor: TimeCursor | None = None, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        """`compact` leaves out controls and second pictures, for a small place such as the overview."""
        super().__init__(theme, compact=compact, parent=parent)
        self.time = cursor or TimeCursor(self)
        self.start: RunStarted | None = None
        self.moment: int | None = None  # the step that is shown, when it is not the newest
        self.others: tuple[Beside, ...] = ()
        self._measured, self._absence = Measured(self.probes), Unmeasured(self.waiting)
        self._too_early = False
        self.at_rest = False  # the run waits or has ended
        self._asking: dict[QWidget, str] = {}  # controls whose choice has to be measured, and their tool tips
        self.fit_text()
        self.turn_page()

    # --- for the window ---------------------------------------------------------------------------------

    @property
    def share(self) -> float:
        """Of the run's time, what measuring may take while it is seen: more for what is looked at in full."""
        return IN_PASSING if self.compact else _IN_FULL

    def refine(self, request: SnapshotRequest) -> SnapshotRequest:
        """The request with this view's `wishes`; as it was in a small place, which has no controls."""
        refined = [request]
        if self._built and not self.compact:
            self._failing.attempt("request", lambda: refined.append(dataclasses.replace(request, **self.wishes())))
        return refined[-1]

    def wishes(self) -> dict[str, Any]:
        """What only this view has a control for, such as the sampling temperature, by its name in the request."""
        return {}

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw what was measured, now or when the view is next seen."""
        first, at_moment = not self._measured.newest, self.moment is not None
        found = self._measured.take(snapshot, of_moment=at_moment)
        self._too_early = at_moment and bool(self.probes) and not found
        if found:
            self.snapshot = snapshot
            self._catch_up("snapshot")
            if first:
                self.began.emit()
        elif self._too_early and self._built:
            self.turn_page()

    def begins_with(self, snapshot: Snapshot) -> bool:
        """Whether the first picture of the run is made of it, before somebody's eyes."""
        return not self._measured.newest and self.active and any(name in self.probes for name, _ in snapshot.values)

    def show_history(self, history: History) -> None:
        """Draw the scalars of the run, now or when the view is next seen. `history` may go on growing."""
        self.history = history
        self._catch_up("history")

    def show_others(self, others: tuple[Beside, ...]) -> None:
        """Draw these runs beside the one at hand, soon or when the view is next seen; they stay when a run begins.

        That has a turn of the event loop of its own: of ten runs the curves take as long as all else when one begins.
        """
        self.others = others
        if others and self.history is None:
            self.history = History()
        self._behind.add("history")
        later(0, self, self._catch_up)

    def show_moment(self, step: int | None) -> None:
        """Mark the step of the run that is shown in what is drawn over training; None while the run is followed."""
        self.moment = step
        self._catch_up("history" if self.history else "")

    def show_start(self, start: RunStarted) -> None:
        """Learn what the run measures and has to beat."""
        self.start = start
        self._absence.begin()
        self._lock_asking()
        self._catch_up("history" if self.history else "")

    def show_end(
        self, *, untrained: bool = False, failed: bool = False, baselines: tuple[tuple[str, float], ...] = ()
    ) -> None:
        """The run measures nothing any more: what has to be measured cannot be chosen.

        `untrained` where it had no batches, as it scored imported weights. Its `baselines` are those that it started
        with and what was learned for comparison since.
        """
        if self.start is not None and baselines:
            self.start = dataclasses.replace(self.start, baselines=baselines)
        self._absence.end(untrained=untrained, failed=failed)
        self._lock_asking()
        self._catch_up("history" if self.history else "")
        self._stamp_snapshot()

    def rest(self, at_rest: bool) -> None:
        """The run waits or has ended, so that what is shown stays for now; or it goes on."""
        if at_rest != self.at_rest:
            self.at_rest = at_rest
            self._catch_up("snapshot" if self.snapshot else "")

    def hold_off(self, reason: str) -> None:
        """No run can begin now, and why; empty when one can."""
        self._absence.hold_off(reason)
        self._catch_up()

    def reset(self, *, beginning: bool = False) -> None:
        """Forget the last run; `beginning` when a new one is on its way, of which nothing is known yet."""
        self.moment, self._too_early = None, False
        self._absence.reset(beginning=beginning)
        self._lock_asking()
        self.start, self.snapshot, self.history = None, None, None
        self._measured.clear()
        self._behind -= {"snapshot", "history"}  # the colours of the theme are still owed
        self._header.stamp.show_text("")  # other runs may be drawn on
        self._failing.forget()
        if self._built:
            self._failing.attempt("clearing", self.clear)
            self.read_out("")
            self.turn_page()
        if self._held:  # nothing is left of what it held
            self.hold(False)
        if self.others:
            self.show_others(self.others)

    def fit_room(self) -> None:
        """In a small or low place the picture comes before its key."""
        super().fit_room()
        for legend in self.findChildren(Legend) if self._built else ():
            legend.limit(_MOST_KEY if self.compact or self.low else 0)
            legend.setAutoFillBackground(self.compact)

    # --- for the views ----------------------------------------------------------------------------------

    def add_asking_control(self, label: str, control: QWidget, name: str) -> QWidget:
        """As `add_control`, for a choice that a run has to measure: locked, with the reason, once it has ended."""
        self._asking[control] = control.toolTip()
        both = self.add_control(label, control, name)
        self._lock_asking()
        return both

    def _lock_asking(self) -> None:
        for control, tip in self._asking.items():
            control.setEnabled(not self.over)
            control.setToolTip(_ENDED if self.over else tip)

    def clear(self) -> None:
        """Take everything of the last run off the picture."""

    def why_empty(self) -> str:
        """As `reason`; of a moment of the run by which nothing had been measured for this view yet, that."""
        return self._failing.why or self.reason() or (TOO_EARLY if self._too_early else "")

    def turn_page(self) -> None:
        """What made drawing fail may have been chosen, so that it can be chosen otherwise."""
        super().turn_page()
        if self._failing.why:
            self._header.choices.show()

    def reason(self) -> str:
        """Why there is nothing to see, with what to do about it; "" when there is something."""
        return "" if self.snapshot else self.unmeasured

    @property
    def unmeasured(self) -> str:
        """What to do that there is something to see: begin a run, wait for it, go on with it, or mend it."""
        return self._absence.words(at_moment=self.moment is not None)

    @property
    def over(self) -> bool:
        """Whether the run measures nothing any more."""
        return self._absence.over

    def time_steps(self) -> int:
        """How many steps the time axis has, for the arrow keys; 0 for a view without one."""
        return 0

    def moment_of(self, snapshot: Snapshot) -> tuple[int, int]:
        """Step and epoch that the picture of a snapshot is of."""
        return snapshot.step, snapshot.epoch

    def probe(self, name: str) -> Probe | None:
        """The last measurement of one of `probes`; None when there was none in this run."""
        return self._measured.newest.get(name)

    def since(self, name: str) -> tuple[int, int] | None:
        """Step and epoch that it was measured at: what takes long is measured seldom."""
        return self._measured.since.get(name)

    def _draw_snapshot(self, snapshot: Snapshot) -> None:
        super()._draw_snapshot(snapshot)
        self._stamp_snapshot()

    def _stamp_snapshot(self) -> None:
        """The moment that is drawn; at the end of a run that of its best weights, which are back then."""
        if self.snapshot is None or not self._built or self.why_empty():
            return
        history = self.history if self.over and self.moment is None else None
        step, epoch = self.moment_of(self.snapshot)
        best = history is not None and history.best_step() == step
        self.stamp(step, epoch, "best weights" if best else self._measured.older(step, self.parts))

    def walk_inside(self, across: int, down: int) -> bool:
        """Go so many places within the picture and read out what is there; False where it has none that way."""
        return False

    def leave_inside(self) -> None:
        """Forget the place that keys went to."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk within the picture or the shared time cursor, Home and End go to the ends, Escape lets go."""
        way = way_of(event)
        if way is not None and not self.why_empty() and self.walk_inside(*way):
            announce(self, self._readout.text())
            return
        if event.key() == Qt.Key.Key_Escape:
            self.leave_inside()
        length = 0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.time_steps()
        walks = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -length, Qt.Key.Key_End: length}
        if length and event.key() in walks:
            self.time.walk(walks[Qt.Key(event.key())], length)
            announce(self, self._readout.text())  # which does not have the keys
        elif length and event.key() == Qt.Key.Key_Escape:
            self.time.release()
        else:
            super().keyPressEvent(event)
