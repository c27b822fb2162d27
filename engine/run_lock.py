"""Who writes into a run's folder: a lock that the system lets go of when its process ends, however it ends.

No clock and no heartbeat is in it: a clock may be set back, and a process that sleeps still holds its lock.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

NAME = "run.lock"


class RunLock:
    """Held by a run from its first save to its end. Where the file system knows no locks, it holds nothing."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / NAME, thread_local=False)

    def take(self) -> bool:
        """Whether the folder is ours now."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        return True

    def let_go(self) -> None:
        """Leave the folder to others, without a trace."""
        if self._lock.is_locked:
            with suppress(OSError):
                Path(self._lock.lock_file).unlink()
            self._lock.release()


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
