"""Who writes into a run's folder: a lock that the system lets go of when its process ends, however it ends.

No clock and no heartbeat is in it: a clock may be set back, and a process that sleeps still holds its lock. A run that
breaks off leaves the file behind, locked by nobody: so it is told from one that ended, or was asked about.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

NAME = "run.lock"


class RunLock:
    """Held by a run from its first save to its end. Where the file system knows no locks, it holds nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = FileLock(self._path, thread_local=False)
        self._taken: tuple[int, int] | None = None  # the file that was locked, as the system numbers it

    def take(self) -> bool:
        """Whether the folder is ours now."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        self._taken = self._found()
        return True

    def in_place(self) -> bool:
        """Whether the folder is the one it was: not so once it was deleted or moved, whatever lies there now."""
        return self._path.parent.is_dir() and self._taken == self._found()

    def let_go(self, *, over: bool = True) -> None:
        """Leave the folder to others, without a trace where the run is `over`."""
        if self._lock.is_locked:
            if over and self.in_place():  # the lock of another run that began here since is left alone
                with suppress(OSError):
                    self._path.unlink()
            self._lock.release()

    def _found(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino
        return None


def is_live(folder: Path) -> bool:
    """Whether a run writes into `folder` now."""
    if not (folder / NAME).exists():
        return False
    lock = FileLock(folder / NAME, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False


def was_left(folder: Path) -> bool:
    """Whether the last run that wrote into `folder` broke off, and nobody said since that it need not go on."""
    return (folder / NAME).exists() and not is_live(folder)


def settle(folder: Path) -> None:
    """It need not go on."""
    if was_left(folder):
        with suppress(OSError):
            (folder / NAME).unlink()
