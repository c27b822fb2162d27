"""The way of the hidden state through the plane in which it moves most, of one sequence or of some of every class."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout

from engine.events import Snapshot
from engine.inside.records import ClassPaths, HiddenTrace, LayerTrace
from workbench.plots.class_path_plot import MOST_CLASSES, ClassPathPlot
from workbench.plots.curves import CurvePlot
from workbench.plots.keys import Key, Scale
from workbench.plots.label_axis import visible
from workbench.plots.principal import Plane, PrincipalPlane
from workbench.plots.saving import Table
from workbench.plots.trace_grid import layer_name, steps_of
from workbench.theme import Theme
from workbench.views.live_view import LiveView

_PATH, _CURSOR = "path of the state", "time step looked at"
_COLORS, _MOST_GROUPS = 32, MOST_CLASSES
_TIME, _CLASS, _SYMBOL = "by time", "by class", "by symbol"
_MANY, _ONE = "several of every class", "the pinned one"
_REACH = 12  # pixels: how near to a point the mouse has to be


class StateSpace(LiveView):
    """Trajectories of the state in two principal components: of one sequence by time, class or symbol, or of many."""

    key = "state_space"
    title = "State space"
    order = 60
    question = "Does the state run in circles, settle down, or wander: what course does it take through its space?"
    probes = frozenset({"hidden", "class_paths"})
    waiting = "Press Run (F5): the course of the hidden state over one validation sequence is drawn here."

    def build(self) -> None:
        """One plot in which distances are true, and a choice of the layer."""
        self._plane = PrincipalPlane()
        self._places: Plane = np.zeros((0, 2))
        self._labels: tuple[str, ...] = ()
        self._groups: dict[str, tuple[str, ...]] = {}  # ways to colour the steps other than by time
        self._plot = CurvePlot(self.theme, bottom="component 1", left="component 2")
        self._plot.box.setAspectLocked(True)
        self._plot.add_curve(_PATH, _faint)
        self._path = self._plot.curves[_PATH].item
        self._path.setClipToView(False)  # the path goes back and forth
        self._path.setDownsampling(auto=False, ds=1)
        self._points = pg.ScatterPlotItem(size=8)
        self._plot.axes.add(self._points)
        self._plot.add_curve(_CURSOR, "cursor", symbol=True, line=False, ring=True)
        self._many = ClassPathPlot(self.theme)
        self._many.hovered.connect(self.read_out)
        self._sequences = QComboBox()
        self._sequences.addItems([_MANY, _ONE])
        self._sequences.activated.connect(self._draw_again)
        self._choice = self.add_control("Sequences", self._sequences, "sequences")
        self._layer = QComboBox()
        self._layer.activated.connect(self._draw_other_layer)
        self._color = QComboBox()
        self._color.addItem(_TIME)
        self._color.activated.connect(self._dress_points)
        self._coloring = self.add_control("Colours", self._color, "color")
        self.add_control("Layer", self._layer, "layer")
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._plot)
        self._pages.addWidget(self._many)
        layout.addWidget(self._pages)
        self._plot.canvas.moved.connect(self._mouse_moved)
        self._plot.canvas.left.connect(self._mouse_left)
        self._plot.canvas.clicked.connect(self._mouse_clicked)
        self.time.moved.connect(self._show_cursor)

    def draw(self, snapshot: Snapshot) -> None:
        """Project the chosen layer; the last one unless another was chosen."""
        trace, paths = self.probe("hidden"), self.probe("class_paths")
        self._choice.setVisible(isinstance(paths, ClassPaths) and not self.compact)
        if not isinstance(trace, HiddenTrace):
            return
        layer = self._chosen(trace)
        self._labels = trace.labels
        self._offer(trace)
        many = isinstance(paths, ClassPaths) and self._sequences.currentText() == _MANY
        self._pages.setCurrentWidget(self._many if many else self._plot)
        if many and isinstance(paths, ClassPaths):
            shares = self._many.show_paths(paths, self._layer.currentIndex(), self.time.position)
            self._name_axes(self._many.plot, shares)
            return
        self._places, shares = self._plane.project(layer.hidden)
        self._plot.show_curve(_PATH, self._places[:, 0], self._places[:, 1])
        self._points.setData(self._places[:, 0], self._places[:, 1], brush=self._brushes())
        self._name_axes(self._plot, shares)
        self._show_cursor()

    def clear(self) -> None:
        """No path."""
        self._plane.reset()
        self._places, self._labels, self._groups = np.zeros((0, 2)), (), {}
        self._points.clear()
        self._plot.clear()
        self._plot.show_everything()
        self._many.clear()

    def recolour(self) -> None:
        """Plot and points."""
        self._mix()
        self._plot.apply_theme(self.theme)
        self._many.apply_theme(self.theme)
        self._points.setPen(self.theme.stroke(self.theme.color("muted")))  # early steps are dark on every ground
        self._dress_points()

    def reset_zoom(self) -> None:
        """The plot."""
        self._plot.show_everything()
        self._many.plot.show_everything()

    def time_steps(self) -> int:
        """Steps of the pinned sequence, or of the longest of many."""
        if self._built and self._pages.currentWidget() is self._many:
            return max(map(len, self._many.places), default=0)
        return steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """One row for each time step, of many sequences one after the other."""
        if not self._built:
            return (), []
        if self._pages.currentWidget() is self._many:
            return ("sequence", "class", "answered", "step", "component 1", "component 2"), self._many.rows()
        labels = [visible(label) for label in self._labels] or [""] * len(self._places)
        places = zip(labels, self._places.tolist(), strict=True)
        classes = self._groups.get(_CLASS, ("",) * len(labels))
        rows = [(step, label, classes[step - 1], *place) for step, (label, place) in enumerate(places, 1)]
        return ("step", "label", "class", "component 1", "component 2"), rows

    def _chosen(self, trace: HiddenTrace) -> LayerTrace:
        names = [layer_name(layer) for layer in trace.layers]
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)
            self._layer.setCurrentIndex(max(i for i, layer in enumerate(trace.layers) if not layer.reverse))
        return trace.layers[self._layer.currentIndex()]

    def _draw_other_layer(self) -> None:
        self._plane.reset()
        self._draw_again()

    def _draw_again(self) -> None:
        if self.snapshot is not None:
            self.draw(self.snapshot)

    @staticmethod
    def _name_axes(plot: CurvePlot, shares: tuple[float, float]) -> None:
        for number, (axis, share) in enumerate(zip((plot.bottom, plot.left), shares, strict=True), 1):
            text = f"component {number}: {share:.0%} of the variance"
            if axis.labelText != text:
                axis.setLabel(text, **axis.labelStyle)

    def _offer(self, trace: HiddenTrace) -> None:
        """Colours by class where each step has one, and by symbol where few come again."""
        found = {_CLASS: trace.classes, _SYMBOL: trace.labels}
        self._groups = {
            name: steps
            for name, steps in found.items()
            if 1 < len({*steps} - {""}) <= min(_MOST_GROUPS, len(steps) - 1)
        }
        names = [_TIME, *self._groups]
        if names != [self._color.itemText(i) for i in range(self._color.count())]:
            self._color.clear()
            self._color.addItems(names)
        self._coloring.setVisible(len(names) > 1 and not self.compact)

    def _mix(self) -> None:
        """The brushes of this theme, for all frames: pyqtgraph makes a picture of each that it has not seen."""
        colors = self.theme.color_map("magnitude").getLookupTable(nPts=_COLORS, alpha=False)
        self._palette = [pg.mkBrush(*color) for color in colors]
        self._no_class = pg.mkBrush(self.theme.color("base"))

    def _dress_points(self) -> None:
        if len(self._places):
            self._points.setBrush(self._brushes())
            self._show_key()

    def _by_group(self) -> dict[str, QBrush]:
        """A brush for each class or symbol of the steps, in the order of their names; none by time."""
        names = sorted(set(self._groups.get(self._color.currentText(), ())))
        spread = {name: self._palette[_shade(at, len(names))] for at, name in enumerate(names)}
        return spread | ({"": self._no_class} if "" in spread else {})

    def _brushes(self) -> list[QBrush]:
        """One for each time step."""
        groups = self._groups.get(self._color.currentText())
        if groups:
            brushes = self._by_group()
            return [brushes[name] for name in groups]
        count = len(self._places)
        return [self._palette[_shade(step, count)] for step in range(count)]

    def _show_key(self) -> None:
        keys = [
            Key(visible(name) or "no class", pg.mkPen(brush.color()), symbol=True, line=False)
            for name, brush in self._by_group().items()
        ]
        time = Scale("time step", self.theme.color_map("magnitude"), 1, max(len(self._places), 2))
        self._plot.show_key(keys or [time])

    # --- cursor -----------------------------------------------------------------------------------------

    def _show_cursor(self) -> None:
        position = self.time.position
        if self._pages.currentWidget() is self._many:
            self._many.mark(position)
            return
        inside = position is not None and position < len(self._places)
        here = self._places[position : position + 1] if position is not None and inside else self._places[:0]
        self._plot.show_curve(_CURSOR, here[:, 0], here[:, 1])
        self._show_key()
        self.read_out(self._words(position) if position is not None and inside else "")

    def _words(self, position: int) -> str:
        said = [visible(self._labels[position])] if self._labels else []
        said += [f"class {self._groups[_CLASS][position] or 'none'}"] if _CLASS in self._groups else []
        label = f" ({', '.join(said)})" if said else ""
        x, y = self._places[position]
        return f"step {position + 1}{label} · component 1 {x:+.3f} · component 2 {y:+.3f}"

    def _near(self, place: QPointF) -> int | None:
        """The time step whose point lies under the mouse."""
        if not len(self._places):
            return None
        point, (wide, high) = self._plot.box.mapSceneToView(place), self._plot.box.viewPixelSize()
        away = np.hypot((self._places[:, 0] - point.x()) / wide, (self._places[:, 1] - point.y()) / high)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= _REACH else None

    def _mouse_moved(self, place: QPointF) -> None:
        self.time.hover(self._near(place))

    def _mouse_left(self) -> None:
        self.time.hover(None)

    def _mouse_clicked(self, place: QPointF) -> None:
        near = self._near(place)
        if near is not None:
            self.time.pin(near)


def _shade(at: int, count: int) -> int:
    """Which brush of the palette the step or group number `at` of `count` has."""
    return at * (_COLORS - 1) // max(count - 1, 1)


def _faint(theme: Theme) -> QPen:
    pen = theme.pen("muted")
    pen.setColor(theme.color("muted", 0.5))
    return pen
