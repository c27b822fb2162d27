"""What every live view has: when it draws, what it says while it is empty, and the ways out of its picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.events import Probe, RunStarted, Snapshot, SnapshotRequest
from workbench.history import History
from workbench.plots.saving import SaveError, Table, csv_text, picture, png_bytes, save, svg_bytes
from workbench.plots.table_twin import TableTwin
from workbench.plots.time_cursor import TimeCursor
from workbench.theme import GRID, Theme


class LiveView(QWidget):
    """One question about the network while it learns, answered by a picture.

    A view is one file in this folder: a subclass with the class attributes below and `build`, `draw`,
    `draw_history`, `clear`, `recolour`, `reason` and `table` as far as it needs them. It is found by its file.

    For the window: hand every snapshot to `show_snapshot`, the history to `show_history`; call `reset` when a run
    begins, `show_start` when it says `RunStarted`, `apply_theme` when the theme changes. Ask for the `probes` of
    views that are `active`, and let each `refine` the request. A view that is hidden, minimised or held draws
    nothing; it catches up when it is seen.
    """

    key = ""  # stable: layouts and tests know the view by it
    title = ""
    order = 1000  # place among the views, rising
    question = ""  # the one sentence it answers
    probes: frozenset[str] = frozenset()  # what it needs of a snapshot
    waiting = "Press Run (F5): the picture appears with the first batches."

    needs_changed = Signal()  # what it would ask for is different now
    notice = Signal(str)  # a sentence for the status bar

    def __init__(
        self, theme: Theme, cursor: TimeCursor | None = None, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        """`compact` leaves out controls and second pictures, for a small place such as the overview."""
        super().__init__(parent)
        self.theme, self.compact = theme, compact
        self.time = cursor or TimeCursor(self)
        self.start: RunStarted | None = None
        self.snapshot: Snapshot | None = None
        self.history: History | None = None
        self._measured: dict[str, Probe] = {}
        self._built = self._held = False
        self._behind: set[str] = set()
        self.setObjectName(f"view_{self.key}" + ("_compact" if compact else ""))
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.question)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._frame()
        self._say_why_empty()

    # --- for the window ---------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """True when somebody can see it change: only then does it need anything."""
        return self.on_screen and not self._held

    @property
    def on_screen(self) -> bool:
        """True when some part of it is visible."""
        return self.isVisible() and not self.window().isMinimized() and not self.visibleRegion().isEmpty()

    def refine(self, request: SnapshotRequest) -> SnapshotRequest:
        """A chance to set what only this view has a control for, such as the sampling temperature."""
        return request

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw what was measured, now or when the view is next seen. Older steps may follow newer ones."""
        mine = {name: value for name, value in snapshot.values if name in self.probes}
        if mine:
            self.snapshot = snapshot
            self._measured |= mine
            self._catch_up("snapshot")

    def show_history(self, history: History) -> None:
        """Draw the scalars of the run, now or when the view is next seen. `history` may go on growing."""
        self.history = history
        self._catch_up("history")

    def show_start(self, start: RunStarted) -> None:
        """Learn what the run measures and has to beat."""
        self.start = start
        self._catch_up("history" if self.history else "")

    def reset(self) -> None:
        """Forget the last run: a new one begins."""
        self.start, self.snapshot, self.history = None, None, None
        self._measured.clear()
        self._behind.clear()
        if self._built:
            self.clear()
            self._say_why_empty()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`, now or when the view is next seen."""
        self.theme = theme
        self._catch_up("theme")

    def hold(self, held: bool) -> None:
        """Keep the picture as it is while the run goes on, or let go and catch up."""
        self._held = held
        self._hold_action.setChecked(held)
        self._badge.setText("held" if held else "")
        self.needs_changed.emit()
        self._catch_up()

    # --- for the views ----------------------------------------------------------------------------------

    def build(self) -> None:
        """Make the widgets, once, into `body`; called when the view is first seen."""

    def draw(self, snapshot: Snapshot) -> None:
        """Show `snapshot`, which holds at least one of the `probes`."""

    def draw_history(self, history: History) -> None:
        """Show the scalars."""

    def clear(self) -> None:
        """Take everything of the last run off the picture."""

    def recolour(self) -> None:
        """Set every pen, brush and ground from `theme`."""

    def reason(self) -> str:
        """Why there is nothing to see, with what to do about it; "" when there is something."""
        return "" if self.snapshot else self.waiting

    def table(self) -> Table:
        """The numbers of the picture: column names, and rows of text and numbers."""
        return (), []

    def reset_zoom(self) -> None:
        """Show everything again."""

    def time_steps(self) -> int:
        """How many steps the time axis has, for the arrow keys; 0 for a view without one."""
        return 0

    def probe(self, name: str) -> Probe | None:
        """The last measurement of one of `probes`; None when there was none in this run."""
        return self._measured.get(name)

    def read_out(self, text: str) -> None:
        """Show the values under the mouse or the cursor."""
        self._readout.setText(text)
        self._readout.setToolTip(text)

    def stamp(self, step: int, epoch: int) -> None:
        """Say of which moment of the run the picture is."""
        self._stamp.setText(f"step {step:,} · epoch {epoch}" if epoch else f"step {step:,}")

    def add_control(self, label: str, control: QWidget, name: str) -> QWidget:
        """Put a control with its label into the bar above the picture, left out when compact; returns both as one."""
        control.setObjectName(f"{self.key}.{name}")
        control.setAccessibleName(f"{self.title}: {label or name}")
        both, caption = QWidget(self), QLabel(label)
        caption.setBuddy(control)
        layout = QHBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        if label:
            layout.addWidget(caption)
        layout.addWidget(control)
        if self.compact:
            both.hide()
        else:
            self._controls.addWidget(both)
        return both

    # --- when to draw -----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Build what was never seen before, and catch up outside of the event that shows it."""
        super().showEvent(event)
        if not self._built:
            self._built = True
            self.build()
            self.recolour()
        QTimer.singleShot(0, self, self._catch_up)
        self.needs_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing any more."""
        super().hideEvent(event)
        self.needs_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Catch up when something that covered the view has gone."""
        super().paintEvent(event)
        if self._behind and not self._held:
            QTimer.singleShot(0, self, self._catch_up)

    def _catch_up(self, news: str = "") -> None:
        if news:
            self._behind.add(news)
        if not self.on_screen or not self._built:
            return
        if "theme" in self._behind:
            self._behind.discard("theme")
            self.recolour()
        if self._held:
            return
        if "history" in self._behind and self.history is not None:
            self.draw_history(self.history)
        if "snapshot" in self._behind and self.snapshot is not None:
            self.draw(self.snapshot)
            self.stamp(self.snapshot.step, self.snapshot.epoch)
        self._behind.clear()
        self._say_why_empty()

    def _say_why_empty(self) -> None:
        reason = self.reason()
        if reason:
            self._stamp.setText("")
            self._message.setText(reason)
            self._stack.setCurrentWidget(self._message)
        elif self._table_action.isChecked():
            self._twin.update(self.table())
            self._stack.setCurrentWidget(self._table_view)
        else:
            self._stack.setCurrentWidget(self.body)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the shared time cursor, Home and End go to its ends, Escape lets go."""
        length = self.time_steps()
        walks = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -length, Qt.Key.Key_End: length}
        if length and event.key() in walks:
            self.time.walk(walks[Qt.Key(event.key())], length)
        elif length and event.key() == Qt.Key.Key_Escape:
            self.time.release()
        else:
            super().keyPressEvent(event)

    # --- the frame around the picture -------------------------------------------------------------------

    def _frame(self) -> None:
        self.body = QWidget()
        self._title, self._stamp, self._badge = _label("title", self.title), _label("small"), _label("strong")
        self._message, self._readout = _label("muted"), _label("small")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # long text widens nothing
        self._readout.setFixedHeight(2 * GRID)
        self._twin = TableTwin(((), []))
        self._table_view = QTableView()
        self._table_view.setModel(self._twin)
        self._table_view.setObjectName(f"{self.key}.table_view")
        self._table_view.setAccessibleName(f"{self.title}: table")
        self._stack = QStackedWidget()
        for page in (self._message, self.body, self._table_view):
            self._stack.addWidget(page)
        self._menu = self._make_menu()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(self._make_header())
        if not self.compact:
            question = _label("small", self.question)
            question.setWordWrap(True)
            layout.addWidget(question)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._readout)

    def _make_header(self) -> QHBoxLayout:
        header, self._controls = QHBoxLayout(), QHBoxLayout()
        header.setSpacing(GRID)
        self._controls.setSpacing(2 * GRID)
        more = QToolButton()
        more.setText("⋯")
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        more.setToolTip("Save, copy, export, show as table")
        more.setObjectName(f"{self.key}.menu")
        more.setAccessibleName(f"{self.title}: menu")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self._menu)
        self._title.setToolTip(self.question)
        for widget in (self._title, self._stamp, self._badge):
            header.addWidget(widget)
        header.addStretch(1)
        header.addLayout(self._controls)
        header.addWidget(more)
        return header

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"{self.key}.actions")
        self._add(menu, "Save picture…", "save_picture", self._ask_picture)
        self._add(menu, "Copy picture", "copy_picture", self.copy_picture)
        self._add(menu, "Export data as CSV…", "export", self._ask_table)
        menu.addSeparator()
        self._table_action = self._add(menu, "Show as table", "table", self._say_why_empty, checkable=True)
        self._hold_action = self._add(menu, "Hold this picture", "hold", self._toggle_hold, checkable=True)
        self._add(menu, "Show everything", "reset_zoom", self.reset_zoom)
        return menu

    def _add(self, menu: QMenu, text: str, name: str, call: Callable[[], None], *, checkable: bool = False) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(f"{self.key}.{name}")
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: call())
        return action

    # --- the ways out -----------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu with the ways out, by mouse or by the menu key."""
        self._menu.popup(event.globalPos())

    def save_picture(self, path: Path) -> None:
        """Write the picture as the ending of `path` says: .svg, else PNG.

        Raises:
            SaveError: the file cannot be written.
        """
        save(path, svg_bytes(self, self.title) if path.suffix.lower() == ".svg" else png_bytes(self))

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(picture(self))
        self.notice.emit(f"{self.title}: picture copied.")

    def save_table(self, path: Path) -> None:
        """Write the numbers of the picture as CSV.

        Raises:
            SaveError: the file cannot be written.
        """
        save(path, csv_text(*self.table()).encode("utf-8"))

    def _toggle_hold(self) -> None:
        self.hold(self._hold_action.isChecked())

    def _ask_picture(self) -> None:
        self._ask("Save picture", f"{self.key}.png", "Pictures (*.png *.svg)", self.save_picture)

    def _ask_table(self) -> None:
        self._ask("Export data", f"{self.key}.csv", "Comma-separated values (*.csv)", self.save_table)

    def _ask(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, title, name, kinds)
        if not chosen:
            return
        try:
            write(Path(chosen))
            self.notice.emit(f"{chosen} written.")
        except SaveError as error:
            self.notice.emit(str(error))


def _label(role: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label
