"""Windows over a series that is drawn: one in full, and those before it, a stride apart."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from workbench.doors.answers import SeriesPreview
from workbench.looks.theme import Theme

_READ, _SAID = 0.14, 0.3  # how dark the steps of a window are that are read, and that are answered
_BELOW, _APART = 0.08, 0.06  # how far below the series bars lie, and from each other, in shares of its height
_THICK, _MARK = 3, 4  # pixels


def draw_windows(plot: pg.PlotWidget, preview: SeriesPreview, theme: Theme) -> None:
    """The last window of the training part over the series, and below it a bar for it and each of those before."""
    if not preview.starts:
        return
    _draw_one(plot, preview, theme)
    low, high = _range(preview)
    for number, start in enumerate(preview.starts if preview.stride > 1 else ()):
        down = low - (high - low) * (_BELOW + number * _APART)
        read = (start, start + preview.look_back - 1)
        plot.plot(read, (down, down), pen=theme.stroke(theme.color("accent", 0.5), _THICK))
        said = (preview.answer(start), preview.answer(start) + preview.steps - 1)
        pen = theme.stroke(theme.accent, _THICK)
        plot.plot(said, (down, down), pen=pen, symbol="s", symbolSize=_MARK, symbolBrush=theme.accent, symbolPen=None)
    plot.setToolTip(words(preview))


def words(preview: SeriesPreview) -> str:
    """What is drawn."""
    answered = "The line: the step that is answered."
    if preview.steps > 1:
        answered = f"Behind the line: the {preview.steps} steps that are answered."
    said = f"Shaded: one window of {preview.look_back} steps that is read. {answered}"
    if preview.stride > 1:
        said += f" Bars: this window and those before it, {preview.stride} steps apart."
    return said


def _draw_one(plot: pg.PlotWidget, preview: SeriesPreview, theme: Theme) -> None:
    start, answer = preview.starts[0], preview.answer(preview.starts[0])
    _shade(plot, (start, start + preview.look_back - 1), theme.color("accent", _READ))
    plot.addItem(pg.InfiniteLine(answer, pen=theme.pen("accent")))
    if preview.steps > 1:
        _shade(plot, (answer, answer + preview.steps - 1), theme.color("accent", _SAID))


def _shade(plot: pg.PlotWidget, rows: tuple[int, int], color: QColor) -> None:
    shade = pg.LinearRegionItem(rows, movable=False, brush=color, pen=pg.mkPen(None))
    shade.setZValue(-10)
    plot.addItem(shade)


def _range(preview: SeriesPreview) -> tuple[float, float]:
    values = np.concatenate([y for _, y in preview.lines])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
