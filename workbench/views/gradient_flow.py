"""How much of the loss's gradient reaches each time step: where learning through time ends, or blows up."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import GradientByTime
from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.numerals import numeral
from workbench.plots.curves.gradient_plot import GradientPlot, layer_strokes
from workbench.plots.curves.half_lives import Course, HalfLifePlot
from workbench.plots.curves.key_cursor import ReadCursor
from workbench.plots.curves.norm_axis import NormAxis
from workbench.plots.frame.saving import Table
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.heat.heat_grid import HeatGrid, Panel, Spot
from workbench.plots.key.keys import Scale
from workbench.views.live_view import LiveView

_LEVELS = (-8.0, 2.0)  # log10
_AGEING_MS = 200  # for which half-lives over training stand at least
_ROOM_FOR_STRIP = 580  # pixels, with text of the usual size
_CURVES, _LIVES = 18 * GRID, 15 * GRID  # pixels of height of a plot at least, with text of the usual size


class GradientFlow(LiveView):
    """log10 of the gradient's norm by time step and layer, where it is cut, its half-life now and over training.

    Where lengths differ it is that of one sequence by distance from its end, which is a cursor of its own: no time step
    of the pinned sequence is so far from all their ends.
    """

    key = "gradient_flow"
    title = "Gradient by time step"
    order = 20
    question = "How far back in time does the network learn: does the gradient vanish, or explode?"
    probes = frozenset({"gradient_by_time"})
    waiting = "Press Run (F5): how much of the gradient reaches each earlier time step is drawn here."

    def __init__(
        self, theme: Theme, cursor: TimeCursor | None = None, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        """As every view; half-lives are kept from the beginning, seen or not."""
        super().__init__(theme, cursor, compact=compact, parent=parent)
        self._course, self._from_end = Course(), TimeCursor(self)
        self._longest = 0  # steps of the sequences of all batches that were looked at

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """One point more of the history of half-lives, and the picture."""
        flow = dict(snapshot.values).get("gradient_by_time")
        if isinstance(flow, GradientByTime):
            step, _ = snapshot.measured_at("gradient_by_time")
            self._course.remember(step, flow.half_life, flow.norms.shape[1])
            self._longest = max(self._longest, NormAxis(flow).steps)
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No history."""
        self._course.clear()
        self._longest = 0
        self._from_end.release()
        super().reset(beginning=beginning)

    def reason(self) -> str:
        """Empty as well where there is no earlier time."""
        flow = self.probe("gradient_by_time")
        if isinstance(flow, GradientByTime) and flow.norms.shape[1] < 2:
            return "This network reads a single step: there is no earlier one that a gradient could reach."
        return super().reason()

    def build(self) -> Iterator[None]:
        """Curves over time steps, the same as a strip of colours, and the half-life over training."""
        self._curves = GradientPlot(self.theme, brief=self.compact)
        yield
        self._strip = HeatGrid(self.theme, bottom="time step", left="layer", least_height=2 * GRID)
        self._strip.arrange([Panel(0, 0, "magnitude")])
        yield
        self._lives = HalfLifePlot(self.theme)
        self._walked = ReadCursor(self._lives, self._words_on_lives, self._read_lives)
        self._ageing = self.calm(self._draw_lives, rest_ms=_AGEING_MS)
        pictures = QVBoxLayout(inside := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self._curves, 5), (self._strip, 0), (self._lives, 3)):
            pictures.addWidget(widget, stretch)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside, f"{self.key}.plots", f"{self.title}: now and over training"))
        self._strip.setVisible(self._strip_fits())
        self._lives.setVisible(not self.compact)
        self._curves.hovered.connect(self._hover)
        self._curves.clicked.connect(self._click)
        self._strip.hovered.connect(self._hover_strip)
        self._strip.clicked.connect(self._click_strip)
        self._lives.hovered.connect(self._walked.hover)
        for cursor in (self.time, self._from_end):
            cursor.moved.connect(self._follow)

    def draw(self, snapshot: Snapshot) -> None:
        """Everything of one snapshot, and the history."""
        axis = self._axis()
        if axis is None:
            return
        names = axis.flow.names
        self._name_layers(names)
        self._curves.draw(axis)
        if not self.compact:
            self._draw_strip(axis)
            looks_back = self.moment is not None or self._lives.looks_back
            at_once = self.at_rest or looks_back or len(self._course.steps) < 2
            self._draw_lives() if at_once else self._ageing.ask()
        self._show_cursor(axis)
        self._walked.read_again()

    def _draw_lives(self) -> None:
        """What grows with the run by a hair a frame, and takes the longest."""
        flow = self.probe("gradient_by_time")
        if isinstance(flow, GradientByTime):
            self._lives.draw(flow.names, self._course, self.moment)

    def clear(self) -> None:
        """No curves, no history."""
        for plot in (self._curves, self._lives):
            plot.remove_curves()
            plot.clear()
            plot.show_everything()
        self._walked.forget()

    def recolour(self) -> None:
        """All three pictures."""
        for plot, high in ((self._curves, _CURVES), (self._lives, _LIVES)):
            plot.apply_theme(self.theme)
            plot.canvas.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        self._strip.apply_theme(self.theme)

    def reset_zoom(self) -> None:
        """All three pictures."""
        for plot in (self._curves, self._strip, self._lives):
            plot.show_everything()

    def time_steps(self) -> int:
        """Steps of the sequences of the batch, where all have as many."""
        axis = self._axis()
        return axis.steps if axis is not None and not axis.from_end else 0

    def table(self) -> Table:
        """One row for each layer and direction: half-life, then the norms as they are drawn from left to right."""
        flow = self.probe("gradient_by_time")
        if not isinstance(flow, GradientByTime):
            return (), []
        axis = NormAxis(flow)
        header = ("layer", "half-life in steps", *map(axis.name, range(axis.steps)))
        rows = zip(flow.names, flow.half_life, axis.norms, strict=True)
        return header, [(name, float(life), *map(float, norms)) for name, life, norms in rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip says again what the curves say: where height is short, it goes first."""
        super().resizeEvent(event)
        if self._built:
            self._strip.setVisible(self._strip_fits())

    # --- drawing ----------------------------------------------------------------------------------------

    def _axis(self) -> NormAxis | None:
        """Where what was measured is drawn."""
        flow = self.probe("gradient_by_time")
        stays = self.at_rest and self.moment is None  # the axis need not stand still from batch to batch
        return NormAxis(flow, 0 if stays else self._longest) if isinstance(flow, GradientByTime) else None

    def _name_layers(self, names: tuple[str, ...]) -> None:
        if tuple(self._curves.curves) == names:
            return
        self._curves.add_layers(names)
        self._lives.remove_curves()
        for name, stroke in layer_strokes(names):
            self._lives.add_curve(name, stroke, symbol=True)

    def _strip_fits(self) -> bool:
        return not self.compact and self.height() >= _ROOM_FOR_STRIP * self.theme.scale

    def _draw_strip(self, axis: NormAxis) -> None:
        self._strip.setFixedHeight(round((11 + 2 * min(len(axis.logs), 8)) * GRID * self.theme.scale))
        self._strip.show_panel(0, axis.logs, _LEVELS, "")
        self._strip.show_units(0, [name.removeprefix("layer ").replace(" reverse", " ←") for name in axis.flow.names])
        self._strip.show_axis(axis.labels(), name=axis.title)
        self._strip.show_scales([Scale("log₁₀ ‖∂L/∂h‖", self.theme.color_map("magnitude"), *_LEVELS)])

    # --- cursor -----------------------------------------------------------------------------------------

    def _column(self, axis: NormAxis) -> int | None:
        """The column that is looked at: a time step, or so many steps from the end whatever the longest sequence is."""
        position = (self._from_end if axis.from_end else self.time).position
        if position is None or position >= axis.steps:
            return None
        return axis.steps - 1 - position if axis.from_end else position

    def _show_cursor(self, axis: NormAxis | None) -> None:
        column = None if axis is None else self._column(axis)
        self._strip.show_cursor(column)
        if axis is None or column is None:
            self._curves.show_cursor(None)
            self.read_out("")
            return
        self._curves.show_cursor(axis.first + column)
        self.read_out(self._words(axis, column))

    def _words(self, axis: NormAxis, column: int) -> str:
        goes = "no gradient goes so far" if axis.flow.cuts else "no sequence goes so far"
        norms = " · ".join(
            f"{name}: {goes if axis.from_end else 'not looked at'}"
            if math.isnan(row[column])
            else f"{name} = {numeral(f'{row[column]:.3g}')}"
            for name, row in zip(axis.flow.names, axis.norms, strict=True)  # which a hidden picture has not drawn yet
            if not self._curves.hiding.hides(name)
        )
        return axis.name(column) + (f" · ‖∂L/∂h‖ of {norms}" if norms else "")  # once, or few layers fill two lines

    def _hover(self, place: float | None) -> None:
        axis = self._axis()
        self._look_at(None if axis is None or place is None else axis.column(place))

    def _click(self, place: float) -> None:
        axis = self._axis()
        self._look_at(None if axis is None else axis.column(place), pin=True)

    def _hover_strip(self, spot: Spot | None) -> None:
        self._look_at(spot.time if spot else None)

    def _click_strip(self, spot: Spot) -> None:
        self._look_at(spot.time, pin=True)

    def _look_at(self, column: int | None, *, pin: bool = False) -> None:
        """Follow the mouse to a column, or pin it where there is one."""
        axis = self._axis()
        if axis is None:
            return
        cursor = self._from_end if axis.from_end else self.time
        position = axis.steps - 1 - column if column is not None and axis.from_end else column
        if not pin:
            cursor.hover(position)
        elif position is not None:
            cursor.pin(position)

    def _follow(self) -> None:
        """A cursor moved: what keys walked to among the half-lives is left for it."""
        self._walked.forget()
        self._show_cursor(self._axis())

    def walk_inside(self, across: int, down: int) -> bool:
        """Up and down the training, in the plot of half-lives; across are the time steps."""
        if across:  # the time cursor takes over, though it may stand at the last step already
            self._follow()
            axis = self._axis()
            if axis is not None and axis.from_end:
                self._from_end.walk(-across, axis.steps)
                return True
        there = down != 0 and self._lives.isVisible()
        return there and self._walked.walk(-down, self._course.steps) is not None

    def leave_inside(self) -> None:
        """No step of the training is read out, and no distance from the end."""
        self._from_end.release()
        self._follow()

    def _read_lives(self, words: str) -> None:
        """Half-lives at a step of the training; where none is looked at any more, what the time cursor says."""
        if words:
            self.read_out(words)
        else:
            self._show_cursor(self._axis())

    def _words_on_lives(self, place: float) -> str:
        known = "half-life" if self._lives.words(place) else "no half-life"
        return self._lives.describe(place, f"step {place:,.0f} · {known}")
