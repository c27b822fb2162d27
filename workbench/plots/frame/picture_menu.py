"""What can be done with a picture: saved, copied, exported as numbers, shown as a table, held, seen whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from engine.storage.csv_tables import csv_text
from workbench.plots.frame.saving import DENSITY, SaveError, Table, picture, png_bytes, save, svg_bytes
from workbench.widgets.save_dialog import ask_where


class PictureMenu(QMenu):
    """The menu of one picture; it writes files and says so, and asks its picture for all else."""

    notice = Signal(str)  # a sentence for the status bar
    turned = Signal()  # table or picture
    held = Signal(bool)  # whether the picture is to stay as it is
    whole = Signal()  # everything is to be seen again

    def __init__(
        self,
        shown: QWidget,
        key: str,
        title: str,
        table: Callable[[], Table],
        as_file: Callable[[float], AbstractContextManager[None]],
    ) -> None:
        """Of the widget `shown`, whose numbers `table` gives, and which is `as_file` while it is drawn into one."""
        super().__init__(shown)
        self._shown, self._key, self._title, self._table, self._as_file = shown, key, title, table, as_file
        self.setObjectName(f"{key}.actions")
        saved = self._add("Save picture…", "save_picture", self._ask_picture)
        copied = self._add("Copy picture", "copy_picture", self._copy_picture)
        exported = self._add("Export data as CSV…", "export", self.ask_table)
        self.addSeparator()
        self.as_table = self._add("Show as table", "table", self.turned.emit, checkable=True)
        self.hold = self._add("Hold this picture", "hold", self._say_held, checkable=True)
        shown_whole = self._add("Show everything", "reset_zoom", self.whole.emit)
        self._of_picture = (saved, copied, exported, shown_whole)

    def _add(self, text: str, name: str, call: Callable[[], None], *, checkable: bool = False) -> QAction:
        action = self.addAction(text)
        action.setObjectName(f"{self._key}.{name}")
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: call())
        return action

    def allow(self, there: bool) -> None:
        """What needs a picture can be chosen only while one is there."""
        for action in self._of_picture:
            action.setEnabled(there)

    def save_picture(self, path: Path) -> None:
        """Write the picture as the ending of `path` says: .svg, else PNG.

        Raises:
            SaveError: the file cannot be written.
        """
        vectors = path.suffix.lower() == ".svg"
        with self._as_file(1.0 if vectors else DENSITY):
            drawn = svg_bytes(self._shown, self._title) if vectors else png_bytes(self._shown)
        save(path, drawn)

    def save_table(self, path: Path) -> None:
        """Write the numbers of the picture as CSV.

        Raises:
            SaveError: the file cannot be written.
        """
        save(path, csv_text(*self._table()).encode("utf-8"))

    def ask_table(self) -> None:
        """Ask where the numbers are to go, and write them."""
        self._ask("Export data", f"{self._key}.csv", "Comma-separated values (*.csv)", self.save_table)

    def _ask_picture(self) -> None:
        self._ask("Save picture", f"{self._key}.png", "Pictures (*.png *.svg)", self.save_picture)

    def _copy_picture(self) -> None:
        with self._as_file(DENSITY):
            QGuiApplication.clipboard().setImage(picture(self._shown))
        self.notice.emit(f"{self._title}: picture copied.")

    def _say_held(self) -> None:
        self.held.emit(self.hold.isChecked())

    def _ask(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        chosen = ask_where(self._shown, title, name, kinds)
        if chosen is None:
            return
        try:
            write(chosen)
            self.notice.emit(f"{chosen} written.")
        except SaveError as error:
            self.notice.emit(str(error))
