"""Step 1: what is learned from. Opens it, shows what was understood, and lets it be put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from engine.config import DataConfig, Experiment
from workbench.backend import Loaded
from workbench.draft import source_name
from workbench.forms import Form
from workbench.panels.labels import Fold, column, label
from workbench.panels.message import Message
from workbench.panels.preview import Preview
from workbench.theme import GRID, Theme

if TYPE_CHECKING:
    from engine.data import Sample

_SERIES = ("time_column", "targets", "inputs", "look_back", "horizon")
_SERIES_MORE = ("stride", "transform", "scaler", "missing", "season")
_TEXT = ("sequence_length",)
_PARTS = ("validation", "test")
_GENERATED = ("length", "sequences", "noise")
_OF_FILES = ("time_column", "targets", "inputs")
_OF_WINDOWS = ("look_back", "horizon")


class DataPanel(QWidget):
    """Buttons to open, the message area, the preview, and the form of the data section."""

    edited = Signal(str, object)
    open_asked = Signal()
    sample_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.message = Message("data_message", "What is wrong with the data")
        self._title, self._about = label("", "title", "data_title"), label("", "small", "data_about")
        self._counts, self._notes = label("", "small", "data_counts"), label("", "small", "data_notes")
        self.preview = Preview(theme)
        self._series, self._series_more = Form("data", _SERIES), Form("data", _SERIES_MORE)
        self._text, self._parts = Form("data", _TEXT), Form("data", _PARTS)
        self._generated = Form("data", _GENERATED)
        self._forms = (self._series, self._generated, self._text, self._series_more, self._parts)
        self._is_generated = self._is_stream = False
        for form in self._forms:
            form.edited.connect(self.edited)
        self._lay_out()

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """Fill the menu of samples."""
        fill_samples(self.samples_menu, samples, self.sample_asked.emit)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the settings that go with this kind of data."""
        series = experiment.data.kind == "series"
        self._series.setVisible(series)
        self._series_more.setVisible(series)
        self._text.setVisible(not series)
        self._generated.setVisible(self._is_generated)
        self._more.setVisible(not self._is_stream)
        self._more.rename("Parts, scaling, gaps" if series else "Parts")
        for form in self._forms:
            form.show_values(experiment)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show what was read: title, picture, columns, notes."""
        self._is_generated = loaded.generated
        self._is_stream = loaded.generated and loaded.preview is None  # sequences without end, no series to cut
        for name in _OF_FILES:
            self._series.set_applies(name, not self._is_generated)
        for name in _OF_WINDOWS:
            self._series.set_applies(name, not self._is_stream)
        self._generated.set_applies("sequences", self._is_stream)
        self._generated.set_applies("noise", not self._is_stream)
        self._title.setText(loaded.title or source_name(loaded.experiment))
        self._about.setText(loaded.about)
        self._about.setVisible(bool(loaded.about))
        self.preview.show_data(loaded.preview)
        self._counts.setText(counts_text(loaded))
        self._notes.setText("".join(f"<p style='margin:0 0 4px 0'>• {note}</p>" for note in loaded.notes))
        names = [(column.name, f"{column.name}  ({column.kind})") for column in loaded.columns]
        dates = [("", "Order of the rows"), *names]
        self._series.show_options("time_column", dates)
        self._series.show_options("targets", names)
        self._series.show_options("inputs", names)

    def shape(self, data: DataConfig) -> str:
        """What goes in, in two words."""
        if data.kind == "text":
            return "characters"
        return f"{data.length} steps" if self._is_stream else f"{data.look_back} → {data.horizon}"

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken."""
        next(form for form in self._forms if form.has(name)).refuse(name, message, experiment)

    def lock(self, reason: str) -> None:
        """Lock all settings, with the reason."""
        for form in self._forms:
            form.lock(reason)
        for button in (self.open_button, self.samples_button):
            button.setEnabled(not reason)
            button.setToolTip(reason or str(button.property("tip")))

    def _lay_out(self) -> None:
        self._more = Fold("", body := QWidget(), "data_more")
        inside = column(body)
        inside.addWidget(self._series_more)
        inside.addWidget(self._parts)
        layout = column(self, GRID)
        layout.addLayout(self._buttons())
        for part in (self.message, self._title, self.preview, self._counts, self._series, self._generated, self._text):
            layout.addWidget(part)
        layout.addWidget(self._more)
        words = column(about := QWidget())
        words.addWidget(self._about)
        words.addWidget(self._notes)
        layout.addWidget(Fold("About this data", about, "data_understood", open_at_first=True))
        layout.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        self.open_button = _button("Open…", "open_button", "Open a table or a text (Ctrl+O); or drop it here")
        self.samples_button = _button("Samples", "samples_button", "Data sets that come with the workbench")
        self.samples_menu = QMenu(self.samples_button)
        self.samples_menu.setToolTipsVisible(True)
        self.samples_button.setMenu(self.samples_menu)
        self.open_button.clicked.connect(self.open_asked)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.open_button, 1)
        row.addWidget(self.samples_button, 1)
        return row


def fill_samples(menu: QMenu, samples: Sequence[Sample], chosen: Callable[[str], object]) -> None:
    """One entry a sample, with what it shows as its tool tip."""
    menu.clear()
    for sample in samples:
        action = QAction(sample.title, menu)
        action.setObjectName(f"sample_{sample.key}")
        action.setToolTip(f"<p>{sample.description}</p><p>{sample.licence}</p>")
        action.triggered.connect(lambda _checked=False, key=sample.key: chosen(key))
        menu.addAction(action)


def counts_text(loaded: Loaded) -> str:
    """How much there is of each part, in the unit of the data."""
    unit = "characters" if loaded.dataset.tokens else "windows" if loaded.preview else "sequences"
    counts = [loaded.dataset.count(part) for part in ("train", "validation", "test")]
    return f"{counts[0]:,} {unit} to train on · {counts[1]:,} validation · {counts[2]:,} test"


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    button.setProperty("tip", tip)
    return button
