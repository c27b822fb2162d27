"""What is set once for all, beside the workbench: the dialog, and what follows from each choice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from workbench.appearance import Appearance
from workbench.desk import Desk
from workbench.dialogs.preferences import PreferencesDialog
from workbench.projects.document import Document
from workbench.settings import Places, Settings


class Preferring(QObject):
    """Opens the preferences and carries them out."""

    told = Signal(str)  # a sentence for the person

    def __init__(
        self, desk: Desk, settings: Settings, places: Places, appearance: Appearance, window: QWidget
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._desk, self._settings, self._places, self._appearance = desk, settings, places, appearance
        self._window = window
        self.dialog: PreferencesDialog | None = None

    def usual_runs(self) -> Path:
        """Where runs go that belong to no project."""
        return self._settings.runs or self._places.runs

    def open(self, document: Document) -> None:
        """Show the dialog; a project that is open keeps its runs in its own folder."""
        self.dialog = dialog = PreferencesDialog(self._settings, self.usual_runs(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.theme_chosen.connect(self._appearance.choose_theme)
        dialog.scale_chosen.connect(self._appearance.choose_scale)
        dialog.threads_chosen.connect(self._on_threads)
        dialog.runs_chosen.connect(lambda folder: self._on_runs_folder(folder, document.path is not None))
        dialog.open()

    @Slot(int)
    def _on_threads(self, threads: int) -> None:
        self._settings.threads = self._desk.draft.threads = threads
        if not self._desk.session.alive:
            self._desk.change("training.threads", threads)

    def _on_runs_folder(self, folder: Path, in_project: bool) -> None:
        if folder == self.usual_runs():
            return
        problem = self._desk.archive.check(folder) if in_project else self._desk.archive.look_in(folder)
        if problem and self.dialog is not None:
            self.dialog.refuse(problem, self.usual_runs())
        elif not problem:
            self._settings.runs = folder
            if in_project:
                self.told.emit("Runs of this project stay in the project's own folder.")
