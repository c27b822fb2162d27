"""A folder that belongs to whoever made it while that lives, and to nobody after, however it ended.

The lock beside it is let go of by the system with its process. It is taken before the folder is made and let go of
after the folder is gone, so nobody takes one for left behind that is just being made. Where the file system knows no
locks, a file beside it says which process of which machine owns it, and who runs on that machine sees whether it lives.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout


class OwnedFolder:
    """Ours until `remove`."""

    def __init__(self, path: Path) -> None:
        """Make it, and what it lies in.

        Raises:
            OSError: it cannot be made, or is somebody's.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _taken(path)
        path.mkdir()

    def remove(self) -> None:
        """Delete it with all that is in it."""
        _delete(self.path, self._lock)


def remove_left(place: Path) -> None:
    """Delete the folders in `place` that belong to nobody who lives."""
    with suppress(OSError):
        for folder in [path for path in place.iterdir() if path.is_dir()]:
            if lock := _taken(folder):
                _delete(folder, lock)


def _taken(folder: Path) -> BaseFileLock | None:
    """The lock of a folder, ours now; None where somebody has it, or none can be made."""
    kinds: tuple[tuple[type[BaseFileLock], Path], ...] = (
        (FileLock, _lock_of(folder)),
        (SoftFileLock, folder.with_name(f"{folder.name}.owner")),  # apart: the other may have left an empty file
    )
    for kind, path in kinds:
        lock = kind(path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except (OSError, NotImplementedError):
            continue
        return lock
    return None


def _delete(folder: Path, lock: BaseFileLock | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        _lock_of(folder).unlink()
    if lock is not None:
        lock.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
