"""One input per kind of setting: a switch, a choice, several columns; numbers are in `number_editors`.

Each has `show_value`, which says nothing, and `edited`, which speaks only of what a person did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu, QSizePolicy

from engine.config import FieldInfo
from workbench.number_editors import NumberEditor, NumbersEditor
from workbench.wording import words


class SwitchEditor(QCheckBox):
    """Yes or no."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(lambda checked: self.edited.emit(checked))

    def show_value(self, value: Any) -> None:
        """Show it without saying so."""
        with QSignalBlocker(self):
            self.setChecked(bool(value))


class ChoiceEditor(QComboBox):
    """One of several, each with the words that stand for it."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def show_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer `options`: value and words."""
        if [(self.itemData(i), self.itemText(i)) for i in range(self.count())] == list(options):
            return
        value = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for key, shown in options:
                self.addItem(shown, key)
        self.show_value(value)

    def show_value(self, value: Any) -> None:
        """Show it without saying so; what is not offered is added as it is."""
        with QSignalBlocker(self):
            if value is not None and self.findData(value) < 0:
                self.addItem(str(value), value)
            self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a form scrolls the form; only what has focus is turned."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SeveralEditor(QComboBox):
    """Any number of columns, ticked in a menu; the box names those that are chosen."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = QMenu(self)
        self._value: tuple[str, ...] = ()
        self.addItem("none")

    def show_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer columns: name, and what the menu says."""
        self._menu.clear()
        for name, shown in options:
            action = QAction(shown, self._menu)
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(self._on_triggered)
            self._menu.addAction(action)
        self.show_value(self._value)

    def show_value(self, value: Any) -> None:
        """Tick what is chosen without saying so."""
        self._value = tuple(value)
        for action in self._menu.actions():
            action.setChecked(action.data() in self._value)
        text = ", ".join(self._value) if len(self._value) < 3 else f"{self._value[0]} and {len(self._value) - 1} more"
        self.setItemText(0, text or "none")

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        """The menu in place of a list, so that several can be ticked."""
        self._menu.setMinimumWidth(self.width())
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def hidePopup(self) -> None:  # noqa: N802 (Qt's name)
        """Put the menu away."""
        self._menu.hide()
        super().hidePopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """There is nothing to turn through."""
        event.ignore()

    def _on_triggered(self) -> None:
        self.edited.emit(tuple(action.data() for action in self._menu.actions() if action.isChecked()))


Editor = NumberEditor | NumbersEditor | SwitchEditor | ChoiceEditor | SeveralEditor


def editor_for(info: FieldInfo, default: object) -> Editor:
    """The input that fits a field: by its choices first, then by the type of its default."""
    if info.choices:
        choice = ChoiceEditor()
        choice.show_options([(key, words(key)) for key in info.choices])
        return choice
    if isinstance(default, bool):
        return SwitchEditor()
    if isinstance(default, int | float):
        return NumberEditor(info, whole=isinstance(default, int))
    if isinstance(default, tuple):
        numbers = math.isfinite(info.minimum) or any(isinstance(part, float) for part in default)
        return NumbersEditor() if numbers else SeveralEditor()
    return ChoiceEditor()
