"""A race or a sweep under way: the thread that lets one run follow the other."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.comparing.race_messages import Arrival, Entrant, Lap, LeftOut
from engine.config import ConfigError, Experiment
from engine.control import Control
from engine.events import Compiling, Event
from workbench.contests.keeping import Keeping, NewFolder
from workbench.contests.tally import Tally
from workbench.contests.terms import SweepTerms, Terms
from workbench.doors import comparisons
from workbench.doors.answers import Loaded
from workbench.doors.backend import Backend
from workbench.doors.worker import SEE_LOG
from workbench.wording import for_people

_log = logging.getLogger(__name__)
_TICK_MS = 100
_ARRIVED, _CANCELLED = "all runs are done", "cancelled"


@dataclass(frozen=True, slots=True)
class _Field:
    """All runs, and the settings of a sweep that cannot be run."""

    entrants: list[Entrant]
    left_out: list[LeftOut]


class Contest(QObject):
    """One race or sweep at a time. Numbers come in from a thread and are handed out by a timer."""

    moved = Signal()
    kept = Signal(object)  # list of folders, each of a run that has ended or was given up
    ended = Signal(str)  # why, in words

    def __init__(self, backend: Backend, new_folder: NewFolder) -> None:
        """`new_folder` gives a run's folder from its name; called in the thread."""
        super().__init__()
        self._backend, self._new_folder = backend, new_folder
        self._news: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._control: Control | None = None
        self._cancelled = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._take_news)
        self.terms: Terms | SweepTerms | None = None
        self.tally, self.keeping = Tally(), Keeping()
        self.compiling: Compiling | None = None  # for the run at hand
        self._paused_at: float | None = None
        self._began = 0.0

    @property
    def alive(self) -> bool:
        """Whether a race is under way."""
        return self._thread is not None

    @property
    def under_way(self) -> str:
        """That one goes on, and what to do before anything else is trained; empty when none does."""
        kind = "sweep" if self.sweeping else "race"
        return f"A {kind} is under way. Wait for its end, or cancel it in its window (menu Run)." if self.alive else ""

    @property
    def sweeping(self) -> bool:
        """Whether settings are compared, and not cells or strategies."""
        return isinstance(self.terms, SweepTerms)

    @property
    def keeps(self) -> bool:
        """Whether its runs are in folders and in the list."""
        return self.terms is not None and self.terms.keep

    def start(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> None:
        """Begin, on the data at hand."""
        self.terms, self.tally, self.keeping, self.compiling = terms, Tally(), Keeping(), None
        self._paused_at, self._began = None, time.monotonic()
        self._cancelled.clear()
        experiment = experiment.replace({"training.epochs": terms.epochs})
        self._thread = threading.Thread(target=self._work, args=(experiment, loaded, terms), name="race", daemon=False)
        self._thread.start()
        self._timer.start()
        self.moved.emit()

    def cancel(self) -> None:
        """End after the batch at hand; what has arrived stays."""
        self._cancelled.set()
        if self._control is not None:
            self._control.stop()

    @property
    def cancelled(self) -> bool:
        """Whether the person ended it, or wishes its end."""
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        """Whether it waits for the person."""
        return self._paused_at is not None

    def pause(self, paused: bool) -> None:
        """Wait after the batch at hand, or go on."""
        if paused == self.paused or not self.alive:
            return
        if self._paused_at is not None:  # what was waited counts for nothing
            self._began += time.monotonic() - self._paused_at
        self._paused_at = time.monotonic() if paused else None
        if self._control is not None:
            (self._control.pause if paused else self._control.resume)()
        self.moved.emit()

    def join(self, seconds: float) -> bool:
        """Wait for the thread at most so long; True when none runs."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    @property
    def seconds_left(self) -> float:
        """What it still takes at the pace so far; 0 while that cannot be told."""
        elapsed, share = time.monotonic() - self._began, self.tally.share
        return elapsed / share - elapsed if share > 0.01 else 0.0

    # --- the thread -------------------------------------------------------------------------------------

    def _work(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> None:
        try:
            made = self._made(experiment, loaded, terms)
            self.keeping = Keeping(made.entrants, self._new_folder if terms.keep else None)
            self._news.put(made)
            stop_early = isinstance(terms, SweepTerms) and terms.stop_early
            for news in comparisons.race(made.entrants, self._run, stop_early=stop_early):
                if not (isinstance(news, Arrival) and self._cancelled.is_set()):  # a run that was stopped is no result
                    self._news.put(news)
            self._news.put(_CANCELLED if self._cancelled.is_set() else _ARRIVED)
        except ConfigError as error:
            self._news.put(for_people(str(error)))
        except Exception as error:
            _log.exception("the race broke off")
            self._news.put(f"An error ended it: {str(error).rstrip('.')}. {SEE_LOG}")

    def _made(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> _Field:
        """All runs, and the settings that cannot be run."""
        if isinstance(terms, SweepTerms):
            return _Field(*comparisons.trials(experiment, terms.varied, terms.trials, terms.seeds))
        return _Field(
            comparisons.entrants(experiment, terms.cells, terms.strategies, terms.seeds, terms.budget, loaded.dataset),
            [],
        )

    def _run(self, entrant: Entrant) -> Iterator[Event]:
        if self._cancelled.is_set():
            return
        self._control = control = Control()
        if self.paused:
            control.pause()
        try:
            for event in self._backend.run(entrant.experiment, control, *self.keeping.place(entrant)):
                self.keeping.hear(entrant, event)
                if self._cancelled.is_set():
                    control.stop()
                if isinstance(event, Compiling):
                    self._news.put(event)
                yield event
        finally:
            control.stop()  # where it is given up before its end
            if folder := self.keeping.folder(entrant):
                self._news.put(folder)

    # --- the window's thread ----------------------------------------------------------------------------

    @Slot()
    def _take_news(self) -> None:
        news, words = [], ""
        while not self._news.empty():
            news.append(self._news.get())
        for item in news:
            words = self._take(item) or words
        if kept := [item for item in news if isinstance(item, Path)]:
            self.kept.emit(kept)
        if words:
            self._end(words)
        elif news:
            self.moved.emit()

    def _take(self, item: object) -> str:
        if isinstance(item, str):
            return item
        if isinstance(item, _Field):
            self.tally = Tally(item.entrants, item.left_out)
        elif isinstance(item, Compiling):
            self.compiling = item if item.needed else None
        elif isinstance(item, Lap | Arrival):
            self.tally.take(item)
        return ""

    def _end(self, words: str) -> None:
        self._timer.stop()
        if words == _ARRIVED:
            self.tally.complete()
            if failures := self.tally.failures:
                words = f"all runs have ended, {failures} of {len(self.tally.field)} failed"
        elif words == _CANCELLED:
            words = self._cancelled_words()
        if self.keeping.troubles:
            words = f"{words.rstrip('.')}. {self.keeping.troubles}"
        if self._thread is not None:
            self._thread.join()
        self._thread = self._control = self._paused_at = None
        self.moved.emit()
        self.ended.emit(words)

    def _cancelled_words(self) -> str:
        """That it was the person's wish, and what is left of it."""
        done, of = self.tally.arrived, len(self.tally.field)
        if done == of > 0:
            return _ARRIVED
        if not done:
            return "You cancelled it before a run was done: there is no result."
        kept = "it counts" if done == 1 else "they count"
        return f"You cancelled it after {done} of {of} runs: {kept} in the table, the one at hand does not."
