"""The way of the hidden state through the plane in which it moves most, of one sequence or of some of every class."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from engine.events import Snapshot
from engine.inside_records import ClassPaths, HiddenTrace, LayerTrace
from engine.wording.percentages import percent
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import Table
from workbench.plots.heat.trace_grid import layer_name, steps_of
from workbench.plots.states.class_path_plot import ClassPathPlot
from workbench.plots.states.state_path_plot import StatePathPlot
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import ElidedBox, NamesBox

_MANY, _ONE = "several of every class", "the pinned one"


class StateSpace(LiveView):
    """Trajectories of the state in two principal components: of one sequence by time, class or symbol, or of many."""

    key = "state_space"
    title = "State space"
    order = 60
    question = "Does the state run in circles, settle down, or wander: what course does it take through its space?"
    probes = frozenset({"hidden", "class_paths"})
    waiting = "Press Run (F5): the course of the hidden state over one validation sequence is drawn here."

    def build(self) -> Iterator[None]:
        """Two plots in which distances are true, one of them seen, and choices of sequences, colours and layer."""
        self._one = StatePathPlot(self.theme)
        yield
        self._many = ClassPathPlot(self.theme)
        self._sequences, self._color, self._layer = ElidedBox(), ElidedBox(), NamesBox()
        self._sequences.addItems([_MANY, _ONE])
        self._sequences.activated.connect(self._draw_again)
        self._color.addItems(self._one.ways)
        self._color.activated.connect(lambda: self._one.color_by(self._color.currentText()))
        self._layer.activated.connect(self._draw_other_layer)
        self._choice = self.add_control("Sequences", self._sequences, "sequences")
        self._coloring = self.add_control("Colours", self._color, "color")
        self.add_control("Layer", self._layer, "layer")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._one)
        self._pages.addWidget(self._many)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._one.hovered.connect(self.time.hover)
        self._one.clicked.connect(self.time.pin)
        self._many.hovered.connect(self.read_out)
        self.time.moved.connect(self._show_cursor)

    def draw(self, snapshot: Snapshot) -> None:
        """Project the chosen layer; the last one unless another was chosen."""
        trace, paths = self.probe("hidden"), self.probe("class_paths")
        if not isinstance(trace, HiddenTrace):
            return
        layer, step = self._chosen(trace), self.time.position
        if isinstance(paths, ClassPaths) and self._sequences.currentText() == _MANY:
            self._pages.setCurrentWidget(self._many)
            _name_axes(self._many.plot, self._many.show_paths(paths, self._layer.currentIndex(), step))
        else:
            self._pages.setCurrentWidget(self._one)
            _name_axes(self._one.plot, self._one.show_states(layer.hidden, trace, step))
            self._offer_colors()
        self._choice.setVisible(isinstance(paths, ClassPaths) and not self.compact)
        self._coloring.setVisible(self._color.count() > 1 and not self._shows_many and not self.compact)
        self._tell_step()

    def clear(self) -> None:
        """No path."""
        self._one.clear()
        self._many.clear()

    def recolour(self) -> None:
        """Both plots."""
        self._one.apply_theme(self.theme)
        self._many.apply_theme(self.theme)

    def reset_zoom(self) -> None:
        """Both plots."""
        self._one.plot.show_everything()
        self._many.plot.show_everything()

    def reason(self) -> str:
        """Empty as well where the one sequence that is known is a single point."""
        if steps_of(self.probe("hidden")) == 1 and not isinstance(self.probe("class_paths"), ClassPaths):
            return "This network reads a single step: its state has one place, and no course to take."
        return super().reason()

    def time_steps(self) -> int:
        """Steps of the pinned sequence, or of the longest of many."""
        if self._built and self._shows_many:
            return max(map(len, self._many.places), default=0)
        return steps_of(self.probe("hidden"))

    def table(self) -> Table:
        """One row for each time step, of many sequences one after the other."""
        if not self._built:
            return (), []
        return self._many.table() if self._shows_many else self._one.table()

    def moment_of(self, snapshot: Snapshot) -> tuple[int, int]:
        """That of the paths which are shown: those of many sequences take longer, and are measured more seldom."""
        return self.since("class_paths" if self._shows_many else "hidden") or super().moment_of(snapshot)

    @property
    def _shows_many(self) -> bool:
        return self._pages.currentWidget() is self._many

    def _chosen(self, trace: HiddenTrace) -> LayerTrace:
        names = [layer_name(layer) for layer in trace.layers]
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)
            self._layer.setCurrentIndex(max(i for i, layer in enumerate(trace.layers) if not layer.reverse))
        return trace.layers[self._layer.currentIndex()]

    def _offer_colors(self) -> None:
        names = list(self._one.ways)
        if names != [self._color.itemText(i) for i in range(self._color.count())]:
            self._color.clear()
            self._color.addItems(names)
            self._one.color_by(self._color.currentText())

    def _draw_other_layer(self) -> None:
        self._one.forget_plane()
        self._draw_again()

    def _draw_again(self) -> None:
        self.read_out("")
        if self.snapshot is not None:
            self._draw_snapshot(self.snapshot)

    def _show_cursor(self) -> None:
        (self._many if self._shows_many else self._one).mark(self.time.position)
        self._tell_step()

    def _tell_step(self) -> None:
        if not self._shows_many:
            self.read_out(self._one.words())
        elif told := self._many.words():  # of many the sequence that keys went to is told, or that under the mouse
            self.read_out(told)

    def walk_inside(self, across: int, down: int) -> bool:
        """Down through the sequences of every class; across are the time steps."""
        walked = bool(down) and self._shows_many and self._many.walk(down)
        if walked:
            self._tell_step()
        return walked

    def leave_inside(self) -> None:
        """No sequence is read out; of the pinned one the time step is."""
        self._many.leave()
        self.read_out("" if self._shows_many else self._one.words())


def _name_axes(plot: CurvePlot, shares: tuple[float, float]) -> None:
    for number, (axis, share) in enumerate(zip((plot.bottom, plot.left), shares, strict=True), 1):
        axis.rename(f"component {number}: {percent(share)} of the variance")
