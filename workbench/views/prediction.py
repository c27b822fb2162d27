"""What the network says now of what it has never seen: a forecast beside the truth, or text of its own."""

from __future__ import annotations

import dataclasses
import html

import numpy as np
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QStackedWidget, QTextBrowser, QVBoxLayout

from engine.events import SeriesPrediction, Snapshot, SnapshotRequest, TextPrediction
from workbench.plots.curves import CurvePlot, baseline_stroke
from workbench.plots.saving import Table
from workbench.theme import TEXT_BODY, TEXT_SMALL
from workbench.views.live_view import LiveView

_TRUTH, _FORECAST = "truth", "forecast"


class Prediction(LiveView):
    """Forecast, truth and baselines with the error of each; or a prompt and how the network goes on."""

    key = "prediction"
    title = "Prediction"
    order = 50
    question = "Is the network better than a naive guess on data that it has never seen?"
    probes = frozenset({"prediction"})
    waiting = "Press Run (F5): the network's answers for held-out data are drawn here beside the truth."

    def build(self) -> None:
        """A plot for series, a page for text, and the temperature at which text is drawn."""
        self._plot = CurvePlot(self.theme, bottom="", left="")
        self._page = QTextBrowser()
        self._page.setAccessibleName("What the network writes")
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._plot)
        self._pages.addWidget(self._page)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._temperature = QDoubleSpinBox()
        self._temperature.setRange(0.1, 2.0)
        self._temperature.setSingleStep(0.1)
        self._temperature.setValue(SnapshotRequest(0, frozenset()).temperature)
        self._temperature.setToolTip("Below 1 likely characters become likelier still; above 1 the text gets bolder.")
        self._temperature.valueChanged.connect(lambda _value: self.needs_changed.emit())
        self._bar = self.add_control("Temperature", self._temperature, "temperature")
        self._bar.hide()
        self._plot.hovered.connect(self._hover)

    def refine(self, request: SnapshotRequest) -> SnapshotRequest:
        """Ask for text at the chosen temperature; the small view takes what the others ask for."""
        if self.compact or not self._built:
            return request
        return dataclasses.replace(request, temperature=self._temperature.value())

    def draw(self, snapshot: Snapshot) -> None:
        """Whichever of the two was measured."""
        prediction = self.probe("prediction")
        is_text = isinstance(prediction, TextPrediction)
        self._bar.setVisible(is_text and not self.compact)
        self._pages.setCurrentWidget(self._page if is_text else self._plot)
        if isinstance(prediction, SeriesPrediction):
            self._draw_series(prediction)
        elif isinstance(prediction, TextPrediction):
            self._draw_text(prediction)

    def clear(self) -> None:
        """Neither curves nor text."""
        self._plot.remove_curves()
        self._plot.clear()
        self._plot.show_everything()
        self._page.clear()

    def recolour(self) -> None:
        """Plot and page."""
        self._plot.apply_theme(self.theme)
        prediction = self.probe("prediction")
        if isinstance(prediction, TextPrediction):
            self._draw_text(prediction)

    def reset_zoom(self) -> None:
        """The plot."""
        self._plot.show_everything()

    def table(self) -> Table:
        """One row for each held-out point; or one for each text that was drawn."""
        prediction = self.probe("prediction")
        if isinstance(prediction, TextPrediction):
            return ("temperature", "prompt", "continuation"), [(t, prediction.prompt, s) for t, s in prediction.samples]
        if not isinstance(prediction, SeriesPrediction):
            return (), []
        names = tuple(name for name, _ in prediction.baselines)
        columns = [prediction.truth, prediction.forecast, *(values for _, values in prediction.baselines)]
        rows = zip(prediction.labels, *(column.tolist() for column in columns), strict=True)
        return ("time", _TRUTH, _FORECAST, *names), list(rows)

    # --- series -----------------------------------------------------------------------------------------

    def _draw_series(self, prediction: SeriesPrediction) -> None:
        names = (*(name for name, _ in prediction.baselines), _TRUTH, _FORECAST)
        if tuple(self._plot.curves) != names:
            self._plot.remove_curves()
            for index, name in enumerate(names[:-2]):
                self._plot.add_curve(name, baseline_stroke(index))
            self._plot.add_curve(_TRUTH, "truth")
            self._plot.add_curve(_FORECAST, "forecast")
            self._plot.plot.setLabel("left", prediction.target, **self._plot.left.labelStyle)
            self._plot.plot.setLabel("bottom", f"{prediction.part} part", **self._plot.bottom.labelStyle)
        place, errors = np.arange(len(prediction.truth)), dict(prediction.baseline_rmse)
        self._plot.bottom.set_labels(prediction.labels)
        for name, values in prediction.baselines:
            self._plot.show_curve(name, place, values, f"RMSE {errors[name]:.4g}" if name in errors else "")
        self._plot.show_curve(_TRUTH, place, prediction.truth)
        self._plot.show_curve(
            _FORECAST, place, prediction.forecast, f"RMSE {prediction.rmse:.4g}{skill_words(prediction)}"
        )
        self._plot.show_key()

    def _hover(self, place: float | None) -> None:
        prediction = self.probe("prediction")
        if (
            place is None
            or not isinstance(prediction, SeriesPrediction)
            or not 0 <= round(place) < len(prediction.truth)
        ):
            self.read_out("")
            return
        self.read_out(self._plot.describe(round(place), prediction.labels[round(place)]))

    # --- text -------------------------------------------------------------------------------------------

    def _draw_text(self, prediction: TextPrediction) -> None:
        bar = self._page.verticalScrollBar()
        place = bar.value()
        self._page.setHtml("".join(self._sample(prediction.prompt, *sample) for sample in prediction.samples))
        bar.setValue(place)

    def _sample(self, prompt: str, temperature: float, text: str) -> str:
        small = f"color:{self.theme.muted}; font-size:{TEXT_SMALL}px"
        body = f"color:{self.theme.text}; font-size:{TEXT_BODY}px; white-space:pre-wrap; line-height:140%"
        return (
            f'<p style="{small}">temperature {temperature:g}</p>'
            f'<p style="{body}"><span style="color:{self.theme.muted}">{html.escape(prompt)}</span>'
            f"{html.escape(text)}</p>"
        )


def skill(prediction: SeriesPrediction) -> tuple[str, float] | None:
    """The best baseline and 1 − RMSE / its RMSE: 0 is no better than it, 1 is perfect."""
    if not prediction.baseline_rmse:
        return None
    name, best = min(prediction.baseline_rmse, key=lambda pair: pair[1])
    return (name, 1 - prediction.rmse / best) if best > 0 else None


def skill_words(prediction: SeriesPrediction) -> str:
    """The skill as it stands in the key."""
    found = skill(prediction)
    return f", skill {found[1]:+.2f} against {found[0]}".replace("-", "−") if found else ""
