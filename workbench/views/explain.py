"""The cell's equations, with the numbers of one unit at one time step put in."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.events import Snapshot
from engine.inside_records import HiddenTrace, LayerTrace, PreActivations, Structure
from workbench.calm import limit
from workbench.looks.theme import GRID
from workbench.plots.axes.step_names import step_in_brackets
from workbench.plots.curves.functions import FUNCTIONS
from workbench.plots.frame.saving import Table
from workbench.plots.frame.tab_order import order_tabs
from workbench.plots.heat.trace_grid import NOT_RUNNING, layer_name, steps_of
from workbench.plots.network.equation import Equation, OneSize
from workbench.plots.network.substitution import Numbers, left_symbol, number, with_functions, with_numbers
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import NamesBox

_ROOM_FOR_TWO = 800  # pixels: the longest equations beside the table of symbols


class Explain(LiveView):
    """Each equation typeset, what it says, and what it comes to; each symbol leads to the view that shows it."""

    key = "explain"
    title = "Explain"
    order = 70
    question = "How does the cell compute its next state, in formulas and in the numbers of this moment?"
    probes = frozenset({"structure", "hidden", "pre_activations"})
    waiting = "Press Run (F5): the equations of the chosen cell appear here with the numbers of one time step and unit."

    def build(self) -> None:
        """Room for equations and symbols, and choices of layer and unit; the time step is the shared cursor's."""
        self._structure: Structure | None = None
        self._equations: list[Equation] = []
        self._lines: list[QLabel] = []
        self._values: dict[str, QLabel] = {}
        self._layer, self._unit = NamesBox(), QSpinBox()
        self._layer.activated.connect(self._show_numbers)
        self._unit.valueChanged.connect(self._show_numbers)
        self.add_control("Layer", self._layer, "layer")
        self.add_control("Unit", self._unit, "unit")
        self._page = QScrollArea()
        self._page.setObjectName(f"{self.key}.page")
        self._page.setAccessibleName(f"{self.title}: equations and symbols")
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._page)
        self._numbers_due = self.calm(self._show_numbers)
        self.time.moved.connect(self._show_numbers)

    def draw(self, snapshot: Snapshot) -> None:
        """The equations where they are new, and the numbers."""
        structure = self.probe("structure")
        if isinstance(structure, Structure) and structure != self._structure:
            self._structure = structure
            self._lay_out(structure)
        self._numbers_due.ask()

    def clear(self) -> None:
        """No equations."""
        self._structure = None
        self._equations.clear()
        self._lines.clear()
        self._values.clear()
        self._page.setWidget(QWidget())

    def recolour(self) -> None:
        """The ink of the equations; labels have the palette's."""
        for equation in self._equations:
            equation.apply_theme(self.theme)

    def reason(self) -> str:
        """Empty until the make of the network is known."""
        return "" if isinstance(self.probe("structure"), Structure) else self.unmeasured

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        return 0 if self.reason() else steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """One row for each equation: in LaTeX, in words, in numbers."""
        if not self._built or self._structure is None:
            return (), []
        lines = [line.text() for line in self._lines]
        rows = zip(self._structure.equations, lines, strict=True)
        return ("equation (LaTeX)", "meaning", "numbers"), [(*equation, line) for equation, line in rows]

    # --- the page ---------------------------------------------------------------------------------------

    def _lay_out(self, structure: Structure) -> None:
        page = QWidget()
        both = self._columns = QBoxLayout(self._direction(), page)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(_label(structure.cell, "strong"))
        if not self.compact:
            left.addWidget(_label(structure.paper, "small"))
        self._equations, self._lines, self._values = [], [], {}
        size = OneSize()
        for latex, meaning in structure.equations:
            shown = with_functions(latex, *structure.functions)
            equation, line = Equation(shown, self.theme, size), _label("", "value")
            self._equations.append(equation)
            self._lines.append(line)
            left.addSpacing(GRID)
            for widget in (equation, _label(meaning, "small"), line):
                left.addWidget(widget)
        left.addStretch(1)
        for column in (left, right):
            both.addLayout(column, 1)
        self.draw_in_turn(partial(self._add_symbols, page, right, structure))  # both at once would hold the window up
        self._share_room()
        both.setSpacing(2 * GRID)
        self._page.setWidget(page)
        self._name_layers()

    def _add_symbols(self, page: QWidget, column: QVBoxLayout, structure: Structure) -> None:
        if page is not self._page.widget():
            return  # it has gone with the run
        column.addLayout(self._symbols(structure))
        column.addStretch(1)
        order_tabs(self)
        self._show_numbers()

    def _direction(self) -> QBoxLayout.Direction:
        """Equations and symbols side by side; one above the other where the equations would become too small."""
        wide = self.width() >= _ROOM_FOR_TWO * self.theme.scale
        return QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column or two."""
        super().resizeEvent(event)
        if self._built and self._structure is not None:
            self._columns.setDirection(self._direction())
            self._share_room()

    def _share_room(self) -> None:
        """Columns are as wide as each other; one above the other, what is left over is below both."""
        beside = self._columns.direction() is QBoxLayout.Direction.LeftToRight
        self._columns.setStretch(0, 1 if beside else 0)

    def _symbols(self, structure: Structure) -> QGridLayout:
        """Every symbol with its meaning, its value and the view that shows it."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setColumnStretch(1, 1)
        for row, (symbol, text, meaning, key, view) in enumerate(_symbols(structure)):
            value, link = _label("", "value"), QPushButton(view)
            value.setMinimumWidth(8 * GRID)
            link.setObjectName(f"{self.key}.link_{symbol}")
            link.setAccessibleName(f"{self.title}: show {meaning} in {view}")
            link.clicked.connect(partial(self.asked.emit, key))
            self._values[symbol] = value
            for column, widget in enumerate((_label(text, "value"), _label(meaning, "muted"), value)):
                widget.setWordWrap(column == 1)  # the meaning gives way, and the page needs no bar to move it sideways
                grid.addWidget(widget, row, column)
            grid.addWidget(link, row, 3, Qt.AlignmentFlag.AlignLeft)
        return grid

    def _name_layers(self) -> None:
        trace = self.probe("hidden")
        names = [layer_name(layer) for layer in trace.layers] if isinstance(trace, HiddenTrace) else []
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)

    # --- numbers ----------------------------------------------------------------------------------------

    def _trace(self) -> LayerTrace | None:
        """The chosen layer as it was when the sums in the equations were: the states are measured more often."""
        trace, sums = self.probe("hidden"), self.probe("pre_activations")
        if not self._built or not isinstance(trace, HiddenTrace):
            return None
        self._name_layers()
        layers = (isinstance(sums, PreActivations) and sums.layers) or trace.layers
        return layers[max(self._layer.currentIndex(), 0)]

    def moment_of(self, snapshot: Snapshot) -> tuple[int, int]:
        """That of the sums and what came of them; of a moment by which none were measured, that of the states."""
        return self.since("pre_activations") or self.since("hidden") or super().moment_of(snapshot)

    def _show_numbers(self) -> None:
        structure, layer = self._structure, self._trace()
        if structure is None or layer is None:
            return
        limit(self._unit, layer.hidden.shape[1] - 1)
        step = min(self.time.position if self.time.position is not None else len(layer.hidden), len(layer.hidden) - 1)
        numbers = self._numbers(structure, layer, step, self._unit.value())
        for (latex, _), line in zip(structure.equations, self._lines, strict=True):
            line.setText(with_numbers(latex, numbers))
        for symbol, label in self._values.items():
            label.setText(number(numbers.now[symbol]) if symbol in numbers.now else "")
        trace = self.probe("hidden")
        place = step_in_brackets(trace.labels, step) if isinstance(trace, HiddenTrace) else ""
        lacks = self._missing if numbers.now else f" · {NOT_RUNNING}"
        self.read_out(f"time step {step + 1}{place} · {layer_name(layer)} · unit {self._unit.value()}{lacks}")

    @property
    def _missing(self) -> str:
        """Why there are no numbers of the sums, where there are none."""
        if isinstance(self.probe("pre_activations"), PreActivations):
            return ""
        return f" · the sums were not measured {'yet' if self.moment is None else 'by then'}"

    def _numbers(self, structure: Structure, layer: LayerTrace, step: int, unit: int) -> Numbers:
        courses = {symbol: dict(layer.gates)[name] for name, symbol in structure.gates if name in dict(layer.gates)}
        sums = self._sums(structure, layer, step, unit)
        now = {symbol: float(FUNCTIONS[name][0](np.array(total))) for symbol, (name, total) in sums.items()}
        if layer.cell is not None:
            courses["c"] = layer.cell
        defined = [left_symbol(latex) for latex, _ in structure.equations]
        courses[next((symbol for symbol in reversed(defined) if symbol), "h")] = layer.hidden
        now |= {symbol: float(course[step, unit]) for symbol, course in courses.items()}
        last, made = step + (1 if layer.reverse else -1), self._made_by_bridge(structure, step)
        inside = 0 <= last < len(layer.hidden) and not made and bool(np.isfinite(layer.hidden[last]).all())
        before = {symbol: float(course[last, unit]) for symbol, course in courses.items() if inside}
        if not (inside or made or structure.learned_state):
            before = dict.fromkeys(courses, 0.0)
        measured = {symbol: value for symbol, value in now.items() if math.isfinite(value)}
        return Numbers(measured, before, sums, structure.functions[1])

    def _made_by_bridge(self, structure: Structure, step: int) -> bool:
        """Whether a bridge made the state before a step of what was read: it is not the one that is shown there."""
        trace = self.probe("hidden")
        first = trace.written_from if isinstance(trace, HiddenTrace) else None
        return step == first and any(name.startswith("bridge.") for name, _ in structure.parameters)

    def _sums(self, structure: Structure, layer: LayerTrace, step: int, unit: int) -> dict[str, tuple[str, float]]:
        """What went into the function of each symbol; without gates the equations stand in the order of the blocks."""
        found = self.probe("pre_activations")
        if not isinstance(found, PreActivations):
            return {}
        symbols = dict(structure.gates)
        if not symbols:
            defined = [left_symbol(latex) for latex, _ in structure.equations]
            symbols = dict(zip(structure.blocks, defined, strict=False))
        mine = [slot for slot in found.slots if (slot.layer, slot.reverse) == (layer.layer, layer.reverse)]
        return {
            symbols[slot.name]: (slot.function, float(slot.before[step, unit]))
            for slot in mine
            if slot.name in symbols and step < len(slot.before)
        }


def _symbols(structure: Structure) -> list[tuple[str, str, str, str, str]]:
    """Letter, rich text, meaning, and key and title of the view, of everything that the equations speak of."""
    gates = [(symbol, _sub(symbol, "t"), f"{name} gate", "gates", "Gates") for name, symbol in structure.gates]
    gates = [(s, t, m.replace("candidate gate", "candidate"), k, v) for s, t, m, k, v in gates]
    state = "hidden_state", "Hidden state"
    memory = [("c", _sub("c", "t"), "cell state", *state)] if "cell" in structure.states else []
    rest = [
        ("W", "W, b", "weights, shared by all steps", "weights", "Weights"),
        ("φ", "σ, tanh, f", "activation functions", "activation", "Activation"),
        ("∂", "∂L/∂h", "gradient that arrives", "gradient_flow", "Gradient by time step"),
    ]
    return [*gates, *memory, ("h", _sub("h", "t"), "hidden state", *state), *rest]


def _sub(letter: str, index: str) -> str:
    return f"<i>{letter}</i><sub>{index}</sub>"


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
