"""What can be done with the chosen runs: the menu of their list, and when each of it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QTreeWidget, QWidget

from workbench.panels.run_rows import COLUMNS
from workbench.runs.records import UNSAVED, RunRecord
from workbench.wording import for_people

_TEXTS = {
    "show": "Draw beside the run at hand",
    "go_on": "Go on with it…",
    "use": "Use its settings",
    "compare": "Compare settings…",
    "note": "Write notes",
    "inside": "Look inside",
    "model": "Use this model…",
    "export": "Export…",
    "folder": "Open folder",
    "delete": "Delete",
}
_TIPS = {
    "go_on": "Train on from its last save, with more epochs where it had trained all",
    "use": "Set everything as in this run",
    "inside": "Show its best weights in every view: they are scored as a run of their own, and nothing is trained",
    "model": "Forecast, classify, write, translate or caption with this run's best weights (Ctrl+U)",
    "export": "Save this run's best weights",
}
_LOCKED = ("go_on", "use", "inside")  # during a run
_OF_WEIGHTS = ("inside", "model", "export")
_NOT_ENDED = "This run is under way. Finish ends it and keeps its best weights."
_ONE_OF_THEM = "These are several runs. Open the row (Right) and choose one of them."
_KEYS = {"show": Qt.Key.Key_Space, "delete": Qt.Key.Key_Delete}


class RunMenu(QMenu):
    """Actions by name, and the columns of the list."""

    refused = Signal(str)  # why what a key stands for cannot be done

    def __init__(self, runs: QTreeWidget, calls: Mapping[str, Callable[[], object]], parent: QWidget) -> None:
        """`calls` is what each action does, by its name."""
        super().__init__(parent)
        self.setObjectName("runs_menu")
        self.by_name: dict[str, QAction] = {}
        for name, text in _TEXTS.items():
            if name == "delete":
                self.addSeparator()
            self._add(name, text, calls[name])
        for name, key in _KEYS.items():
            # The keys mean this only while the list has them: an action's own would be taken by the menu's button, too.
            pressed = QShortcut(QKeySequence(key), runs, context=Qt.ShortcutContext.WidgetShortcut)
            pressed.activated.connect(partial(self._on_key, name))
            self.by_name[name].setText(f"{_TEXTS[name]}\t{QKeySequence(key).toString()}")
        self.by_name["show"].setCheckable(True)
        self.addSeparator()
        self._add_sorting(runs)
        self._add_columns(runs)

    def allow(self, record: RunRecord | None, chosen: Sequence[RunRecord], lock: str) -> None:
        """Switch on what can be done with these now; `lock` is why settings cannot be taken over."""
        there = record is not None
        weights = record is not None and not record.alive and record.saved
        allowed = dict.fromkeys(_TEXTS, there) | {
            "show": bool(chosen),
            "compare": bool(chosen),
            "go_on": record is not None and not lock and record.can_go_on,
            "use": there and not lock,
            "inside": weights and not lock,
            "export": weights,
            "model": weights,
            "folder": record is not None and record.folder is not None and record.folder.is_dir(),
            "delete": bool(chosen) and not any(run.alive for run in chosen),
        }
        unsaved = _NOT_ENDED if record is not None and record.alive else UNSAVED
        off = dict.fromkeys(_OF_WEIGHTS, unsaved if there and not weights else "")
        if chosen and not there:
            off |= dict.fromkeys((name for name in _TEXTS if not allowed[name]), _ONE_OF_THEM)
        off |= {name: lock for name in _LOCKED if lock}
        off["delete"] = _NOT_ENDED if any(run.alive for run in chosen) else ""
        for name, action in self.by_name.items():
            action.setEnabled(allowed[name])
            reason = off.get(name, "")
            action.setToolTip(reason or _TIPS.get(name, _TEXTS[name]))
            action.setProperty("reason", reason or ("" if there else _ONE_OF_THEM if chosen else "no run is chosen"))
        self.by_name["show"].setChecked(bool(chosen) and all(run.shown for run in chosen))

    def _on_key(self, name: str) -> None:
        """As if it was chosen in the menu; where it cannot be, there is no grey entry that says so."""
        action = self.by_name[name]
        if action.isEnabled():
            action.trigger()
        else:
            self.refused.emit(for_people(action.property("reason")))

    def _add(self, name: str, text: str, call: Callable[[], object]) -> None:
        self.by_name[name] = action = self.addAction(text)
        action.setObjectName(f"run_{name}_action")
        action.triggered.connect(lambda _checked=False: call())

    def _add_sorting(self, runs: QTreeWidget) -> None:
        """As by clicks on the headings: once more turns the order around."""
        sorting = self.addMenu("Sort by")
        sorting.setObjectName("runs_sorting")
        sorting.menuAction().setObjectName("runs_sorting_action")
        for place, kind in enumerate(COLUMNS[1:], 1):
            action = sorting.addAction(kind.title)
            action.setObjectName(f"runs_sort_{kind.title.lower()}")
            action.setToolTip(kind.help)
            action.triggered.connect(lambda _checked=False, at=place: _sort(runs, at))

    def _add_columns(self, runs: QTreeWidget) -> None:
        columns = self.addMenu("Columns")
        columns.setObjectName("runs_columns")
        for place, kind in enumerate(COLUMNS[2:], 2):
            action = columns.addAction(kind.title)
            action.setObjectName(f"runs_column_{kind.title.lower()}")
            action.setToolTip(kind.help)
            action.setCheckable(True)
            action.setChecked(kind.first)
            action.toggled.connect(lambda on, at=place: runs.setColumnHidden(at, not on))


def _sort(runs: QTreeWidget, place: int) -> None:
    header, rising = runs.header(), Qt.SortOrder.AscendingOrder
    turned = header.sortIndicatorSection() == place and header.sortIndicatorOrder() is rising
    runs.sortByColumn(place, Qt.SortOrder.DescendingOrder if turned else rising)
