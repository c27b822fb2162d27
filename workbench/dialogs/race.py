"""The race: choose cells, seeds and a budget; watch the bands; read the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.config import Experiment, FieldInfo, field_info
from engine.race_messages import Place
from workbench.contest import Contest, Terms
from workbench.dialogs.frame import closing_row
from workbench.editors import NumberEditor
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.plots.curves import CurvePlot
from workbench.plots.frame import PictureFrame
from workbench.plots.saving import Cell, Table
from workbench.runbar import duration
from workbench.theme import GRID, Theme

if TYPE_CHECKING:
    from engine.cells import CellSpec

_FIRST = ("elman", "lstm", "gru")  # ticked at first
_SEEDS = FieldInfo("Seeds", "Runs of each cell, each from another start.", minimum=1, maximum=50)
_BUDGET = FieldInfo(
    "Parameters", "Each cell gets as many hidden units as come nearest.", minimum=1, maximum=1e8, scale="log"
)
_HEADINGS = ("Cell", "Units", "Parameters", "Runs", "Validation loss, median", "lowest – highest", "Test", "Seconds")
_HOW = (
    "Several cells on the same data, from the same seeds, with the same number of parameters. The line is the median "
    "over the seeds of the validation loss, the band goes from the lowest to the highest. The best epoch of each run "
    "counts for the table."
)


class RacePicture(PictureFrame):
    """The bands, with the ways out that every picture has."""

    key = "race"
    title = "Validation loss"

    def __init__(self, theme: Theme, contest: Contest) -> None:
        super().__init__()
        self._theme, self._contest = theme, contest
        self._numbers: dict[str, int] = {}
        self._titles: Mapping[str, str] = {}
        self._fills: dict[str, tuple[pg.PlotDataItem, pg.PlotDataItem, pg.FillBetweenItem]] = {}
        self.plot = CurvePlot(theme, bottom="step", left="loss")
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.fit_text(theme)
        self.turn_page()

    def reason(self) -> str:
        """Words until the first score."""
        return "" if self._numbers else "Press Start: each cell's curve is drawn here with the first epochs."

    def begin(self, titles: Mapping[str, str]) -> None:
        """Forget the race before; `titles` are the names of the cells by key."""
        self.plot.remove_curves()
        for low, high, fill in self._fills.values():
            for item in (low, high, fill):
                self.plot.axes.remove(item)
        self._fills.clear()
        self._numbers.clear()
        self._titles = titles
        self.turn_page()

    def refresh(self) -> None:
        """Draw what has come so far."""
        for cell in self._titles:
            band = self._contest.band(cell) if self._contest.field else None
            if band is None or not len(band.steps):
                continue
            if cell not in self._numbers:
                self._add_band(cell)
            self.plot.show_curve(self._titles[cell], band.steps, band.middle, f"{band.middle[-1]:.4g}")
            low, high, _ = self._fills[cell]
            low.setData(band.steps, band.low)
            high.setData(band.steps, band.high)
        self.plot.show_key()
        self.turn_page()

    def table(self) -> Table:
        """One row for each step of each cell."""
        rows: list[tuple[Cell, ...]] = [
            (self._titles[cell], int(step), *map(float, values))
            for cell in self._numbers
            for band in (self._contest.band(cell),)
            for step, *values in zip(band.steps, band.low, band.middle, band.high, strict=True)
        ]
        return ("cell", "step", "lowest", "median", "highest"), rows

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.fit_text(theme)
        self.plot.apply_theme(theme)
        for cell, (_, _, fill) in self._fills.items():
            fill.setBrush(self._brush(cell))

    def _add_band(self, cell: str) -> None:
        number = self._numbers[cell] = list(self._titles).index(cell)
        self.plot.add_curve(self._titles[cell], partial(Theme.series_pen, number=number))
        low, high = (pg.PlotDataItem(pen=pg.mkPen(0, 0, 0, 0)) for _ in range(2))
        fill = pg.FillBetweenItem(low, high, brush=self._brush(cell))
        fill.setZValue(-5)
        for item in (low, high, fill):
            self.plot.axes.add(item)
        self._fills[cell] = (low, high, fill)

    def _brush(self, cell: str) -> pg.QtGui.QBrush:
        color = self._theme.series_pen(self._numbers[cell]).color()
        color.setAlphaF(0.15)
        return pg.mkBrush(color)


class RaceDialog(QDialog):
    """Terms on the left, picture and table on the right. It may stay open while other things are looked at."""

    start_asked = Signal(object)  # Terms
    use_asked = Signal(str, int)  # cell and hidden units of the chosen row

    def __init__(self, contest: Contest, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("race_dialog")
        self.setWindowTitle("Race")
        self.resize(125 * GRID, 84 * GRID)
        self._contest = contest
        self._titles: dict[str, str] = {}
        self._places: list[Place] = []
        self.message = Message("race_message", "Why there is no race")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self.cells = QListWidget()
        self.cells.setObjectName("race_cells")
        self.cells.setAccessibleName("Cells that take part")
        self.seeds = _number("seeds", _SEEDS, 3)
        self.budget = _number("budget", _BUDGET, 1000)
        self.epochs = _number("epochs", field_info("training", "epochs"), 20)
        self.picture = RacePicture(theme, contest)
        self.table = _table()
        self.table.itemSelectionChanged.connect(self._show_use)
        self._progress, self._words = QProgressBar(), label("", "small", "race_words")
        self._start, self._use = _button("Start", "race_start"), _button("Use this cell", "race_use")
        self._start.clicked.connect(self._on_start)
        self._use.clicked.connect(self._on_use)
        self._lay_out()
        contest.moved.connect(self._on_moved)
        contest.ended.connect(self._on_ended)
        self._show_use()

    def offer(self, cells: Sequence[CellSpec], experiment: Experiment, parameters: int) -> None:
        """What can take part, with the settings at hand as terms; a race under way keeps its own."""
        if self._contest.alive:
            return
        for spec in cells if not self.cells.count() else ():
            item = QListWidgetItem(spec.title)
            item.setData(Qt.ItemDataRole.UserRole, spec.key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            chosen = spec.key in (*_FIRST, experiment.model.cell)
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            item.setToolTip(f"<p>{spec.summary} {spec.when_to_use}</p>")
            self.cells.addItem(item)
        self.budget.show_value(parameters or 1000)
        self.epochs.show_value(experiment.training.epochs)

    def refuse(self, text: str) -> None:
        """Say why no race can begin."""
        self.message.say(text)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.picture.apply_theme(theme)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Keys of the cells that are ticked."""
        items = [self.cells.item(at) for at in range(self.cells.count())]
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is _TICKED)

    # --- what a person asks -----------------------------------------------------------------------------

    def _on_start(self) -> None:
        if self._contest.alive:
            self._contest.cancel()
            self._words.setText("ending…")
            return
        self.message.say("")
        terms = self._terms()
        if isinstance(terms, str):
            self.message.say(terms)
            return
        items = [self.cells.item(at) for at in range(self.cells.count())]
        names = {str(item.data(Qt.ItemDataRole.UserRole)): item.text() for item in items}
        self._titles = {cell: names[cell] for cell in terms.cells}
        self.picture.begin(self._titles)
        self.table.setRowCount(0)
        self.start_asked.emit(terms)

    def _terms(self) -> Terms | str:
        """The terms, or why they cannot be."""
        numbers = []
        for editor, info in (
            (self.seeds, _SEEDS), (self.budget, _BUDGET), (self.epochs, field_info("training", "epochs")),
        ):  # fmt: skip
            text = editor.lineEdit().text().replace(",", "").strip()
            if not text.isdigit() or not info.minimum <= int(text) <= info.maximum:
                return f"{info.label} is {text!r}; it takes a whole number from {info.minimum:g} to {info.maximum:g}."
            numbers.append(int(text))
        return Terms(self.chosen, *numbers) if self.chosen else "Tick at least one cell."

    def _on_use(self) -> None:
        place = self._chosen_place()
        if place is not None:
            self.use_asked.emit(place.cell, place.hidden_size)

    # --- what has come ----------------------------------------------------------------------------------

    @Slot()
    def _on_moved(self) -> None:
        contest = self._contest
        self._start.setText("Cancel" if contest.alive else "Start")
        self._start.setAccessibleName(self._start.text())
        for part in (self.cells, self.seeds, self.budget, self.epochs):
            part.setEnabled(not contest.alive)
        self._progress.setValue(round(1000 * contest.share))
        if contest.alive:
            left = f", {duration(contest.seconds_left)} left" if contest.seconds_left else ""
            self._words.setText(f"run {contest.at} of {len(contest.field)}{left}" if contest.at else "preparing…")
        self.picture.refresh()
        if contest.field:
            self._fill(contest.places())

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        self._words.setText(why)

    def _fill(self, places: Sequence[Place]) -> None:
        self._places = list(places)
        self.table.setRowCount(len(places))
        for at, place in enumerate(places):
            for column_at, text in enumerate(_cells(place, self._titles.get(place.cell, place.cell))):
                cell = QTableWidgetItem(text)
                if column_at:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(at, column_at, cell)

    def _chosen_place(self) -> Place | None:
        row = self.table.currentRow()
        return self._places[row] if self.table.selectedItems() and 0 <= row < len(self._places) else None

    def _show_use(self) -> None:
        self._use.setEnabled(self._chosen_place() is not None)
        self._use.setToolTip("Set cell and hidden units as in the chosen row")

    # --- making it --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._progress.setObjectName("race_progress")
        self._progress.setAccessibleName("Progress of the race")
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        terms = QFormLayout()
        terms.setSpacing(GRID)
        for title, editor in (("Seeds", self.seeds), ("Parameters", self.budget), ("Epochs", self.epochs)):
            terms.addRow(title, editor)
        left = column(side := QWidget())
        left.addWidget(label(_HOW, "small"))
        left.addWidget(self.cells, 1)
        left.addLayout(terms)
        left.addWidget(self.message)
        for part in (self._start, self._progress, self._words):
            left.addWidget(part)
        side.setFixedWidth(34 * GRID)
        right = QVBoxLayout()
        right.addWidget(self.picture, 3)
        right.addWidget(self.table, 2)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(side)
        both.addLayout(right, 1)
        layout = column(self, 2 * GRID, GRID)
        layout.addLayout(both, 1)
        foot = closing_row(self, "race")
        foot.addButton(self._use, foot.ButtonRole.ActionRole)
        layout.addWidget(foot)


_TICKED = Qt.CheckState.Checked


def _cells(place: Place, title: str) -> tuple[str, ...]:
    low, middle, high = place.validation
    runs = f"{place.arrived}" + (f" ({place.failed} failed)" if place.failed else "")
    test = f"{place.metric} {place.test[1]:.4g}" if place.metric else ""
    return (
        title, f"{place.hidden_size:,}", f"{place.parameters:,}", runs, _plain(middle),
        f"{_plain(low)} – {_plain(high)}" if not math.isnan(low) else "", test, _plain(place.seconds),
    )  # fmt: skip


def _plain(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _number(name: str, info: FieldInfo, value: int) -> NumberEditor:
    editor = NumberEditor(info, whole=True)
    editor.setObjectName(f"race_{name}")
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    editor.show_value(value)
    return editor


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    return button


def _table() -> QTableWidget:
    table = QTableWidget(0, len(_HEADINGS))
    table.setObjectName("race_table")
    table.setAccessibleName("Result of the race, best cell first")
    table.setHorizontalHeaderLabels(_HEADINGS)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table
