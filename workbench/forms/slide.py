"""A slider beside a number: for settings that one turns to see what they do."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

from engine.config import FieldInfo
from workbench.spoken import name_with

_PLACES = 200


class Slide(QSlider):
    """The range that is of use of a number that may lie beyond it; on a logarithmic scale each place is a ratio."""

    shown = Signal(float)  # a value while it is dragged
    edited = Signal(object)  # a value that it was left at

    def __init__(self, info: FieldInfo, whole: bool) -> None:
        """For a field that has a range to slide over."""
        super().__init__(Qt.Orientation.Horizontal)
        assert info.slides is not None
        self._name = f"{info.label}, as a slider"
        self._low, self._high = info.slides
        self._ratio, self._whole = info.scale == "log", whole
        self.setRange(0, _PLACES)
        self.setPageStep(_PLACES // 10)
        self.setTracking(False)  # data are made anew when it is let go of, not on the way
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sliderMoved.connect(lambda place: self.shown.emit(self.value_at(place)))
        self.valueChanged.connect(self._on_left)
        self._say(self.value_at(0))

    def value_at(self, place: int) -> float:
        """What a place stands for."""
        part = place / _PLACES
        value = self._low * (self._high / self._low) ** part if self._ratio else self._low + part * self._spread
        return float(round(value)) if self._whole else round(value, 3)

    def show_value(self, value: float) -> None:
        """Go to the place that is nearest, without saying so."""
        with QSignalBlocker(self):
            self.setValue(round(_PLACES * self._part(value)))
        self._say(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a form scrolls the form; only what has focus is turned."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_left(self, place: int) -> None:
        self._say(self.value_at(place))
        self.edited.emit(self.value_at(place))

    def _say(self, value: float) -> None:
        name_with(self, self._name, f"{value:.12g}")

    def _part(self, value: float) -> float:
        """How far along a value lies, from 0 to 1; one beyond an end lies there."""
        value = min(max(value, self._low), self._high)
        if self._ratio:
            return math.log(value / self._low) / math.log(self._high / self._low)
        return (value - self._low) / self._spread

    @property
    def _spread(self) -> float:
        return self._high - self._low
