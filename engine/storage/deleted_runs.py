"""Run folders that one window deleted, out of sight until it closes; another has a place of its own beside them."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from engine.storage.owned_folder import OwnedFolder, remove_left

_NAME = ".deleted"


class DeletedRuns:
    """What one window deleted, wherever it lay."""

    def __init__(self) -> None:
        self._places: dict[Path, OwnedFolder] = {}  # by the folder of runs that they lie in

    def put(self, folder: Path) -> Path:
        """Take a run out of sight; where it is now, for `bring_back`.

        Raises:
            OSError: it cannot be moved.
        """
        runs = folder.parent
        if runs not in self._places:
            self._places[runs] = OwnedFolder(runs / _NAME / secrets.token_hex(4))
        place = self._places[runs].path
        number, target = 1, place / folder.name
        while target.exists():
            number, target = number + 1, place / f"{folder.name}_{number}"
        return folder.rename(target)

    def bring_back(self, aside: Path, folder: Path) -> None:
        """The opposite of `put`.

        Raises:
            OSError: it cannot be moved.
        """
        aside.rename(folder)
        if not any(aside.parent.iterdir()):
            self._let_go(aside.parents[2])

    def remove(self, runs: Path) -> None:
        """Delete all of it for good, and from `runs` what a window left that did not come to it."""
        for each in tuple(self._places):
            self._let_go(each)
        remove_left(runs / _NAME)
        _remove_empty(runs / _NAME)

    def _let_go(self, runs: Path) -> None:
        self._places.pop(runs).remove()
        _remove_empty(runs / _NAME)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
