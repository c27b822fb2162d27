"""Where a dialog that asks for a file or a folder begins."""

from __future__ import annotations

from pathlib import Path


def starting_place(path: Path, otherwise: Path | None = None) -> Path:
    """At `path`, or in the folder that it was in; where that is gone too, at `otherwise`, the home folder.

    Left to itself, the dialog would begin in the folder that the program was started in.
    """
    there = (each for each in (path, path.parent) if each.is_absolute() and each.exists())
    return next(there, otherwise or Path.home())
