"""What the network says now of what it has never seen, on the page that suits the kind of answer."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import Any

from PySide6.QtWidgets import QDoubleSpinBox, QVBoxLayout

from engine.events import Probe, Snapshot, SnapshotRequest
from engine.prediction_records import PairsPrediction, TextPrediction
from workbench.later import in_turn
from workbench.plots.answers.class_page import ClassPage
from workbench.plots.answers.forecast_page import ForecastPage
from workbench.plots.answers.labels_page import LabelsPage
from workbench.plots.answers.page import AnswerPage, score_label, tell_scores
from workbench.plots.answers.pairs_page import PairsPage
from workbench.plots.answers.scatter_page import ScatterPage
from workbench.plots.answers.writing_page import WritingPage
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.plots.frame.pages import Pages
from workbench.plots.frame.saving import Table
from workbench.plots.frame.tab_order import order_tabs
from workbench.runs.history import History
from workbench.views.live_view import LiveView

_PAGES: dict[type[Probe], type[AnswerPage]] = {
    page.draws: page for page in (ForecastPage, ScatterPage, WritingPage, ClassPage, LabelsPage, PairsPage)
}


class Prediction(LiveView):
    """A forecast with truth and baselines; a text that goes on; classes, tags, labels; pairs with attention."""

    key = "prediction"
    title = "Prediction"
    order = 50
    question = "Is the network better than a naive guess on data that it has never seen?"
    probes = frozenset({"prediction"})
    waiting = "Press Run (F5): the network's answers for held-out data are drawn here beside the truth."

    def build(self) -> None:
        """Room for a page of each kind, and the temperature at which text is drawn."""
        self.pages: dict[type[Probe], AnswerPage] = {}
        self._unmade = set[type[Probe]]()  # that could not be made before they were needed
        self._stack_of_pages = Pages()
        self._scores = score_label(compact=self.compact)
        self._scores.hide()
        self._told: tuple[object, ...] = ()  # what the scores were last told of
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scores)
        layout.addWidget(self._stack_of_pages)
        self._temperature = QDoubleSpinBox()
        self._temperature.setRange(0.1, 2.0)
        self._temperature.setSingleStep(0.1)
        self._temperature.setValue(SnapshotRequest(0, frozenset()).temperature)
        self._temperature.setToolTip(
            "The middle one of three: below 1 likely characters become likelier still; above 1 the text gets bolder."
        )
        self._temperature.valueChanged.connect(lambda _value: self.needs_changed.emit())
        self._bar = self.add_asking_control("Temperature", self._temperature, "temperature")
        self._bar.hide()

    def fit_room(self) -> None:
        """The scores may have less room, or more."""
        super().fit_room()
        if self._built:
            self._fit_scores()

    def _fit_scores(self) -> None:
        """Above pairs a low small place says one line of them, as the attention needs the rest; all is in their tip."""
        if isinstance(self._scores, ElidedLabel):
            self._scores.limit(1 if self.low and isinstance(self.probe("prediction"), PairsPrediction) else 2)

    def make_ahead(self) -> bool:
        """The page of one further kind."""
        missing = next((kind for kind in _PAGES if kind not in self.pages and kind not in self._unmade), None)
        if missing is None:
            return False
        part = f"the page for {missing.__name__}"
        if not self._failing.attempt(part, lambda: self._page(missing)):
            self._failing.excuse(part)  # until it is to be shown, when it is tried again
            self._unmade.add(missing)
        return True

    def _page(self, kind: type[Probe]) -> AnswerPage:
        """That of one kind of prediction, made when it is first needed: all of them take as long as three frames."""
        if kind not in self.pages:
            self.pages[kind] = page = _PAGES[kind](self.theme, compact=self.compact)
            self._stack_of_pages.addWidget(page)
            page.read.connect(self.read_out)
            page.recolour()
            self.fit_room()
            order_tabs(self)
        return self.pages[kind]

    def wishes(self) -> dict[str, Any]:
        """Ask for text at the chosen temperature."""
        return {"temperature": self._temperature.value()}

    def draw(self, snapshot: Snapshot) -> None:
        """Whatever was measured, on its page."""
        prediction = self.probe("prediction")
        if prediction is None:
            return
        if type(prediction) not in self.pages and self.takes_turns:
            self._page(type(prediction))
            in_turn(self, partial(self._catch_up, "snapshot"))
            return
        page = self._page(type(prediction))
        self._bar.setVisible(isinstance(prediction, TextPrediction) and not self.compact)
        self._stack_of_pages.setCurrentWidget(page)
        page.draw(prediction)
        self._tell_scores()

    def draw_history(self, history: History) -> None:
        """How what is shown was scored, which may come after it."""
        if self._to_tell != self._told:
            self._tell_scores()

    @property
    def _to_tell(self) -> tuple[object, ...]:
        """What the words on scores go by."""
        start, seen = self.start, self.snapshot
        measures = (start.metric, start.baselines) if start else None
        return self.history and self.history.count("metric"), measures, seen and seen.step

    def _tell_scores(self) -> None:
        """Of what shows a few examples, the score of the whole part by the moment that is shown."""
        self._told = self._to_tell
        shown = isinstance(self.probe("prediction"), TextPrediction | PairsPrediction)
        if shown and self.start is not None and self.snapshot is not None and self.history is not None:
            if self.history.count("metric") and isnan(self.history.latest("metric")):
                self._scores.setText("no validation part to score it on")
                self._scores.setToolTip("")
            else:
                score = self.history.latest("metric", self.snapshot.step)
                tell_scores(self._scores, "validation", [(self.start.metric, score)], self.start.baselines)
        self._scores.setVisible(shown)
        self._fit_scores()

    def clear(self) -> None:
        """Every page."""
        self._scores.hide()
        for page in self.pages.values():
            page.clear()

    def recolour(self) -> None:
        """Every page."""
        for page in self.pages.values():
            page.theme = self.theme
            page.recolour()

    def reset_zoom(self) -> None:
        """Every page."""
        for page in self.pages.values():
            page.reset_zoom()

    def walk_inside(self, across: int, down: int) -> bool:
        """Within the page that is shown."""
        page = self._stack_of_pages.currentWidget()
        return isinstance(page, AnswerPage) and page.walk(across, down)

    def leave_inside(self) -> None:
        """Nothing is read out."""
        for page in self.pages.values():
            page.leave()
        self.read_out("")

    def table(self) -> Table:
        """The numbers of the page that is shown."""
        prediction = self.probe("prediction")
        return ((), []) if prediction is None else self._page(type(prediction)).table(prediction)
