"""What a person sets once for all: looks, threads, where runs are kept. Every change holds at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QPushButton, QWidget

from engine.config import field_info
from workbench.dialogs.frame import TextDialog, closing_row
from workbench.forms.number_editors import NumberEditor
from workbench.looks.theme import GRID, SCALES
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.settings import Settings
from workbench.widgets.path_line import PathLine
from workbench.widgets.starting_place import starting_place

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))


class PreferencesDialog(TextDialog):
    """Says what was chosen; the window sees to it and answers with `refuse` where it cannot be."""

    theme_chosen = Signal(str)
    scale_chosen = Signal(int)
    threads_chosen = Signal(int)
    runs_chosen = Signal(object)  # Path

    def __init__(self, settings: Settings, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(64 * GRID, parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle("Preferences")
        self.message = Message("preferences_message", "What cannot be set")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self._rows = QFormLayout()
        self._rows.setSpacing(GRID)
        self._add_looks(settings)
        self._add_threads(settings)
        self._add_runs(runs)
        layout = column(self, 2 * GRID, 2 * GRID)
        layout.addLayout(self._rows)
        layout.addWidget(self.message)
        layout.addWidget(closing_row(self, "preferences"))

    def refuse(self, text: str, runs: Path) -> None:
        """Say why a folder cannot be taken, and show the one that holds."""
        self.message.say(text)
        self._runs.setText(str(runs))

    def _add_looks(self, settings: Settings) -> None:
        theme = self._choice("theme", "Theme", [text for _, text in _THEMES])
        theme.setCurrentIndex([name for name, _ in _THEMES].index(settings.theme) if settings.theme else 0)
        theme.activated.connect(lambda at: self.theme_chosen.emit(_THEMES[at][0]))
        sizes = sorted({*SCALES, settings.text_scale})
        scale = self._choice("text", "Size of text", [f"{percent} %" for percent in sizes])
        scale.setCurrentIndex(sizes.index(settings.text_scale))
        scale.activated.connect(lambda at: self.scale_chosen.emit(sizes[at]))

    def _add_threads(self, settings: Settings) -> None:
        info = field_info("training", "threads")
        self._threads = NumberEditor(info, whole=True)
        self._threads.setObjectName("preferences_threads")
        self._threads.setAccessibleName("Threads for new experiments")
        self._threads.setToolTip(info.help)
        self._threads.setMaximumWidth(12 * GRID)
        self._threads.show_value(settings.threads)
        self._threads.edited.connect(self._on_threads)
        self._rows.addRow("Threads for new experiments", self._threads)
        self._rows.addRow("", label("0 takes what the machine has. Results are the same on any number.", "small"))

    def _add_runs(self, runs: Path) -> None:
        self._runs = PathLine(str(runs))
        self._runs.setObjectName("preferences_runs")
        self._runs.setAccessibleName("Folder of runs")
        self._runs.editingFinished.connect(self._on_runs)
        browse = QPushButton("Choose…")
        browse.setObjectName("preferences_browse")
        browse.setAccessibleName("Choose the folder of runs")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self._runs, 1)
        row.addWidget(browse)
        self._rows.addRow("Folder of runs", row)
        self._rows.addRow("", label("New runs are kept there, and runs that lie there are listed.", "small"))

    def _choice(self, name: str, title: str, texts: list[str]) -> QComboBox:
        box = QComboBox()
        box.setObjectName(f"preferences_{name}")
        box.setAccessibleName(title)
        box.addItems(texts)
        self._rows.addRow(title, box)
        return box

    def _on_threads(self, text: object) -> None:
        info = field_info("training", "threads")
        try:
            threads = int(str(text))
        except ValueError:
            threads = -1
        if not info.minimum <= threads <= info.maximum:
            self.message.say(f"Threads is {text}; it takes {info.minimum:g} to {info.maximum:g}.")
            return
        self.message.say("")
        self._threads.show_value(threads)
        self.threads_chosen.emit(threads)

    def _on_runs(self) -> None:
        text = self._runs.text().strip()
        if text:
            self.message.say("")
            self.runs_chosen.emit(Path(text).expanduser().absolute())

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of runs", str(starting_place(Path(self._runs.text()))))
        if chosen:
            self._runs.setText(chosen)
            self._on_runs()
