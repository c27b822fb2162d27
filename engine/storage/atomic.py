"""Files that are either the old ones or the new ones, never half of each."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_PART = ".part"


def write_atomically(path: Path | str, content: bytes, *, wait: bool = True) -> None:
    """Put `content` at `path` in one step; after a crash the file holds all of it or what it held before.

    The bytes go to a file beside the target, reach the disk, and then take the target's name. A target that
    is a link keeps being one: the file it points to is replaced. A pipe or a device, as /dev/stdout, is written to.
    Without `wait` they reach the disk when the system sees fit, and where power fails before, the file may be empty.

    Raises:
        OSError: the folder cannot be written; the previous file is untouched and nothing is left beside it.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            Path(path).write_bytes(content)  # of a folder this says that it is one
        else:
            _replace(Path(os.path.realpath(path)), content, wait)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)  # which is known to whoever asked; a full disk names none
        raise


def _replace(target: Path, content: bytes, wait: bool) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_PART}")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            if wait:
                os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    if wait:
        _sync_folder(target.parent)


def remove_leftovers(folder: Path) -> None:
    """Delete what writers in `folder` left that were killed; only for a folder that nobody else writes into."""
    with suppress(OSError):
        for path in folder.glob(f".*{_PART}"):
            path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last; systems that cannot open a folder do this on their own."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
