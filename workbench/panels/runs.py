"""The runs of this session: what each reached, with which settings, and what can be done with it."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from engine.config import Experiment
from engine.events import RunFailed, RunFinished
from workbench.panels.labels import column, label
from workbench.records import RunRecord
from workbench.theme import GRID

_COLUMNS = ("Run", "Best", "State")


class RunsPanel(QWidget):
    """One row a run. The row's details tell its settings that differ from the defaults."""

    use_asked = Signal(object)  # RunRecord: its settings for the next run
    export_asked = Signal(object)  # RunRecord
    folder_asked = Signal(object)  # RunRecord

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self._settings: list[str] = []  # of each run, in words
        self._list = _list()
        self._list.currentItemChanged.connect(lambda *_: self._show_details())
        self._details = label("Every run is kept here, and in a folder of its own.", "small", "run_details")
        self._use = self._button("Use settings", "run_use", "Set everything as in this run", self.use_asked)
        self._export = self._button("Export…", "run_export", "Save this run's best weights", self.export_asked)
        self._folder = self._button("Open folder", "run_folder", "Show this run's files", self.folder_asked)
        layout = column(self, GRID)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._details)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self._use, self._export, self._folder):
            buttons.addWidget(button)
        layout.addLayout(buttons)
        self._lock = ""
        self._show_details()

    def add(self, record: RunRecord) -> None:
        """A run has begun."""
        self._records.append(record)
        self._settings.append(different_settings(record.experiment))
        item = QTreeWidgetItem([record.name, "", ""])
        self._list.addTopLevelItem(item)
        self._list.setCurrentItem(item)
        self.refresh(record)

    def refresh(self, record: RunRecord) -> None:
        """A run has begun or ended."""
        self.show_best(record)
        if record is self.current:
            self._show_details()

    def show_best(self, record: RunRecord) -> None:
        """A run has moved: what it reached, in the list and in the details."""
        item = self._list.topLevelItem(self._records.index(record))
        assert item is not None
        item.setText(0, f"{record.number}  {record.name}")
        item.setText(1, "" if math.isnan(record.best_metric) else f"{record.best_metric:.4g}")
        item.setText(2, _state(record))
        item.setToolTip(1, _best(record))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if record is self.current:
            self._show_words()

    def lock(self, reason: str) -> None:
        """Settings cannot be taken over now."""
        self._lock = reason
        self._show_details()

    @property
    def current(self) -> RunRecord | None:
        """The chosen run."""
        index = self._list.currentIndex().row()
        return self._records[index] if 0 <= index < len(self._records) else None

    def _show_details(self) -> None:
        record = self.current
        self._show_words()
        self._use.setEnabled(record is not None and not self._lock)
        self._use.setToolTip(self._lock or "Set everything as in this run")
        self._export.setEnabled(record is not None and record.outcome is not None and record.saved)
        self._folder.setEnabled(record is not None and record.folder is not None and record.folder.is_dir())

    def _show_words(self) -> None:
        record = self.current
        if record is not None:
            lines = (_best(record), _tested(record), self._settings[self._records.index(record)])
            self._details.setText("<br>".join(filter(None, lines)))

    def _button(self, text: str, name: str, tip: str, signal: Any) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.rstrip("…"))
        button.setToolTip(tip)
        button.clicked.connect(lambda: signal.emit(self.current))
        return button


def different_settings(experiment: Experiment) -> str:
    """Model and training settings that are not the defaults."""
    values, defaults = experiment.to_dict(), Experiment().to_dict()
    changed = [
        f"{name} {value}".replace("_", " ")
        for section in ("model", "training")
        for name, value in values[section].items()
        if value != defaults[section][name]
    ]
    return " · ".join(changed) or "default settings"


def _list() -> QTreeWidget:
    made = QTreeWidget()
    made.setObjectName("runs_list")
    made.setAccessibleName("Runs of this session")
    made.setHeaderLabels(_COLUMNS)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for section in (1, 2):
        header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
    return made


def _state(record: RunRecord) -> str:
    if record.outcome is None:
        return "running"
    return "failed" if isinstance(record.outcome, RunFailed) else record.outcome.reason


def _tested(record: RunRecord) -> str:
    """What the best weights reach on the test part, and the best of the baselines."""
    if not isinstance(record.outcome, RunFinished) or not record.outcome.test_metrics:
        return ""
    scores = ", ".join(f"{name} {value:.4g}" for name, value in record.outcome.test_metrics)
    baselines = sorted(record.outcome.test_baselines, key=lambda item: item[1])
    against = "; ".join(f"{name} {value:.4g}" for name, value in baselines[:3])
    return f"<b>test: {scores}</b>" + (f"<br>baselines: {against}" if against else "")


def _best(record: RunRecord) -> str:
    if math.isinf(record.best_loss):
        return "not scored yet"
    metric = record.started.metric if record.started else "metric"
    return f"best validation loss {record.best_loss:.4g}, {metric} {record.best_metric:.4g}"
