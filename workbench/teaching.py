"""Lessons: the menu, the panel, and what a step sets up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from workbench.bars.menus import Menus
from workbench.desk import Desk
from workbench.gallery.gallery import Gallery
from workbench.panels.lesson import LessonPanel
from workbench.panes.docks import Docks
from workbench.settings import Settings

if TYPE_CHECKING:
    from engine.lessons import Lesson, LessonStep


class Teaching(QObject):
    """On the very first start the first lesson is open; afterwards lessons come when they are asked for."""

    def __init__(self, desk: Desk, gallery: Gallery, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._gallery, self._settings = desk, gallery, settings
        self._docks: Docks | None = None
        self.panel = LessonPanel()
        self.panel.asked.connect(self._set_up)
        self.panel.looked.connect(gallery.open)
        self.panel.closed.connect(self._close)
        desk.draft.changed.connect(self._show_experiment)

    def offer(self, lessons: Sequence[Lesson], menus: Menus, docks: Docks) -> None:
        """Fill the menu; greet who is here for the first time."""
        self._docks = docks
        for lesson in lessons:
            action = menus.add(menus.lessons, f"lesson_{lesson.key}", lesson.title, partial(self.begin, lesson))
            action.setToolTip(lesson.question)
        menus.lessons.setToolTipsVisible(True)
        if lessons and not self._settings.greeted:
            self._settings.greeted = True
            self.begin(lessons[0])

    def begin(self, lesson: Lesson) -> None:
        """Open a lesson at its first step."""
        self.panel.begin(lesson)
        if self._docks is not None:
            self._docks.show_lesson()

    @Slot(object)
    def _set_up(self, step: LessonStep) -> None:
        if self._desk.session.alive or step.experiment is None:
            return
        self._desk.draft.adopt(step.experiment)
        self._gallery.open(step.view)
        if step.run:
            self._desk.run()

    @Slot()
    def _show_experiment(self) -> None:
        self.panel.show_experiment(self._desk.draft.experiment)

    @Slot()
    def _close(self) -> None:
        if self._docks is not None:
            self._docks.lesson.hide()
