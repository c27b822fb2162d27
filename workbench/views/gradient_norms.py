"""How long the gradient of every parameter is, before and after clipping, and how far a step moves the weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import Floats, GradientNorms
from engine.percentages import percent
from workbench.history import History
from workbench.plots.curves import CurvePlot
from workbench.plots.key_cursor import ReadCursor
from workbench.plots.keys import Key, patch
from workbench.plots.legend import Legend
from workbench.plots.numerals import numerals
from workbench.plots.saving import Table
from workbench.plots.scrolled import scrolled
from workbench.plots.time_cursor import TimeCursor
from workbench.theme import GRID, Theme
from workbench.views.live_view import LiveView

HEALTHY = (1e-4, 1e-2)  # of the update ratio: a step that moves a weight by a ten-thousandth to a hundredth of itself
_BOARD, _TOTAL = 18 * GRID, 12 * GRID  # pixels of height at least, with text of the usual size
_BEFORE, _AFTER, _RATIO, _NORM = "before clipping", "after clipping", "update ratio", "gradient norm, each batch"


class GradientNormBoard(LiveView):
    """A board of all parameters over the course of the whole gradient's norm."""

    key = "gradient_norms"
    title = "Gradient norms"
    order = 25
    question = "Is every part of the network learning at a healthy pace, and how often is the gradient clipped?"
    probes = frozenset({"gradient_norms"})
    waiting = "Press Run (F5): the gradient of every parameter is measured here, before and after clipping."

    def __init__(
        self, theme: Theme, cursor: TimeCursor | None = None, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        """As every view; the update that was measured last is kept, since of the batch before a pause none is."""
        super().__init__(theme, cursor, compact=compact, parent=parent)
        self._updated: tuple[int, GradientNorms] | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Keep what an update was measured in, and draw."""
        norms = dict(snapshot.values).get("gradient_norms")
        if isinstance(norms, GradientNorms) and self.moment is None and _measured(norms.update_ratio):
            self._updated = snapshot.step, norms
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No update either."""
        self._updated = None
        super().reset(beginning=beginning)

    def build(self) -> Iterator[None]:
        """Norms and ratios side by side over the same rows; the whole norm over training below."""
        self._norms = CurvePlot(self.theme, bottom="gradient norm", left="")
        self._norms.add_curve(_BEFORE, "muted", symbol=True, line=False, ring=True)
        self._norms.add_curve(_AFTER, "train", symbol=True, line=False)
        yield
        self._ratio = CurvePlot(self.theme, bottom="update / parameter", left="")
        edges = [math.log10(edge) for edge in HEALTHY]
        self._ratio.add_band(edges[0], edges[1], "good", upright=True)
        self._ratio.add_anchor().setData(edges, [0.0, 0.0])  # however far off the ratios are, it is seen how far
        self._ratio.add_curve(_RATIO, "test", symbol=True, line=False)
        yield
        for plot in (self._norms, self._ratio):
            plot.bottom.setLogMode(True)
            plot.legend.hide()  # one key for both, so that their rows stay level
            plot.box.invertY(True)
        self._ratio.box.setYLink(self._norms.box)
        self._total = CurvePlot(self.theme, bottom="step", left="norm", counted=True)
        self._total.add_curve(_NORM, "train")
        self._clip = self._total.add_line("warning")
        self._moment = self._total.add_line("cursor", upright=True)
        self._total.set_log(True)
        yield
        self._walked = ReadCursor(self._total, self._words, self._read_total)
        self._row = [self._norms.add_line("cursor"), self._ratio.add_line("cursor")]
        self._named: str | None = None  # the parameter that keys went to
        self._total.hovered.connect(self._walked.hover)
        self._total.ranged.connect(self._redraw)
        board = QSplitter(Qt.Orientation.Horizontal)
        board.addWidget(self._norms)
        board.addWidget(self._ratio)
        board.setSizes([6000, 4000])
        board.setHandleWidth(GRID)
        self._ratio.left.setWidth(GRID)
        area = self._board = QScrollArea()  # deep networks have more parameters than there is height
        area.setObjectName(f"{self.key}.board")
        area.setAccessibleName(f"{self.title}: parameters")
        area.setWidgetResizable(True)
        area.setWidget(board)
        self._key = Legend(self.theme)
        self._key.toggled.connect(self._norms.hiding.toggle)
        self._norms.hiding.changed.connect(self._show_key_again)
        pictures = QVBoxLayout(inside := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self._key, 0), (area, 3), (self._total, 1)):
            pictures.addWidget(widget, stretch)
        self._total.hide()
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside, f"{self.key}.plots", f"{self.title}: by parameter and over training"))

    def fit_room(self) -> None:
        """The course of the norm gives way where height is short."""
        super().fit_room()
        if self._built:
            self._total.setVisible(not self.compact and not self.low)

    def draw(self, snapshot: Snapshot) -> None:
        """The board."""
        norms = self.probe("gradient_norms")
        if not isinstance(norms, GradientNorms):
            return
        rows = np.arange(len(norms.names))
        fresh = self._norms.left.labels != norms.names
        self._norms.left.set_labels(norms.names)
        self._make_room(norms.names)
        self._ratio.left.set_labels([""] * len(norms.names))
        self._norms.show_curve(_BEFORE, _log(norms.before), rows)
        self._norms.show_curve(_AFTER, _log(norms.after), rows)
        ratios, when = self._ratios(norms)
        self._ratio.show_curve(_RATIO, _log(ratios), rows, when)
        if fresh:
            for plot in (self._norms, self._ratio):
                plot.canvas.setMinimumHeight(len(rows) * (self.theme.small + 2) + 6 * GRID)
            self._norms.box.setYRange(-0.7, len(rows) - 0.3, padding=0)
        for plot in (self._norms, self._ratio):  # which show no key of their own
            plot.settle()
        self._show_key(norms)
        self._draw_clip(norms)
        self._mark_row(norms)

    def draw_history(self, history: History) -> None:
        """The norm of the whole gradient over training."""
        line = history.line("gradient_norm", *self._total.shown(), self._total.pixels)
        self._total.show_curve(_NORM, *line, f"{history.latest('gradient_norm', self.moment):.3g}")
        self._total.mark(self._moment, self.moment)
        norms = self.probe("gradient_norms")
        self._draw_clip(norms if isinstance(norms, GradientNorms) else None)
        self._walked.read_again()

    def show_end(self, *, untrained: bool = False, failed: bool = False) -> None:
        """Of what was not measured nothing more comes."""
        super().show_end(untrained=untrained, failed=failed)
        if self._built:
            self._show_key_again()

    def clear(self) -> None:
        """No points, no curve, no limit."""
        self._clip.hide()
        self._moment.hide()
        self._walked.forget()
        self._name(None)
        self._norms.left.set_labels(())
        for plot in (self._norms, self._ratio, self._total):
            plot.clear()
            plot.show_everything()

    def recolour(self) -> None:
        """All three plots."""
        for plot in (self._norms, self._ratio, self._total):
            plot.apply_theme(self.theme)
        for part, high in ((self._board, _BOARD), (self._total.canvas, _TOTAL)):
            part.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        norms = self.probe("gradient_norms")
        if isinstance(norms, GradientNorms):
            self._show_key(norms)
            self._draw_clip(norms)

    def reset_zoom(self) -> None:
        """All three plots."""
        for plot in (self._norms, self._ratio, self._total):
            plot.show_everything()

    def table(self) -> Table:
        """One row for each parameter."""
        norms = self.probe("gradient_norms")
        if not isinstance(norms, GradientNorms):
            return (), []
        ratios, when = self._ratios(norms)
        columns = (norms.before.tolist(), norms.after.tolist(), ratios.tolist())
        header = ("parameter", _BEFORE, _AFTER, f"{_RATIO} {when}".rstrip())
        return header, list(zip(norms.names, *columns, strict=True))

    def _ratios(self, norms: GradientNorms) -> tuple[Floats, str]:
        """Of the updates, and in words of which step where it is not that of the norms."""
        if self.moment is None and self._updated is not None and not _measured(norms.update_ratio):
            step, last = self._updated
            return last.update_ratio, f"of step {step:,}"
        return norms.update_ratio, ""

    def _make_room(self, names: Sequence[str]) -> None:
        """As much room for the names as the widest needs: left to itself, the axis finds out one picture too late."""
        font = QFont()
        font.setPixelSize(self.theme.small)
        wide = max(map(QFontMetrics(font).horizontalAdvance, names), default=0)
        if self._norms.left.minimumWidth() != wide + 2 * GRID:
            self._norms.left.setWidth(wide + 2 * GRID)

    def _show_key(self, norms: GradientNorms) -> None:
        ratios, _ = self._ratios(norms)
        self._ratio.setVisible(measured := _measured(ratios))  # the key says why there is none
        low, high = HEALTHY
        healthy = int(np.sum((ratios >= low) & (ratios <= high)))
        coming = "the run ended before an update was measured" if self.over else "measured with the next batch"
        told = f"{healthy} of {len(norms.names)} parameters" if measured else coming
        band = Key(numerals(f"healthy ({low:.0e} to {high:.0e})"), patch(self.theme.color("good", 0.4)), told)
        points = [curve.key(self.theme) for plot in (self._norms, self._ratio) for curve in plot.curves.values()]
        self._key.show_items(self.theme, self._norms.hiding.marked((*points, band)))

    def _show_key_again(self) -> None:
        norms = self.probe("gradient_norms")
        if isinstance(norms, GradientNorms):
            self._show_key(norms)

    def _draw_clip(self, norms: GradientNorms | None) -> None:
        clips = norms is not None and norms.clip_norm > 0
        self._clip.setVisible(clips)
        if norms is None or not clips:
            self._total.show_key()
            return
        self._clip.setPos(math.log10(norms.clip_norm))
        share = f"{percent(norms.clipped_share)} of the steps"
        self._total.show_key([Key(numerals(f"clipped at {norms.clip_norm:g}"), self.theme.pen("warning"), share)])

    def _redraw(self) -> None:
        if self.history is not None and self.active:
            self.draw_history(self.history)

    def walk_inside(self, across: int, down: int) -> bool:
        """Down through the parameters, as they stand; across along the steps of the run."""
        if down:
            return self._walk_rows(down)
        return self._total.isVisible() and self._walked.walk(across, self._total.curves[_NORM].x) is not None

    def leave_inside(self) -> None:
        """Neither a step nor a parameter is read out."""
        self._walked.hover(None)

    def _walk_rows(self, down: int) -> bool:
        norms = self.probe("gradient_norms")
        if not isinstance(norms, GradientNorms) or not norms.names:
            return False
        here = norms.names.index(self._named) + down if self._named in norms.names else 0
        self._walked.forget()
        self._name(norms.names[min(max(here, 0), len(norms.names) - 1)])
        self._mark_row(norms)
        self._reveal(norms.names.index(self._named))
        return True

    def _name(self, name: str | None) -> None:
        self._named = name
        for line in self._row:
            line.hide()

    def _mark_row(self, norms: GradientNorms) -> None:
        """A line through the parameter that keys went to, which is read out."""
        if self._named not in norms.names:
            return
        row = norms.names.index(self._named)
        for line in self._row:
            CurvePlot.mark(line, row)
        ratios, when = self._ratios(norms)
        numbers = ((_BEFORE, norms.before), (_AFTER, norms.after), (f"{_RATIO} {when}".rstrip(), ratios))
        told = (numerals(f"{name} {values[row]:.3g}") for name, values in numbers if np.isfinite(values[row]))
        self.read_out(" · ".join((self._named, *told)))

    def _reveal(self, row: int) -> None:
        """Scroll to a parameter."""
        canvas = self._norms.canvas
        place = canvas.mapFromScene(self._norms.box.mapViewToScene(QPointF(0, row)))
        self._board.ensureVisible(0, canvas.mapTo(self._board.widget(), place).y(), 0, 2 * GRID)

    def _words(self, place: float) -> str:
        return self._total.describe(place, f"step {place:,.0f}")

    def _read_total(self, words: str) -> None:
        """The norm at a step of the run: no parameter is read out then."""
        self._name(None)
        self.read_out(words)


def _measured(ratios: Floats) -> bool:
    """Whether the update of their batch was watched."""
    return bool(np.isfinite(ratios).any())


def _log(values: Floats) -> Floats:
    """log10, with a gap where there is nothing to take it of."""
    return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)
