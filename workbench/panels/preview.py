"""What was read: the series with its three parts and one window, or the beginning of the text."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QStackedWidget, QWidget

from workbench.doors.answers import ExamplesPreview, SeriesPreview, TextPreview
from workbench.doors.answers import Preview as Shown
from workbench.looks.theme import GRID, Theme
from workbench.panels.examples import Examples
from workbench.panels.labels import column, label
from workbench.panels.series_picture import SeriesPicture

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
        self.series: SeriesPicture | None = None  # a text has none, and a start does not wait for it
        self._locked = False
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setObjectName("data_text")
        self._text.setAccessibleName("Beginning of the data")
        self._empty = QLabel("Nothing has been read yet.")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._examples = Examples(theme)
        self._stack = QStackedWidget()
        for page in (self._empty, self._text, self._examples):
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
            self._show_series(preview)
        elif isinstance(preview, TextPreview):
            self._text.setPlainText(preview.text)
            self._stack.setCurrentWidget(self._text)
        else:
            self._examples.show_examples(preview.examples)
            self._stack.setCurrentWidget(self._examples)
        self._draw_legend(preview)

    def _show_series(self, preview: SeriesPreview) -> None:
        if self.series is None:
            self.series = SeriesPicture(self._theme)
            self.series.borders.moved.connect(self.split_moved)
            self.series.borders.lock(self._locked)
            self._stack.addWidget(self.series)
        self.series.show_series(preview)
        self._stack.setCurrentWidget(self.series)

    def lock(self, locked: bool) -> None:
        """Let nobody move the borders of a series, or everybody."""
        self._locked = locked
        if self.series is not None:
            self.series.borders.lock(locked)

    def apply_theme(self, theme: Theme) -> None:
        """Take other colours, and more height where numbers take more."""
        self._theme = theme
        self.setFixedHeight(round((12 + 6 * theme.scale) * GRID))
        self._examples.apply_theme(theme)
        if self.series is not None:
            self.series.apply_theme(theme)
        if self._shown is not None:
            self.show_data(self._shown)

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
