"""What was set up and not saved yet, kept on disk while a window is open, so that a crash takes nothing.

Each window has a slot of its own, held by a lock that the system drops with the process. A slot that nobody holds was
left by a program that did not end in order.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from engine.storage.project_file import SUFFIX, Project, read_project, write_project

_log = logging.getLogger(__name__)
_SLOTS = 64  # windows at the same time


class Unsaved:
    """The slot of this window, in a folder that all windows of a person share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileLock | None = None
        self._slot: Path | None = None

    def left_behind(self) -> tuple[Path, Project] | None:
        """What the newest slot holds that nobody has any more; what cannot be read is put away."""
        with suppress(OSError):
            for path in sorted(self._folder.glob(f"*{SUFFIX}"), key=_changed, reverse=True):
                if path != self._slot and (lock := _taken(path)) is not None:
                    _release(lock)
                    try:
                        return path, read_project(path)
                    except (ValueError, OSError) as error:
                        _log.warning("what was not saved cannot be read: %s", error)
                        path.rename(path.with_suffix(".damaged"))
        return None

    def keep(self, project: Project) -> None:
        """Write what is not saved into our slot.

        Raises:
            OSError: it cannot be written.
        """
        if self._slot is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._take()
        if self._slot is not None:
            write_project(self._slot, project)

    def forget(self) -> None:
        """All is saved, or is not wanted any more."""
        if self._slot is not None:
            with suppress(OSError):
                self._slot.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the slot to others."""
        self.forget()
        if self._lock is not None:
            _release(self._lock)
            self._lock = self._slot = None

    def _take(self) -> None:
        for number in range(_SLOTS):
            path = self._folder / f"{number}{SUFFIX}"
            if not path.exists() and (lock := _taken(path)) is not None:
                self._slot, self._lock = path, lock
                return


def _taken(path: Path) -> FileLock | None:
    lock = FileLock(path.with_suffix(".lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError, NotImplementedError):
        return None
    return lock


def _release(lock: FileLock) -> None:
    with suppress(OSError):
        Path(lock.lock_file).unlink()
    lock.release()


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
