"""Inputs for one number and for several, handed on as they were typed: the schema alone decides what is allowed."""

from __future__ import annotations

import math
import re
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QSizePolicy, QStyle, QStyleOptionComboBox, QWidget

from engine.config import FieldInfo

_LOG_STEPS = (1.0, 2.0, 5.0)  # a press of an arrow goes to the next of these, in any decade
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_SMALLEST = 1e-5  # above 0, where a logarithmic scale begins there


class NumberEditor(QAbstractSpinBox):
    """A number with arrows; on a logarithmic scale whole numbers double and others go 1, 2, 5, 10."""

    edited = Signal(object)
    textEdited = Signal(str)  # noqa: N815 (as a line says that it is typed in)

    def __init__(self, info: FieldInfo, whole: bool) -> None:
        super().__init__()
        self._info, self._whole, self._value = info, whole, 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)
        self.editingFinished.connect(self._on_finished)
        self.lineEdit().textEdited.connect(self.textEdited)

    def event(self, event: QEvent) -> bool:
        """Where nothing has been typed, Ctrl+Z means the settings, not the letters; the input has the focus, not its
        line, which therefore hears of keys by no filter.
        """
        if _undoes(event) and self.lineEdit().text() == self._text(self._value):
            event.ignore()
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """As high as the choices that it stands among."""
        return QSize(super().sizeHint().width(), _height(self))

    def show_value(self, value: Any) -> None:
        """Show a number; whatever was typed and not confirmed is gone."""
        self._value = float(value)
        self.lineEdit().setText(self._text(self._value))

    def commit(self) -> None:
        """Hand on what was typed, as if Enter had been pressed."""
        self._on_finished()

    def stepBy(self, steps: int) -> None:  # noqa: N802 (Qt's name)
        """Arrows, Page Up and Page Down."""
        value = self._value
        for _ in range(abs(steps)):
            value = self._next(value, 1 if steps > 0 else -1)
        value = min(max(value, self._info.minimum), self._info.maximum)
        if value != self._value:
            self.show_value(value)
            self.edited.emit(self._text(value))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:  # noqa: N802 (Qt's name)
        """Up and down, as far as the range goes."""
        flag = QAbstractSpinBox.StepEnabledFlag
        up = flag.StepUpEnabled if self._value < self._info.maximum else flag.StepNone
        return up | (flag.StepDownEnabled if self._value > self._info.minimum else flag.StepNone)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a form scrolls the form; only what has focus is turned."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_finished(self) -> None:
        text = self.lineEdit().text().strip()
        if text != self._text(self._value):
            self.edited.emit(_without_thousands(text) if self._whole else text.replace(",", "."))

    def _text(self, value: float) -> str:
        return str(round(value)) if self._whole else f"{value:.12g}"

    def _next(self, value: float, way: int) -> float:
        if self._info.scale != "log":
            return value + way * (1 if self._whole else _linear_step(self._info, value))
        if self._whole:
            power = math.log2(max(value, 1.0))
            return float(2 ** (math.floor(power + 1e-9) + 1 if way > 0 else math.ceil(power - 1e-9) - 1))
        return _next_of_decade(value, way) if self._info.minimum > 0 else _next_above_zero(value, way)


def _without_thousands(text: str) -> str:
    """A whole number as it is read; a comma that parts no thousands stays, so that 1,5 is not taken for 15."""
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def _linear_step(info: FieldInfo, value: float) -> float:
    if info.maximum <= 1.0 or value < 1.0:
        return 0.05
    return 1.0 if value >= 10 else 0.5


def _next_of_decade(value: float, way: int) -> float:
    decade = math.floor(math.log10(value) + 1e-9)
    candidates = sorted(m * 10.0**d for d in range(decade - 1, decade + 2) for m in _LOG_STEPS)
    near = 1e-6 * value
    if way > 0:
        return next(c for c in candidates if c > value + near)
    return next(c for c in reversed(candidates) if c < value - near)


def _next_above_zero(value: float, way: int) -> float:
    """On a logarithmic scale that begins with 0, the first number above it is `_SMALLEST`."""
    if value > _SMALLEST or (value == _SMALLEST and way > 0):
        return _next_of_decade(value, way)
    return _SMALLEST if way > 0 else 0.0


class NumbersEditor(QLineEdit):
    """Several numbers with commas between, handed on as they were typed."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setMinimumWidth(72)
        self.editingFinished.connect(self.commit)

    def event(self, event: QEvent) -> bool:
        """As in `NumberEditor`."""
        if _undoes(event) and self.text() == self._shown:
            event.ignore()
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """As in `NumberEditor`."""
        return QSize(super().sizeHint().width(), _height(self))

    def show_value(self, value: Any) -> None:
        """Show numbers; whatever was typed and not confirmed is gone."""
        self._shown = ", ".join(f"{number:.12g}" for number in value)
        self.setText(self._shown)

    def commit(self) -> None:
        """Hand on what was typed, as if Enter had been pressed."""
        if self.text().strip() != self._shown:
            self.edited.emit(self.text())


def _height(editor: QWidget) -> int:
    """Pixels that a box of choices takes with the same font: Fusion makes numbers and lines lower."""
    option = QStyleOptionComboBox()
    option.initFrom(editor)
    letters = QSize(0, editor.fontMetrics().height() + 2)  # with the frame of the words, as such a box counts it
    return editor.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, letters, editor).height()


def _undoes(event: QEvent) -> bool:
    """Whether it asks who has the focus if a key for undo or redo is meant for it alone."""
    if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.ShortcutOverride:
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def commit(widget: QWidget | None) -> None:
    """Hand on what is being typed in `widget`, before a command that has a shortcut takes effect."""
    if isinstance(widget, NumberEditor | NumbersEditor):
        widget.commit()
