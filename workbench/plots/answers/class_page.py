"""Classes: how often each was taken for each, the scores, and what is worth reading: mistakes, or tags along time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from engine.events import Probe
from engine.prediction_records import ClassPrediction
from workbench.plots.answers.confusion_matrix import ConfusionMatrix
from workbench.plots.answers.example_table import ExampleTable
from workbench.plots.answers.page import AnswerPage, score_label, tell_scores
from workbench.plots.answers.tag_strips import TagStrips
from workbench.plots.frame.saving import Table


class ClassPage(AnswerPage):
    """Scores in words, the steps with their tags where there are any, and the confusion matrix beside examples."""

    draws = ClassPrediction

    def build(self) -> None:
        """One below the other."""
        self.scores = score_label(compact=self.compact)
        self.strips = TagStrips(self.theme)
        self.matrix, self.examples = ConfusionMatrix(self.theme), ExampleTable(self.theme)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.matrix)
        self.parts.addWidget(self.examples)
        self.column.addWidget(self.scores)
        self.column.addWidget(self.strips)
        self.column.addWidget(self.parts, 1)
        self.column.addStretch()  # strips without a matrix stand on top
        for picture, other in ((self.strips, self.matrix), (self.matrix, self.strips)):
            picture.hovered.connect(other.walked.leave)
            picture.hovered.connect(self.read)

    def draw(self, prediction: Probe) -> None:
        """Everything anew."""
        assert isinstance(prediction, ClassPrediction)
        tell_scores(self.scores, prediction.part, prediction.scores, prediction.baselines)
        self.strips.setVisible(prediction.track is not None)
        self.parts.setVisible(prediction.track is None or not self.compact)  # a small place shows one thing
        self.examples.setVisible(bool(prediction.examples) and not self.compact)
        if not self.compact:
            self.examples.show_examples(prediction.examples)
        if prediction.track is not None:
            self.strips.show_track(prediction.track, prediction.classes)
        other = self.matrix.classes != prediction.classes
        self.matrix.show_counts(prediction.counts, prediction.classes)
        if other:
            self._divide()

    def _divide(self) -> None:
        """The matrix takes what it needs, at most half, and two fifths where what is to be read would be cut."""
        wide = self.parts.width()
        own = min(self.matrix.sizeHint().width(), wide // 2, max(2 * wide // 5, wide - self.examples.needs))
        self.parts.setSizes([own, wide - own])

    def clear(self) -> None:
        """Nothing to see."""
        self.scores.clear()
        self.leave()
        self.strips.hide()
        self.matrix.clear()
        self.examples.show_examples(())

    def recolour(self) -> None:
        """Pictures and examples."""
        self.examples.apply_theme(self.theme)
        self.strips.apply_theme(self.theme)
        self.matrix.apply_theme(self.theme)

    def walk(self, across: int, down: int) -> bool:
        """Along the steps, where there are any; down, from cell to cell of the confusion matrix, and up again."""
        cell, below = self.matrix.walked.cell, self.matrix.isVisible()
        above = cell is None or (down < 0 and cell[0] == 0)
        if self.strips.isVisible() and above and not (below and down > 0):
            return self.strips.walk(across)
        return below and self.matrix.walked.walk(across, down, self.matrix.counts.shape)

    def leave(self) -> None:
        """No step, no cell."""
        self.strips.walked.leave()
        self.matrix.walked.leave()

    def table(self, prediction: Probe) -> Table:
        """One row for each true class, a column for each answer."""
        assert isinstance(prediction, ClassPrediction)
        header = ("truth", *(f"answered {name}" for name in prediction.classes))
        return header, [(name, *row) for name, row in zip(prediction.classes, prediction.counts.tolist(), strict=True)]
