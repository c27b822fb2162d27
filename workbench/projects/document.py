"""The project that is open: its name, whether it has changed, and the file behind it. No widgets.

Whatever changes is written within seconds into a slot of `Unsaved`, not into the project itself: that is a person's
decision. Two windows never write one project: the second has it to read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.storage import run_folders
from engine.storage.project_file import Layout, Project, read_project, without_paths, write_project
from engine.wording.counting import counted
from workbench import __version__
from workbench.desk import Desk
from workbench.projects.unsaved import Unsaved
from workbench.runs.records import RunRecord

_log = logging.getLogger(__name__)
_AUTOSAVE_MS = 2000
_LANE = "project"


class Document(QObject):
    """Holds the path, the lock and what was last saved; speaks when the title has to change."""

    changed = Signal()
    opened = Signal(object)  # Layout that the project was left with
    told = Signal(str)

    def __init__(self, desk: Desk, layout: Callable[[], Layout], unsaved: Path, usual_runs: Callable[[], Path]) -> None:
        """`usual_runs` is where runs go that belong to no project."""
        super().__init__()
        self._desk, self._layout, self._usual_runs = desk, layout, usual_runs
        self.unsaved = Unsaved(unsaved)
        self.path: Path | None = None
        self.read_only = False
        self._runs = ""
        self._lock: FileLock | None = None
        self._saved: Project | None = None
        self._drawn: tuple[str, ...] = ()  # to be drawn once the list of runs is there
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_AUTOSAVE_MS)
        self._clock.timeout.connect(self.keep)
        desk.draft.changed.connect(self.note_change)

    @property
    def name(self) -> str:
        """What the title bar says."""
        return self.path.stem if self.path else "Untitled"

    @property
    def dirty(self) -> bool:
        """Whether there is something to save; never before there is a project."""
        return self._saved is not None and without_paths(self._content()) != self._saved

    def open(self, path: Path, *, copy: bool = False, read_only: bool = False) -> None:
        """Take over what a project holds; a copy has no name yet, and no runs.

        Raises:
            ProjectError: it is none that can be read; nothing has changed.
            OSError: the file cannot be read.
        """
        project = read_project(path)
        self._leave()
        if copy:
            self._saved, project = None, replace(project, runs="", drawn=())
        else:
            self.path, self._runs = path.absolute(), project.runs
            self.read_only = read_only or not self._take_lock(path)
        self._take(project, path.parent / project.runs if project.runs else self._usual_runs())
        self._desk.undoing.stack.clear()  # back from here lie the settings of something else
        if not copy:
            self._saved = without_paths(project)
        self.opened.emit(project.layout)
        self.note_change()

    def take_back(self, project: Project) -> None:
        """What was set up and not saved when the program ended, on top of the project it belongs to."""
        try:
            self.unsaved.keep(project)  # before it goes from where it was
        except OSError as error:
            _log.warning("what is set up cannot be kept: %s", error)
        self._desk.draft.adopt(project.experiment)
        self.note_change()

    def new(self) -> None:
        """No project; what is set up stays until other data is opened."""
        self._leave()
        self._desk.archive.look_in(self._usual_runs(), everything=True)
        self.changed.emit()

    def is_open_elsewhere(self, path: Path) -> bool:
        """Whether another window has the project at `path`."""
        if self.path is not None and path.absolute() == self.path:
            return False
        lock = _lock_of(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False
        _release(lock)
        return False

    def save(self) -> None:
        """Write the project to its place.

        Raises:
            OSError: it cannot be written; what was saved before is untouched.
        """
        self._write(self._content())

    def _write(self, content: Project) -> None:
        assert self.path is not None
        write_project(self.path, content, __version__)
        self._saved = without_paths(content)
        self._clock.stop()
        self.unsaved.forget()
        self.changed.emit()

    def save_as(self, path: Path, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Save at another place, with a copy of the runs that belong to the project so far; made in the background.

        Then `done` is called; or `failed` with why not, and everything is as it was.
        """
        if self.is_open_elsewhere(path):
            failed(f"{path.name} is open in another window. Choose another name.")
            return
        runs = _free_name(path.with_name(f"{path.stem} runs"))
        folders = [record.folder for record in self._own_records() if record.folder and record.folder.is_dir()]
        self._desk.jobs.submit(
            _LANE,
            lambda: run_folders.copy(folders, runs),
            lambda _: self._become(path, runs, done, failed),
            lambda error: failed(_words(path, error)),
        )

    def close(self) -> None:
        """Nothing is kept that was not saved: a person has been asked."""
        self._clock.stop()
        self.unsaved.close()
        self._let_go()

    def show_drawn(self) -> tuple[RunRecord, ...]:
        """The runs that were drawn when the project was saved, once they are listed; after that, none."""
        names, self._drawn = set(self._drawn), ()
        return tuple(r for r in self._desk.session.records if r.folder is not None and r.folder.name in names)

    @Slot()
    def keep(self) -> None:
        """Write what is not saved into the slot of this window."""
        project = replace(self._content(), runs="", of=str(self.path or ""))
        self._desk.jobs.submit(
            _LANE + " unsaved",
            lambda: self.unsaved.keep(project),
            lambda _: None,
            lambda error: _log.warning("what is set up cannot be kept: %s", error),
        )

    def _become(self, path: Path, runs: Path, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        before = (self.path, self._runs, self.read_only)
        self.path, self._runs, self.read_only = path, runs.name, False
        content = self._content()
        drawn = tuple(name for name in content.drawn if (runs / name).is_dir())
        try:
            self._write(replace(content, drawn=drawn))
        except OSError as error:
            self.path, self._runs, self.read_only = before
            failed(_words(path, error))
            return
        self._let_go()
        self._take_lock(path)
        done()
        self._drawn = drawn
        left = self._desk.archive.move_to(runs)
        others = f" Not in it, and kept where they were: {counted(left, 'run')} of before." if left else ""
        self.told.emit(f"Saved as {path.name}; its runs are kept in “{runs.name}” beside it.{others}")
        self.changed.emit()

    def _take(self, project: Project, runs: Path) -> None:
        self._drawn = project.drawn
        problem = self._desk.archive.look_in(runs, everything=True)
        if problem:
            self.told.emit(problem)
        self._desk.draft.adopt(project.experiment)

    def _own_records(self) -> list[RunRecord]:
        """The runs of the project; where there is none yet, those of this sitting."""
        return [r for r in self._desk.session.records if not r.alive and (self.path is not None or r.of_sitting)]

    def _content(self) -> Project:
        drawn = tuple(sorted(r.folder.name for r in self._desk.session.records if r.shown and r.folder is not None))
        return Project(self._desk.draft.experiment, self._runs, drawn or self._drawn, self._layout())

    @Slot()
    def note_change(self) -> None:
        """Settings are others, or other runs are drawn: the mark, and in a while a copy of what is not saved."""
        self.changed.emit()
        untitled = self._saved is None and self._desk.undoing.stack.canUndo()
        if self.dirty or untitled:
            self._clock.start()
        else:
            self._clock.stop()
            self.unsaved.forget()

    def _leave(self) -> None:
        self._clock.stop()
        self.unsaved.forget()
        self._let_go()
        self.path, self._runs, self.read_only, self._saved, self._drawn = None, "", False, None, ()

    def _take_lock(self, path: Path) -> bool:
        """Whether the project is ours to write."""
        lock = _lock_of(path)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            return False
        except NotImplementedError:  # a file system that knows no locks
            return True
        self._lock = lock
        return True

    def _let_go(self) -> None:
        if self._lock is not None:
            _release(self._lock)
            self._lock = None


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)


def _release(lock: FileLock) -> None:
    try:
        Path(lock.lock_file).unlink(missing_ok=True)
    except OSError as error:
        _log.info("a lock stays: %s", error)
    lock.release()


def _free_name(folder: Path) -> Path:
    number, found = 1, folder
    while found.exists():
        number, found = number + 1, folder.with_name(f"{folder.name} {number}")
    return found


def _words(path: Path | None, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{path} cannot be saved: {error.strerror or error}. Choose another place; nothing is lost meanwhile."
    return str(error)
