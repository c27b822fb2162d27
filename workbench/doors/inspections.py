"""What is understood of the file at hand, kept until the file changes or is read in another way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Experiment

if TYPE_CHECKING:
    from engine.data import Inspection, Suggestion

_ROWS = 200  # of the beginning, for previews


class Inspections:
    """Looks into files; the newest look is kept. Methods may take long."""

    def __init__(self) -> None:
        self._known: tuple[object, Inspection] | None = None

    def suggestion(self, path: Path, changes: Mapping[str, Any]) -> Suggestion:
        """What fits a file that is read as `changes` say.

        Raises:
            DataError: it cannot be read, or nothing in it can be predicted.
        """
        from engine.data import DataError, understand

        before, found = _state(path, Experiment()), understand(path, changes, _ROWS)
        if found.suggestion is None:
            raise DataError(found.notes[0])
        if before == _state(path, Experiment()):
            self._known = _state(path, found.suggestion.experiment), found.inspection
        return found.suggestion

    def of(self, path: Path, experiment: Experiment) -> Inspection:
        """What is understood of a file that is read as `experiment` says.

        Raises:
            DataError: it cannot be read.
        """
        from engine.data import Reading, peek

        key = _state(path, experiment)
        if self._known is None or self._known[0] != key or path.is_dir():
            self._known = key, peek(path, _ROWS, Reading.of(experiment.data))
        return self._known[1]


def _state(path: Path, experiment: Experiment) -> object:
    """What another look would have to differ in, to see something else."""
    from engine.data import Reading

    try:
        stat = path.expanduser().stat()
    except OSError:
        return None  # whoever reads it says what is wrong
    return path, stat.st_mtime_ns, stat.st_size, Reading.of(experiment.data)
