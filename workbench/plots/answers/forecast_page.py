"""A forecast beside the truth and the simple methods."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Probe
from engine.prediction_records import SeriesPrediction
from engine.wording.percentages import percent
from workbench.looks.theme import GRID
from workbench.plots.answers.page import AnswerPage, named
from workbench.plots.answers.residual_plots import ResidualPlots
from workbench.plots.curves.area import Intervals
from workbench.plots.curves.curve import baseline_stroke
from workbench.plots.curves.curves import BETWEEN, CurvePlot
from workbench.plots.curves.gaps import beginnings, parted
from workbench.plots.curves.key_cursor import KeyCursor
from workbench.plots.frame.saving import Table
from workbench.plots.frame.scrolled import scrolled

_TRUTH, _FORECAST = "truth", "forecast"
_TELLING = 100  # a skill beyond is a sign that something is wrong, and its digits say nothing
_FEW = 6  # points of which the outer ones may be the only ones that are named
_FORECAST_HIGH, _LEFT_HIGH = 18 * GRID, 12 * GRID  # pixels of a plot at least, with text of the usual size


class ForecastPage(AnswerPage):
    """Curves over held-out points, the error of each in the key."""

    draws = SeriesPrediction

    def build(self) -> None:
        """Curves, and where there is room what they leave."""
        self._shown: SeriesPrediction | None = None
        self.plot = CurvePlot(self.theme, bottom="", left="")
        self._ends = self.plot.add_anchor()
        self.intervals = Intervals(self.plot, self.theme)
        self.plot.hovered.connect(self._hover)
        self._walked = KeyCursor(self.plot)
        self.left: ResidualPlots | None = None
        self.plot.hovered.connect(self.leave)
        pictures = QVBoxLayout(both := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.addWidget(self.plot, 3)
        if not self.compact:
            self.left = ResidualPlots(self.theme, self.plot)
            self.left.read.connect(self.read)
            for plot in self.left.plots:
                plot.hovered.connect(self.leave)
            self.left.hide()
            pictures.addWidget(self.left, 1)
        self.column.addWidget(scrolled(both, "forecast_plots", "Forecast and what it leaves"))

    def draw(self, prediction: Probe) -> None:
        """Truth, forecast and baselines."""
        assert isinstance(prediction, SeriesPrediction)
        self._shown = prediction
        baselines = self._baselines(prediction)
        if tuple(self.plot.curves) != (_TRUTH, _FORECAST, *baselines):
            self._name_curves(prediction, baselines)
        self._ends.show(*_beyond_ends(prediction))
        starts, errors = beginnings(prediction.labels), dict(prediction.baseline_rmse)
        self.plot.bottom.set_labels(prediction.labels)
        for name, values in prediction.baselines:
            if name in baselines:
                note = f"RMSE {errors[name]:.4g}" if name in errors else ""
                self.plot.show_curve(name, *parted(values, starts), note)
        self.plot.show_curve(_TRUTH, *parted(prediction.truth, starts))
        words = error_words(prediction, compact=self.compact)
        self.plot.show_curve(_FORECAST, *parted(prediction.forecast, starts), words)
        self.intervals.show(prediction.bands, [""] * len(prediction.bands) if self.compact else prediction.covered)
        self.plot.show_key(self.intervals.keys())
        if self.left:
            self.left.draw(prediction)
            self.left.read_again()
        self._read_point()

    def _baselines(self, prediction: SeriesPrediction) -> list[str]:
        """Names of all of them; in a small place of the first, which is the naive one, and the best."""
        names = [name for name, _ in prediction.baselines]
        if not self.compact:
            return names
        best = min(prediction.baseline_rmse, key=lambda pair: pair[1], default=("", 0.0))[0]
        return [name for name in names if name in (names[0], best)]

    def clear(self) -> None:
        """No curves."""
        self._shown = None
        self.leave()
        self.intervals.remove()
        self.plot.remove_curves()
        self._ends.show([], [])
        self.plot.clear()
        self.plot.show_everything()
        if self.left:
            self.left.clear()

    def recolour(self) -> None:
        """All plots, as high as their text needs."""
        self.intervals.apply_theme(self.theme)
        self.plot.apply_theme(self.theme)
        self.plot.show_key(self.intervals.keys())
        if self.left:
            self.plot.canvas.setMinimumHeight(round(_FORECAST_HIGH * self.theme.scale))
            for plot in self.left.plots:
                plot.canvas.setMinimumHeight(round(_LEFT_HIGH * self.theme.scale))
            self.left.apply_theme(self.theme)

    def reset_zoom(self) -> None:
        """All plots."""
        self.plot.show_everything()
        if self.left:
            self.left.reset_zoom()

    def walk(self, across: int, down: int) -> bool:
        """Along the held-out points, with what is left of the truth there; down the steps of the lag check."""
        if down:
            self._walked.forget()
            return self.left is not None and self.left.walk_lags(down)
        known = range(len(self._shown.truth)) if self._shown is not None else ()
        place = self._walked.walk(across, known)
        if self.left:
            self.left.go(place)
        self._read_point()
        return place is not None

    def _read_point(self) -> None:
        """Of the point that keys went to, if any, what is drawn."""
        shown, place = self._shown, self._walked.place
        if shown is not None and place is not None and place < len(shown.labels):
            words = self._words(shown, int(place))
            self.read.emit(self.left.residuals.describe(place, words) if self.left else words)

    def _words(self, shown: SeriesPrediction, place: int) -> str:
        """What is drawn at a point; behind the forecast the ends of the intervals around it."""
        values = self.plot.words(place)
        own = [values.pop(name) for name in (_TRUTH, _FORECAST) if name in values]
        return BETWEEN.join((shown.labels[place], *own, *self.intervals.describe(place), *values.values()))

    def leave(self) -> None:
        """No point is marked, in no plot."""
        self._walked.forget()
        if self.left:
            self.left.go(None)

    def table(self, prediction: Probe) -> Table:
        """One row for each held-out point."""
        assert isinstance(prediction, SeriesPrediction)
        names = tuple(name for name, _ in prediction.baselines)
        ends = [
            (f"{percent(level, None)} {end}", own)
            for level, *both in prediction.bands
            for end, own in zip(("from", "to"), both, strict=True)
        ]
        columns = [prediction.truth, prediction.forecast, *(values for _, values in (*ends, *prediction.baselines))]
        rows = zip(prediction.labels, *(column.tolist() for column in columns), strict=True)
        return ("time", _TRUTH, _FORECAST, *(name for name, _ in ends), *names), list(rows)

    def _name_curves(self, prediction: SeriesPrediction, baselines: list[str]) -> None:
        self.plot.remove_curves()
        for height, name in ((2, _TRUTH), (1, _FORECAST)):  # the thin line is seen over the thick one
            self.plot.add_curve(name, name).item.setZValue(height)
        for index, (name, _) in enumerate(prediction.baselines):
            if name in baselines:
                self.plot.add_curve(name, baseline_stroke(index))
        self.plot.left.rename(prediction.target)
        part = f"{named(prediction.part)} part"
        if prediction.excerpt:  # whose error is not that of the whole part, which stands beside Loss and in Runs
            few = f"{named(prediction.part)}: RMSE of {prediction.excerpt}"
            part = few if self.compact else f"{part}: {prediction.excerpt}, whose RMSE stands above"
        self.plot.bottom.rename(part)

    def _hover(self, place: float | None) -> None:
        shown = self._shown
        if place is None or shown is None or not 0 <= round(place) < len(shown.truth):
            self.read.emit("")
        else:
            self.read.emit(self._words(shown, round(place)))


def _beyond_ends(prediction: SeriesPrediction) -> tuple[list[float], list[float]]:
    """What is to be in sight around few points: half a step at both ends, or the date of none of two has room."""
    known = prediction.forecast[np.isfinite(prediction.forecast)]
    count = len(prediction.forecast)
    return ([-0.5, count - 0.5], [float(known[0])] * 2) if known.size and count <= _FEW else ([], [])


def skill(prediction: SeriesPrediction) -> tuple[str, float] | None:
    """The best baseline and 1 − RMSE / its RMSE: 0 is no better than it, 1 is perfect."""
    if not prediction.baseline_rmse:
        return None
    name, best = min(prediction.baseline_rmse, key=lambda pair: pair[1])
    return (name, 1 - prediction.rmse / best) if best > 0 else None


def error_words(prediction: SeriesPrediction, *, compact: bool) -> str:
    """The error as it stands in the key, with the skill; in a small place the errors beside it say as much."""
    return f"RMSE {prediction.rmse:.4g}{'' if compact else _skill_words(prediction)}"


def _skill_words(prediction: SeriesPrediction) -> str:
    found = skill(prediction)
    if found is None:
        return ""
    name, share = found
    sign = "" if abs(share) < 0.005 else "−" if share < 0 else "+"
    size = f"{abs(share):.2f}" if abs(share) < _TELLING else f"{abs(share):.3g}"
    return f", skill {sign}{size} against {name.partition(' (')[0]}"
