"""What was read: the series with its three parts and one window, or the beginning of the text."""

from __future__ import annotations

import html
import math
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QStackedWidget, QWidget

from workbench.answers import ExamplesPreview, SeriesPreview, TextPreview
from workbench.answers import Preview as Shown
from workbench.panels.examples import Examples
from workbench.panels.labels import column, label
from workbench.panels.split_lines import SplitLines
from workbench.panels.window_marks import draw_windows
from workbench.theme import GRID, Theme

_MARGIN = 0.04  # share of the rows that is left free on either side
_PARTS = (("train", "training"), ("validation", "validation"), ("test", "test"))


class Preview(QWidget):
    """Draws either kind of data, and says by colour and word which part is which."""

    split_moved = Signal(int, int)  # first rows of validation and test, where somebody dragged them

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data_preview")
        self.setAccessibleName("Preview of the data")
        self._theme = theme
        self._shown: Shown | None = None
        self._plot = _quiet_plot()
        self.borders = SplitLines(self._plot)
        self.borders.moved.connect(self.split_moved)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setObjectName("data_text")
        self._text.setAccessibleName("Beginning of the data")
        self._empty = QLabel("Nothing has been read yet.")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._examples = Examples(theme)
        self._stack = QStackedWidget()
        for page in (self._empty, self._plot, self._text, self._examples):
            self._stack.addWidget(page)
        self._legend = label("", "small")
        layout = column(self, spacing=2)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._legend)
        self.apply_theme(theme)

    def show_data(self, preview: Shown) -> None:
        """Show what was read."""
        self._shown = preview
        if isinstance(preview, SeriesPreview):
            self._draw(preview)
            self._stack.setCurrentWidget(self._plot)
        elif isinstance(preview, TextPreview):
            self._text.setPlainText(preview.text)
            self._stack.setCurrentWidget(self._text)
        else:
            self._examples.show_examples(preview.examples)
            self._stack.setCurrentWidget(self._examples)
        self._draw_legend(preview)

    def apply_theme(self, theme: Theme) -> None:
        """Take other colours, and more height where numbers take more."""
        self._theme = theme
        self.setFixedHeight(round((12 + 6 * theme.scale) * GRID))
        self._plot.setBackground(theme.plot)
        self._examples.apply_theme(theme)
        font = self._plot.font()
        font.setPixelSize(theme.small - 1)
        self._plot.getAxis("left").setWidth(round(5 * GRID * theme.scale))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setStyle(tickFont=font, tickLength=-3)
            axis.setPen(theme.pen("grid"))
            axis.setTextPen(theme.muted)
        if self._shown is not None:
            self.show_data(self._shown)

    def _draw(self, preview: SeriesPreview) -> None:
        self._plot.clear()
        for (role, _), (x, y) in zip(_PARTS, preview.lines, strict=False):
            pen = self._theme.pen(role)
            pen.setStyle(Qt.PenStyle.SolidLine)
            self._plot.plot(x, y, pen=pen, connect="finite")
        draw_windows(self._plot, preview, self._theme)
        if len(preview.borders) == 2:
            self.borders.show_borders(preview.borders, preview.rows, self._theme)
        self._plot.autoRange(padding=_MARGIN)
        self._show_ticks(preview)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other ticks."""
        super().resizeEvent(event)
        if isinstance(self._shown, SeriesPreview):
            self._show_ticks(self._shown)

    def _show_ticks(self, preview: SeriesPreview) -> None:
        """All names of rows, or every second, every third: as many as do not touch in text of this size."""
        axis, ticks = self._plot.getAxis("bottom"), preview.ticks
        font = QFontMetrics(axis.style["tickFont"])
        needed = max((font.horizontalAdvance(name) for _, name in ticks), default=0) + GRID // 2
        row = (self.width() - self._plot.getAxis("left").width()) / (preview.rows * (1 + 2 * _MARGIN))
        nearest = min((after - before for (before, _), (after, _) in pairwise(ticks)), default=math.inf)
        axis.setTicks([list(ticks[:: max(1, math.ceil(needed / max(nearest * row, 1)))])])

    def _draw_legend(self, preview: Shown) -> None:
        of_one = isinstance(preview, SeriesPreview)
        of_several = isinstance(preview, ExamplesPreview) and any(each.borders for each in preview.examples)
        share = preview.share if isinstance(preview, ExamplesPreview) else ""
        self._legend.setVisible(of_one or of_several or bool(share))
        marks = [(self._theme.pens[role].color, "━", words) for role, words in _PARTS]
        stride = preview.stride if isinstance(preview, SeriesPreview) else 1
        window = f"stride&nbsp;{stride:,}" if stride > 1 else "one&nbsp;window"
        marks += [(self._theme.accent, "▮", window)]
        told = (f'<span style="color:{color}">{mark}</span>&nbsp;{words}' for color, mark, words in marks)
        drawn = html.escape(preview.drawn, quote=False) if isinstance(preview, SeriesPreview) else ""
        keys = "&nbsp; ".join((*(told if of_one or of_several else ()), *filter(None, [share])))
        self._legend.setText("<br>".join(filter(None, (keys, drawn))))


def _quiet_plot() -> pg.PlotWidget:
    plot = pg.PlotWidget()
    plot.setObjectName("data_plot")
    plot.setAccessibleName("The series with its parts")
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return plot
