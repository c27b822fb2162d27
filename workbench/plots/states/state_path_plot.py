"""The path of one sequence's state through the plane in which it spreads most, a point for each time step."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.inside_records import Floats, HiddenTrace
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.axes.step_names import named, step_in_brackets
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import Table
from workbench.plots.heat.trace_grid import NOT_RUNNING
from workbench.plots.key.keys import Key, Scale
from workbench.plots.key.marks import shape_of
from workbench.plots.states.near import nearest
from workbench.plots.states.principal import Plane, PrincipalPlane

_PATH, _CURSOR = "path of the state", "time step looked at"
_COLORS, _MOST_GROUPS = 32, 12
_PLAIN = "o"  # mark of a step that is in no group
_TIME, _CLASS, _SYMBOL = "by time", "by class", "by symbol"


class StatePathPlot(QWidget):
    """A faint path with points coloured by time, class or symbol."""

    hovered = Signal(object)  # the time step under the mouse, None where there is none
    clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plane, self._way = PrincipalPlane(), _TIME
        self._step: int | None = None
        self.places: Plane = np.zeros((0, 2))
        self._labels: tuple[str, ...] = ()
        self._groups: dict[str, tuple[str, ...]] = {}  # ways to colour the steps other than by time
        self.plot = CurvePlot(theme, bottom="component 1", left="component 2")
        self.plot.box.setAspectLocked(True)
        self.plot.add_curve(_PATH, _faint)
        self.points = pg.ScatterPlotItem(size=8)
        self.plot.axes.add(self.points)
        self.plot.add_curve(_CURSOR, "cursor", symbol=True, line=False, ring=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.canvas.moved.connect(lambda place: self.hovered.emit(self.near(place)))
        self.plot.canvas.left.connect(lambda: self.hovered.emit(None))
        self.plot.canvas.clicked.connect(self._mouse_clicked)
        self.apply_theme(theme)

    @property
    def ways(self) -> tuple[str, ...]:
        """How the points can be coloured: by class where each step has one, by symbol where few come again."""
        return (_TIME, *self._groups)

    def show_states(self, states: Floats, trace: HiddenTrace, step: int | None) -> tuple[float, float]:
        """Draw `states` (T, H) of a layer of `trace`, a `step` marked; the share of the variance along each axis."""
        self._labels = trace.labels
        found = {_CLASS: trace.classes, _SYMBOL: trace.labels}
        self._groups = {
            name: steps
            for name, steps in found.items()
            if 1 < len({*steps} - {""}) <= min(_MOST_GROUPS, len(steps) - 1)
        }
        runs = np.isfinite(states).all(axis=1)  # a layer that reads backward is at rest while the network writes
        self.places = np.full((len(states), 2), np.nan)
        self.places[runs], shares = self._plane.project(states[runs])
        self.plot.show_curve(_PATH, self.places[:, 0], self.places[:, 1])
        self.points.setData(self.places[:, 0], self.places[:, 1], brush=self._brushes(), symbol=self._shapes())
        self.mark(step)
        return shares

    def color_by(self, way: str) -> None:
        """Colour the points in another of the `ways`."""
        self._way = way
        if len(self.places):
            self.points.setBrush(self._brushes())
            self.points.setSymbol(self._shapes())
            self._show_key()

    def mark(self, step: int | None) -> None:
        """A ring around a time step."""
        self._step = step
        here = self.places[step : step + 1] if step is not None else self.places[:0]
        self.plot.show_curve(_CURSOR, here[:, 0], here[:, 1])
        self._show_key()

    def words(self) -> str:
        """The step that is marked: its label, class and place."""
        at = self._step
        if at is None or at >= len(self.places):
            return ""
        label = step_in_brackets(self._labels, at)
        if _CLASS in self._groups:
            told = f"class {self._groups[_CLASS][at] or 'none'}"
            label = f"{label[:-1]}, {told})" if label else f" ({told})"
        x, y = self.places[at]
        if not np.isfinite(x):
            return f"step {at + 1}{label} · {NOT_RUNNING}"
        return f"step {at + 1}{label} · {numerals(f'component 1 {x:+.3f} · component 2 {y:+.3f}')}"

    def forget_plane(self) -> None:
        """What comes next is another layer's, or another run's."""
        self._plane.reset()

    def clear(self) -> None:
        """No path."""
        self._plane.reset()
        self.places, self._labels, self._groups = np.zeros((0, 2)), (), {}
        self.points.clear()
        self.plot.clear()
        self.plot.show_everything()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        # For all frames: pyqtgraph makes a picture of each brush that it has not seen.
        colors = theme.color_map("magnitude").getLookupTable(nPts=_COLORS, alpha=False)
        self._palette = [pg.mkBrush(*color) for color in colors]
        self._of_groups = [pg.mkBrush(color) for color in theme.class_colors(_MOST_GROUPS)]
        self._no_class = pg.mkBrush(theme.color("base"))
        self.plot.apply_theme(theme)
        self.points.setPen(theme.stroke(theme.color("muted")))  # early steps are dark on every ground
        self.color_by(self._way)

    def table(self) -> Table:
        """One row for each time step."""
        labels = [named(label) for label in self._labels] or [""] * len(self.places)
        places = zip(labels, self.places.tolist(), strict=True)
        classes = self._groups.get(_CLASS, ("",) * len(labels))
        rows = [(step, label, classes[step - 1], *place) for step, (label, place) in enumerate(places, 1)]
        return ("step", "label", "class", "component 1", "component 2"), rows

    # --- colours ----------------------------------------------------------------------------------------

    def _by_group(self) -> dict[str, tuple[QBrush, str]]:
        """Brush and mark of each class or symbol of the steps, in the order of their names; none by time."""
        steps = set(self._groups.get(self._way, ()))
        looks = {name: (self._of_groups[at], shape_of(at)) for at, name in enumerate(sorted(steps - {""}))}
        return looks | ({"": (self._no_class, _PLAIN)} if "" in steps else {})

    def _brushes(self) -> list[QBrush]:
        """One for each time step."""
        groups = self._groups.get(self._way)
        if groups:
            looks = self._by_group()
            return [looks[name][0] for name in groups]
        count = len(self.places)
        return [self._palette[step * (_COLORS - 1) // max(count - 1, 1)] for step in range(count)]

    def _shapes(self) -> list[str]:
        """One for each time step."""
        looks = self._by_group()
        return [looks[name][1] for name in self._groups[self._way]] if looks else [_PLAIN] * len(self.places)

    def _show_key(self) -> None:
        none = Key("no class", self._theme.pen("muted"), symbol=True, line=False, ring=True)
        keys = [
            Key(named(name), pg.mkPen(brush.color()), line=False, shape=shape) if name else none
            for name, (brush, shape) in self._by_group().items()
        ]
        time = Scale("time step", self._theme.color_map("magnitude"), 1, max(len(self.places), 2))
        self.plot.show_key(keys or [time])

    # --- mouse ------------------------------------------------------------------------------------------

    def near(self, place: QPointF) -> int | None:
        """The time step whose point lies under the mouse."""
        return nearest(self.plot, self.places, place)

    def _mouse_clicked(self, place: QPointF) -> None:
        near = self.near(place)
        if near is not None:
            self.clicked.emit(near)


def _faint(theme: Theme) -> QPen:
    pen = theme.pen("muted")
    pen.setColor(theme.color("muted", 0.5))
    return pen
