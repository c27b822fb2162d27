"""What comes into the window and goes out of it: data by every way, weights, folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.storage.project_file import SUFFIX
from workbench.desk import Desk
from workbench.dialogs.export import ExportDialog
from workbench.dialogs.import_data import ImportDialog
from workbench.dialogs.use import UseDialog
from workbench.dialogs.weights import WeightsDialog
from workbench.doors.answers import Asked
from workbench.looks.theme import Theme
from workbench.runs.records import RunRecord
from workbench.runs.state import LOCKED
from workbench.settings import Settings
from workbench.widgets.starting_place import starting_place

_KINDS = (
    "Data and projects (*.csv *.tsv *.tab *.txt *.md *.parquet *.json *.jsonl *.ndjson *.xlsx *.xls *.ods "
    "*.arff *.ts *.tsf *.gpx *.tcx *.xml *.dat *.data *.srt *.log *.gz *.bz2 *.xz *.zip *.tar *.tgz "
    f"*{SUFFIX});;"
    "All files (*)"
)
_WEIGHTS = "Weights (*.safetensors *.onnx *.npz);;All files (*)"


class Files(QObject):
    """The one door for files: menu, drop, command line, recent files and samples come through `open`."""

    told = Signal(str)
    opening = Signal()
    project_asked = Signal(object)  # Path

    def __init__(self, desk: Desk, settings: Settings, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._settings, self._window = desk, settings, window
        self.export_dialog: ExportDialog | None = None
        self.import_dialog: ImportDialog | None = None
        self.use_dialog: UseDialog | None = None
        self.weights_dialog: WeightsDialog | None = None
        self._theme = theme

    @Slot()
    def ask(self) -> None:
        """Ask for a file and open it."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open data", str(self._settings.folder), _KINDS)
        if chosen:
            self.open(Path(chosen))

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a folder with a file for each sequence and open it."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Open folder", str(self._settings.folder))
        if chosen:
            self.open(Path(chosen))

    def open(self, source: Path | str) -> None:
        """Read a file, or the sample of that name."""
        if self._desk.session.alive:
            self.told.emit(LOCKED)
            return
        if isinstance(source, Path):
            source = source.absolute()
            self._settings.folder = source.parent
            if source.name.endswith(SUFFIX):
                self.project_asked.emit(source)
                return
        self.opening.emit()
        self._desk.draft.open(source, changes=self._settings.reading(source) if isinstance(source, Path) else None)

    @Slot()
    def ask_reading(self) -> None:
        """Ask for a file, show how it is understood, and let that be put right before it is opened.

        The one that is open is offered: often it is what was not understood.
        """
        opened = starting_place(Path(self._desk.draft.experiment.data.file), self._settings.folder)
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open data", str(opened), _KINDS)
        if chosen:
            self.show_reading(Path(chosen).absolute())

    def show_reading(self, path: Path) -> None:
        """Show how a file is understood."""
        if self._desk.session.alive:
            self.told.emit(LOCKED)
            return
        if self.import_dialog is not None:
            self.import_dialog.deleteLater()
        self.import_dialog = dialog = ImportDialog(path, self._settings.reading(path), self._window)
        errands, draft = self._desk.errands, self._desk.draft
        dialog.asked.connect(lambda changes: errands.inspect(path, changes, dialog))
        dialog.open_asked.connect(lambda changes: self._open_so(path, changes))
        dialog.rejected.connect(lambda: errands.leave_inspection(stop=not draft.loading))
        errands.inspect(path, self._settings.reading(path) or dialog.reading(), dialog)
        dialog.watch(errands.how_far_inspecting)
        dialog.open()

    def _open_so(self, path: Path, changes: dict[str, Any]) -> None:
        self._settings.remember_reading(path, changes)
        self.open(path)

    def drop(self, data: QMimeData) -> bool:
        """Open the first file that was dropped; whether there was one."""
        files = dropped(data)
        if files:
            self.open(files[0])
            if len(files) > 1:
                self.told.emit(f"One file at a time: {files[0].name} is opened, {len(files) - 1} more are left out.")
        return bool(files)

    @Slot()
    def ask_import(self) -> None:
        """Ask for weights that were trained elsewhere, and set up their network to begin from them."""
        if self._desk.session.alive:
            self.told.emit(LOCKED)
            return
        folder = str(self._settings.folder)
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Import weights", folder, _WEIGHTS)
        if chosen:
            self._settings.folder = Path(chosen).parent
            if self.weights_dialog is not None:
                self.weights_dialog.deleteLater()
            self.weights_dialog = WeightsDialog(self._window)
            self._desk.weights_in.bring(Path(chosen), self.weights_dialog)

    def ask_export(self, record: RunRecord | None) -> None:
        """Ask where to, and write the run's best weights."""
        if record is None or record.folder is None or not record.saved:
            self._tell_untrained(record, "There are no weights to export yet: train first.")
            return
        if record.gone:
            self.told.emit(record.gone)
            return
        if self.export_dialog is not None:  # not before: an answer may come after it was closed
            self.export_dialog.deleteLater()
        self.export_dialog = dialog = ExportDialog(record, self._settings.folder, self._window)
        errands = self._desk.errands
        dialog.write_asked.connect(lambda key, target: dialog.watch(errands.export(record, key, target, dialog)))
        dialog.cancel_asked.connect(errands.cancel_export)
        dialog.left.connect(
            lambda: self.told.emit("The export was cancelled: its dialog was closed. Nothing was written.")
        )
        self._desk.errands.learn_export_forms(record, dialog)
        dialog.open()

    def ask_use(self, record: RunRecord | None) -> None:
        """Ask the run's best weights something."""
        if record is None or record.folder is None or not record.saved:
            self._tell_untrained(record, "There is no trained model to use yet: train first.")
            return
        if record.gone:
            self.told.emit(record.gone)
            return
        if self.use_dialog is not None:  # not before: an answer may come after it was closed
            self.use_dialog.deleteLater()
        self.use_dialog = dialog = UseDialog(record, self._theme, self._settings.folder, self._window)
        dialog.asked.connect(lambda asked: self._use(record, asked, dialog))
        self._desk.errands.learn_use(record, dialog)
        dialog.show()

    def _use(self, record: RunRecord, asked: Asked, dialog: UseDialog) -> None:
        if asked.data is not None:
            self._settings.folder = asked.data.parent
        self._desk.errands.use(record, asked, dialog)

    def _tell_untrained(self, record: RunRecord | None, words: str) -> None:
        unchosen = record is None and any(run.saved for run in self._desk.session.records)
        self.told.emit("No run is chosen: choose one in the list of runs first." if unchosen else words)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        if self.use_dialog is not None:
            self.use_dialog.apply_theme(theme)

    def show_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager; say where it is if there is none."""
        if not folder.is_dir():
            self.told.emit(f"There is no folder {folder}.")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.told.emit(str(folder))


def dropped(data: QMimeData) -> list[Path]:
    """The files in what is dragged over the window."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
