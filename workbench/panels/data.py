"""Step 1: what is learned from. Opens it, shows what was understood, and lets it be put right."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from engine.config import DataConfig, Experiment
from workbench.doors.answers import Loaded, SeriesPreview, TextPreview
from workbench.draft import source_name
from workbench.forms.forms import Form
from workbench.forms.several_editor import SeveralEditor
from workbench.later import later
from workbench.looks.theme import GRID, Theme
from workbench.panels.data_fields import FIRST, MORE, applying
from workbench.panels.labels import Fold, column, label
from workbench.panels.message import Message
from workbench.panels.preview import Preview
from workbench.panels.split_lines import split_changes
from workbench.wording import named

if TYPE_CHECKING:
    from engine.data import Sample

_COLUMNS = ("text_column", "label", "time_column", "split_column")
_SEVERAL = ("targets", "inputs", "sequence_column")
_HOW_APART = (
    "Looked up in the examples as they are cut: nothing that validation and test are judged by is read or answered in "
    "training. Scaler, vocabulary and classes are learned from the training part alone."
)
_NONE = {
    "text_column": "None",
    "label": "None",
    "time_column": "Order of the rows",
    "split_column": "None",
}


class DataPanel(QWidget):
    """Buttons to open, the preview, and the form of the data section; its `message` stands above all steps."""

    edited = Signal(str, object)
    open_asked = Signal()
    sample_asked = Signal(str)
    split_dragged = Signal(object)  # settings by dotted name

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self.message = Message("data_message", "What is wrong with the data")
        self._title, self._about = label("", "title", "data_title"), label("", "small", "data_about")
        self._counts, self._notes = label("", "small", "data_counts"), label("", "small", "data_notes")
        self._apart = label("", "badge", "data_apart")
        self._apart.setToolTip(_HOW_APART)
        self._apart.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.preview = Preview(theme)
        self.preview.split_moved.connect(self._on_split)
        self._first, self._rest = Form("data", FIRST), Form("data", MORE)
        self._forms = (self._first, self._rest)
        self._is_generated = self._is_stream = self._has_settings = False
        for form in self._forms:
            form.edited.connect(self.edited)
        self._lay_out()
        targets = self._first.findChild(SeveralEditor, "data.targets")
        assert targets is not None
        targets.empty = "automatic"  # something is predicted, whatever is ticked

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """Fill the menu of samples."""
        fill_samples(self.samples_menu, samples, self.sample_asked.emit)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the settings that go with this kind of data."""
        fields = applying(experiment.data, generated=self._is_generated, stream=self._is_stream)
        if experiment.model.topology == "encoder_decoder":
            fields = fields - {"strategy"}  # it writes one step after the other
        self._first.show_options("known_inputs", [(name, name) for name in experiment.data.inputs])
        self._show_settings()
        for form in self._forms:
            form.show_values(experiment, fields)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show what was read: title, picture, columns, notes."""
        self._loaded, self._is_generated = loaded, loaded.generated
        series = isinstance(loaded.preview, SeriesPreview)
        self._is_stream = loaded.generated and not series  # sequences without end, no series to cut
        self._title.setText(loaded.title or source_name(loaded.experiment))
        self._about.setText(loaded.about)
        self._about.setVisible(bool(loaded.about))
        later(0, self.preview, partial(self.preview.show_data, loaded.preview))  # in a turn of its own
        self._counts.setText(counts_text(loaded))
        self._apart.setText("✓ nothing leaks" if loaded.apart else "✕ the parts overlap")
        self._apart.setProperty("role", "badge" if loaded.apart else "problem")
        self._apart.style().polish(self._apart)
        notes = (html.escape(named(note), quote=False) for note in loaded.notes)
        self._notes.setText("".join(f"<p style='margin:0 0 4px 0'>• {note}</p>" for note in notes))
        names = [(column.name, f"{column.name}  ({column.kind})") for column in loaded.columns]
        for name in _COLUMNS:
            form = self._first if self._first.has(name) else self._rest
            form.show_options(name, [("", _NONE[name]), *names])
        for name in _SEVERAL:
            self._first.show_options(name, names)
        self._has_settings = True
        self._show_settings()

    def show_problem(self, text: str, dismissible: bool) -> None:
        """Say what is wrong with the data; a setting may be what mends it."""
        self.message.say(text, dismissible=dismissible)
        if text and not self._has_settings:
            self._has_settings = True
            self._show_settings()

    def _show_settings(self) -> None:
        """Nothing can be set of data that nobody has tried to read."""
        for part in self._settings:
            part.setVisible(self._has_settings)
        self._more.setVisible(self._has_settings and not self._is_stream)

    def _on_split(self, validation: int, test: int) -> None:
        """A border was let go of: the settings that put it there."""
        if self._loaded is not None and isinstance(self._loaded.preview, SeriesPreview):
            rows = self._loaded.preview.rows
            self.split_dragged.emit(split_changes(self._loaded.experiment.data, (validation, test), rows))
            self.preview.show_data(self._loaded.preview)  # until they are taken, and where they are refused

    def shape(self, data: DataConfig) -> str:
        """What goes in, in two words."""
        if data.kind == "text":
            return data.tokens
        if data.kind == "pairs":
            return " → ".join(map(_columns, (data.inputs, data.targets)))
        if data.label and not self._is_stream:
            return data.label
        return f"{data.length} steps" if self._is_stream else f"{data.look_back} → {max(data.steps, data.horizon)}"

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken."""
        next(form for form in self._forms if form.has(name)).refuse(name, message, experiment)

    def lock(self, reason: str) -> None:
        """Lock all settings, with the reason."""
        for form in self._forms:
            form.lock(reason)
        self.preview.lock(bool(reason))
        for button in (self.open_button, self.samples_button):
            button.setEnabled(not reason)
            button.setToolTip(reason or str(button.property("tip")))

    def _lay_out(self) -> None:
        title = "Parts, scaling, gaps"
        self._more = Fold(title, body := QWidget(), "data_more", whole=f"{title}: more settings of data")
        inside = column(body)
        inside.addWidget(self._rest)
        layout = column(self, GRID)
        layout.addLayout(self._buttons())
        for part in (self._title, self.preview, self._counts, self._apart, self._first):
            layout.addWidget(part)
        layout.addWidget(self._more)
        words = column(about := QWidget())
        words.addWidget(self._about)
        words.addWidget(self._notes)
        understood = Fold("About this data", about, "data_understood", open_at_first=True)
        layout.addWidget(understood)
        layout.addStretch(1)
        self._settings = (self._counts, self._apart, self._first, understood)
        self._show_settings()

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
    data = loaded.experiment.data
    units = {"text": data.tokens, "series": "sequences" if isinstance(loaded.preview, TextPreview) else "windows"}
    counts = [loaded.dataset.count(part) for part in ("train", "validation", "test")]
    unit = units.get(data.kind, "sequences").removesuffix("s" if counts[0] == 1 else "")
    return f"{counts[0]:,} {unit} to train on · {counts[1]:,} validation · {counts[2]:,} test"


def _columns(names: Sequence[str]) -> str:
    """One by its name, several by their number."""
    return names[0] if len(names) == 1 else f"{len(names)} columns"


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    button.setProperty("tip", tip)
    return button
