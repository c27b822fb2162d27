"""The half-life of the gradient over training: what was measured, thinned, and its plot."""

from __future__ import annotations

import bisect
import itertools
import math
import statistics

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from engine.inside_records import Floats
from workbench.looks.theme import Theme
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.key.curve_item import CurveItem, Points
from workbench.plots.key.keys import Key

_GONE = "gone after one step"  # said of a half-life of 0, of which there is no logarithm
_SHORTEST = 0.05  # steps, below which one place behind the point would say 0.0
_LONGEST_LIFE = 10  # times the steps of a sequence: a half-life beyond is the slope of noise, a loss of 7 % at most
_NO_LINE = {math.inf: "hardly shrinks, if at all", 0.0: _GONE}
_SHOWN = 10.0  # steps that the axis reaches at least: of a narrower one a tenth of a step fills the plot
_ALONE = 4  # pixels of a point that no line goes through
_MOST = 4000  # points of the history
_RECENT = 9  # distances between measurements that the next one is held against
_PAUSE = 10  # times the middle one of these: nobody had looked in between


class Course:
    """Half-lives, a row for each step at which they were measured."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.rows: list[tuple[float, ...]] = []
        self.longest: list[float] = []  # half-lives that mean something
        self.resumed: list[int] = []  # steps before which nothing was measured for long

    def remember(self, step: int, lives: tuple[float, ...], length: int) -> None:
        """Keep what was measured at `step` in sequences of that `length`; an old snapshot adds nothing."""
        place = bisect.bisect_left(self.steps, step)
        if place < len(self.steps) and self.steps[place] == step:
            self.rows[place], self.longest[place] = lives, longest_life(length)
            return
        if place == len(self.steps) and self._is_late(step):
            self.resumed.append(step)
        self.steps.insert(place, step)
        self.rows.insert(place, lives)
        self.longest.insert(place, longest_life(length))
        if len(self.steps) > _MOST:
            del self.steps[1::2], self.rows[1::2], self.longest[1::2]

    def clear(self) -> None:
        """Nothing was measured."""
        for kept in (self.steps, self.rows, self.longest, self.resumed):
            kept.clear()

    def apart(self) -> tuple[Floats, Floats]:
        """Steps (N,) and half-lives (N, layers), with a gap where nothing was measured for long; inf where too long."""
        steps, lives = np.asarray(self.steps, float), np.asarray(self.rows, float)
        lives = np.where(lives > np.asarray(self.longest)[:, None], np.inf, lives)
        places = np.unique(np.searchsorted(steps, self.resumed))
        at = places[(places > 0) & (places < len(steps))]
        return np.insert(steps, at, (steps[at - 1] + steps[at]) / 2), np.insert(lives, at, np.nan, axis=0)

    def _is_late(self, step: int) -> bool:
        """Whether a measurement that comes last is much further from the one before than those were lately."""
        recent = self.steps[-_RECENT - 1 :]
        usual = [after - before for before, after in itertools.pairwise(recent)]
        return len(usual) == _RECENT and step - recent[-1] > _PAUSE * statistics.median(usual)


class HalfLifePlot(CurvePlot):
    """A curve for each layer and direction, from one step to ten at least; its owner adds them by their names.

    Where a gradient does not shrink it has no half-life and the curve a gap, as where it is gone after one step and
    where nobody looked for long; a value between two gaps is a point.
    """

    def __init__(self, theme: Theme) -> None:
        self._alone: dict[str, CurveItem] = {}
        super().__init__(theme, bottom="step", left="half-life, steps", counted=True)
        self._start = self.add_anchor()
        self._moment = self.add_line("cursor", upright=True)
        self.set_log(True)

    def draw(self, names: tuple[str, ...], course: Course, moment: int | None = None) -> None:
        """Everything that was measured; the `moment` that is looked at is marked."""
        steps, drawn = course.apart()
        place = len(course.steps) if moment is None else max(bisect.bisect_right(course.steps, moment), 1)
        for name, row, life in zip(names, drawn.T, course.rows[place - 1], strict=True):
            when = "wherever measured" if len(_kinds(row)) == 1 else "now" if moment is None else "then"
            told = _told_otherwise(life, course.longest[place - 1])
            note = f"{told} {when}" if told else ""
            self.show_curve(name, steps, np.where(np.isfinite(row), row, np.nan), note)
            self._show_alone(name, steps, row)
        self.mark(self._moment, moment)
        self._start.show([0.0, max([1, *course.steps[-1:]])], [1.0, _SHOWN])
        kinds = _kinds(drawn)
        why = [_NO_LINE[kind] for kind in _NO_LINE if kind in kinds and len(kinds) > 1]
        why += ["not measured"] * bool(course.resumed)
        self.show_key([Key("no line: " + ", or ".join(why), QPen(Qt.PenStyle.NoPen), line=False)] if why else [])

    def words(self, x: float) -> dict[str, str]:
        """As of every plot; of what is gone after one step that it is."""
        told = super().words(x)
        return {name: f"{name} {_GONE}" if self.curves[name].nearest(x) == 0 else told[name] for name in told}

    @property
    def looks_back(self) -> bool:
        """Whether a moment is marked."""
        return bool(self._moment.isVisible())

    def remove_curve(self, name: str) -> None:
        """Take one curve away, with its points."""
        super().remove_curve(name)
        if name in self._alone:
            item = self._alone.pop(name)
            self.axes.remove(item)
            self.hiding.disown(name, item)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().apply_theme(theme)
        for name, item in self._alone.items():
            item.dot(Points(self.curves[name].pen(theme), _ALONE))

    def _show_alone(self, name: str, steps: Floats, lives: Floats) -> None:
        """The values that have a gap on either side, of which there is no line."""
        known = np.pad(np.isfinite(lives) & (lives > 0), 1)
        alone = known[1:-1] & ~known[:-2] & ~known[2:]
        if name not in self._alone:
            self._alone[name] = item = CurveItem()
            item.dot(Points(self.curves[name].pen(self._theme), _ALONE))
            self.axes.add(item)
            self.hiding.own(name, item)
        self._alone[name].show(steps[alone], lives[alone])


def longest_life(length: int) -> float:
    """The longest half-life that means something in a sequence of so many steps."""
    return float(_LONGEST_LIFE * length)


def _kinds(lives: Floats) -> set[float]:
    """What is among half-lives: 0 and inf for themselves, 1 for all that have a line."""
    known = lives[~np.isnan(lives)]
    return set(np.where((known == 0) | np.isinf(known), known, 1.0).tolist())


def _told_otherwise(life: float, longest: float) -> str:
    """What is said instead of a half-life that cannot be drawn; empty where it can."""
    if life == 0:
        return _GONE
    if life <= longest:
        return ""
    return "does not shrink" if math.isinf(life) else "hardly shrinks"


def life_words(life: float, length: int, *, short: bool = False) -> str:
    """A half-life in a sequence of so many steps, as a person says it."""
    if told := _told_otherwise(life, longest_life(length)):
        return told
    steps = f"{life:.1g}" if life < _SHORTEST else f"{life:,.{0 if life >= 100 else 1}f}"
    return f"half-life {steps}" if short else f"halves every {steps} steps"
