"""One input per kind of setting: a switch, a choice; numbers are in `number_editors`, columns in `several_editor`.

Each has `show_value`, which says nothing, and `edited`, which speaks only of what a person did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy

from engine.config import FieldInfo
from workbench.forms.number_editors import NumberEditor, NumbersEditor
from workbench.forms.several_editor import SeveralEditor
from workbench.widgets.elided_box import ElidedBox
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


class ChoiceEditor(ElidedBox):
    """One of several, each with the words that stand for it."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._options: list[tuple[str, str]] = []  # as they were offered, without what was added
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def show_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer `options`: value and words."""
        if self._options == list(options):
            return
        value, self._options = self.currentData(), list(options)
        with QSignalBlocker(self):
            self.clear()
            self.addItems([shown for _, shown in options])  # at once: one by one takes long for ten thousand
            for place, (key, _) in enumerate(options):
                self.setItemData(place, key)
        self.show_value(value)

    def show_value(self, value: Any) -> None:
        """Show it without saying so; what is not offered is added as it is."""
        with QSignalBlocker(self):
            if value is not None and self.findData(value) < 0:
                self.addItem(str(value), value)
                self._options = []
            self.setCurrentIndex(self.findData(value))

    def shorter(self) -> str:
        """A column without what kind of values it has, which the list says."""
        value, shown = self.currentData(), self.currentText()
        return value if isinstance(value, str) and shown.startswith(f"{value}  (") else shown

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a form scrolls the form; only what has focus is turned."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


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
