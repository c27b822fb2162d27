"""Who takes part in a race: cells and, where several steps are forecast, strategies, each with a tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from engine.comparing.race_messages import STRATEGIES
from engine.config import Experiment
from workbench.panels.labels import column

if TYPE_CHECKING:
    from engine.cells import CellSpec

FIRST_CELLS = ("elman", "lstm", "gru")  # ticked at first
_HELP = {
    "recursive": "One step is learned; its own forecast is fed back for the next.",
    "direct": "An output for each step ahead.",
    "encoder_decoder": "A decoder writes the steps one after the other.",
}
_TICKED = Qt.CheckState.Checked


class Ticks(QListWidget):
    """A list of names, each of which can be ticked."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # long names end in dots

    def add(self, key: str, title: str, tip: str, *, ticked: bool) -> None:
        """One more."""
        item = QListWidgetItem(title)
        item.setData(Qt.ItemDataRole.UserRole, key)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(_TICKED if ticked else Qt.CheckState.Unchecked)
        item.setToolTip(f"<p>{tip}</p>")
        self.addItem(item)

    def fit(self, most: int = 100) -> None:
        """Be as high as what is in it, or as `most` rows."""
        self.setFixedHeight(min(self.count(), most) * self.sizeHintForRow(0) + 2 * self.frameWidth())

    def show_first_ticked(self) -> None:
        """Scroll to where the ticks begin."""
        items = [self.item(at) for at in range(self.count())]
        first = next((item for item in items if item.checkState() is _TICKED), None)
        if first is not None:
            self.scrollToItem(first, QListWidget.ScrollHint.PositionAtTop)

    @property
    def chosen(self) -> dict[str, str]:
        """Titles of those that are ticked, by key."""
        items = [self.item(at) for at in range(self.count())]
        return {str(item.data(Qt.ItemDataRole.UserRole)): item.text() for item in items if item.checkState() is _TICKED}


class RaceField(QWidget):
    """Cells above, strategies below; these only of forecasts over several steps."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cells = Ticks("race_cells", "Cells that take part")
        self.strategies = Ticks("race_strategies", "Strategies that take part, to forecast several steps ahead")
        layout = column(self)
        layout.addWidget(self.cells, 1)
        layout.addWidget(self.strategies)
        for ticks in (self.cells, self.strategies):
            ticks.itemChanged.connect(self.changed)

    def offer(self, cells: Sequence[CellSpec], experiment: Experiment) -> None:
        """What can take part; what was ticked before stays so."""
        for spec in cells if not self.cells.count() else ():
            ticked = spec.key in (*FIRST_CELLS, experiment.model.cell)
            self.cells.add(spec.key, spec.title, f"{spec.summary} {spec.when_to_use}", ticked=ticked)
        several = experiment.data.kind == "series" and experiment.data.steps > 1
        if several and not self.strategies.count():
            written = experiment.model.topology == "encoder_decoder"
            own = "encoder_decoder" if written else experiment.data.strategy
            for key, title in STRATEGIES.items():
                self.strategies.add(key, title, _HELP[key], ticked=key == own)
        elif not several:
            self.strategies.clear()
        self.strategies.fit()
        self.strategies.setVisible(several)

    @property
    def refusal(self) -> str:
        """Why nobody can race, or nothing."""
        if not self.cells.chosen:
            return "Tick at least one cell."
        return "Tick at least one strategy." if self.strategies.count() and not self.strategies.chosen else ""

    @property
    def titles(self) -> dict[tuple[str, str], str]:
        """Names of all that are to race, by cell and strategy, as in "LSTM, direct"."""
        strategies = self.strategies.chosen or {"": ""}
        return {
            (cell, key): ", ".join(filter(None, (title, strategy)))
            for key, strategy in strategies.items()
            for cell, title in self.cells.chosen.items()
        }
