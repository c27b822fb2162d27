"""The hidden state, and the cell state where there is one, of every unit at every step of the pinned sequence."""

from __future__ import annotations

from engine.inside_records import LayerTrace
from workbench.plots.heat.trace_grid import Strip
from workbench.views._trace_view import TraceView


class HiddenState(TraceView):
    """What the network carries along while it reads."""

    key = "hidden_state"
    title = "Hidden state"
    order = 30
    question = "What does each unit remember while the network reads one sequence that it never trained on?"
    waiting = "Press Run (F5): every unit's state at every time step of one validation sequence is drawn here."

    def strips(self, trace: LayerTrace) -> tuple[Strip, ...]:
        """The hidden state, and the cell state where there is room."""
        hidden = Strip("hidden state", trace.hidden)
        if trace.cell is None or self.compact:  # a small place shows one thing
            return (hidden,)
        return hidden, Strip("cell state", trace.cell)
