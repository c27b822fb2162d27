"""Folders of runs as a person keeps them: given notes, copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.storage.atomic import write_atomically
from engine.storage.run_lock import NAME as LOCK

WEIGHTS = "weights.safetensors"
NOTES = "notes.txt"


class RunFolderError(ValueError):
    """A folder that cannot take or give a run; the text says why and what to do."""


def check(folder: Path) -> None:
    """Make sure that runs can be kept in `folder`, and make it.

    Raises:
        RunFolderError: it cannot be made or written; the text says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RunFolderError(f"{folder} cannot hold runs: {error.strerror or error}. Choose another folder.") from error


def write_notes(folder: Path, text: str) -> None:
    """Keep what a person thinks of a run beside it; no text, no file.

    Raises:
        OSError: the folder cannot be written.
    """
    if text.strip():
        write_atomically(folder / NOTES, (text.strip() + "\n").encode("utf-8"))
    else:
        (folder / NOTES).unlink(missing_ok=True)


def copy(folders: Sequence[Path], target: Path) -> None:
    """Copy run folders into `target`, which is made; all of them or none.

    Raises:
        OSError: there is no room, or a place cannot be read or written.
    """
    target.mkdir()
    try:
        for folder in folders:
            shutil.copytree(folder, target / folder.name, ignore=shutil.ignore_patterns(LOCK, "*.part"))
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        raise
