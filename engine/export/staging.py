"""A folder beside a file that is to be written, in which all that belongs to it comes to be first."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A path of the same name in a folder of its own, which is gone at the end, whatever happened.

    Raises:
        OSError: the folder of `path` cannot be written.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.absolute().parent))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(files: Sequence[Path], path: Path) -> None:
    """Let staged files take their names in the folder of `path`; a link there keeps being one.

    Raises:
        OSError: a folder has such a name.
    """
    for file in files:
        os.replace(file, os.path.realpath(path.with_name(file.name)))
