"""Runs of earlier sessions, and others that come into the folder of runs or leave it; notes on any of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.storage import run_folders, run_lock
from engine.storage.run_numbers import keep_numbers, numbers_of
from workbench.deletions import Deletions
from workbench.doors.backend import Backend
from workbench.jobs import Jobs
from workbench.runs.records import RunRecord, record_of
from workbench.session import Session

if TYPE_CHECKING:
    from engine.past_runs import PastRun

_log = logging.getLogger(__name__)
_LANE, _ELSEWHERE_LANE = "past runs", "runs elsewhere"
_LOOK_MS = 2000  # between two looks at runs that another program trains
_NAMED = 3  # of the runs that cannot be read


class Archive(QObject):
    """Reads the folder of runs in the background."""

    found = Signal(object)  # list of RunRecord, oldest first
    left = Signal(object)  # RunRecord, which lies in a folder that is no longer looked at, or is gone
    let_go = Signal(object)  # RunRecord, which another program trained until now
    told = Signal(str)
    left_out = Signal(str)  # in words, which runs cannot be listed; "" where all are

    def __init__(self, backend: Backend, jobs: Jobs, session: Session, folder: Path) -> None:
        super().__init__()
        self._backend, self._jobs, self._session, self.folder = backend, jobs, session, folder
        self.deletions = Deletions(session)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self.look_elsewhere)
        self._left_out: set[str] | None = None  # names of runs that cannot be listed; None until they were looked for
        self._seen_gone: set[RunRecord] = set()  # runs that are seen, and are on disk no more
        self.expected: set[Path] = set()  # of runs of this window that are not in the list until they have ended
        session.ended.connect(self._on_ended)
        self.deletions.told.connect(self.told)

    def load(self) -> None:
        """Look for runs of earlier sessions."""
        folder, self._left_out = self.folder, None
        self._jobs.submit(_LANE, lambda: self._backend.past_runs(folder), self._on_read, self._on_unread)

    def look_again(self) -> None:
        """See whether runs have come or gone since, as from or by another window."""
        if self._left_out is None or self._jobs.busy(_LANE):
            return
        folder = self.folder
        known = {run.folder.name for run in self._below(folder) if run.folder} | self._left_out
        expected = tuple(self.expected)  # a race adds to it in its thread
        known |= {each.name for each in expected if each.parent == folder}
        self._jobs.submit(
            _LANE,
            lambda: (self._backend.gone_since(folder, known), self._backend.come_since(folder, known)),
            self._on_seen,
            lambda error: _log.warning("%s", error),
        )

    @Slot()
    def look_elsewhere(self) -> None:
        """See whether runs that another program trained have ended there: then they can go on here."""
        folders = [record.folder for record in self._elsewhere() if record.folder is not None]
        if not folders:
            self._looking.stop()
        elif not self._jobs.busy(_ELSEWHERE_LANE):
            self._jobs.submit(
                _ELSEWHERE_LANE,
                lambda: self._backend.no_longer_live(folders),
                self._on_ended_elsewhere,
                self._on_unread,
            )

    def look_in(self, folder: Path, *, everything: bool = False) -> str:
        """Keep runs in another folder from now on, and list those that lie there; returns why not, or nothing.

        Runs of this sitting stay in the list, unless `everything` that lies elsewhere goes.
        """
        if problem := self.check(folder):
            return problem
        self.close()
        self.folder = folder
        for record in [r for r in self._session.records if not r.of_sitting or (everything and not r.alive)]:
            self._session.forget(record)
            self.left.emit(record)
        self.load()
        return ""

    def move_to(self, folder: Path) -> int:
        """Go on in `folder`, which holds copies of some runs: those stand for the ones in the list, others leave it.

        What is at hand stays in sight. Returns how many left.
        """
        self.close()
        self.folder, before = folder, len(self._session.records)
        for record in [each for each in self._session.records if not each.alive]:
            copied = folder / record.folder.name if record.folder is not None else folder
            if copied != folder and copied.is_dir():
                record.folder = copied
            elif record is not self._session.record:
                self._session.forget(record)
                self.left.emit(record)
        keep_numbers(folder, {run.folder.name: run.number for run in self._below(folder) if run.folder})
        self.load()
        return before - len(self._session.records)

    def take_in(self, folders: Sequence[Path], runs: Sequence[PastRun], left_out: Sequence[str]) -> None:
        """List `runs` of this window that lie in `folders`, and have ended or will soon; say which cannot be read."""
        self.expected.difference_update(folders)
        records = self._listed(runs)
        for record in records:
            record.of_sitting = True
        self._show_found(records, (self._left_out or set()) | set(left_out))

    def settle(self, record: RunRecord) -> None:
        """A run that broke off need not go on: nobody is asked about it again."""
        record.broke_off = False
        if record.folder is not None:
            run_lock.settle(record.folder)

    def check(self, folder: Path) -> str:
        """Why runs cannot be kept in a folder, or nothing."""
        try:
            run_folders.check(folder)
        except ValueError as error:
            return str(error)
        return ""

    def note(self, record: RunRecord, text: str) -> None:
        """Keep a person's words on a run, with the run; those of a run under way when it ends."""
        record.notes = text.strip()
        if record.gone:
            self.told.emit(f"{record.gone} The notes stay as long as the window.")
        if record.folder is None or not record.folder.is_dir():
            return
        try:
            run_folders.write_notes(record.folder, record.notes)
        except OSError as error:
            self.told.emit(f"The notes could not be kept: {error.strerror or error}. They stay as long as the window.")

    def close(self) -> None:
        """Look no more; what was deleted in the folder goes for good."""
        self._looking.stop()
        self.deletions.close(self.folder)

    def _on_read(self, read: tuple[tuple[PastRun, ...], list[str]]) -> None:
        runs, left_out = read
        self._show_found(self._listed(runs), set(left_out))

    def _show_found(self, records: list[RunRecord], left_out: set[str]) -> None:
        self._left_out = left_out
        self.found.emit(records)
        self.left_out.emit(_not_listed([*left_out]))
        if self._elsewhere():
            self._looking.start()

    def _on_seen(self, seen: tuple[set[str], tuple[tuple[PastRun, ...], list[str]]]) -> None:
        gone, (runs, left_out) = seen
        self._forget(gone)
        unread = (self._left_out or set()) - gone
        if runs or left_out or unread != self._left_out:
            self._on_read((runs, [*unread, *left_out]))

    def _forget(self, names: set[str]) -> None:
        """Take runs that another window deleted out of the list, but for what is seen of them."""
        seen = set()
        for record in self._below(self.folder):
            if record.folder is None or record.folder.name not in names or record.elsewhere or not record.gone:
                continue
            if self._stays(record):
                seen.add(record)
        self._seen_gone = seen

    def _stays(self, record: RunRecord) -> bool:
        """Whether a run that is gone stays in the list, since something of it is seen; that is said once."""
        if not record.shown and record is not self._session.record:
            self._session.forget(record)
            self.left.emit(record)
            return False
        if record not in self._seen_gone:
            self.told.emit(f"{record.gone} What is drawn of it stays as long as the window.")
        return True

    def _below(self, folder: Path) -> list[RunRecord]:
        """Runs in the list that lie in a folder of runs."""
        return [run for run in self._session.records if run.folder is not None and run.folder.parent == folder]

    def _listed(self, runs: Sequence[PastRun]) -> list[RunRecord]:
        """New records of those that are not in the list yet: one may have begun here meanwhile."""
        known = {record.folder for record in self._session.records} | self.expected
        new = [run for run in runs if run.folder not in known]
        numbers = numbers_of(self.folder, [run.folder.name for run in new]) if new else []
        records = [record_of(run, number) for run, number in zip(new, numbers, strict=True)]
        self._session.enlist(records)
        return records

    def _on_ended_elsewhere(self, read: tuple[dict[Path, PastRun], list[Path]]) -> None:
        runs, gone = read
        for record in self._elsewhere():
            if record.folder in runs:
                record.read(runs[record.folder])
                self.let_go.emit(record)
            elif record.folder is not None and record.folder in gone:
                record.elsewhere = False
                self._lose(record, record.folder)

    def _lose(self, record: RunRecord, folder: Path) -> None:
        """A run that was trained elsewhere was deleted there as soon as it had ended, or cannot be read."""
        if record.gone:
            if self._stays(record):
                self._seen_gone.add(record)
                self.let_go.emit(record)
            return
        self._session.forget(record)
        self.left.emit(record)
        self._left_out = (self._left_out or set()) | {folder.name}
        self.left_out.emit(_not_listed([*self._left_out]))

    def _elsewhere(self) -> list[RunRecord]:
        return [record for record in self._session.records if record.elsewhere]

    def _on_unread(self, error: Exception) -> None:
        _log.warning("runs of earlier sessions cannot be listed: %s", error)
        self.told.emit(f"The runs of earlier sessions cannot be listed: {error}")
        self.found.emit([])

    def _on_ended(self, record: RunRecord) -> None:
        if record.notes:
            self.note(record, record.notes)


def _not_listed(names: list[str]) -> str:
    """Which runs are in their folder and not in the list; "" where all are."""
    if not names:
        return ""
    several = f"{len(names)} runs" if len(names) > 1 else "1 run"
    named = ", ".join(sorted(names)[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    return f"{several} cannot be read, and so not listed: {named}. The log says why; nothing of them was changed."
