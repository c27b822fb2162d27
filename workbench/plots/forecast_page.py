"""A forecast beside the truth and the simple methods."""

from __future__ import annotations

import numpy as np

from engine.events import Probe
from engine.prediction_records import SeriesPrediction
from workbench.plots.answers import AnswerPage
from workbench.plots.area import Area
from workbench.plots.curves import CurvePlot, baseline_stroke
from workbench.plots.residual_plots import ResidualPlots
from workbench.plots.saving import Table

_TRUTH, _FORECAST = "truth", "forecast"
_DENSEST = 0.22  # share of the colour in the narrowest interval, less in each wider one


class ForecastPage(AnswerPage):
    """Curves over held-out points, the error of each in the key."""

    draws = SeriesPrediction

    def build(self) -> None:
        """Curves, and where there is room what they leave."""
        self._shown: SeriesPrediction | None = None
        self._areas: list[Area] = []
        self.plot = CurvePlot(self.theme, bottom="", left="")
        self.plot.hovered.connect(self._hover)
        self.column.addWidget(self.plot, 3)
        self.left = ResidualPlots(self.theme, self.plot)
        self.left.read.connect(self.read)
        self.left.hide()
        self.column.addWidget(self.left, 1)

    def draw(self, prediction: Probe) -> None:
        """Truth, forecast and baselines."""
        assert isinstance(prediction, SeriesPrediction)
        self._shown = prediction
        baselines = self._baselines(prediction)
        if tuple(self.plot.curves) != (*baselines, _TRUTH, _FORECAST):
            self._name_curves(prediction, baselines)
        place, errors = np.arange(len(prediction.truth)), dict(prediction.baseline_rmse)
        self.plot.bottom.set_labels(prediction.labels)
        for name, values in prediction.baselines:
            if name in baselines:
                self.plot.show_curve(name, place, values, f"RMSE {errors[name]:.4g}" if name in errors else "")
        self.plot.show_curve(_TRUTH, place, prediction.truth)
        self.plot.show_curve(
            _FORECAST, place, prediction.forecast, f"RMSE {prediction.rmse:.4g}{skill_words(prediction)}"
        )
        self._draw_bands(prediction)
        self.plot.show_key([area.key(self.theme) for area in self._areas])
        if not self.compact:
            self.left.draw(prediction)

    def _baselines(self, prediction: SeriesPrediction) -> list[str]:
        """Names of all of them; in a small place of the first, which is the naive one, and the best."""
        names = [name for name, _ in prediction.baselines]
        if not self.compact:
            return names
        best = min(prediction.baseline_rmse, key=lambda pair: pair[1], default=("", 0.0))[0]
        return [name for name in names if name in (names[0], best)]

    def _draw_bands(self, prediction: SeriesPrediction) -> None:
        names = [f"{level * 100:g} % interval" for level, _, _ in prediction.bands]
        if [area.name for area in self._areas] != names:
            self._remove_areas()
            for index, name in enumerate(names):
                self._areas.append(Area(self.plot, name, "forecast", _DENSEST / (1 + index)))
            self._dress_areas()
        for area, (_, lower, upper) in zip(self._areas, prediction.bands, strict=True):
            area.show(np.arange(len(lower)), lower, upper)
        for area, words in zip(self._areas, prediction.covered, strict=False):
            area.note = "" if self.compact else words

    def _remove_areas(self) -> None:
        for area in self._areas:
            area.remove()
        self._areas.clear()

    def _dress_areas(self) -> None:
        for area in self._areas:
            area.apply_theme(self.theme)

    def clear(self) -> None:
        """No curves."""
        self._shown = None
        self._remove_areas()
        self.plot.remove_curves()
        self.plot.clear()
        self.plot.show_everything()
        self.left.clear()

    def recolour(self) -> None:
        """The plot."""
        self._dress_areas()
        self.plot.apply_theme(self.theme)
        self.plot.show_key([area.key(self.theme) for area in self._areas])
        self.left.apply_theme(self.theme)

    def reset_zoom(self) -> None:
        """All plots."""
        self.plot.show_everything()
        self.left.reset_zoom()

    def table(self, prediction: Probe) -> Table:
        """One row for each held-out point."""
        assert isinstance(prediction, SeriesPrediction)
        names = tuple(name for name, _ in prediction.baselines)
        ends = [
            (f"{level * 100:g} % {end}", own)
            for level, *both in prediction.bands
            for end, own in zip(("from", "to"), both, strict=True)
        ]
        columns = [prediction.truth, prediction.forecast, *(values for _, values in (*ends, *prediction.baselines))]
        rows = zip(prediction.labels, *(column.tolist() for column in columns), strict=True)
        return ("time", _TRUTH, _FORECAST, *(name for name, _ in ends), *names), list(rows)

    def _name_curves(self, prediction: SeriesPrediction, baselines: list[str]) -> None:
        self.plot.remove_curves()
        for index, (name, _) in enumerate(prediction.baselines):
            if name in baselines:
                self.plot.add_curve(name, baseline_stroke(index))
        self.plot.add_curve(_TRUTH, "truth")
        self.plot.add_curve(_FORECAST, "forecast")
        self.plot.left.setLabel(prediction.target, **self.plot.left.labelStyle)
        self.plot.bottom.setLabel(f"{prediction.part} part", **self.plot.bottom.labelStyle)

    def _hover(self, place: float | None) -> None:
        shown = self._shown
        if place is None or shown is None or not 0 <= round(place) < len(shown.truth):
            self.read.emit("")
        else:
            self.read.emit(self.plot.describe(round(place), shown.labels[round(place)]))


def skill(prediction: SeriesPrediction) -> tuple[str, float] | None:
    """The best baseline and 1 − RMSE / its RMSE: 0 is no better than it, 1 is perfect."""
    if not prediction.baseline_rmse:
        return None
    name, best = min(prediction.baseline_rmse, key=lambda pair: pair[1])
    return (name, 1 - prediction.rmse / best) if best > 0 else None


def skill_words(prediction: SeriesPrediction) -> str:
    """The skill as it stands in the key."""
    found = skill(prediction)
    if found is None:
        return ""
    name, share = found
    sign = "" if abs(share) < 0.005 else "−" if share < 0 else "+"
    return f", skill {sign}{abs(share):.2f} against {name.partition(' (')[0]}"
