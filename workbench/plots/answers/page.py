"""What the pages that show a network's answers have in common, one page a kind of answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isnan

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.events import Probe
from engine.findings.measures import HIGHER_IS_BETTER
from workbench.looks.theme import Theme
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.plots.frame.saving import Table
from workbench.wording import unbroken


class AnswerPage(QWidget):
    """Draws one kind of prediction. `theme` and `compact` are set before `build`."""

    draws: type[Probe]  # the kind of prediction
    read = Signal(str)  # values under the mouse

    def __init__(self, theme: Theme, *, compact: bool) -> None:
        super().__init__()
        self.theme, self.compact = theme, compact
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.build()

    def build(self) -> None:
        """Make the widgets, into `column`."""

    def draw(self, prediction: Probe) -> None:
        """Show a prediction of the kind that it draws."""

    def clear(self) -> None:
        """Take the last run off the picture."""

    def recolour(self) -> None:
        """Set every colour from `theme`."""

    def reset_zoom(self) -> None:
        """Show everything."""

    def walk(self, across: int, down: int) -> bool:
        """Go so many places within the picture and read out what is there; False where it has none that way."""
        return False

    def leave(self) -> None:
        """Forget the place that keys went to."""

    def table(self, prediction: Probe) -> Table:
        """The numbers of the picture."""
        raise NotImplementedError


class ScoreLabel(ElidedLabel):
    """Two lines of scores at most; says in fewer words what would be cut."""

    def __init__(self) -> None:
        super().__init__(lines=2)
        self.fewer: tuple[str, ...] = ()

    def fitting(self, room: QRect) -> str:
        """All, or the first of those in fewer words that fit into a line."""
        shown, metrics = super().fitting(room), self.fontMetrics()
        if shown == self.text():
            return shown
        return next((words for words in self.fewer if metrics.horizontalAdvance(words) <= room.width()), shown)


def score_label(*, compact: bool) -> QLabel:
    """For scores in words; in a small place two lines at most."""
    label = ScoreLabel() if compact else QLabel()
    label.setWordWrap(True)
    label.setProperty("role", "small")
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def named(part: str) -> str:
    """A part of the data as people call it; without a validation part, answers are those of the training part."""
    return "training" if part == "train" else part


def tell_scores(
    label: QLabel, part: str, scores: Sequence[tuple[str, float]], baselines: Iterable[tuple[str, float]]
) -> None:
    """Say what was reached on a part, NaN where that comes yet, and what simple methods reach in the first score.

    A small place says the first score alone, and names without what stands in brackets behind them; where there is no
    room for all of them, the best of these. All is in its tip.
    """
    simple, small = list(baselines), isinstance(label, ScoreLabel)
    own = [unbroken(name, "not measured yet" if isnan(value) else f"{value:.3f}") for name, value in scores]
    others = ", ".join(unbroken(f"{name}:", f"{value:.3f}") for name, value in simple)
    text = f"{named(part)} part: {' · '.join(own)}" + (f" — {scores[0][0]} of {others}" if others else "")
    label.setToolTip(text if small else "")
    shown = _tell_briefly(label, named(part), scores[0][0], own[0], simple) if isinstance(label, ScoreLabel) else text
    if shown != label.text():
        label.setText(shown)


def _tell_briefly(label: ScoreLabel, part: str, metric: str, own: str, simple: Sequence[tuple[str, float]]) -> str:
    """What it says in two lines; in one the best of the simple methods, and no part where that is too long."""
    short = [unbroken(f"{name.partition(' (')[0]}:", f"{value:.3f}") for name, value in simple]
    best = [short[_best([value for _, value in simple], metric)]] if simple else []
    label.fewer = (f"{part}: {' — '.join([own, *best])}", " — ".join([own, *best]))
    return " — ".join(filter(None, (f"{part}: {own}", ", ".join(short))))


def _best(values: Sequence[float], metric: str) -> int:
    """Which of them is hardest to beat; one that is not known is not."""
    sign = -1 if metric in HIGHER_IS_BETTER else 1
    return min(range(len(values)), key=lambda place: inf if isnan(values[place]) else sign * values[place])
