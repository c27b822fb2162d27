"""Temporary files of this process; those of a killed one are removed when the next makes its first."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

_HELD: list[FileLock] = []  # by this process; the system lets go of them when it ends, however it ends


def temporary_file(suffix: str) -> IO[str]:
    """A new file in UTF-8, open for writing, that stays until it is removed or the process ends."""
    folder = _own_folder(os.getpid())
    return tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", suffix=suffix, dir=folder if folder.is_dir() else None, delete=False
    )


def temporary_folder() -> Path:
    """A new folder that stays until it is removed or the process ends."""
    folder = _own_folder(os.getpid())
    return Path(tempfile.mkdtemp(dir=folder if folder.is_dir() else None))


def goes_with_process(folder: Path) -> bool:
    """Whether a folder is removed at the latest with this process."""
    return folder.parent == _own_folder(os.getpid())


@functools.cache
def _own_folder(process: int) -> Path:
    """The folder of this process, beside which those of dead ones are removed; its lock is taken before it is made."""
    every = Path(tempfile.gettempdir()) / f"rnn-workbench-{getattr(os, 'getuid', int)()}"
    own = every / str(process)
    with suppress(OSError, NotImplementedError, Timeout):  # then files lie where temporary ones do
        every.mkdir(mode=0o700, exist_ok=True)
        for folder in every.iterdir():
            if folder.is_dir():
                _remove(folder)
        lock = FileLock(_lock_of(own), thread_local=False)
        lock.acquire(timeout=0)
        _HELD.append(lock)
        own.mkdir()
        atexit.register(_let_go, own, lock)
    return own


def _remove(folder: Path) -> None:
    """Remove a folder unless its process lives."""
    lock = FileLock(_lock_of(folder), thread_local=False)
    with suppress(Timeout, OSError):
        lock.acquire(timeout=0)
        _let_go(folder, lock)


def _let_go(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        _lock_of(folder).unlink()
    lock.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
