"""How long the gradient of every parameter is, before and after clipping, and how far a step moves the weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import Floats, GradientNorms
from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.key_cursor import ReadCursor
from workbench.plots.curves.norm_board import AFTER, BEFORE, RATIO, NormBoard, measured, norms_plot, ratio_plot
from workbench.plots.frame.saving import Table
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.key.keys import Key
from workbench.runs.history import History
from workbench.views.live_view import LiveView

_BOARD, _TOTAL = 18 * GRID, 12 * GRID  # pixels of height at least, with text of the usual size
_AGEING_MS = 200  # for which the norm over training stands at least
_NORM = "gradient norm, each batch"


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
        if isinstance(norms, GradientNorms) and self.moment is None and measured(norms.update_ratio):
            self._updated = snapshot.measured_at("gradient_norms")[0], norms
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No update either."""
        self._updated = None
        super().reset(beginning=beginning)

    def build(self) -> Iterator[None]:
        """Norms and ratios side by side over the same rows; the whole norm over training below."""
        self._norms = norms_plot(self.theme)
        yield
        self._ratio = ratio_plot(self.theme)
        yield
        self._total = CurvePlot(self.theme, bottom="step", left="norm", counted=True)
        self._total.add_curve(_NORM, "train")
        self._clip = self._total.add_line("warning")
        self._moment = self._total.add_line("cursor", upright=True)
        self._total.set_log(True)
        yield
        self._walked = ReadCursor(self._total, self._words, self._read_total)
        self._ageing = self.calm(self._draw_course, "history", rest_ms=_AGEING_MS)
        self._total.hovered.connect(self._walked.hover)
        self._total.ranged.connect(self._redraw)
        self._board = NormBoard(self.theme, self._norms, self._ratio)
        self._board.setObjectName(f"{self.key}.board")
        self._board.setAccessibleName(f"{self.title}: parameters")
        self._board.said.connect(self._read_row)
        pictures = QVBoxLayout(inside := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self._board.key, 0), (self._board, 3), (self._total, 1)):
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
        self._board.show_norms(norms, *self._ratios(norms), self._coming)
        self._follow_course()

    def draw_history(self, history: History) -> None:
        """The norm of the whole gradient over training."""
        self._follow_course()

    def _follow_course(self) -> None:
        """It grows by a hair a frame."""
        looks_back = self.moment is not None or self._moment.isVisible()
        at_once = self.at_rest or looks_back or not len(self._total.curves[_NORM].x)
        self._draw_course() if at_once else self._ageing.ask()

    def _draw_course(self) -> None:
        if self.history is not None:
            line = self.history.line("gradient_norm", *self._total.shown(), self._total.pixels)
            self._total.show_curve(_NORM, *line, f"{self.history.latest('gradient_norm', self.moment):.3g}")
        self._total.mark(self._moment, self.moment)
        norms = self.probe("gradient_norms")
        self._draw_clip(norms if isinstance(norms, GradientNorms) else None)
        self._walked.read_again()

    def show_end(self, **end: Any) -> None:
        """Of what was not measured nothing more comes."""
        super().show_end(**end)
        if self._built:
            self._board.say_coming(self._coming)

    def clear(self) -> None:
        """No points, no curve, no limit."""
        self._clip.hide()
        self._moment.hide()
        self._walked.forget()
        self._board.clear()
        self._total.clear()
        self.reset_zoom()

    def recolour(self) -> None:
        """All three plots."""
        self._board.apply_theme(self.theme)
        self._total.apply_theme(self.theme)
        for part, high in ((self._board, _BOARD), (self._total.canvas, _TOTAL)):
            part.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        norms = self.probe("gradient_norms")
        if isinstance(norms, GradientNorms):
            self._draw_clip(norms)

    def reset_zoom(self) -> None:
        """All three plots."""
        self._board.show_everything()
        self._total.show_everything()

    def table(self) -> Table:
        """One row for each parameter."""
        norms = self.probe("gradient_norms")
        if not isinstance(norms, GradientNorms):
            return (), []
        ratios, when = self._ratios(norms)
        columns = (norms.before.tolist(), norms.after.tolist(), ratios.tolist())
        header = ("parameter", BEFORE, AFTER, f"{RATIO} {when}".rstrip())
        return header, list(zip(norms.names, *columns, strict=True))

    def _ratios(self, norms: GradientNorms) -> tuple[Floats, str]:
        """Of the updates, and in words of which step where it is not that of the norms."""
        if self.moment is None and self._updated is not None and not measured(norms.update_ratio):
            step, last = self._updated
            return last.update_ratio, f"of step {step:,}"
        return norms.update_ratio, ""

    @property
    def _coming(self) -> str:
        """Why no update was measured yet."""
        return "the run ended before an update was measured" if self.over else "measured with the next batch"

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
        if self.active:
            self._draw_course()

    def walk_inside(self, across: int, down: int) -> bool:
        """Down through the parameters, as they stand; across along the steps of the run."""
        if down:
            return self._board.walk(down)
        return self._total.isVisible() and self._walked.walk(across, self._total.curves[_NORM].x) is not None

    def leave_inside(self) -> None:
        """Neither a step nor a parameter is read out."""
        self._walked.hover(None)

    def _words(self, place: float) -> str:
        return self._total.describe(place, f"step {place:,.0f}")

    def _read_total(self, words: str) -> None:
        """The norm at a step of the run: no parameter is read out then."""
        self._board.leave()
        self.read_out(words)

    def _read_row(self, words: str) -> None:
        """A parameter: no step of the run is read out then."""
        self._walked.forget()
        self.read_out(words)
