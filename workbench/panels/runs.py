"""The runs, of this session and of earlier ones: what each reached, how it was set up, and what can be done with it."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QToolButton,
    QTreeWidgetItem,
    QWidget,
)

from engine.storage.contest_file import Membership
from workbench.looks.theme import GRID, Theme
from workbench.panels.about_run import AboutRun
from workbench.panels.labels import column
from workbench.panels.message import Message
from workbench.panels.run_filter import RunFilter
from workbench.panels.run_group import GroupRow, best_of
from workbench.panels.run_list import runs_list
from workbench.panels.run_menu import RunMenu
from workbench.panels.run_rows import COLUMNS, EYE, Row, RunRow
from workbench.runs.records import RunRecord

_BUTTONS = (
    ("model", "Use this model…"), ("go_on", "Go on…"), ("use", "Use settings"), ("export", "Export…"),
)  # fmt: skip
_EMPTY = "Every run is kept here, and in a folder of its own."
_NONE = "No run is chosen. Click one to read what it reached and how it was set up."
_NOT_FOUND = "No run holds every word that is looked for. Empty the line above the list to see all."


class RunsPanel(QWidget):
    """One row a run. The row's details tell its settings that differ from the defaults."""

    go_on_asked = Signal(object)  # RunRecord: train on where it was
    use_asked = Signal(object)  # RunRecord: its settings for the next run
    inside_asked = Signal(object)  # RunRecord: its best weights in the views
    export_asked = Signal(object)  # RunRecord
    model_asked = Signal(object)  # RunRecord: ask its best weights something
    folder_asked = Signal(object)  # RunRecord
    compare_asked = Signal(object)  # list of RunRecord: say how their settings differ
    delete_asked = Signal(object)  # list of RunRecord
    bring_back_asked = Signal()
    noted = Signal(object, str)  # RunRecord and what a person wrote
    shown_changed = Signal()  # other runs are to be drawn beside the one at hand

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lock = ""
        self._list = runs_list()
        self._rows = self._list.rows  # by the record's number
        self._filter = RunFilter(self._list)
        self._about = AboutRun()
        self.message = Message("runs_message", "What was deleted", "notice", "Bring back")
        self.left_out = Message("runs_left_out", "Runs that cannot be listed", "notice")
        self.menu = self._make_menu()
        self._lay_out()
        self._connect()
        self._show_details()

    # --- what the window tells --------------------------------------------------------------------------

    def add(self, record: RunRecord) -> None:
        """A run has begun, goes on, or was found on disk."""
        if record.number in self._rows:
            self._list.choose(self._rows[record.number])
            self.refresh(record)
            return
        self._list.put([record], self._theme)
        self._list.tell_apart(self._theme)
        self._filter.apply()
        self._rows[record.number].setHidden(False)  # a run that begins is seen, whatever is looked for
        self._list.choose(self._rows[record.number])
        self._show_details()

    def add_earlier(self, records: Sequence[RunRecord]) -> None:
        """Runs of earlier sessions."""
        self._list.setSortingEnabled(False)
        self._list.put(records, self._theme)
        self._list.setSortingEnabled(True)
        self._list.tell_apart(self._theme)
        self._filter.apply()
        self._show_details()

    def bring_back(self, records: Sequence[RunRecord]) -> None:
        """Runs that were deleted are here again, and chosen; of several of a race or a sweep, that."""
        self.add_earlier(records)
        last = self._rows[records[-1].number]
        group = last.parent() if len(records) > 1 else None
        row = group if isinstance(group, GroupRow) and not group.isExpanded() else last
        row.setHidden(False)
        self._list.choose(row)

    def show_runs(self, kept: Collection[Membership]) -> bool:
        """Choose these runs of a race or a sweep, with the keys at the best of them; whether there is one."""
        rows = [row for row in self._rows.values() if row.record.of in kept]
        if not rows:
            return False
        best = best_of([row.record for row in rows])
        self._list.choose_all(rows, self._rows[best.number] if best else rows[0])
        self._list.setFocus()
        return True

    def offer_back(self, deleted: Sequence[RunRecord]) -> None:
        """What was deleted last can be brought back."""
        words = [f"Run {record.number}, {record.name}, was deleted." for record in deleted]
        self.message.say(f"{len(words)} runs were deleted." if len(words) > 1 else "".join(words))
        self._list.undoes = bool(words)

    def drop(self, *records: RunRecord) -> None:
        """Runs are no longer here."""
        for record in records:
            self._about.forget(record)
        with QSignalBlocker(self._list):  # for a moment none is chosen, and notes that have the keys would be hidden
            self._list.take(records, self._theme)
            self._list.tell_apart(self._theme)
            self._filter.apply()
            current: QTreeWidgetItem | None = self._list.currentItem()
            if current is not None and not current.isHidden() and not self._list.selectedItems():
                current.setSelected(True)  # of which the details tell
        if any(record.shown for record in records):
            self.shown_changed.emit()
        self._show_details()

    def refresh(self, record: RunRecord) -> None:
        """A run has moved or ended."""
        row = self._rows.get(record.number)
        if row is not None and row.refresh(self._theme):
            if isinstance(group := row.parent(), GroupRow):
                group.refresh(self._theme)
            if record is self.current:
                self._show_details()

    def note_at_hand(self, record: RunRecord | None) -> None:
        """The views show this run, or none."""
        self._list.note_at_hand(record, self._theme)

    def lock(self, reason: str) -> None:
        """Settings cannot be taken over now."""
        self._lock = reason
        self._show_details()

    def apply_theme(self, theme: Theme) -> None:
        """Eyes in other colours and sizes."""
        self._theme = theme
        self._list.setIconSize(theme.icon)
        for row in (*self._rows.values(), *self._list.groups.values()):
            row.show_eye(theme)

    # --- what is chosen ---------------------------------------------------------------------------------

    @property
    def current(self) -> RunRecord | None:
        """The chosen run; of several the one that the keys are at."""
        return self._list.current_run

    @property
    def chosen(self) -> list[RunRecord]:
        """All chosen runs, from the top."""
        return self._list.chosen

    def state_of(self, record: RunRecord) -> str:
        """What the list says of where a run is."""
        return self._rows[record.number].text(3)

    def show_beside(self, record: RunRecord, shown: bool) -> None:
        """Open or shut the eye of a run."""
        self._show_all([record], shown)

    def _show_all(self, records: Collection[RunRecord], shown: bool) -> None:
        if self._list.open_eyes(records, shown, self._theme):
            self._allow()
            self.shown_changed.emit()

    # --- making it --------------------------------------------------------------------------------------

    def _make_menu(self) -> RunMenu:
        ask = {
            "go_on": self.go_on_asked, "use": self.use_asked, "inside": self.inside_asked, "model": self.model_asked,
            "export": self.export_asked, "folder": self.folder_asked,
        }  # fmt: skip
        calls: dict[str, Callable[[], object]] = {name: partial(self._ask, asked.emit) for name, asked in ask.items()}
        calls["show"], calls["note"] = self._toggle_chosen, self._about.notes.setFocus
        calls["compare"] = lambda: self.compare_asked.emit(self.chosen)
        calls["delete"] = lambda: self.delete_asked.emit(self.chosen)
        return RunMenu(self._list, calls, self)

    def _lay_out(self) -> None:
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(3 * GRID)
        for place in range(len(COLUMNS)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._buttons = {name: _button(text, f"run_{name}", self.menu.by_name[name]) for name, text in _BUTTONS}
        self._more = QToolButton()
        self._more.setText("⋯")
        self._more.setProperty("role", "more")
        self._more.setObjectName("run_more")
        self._more.setAccessibleName("More to do with the run")
        self._more.setToolTip("Compare, notes, folder, delete, columns")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self.menu)
        layout = column(self, GRID)
        for part in (self._filter, self._list, self.message, self.left_out, self._about):
            layout.addWidget(part, 1 if part is self._list else 0)
        model, *others = self._buttons.values()
        for row in ((model, self._more), others):
            buttons = QHBoxLayout()
            buttons.setSpacing(GRID // 2)
            for button in row:
                buttons.addWidget(button, 0 if button is self._more else 1)
            layout.addLayout(buttons)

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._show_details)
        self._list.currentItemChanged.connect(self._show_details)
        self._list.itemSelectionChanged.connect(self._show_details)
        self._list.itemClicked.connect(self._on_clicked)
        self._list.itemDoubleClicked.connect(self._on_double_clicked)
        self._list.customContextMenuRequested.connect(self._on_menu)
        self._about.noted.connect(self._on_noted)
        self.message.acted.connect(self._list.setFocus)  # before the button with the keys is hidden
        self.message.acted.connect(self.bring_back_asked)
        self._list.undo_asked.connect(self.bring_back_asked)
        self.message.dismissed.connect(partial(self.offer_back, ()))
        self.left_out.dismissed.connect(partial(self.left_out.say, ""))

    # --- what is shown and asked ------------------------------------------------------------------------

    def _show_details(self) -> None:
        self._about.show_run(self.current, self._nothing())
        self._allow()

    def _allow(self) -> None:
        self.menu.allow(self.current, self.chosen, self._lock)
        for name, button in self._buttons.items():
            button.setEnabled(self.menu.by_name[name].isEnabled())
            button.setToolTip(self.menu.by_name[name].toolTip())

    def _nothing(self) -> str:
        """What stands in place of details."""
        if group := self._list.current_group:
            return html.escape(group.words, quote=False)
        if not self._rows:
            return _EMPTY
        return _NOT_FOUND if all(row.isHidden() for row in self._rows.values()) else _NONE

    def _ask(self, emit: Callable[[RunRecord], object]) -> None:
        if self.current is not None:
            emit(self.current)

    def _toggle_chosen(self) -> None:
        self._toggle(self.chosen)

    def _toggle(self, records: Sequence[RunRecord]) -> None:
        self._show_all(records, not all(record.shown for record in records))

    def _on_clicked(self, row: QTreeWidgetItem, place: int) -> None:
        if place == EYE and isinstance(row, Row):
            self._toggle(row.records)

    def _on_double_clicked(self, row: QTreeWidgetItem, place: int) -> None:
        if place != EYE and isinstance(row, RunRow):  # a group is opened, or closed
            self._toggle(row.records)

    def _on_menu(self, place: QPoint) -> None:
        self.menu.popup(self._list.viewport().mapToGlobal(place))

    def _on_noted(self, record: RunRecord, text: str) -> None:
        self.noted.emit(record, text)
        self.refresh(record)


def _button(text: str, name: str, action: QAction) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.rstrip("…"))
    button.clicked.connect(action.trigger)
    return button
