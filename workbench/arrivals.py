"""Runs of a race or a sweep of this window: they come into the list as they end, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from workbench.archive import Archive
from workbench.doors.backend import Backend
from workbench.jobs import Jobs

if TYPE_CHECKING:
    from engine.past_runs import PastRun

_LANE = "runs of a race"
_TOGETHER_MS = 1000  # runs that end within so long come together
_REST = 50.0  # multiples of the time it took to list some, and to sort the list, before the next: two per cent at most


class Arrivals(QObject):
    """Reads the folders of runs that have ended, in the background."""

    def __init__(self, backend: Backend, jobs: Jobs, archive: Archive) -> None:
        super().__init__()
        self._backend, self._jobs, self._archive = backend, jobs, archive
        self._ended: list[Path] = []
        self._clock = QTimer(self)
        self._clock.setInterval(_TOGETHER_MS)
        self._clock.timeout.connect(self.read)

    @Slot(object)
    def note(self, folders: Sequence[Path]) -> None:
        """The runs in these have ended."""
        self._ended += folders
        if not self._clock.isActive():  # else quick ones would put it off for as long as they come
            self._clock.start()

    @Slot()
    def read(self) -> None:
        """List what has ended, as soon as what ended before is listed."""
        if not self._ended:
            self._clock.stop()
        elif not self._jobs.busy(_LANE):
            folders, self._ended = self._ended, []
            self._jobs.submit(
                _LANE,
                lambda: self._backend.runs_in(folders),
                partial(self._on_read, folders),
                lambda error: self._on_read(folders, ((), [folder.name for folder in folders])),
            )

    def _on_read(self, folders: Sequence[Path], read: tuple[tuple[PastRun, ...], list[str]]) -> None:
        start = time.perf_counter()
        self._archive.take_in(folders, *read)
        took = time.perf_counter() - start
        self._clock.setInterval(max(_TOGETHER_MS, round(1000 * _REST * took)))
