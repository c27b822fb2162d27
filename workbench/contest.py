"""A race or a sweep under way: the thread that lets one run follow the other, and what it has come to so far."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.config import ConfigError, Experiment
from engine.control import Control
from engine.events import Event
from engine.race_messages import Arrival, Entrant, Key, Lap, LeftOut, Place
from workbench.answers import Loaded
from workbench.backend import Backend
from workbench.contest_terms import SweepTerms, Terms
from workbench.wording import for_people

_log = logging.getLogger(__name__)
_TICK_MS = 100
_ARRIVED = "all have arrived"


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What is compared of one, over its seeds: (N,) each."""

    steps: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Field:
    """All runs, and the settings of a sweep that cannot be run."""

    entrants: list[Entrant]
    left_out: list[LeftOut]


class Contest(QObject):
    """One race or sweep at a time. Numbers come in from a thread and are handed out by a timer."""

    moved = Signal()
    ended = Signal(str)  # why, in words

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._news: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._control: Control | None = None
        self._cancelled = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._take_news)
        self.terms: Terms | SweepTerms | None = None
        self.field: list[Entrant] = []
        self._numbers: dict[Key, list[int]] = {}  # of the runs of each that is compared
        self._refused: list[LeftOut] = []
        self._results: tuple[list[Place], list[LeftOut]] = [], []
        self._paused_at: float | None = None
        self._arrivals: list[Arrival] = []
        self._shares: list[float] = []
        self._points: list[list[tuple[int, float]]] = []
        self._at, self._began = 0, 0.0

    @property
    def alive(self) -> bool:
        """Whether a race is under way."""
        return self._thread is not None

    @property
    def sweeping(self) -> bool:
        """Whether settings are compared, and not cells or strategies."""
        return isinstance(self.terms, SweepTerms)

    def start(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> None:
        """Begin, on the data at hand."""
        self._forget()
        self.terms = terms
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

    # --- what it has come to ----------------------------------------------------------------------------

    @property
    def share(self) -> float:
        """How much of the race is done, 0 to 1."""
        return sum(self._shares) / len(self._shares) if self._shares else 0.0

    @property
    def seconds_left(self) -> float:
        """What it still takes at the pace so far; 0 while that cannot be told."""
        elapsed = time.monotonic() - self._began
        return elapsed / self.share - elapsed if self.share > 0.01 else 0.0

    @property
    def at(self) -> int:
        """Which entrant runs, from 1; 0 before the first."""
        return self._at

    def band(self, key: Key) -> Band:
        """The curves of one that is compared, each step over the seeds that have come to it."""
        steps: dict[int, list[float]] = {}
        for number in self._numbers.get(key, ()):
            for step, loss in self._points[number]:
                steps.setdefault(step, []).append(loss)
        order = sorted(steps)
        losses = [np.asarray(steps[step]) for step in order]
        low, middle, high = (np.array([fold(values) for values in losses]) for fold in (np.min, np.median, np.max))
        return Band(np.array(order, np.float64), low, middle, high)

    @property
    def arrived(self) -> int:
        """How many runs have ended."""
        return len(self._arrivals)

    def places(self) -> Sequence[Place]:
        """The table, best first."""
        return self._results[0]

    def left_out(self) -> Sequence[LeftOut]:
        """Settings that came to no result."""
        return [*self._refused, *self._results[1]]

    def leading(self, most: int) -> list[Key]:
        """Of many, the best so far and the one that runs."""
        best = [place.key for place in self.places() if place.arrived]
        running = self.field[self._at - 1].key if self._at else None
        if running is None or running in best[:most]:
            return best[:most]
        return [*best[: most - 1], running]

    # --- the thread -------------------------------------------------------------------------------------

    def _work(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> None:
        try:
            made = self._made(experiment, loaded, terms)
            self._news.put(made)
            stop_early = isinstance(terms, SweepTerms) and terms.stop_early
            for news in self._backend.race(made.entrants, self._run, stop_early=stop_early):
                if not (isinstance(news, Arrival) and self._cancelled.is_set()):  # a run that was stopped is no result
                    self._news.put(news)
            self._news.put("broken off" if self._cancelled.is_set() else _ARRIVED)
        except ConfigError as error:
            self._news.put(for_people(str(error)))
        except Exception as error:
            _log.exception("the race broke off")
            self._news.put(f"broken off: {error}")

    def _made(self, experiment: Experiment, loaded: Loaded, terms: Terms | SweepTerms) -> _Field:
        """All runs, and the settings that cannot be run."""
        if isinstance(terms, SweepTerms):
            return _Field(*self._backend.trials(experiment, terms.varied, terms.trials, terms.seeds))
        return _Field(
            self._backend.entrants(
                experiment, terms.cells, terms.strategies, terms.seeds, terms.budget, loaded.dataset
            ),
            [],
        )

    def _run(self, entrant: Entrant) -> Iterator[Event]:
        if self._cancelled.is_set():
            return
        self._control = control = Control()
        if self.paused:
            control.pause()
        try:
            for event in self._backend.run(entrant.experiment, control, None):
                if self._cancelled.is_set():
                    control.stop()
                yield event
        finally:
            control.stop()  # where it is given up before its end

    # --- the window's thread ----------------------------------------------------------------------------

    @Slot()
    def _take_news(self) -> None:
        news, words = [], ""
        while not self._news.empty():
            news.append(self._news.get())
        for item in news:
            words = self._take(item) or words
        if words:
            self._end(words)
        elif news:
            self.moved.emit()

    def _take(self, item: object) -> str:
        if isinstance(item, str):
            return item
        if isinstance(item, _Field):
            self.field, self._refused = item.entrants, item.left_out
            self._shares, self._points = [0.0] * len(self.field), [[] for _ in self.field]
            for number, entrant in enumerate(self.field):
                self._numbers.setdefault(entrant.key, []).append(number)
            self._results = self._backend.results(self.field, [])
        elif isinstance(item, Lap):
            self._at, self._shares[item.entrant] = item.entrant + 1, item.share
            self._shares[: item.entrant] = [1.0] * item.entrant
            if item.evaluated is not None:
                value = self.field[item.entrant].measured(item.evaluated)
                self._points[item.entrant].append((item.evaluated.step, value))
        elif isinstance(item, Arrival):
            self._shares[item.entrant] = 1.0
            self._arrivals.append(item)
            self._results = self._backend.results(self.field, self._arrivals)
        return ""

    def _end(self, words: str) -> None:
        self._timer.stop()
        if words == _ARRIVED:
            self._shares = [1.0] * len(self._shares)  # also what was passed over
        if self._thread is not None:
            self._thread.join()
        self._thread = self._control = self._paused_at = None
        self.moved.emit()
        self.ended.emit(words)

    def _forget(self) -> None:
        self.field, self._arrivals, self._shares, self._points = [], [], [], []
        self._refused, self._results, self._paused_at = [], ([], []), None
        self._numbers.clear()
        self._at, self._began = 0, time.monotonic()
