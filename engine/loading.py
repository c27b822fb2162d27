"""Data that is read again only where it may be another."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config import Experiment

if TYPE_CHECKING:
    from engine.data import Dataset


class Loader:
    """Reads the data of experiments, and keeps the last ones read.

    `room` is how many are kept: two at once may be more than memory holds.
    """

    def __init__(self, room: int = 1) -> None:
        self._room = room
        self._kept: dict[object, Dataset] = {}  # the newest last

    def load(self, experiment: Experiment) -> Dataset:
        """The data of an experiment.

        Raises:
            DataError: it cannot be used.
        """
        from engine import data  # late, since the window waits for whoever makes a loader

        key = (experiment.data, experiment.model.topology, stamp(experiment.data.file))
        found = self._kept.pop(key, None)
        while found is None and len(self._kept) >= self._room:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = found = found or data.load(experiment)
        return found


def stamp(file: str) -> tuple[int, int]:
    """Time and size of a file, which change with it; zeros where there is none."""
    if not file:  # which as a path would be the folder that one stands in
        return 0, 0
    with contextlib.suppress(OSError):
        found = Path(file).expanduser().stat()
        return found.st_mtime_ns, found.st_size
    return 0, 0
