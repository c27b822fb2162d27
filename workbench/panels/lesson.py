"""A lesson beside the work: what to do, what to watch, and a button that sets it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from workbench.draft import source_name
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.spoken import announce

if TYPE_CHECKING:
    from engine.config import Experiment
    from engine.lessons import Lesson, LessonStep


class LessonPanel(QScrollArea):
    """One step at a time. Nothing happens to the settings until it is asked for."""

    asked = Signal(object)  # LessonStep: set it up, and run it where it says so
    closed = Signal()
    looked = Signal(str)  # the key of the view that a step is about

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lesson_panel")
        self.setAccessibleName("Lesson")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lesson: Lesson | None = None
        self._at = 0
        self._lock = self._source = ""
        self._title, self._question = label("", "title", "lesson_title"), label("", "muted", "lesson_question")
        self._place = label("", "small", "lesson_place")
        self._other = label("", "warning", "lesson_other_data")
        self._do, self._watch = label("", "", "lesson_do"), label("", "muted", "lesson_watch")
        self._back, self._next = _button("Back", "lesson_back"), _button("Next", "lesson_next")
        self._set = _button("Set up and run", "lesson_set")
        self._back.clicked.connect(lambda: self._go(-1))
        self._next.clicked.connect(lambda: self._go(1))
        self._close = _button("Close", "lesson_close")
        self._close.clicked.connect(self.closed)
        self._set.clicked.connect(lambda: self.asked.emit(self.step))
        self._lay_out()
        self._show()

    @property
    def step(self) -> LessonStep | None:
        """The step at hand."""
        return self._lesson.steps[self._at] if self._lesson else None

    def begin(self, lesson: Lesson) -> None:
        """Show a lesson from its beginning."""
        self._lesson, self._at = lesson, 0
        self._show()
        announce(self, self.accessibleDescription())

    def show_experiment(self, experiment: Experiment) -> None:
        """Say so where other data is open than the step speaks of."""
        self._source = source_name(experiment)
        self._show_other()

    def lock(self, reason: str) -> None:
        """Nothing can be set up now."""
        self._lock = reason
        self._set.setEnabled(not reason)
        self._set.setToolTip(reason or "Sets data, model and training as this step needs them; Ctrl+Z takes it back")
        self._show_other()

    def _go(self, by: int) -> None:
        self._at += by
        self._show()
        announce(self, self.accessibleDescription())

    def _show(self) -> None:
        step, lesson = self.step, self._lesson
        self._title.setText(lesson.title if lesson else "No lesson is open")
        self._question.setText(lesson.question if lesson else "The menu Lessons has a few, of a minute each.")
        self._place.setText(f"Step {self._at + 1} of {len(lesson.steps)}" if lesson else "")
        self._do.setText(f"<b>Do.</b> {step.do}" if step else "")
        self._watch.setText(f"<b>Watch.</b> {step.watch}" if step else "")
        parts = (self._title, self._place, self._question, self._do, self._watch)
        told = QTextDocumentFragment.fromHtml("<br>".join(part.text() for part in parts if part.text()))
        self.setAccessibleDescription(told.toPlainText())
        self._back.setEnabled(self._at > 0)
        self._next.setEnabled(lesson is not None and self._at + 1 < len(lesson.steps))
        self._set.setVisible(step is not None and step.experiment is not None)
        self._set.setText("Set up and run" if step and step.run else "Set up")
        self._set.setAccessibleName(self._set.text())
        self.lock(self._lock)
        if step is not None and step.view:
            self.looked.emit(step.view)

    def _show_other(self) -> None:
        wanted = source_name(self.step.experiment) if self.step and self.step.experiment else ""
        other = bool(wanted and self._source) and wanted != self._source
        name = wanted.replace("_", " ").capitalize()
        then = " once the run has ended" if self._lock else ""  # the button cannot be pressed before
        self._other.setText(
            f"This step is about the sample “{name}”, but other data is open: press “{self._set.text()}”{then}."
        )
        self._other.setVisible(other)

    def _lay_out(self) -> None:
        inside = QWidget()
        layout = column(inside, GRID)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self._back, self._next, self._close):
            buttons.addWidget(button)
        heading = QHBoxLayout()
        heading.addWidget(self._title, 1)
        heading.addWidget(self._place)
        layout.addLayout(heading)
        layout.addWidget(self._question)
        layout.addLayout(buttons)  # above the text, so that they are seen however low the panel is
        layout.addWidget(self._other)
        layout.addWidget(self._do)
        layout.addWidget(self._set)
        layout.addWidget(self._watch)
        layout.addStretch(1)
        self.setWidget(inside)


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # they share what the panel is wide
    return button
