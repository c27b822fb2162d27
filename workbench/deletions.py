"""Runs that are deleted: only put aside until the window closes, so that they can be brought back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.storage.deleted_runs import DeletedRuns
from workbench.runs.records import RunRecord
from workbench.session import Session


class Deletions(QObject):
    """Takes runs out of the list, and their folders out of sight; the last deletion is taken back first."""

    removed = Signal(object)  # list of RunRecord
    restored = Signal(object)  # list of RunRecord
    put_aside = Signal(object)  # list of RunRecord that `bring_back` would bring back, which are others now
    told = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._aside: list[list[tuple[RunRecord, Path | None]]] = []  # what each deletion took
        self._out_of_sight = DeletedRuns()

    def delete(self, records: Sequence[RunRecord]) -> None:
        """Take runs out of the list and their folders out of sight, so that they can be brought back together."""
        together: list[tuple[RunRecord, Path | None]] = []
        for record in records:
            if record.alive:
                self.told.emit("This run is under way. Stop it first.")
                continue
            aside = None
            try:
                if record.folder is not None and record.folder.is_dir():
                    aside = self._out_of_sight.put(record.folder)
            except OSError as error:
                self.told.emit(f"{record.folder} cannot be deleted: {error.strerror or error}.")
                continue
            together.append((record, aside))
        for record, _ in together:
            self._session.forget(record)
        if together:
            self._aside.append(together)
            self.removed.emit(self.deleted)
        self.put_aside.emit(self.deleted)

    @property
    def deleted(self) -> list[RunRecord]:
        """The runs that `bring_back` would bring back."""
        return [record for record, _ in self._aside[-1]] if self._aside else []

    def bring_back(self) -> None:
        """Take the last deletion back."""
        together = self._aside[-1] if self._aside else []
        back: list[RunRecord] = []
        for record, aside in tuple(together):
            try:
                if aside is not None and record.folder is not None:
                    self._out_of_sight.bring_back(aside, record.folder)
            except OSError as error:
                self.told.emit(f"{record.folder} cannot be brought back: {error.strerror or error}.")
                break
            together.pop(0)
            back.append(record)
        if back and not together:
            self._aside.pop()
        if back:
            self._session.enlist(back)
            self.restored.emit(back)
            self.put_aside.emit(self.deleted)

    def close(self, folder: Path) -> None:
        """What was deleted here goes for good; what another window deleted can still be brought back there."""
        self._out_of_sight.remove(folder)
        if self._aside:
            self._aside.clear()
            self.put_aside.emit(self.deleted)
