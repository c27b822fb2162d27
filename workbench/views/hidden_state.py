"""The hidden state, and the cell state where there is one, of every unit at every step of the pinned sequence."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from engine.events import Snapshot
from engine.inside.records import HiddenTrace, LayerTrace
from workbench.plots.saving import Table
from workbench.plots.trace_grid import Strip, TraceGrid, steps_of
from workbench.views.live_view import LiveView


class HiddenState(LiveView):
    """What the network carries along while it reads."""

    key = "hidden_state"
    title = "Hidden state"
    order = 30
    question = "What does each unit remember while the network reads one sequence that it never trained on?"
    probes = frozenset({"hidden"})
    waiting = "Press Run (F5): every unit's state at every time step of one validation sequence is drawn here."

    def build(self) -> None:
        """The grid, and choices of layer and order."""
        self._traces = TraceGrid(self.theme, self.time, self._strips, last_only=self.compact)
        self._traces.read.connect(self.read_out)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._traces)
        self.add_control("Show", self._traces.layer, "layer")
        self.add_control("Units", self._traces.order, "order")

    def draw(self, snapshot: Snapshot) -> None:
        """All panels."""
        trace = self.probe("hidden")
        if isinstance(trace, HiddenTrace):
            self._traces.show_trace(trace)

    def clear(self) -> None:
        """No panels."""
        self._traces.clear()

    def recolour(self) -> None:
        """The grid."""
        self._traces.apply_theme(self.theme)

    def reset_zoom(self) -> None:
        """All panels."""
        self._traces.grid.show_everything()

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        return 0 if self.reason() else steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """Units by time steps."""
        return self._traces.table()

    def _strips(self, trace: LayerTrace) -> tuple[Strip, ...]:
        hidden = Strip("hidden state", trace.hidden)
        if trace.cell is None or self.compact:  # a small place shows one thing
            return (hidden,)
        return hidden, Strip("cell state", trace.cell)
