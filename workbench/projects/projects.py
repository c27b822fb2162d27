"""What a person does with projects: new, open, save, save as; and what is asked before anything could be lost."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox

from engine.storage.project_file import SUFFIX, Layout, Project
from workbench.desk import Desk
from workbench.dialogs.question import Question
from workbench.draft import FIRST_SAMPLE
from workbench.projects.document import Document
from workbench.runs.records import RunRecord
from workbench.settings import Settings
from workbench.widgets.starting_place import starting_place
from workbench.wording import for_people

_KIND = f"Projects (*{SUFFIX})"


class Answer(Enum):
    """What a person can say to a question."""

    SAVE = "Save"
    DISCARD = "Discard changes"
    READ = "Open it to read"
    COPY = "Open a copy"
    CANCEL = "Cancel"


class Projects(QObject):
    """Between the menu and the `Document`; the window's title says how things stand."""

    told = Signal(str)
    recent_changed = Signal()

    def __init__(self, desk: Desk, document: Document, settings: Settings, window: QMainWindow) -> None:
        super().__init__(window)
        self._desk, self._document, self._settings, self._window = desk, document, settings, window
        self._offered = False
        document.changed.connect(self.show_title)
        document.opened.connect(self._on_opened)
        document.told.connect(self.told)
        desk.archive.found.connect(self._offer_unsaved)
        self.show_title()

    @Slot()
    def show_title(self) -> None:
        """Name, mark of change, and whether it is only to be read."""
        mode = " (to read)" if self._document.read_only else ""
        self._window.setWindowTitle(f"{self._document.name}{mode}[*] – RNN Workbench")
        self._window.setWindowModified(self._document.dirty)

    # --- what the menu asks -----------------------------------------------------------------------------

    @Slot()
    def new(self) -> None:
        """Begin without a project, on the first sample."""
        if not self._locked() and self.may_leave():
            self._document.new()
            self._desk.undoing.begin_anew()
            self._desk.draft.open(FIRST_SAMPLE)

    @Slot()
    def ask(self) -> None:
        """Ask for a project and open it."""
        if self._locked():
            return
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open project", str(self._settings.folder), _KIND)
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> bool:
        """Open a project, whichever way it came in; whether it is open now."""
        path = path.absolute()
        if self._locked() or not self.may_leave():
            return False
        answer = Answer.SAVE
        if self._document.is_open_elsewhere(path):
            answer = self.ask_how(path)
        if answer is Answer.CANCEL:
            return False
        try:
            self._document.open(path, copy=answer is Answer.COPY, read_only=answer is Answer.READ)
        except (ValueError, OSError) as error:
            self._say(_cannot_be_opened(path, error), "What is open stays as it is.")
            return False
        self._remember(path)
        return True

    @Slot()
    def save(self) -> None:
        """Save to the project's place, or ask for one."""
        if self._document.path is None or self._document.read_only:
            self.save_as()
            return
        try:
            self._document.save()
            self.told.emit(f"Saved {self._document.path.name}.")
        except OSError as error:
            self._say(f"{self._document.path} cannot be saved: {error.strerror or error}. Save it under another name.")

    @Slot()
    def save_as(self) -> None:
        """Ask for a name and save under it."""
        if self._locked():
            return
        before = self._document.path or self._settings.folder / f"project{SUFFIX}"
        first = starting_place(before.parent, self._settings.folder) / before.name
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save project as", str(first), _KIND)
        if chosen:
            self.save_at(Path(chosen))

    def save_at(self, path: Path) -> None:
        """Save under that name."""
        path = path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
        self._document.save_as(path.absolute(), lambda: self._remember(path.absolute()), self._say)

    def may_leave(self) -> bool:
        """Whether the project may be closed: nothing to save, saved now, or not wanted."""
        if not self._document.dirty:
            return True
        answer = self.ask_to_save()
        if answer is Answer.SAVE and not self._document.read_only:
            self.save()
            return not self._document.dirty
        if answer is Answer.SAVE:
            self.save_as()
            return False
        return answer is Answer.DISCARD

    # --- questions --------------------------------------------------------------------------------------

    def ask_to_save(self) -> Answer:
        """What shall become of changes that are not saved."""
        title = f"{self._document.name} has changes that are not saved."
        run = any(record.experiment == self._desk.draft.experiment for record in self._desk.session.records)
        text = "A run has these settings." if run else "They are in no run yet."
        text = f"{text} Runs are kept either way."
        return self._ask("save_question", title, text, (Answer.SAVE, Answer.DISCARD, Answer.CANCEL))

    def ask_how(self, path: Path) -> Answer:
        """How to open a project that another window has."""
        text = (
            "Two windows cannot write one project. To read, it shows the same runs, and new runs are kept with them; "
            "changes of settings can be saved under another name. A copy has no name and no runs yet."
        )
        title = f"{path.name} is open in another window."
        return self._ask("open_question", title, text, (Answer.READ, Answer.COPY, Answer.CANCEL))

    def _ask(self, name: str, title: str, text: str, answers: tuple[Answer, ...]) -> Answer:
        box = Question(name, title, text, self._window)
        buttons = {box.offer(answer.value): answer for answer in answers}
        box.setEscapeButton(list(buttons)[-1])
        box.exec()
        clicked = box.clickedButton()
        answer = next((found for button, found in buttons.items() if button is clicked), Answer.CANCEL)
        box.deleteLater()
        return answer

    def _say(self, text: str, besides: str = "") -> None:
        box = Question("project_message", for_people(text), besides, self._window, QMessageBox.Icon.Warning)
        box.leave("Close")
        box.ask()

    # --- what is offered --------------------------------------------------------------------------------

    @Slot(object)
    def _on_opened(self, _layout: Layout) -> None:
        """Data that is not where it was can be shown."""
        file = Path(self._desk.draft.experiment.data.file)
        if file.name and not file.is_file():
            self._offer(
                "data_question",
                f"{file.name} is not where it was.",
                f"The project learns from {file}. Show where it lies now; its settings stay.",
                "Show where it lies…",
                lambda: self._ask_data(file),
            )

    def _ask_data(self, file: Path) -> None:
        start = str(starting_place(file, self._settings.folder))
        chosen, _ = QFileDialog.getOpenFileName(self._window, f"Where {file.name} lies now", start)
        if chosen:
            self._desk.change("data.file", str(Path(chosen).absolute()))

    @Slot(object)
    def _offer_unsaved(self, records: list[RunRecord]) -> None:
        """Once after the start: what a program that did not end in order had set up, unless a run has it."""
        if self._offered:
            return
        self._offered = True
        found = self._document.unsaved.left_behind()
        if found is None:
            return
        slot, project = found
        if any(record.experiment == project.experiment for record in records):
            slot.unlink(missing_ok=True)
            return
        name = Path(project.of).stem if project.of else "What was set up"
        box = self._offer(
            "unsaved_question",
            f"{name} was not saved when the program ended.",
            "The settings can be taken back as they were. Runs are kept in any case.",
            "Take them back",
            lambda: self._take_back(slot, project),
        )
        box.offer("Forget them").clicked.connect(lambda: slot.unlink(missing_ok=True))

    def _take_back(self, slot: Path, project: Project) -> None:
        if self._locked():
            return
        if project.of and Path(project.of) != self._document.path and not self.open(Path(project.of)):
            self.told.emit(f"{project.of} could not be opened; its settings are taken back without it.")
        self._document.take_back(project)
        slot.unlink(missing_ok=True)

    def _offer(self, name: str, title: str, text: str, yes: str, call: Callable[[], object]) -> Question:
        box = Question(name, title, text, self._window)
        box.offer(yes, QMessageBox.ButtonRole.AcceptRole).clicked.connect(lambda: call())
        box.leave("Not now")
        box.ask()
        return box

    def _locked(self) -> bool:
        busy = self._desk.busy
        if busy:
            self.told.emit(busy)
        return bool(busy)

    def _remember(self, path: Path) -> None:
        self._settings.folder = path.parent
        self._settings.remember_project(path)
        self.recent_changed.emit()


def _cannot_be_opened(path: Path, error: Exception) -> str:
    return f"{path} cannot be opened: {error.strerror or error}." if isinstance(error, OSError) else str(error)
