"""What is told of the chosen run below the list of runs, and what a person writes about it."""

from __future__ import annotations

import html

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.looks.theme import GRID
from workbench.panels.labels import ScrolledText, column
from workbench.panels.run_rows import best_words, different_settings, step_words, tested_words
from workbench.runs.records import RunRecord


class AboutRun(QWidget):
    """What it reached and how it was set up; notes go to the run that they were written on."""

    noted = Signal(object, str)  # RunRecord and what a person wrote

    def __init__(self) -> None:
        super().__init__()
        self._told: RunRecord | None = None  # whom details and notes are about
        self.details = ScrolledText("small", "run_details", "About the chosen run")
        self.notes = QLineEdit()
        self.notes.setObjectName("run_notes")
        self.notes.setAccessibleName("Notes on the run")
        self.notes.setPlaceholderText("Notes on this run")
        self.notes.editingFinished.connect(self._on_edited)
        layout = column(self, 0, GRID)
        layout.addWidget(self.details)
        layout.addWidget(self.notes)

    def show_run(self, record: RunRecord | None, nothing: str) -> None:
        """Tell of a run, or say `nothing` where there is none."""
        self._take_notes(record)
        lines = tuple[str, ...]()
        if record:
            plain = best_words(record), different_settings(record.experiment)
            best, settings = (html.escape(words, quote=False) for words in plain)
            lines = best, tested_words(record), step_words(record), settings
        self.details.setText("<br>".join(filter(None, lines)) or nothing)
        self.notes.setVisible(record is not None)

    def forget(self, record: RunRecord) -> None:
        """It has gone, and what is being written on it goes nowhere."""
        if self._told is record:
            self._told = None
            self.notes.clear()

    def _take_notes(self, record: RunRecord | None) -> None:
        """What is written goes to the run that it was written on, also where another is chosen meanwhile."""
        before = self._told
        if record is not before:
            self._told = record
            if before is not None:
                self._keep_note(before)
            self.notes.setText(record.notes if record else "")

    def _on_edited(self) -> None:
        if self._told is not None:
            self._keep_note(self._told)

    def _keep_note(self, record: RunRecord) -> None:
        if self.notes.text().strip() != record.notes:
            self.noted.emit(record, self.notes.text())
