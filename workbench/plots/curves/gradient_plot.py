"""Norms of a gradient along time: a curve for each layer, where it has vanished or exploded, and where it is cut."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from engine.inside_records import Floats
from workbench.calm import Calm
from workbench.looks.theme import Theme
from workbench.plots.curves.curve import Stroke, layer_stroke
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.half_lives import life_words, longest_life
from workbench.plots.curves.norm_axis import NormAxis
from workbench.plots.key.keys import Key, patch

VANISHED = 1e-3  # of the strongest step's norm
EXPLODED = 1e2
_MOST_CUTS = 200  # lines; more are a wall
_FEW = 3  # layers and directions of whose half-lives all is said in a small place
_FAR = 60.0  # decades that bands reach beyond all there is
_NOTHING_HELD = (0.0, 0.0), (math.nan, math.nan)  # the ends of the axis of time, and decades


class GradientPlot(CurvePlot):
    """log10 of the norms with every snapshot; what is read about them, as often as it can be read.

    The axis of norms holds whole decades, so that it stands still: of the layers that are shown, and of some of what
    has vanished.
    """

    def __init__(self, theme: Theme, *, brief: bool) -> None:
        """`brief` where the key of all layers has to fit into few rows."""
        self._axis: NormAxis | None = None  # of what is drawn
        super().__init__(theme, bottom="time step", left="log₁₀ ‖∂L/∂h‖", counted=True)
        self._brief = brief
        self._vanished = self.add_band(0, 0, "problem")
        self._exploded = self.add_band(math.log10(EXPLODED), _FAR, "warning")
        self._frame, self._corners = self.add_anchor(), _NOTHING_HELD
        self._cursor = self.add_line("cursor", upright=True)
        self._borders = [self.add_line("good", upright=True) for _ in range(2)]
        self._cuts: list[Any] = []
        self._told: tuple[object, ...] = ()  # what does not wait, since it says how the curves are to be read
        self._saying = Calm(self, self._say_again)
        self.hiding.changed.connect(self._hold_what_is_shown)

    def draw(self, axis: NormAxis) -> None:
        """The curves, their range, and what is to be said about them."""
        self._axis, flow = axis, axis.flow
        self._name_axis(axis.title)
        places, rows = axis.cut_apart()
        for name, row, life in zip(flow.names, rows, flow.half_life, strict=True):
            self.show_curve(name, *_seen(places, row), self._life_words(life, flow.norms.shape[1]))
        self.box.setLimits(xMin=axis.ends[0], xMax=axis.ends[1])
        self._hold(axis)
        told = axis.ends, axis.cut_lines, axis.written, flow.together
        if told != self._told:
            self._told = told
            self._say(axis)
        else:
            self._saying.ask()

    def _life_words(self, life: float, length: int) -> str:
        """Of many layers in a small place nothing is said of those that have no half-life, so that all are named."""
        crowded = self._brief and len(self.curves) > _FEW
        nothing = crowded and life > longest_life(length)
        return "" if nothing else life_words(life, length, short=self._brief)

    def add_layers(self, names: tuple[str, ...]) -> None:
        """A curve for each layer and direction, without numbers yet, in the place of all others."""
        self.remove_curves()
        for name, stroke in layer_strokes(names):
            self.add_curve(name, stroke, ranged=False)

    def show_cursor(self, place: float | None) -> None:
        """Mark the place that is looked at."""
        self.mark(self._cursor, place)

    def clear(self) -> None:
        """No curves, no cuts."""
        self._axis, self._told, self._corners = None, (), _NOTHING_HELD
        super().clear()
        for line in (self._cursor, *self._borders, *self._cuts):
            line.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`, also for what the key says of bands."""
        super().apply_theme(theme)
        self._say_again()

    # --- range ------------------------------------------------------------------------------------------

    def _name_axis(self, title: str) -> None:
        if self.bottom.labelText != title:
            self.bottom.rename(title)
            self.show_everything()  # a zoom was into other places

    def _hold(self, axis: NormAxis) -> None:
        strongest = _strongest(axis)
        if strongest > 0:
            corners = axis.ends, self._decades(axis, math.log10(VANISHED * strongest))
            if corners != self._corners:  # they seldom move
                self._corners = corners
                self._frame.show(*corners)
                self.settle()

    def _decades(self, axis: NormAxis, edge: float) -> tuple[float, float]:
        """One that is left empty at either end is held on to: a gradient comes and goes across its border."""
        shown = axis.logs[[not self.hiding.hides(name) for name in axis.flow.names]]
        known = shown[np.isfinite(shown)]
        low, high = math.floor(known.min(initial=edge - 0.3)), math.ceil(known.max(initial=edge))
        least, most = self._corners[1]
        return least if least == low - 1 else low, most if most == high + 1 else high

    def _hold_what_is_shown(self) -> None:
        """Something was hidden or shown: hold on to nothing."""
        self._corners = _NOTHING_HELD
        if self._axis is not None:
            self._hold(self._axis)
            self._say(self._axis)

    # --- what is said -----------------------------------------------------------------------------------

    def _say_again(self) -> None:
        if self._axis is not None:
            self._say(self._axis)

    def _say(self, axis: NormAxis) -> None:
        """Bands, cuts and the key: to paint them anew costs as much as the curves."""
        strongest = _strongest(axis)
        self._vanished.setVisible(strongest > 0)
        if strongest > 0:
            self._vanished.setRegion((-_FAR, math.log10(VANISHED * strongest)))
        self._exploded.setVisible(self._corners[1][1] > math.log10(EXPLODED))
        self._draw_cuts(axis.cut_lines)
        for border, place in zip(self._borders, axis.written or (None, None), strict=True):
            self.mark(border, place)
        self.show_key([*self._keys_of_bands(axis), *self._keys_of_time(axis)])

    def _keys_of_bands(self, axis: NormAxis) -> list[Key]:
        keys, strongest = [], _strongest(axis)
        if np.fmax.reduce(axis.norms, axis=None) == 0:  # known everywhere, or where it was looked at
            nothing = self._said("no gradient arrives", ": the loss of the batch is 0, or no state changes it")
            keys.append(Key(nothing, QPen(Qt.PenStyle.NoPen), line=False))
        if strongest > 0:
            vanished = self._said("vanished: below 1/1000 of the strongest", " step")
            keys.append(Key(vanished, patch(self._theme.color("problem", 0.4))))
        if strongest > EXPLODED:
            keys.append(Key(f"exploded: above {EXPLODED:g}", patch(self._theme.color("warning", 0.4))))
        return keys

    def _keys_of_time(self, axis: NormAxis) -> list[Key]:
        flow, keys, nothing = axis.flow, [], QPen(Qt.PenStyle.NoPen)
        if axis.written:
            keys.append(Key(self._said(*axis.words_on_writing), self._theme.pen("good")))
        if axis.from_end:
            keys.append(Key(self._said(*axis.words_on_ends), nothing, line=False))
        if flow.cuts:
            further = ": no gradient goes further back" if axis.from_end else ": the gradient goes no further back"
            keys.append(Key(self._said("cut", further), self._theme.pen("baseline")))
        if flow.together > 1 and not axis.from_end:
            added = self._said(f"up to {flow.together} updates added up", ", half-lives are of each alone")
            keys.append(Key(added, nothing, line=False))
        return keys

    def _said(self, words: str, more: str) -> str:
        return words if self._brief else words + more

    def _draw_cuts(self, cuts: tuple[float, ...]) -> None:
        """An upright line at each place; lines are made once and used again."""
        cuts = cuts if len(cuts) <= _MOST_CUTS else ()  # the curves are apart all the same
        while len(self._cuts) < len(cuts):
            self._cuts.append(self.add_line("baseline", upright=True))
        for index, line in enumerate(self._cuts):
            self.mark(line, cuts[index] if index < len(cuts) else None)


def layer_strokes(names: tuple[str, ...]) -> list[tuple[str, Stroke]]:
    """Each layer's and direction's name with what it is drawn with: directions of a layer in one colour."""
    depth = len({name.removesuffix(" reverse") for name in names})
    level, strokes = -1, list[tuple[str, Stroke]]()
    for name in names:
        reverse = name.endswith(" reverse")
        level += not reverse
        strokes.append((name, layer_stroke(level, depth, reverse=reverse)))
    return strokes


def _seen(places: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """What a curve is drawn of: of a gradient that is gone after one step that step alone, which is then a point."""
    known = np.isfinite(logs)
    return (places[known], logs[known]) if np.count_nonzero(known) == 1 else (places, logs)


def _strongest(axis: NormAxis) -> float:
    """The largest norm; 0 where nothing arrives at all."""
    finite = axis.norms[np.isfinite(axis.norms)]
    return float(finite.max()) if finite.size else 0.0
