"""What the pages that show a network's answers have in common, one page a kind of answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Probe
from workbench.plots.saving import Table
from workbench.theme import Theme


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

    def table(self, prediction: Probe) -> Table:
        """The numbers of the picture."""
        raise NotImplementedError
