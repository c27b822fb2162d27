"""A text whose symbols are coloured by numbers, with guesses underneath: what one unit makes of what it reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside_records import Floats
from workbench.looks.theme import GRID, TEXT_SMALL, TEXT_TITLE, Theme
from workbench.plots.axes.step_names import visible
from workbench.plots.frame.ink import ink_on

_WIDE, _HIGH, _GUESS, _GAP = 16, 22, TEXT_SMALL + 2, GRID  # pixels: a character, a guess, the gap between lines
_LETTER, _LONGEST = 9, 10  # pixels of each further letter of a word; letters that are shown of one
_MOST_WRITTEN = 2000  # guesses that are kept as they are written, some kB each


class ColouredText(QWidget):
    """Symbols, characters or words, from left to right in as many lines as the width needs."""

    hovered = Signal(object)  # the character under the mouse, None when it has left
    clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._letters: tuple[str, ...] = ()
        self._then = ""  # what follows after them
        self._guesses: tuple[tuple[str, ...], ...] = ()
        self._chances: Floats = np.zeros((0, 0), np.float32)
        self.colors: list[QColor] = []
        self._marked: int | None = None
        self._longest = 1  # letters of a symbol
        self._written: dict[tuple[str, bool], QPixmap] = {}  # guesses, wrong and right: few come again and again
        self._written_for: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setAccessibleName("Text by unit")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(
        self, letters: Sequence[str], guesses: tuple[tuple[str, ...], ...], chances: Floats, then: str = ""
    ) -> None:
        """Show `letters`, after which follows `then`, and `guesses` (T, ·) with their `chances` under each."""
        longest = min(max((len(letter) for letter in letters), default=1), _LONGEST)
        longer = len(letters) != len(self._letters) or longest != self._longest
        self._longest = longest
        self._letters, self._then = tuple(visible(letter) for letter in letters), visible(then)
        self._guesses = tuple(tuple(visible(guess) for guess in row) for row in guesses)
        self._chances = chances
        if longer:
            self.updateGeometry()
        self.update()

    def show_values(self, values: Floats, colors: pg.ColorMap, levels: tuple[float, float]) -> None:
        """Colour the characters by `values` (T,)."""
        low, high = levels
        places = np.clip((np.nan_to_num(values) - low) / max(high - low, 1e-12), 0, 1)
        self.colors = [QColor(*color) for color in colors.map(places, mode="byte").tolist()]
        self.update()

    def mark(self, character: int | None) -> None:
        """Frame one character."""
        self._marked = character
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and size of `theme`."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    # --- room -------------------------------------------------------------------------------------------

    def heightForWidth(self, width: int) -> int:
        """Pixels that all lines need at `width`."""
        lines = -(-len(self._letters) // self._columns(width))
        return lines * self._line + GRID

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def sizeHint(self) -> QSize:
        """As high as the lines are at the present width."""
        return QSize(20 * _WIDE, self.heightForWidth(max(self.width(), 20 * _WIDE)))

    def _pixels(self, usual: int) -> int:
        """With the size of text that there is."""
        return round(usual * self._theme.scale)

    @property
    def _wide(self) -> int:
        return self._pixels(_WIDE + _LETTER * (self._longest - 1))

    @property
    def _line(self) -> int:
        return self._pixels(_HIGH) + int(self._chances.shape[1]) * self._pixels(_GUESS) + _GAP

    def _columns(self, width: int) -> int:
        return max(width // self._wide, 1)

    def _place(self, character: int) -> QRectF:
        line, column = divmod(character, self._columns(self.width()))
        return QRectF(column * self._wide, line * self._line, self._wide, self._pixels(_HIGH))

    # --- drawing ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines that are in sight."""
        with QPainter(self) as painter:
            letters, seen = self._font(TEXT_TITLE + 1), event.rect()
            looks = self._theme, self._wide, self.devicePixelRatioF()
            if looks != self._written_for or len(self._written) > _MOST_WRITTEN:
                self._written.clear()
                self._written_for = looks
            for character, letter in enumerate(self._letters):
                place = self._place(character)
                if place.bottom() + self._line < seen.top() or place.top() > seen.bottom():
                    continue
                self._paint_letter(painter, letters, place, character, letter)
                self._paint_guesses(painter, place, character)
            if self._marked is not None and self._marked < len(self._letters):
                painter.setPen(QPen(self._theme.color("cursor"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(
                    self._place(self._marked).adjusted(0, 0, -1, self._line - self._pixels(_HIGH) - _GAP + 1)
                )

    def _paint_letter(self, painter: QPainter, font: QFont, place: QRectF, character: int, letter: str) -> None:
        ground = self.colors[character] if character < len(self.colors) else self._theme.color("plot")
        painter.fillRect(place, ground)
        painter.setFont(font)
        painter.setPen(ink_on(ground))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _short(letter))

    def _paint_guesses(self, painter: QPainter, place: QRectF, character: int) -> None:
        if character >= len(self._guesses):
            return
        high = self._pixels(_GUESS)
        row = QRectF(place.left(), place.bottom(), self._wide, high)
        right = self._letters[character + 1] if character + 1 < len(self._letters) else self._then
        for guess, chance in zip(self._guesses[character], self._chances[character], strict=True):
            painter.fillRect(row, self._theme.color("good" if guess == right else "muted", 0.6 * float(chance)))
            painter.drawPixmap(row.topLeft(), self._writing(guess, guess == right))
            row.translate(0, high)

    def _writing(self, guess: str, right: bool) -> QPixmap:
        """A guess as it is written into its place: laying out text takes ten times as long as to copy it."""
        key = (guess, right)
        if key not in self._written:
            size, density = QSize(self._wide, self._pixels(_GUESS)), self.devicePixelRatioF()
            picture = QPixmap(size * density)
            picture.setDevicePixelRatio(density)
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as painter:
                painter.setFont(self._font(TEXT_SMALL))
                painter.setPen(self._theme.color("text" if right else "muted"))
                painter.drawText(QRectF(QPointF(), size), Qt.AlignmentFlag.AlignCenter, _short(guess))
            self._written[key] = picture
        return self._written[key]

    def _font(self, usual: int) -> QFont:
        """Of letters of one width, so that lines stand in columns."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._pixels(usual))
        return font

    # --- mouse ------------------------------------------------------------------------------------------

    def _under(self, event: QMouseEvent) -> int | None:
        place = event.position()
        column, line = int(place.x()) // self._wide, int(place.y()) // self._line
        character = line * self._columns(self.width()) + column
        inside = 0 <= column < self._columns(self.width()) and 0 <= character < len(self._letters)
        return character if inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which character is under the mouse."""
        self.hovered.emit(self._under(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which character was clicked."""
        super().mousePressEvent(event)
        under = self._under(event)
        if under is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(under)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse has gone."""
        super().leaveEvent(event)
        self.hovered.emit(None)


def _short(word: str) -> str:
    """A word as far as there is room for it."""
    return word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…"
