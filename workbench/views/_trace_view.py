"""What the views of the pinned sequence have in common: panels of units by time steps, of each layer and direction."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from engine.events import Snapshot
from engine.inside_records import HiddenTrace, LayerTrace
from workbench.plots.frame.saving import Table
from workbench.plots.heat.trace_grid import Strip, TraceGrid, steps_of
from workbench.spoken import announce
from workbench.views.live_view import LiveView

_KEY = Qt.Key


class TraceView(LiveView):
    """A view of the probe "hidden"; which `strips` of a layer it shows is up to the subclass."""

    probes = frozenset({"hidden"})

    def build(self) -> None:
        """The grid, and choices of layer and order."""
        self._traces = TraceGrid(self.theme, self.time, self.strips, last_only=self.compact)
        self._traces.read.connect(self.read_out)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._traces)
        self.add_control("Show", self._traces.layer, "layer")
        self.add_control("Units", self._traces.order, "order")

    def make_ahead(self) -> bool:
        """What the panels are made of: of all at once the first picture would have to be waited for."""
        return not self.compact and self._traces.grid.make_spare()

    def strips(self, trace: LayerTrace) -> tuple[Strip, ...]:
        """What to show of one layer and direction."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        """All panels."""
        trace = self.probe("hidden")
        if isinstance(trace, HiddenTrace):
            self._traces.show_trace(trace, self.draw_in_turn if self.in_turns else None)

    def clear(self) -> None:
        """No panels."""
        self._traces.clear()

    def recolour(self) -> None:
        """The grid."""
        self._traces.apply_theme(self.theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from unit to unit, left and right through time; what is there is read out."""
        by = {_KEY.Key_Up: -1, _KEY.Key_Down: 1, _KEY.Key_Left: 0, _KEY.Key_Right: 0}.get(Qt.Key(event.key()))
        walks = by is not None and self.time_steps() and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if walks and by:
            self._traces.walk(by)
            announce(self, self._readout.text())
            return
        if walks:
            self._traces.choose_row()
        super().keyPressEvent(event)

    def reset_zoom(self) -> None:
        """All panels."""
        self._traces.grid.show_everything()

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        return 0 if self.reason() else steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """Units by time steps."""
        return self._traces.table()
