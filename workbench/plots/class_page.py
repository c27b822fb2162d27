"""Classes: how often each was taken for each, with the scores; and along time where every step has one."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy

from engine.events import Probe
from engine.prediction_records import ClassPrediction
from workbench.plots.answers import AnswerPage
from workbench.plots.confusion_matrix import ConfusionMatrix
from workbench.plots.elided_label import ElidedLabel
from workbench.plots.saving import Table
from workbench.plots.tag_strips import TagStrips


class ClassPage(AnswerPage):
    """Scores in words, the steps with their tags where there are any, and the confusion matrix."""

    draws = ClassPrediction

    def build(self) -> None:
        """One below the other."""
        self.scores = ElidedLabel() if self.compact else QLabel()
        self.scores.setWordWrap(not self.compact)
        self.scores.setProperty("role", "small")
        self.scores.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.strips = TagStrips(self.theme)
        self.matrix = ConfusionMatrix(self.theme)
        self.column.addWidget(self.scores)
        self.column.addWidget(self.strips)
        self.column.addWidget(self.matrix, 1)
        self.column.addStretch()  # strips without a matrix stand on top
        self.strips.hovered.connect(self.read)
        self.matrix.hovered.connect(self.read)

    def draw(self, prediction: Probe) -> None:
        """Everything anew."""
        assert isinstance(prediction, ClassPrediction)
        self.scores.setText(scores_words(prediction))
        self.scores.setToolTip(self.scores.text() if self.compact else "")  # where there is no room for all
        self.strips.setVisible(prediction.track is not None)
        self.matrix.setVisible(prediction.track is None or not self.compact)  # a small place shows one thing
        if prediction.track is not None:
            self.strips.show_track(prediction.track, prediction.classes)
        self.matrix.show_counts(prediction.counts, prediction.classes)

    def clear(self) -> None:
        """Nothing to see."""
        self.scores.clear()
        self.strips.hide()
        self.matrix.clear()

    def recolour(self) -> None:
        """Both pictures."""
        self.strips.apply_theme(self.theme)
        self.matrix.apply_theme(self.theme)

    def table(self, prediction: Probe) -> Table:
        """One row for each true class, a column for each answer."""
        assert isinstance(prediction, ClassPrediction)
        header = ("truth", *(f"answered {name}" for name in prediction.classes))
        return header, [(name, *row) for name, row in zip(prediction.classes, prediction.counts.tolist(), strict=True)]


def scores_words(prediction: ClassPrediction) -> str:
    """The scores, and what the simple methods reach, in one line."""
    own = " · ".join(f"{name} {value:.3f}" for name, value in prediction.scores)
    others = ", ".join(f"{name} {value:.3f}" for name, value in prediction.baselines)
    return f"{prediction.part} part: {own}" + (f" — {prediction.scores[0][0]} of {others}" if others else "")
