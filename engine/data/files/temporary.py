"""Temporary files of this process; those of a killed one are removed when the next makes its first."""

from __future__ import annotations

import atexit
import functools
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from engine.storage.owned_folder import OwnedFolder, remove_left


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
    """The folder of this process, beside which those of dead ones are removed; it may be missing."""
    every = Path(tempfile.gettempdir()) / f"rnn-workbench-{getattr(os, 'getuid', int)()}"
    own = every / str(process)
    with suppress(OSError):  # then files lie where temporary ones do
        every.mkdir(mode=0o700, exist_ok=True)
        remove_left(every)
        atexit.register(OwnedFolder(own).remove)
    return own
