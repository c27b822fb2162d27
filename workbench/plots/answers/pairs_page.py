"""What was read, what was wanted, what was written; and a picture of the pair that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidgetItem,
    QWidget,
)

from engine.events import Probe
from engine.prediction_records import PairsPrediction, WrittenPair
from workbench.looks.theme import GRID
from workbench.plots.answers.attention_matrix import AttentionMatrix
from workbench.plots.answers.page import AnswerPage
from workbench.plots.answers.pair_pictures import GreyPicture, PianoRoll, thumbnail
from workbench.plots.answers.verdict import judge, verdict
from workbench.plots.frame.saving import Table
from workbench.widgets.shared_columns import SharedColumns
from workbench.wording import notes_unbroken

_NOTHING = "(nothing)"  # was written before the stop
_THUMBNAIL = 24  # pixels of a picture in its row
_LEAST_ROWS = 2  # in a small place
_LINES = 6  # of a pair at most; the rest is in its tip


class _Aired(QStyledItemDelegate):
    """Leaves air above and below a text of several lines, which else touches the lines between the rows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Some more than the text needs."""
        return super().sizeHint(option, index).grownBy(QMargins(0, GRID // 4, 0, GRID // 4))


class PairsPage(AnswerPage):
    """A table of held-out pairs, and the picture of the chosen one beside it."""

    draws = PairsPrediction

    def build(self) -> None:
        """Table and picture side by side; small places show the picture below."""
        self._shown: PairsPrediction | None = None
        title = "Held-out pairs: what was read, what was wanted, what the network writes"
        self.rows = SharedColumns("written_pairs", title, 3, beside={2: 1})
        self.rows.setItemDelegate(_Aired(self.rows))
        self.rows.setWordWrap(not self.compact)
        if not self.compact:
            self.rows.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.rows.setIconSize(QSize(_THUMBNAIL, _THUMBNAIL))
        self.rows.currentCellChanged.connect(lambda row, *_: self._choose(row))
        self.matrix, self.roll, self.picture = (
            AttentionMatrix(self.theme),
            PianoRoll(self.theme),
            GreyPicture(self.theme),
        )
        self.nothing = QLabel("This network has no attention: it writes from its last state alone.")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("role", "small")
        self.pictures = QStackedWidget()
        for each in self._all():
            self.pictures.addWidget(each)
        self.matrix.hovered.connect(self.read)
        parts = QSplitter(Qt.Orientation.Vertical if self.compact else Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.rows)
        parts.addWidget(self.pictures)
        parts.setSizes([1000, 3000] if self.compact else [1000, 1000])  # in shares: below the first pairs the picture
        self.column.addWidget(parts, 1)

    def _all(self) -> tuple[QWidget, ...]:
        return (self.matrix, self.roll, self.picture, self.nothing)

    def draw(self, prediction: Probe) -> None:
        """Other answers; the same pair stays chosen."""
        assert isinstance(prediction, PairsPrediction)
        self._shown = prediction
        chosen = max(self.rows.currentRow(), 0)
        self.rows.setHorizontalHeaderLabels(["read", prediction.target, "written"])
        self._fit_rows(any(pair.image is not None for pair in prediction.pairs))
        self.rows.setRowCount(len(prediction.pairs))
        for row, pair in enumerate(prediction.pairs):
            self._fill(row, pair, prediction.tunes)
        self.rows.share_width()
        self.rows.setCurrentCell(min(chosen, len(prediction.pairs) - 1), 0)
        self._choose(self.rows.currentRow())

    def _fit_rows(self, pictures: bool) -> None:
        """For text of the present size: some lines of a pair, in a small place one, and two pairs at least."""
        line, header = self.rows.fontMetrics().lineSpacing(), self.rows.verticalHeader()
        if not self.compact:
            header.setMaximumSectionSize(_LINES * line + GRID)
            return
        high = max(line + GRID // 2, _THUMBNAIL if pictures else 0)
        header.setDefaultSectionSize(high)
        above = self.rows.horizontalHeader().sizeHint().height() + 2 * self.rows.frameWidth()
        self.rows.setMinimumHeight(above + _LEAST_ROWS * high)

    def _fill(self, row: int, pair: WrittenPair, tunes: bool) -> None:
        texts = pair.source, pair.wanted, pair.written
        if tunes:  # a pitch of 69 says nothing to who reads it
            texts = pair.source, notes_unbroken(pair.wanted_notes), notes_unbroken(pair.written_notes)
        texts = *texts[:2], texts[2] or _NOTHING
        read, _, written = items = tuple(map(QTableWidgetItem, texts))
        for column, item in enumerate(items):
            item.setToolTip(item.text())
            self.rows.setItem(row, column, item)
        if pair.image is not None:  # its numbers say nothing to who looks
            read.setText("")
            read.setData(Qt.ItemDataRole.AccessibleTextRole, pair.source)
            read.setIcon(thumbnail(pair.image, _THUMBNAIL, self.theme))
        if not tunes:  # there is no right one
            judge(written, texts[2], pair.written == pair.wanted, self.theme)

    def _choose(self, row: int) -> None:
        if self._shown is None or not 0 <= row < len(self._shown.pairs):
            return
        self._paint(self._shown.pairs[row], self._shown.tunes)

    def _paint(self, pair: WrittenPair, tunes: bool) -> None:
        if tunes:
            self.roll.show_tunes(pair.written_notes, pair.wanted_notes)
            self.pictures.setCurrentWidget(self.roll)
        elif pair.image is not None:
            self.picture.show_image(pair.image)
            self.pictures.setCurrentWidget(self.picture)
        elif pair.attention is not None:
            self.matrix.show_weights(pair.attention, pair.read, pair.steps)
            self.pictures.setCurrentWidget(self.matrix)
        else:
            self.pictures.setCurrentWidget(self.nothing)

    def clear(self) -> None:
        """No pairs."""
        self._shown = None
        self.leave()
        self.rows.setRowCount(0)
        self.pictures.setCurrentWidget(self.nothing)

    def recolour(self) -> None:
        """Pictures and words."""
        for each in (self.matrix, self.roll, self.picture):
            each.apply_theme(self.theme)
        if self._shown is not None:
            self.draw(self._shown)

    def walk(self, across: int, down: int) -> bool:
        """From cell to cell of the attention, where that is shown."""
        return self.matrix.isVisible() and self.matrix.walked.walk(across, down, self.matrix.weights.shape)

    def leave(self) -> None:
        """No cell."""
        self.matrix.walked.leave()

    def table(self, prediction: Probe) -> Table:
        """One row for each pair."""
        assert isinstance(prediction, PairsPrediction)
        header = ("read", prediction.target, "written")
        rows = [(pair.source, pair.wanted, pair.written) for pair in prediction.pairs]
        if prediction.tunes:
            return header, rows
        return (*header, "right or wrong"), [(*row, verdict(row[1] == row[2])) for row in rows]
