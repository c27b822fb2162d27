"""A folder that belongs to whoever made it while that lives, and to nobody after, however it ended.

The lock beside it is let go of by the system with its process. It is taken before the folder is made and let go of
after the folder is gone, so nobody takes one for left behind that is just being made.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class OwnedFolder:
    """Ours until `remove`. Where the file system knows no locks, nobody can tell, and others leave it alone."""

    def __init__(self, path: Path) -> None:
        """Make it, and what it lies in.

        Raises:
            OSError: it cannot be made, or is somebody's.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(_lock_of(path), thread_local=False)
        with suppress(OSError, NotImplementedError):
            self._lock.acquire(timeout=0)
        path.mkdir()

    def remove(self) -> None:
        """Delete it with all that is in it."""
        _delete(self.path, self._lock)


def remove_left(place: Path) -> None:
    """Delete the folders in `place` that belong to nobody who lives."""
    with suppress(OSError):
        for folder in [path for path in place.iterdir() if path.is_dir()]:
            lock = FileLock(_lock_of(folder), thread_local=False)
            with suppress(Timeout, NotImplementedError, OSError):
                lock.acquire(timeout=0)
                _delete(folder, lock)


def _delete(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        _lock_of(folder).unlink()
    lock.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
