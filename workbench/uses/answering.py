"""What a trained model answered: a sentence, a plot, a text, a picture, a table; and the ways to save it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QTableView, QWidget

from workbench.doors import model_use
from workbench.doors.answers import Curve, Used
from workbench.looks.theme import GRID, TEXT_BODY, Theme
from workbench.panels.labels import column, fixed_font, label
from workbench.panels.message import Message
from workbench.plots.answers.attention_matrix import AttentionMatrix
from workbench.plots.answers.pair_pictures import PianoRoll
from workbench.plots.curves.area import Intervals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import Cell
from workbench.plots.frame.table_twin import TableTwin
from workbench.spoken import announce
from workbench.uses.asking import button
from workbench.widgets.save_dialog import ask_where

_SEEN, _SEEN_PER_STEP = 100, 8  # last steps of a forecast that are shown at first; for each that lies ahead
_NO_ATTENTION = "This network has no attention: it writes from its last state alone."


class Answering(QWidget):
    """Parts that have nothing to show are hidden."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._used: Used | None = None
        self.words = label("Looking at what this model does…", "strong", "use_words")
        self.further = label("", "small", "use_further")  # what is said behind the first sentence
        self.message = Message("use_message", "What went wrong")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self.plot = CurvePlot(theme, bottom="", left="")
        self.plot.box.setAutoVisible(y=True)  # of the steps that are shown, not of years before them
        self.intervals = Intervals(self.plot, theme)
        self.plot.setAccessibleName("Forecast beside what was measured; the table below has the same numbers")
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setObjectName("use_written")
        self.text.setAccessibleName("What was written")
        self.text.setTabChangesFocus(True)
        self.matrix, self.roll = AttentionMatrix(theme), PianoRoll(theme)
        self._hover = label("", "small", "use_hover")
        self.matrix.hovered.connect(self._hover.setText)
        self.matrix.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pictures = QStackedWidget()
        self.nothing = label(_NO_ATTENTION, "small")
        for picture in (self.matrix, self.roll, self.nothing):
            self.pictures.addWidget(picture)
        self.table = QTableView()
        self.table.setObjectName("use_table")
        self.table.setAccessibleName("Answers as a table")
        self.table.setTabKeyNavigation(False)
        self.csv, self.midi = button("Save CSV…", "use_save_csv"), button("Save MIDI…", "use_save_midi")
        self.plain = button("Save text…", "use_save_text")
        self._lay_out()
        self._fit()
        self._show_parts()

    def _lay_out(self) -> None:
        layout = column(self)
        for part, stretch in (
            (self.words, 0), (self.further, 0), (self.message, 0), (self.plot, 3), (self.text, 1),
            (self.pictures, 3), (self._hover, 0), (self.table, 2),
        ):  # fmt: skip
            layout.addWidget(part, stretch)
        layout.addStretch()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch()
        for each, call in ((self.csv, self._ask_csv), (self.plain, self._ask_text), (self.midi, self._ask_midi)):
            each.clicked.connect(call)
            row.addWidget(each)
        layout.addLayout(row)

    def changeEvent(self, event: QEvent) -> None:
        """Another size of text, which the table's own font does not follow by itself."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell of the attention; Escape lets go of one, and only then closes the window."""
        if self.matrix.hasFocus() and self.matrix.take_key(event):
            announce(self.matrix, self._hover.text())
        else:
            super().keyPressEvent(event)

    @property
    def answered(self) -> bool:
        """Whether there was an answer, which stays until there is another."""
        return self._used is not None

    def say(self, words: str) -> None:
        """A sentence above everything."""
        first, _, further = words.partition(". ")
        self.words.setText(f"{first}." if further else words)
        self.further.setText(further)
        self.further.setVisible(bool(further))

    def refuse(self, text: str) -> None:
        """Why there is no answer; the one before stays."""
        self.message.say(text)

    def show_used(self, used: Used) -> None:
        """Another answer."""
        self._used = used
        self.message.say("")
        self.say(used.words)
        announce(self, used.words)
        self._hover.setText("")
        if used.curve is not None:
            self._draw(used.curve)
        self.text.setPlainText(used.text)
        pair = used.pair
        if pair is not None and pair.written_notes:
            self.roll.show_tunes(pair.written_notes, ())
            self.pictures.setCurrentWidget(self.roll)
        elif pair is not None and pair.attention is not None and pair.read:
            self.matrix.show_weights(pair.attention, pair.read, pair.steps)
            self.pictures.setCurrentWidget(self.matrix)
        else:
            self.pictures.setCurrentWidget(self.nothing)
        rows = [tuple(map(_cell, used.header, row)) for row in used.rows]
        self.table.setModel(TableTwin((used.header, rows)))
        self.table.resizeColumnsToContents()
        self._show_parts()
        if used.curve is not None:
            self.table.scrollToBottom()  # what lies ahead

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.plot.apply_theme(theme)
        self.intervals.apply_theme(theme)
        self.plot.show_key(self.intervals.keys())
        for each in (self.matrix, self.roll):
            each.apply_theme(theme)

    def _fit(self) -> None:
        """The table in the size of the text around it."""
        self.table.setFont(fixed_font(self))
        self.table.verticalHeader().setDefaultSectionSize(round(3 * GRID * self.fontInfo().pixelSize() / TEXT_BODY))
        self.table.resizeColumnsToContents()

    def _show_parts(self) -> None:
        used = self._used
        single = used is not None and bool(used.text)
        self.plot.setVisible(used is not None and used.curve is not None)
        self.text.setVisible(single)
        pair = used.pair if used else None
        self.pictures.setVisible(pair is not None and bool(pair.read or pair.written_notes))
        self._hover.setVisible(pair is not None and pair.attention is not None)
        self.table.setVisible(used is not None and not single)
        self.csv.setVisible(used is not None and not (single and pair is None))
        self.plain.setVisible(single)
        self.midi.setVisible(pair is not None and bool(pair.written_notes))

    def _draw(self, curve: Curve) -> None:
        self.plot.remove_curves()
        self.plot.add_curve("truth", "truth")
        self.plot.add_curve("forecast", "forecast")
        place = np.arange(len(curve.labels))
        self.plot.bottom.set_labels(curve.labels)
        self.plot.show_curve("truth", place, curve.truth)
        self.plot.show_curve("forecast", place, curve.forecast, f"{curve.ahead:,} ahead" if curve.ahead else "")
        self.intervals.show(curve.bands)
        self.plot.left.rename(curve.target)
        self.plot.show_key(self.intervals.keys())
        self.plot.show_everything()
        seen = max(_SEEN, _SEEN_PER_STEP * curve.ahead)
        if len(place) > seen:  # what lies ahead would be a hair's breadth; a double click shows everything
            self.plot.box.setXRange(len(place) - seen, len(place))

    # --- saving -----------------------------------------------------------------------------------------

    def _ask_csv(self) -> None:
        self._ask("Save answers", "answers.csv", "CSV (*.csv)", self.save_csv)

    def _ask_text(self) -> None:
        self._ask("Save text", "text.txt", "Text (*.txt)", self.save_text)

    def _ask_midi(self) -> None:
        self._ask("Save tune", "tune.mid", "MIDI (*.mid)", self.save_midi)

    def _ask(self, title: str, name: str, kinds: str, save: Callable[[Path], None]) -> None:
        chosen = ask_where(self, title, name, kinds)
        if chosen is None:
            return
        try:
            save(chosen)
        except OSError as error:
            self.refuse(f"{chosen} cannot be written: {error.strerror or error}. Choose another folder.")
        except ValueError as error:
            self.refuse(str(error))
        else:
            self.message.say("")
            self.say(f"Saved: {chosen}")

    def save_csv(self, path: Path) -> None:
        """Write the table."""
        assert self._used is not None
        model_use.save_table(path, self._used)

    def save_text(self, path: Path) -> None:
        """Write the text, with its prompt."""
        assert self._used is not None
        before = self._used.rows[0][0] if self._used.pair is None else ""
        model_use.save_text(path, f"{before}{self._used.text}\n")

    def save_midi(self, path: Path) -> None:
        """Write the tune."""
        assert self._used is not None
        model_use.save_tune(path, self._used.text)


def _cell(column: str, value: str | float | int | None) -> Cell:
    """As it is read: of probabilities, which are saved whole, four decimals."""
    if isinstance(value, float) and column.startswith("p("):
        return round(value, 4)
    return math.nan if value is None else value
