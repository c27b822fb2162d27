"""The way of the hidden state through the plane in which it moves most, while the pinned sequence is read."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QComboBox, QVBoxLayout

from engine.events import HiddenTrace, LayerTrace, Snapshot
from workbench.plots.curves import CurvePlot
from workbench.plots.label_axis import visible
from workbench.plots.legend import Scale
from workbench.plots.principal import Plane, PrincipalPlane
from workbench.plots.saving import Table
from workbench.plots.trace_grid import layer_name, steps_of
from workbench.theme import Theme
from workbench.views.live_view import LiveView

_PATH, _CURSOR = "path of the state", "time step looked at"
_COLORS = 32
_REACH = 12  # pixels: how near to a point the mouse has to be


class StateSpace(LiveView):
    """The state's trajectory in its first two principal components, coloured by time."""

    key = "state_space"
    title = "State space"
    order = 60
    question = "Does the state run in circles, settle down, or wander: what course does it take through its space?"
    probes = frozenset({"hidden"})
    waiting = "Press Run (F5): the course of the hidden state over one validation sequence is drawn here."

    def build(self) -> None:
        """One plot in which distances are true, and a choice of the layer."""
        self._plane = PrincipalPlane()
        self._places: Plane = np.zeros((0, 2))
        self._labels: tuple[str, ...] = ()
        self._plot = CurvePlot(self.theme, bottom="component 1", left="component 2")
        self._plot.box.setAspectLocked(True)
        self._plot.add_curve(_PATH, _faint)
        self._path = self._plot.curves[_PATH].item
        self._path.setClipToView(False)  # the path goes back and forth
        self._path.setDownsampling(auto=False, ds=1)
        self._points = pg.ScatterPlotItem(size=8)
        self._plot.axes.add(self._points)
        self._plot.add_curve(_CURSOR, "cursor", symbol=True, line=False, ring=True)
        self._layer = QComboBox()
        self._layer.activated.connect(self._draw_other_layer)
        self.add_control("Layer", self._layer, "layer")
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._plot.canvas.moved.connect(self._mouse_moved)
        self._plot.canvas.left.connect(self._mouse_left)
        self._plot.canvas.clicked.connect(self._mouse_clicked)
        self.time.moved.connect(self._show_cursor)

    def draw(self, snapshot: Snapshot) -> None:
        """Project the chosen layer; the last one unless another was chosen."""
        trace = self.probe("hidden")
        if not isinstance(trace, HiddenTrace):
            return
        layer = self._chosen(trace)
        self._labels = trace.labels
        self._places, shares = self._plane.project(layer.hidden)
        self._plot.show_curve(_PATH, self._places[:, 0], self._places[:, 1])
        self._points.setData(self._places[:, 0], self._places[:, 1], brush=self._brushes(len(self._places)))
        self._name_axes(shares)
        self._show_cursor()

    def clear(self) -> None:
        """No path."""
        self._plane.reset()
        self._places, self._labels = np.zeros((0, 2)), ()
        self._points.clear()
        self._plot.clear()
        self._plot.show_everything()

    def recolour(self) -> None:
        """Plot and points."""
        self._plot.apply_theme(self.theme)
        self._points.setPen(pg.mkPen(self.theme.color("muted")))  # early steps are dark on every ground
        if len(self._places):
            self._points.setBrush(self._brushes(len(self._places)))
            self._show_key()

    def reset_zoom(self) -> None:
        """The plot."""
        self._plot.show_everything()

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        return steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """One row for each time step."""
        if not self._built:
            return (), []
        labels = [visible(label) for label in self._labels] or [""] * len(self._places)
        places = zip(labels, self._places.tolist(), strict=True)
        rows = [(step, label, *place) for step, (label, place) in enumerate(places, 1)]
        return ("step", "label", "component 1", "component 2"), rows

    def _chosen(self, trace: HiddenTrace) -> LayerTrace:
        names = [layer_name(layer) for layer in trace.layers]
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)
            self._layer.setCurrentIndex(max(i for i, layer in enumerate(trace.layers) if not layer.reverse))
        return trace.layers[self._layer.currentIndex()]

    def _draw_other_layer(self) -> None:
        self._plane.reset()
        if self.snapshot is not None:
            self.draw(self.snapshot)

    def _name_axes(self, shares: tuple[float, float]) -> None:
        for number, (axis, share) in enumerate(zip((self._plot.bottom, self._plot.left), shares, strict=True), 1):
            text = f"component {number}: {share:.0%} of the variance"
            if axis.labelText != text:
                axis.setLabel(text, **axis.labelStyle)

    def _brushes(self, count: int) -> list[object]:
        """One for each time step, of few different ones: each costs pyqtgraph a picture of its own."""
        colors = self.theme.color_map("magnitude").getLookupTable(nPts=_COLORS, alpha=False)
        brushes = [pg.mkBrush(*color) for color in colors]
        return [brushes[step * (_COLORS - 1) // max(count - 1, 1)] for step in range(count)]

    def _show_key(self) -> None:
        self._plot.show_key([Scale("time step", self.theme.color_map("magnitude"), 1, max(len(self._places), 2))])

    # --- cursor -----------------------------------------------------------------------------------------

    def _show_cursor(self) -> None:
        position = self.time.position
        inside = position is not None and position < len(self._places)
        here = self._places[position : position + 1] if position is not None and inside else self._places[:0]
        self._plot.show_curve(_CURSOR, here[:, 0], here[:, 1])
        self._show_key()
        self.read_out(self._words(position) if position is not None and inside else "")

    def _words(self, position: int) -> str:
        label = f" ({visible(self._labels[position])})" if self._labels else ""
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


def _faint(theme: Theme) -> QPen:
    pen = theme.pen("muted")
    pen.setColor(theme.color("muted", 0.5))
    return pen
