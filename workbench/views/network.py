"""The network at hand as a diagram: rolled up or unrolled over time, in the colours of its own states."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import Floats, GradientByTime, HiddenTrace, LayerTrace, Structure
from workbench.looks.theme import GRID
from workbench.plots.axes.levels import Levels
from workbench.plots.axes.step_names import step_in_brackets
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.frame.with_side import WithSide
from workbench.plots.heat.arriving import Arriving
from workbench.plots.heat.trace_grid import steps_of
from workbench.plots.key.keys import Scale
from workbench.plots.key.legend import Legend
from workbench.plots.network.diagram import NetworkDiagram
from workbench.plots.network.equation import Equation, OneSize
from workbench.plots.network.equations import equations_of
from workbench.plots.network.layout import Diagram, Link, Part, diagram
from workbench.plots.network.unit_squares import grouped
from workbench.plots.network.words import words_of_all, words_of_link, words_of_part
from workbench.views.live_view import LiveView

_DECADES = 8.0  # of the gradient's norm that have a colour, down from the strongest
_LEAST_LEVEL = 0.1  # of states: those of hundreds of units are small
_BAND = "band: log₁₀ of the last batch's gradient, of the strongest"


class NetworkView(LiveView):
    """Boxes are layers at time steps, squares their units; arrows of one colour are one matrix, shared by all steps."""

    key = "network"
    title = "Network"
    order = 15
    question = "What does the network look like, rolled up and over time, and where do state and gradient live in it?"
    probes = frozenset({"structure", "hidden", "gradient_by_time"})
    parts = MappingProxyType({"hidden": "states", "gradient_by_time": "gradient"})
    waiting = "Press Run (F5): the network at hand is drawn here, coloured by its own state and gradient."

    def build(self) -> None:
        """The diagram, a switch to roll it up, and what is known of the part that was clicked."""
        self._diagram, self._legend = NetworkDiagram(self.theme), Legend(self.theme)
        self._levels = Levels(_LEAST_LEVEL)
        self._equations: list[Equation] = []
        self._passed: Part | Link | None = None
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._about = QWidget()
        column = QVBoxLayout(self._about)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._words)
        self._formulas = QVBoxLayout()
        column.addLayout(self._formulas)
        column.addStretch(1)
        self._lay_out()
        self._rolled = QCheckBox("rolled up")
        self._rolled.toggled.connect(self._diagram.roll)
        self.add_control("", self._rolled, "rolled")
        self._diagram.chosen.connect(self._choose)
        self._diagram.passed.connect(self._pass)
        self._diagram.hovered.connect(self.time.hover)
        self._diagram.room_changed.connect(self._redraw)
        self.time.moved.connect(self._redraw)

    def _lay_out(self) -> None:
        side = QScrollArea()
        side.setObjectName(f"{self.key}.about")
        side.setAccessibleName(f"{self.title}: what is known of the chosen part")
        side.setWidgetResizable(True)
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side.setWidget(self._about)
        self._both = WithSide(self._diagram, side)
        side.setVisible(not self.compact)  # now that it has a parent: before, it would be a window, and take the keys
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._legend)
        layout.addWidget(self._both, 1)

    def reason(self) -> str:
        """Empty until the make of the network is known."""
        return "" if isinstance(self.probe("structure"), Structure) else self.unmeasured

    def draw(self, snapshot: Snapshot) -> None:
        """Diagram and numbers."""
        self._redraw()

    def clear(self) -> None:
        """No diagram."""
        self._levels.reset()
        self._diagram.select(None)
        self._diagram.show_diagram(None, ())
        self._passed = None
        self._show_formulas(())

    def recolour(self) -> None:
        """Diagram, key and equations."""
        self._diagram.apply_theme(self.theme)
        for equation in self._equations:
            equation.apply_theme(self.theme)
        self._show_key()
        self._tell()

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        return steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """One row for each layer and time step: its state in short, and the gradient that arrives."""
        trace = self.probe("hidden")
        if not isinstance(trace, HiddenTrace):
            return (), []
        rows: list[tuple[Cell, ...]] = []
        for layer in trace.layers:
            for step, hidden in enumerate(layer.hidden):
                words = layer.layer + 1, "backward" if layer.reverse else "forward", step + 1
                numbers = (float(hidden.mean()), float(hidden.min()), float(hidden.max()), self._norm(layer, step))
                rows.append((*words, *numbers))
        return ("layer", "direction", "step", "mean state", "smallest", "largest", "‖∂L/∂h‖ in the last batch"), rows

    # --- drawing ----------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        structure, trace = self.probe("structure"), self.probe("hidden")
        if not isinstance(structure, Structure):
            return
        length = self.time_steps() or 1
        known = trace if isinstance(trace, HiddenTrace) else None
        pinned = self.time.position if self.time.pinned else None  # columns that came and went would flee the mouse
        made = diagram(structure, length, pinned, known.written_from if known else None, self._diagram.room)
        self._diagram.show_diagram(made, known.labels if known else ())
        self._keep_choice(made)
        states, arriving = self._numbers(made)
        shown = [grouped(values)[0] for values in states.values()]
        self._levels.hold(np.concatenate(shown) if shown else np.zeros(1, np.float32))
        self._diagram.show_numbers(states, arriving, self._levels.high)
        self._diagram.show_cursor(self.time.position)
        self._show_key()
        self._tell()

    def _numbers(self, made: Diagram) -> tuple[dict[Part, Floats], dict[Part, float]]:
        """States of every layer that is drawn, and where its gradient lies between nothing and the strongest."""
        trace, flow = self.probe("hidden"), self._arriving()
        if not isinstance(trace, HiddenTrace):
            return {}, {}
        layers = {(layer.layer, layer.reverse): layer for layer in trace.layers}
        strongest = flow.strongest if flow else 0.0
        states, arriving = {}, {}
        for part in made.parts:
            layer = layers.get((part.level, part.reverse))
            if part.kind != "layer" or layer is None or not 0 <= part.step < len(layer.hidden):
                continue
            states[part] = layer.hidden[part.step]
            if flow and (norm := flow.norm(layer, part.step)) > 0:  # and so is the strongest
                arriving[part] = min(max(1 + math.log10(norm / strongest) / _DECADES, 0.0), 1.0)
        return states, arriving

    def _norm(self, layer: LayerTrace, step: int) -> float:
        """The gradient that arrives as far from where the layer ends in the last batch; NaN where none was measured."""
        arriving = self._arriving()
        return arriving.norm(layer, step) if arriving else math.nan

    def _arriving(self) -> Arriving | None:
        flow, trace = self.probe("gradient_by_time"), self.probe("hidden")
        border = trace.written_from if isinstance(trace, HiddenTrace) else None
        return Arriving(flow, border) if isinstance(flow, GradientByTime) else None

    def _show_key(self) -> None:
        structure = self.probe("structure")
        if not isinstance(structure, Structure):
            self._legend.show_items(self.theme, ())
            return
        share = max((grouped(np.zeros(layer.units, np.float32))[1] for layer in structure.layers), default=1)
        squares = "a square is a unit" if share == 1 else f"a square is the strongest of up to {share} units"
        state = Scale(
            f"state ({squares})",
            self.theme.color_map("diverging"),
            -self._levels.high,
            self._levels.high,
            self._levels.beyond,
        )
        band = Scale(_BAND, self.theme.color_map("magnitude"), -_DECADES, 0)
        self._legend.show_items(self.theme, (state, band))

    # --- what was clicked -------------------------------------------------------------------------------

    def _keep_choice(self, made: Diagram) -> None:
        """The same part at the step that is pinned, or at its own; none where it is not drawn any more."""
        chosen = self._diagram.selected
        if isinstance(chosen, Part):
            places = {dataclasses.replace(part, column=0): part for part in made.parts}
            here = dataclasses.replace(chosen, column=0)
            steps = (self.time.position, here.step) if self.time.pinned and here.step >= 0 else (here.step,)
            there = (places.get(dataclasses.replace(here, step=step)) for step in steps if step is not None)
            self._diagram.select(next(filter(None, there), None))
        elif isinstance(chosen, Link):
            self._diagram.select(next((link for link in made.links if link.name == chosen.name), None))

    def _choose(self, element: Part | Link) -> None:
        again = element == self._diagram.selected
        self._diagram.select(element)
        if isinstance(element, Part) and element.step >= 0 and self._diagram.fold < 0.5:
            there = self.time.pinned and self.time.position == element.step
            if again or not there:  # another part of the step that is pinned does not let go of it
                self.time.pin(element.step)
        self._redraw()  # a step that the mouse was at already is pinned without a word
        self._show_formulas(self._of(self._diagram.selected))  # none of a step that is not drawn once it is let go of

    def _tell(self) -> None:
        """What is known of the part that was chosen; of all while there is none."""
        structure, trace = self.probe("structure"), self.probe("hidden")
        if not isinstance(structure, Structure):
            return
        chosen, made = self._diagram.selected, self._diagram.diagram
        known = trace if isinstance(trace, HiddenTrace) else None

        def about(element: Part | Link) -> list[str]:
            if isinstance(element, Link):
                return words_of_link(structure, element, made)
            return words_of_part(structure, known, element, self._norm)

        if chosen is None:
            self._show_formulas(())
        words = about(chosen) if chosen else words_of_all(structure, made, self._diagram.sign_of)
        self._words.setText("<br>".join(words))
        read = self._passed or chosen
        told = about(read)[:3] if read else self._step_words(known)
        self.read_out(" · ".join(html.unescape(word.replace("<b>", "").replace("</b>", "")) for word in told))

    def _step_words(self, trace: HiddenTrace | None) -> list[str]:
        """The step that is looked at while nothing is chosen; none where the sequence has ended by then."""
        step = self.time.position
        if step is None or trace is None or step >= self.time_steps():
            return []
        return [f"time step {step + 1}{html.escape(step_in_brackets(trace.labels, step))}"]

    def _pass(self, element: Part | Link | None) -> None:
        """Read out what the mouse is over; what was chosen again when it has gone."""
        if element != self._passed:
            self._passed = element
            self._tell()

    def _of(self, element: Part | Link | None) -> tuple[str, ...]:
        """The equations that an element stands for."""
        structure = self.probe("structure")
        if element is None:
            return ()
        assert isinstance(structure, Structure)
        return equations_of(structure, element)

    def _show_formulas(self, formulas: Sequence[str]) -> None:
        if [equation.latex for equation in self._equations] == list(formulas):
            return
        for equation in self._equations:
            self._formulas.removeWidget(equation)
            equation.deleteLater()
        size = OneSize()
        self._equations = [Equation(latex, self.theme, size) for latex in formulas]
        for equation in self._equations:
            self._formulas.addWidget(equation)

    def walk_inside(self, across: int, down: int) -> bool:
        """Up and down through the parts of the step that is looked at, and its arrows; across are the time steps."""
        made = self._diagram.diagram
        if not down or made is None:
            return False
        here: list[Part | Link] = [part for part in made.parts if part.column == made.looked_at]
        here = sorted(here, key=lambda part: made.row(part) if isinstance(part, Part) else 0)
        here += {link.name: link for link in made.links}.values()
        chosen = self._diagram.selected
        place = here.index(chosen) - down if chosen in here else 0
        self._passed = None  # the mouse that rests says nothing more
        self._diagram.select(here[place % len(here)])
        self._tell()
        self._show_formulas(self._of(here[place % len(here)]))
        return True

    def leave_inside(self) -> None:
        """No part is chosen."""
        self._diagram.select(None)
        self._tell()
