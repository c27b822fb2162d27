"""The paths of several sequences through the plane in which their states spread most, coloured by class."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.inside_records import ClassPaths
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curve import Stroke
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.key.keys import Key
from workbench.plots.key.marks import shape_of
from workbench.plots.states.near import nearest
from workbench.plots.states.principal import Plane, PrincipalPlane

_WRONG, _CURSOR, _HERE = "answered otherwise", "time step looked at", "sequence read out"
_END, _RING = 11, 17  # pixels across
_CLEAR = 400  # steps whose lines can be told apart
_ROUNDS = 2  # through the colours: paths of the second are dashed


class ClassPathPlot(QWidget):
    """A faint path for each sequence, a point where it ends, and a ring around it where the answer is another class."""

    hovered = Signal(str)  # words on the sequence under the mouse; empty where there is none

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plane, self._paths, self._layer = PrincipalPlane(), ClassPaths((), (), (), ()), -1
        self._step: int | None = None
        self._at: int | None = None  # the sequence that keys went to
        self.places: list[Plane] = []  # (T, 2) of each sequence
        self._ends: dict[str, pg.ScatterPlotItem] = {}  # of each class
        self.plot = CurvePlot(theme, bottom="component 1", left="component 2")
        self.plot.box.setAspectLocked(True)
        self._wrong = pg.ScatterPlotItem(size=_RING, brush=None)
        self.plot.axes.add(self._wrong)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.canvas.moved.connect(self._mouse_moved)
        self.plot.canvas.left.connect(self.leave)
        self.plot.canvas.left.connect(lambda: self.hovered.emit(""))

    def show_paths(self, paths: ClassPaths, layer: int, step: int | None) -> tuple[float, float]:
        """Draw the states of a layer, with rings at a `step`; the share of the variance along each axis."""
        if layer != self._layer or paths.classes != self._paths.classes:
            self._begin(paths)
        self._paths, self._layer = paths, layer
        states = paths.states[layer]
        together, shares = self._plane.project(np.concatenate(states))
        self.places = np.split(together, np.cumsum([len(own) for own in states])[:-1])
        for name in self._ends:
            self._show_class(name)
        wrong = [self.places[at][-1] for at in self._shown() if paths.answers[at] != paths.classes[at]]
        self._wrong.setData(pos=np.array(wrong).reshape(-1, 2), pen=self._warning)
        self.mark(step)
        self._go(self._at)
        return shares

    def mark(self, step: int | None) -> None:
        """Rings where the paths are at a time step; of those that have ended, at their ends."""
        self._step = step
        inside = step is not None and self.places and step < max(map(len, self.places))
        here = [self.places[at][min(step or 0, len(self.places[at]) - 1)] for at in self._shown()] if inside else []
        x, y = np.array(here).reshape(-1, 2).T
        if _CURSOR in self.plot.curves:
            self.plot.show_curve(_CURSOR, x, y)
            self.plot.show_key(self._keys())

    def walk(self, by: int) -> bool:
        """Go to another sequence, class by class as far as those are not hidden; False where there is none."""
        classes, hides = self._paths.classes, self.plot.hiding.hides
        order = sorted((at for at in self._shown() if not hides(classes[at])), key=lambda at: classes[at])
        if order and self.places:
            here = order.index(self._at) + by if self._at in order else 0
            self._go(order[min(max(here, 0), len(order) - 1)])
        return bool(order and self.places)

    def leave(self) -> None:
        """No sequence is picked out."""
        self._go(None)

    def words(self) -> str:
        """The sequence that keys went to, and where it is at the time step looked at."""
        if self._at is None:
            return ""
        own, step, told = self.places[self._at], self._step, self._words(self._at)
        if step is None or step >= len(own):
            return told
        x, y = own[step]
        return f"{told} · step {step + 1} · {numerals(f'component 1 {x:+.3f} · component 2 {y:+.3f}')}"

    def _go(self, at: int | None) -> None:
        """The whole path of one sequence, seen over the others."""
        self._at = at
        if _HERE in self.plot.curves:
            x, y = (self.places[at] if at is not None else np.zeros((0, 2))).T
            self.plot.show_curve(_HERE, x, y)

    def _keys(self) -> list[Key]:
        """What the marks at the ends of paths mean."""
        keys = [Key("end of a sequence", self._theme.pen("muted"), symbol=True, line=False)] if self.places else []
        wrong = Key(_WRONG, self._warning, symbol=True, line=False, ring=True)
        return [*keys, wrong] if len(self._wrong.data) else keys

    def clear(self) -> None:
        """No paths."""
        self._begin(ClassPaths((), (), (), ()))

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for number, ends in enumerate(self._ends.values()):
            ends.setBrush(theme.class_pen(number).color())
            ends.setPen(theme.stroke(theme.color("plot")))
        self._wrong.setPen(self._warning)
        self.plot.apply_theme(theme)
        self.mark(self._step)

    def table(self) -> Table:
        """One row for each step of each sequence."""
        rows: list[tuple[Cell, ...]] = []
        for at, places in enumerate(self.places):
            told = (at + 1, self._paths.classes[at], self._paths.answers[at])
            rows += [(*told, step, *place) for step, place in enumerate(places.tolist(), 1)]
        return ("sequence", "class", "answered", "step", "component 1", "component 2"), rows

    # --- drawing ----------------------------------------------------------------------------------------

    @property
    def most_classes(self) -> int:
        """How many can be told apart, by colour, dash and shape."""
        return _ROUNDS * len(self._theme.classes)

    @property
    def _warning(self) -> QPen:
        """Of rings around mistakes: a colour that no class has."""
        return self._theme.stroke(self._theme.color("text"), 2)

    def _begin(self, paths: ClassPaths) -> None:
        """Other sequences or another layer: a curve and ends for each class."""
        self._plane.reset()
        self._paths, self._layer, self.places, self._at = paths, -1, [], None
        for name, ends in self._ends.items():
            self.plot.axes.remove(ends)
            self.plot.hiding.disown(name, ends)
        self.plot.remove_curves()
        self._wrong.clear()
        self._ends = {}
        crowd = sum(map(len, paths.states[0])) if paths.states else 0
        for number, name in enumerate(sorted(set(paths.classes))[: self.most_classes]):
            shape = shape_of(number + number // len(self._theme.classes))  # another where a colour comes again
            self.plot.add_curve(name, _faint(number, crowd), shape=shape)
            self._ends[name] = ends = pg.ScatterPlotItem(size=_END, symbol=shape)
            self.plot.axes.add(ends)
            self.plot.hiding.own(name, ends)
        if self._ends:
            self.plot.add_curve(_CURSOR, "cursor", symbol=True, line=False, ring=True)
            self.plot.add_curve(_HERE, "cursor", key=False)
        self.apply_theme(self._theme)

    def _shown(self) -> list[int]:
        """The sequences whose class is drawn."""
        return [at for at, name in enumerate(self._paths.classes) if name in self._ends]

    def _show_class(self, name: str) -> None:
        own = [self.places[at] for at, other in enumerate(self._paths.classes) if other == name]
        line = np.concatenate([part for places in own for part in (places, np.full((1, 2), np.nan))])
        self.plot.show_curve(name, line[:, 0], line[:, 1])
        self._ends[name].setData(pos=np.array([places[-1] for places in own]))

    # --- mouse ------------------------------------------------------------------------------------------

    def _mouse_moved(self, place: QPointF) -> None:
        self.leave()
        at = self._near(place)
        self.hovered.emit("" if at is None else self._words(at))

    def _near(self, place: QPointF) -> int | None:
        """The sequence whose end lies under the mouse."""
        shown = self._shown() if self.places else []
        if not shown:
            return None
        at = nearest(self.plot, np.array([self.places[at][-1] for at in shown]), place)
        return None if at is None else shown[at]

    def _words(self, at: int) -> str:
        truth, answer = self._paths.classes[at], self._paths.answers[at]
        said = f"class {truth}" if truth == answer else f"class {truth}, answered {answer}"
        return f"sequence {at + 1} of {len(self.places)} · {said} · {len(self.places[at])} steps"


def _faint(number: int, crowd: int) -> Stroke:
    """The pen of a class's paths: the more steps lie over each other, the fainter."""

    def pen(theme: Theme) -> QPen:
        made = theme.class_pen(number)
        color = made.color()
        color.setAlphaF(float(np.clip(_CLEAR / max(crowd, 1), 0.15, 0.6)))
        made.setColor(color)
        return made

    return pen
