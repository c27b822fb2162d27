"""Which settings a sweep varies, and the values of each: a row a setting."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QToolButton, QWidget

from engine.comparing.sweep_values import Varied, proposed, read_varied
from engine.config import ConfigError, Experiment, field_info
from workbench.dialogs.contest_bar import button
from workbench.dialogs.race_field import FIRST_CELLS, Ticks
from workbench.looks.theme import GRID
from workbench.panels.labels import column
from workbench.wording import for_people, setting_words

_FIRST = "training.learning_rate"
_MOST_ROWS, _TICKS_SEEN, _TICKED = 6, 5, 8  # settings; choices in sight; choices of which all are tried at first
_GROWS = {"model.hidden_size": 2, "model.num_layers": 1}  # the power by which parameters do, about
_HOW_NUMBERS = (
    "Numbers with commas between. 0.001..0.1:5 stands for five numbers from 0.001 to 0.1; 0.001..0.1 for any number "
    "between, where trials are drawn by chance."
)


def setting_title(name: str) -> str:
    """As the forms call it, with its section where two settings have one label."""
    return field_info(*name.split(".")).label


class _Row(QWidget):
    """One setting with its values: a line of numbers, or ticks."""

    changed = Signal()
    removed = Signal()

    def __init__(self, number: int, names: Sequence[str]) -> None:
        super().__init__()
        self._experiment = Experiment()
        self.choice = QComboBox()
        self.choice.setObjectName(f"sweep_setting_{number}")
        self.choice.setAccessibleName("Setting to vary")
        self.choice.setAccessibleDescription("Setting to vary")  # the name is not said: no label stands beside it
        for name in names:
            self.choice.addItem(f"{setting_title(name)} · {name.partition('.')[0]}", name)
        self.numbers = QLineEdit()
        self.numbers.setObjectName(f"sweep_numbers_{number}")
        self.numbers.setToolTip(f"<p>{_HOW_NUMBERS}</p>")
        self.numbers.setAccessibleDescription(_HOW_NUMBERS)
        self.ticks = Ticks(f"sweep_ticks_{number}", "Values to try")
        self._values = QStackedWidget()
        for page in (self.numbers, self.ticks):
            self._values.addWidget(page)
        remove = QToolButton()
        remove.setText("✕")
        remove.setObjectName(f"sweep_remove_{number}")
        remove.setToolTip("Vary this setting no more")
        remove.setAutoRaise(True)
        remove.clicked.connect(self.removed)
        self.remove = remove
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        top.addWidget(self.choice, 1)
        top.addWidget(remove)
        layout = column(self, spacing=GRID // 2)
        layout.addLayout(top)
        layout.addWidget(self._values)
        self.choice.activated.connect(lambda _: self._propose())
        self.numbers.textChanged.connect(self.changed)
        self.ticks.itemChanged.connect(self.changed)

    @property
    def name(self) -> str:
        """The setting, by dotted name."""
        return str(self.choice.currentData())

    def show_setting(self, name: str, experiment: Experiment) -> None:
        """Vary this one, around its present value."""
        self._experiment = experiment
        self.choice.setCurrentIndex(self.choice.findData(name))
        self._propose()

    def read(self, *, draws: bool) -> Varied:
        """What is to be tried.

        Raises:
            ConfigError: a value that the setting does not take, or none.
        """
        text = ",".join(self.ticks.chosen) if self._ticked else self.numbers.text()
        if not text.strip():
            raise ConfigError(f"{self.name} has no value; name two or more")
        return read_varied(self._experiment, f"{self.name}={text}", draws=draws)

    @property
    def _ticked(self) -> bool:
        return self._values.currentWidget() is self.ticks

    def _propose(self) -> None:
        values = proposed(self._experiment, self.name)
        ticked = isinstance(values[0], bool | str)
        self._values.setCurrentWidget(self.ticks if ticked else self.numbers)
        self.ticks.clear()
        label = setting_title(self.name)
        for page in (self.numbers, self.ticks):
            page.setAccessibleName(f"Values of {label}")
        self.remove.setAccessibleName(f"Vary {label} no more")
        for value in values if ticked else ():
            near = len(values) <= _TICKED or value in (*FIRST_CELLS, self._now)
            self.ticks.add(str(value).lower() if isinstance(value, bool) else value,
                           setting_words(self.name, value), label, ticked=near)  # fmt: skip
        if ticked:
            self.ticks.fit(_TICKS_SEEN)
            self.ticks.show_first_ticked()
        self._values.setFixedHeight(self.ticks.height() if ticked else self.numbers.sizeHint().height())
        self.numbers.setText("" if ticked else ", ".join(setting_words(self.name, value) for value in values))
        self.changed.emit()

    @property
    def _now(self) -> object:
        section, _, field = self.name.partition(".")
        return getattr(getattr(self._experiment, section), field)


class SweepField(QWidget):
    """The rows, and a button for one more."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []
        self._names: tuple[str, ...] = ()
        self._experiment = Experiment()
        self._made = 0
        self.add = button("Vary one more setting", "sweep_add")
        self.add.clicked.connect(lambda: self.add_row())
        self._layout = column(self)
        self._layout.addWidget(self.add)

    def offer(self, names: Sequence[str], experiment: Experiment) -> None:
        """The settings that can be varied; what was set up stays while they are the same."""
        if tuple(names) == self._names and experiment == self._experiment:
            return
        self._names, self._experiment = tuple(names), experiment
        for row in list(self.rows):
            self._remove(row)
        self.add_row(_FIRST if _FIRST in names else names[0])

    def add_row(self, name: str = "") -> None:
        """One more setting: the next that is not varied yet."""
        known = {row.name for row in self.rows}
        name = name or next(name for name in (*_USUAL, *self._names) if name in self._names and name not in known)
        self._made += 1
        row = _Row(self._made, self._names)
        row.show_setting(name, self._experiment)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._layout.insertWidget(len(self.rows) - 1, row)
        self._tidy()

    def read(self, *, draws: bool) -> tuple[Varied, ...] | str:
        """What is varied, or why it cannot be."""
        names = [row.name for row in self.rows]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            return f"“{setting_title(twice)}” is named twice; put all its values in one row."
        try:
            return tuple(row.read(draws=draws) for row in self.rows)
        except ConfigError as error:
            return for_people(str(error))

    def combinations(self) -> int:
        """How many there are of the values; 0 where they cannot be read, or have bounds only."""
        varied = self.read(draws=False)
        return 0 if isinstance(varied, str) else math.prod(len(each.values) for each in varied)

    def growth(self) -> float:
        """By about how much networks are larger than the one that is set up, in the mean over the values."""
        varied, found = self.read(draws=False), 1.0
        for each in varied if not isinstance(varied, str) else ():
            values = [float(value) for value in each.values or each.bounds or () if each.name in _GROWS]
            now = getattr(self._experiment.model, each.name.partition(".")[2]) if values else 1
            found *= sum((value / now) ** _GROWS[each.name] for value in values) / len(values) if values else 1.0
        return found

    def _remove(self, row: _Row) -> None:
        self.rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._tidy()

    def _tidy(self) -> None:
        for row in self.rows:
            row.remove.setVisible(len(self.rows) > 1)
        self.add.setEnabled(len(self.rows) < min(_MOST_ROWS, len(self._names)))
        self.add.setToolTip("" if self.add.isEnabled() else f"{_MOST_ROWS} settings at most are varied at once")
        self.changed.emit()


_USUAL = (
    _FIRST, "model.hidden_size", "data.look_back", "training.batch_size", "model.num_layers", "training.optimizer",
)  # fmt: skip
