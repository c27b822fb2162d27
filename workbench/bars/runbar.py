"""The bar on top: reset, run or pause, step, stop, finish; how far the run is; and the one status line."""

from __future__ import annotations

import html
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolBar, QToolButton, QWidget

from workbench.bars.status import Stage, Status
from workbench.bars.statusbar import pace_words
from workbench.looks.icons import icon
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.runs.pace import duration
from workbench.spoken import announce
from workbench.widgets.number_label import NumberLabel

_COMMANDS = (
    ("reset", "Reset", "Shift+F5", "Back to an untrained network; the run stays in the list"),
    ("run", "Run", "F5", "Train; press again to pause"),
    ("step", "Step", "F10", "Train one batch, then wait"),
    ("stop", "Stop", "Ctrl+.", "End the run now and keep its best weights"),
    ("finish", "Finish", "Ctrl+Shift+F5", "Score this moment too, then end and keep the best"),
)
_RUN_WORDS = ("Run", "Pause")  # while it stands, and while it trains
_WHOLE = 1000  # of the bar
_LEAST_FIRST = ("pace", "step", "progress", "left", "epoch")  # what goes where there is no room for all and the status


class RunBar(QToolBar):
    """Commands as actions (`actions_by_name`), numbers, a progress bar and the status."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Run")
        self.setObjectName("run_bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._theme = theme
        self._running = False
        self._said: Stage | None = None
        self._strayed: QWidget | None = None  # what has the keys that were at a command which went off
        self.commands = {name: self._command(name, *rest) for name, *rest in _COMMANDS}
        self.addSeparator()
        self._parts: dict[str, QAction] = {}  # numbers and bar
        self._begun = False  # there is progress of a run to be shown
        self._prepared: float | None = None  # that is done of what comes before it
        self._trained = 0.0  # and of the run itself
        self._told: tuple[bool, ...] = ()  # which numbers are there
        self._epoch, self._step = self._number("epoch", 15), self._number("step", 13)
        self._pace, self._left = self._number("pace", 13), self._number("left", 11)
        self._progress = self._bar()
        self._spacer()
        self._light, self._status = QLabel("●"), ElidedLabel(room=20 * GRID)
        self._status.setObjectName("status")
        self._status.setAccessibleName("Status")
        self._status.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.addWidget(self._both())
        self.apply_theme(theme)

    def show_status(self, status: Status) -> None:
        """Say where things stand, and switch commands on and off with the reason."""
        color = getattr(self._theme, status.color)
        self._light.setText(f'<span style="color:{color}">●</span>')
        if status.stage is not self._said:  # not each number that is in it
            self._said = status.stage
            announce(self._status, status.text)
        self._status.setText(status.text)
        lines = (html.escape(words, quote=False) for words in (status.text, status.detail) if words)
        self._status.setToolTip(f"<p>{'<br>'.join(lines)}</p>")
        self._status.setAccessibleDescription(f"{status.text}. {status.detail}")
        self._allow(status.why_not)
        if self._running != status.running:
            self._running = status.running
            self._show_run()
        self._prepared = status.share
        self._fill_bar()
        self._fit()

    def show_progress(self, step: int, steps: int, epoch: int, epochs: int, pace: float, left: float) -> None:
        """Numbers of the run; zeros where there are none yet."""
        self._epoch.show_text(f"epoch {epoch:,}/{epochs:,}" if epochs else "")
        self._step.show_text(f"step {step:,}" if steps else "")
        self._pace.show_text(pace_words(pace))
        self._left.show_text(f"ETA {duration(left)}" if left else "")
        self._trained = step / steps if steps else 0.0
        self._fill_bar()
        told = tuple(bool(number.text()) for number in (self._epoch, self._step, self._pace, self._left))
        if (self._begun, self._told) != (steps > 0, told):
            self._begun, self._told = steps > 0, told
            self._fit()

    def take_keys(self) -> None:
        """Put the keys at Run, which destroys nothing."""
        self.widgetForAction(self.commands["run"]).setFocus(Qt.FocusReason.OtherFocusReason)

    def apply_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._theme = theme
        self.setIconSize(theme.icon)
        for name, action in self.commands.items():
            if name != "run":
                action.setIcon(icon(name, theme))
        self._show_run()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other numbers."""
        super().resizeEvent(event)
        self._fit()

    def _fill_bar(self) -> None:
        """As far as what the status speaks of is."""
        self._progress.setValue(round(_WHOLE * (self._trained if self._prepared is None else self._prepared)))

    def _fit(self) -> None:
        """Leave out what there is no room for: the status is always seen."""
        self._hold_run()
        shown = [name for name in self._parts if self._begun or self._prepared is not None or name != "progress"]
        fixed = [action for action in self.actions() if action not in self._parts.values()]
        layout = self.layout()
        assert layout is not None
        edges, space = layout.contentsMargins(), max(layout.spacing(), 0)
        room = self.width() - edges.left() - edges.right() - sum(self._wide(action) + space for action in fixed)
        for name in sorted(_LEAST_FIRST, key=self._says_something):
            if room >= sum(self._wide(self._parts[part]) + space for part in shown):
                break
            if name in shown:
                shown.remove(name)
        for name, action in self._parts.items():
            action.setVisible(name in shown)

    def _allow(self, why_not: Mapping[str, str]) -> None:
        """Switch commands on and off. Keys that were at one which goes off come to Run, once that is on."""
        had_keys = self.window().focusWidget() in [self.widgetForAction(action) for action in self.commands.values()]
        for name, action in self.commands.items():
            reason = why_not.get(name, "")
            action.setEnabled(not reason)
            action.setProperty("reason", reason)
            action.setToolTip(f"{reason or action.statusTip()} ({action.shortcut().toString()})")
        now: QWidget | None = self.window().focusWidget()
        if had_keys and (now is None or not self.isAncestorOf(now)):
            self._strayed = now  # Qt has put them on what comes next
        if self._strayed is not None and now is not self._strayed:
            self._strayed = None  # a person has gone on from there
        if self._strayed is not None and self.commands["run"].isEnabled():
            self._strayed = None
            self.take_keys()

    def _says_something(self, name: str) -> bool:
        """Room that is kept for a number that is not there goes first."""
        widget = self.widgetForAction(self._parts[name])
        return not isinstance(widget, NumberLabel) or bool(widget.text())

    def _wide(self, action: QAction) -> int:
        """Pixels that its widget needs, hidden or not."""
        widget = self.widgetForAction(action)
        return max(widget.minimumWidth(), min(widget.sizeHint().width(), widget.maximumWidth()), 0)

    def _hold_run(self) -> None:
        """As wide for Run as for Pause: the commands beside it stay where they are, and neither word is cut short."""
        button = self.widgetForAction(self.commands["run"])
        words = {word: button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, word).width() for word in _RUN_WORDS}
        missing = max(words.values()) - words[self.commands["run"].text()]
        button.setMinimumWidth(button.sizeHint().width() + missing)

    def _show_run(self) -> None:
        action = self.commands["run"]
        action.setIcon(icon("pause" if self._running else "run", self._theme, "on_accent"))
        action.setText(_RUN_WORDS[self._running])
        self.widgetForAction(action).setAccessibleName(action.text())

    def _command(self, name: str, text: str, shortcut: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"action_{name}")
        action.setShortcut(QKeySequence(shortcut))
        action.setStatusTip(tip)
        action.setIconVisibleInMenu(False)  # that of Run is white, for its button
        self.addAction(action)
        button = self.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setObjectName(f"{name}Button")
            button.setAccessibleName(text)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return action

    def _number(self, name: str, letters: int) -> NumberLabel:
        made = NumberLabel(QPalette.ColorRole.Window, letters, GRID)
        made.setObjectName(f"run_{name}")
        made.setAccessibleName({"left": "Time left", "pace": "Steps a second"}.get(name, name.capitalize()))
        made.setProperty("role", "muted")
        self._parts[name] = self.addWidget(made)
        return made

    def _bar(self) -> QProgressBar:
        bar = QProgressBar()
        bar.setObjectName("run_progress")
        bar.setAccessibleName("Progress of the run, or of the kernels that it needs")
        bar.setRange(0, _WHOLE)
        bar.setTextVisible(False)
        bar.setFixedWidth(15 * GRID)
        self._parts["progress"] = self.addWidget(bar)  # a tool bar shows and hides its entries, not their widgets
        return bar

    def _both(self) -> QWidget:
        """The light, and what it means: words that are longer than the bar end in an ellipsis, and are in its tip."""
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._light)
        row.addWidget(self._status)
        return both

    def _spacer(self) -> None:
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
