"""How much of the loss's gradient reaches each time step: where learning through time ends, or blows up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import Floats, GradientByTime
from workbench.plots.curve import layer_stroke
from workbench.plots.curves import CurvePlot
from workbench.plots.half_lives import Course, HalfLifePlot, life_words
from workbench.plots.heat_grid import HeatGrid, Panel, Spot
from workbench.plots.key_cursor import ReadCursor
from workbench.plots.keys import Key, Scale, patch
from workbench.plots.numerals import numeral
from workbench.plots.saving import Table
from workbench.plots.scrolled import scrolled
from workbench.plots.time_cursor import TimeCursor
from workbench.theme import GRID, Theme
from workbench.views.live_view import LiveView

VANISHED = 1e-3  # of the strongest step's norm
EXPLODED = 1e2
_LEVELS = (-8.0, 2.0)  # log10
_MOST_CUTS = 200  # lines; more are a wall
_ROOM_FOR_STRIP = 580  # pixels, with text of the usual size
_CURVES, _LIVES = 18 * GRID, 15 * GRID  # pixels of height of a plot at least, with text of the usual size


class GradientFlow(LiveView):
    """log10 of the gradient's norm by time step and layer, where it is cut, its half-life now and over training."""

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
        self._course = Course()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """One point more of the history of half-lives, and the picture."""
        flow = dict(snapshot.values).get("gradient_by_time")
        if isinstance(flow, GradientByTime):
            self._course.remember(snapshot.step, flow.half_life)
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No history."""
        self._course.clear()
        super().reset(beginning=beginning)

    def reason(self) -> str:
        """Empty as well where there is no earlier time."""
        flow = self.probe("gradient_by_time")
        if isinstance(flow, GradientByTime) and flow.norms.shape[1] < 2:
            return "This network reads a single step: there is no earlier one that a gradient could reach."
        return super().reason()

    def build(self) -> Iterator[None]:
        """Curves over time steps, the same as a strip of colours, and the half-life over training."""
        self._curves = CurvePlot(self.theme, bottom="time step", left="log₁₀ ‖∂L/∂h‖", counted=True)
        self._vanished = self._curves.add_band(0, 0, "problem")
        self._frame, self._corners = self._curves.add_anchor(), ((0.0, 0.0), (0, 0))
        self._exploded = self._curves.add_band(math.log10(EXPLODED), 40, "warning")
        self._mark = self._curves.add_line("cursor", upright=True)
        self._border = self._curves.add_line("good", upright=True)
        self._cuts: list[Any] = []
        yield
        self._strip = HeatGrid(self.theme, bottom="time step", left="layer", least_height=2 * GRID)
        self._strip.arrange([Panel(0, 0, "magnitude")])
        yield
        self._lives = HalfLifePlot(self.theme)
        self._walked = ReadCursor(self._lives, self._words_on_lives, self._read_lives)
        pictures = QVBoxLayout(inside := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self._curves, 5), (self._strip, 0), (self._lives, 3)):
            pictures.addWidget(widget, stretch)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside, f"{self.key}.plots", f"{self.title}: now and over training"))
        self._strip.setVisible(self._strip_fits())
        self._lives.setVisible(not self.compact)
        self._curves.hiding.changed.connect(self._draw_bands_again)
        self._curves.hovered.connect(self._hover)
        self._curves.clicked.connect(self._click)
        self._strip.hovered.connect(self._hover_strip)
        self._strip.clicked.connect(self._click_strip)
        self._lives.hovered.connect(self._walked.hover)
        self.time.moved.connect(self.leave_inside)

    def draw(self, snapshot: Snapshot) -> None:
        """Everything of one snapshot, and the history."""
        flow = self.probe("gradient_by_time")
        if not isinstance(flow, GradientByTime):
            return
        self._name_layers(flow.names)
        logs = log_norms(flow)
        steps, rows = cut_apart(logs, flow.cuts)
        for name, row, life in zip(flow.names, rows, flow.half_life, strict=True):
            self._curves.show_curve(name, steps, row, life_words(life, short=self.compact))
        self._curves.box.setLimits(xMin=0.5, xMax=logs.shape[1] + 0.5)
        self._draw_bands(flow)
        if not self.compact:
            self._draw_strip(flow, logs)
            self._lives.draw(flow.names, self._course, self.moment)
        self._show_cursor()
        self._walked.read_again()

    def clear(self) -> None:
        """No curves, no cuts."""
        for plot in (self._curves, self._lives):
            plot.remove_curves()
            plot.clear()
            plot.show_everything()
        self._walked.forget()
        for line in (self._mark, self._border, *self._cuts):
            line.hide()

    def recolour(self) -> None:
        """All three pictures."""
        for plot, high in ((self._curves, _CURVES), (self._lives, _LIVES)):
            plot.apply_theme(self.theme)
            plot.canvas.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        self._strip.apply_theme(self.theme)
        self._draw_bands_again()

    def reset_zoom(self) -> None:
        """All three pictures."""
        for plot in (self._curves, self._strip, self._lives):
            plot.show_everything()

    def time_steps(self) -> int:
        """Steps of the longest sequence of the batch."""
        flow = self.probe("gradient_by_time")
        return flow.norms.shape[1] if isinstance(flow, GradientByTime) else 0

    def table(self) -> Table:
        """One row for each layer and direction: half-life, then the norm at every time step."""
        flow = self.probe("gradient_by_time")
        if not isinstance(flow, GradientByTime):
            return (), []
        header = ("layer", "half-life in steps", *(f"step {t + 1}" for t in range(flow.norms.shape[1])))
        rows = zip(flow.names, flow.half_life, flow.norms, strict=True)
        return header, [(name, float(life), *map(float, norms)) for name, life, norms in rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip says again what the curves say: where height is short, it goes first."""
        super().resizeEvent(event)
        if self._built:
            self._strip.setVisible(self._strip_fits())

    # --- drawing ----------------------------------------------------------------------------------------

    def _name_layers(self, names: tuple[str, ...]) -> None:
        if tuple(self._curves.curves) == names:
            return
        depth = len({name.removesuffix(" reverse") for name in names})
        for plot in (self._curves, self._lives):
            plot.remove_curves()
            level = -1
            for name in names:
                reverse = name.endswith(" reverse")
                level += not reverse
                plot.add_curve(name, layer_stroke(level, depth, reverse=reverse), symbol=plot is self._lives)

    def _strip_fits(self) -> bool:
        return not self.compact and self.height() >= _ROOM_FOR_STRIP * self.theme.scale

    def _draw_bands(self, flow: GradientByTime) -> None:
        finite = flow.norms[np.isfinite(flow.norms)]
        strongest = float(finite.max()) if finite.size else 0.0
        self._vanished.setVisible(strongest > 0)
        keys = []
        if strongest > 0:
            edge = math.log10(VANISHED * strongest)
            self._vanished.setRegion((-60, edge))
            decades = math.floor(edge - 0.3), math.ceil(self._top(flow, edge))  # whole ones: the axis stands still
            corners = (0.5, flow.norms.shape[1] + 0.5), decades
            if corners != self._corners:  # they seldom move
                self._corners = corners
                self._frame.setData(*corners)
            vanished = self._said("vanished: below 1/1000 of the strongest", " step")
            keys.append(Key(vanished, patch(self.theme.color("problem", 0.4))))
        if strongest > EXPLODED:
            keys.append(Key(f"exploded: above {EXPLODED:g}", patch(self.theme.color("warning", 0.4))))
        self._draw_cuts(flow.cuts)
        self._curves.mark(self._border, None if flow.written_from is None else flow.written_from + 0.5)
        if flow.written_from is not None:
            keys.append(Key(self._said("from here on it is written", ", before it read"), self.theme.pen("good")))
        if flow.cuts:
            keys.append(Key(self._said("cut", ": the gradient goes no further back"), self.theme.pen("baseline")))
        if flow.together > 1:
            added = self._said(f"up to {flow.together} updates added up", ", half-lives are of each alone")
            keys.append(Key(added, QPen(Qt.PenStyle.NoPen), line=False))
        self._curves.show_key(keys)

    def _said(self, words: str, more: str) -> str:
        """In a small place the key of all layers has to fit into few rows, and this says the least of it."""
        return words if self.compact else words + more

    def _top(self, flow: GradientByTime, least: float) -> float:
        """log10 of the strongest norm among the layers that are shown."""
        hides = self._curves.hiding.hides
        shown = log_norms(flow)[[not hides(name) for name in flow.names]]
        return max(least, float(shown.max(initial=least, where=np.isfinite(shown))))

    def _draw_bands_again(self) -> None:
        flow = self.probe("gradient_by_time")
        if isinstance(flow, GradientByTime):
            self._draw_bands(flow)

    def _draw_cuts(self, cuts: tuple[int, ...]) -> None:
        """An upright line before the first step of each part; lines are made once and used again."""
        cuts = cuts if len(cuts) <= _MOST_CUTS else ()  # the curves are apart all the same
        while len(self._cuts) < len(cuts):
            self._cuts.append(self._curves.add_line("baseline", upright=True))
        for index, line in enumerate(self._cuts):
            self._curves.mark(line, cuts[index] + 0.5 if index < len(cuts) else None)

    def _draw_strip(self, flow: GradientByTime, logs: Floats) -> None:
        self._strip.setFixedHeight(round((11 + 2 * min(len(logs), 8)) * GRID * self.theme.scale))
        self._strip.show_panel(0, logs, _LEVELS, "")
        self._strip.show_units(0, [name.removeprefix("layer ").replace(" reverse", " ←") for name in flow.names])
        self._strip.show_axis([str(t + 1) for t in range(logs.shape[1])])
        self._strip.show_scales([Scale("log₁₀ ‖∂L/∂h‖", self.theme.color_map("magnitude"), *_LEVELS)])

    # --- cursor -----------------------------------------------------------------------------------------

    def _show_cursor(self) -> None:
        position = self.time.position
        inside = position is not None and position < self.time_steps()
        self._mark.setVisible(inside)
        self._strip.show_cursor(position if inside else None)
        if position is not None and inside:
            self._mark.setPos(position + 1)
            self.read_out(self._words(position))
        else:
            self.read_out("")

    def _words(self, position: int) -> str:
        flow = self.probe("gradient_by_time")
        if not isinstance(flow, GradientByTime):
            return ""
        norms = (
            f"{name} ‖∂L/∂h‖ = {_norm_words(row[position])}"
            for name, row in zip(flow.names, flow.norms, strict=True)
            if not self._curves.hiding.hides(name)
        )
        return " · ".join((f"time step {position + 1}", *norms))

    def _hover(self, place: float | None) -> None:
        inside = place is not None and 0.5 <= place < self.time_steps() + 0.5
        self.time.hover(round(place) - 1 if place is not None and inside else None)

    def _click(self, place: float) -> None:
        if 0.5 <= place < self.time_steps() + 0.5:
            self.time.pin(round(place) - 1)

    def _hover_strip(self, spot: Spot | None) -> None:
        self.time.hover(spot.time if spot else None)

    def _click_strip(self, spot: Spot) -> None:
        self.time.pin(spot.time)

    def walk_inside(self, across: int, down: int) -> bool:
        """Up and down the training, in the plot of half-lives; across are the time steps."""
        if across:  # the time cursor takes over, though it may stand at the last step already
            self.leave_inside()
        there = down != 0 and self._lives.isVisible()
        return there and self._walked.walk(-down, self._course.steps) is not None

    def leave_inside(self) -> None:
        """No step of the training is read out."""
        self._walked.forget()
        self._show_cursor()

    def _read_lives(self, words: str) -> None:
        """Half-lives at a step of the training; where none is looked at any more, what the time cursor says."""
        if words:
            self.read_out(words)
        else:
            self._show_cursor()

    def _words_on_lives(self, place: float) -> str:
        return self._lives.describe(place, f"step {place:,.0f} · half-life")


def _norm_words(norm: float) -> str:
    return "not looked at" if math.isnan(norm) else numeral(f"{norm:.3g}")


def log_norms(flow: GradientByTime) -> Floats:
    """log10 of the norms; NaN where nothing at all arrives."""
    return np.log10(flow.norms, out=np.full_like(flow.norms, np.nan), where=flow.norms > 0)


def cut_apart(logs: Floats, cuts: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Places (N,) counted from 1 and `logs` (rows, N) with a gap at each cut, so that no line goes across."""
    steps = np.arange(1.0, logs.shape[1] + 1)
    if not cuts:
        return steps, logs
    at = list(cuts)
    return np.insert(steps, at, np.array(at) + 0.5), np.insert(logs, at, np.nan, axis=1)
