"""A race under way: the thread that lets one run follow the other, and what it has come to so far."""

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

from engine.config import Experiment
from engine.control import Control
from engine.events import Event
from engine.race_messages import Arrival, Entrant, Lap, Place
from workbench.answers import Loaded
from workbench.backend import Backend

_log = logging.getLogger(__name__)
_TICK_MS = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What a race is run for."""

    cells: tuple[str, ...]
    seeds: int
    budget: int
    epochs: int
    strategies: tuple[str, ...] = ()  # to forecast several steps ahead, where they are compared


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What is compared of one cell, or of one by a strategy, over its seeds: (N,) each."""

    steps: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]


class Contest(QObject):
    """One race at a time. Numbers come in from a thread and are handed out by a timer."""

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
        self.field: list[Entrant] = []
        self._arrivals: list[Arrival] = []
        self._shares: list[float] = []
        self._points: list[list[tuple[int, float]]] = []
        self._at, self._began = 0, 0.0

    @property
    def alive(self) -> bool:
        """Whether a race is under way."""
        return self._thread is not None

    def start(self, experiment: Experiment, loaded: Loaded, terms: Terms) -> None:
        """Begin, on the data at hand."""
        self._forget()
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

    def band(self, key: tuple[str, str]) -> Band:
        """The curves of one cell and strategy, each step over the seeds that have come to it."""
        steps: dict[int, list[float]] = {}
        for number, points in enumerate(self._points):
            if self.field[number].key == key:
                for step, loss in points:
                    steps.setdefault(step, []).append(loss)
        order = sorted(steps)
        losses = [np.asarray(steps[step]) for step in order]
        low, middle, high = (np.array([fold(values) for values in losses]) for fold in (np.min, np.median, np.max))
        return Band(np.array(order, np.float64), low, middle, high)

    def places(self) -> Sequence[Place]:
        """The table: one row a cell, best first."""
        return self._backend.standings(self.field, self._arrivals)

    # --- the thread -------------------------------------------------------------------------------------

    def _work(self, experiment: Experiment, loaded: Loaded, terms: Terms) -> None:
        try:
            field = self._backend.entrants(
                experiment, terms.cells, terms.strategies, terms.seeds, terms.budget, loaded.dataset
            )
            self._news.put(field)
            for news in self._backend.race(field, self._run):
                self._news.put(news)
            self._news.put("broken off" if self._cancelled.is_set() else "all have arrived")
        except Exception as error:
            _log.exception("the race broke off")
            self._news.put(f"broken off: {error}")

    def _run(self, entrant: Entrant) -> Iterator[Event]:
        if self._cancelled.is_set():
            return
        self._control = control = Control()
        for event in self._backend.run(entrant.experiment, control, None):
            if self._cancelled.is_set():
                control.stop()
            yield event

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
        if isinstance(item, list):
            self.field, self._shares, self._points = item, [0.0] * len(item), [[] for _ in item]
        elif isinstance(item, Lap):
            self._at, self._shares[item.entrant] = item.entrant + 1, item.share
            if item.evaluated is not None:
                value = self.field[item.entrant].measured(item.evaluated)
                self._points[item.entrant].append((item.evaluated.step, value))
        elif isinstance(item, Arrival):
            self._shares[item.entrant] = 1.0
            if not self._cancelled.is_set():  # a run that was stopped is no result
                self._arrivals.append(item)
        return ""

    def _end(self, words: str) -> None:
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
        self._thread = self._control = None
        self.moved.emit()
        self.ended.emit(words)

    def _forget(self) -> None:
        self.field, self._arrivals, self._shares, self._points = [], [], [], []
        self._at, self._began = 0, time.monotonic()
