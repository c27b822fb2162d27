"""A box of choices that shows where the words of its choice do not fit."""

from __future__ import annotations

from itertools import takewhile

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

_BETWEEN = " · "  # parts of a name
_AIR = 4  # pixels about what is chosen


class ElidedBox(QComboBox):
    """Ends in an ellipsis where Qt's own cuts a letter in two."""

    cut = Qt.TextElideMode.ElideRight

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and as much of the text as fits."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text(option)
        with QStylePainter(self) as painter:
            assert isinstance(painter, QStylePainter)  # stub: a plain QPainter
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def shown_text(self, option: QStyleOptionComboBox) -> str:
        """What is written of the choice."""
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        metrics, text = self.fontMetrics(), self.currentText()
        if metrics.horizontalAdvance(text) > room.width() - 2:
            text = self.shorter()
        return metrics.elidedText(text, self.cut, room.width() - 2)

    def shorter(self) -> str:
        """What is written where there is no room for the choice."""
        return self.currentText()

    @property
    def spare(self) -> int:
        """Pixels that other choices need more than what is chosen."""
        advance = self.fontMetrics().horizontalAdvance
        longest = max((advance(self.itemText(place)) for place in range(self.count())), default=0)
        return max(longest - advance(self.shorter()) - _AIR, 0)


class NamesBox(ElidedBox):
    """Names of parameters and layers, which begin alike: what tells them apart stays."""

    cut = Qt.TextElideMode.ElideMiddle

    def shorter(self) -> str:
        """Without the parts that all choices begin with."""
        names = [self.itemText(place).split(_BETWEEN)[:-1] for place in range(self.count())]
        alike = list(takewhile(lambda parts: len(set(parts)) == 1, zip(*names, strict=False)))
        return _BETWEEN.join(self.currentText().split(_BETWEEN)[len(alike) :])
