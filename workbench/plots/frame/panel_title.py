"""The heading of one panel among others: in as many lines as its parts ask for, cut only where one part is too long."""

from __future__ import annotations

import html

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from workbench.looks.theme import GRID, TEXT_SMALL, Theme

_BETWEEN, _WITHIN = " · ", ", "  # parts, and what of a part is kept together where there is room
_BACKWARD = " reverse", " ←"  # how a layer that reads backward is called, and how where that is too long
_AROUND = GRID - 1  # pixels above and below all lines
_LEAST_ROOM = 40


class PanelTitle(pg.LabelItem):
    """Takes the width there is; pyqtgraph's asks for its text's, and the last column is pushed out.

    The lines never grow fewer while the width is the same, so that numbers in them do not make pictures jump.
    """

    def __init__(self) -> None:
        super().__init__("", justify="left")
        self.name = ""
        self._size, self._room, self._lines, self._beside = TEXT_SMALL, _LEAST_ROOM, 0, 0
        self.setFixedHeight(0)

    def updateMin(self) -> None:  # noqa: N802  # pyqtgraph's name
        """Called with every text and every size."""
        super().updateMin()
        self.setMinimumWidth(0)
        self.setPreferredWidth(0)

    def show_name(self, name: str) -> None:
        """Write `name`, whose parts are parted by dots; none takes no room."""
        if name != self.name:
            if not name:
                self._lines = 0
            self.name = name
            self._write()

    def fit(self, width: float) -> None:
        """Break it for a panel of `width` pixels."""
        room = max(int(width) - GRID, _LEAST_ROOM)
        if room != self._room:
            self._room, self._lines = room, 0
            self._write()

    def dress(self, theme: Theme) -> None:
        """Take colour and size of `theme`."""
        self._size, self._lines = theme.small, 0
        self.setAttr("color", theme.text)
        self.setAttr("size", f"{theme.small}px")
        self._write(anew=bool(self.text))

    @property
    def lines(self) -> int:
        """How many it needs."""
        return self._lines

    def spread(self, lines: int) -> None:
        """Break into as many `lines` as a neighbour needs, where it has so many parts."""
        if lines != self._beside:
            self._beside = lines
            self._write()

    def _write(self, *, anew: bool = False) -> None:
        """Lay out another text, or the same `anew`: at each resize of many panels that took as long as two frames."""
        font = QFont()
        font.setPixelSize(self._size)
        metrics = QFontMetrics(font)
        lines: list[str] = []
        whole = self.name.split(_BETWEEN) if self.name else []
        parts = [piece for part in whole for piece in self._pieces(part, metrics)]
        for part in parts:
            longer = _BETWEEN.join((*lines[-1:], part))
            if lines and metrics.horizontalAdvance(longer) <= self._room:
                lines[-1] = longer
            else:
                lines.append(part)
        self._lines = max(self._lines, len(lines))
        if len(lines) < self._beside <= len(parts):
            alone = len(parts) - self._beside + 1  # parts that share the first line
            lines = [_BETWEEN.join(parts[:alone]), *parts[alone:]]
        high = max(self._lines, len(lines))
        self.setFixedHeight(high * metrics.lineSpacing() + _AROUND if high else 0)
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, self._room) for line in lines]
        text = "<br>".join(map(html.escape, shown))
        if anew or text != self.text:
            self.setText(text)
        self.setToolTip(self.name)

    def _pieces(self, part: str, metrics: QFontMetrics) -> list[str]:
        def fits(text: str) -> bool:
            return metrics.horizontalAdvance(text) <= self._room

        pieces = [part] if fits(part) else part.split(_WITHIN)
        return [piece if fits(piece) else piece.replace(*_BACKWARD) for piece in pieces]
