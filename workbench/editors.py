"""One input per kind of setting: numbers, switches, choices, a column, several columns.

Each has `show_value`, which says nothing, and `edited`, which speaks only of what a person did. Numbers are handed
on as they were typed: the schema alone decides what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QMenu, QSizePolicy, QWidget

from engine.config import FieldInfo, field_info

_LOG_STEPS = (1.0, 2.0, 5.0)  # a press of an arrow goes to the next of these, in any decade
_SMALLEST = 1e-5  # above 0, where a logarithmic scale begins there


class NumberEditor(QAbstractSpinBox):
    """A number with arrows; on a logarithmic scale whole numbers double and others go 1, 2, 5, 10."""

    edited = Signal(object)

    def __init__(self, info: FieldInfo, whole: bool) -> None:
        super().__init__()
        self._info, self._whole, self._value = info, whole, 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)
        self.editingFinished.connect(self._on_finished)
        self.lineEdit().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where nothing has been typed, Ctrl+Z means the settings, not the letters."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undoes and self.lineEdit().text() == self._text(self._value):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

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
            self.edited.emit(text.replace(",", "") if self._whole else text.replace(",", "."))

    def _text(self, value: float) -> str:
        return str(round(value)) if self._whole else f"{value:.12g}"

    def _next(self, value: float, way: int) -> float:
        if self._info.scale != "log":
            return value + way * (1 if self._whole else _linear_step(self._info, value))
        if self._whole:
            power = math.log2(max(value, 1.0))
            return float(2 ** (math.floor(power + 1e-9) + 1 if way > 0 else math.ceil(power - 1e-9) - 1))
        return _next_of_decade(value, way) if self._info.minimum > 0 else _next_above_zero(value, way)


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
            for key, words in options:
                self.addItem(words, key)
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
        for name, words in options:
            action = QAction(words, self._menu)
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


class NumbersEditor(QLineEdit):
    """Several numbers with commas between, handed on as they were typed."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setMinimumWidth(72)
        self.editingFinished.connect(self.commit)

    def show_value(self, value: Any) -> None:
        """Show numbers; whatever was typed and not confirmed is gone."""
        self._shown = ", ".join(f"{number:.12g}" for number in value)
        self.setText(self._shown)

    def commit(self) -> None:
        """Hand on what was typed, as if Enter had been pressed."""
        if self.text().strip() != self._shown:
            self.edited.emit(self.text())


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


_WORDS = {
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "nesterov": "Nesterov momentum",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "nadam": "NAdam",
    "pytorch": "As in PyTorch",
    "xavier_uniform": "Xavier, uniform",
    "xavier_normal": "Xavier, normal",
    "he_uniform": "He, uniform",
    "he_normal": "He, normal",
    "auto": "Automatic",
    "mse": "Squared error (MSE)",
    "mae": "Absolute error (MAE)",
    "huber": "Huber (robust)",
    "quantile": "Quantiles (pinball)",
    "binary_cross_entropy": "Cross-entropy of each label",
    "cross_entropy": "Cross-entropy",
    "step": "Falls in steps",
    "exponential": "Falls every epoch",
    "cosine": "Falls along a cosine",
    "one_cycle": "One cycle: up, then down",
    "plateau": "Falls on a plateau",
    "standard": "Mean 0, spread 1",
    "minmax": "0 to 1",
    "log": "Logarithm",
    "log_difference": "Log difference",
    "linear": "Along a line",
    "forward": "Last value",
    "seasonal": "Last season",
    "mask": "Leave out of the loss",
    "tanh": "tanh (−1 to 1)",
    "sigmoid": "sigmoid (0 to 1)",
    "relu": "ReLU (0 upward)",
    "elu": "ELU (−1 upward)",
    "gelu": "GELU",
    "identity": "none (identity)",
    "softsign": "softsign (−1 to 1)",
    "hard_sigmoid": "hard sigmoid (0 to 1)",
}


def words(key: str) -> str:
    """What a form shows for a value of the schema."""
    return _WORDS.get(key, key.replace("_", " ").capitalize())


def setting_words(name: str, value: object) -> str:
    """What a setting of that dotted name is set to, as the forms have it; a cell goes by its short name."""
    section, _, field = name.partition(".")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    chosen = value in field_info(section, field).choices and name != "model.cell"
    return words(str(value)) if chosen else str(value) or "–"


def commit(widget: QWidget | None) -> None:
    """Hand on what is being typed in `widget`, before a command that has a shortcut takes effect."""
    if isinstance(widget, NumberEditor | NumbersEditor):
        widget.commit()
