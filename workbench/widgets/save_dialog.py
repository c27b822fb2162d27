"""Where pictures, tables and answers are written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


class SaveDialog(QFileDialog):
    """Begins where the last one ended, and gives a name that was typed without ending the usual one."""

    _last: ClassVar[Path | None] = None

    def __init__(self, title: str, name: str, kinds: str, parent: QWidget | None = None) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = next((each for each in (self._last, Path(documents)) if each and each.is_dir()), Path.home())
        super().__init__(parent, title, str(folder), kinds)
        self.setObjectName("save_dialog")
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        self.selectFile(name)

    def chosen(self) -> Path | None:
        """Ask; None where nothing is to be written."""
        if not self.exec():
            return None
        path = Path(self.selectedFiles()[0])
        SaveDialog._last = path.parent
        return path


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """The file that a person wants written, or None."""
    dialog = SaveDialog(title, name, kinds, parent)
    path = dialog.chosen()
    dialog.deleteLater()
    return path
