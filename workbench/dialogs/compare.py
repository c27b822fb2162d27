"""Runs side by side: what they reached, and the settings in which they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QTableWidget, QTableWidgetItem, QWidget

from engine.config import Experiment, field_info, field_names
from engine.events import RunFinished
from workbench.dialogs.frame import Dialog, closing_row
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label
from workbench.runs.records import RunRecord
from workbench.widgets.reading_table import ReadingTable
from workbench.wording import score_words, setting_words


@dataclass(frozen=True, slots=True)
class Side:
    """One column: a run, or the settings at hand."""

    title: str
    experiment: Experiment
    record: RunRecord | None = None


class CompareDialog(Dialog):
    """A table with one column a run; rows that are the same everywhere are left out until they are asked for."""

    def __init__(self, sides: Sequence[Side], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_dialog")
        self.setWindowTitle("Compare settings")
        self.resize_for_text(90 * GRID, 60 * GRID)
        self._sides, self._theme = sides, theme
        self._all = QCheckBox("Show settings that are the same, too")
        self._all.setObjectName("compare_all")
        self._all.setAccessibleName(self._all.text())
        self._all.toggled.connect(self._fill)
        self._words = label("", "muted", "compare_words")
        self.table = _table([side.title for side in sides])
        layout = column(self, 2 * GRID, GRID)
        for part in (self._words, self.table, self._all):
            layout.addWidget(part)
        layout.addWidget(closing_row(self, "compare"))
        self._fill()

    def _fill(self) -> None:
        settings = [_settings(side.experiment) for side in self._sides]
        different = [name for name in settings[0] if len({side[name] for side in settings}) > 1]
        names = list(settings[0]) if self._all.isChecked() else different
        results = [_results(side.record) for side in self._sides]
        rows = [(name, [found.get(name, "") for found in results]) for name in _merged(results)]
        count = len(rows)
        rows += [(_title(name), [side[name] for side in settings]) for name in names]
        self._words.setText(_summary(len(different)))
        self.table.setRowCount(len(rows))
        for at, (title, values) in enumerate(rows):
            self.table.setVerticalHeaderItem(at, QTableWidgetItem(title))
            marked = at >= count and len(set(values)) > 1
            for place, value in enumerate(values):
                self.table.setItem(at, place, self._cell(value, marked))
        self.table.resizeColumnsToContents()

    def _cell(self, text: str, marked: bool) -> QTableWidgetItem:
        cell = QTableWidgetItem(text)
        cell.setToolTip(text)
        if marked:
            color = QColor(self._theme.accent)
            color.setAlphaF(0.12)
            cell.setBackground(color)
        return cell


_BY_STEP = ("RMSE", "MAE", "MASE")  # told for each step ahead


def _settings(experiment: Experiment) -> dict[str, str]:
    values = experiment.to_dict()
    return {name: setting_words(name, values[name.partition(".")[0]][name.partition(".")[2]]) for name in field_names()}


def _results(record: RunRecord | None) -> Mapping[str, str]:
    """What a run reached, as far as it is known."""
    if record is None:
        return {}
    found = {"Ended": record.standing}
    if not math.isnan(record.best_metric):
        found[f"Best {record.metric}, validation"] = f"{record.best_metric:.5g}"
        found["Best loss, validation"] = f"{record.best_loss:.5g}"
    if isinstance(record.outcome, RunFinished):
        scores = ((score_words(name), value) for name, value in record.outcome.test_metrics)
        found |= {f"{name[:1].upper()}{name[1:]}, test": f"{value:.5g}" for name, value in scores}
        for row in record.outcome.by_step:
            found |= {f"{n}, {row['step']:.0f} ahead, test": f"{row[n]:.5g}" for n in _BY_STEP if n in row}
        found["Best epoch"] = str(record.outcome.best_epoch)
        found["Training time"] = _time_words(record.outcome.seconds)
    if record.started and record.started.parameters:
        found["Parameters"] = f"{record.started.parameters:,}"
    return found | ({"Notes": record.notes} if record.notes else {})


def _time_words(seconds: float) -> str:
    return f"{seconds:,.1f} s" if seconds >= 1 else f"{seconds:.2g} s"


def _merged(results: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for found in results for name in found))


def _title(name: str) -> str:
    section, _, field = name.partition(".")
    return f"{field_info(section, field).label}  ({section})"


def _summary(different: int) -> str:
    if not different:
        return "All settings are the same."
    return f"{different} setting{'s' if different > 1 else ''} differ{'' if different > 1 else 's'}."


def _table(titles: Sequence[str]) -> QTableWidget:
    table = ReadingTable("compare_table", "Results and settings, one column a run", len(titles))
    table.setHorizontalHeaderLabels(list(titles))
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
