"""The picture of a sweep: the result against the values of each setting, or in rows and columns of two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from engine.comparing.race_messages import Place
from engine.config import field_info
from workbench.contests.contest import Contest
from workbench.dialogs.sweep_field import setting_title
from workbench.dialogs.sweep_table import measured
from workbench.looks.theme import Theme
from workbench.plots.answers.value_grid import ValueGrid
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.frame import PictureFrame
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.key.curve_item import CurveItem
from workbench.spoken import announce
from workbench.wording import setting_words

_POINTS = "A point is a trial's median over its seeds on the validation part, its line the spread, the ring the best."
_FRAME = "Each number is a median over the seeds; the best has a frame."
_RESULT, _SEEDS, _BEST = "median over the seeds", "lowest to highest", "best"


class SweepPicture(PictureFrame):
    """One plot a setting; a grid of numbers where two were combined."""

    key = "sweep_values"
    title = "Result against value"

    def __init__(self, theme: Theme, contest: Contest) -> None:
        super().__init__(theme)
        self._contest = contest
        self._plots: dict[str, CurvePlot] = {}
        self._ends: dict[str, CurveItem] = {}  # of the axis below, where values are named
        self.grid = ValueGrid(theme)
        self.grid.hovered.connect(lambda words: self.read_out(words or _FRAME))
        self._layout = QGridLayout(self.body)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.grid, 0, 0)
        self.fit_text()
        self.turn_page()

    def reason(self) -> str:
        """Words until the first result, or where there was none."""
        if self._places:
            return ""
        over = self._contest.sweeping and not self._contest.alive and self._contest.tally.field
        return "No run came to a result." if over else "The first result is drawn here when the first run has ended."

    @property
    def _places(self) -> Sequence[Place]:
        return self._contest.tally.places() if self._contest.sweeping else ()

    def begin(self) -> None:
        """Forget the sweep before."""
        for plot in self._plots.values():
            self._layout.removeWidget(plot)
            plot.deleteLater()
        self._plots.clear()
        self._ends.clear()
        self.turn_page()

    def refresh(self) -> None:
        """Draw what has come so far."""
        places = self._places
        if places:
            names = [name for name, _ in places[0].settings]
            combined = len(names) == 2 and self._is_grid(names)
            self.grid.setVisible(combined)
            self.read_out(_FRAME if combined else _POINTS if len(names) > 1 else "")
            if combined:
                self._show_grid(names, places)
            else:
                for at, name in enumerate(names):
                    self._show_values(divmod(at, 2 if len(names) in (2, 4) else 3), name, places, len(names) == 1)
        self.turn_page()

    def table(self) -> Table:
        """A row for each trial, best first."""
        names = [name for name, _ in self._places[0].settings] if self._places else []
        rows: list[tuple[Cell, ...]] = [
            (*(str(value).lower() if isinstance(value, bool) else value for _, value in place.settings),
             place.parameters, place.arrived, place.failed, measured(place), *place.validation, place.seconds)
            for place in self._places
        ]  # fmt: skip
        heads = ("parameters", "runs", "failed", "decided_by")
        scores = ("validation_lowest", "validation_median", "validation_highest", "seconds")
        return (*names, *heads, *scores), rows

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        super().apply_theme(theme)
        self.grid.apply_theme(theme)
        for plot in self._plots.values():
            plot.apply_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell of the grid; Escape lets go of one, and only then closes the window."""
        if self.grid.isVisible() and self.grid.take_key(event):
            announce(self, self._readout.text())
        else:
            super().keyPressEvent(event)

    # --- two settings -----------------------------------------------------------------------------------

    def _is_grid(self, names: Sequence[str]) -> bool:
        """Whether every value was to meet every other: drawn pairs are seldom in one row."""
        trials = {entrant.settings for entrant in self._contest.tally.field}
        return len(trials) == math.prod(len({dict(each)[name] for each in trials}) for name in names)

    def _show_grid(self, names: Sequence[str], places: Sequence[Place]) -> None:
        rows, columns = ([*self._values(name)] for name in names)
        values = np.full((len(rows), len(columns)), np.nan)
        at = [(rows.index(place.settings[0][1]), columns.index(place.settings[1][1])) for place in places]
        for spot, place in zip(at, places, strict=True):
            values[spot] = place.validation[1]
        down, across = (_short(name, found) for name, found in zip(names, (rows, columns), strict=True))
        self.grid.show_values((setting_title(names[0]), setting_title(names[1])), down, across, values, at[0])

    def _values(self, name: str) -> list[Any]:
        found = {dict(entrant.settings)[name] for entrant in self._contest.tally.field}
        return sorted(found, key=lambda value: value if not isinstance(value, str) else list(
            field_info(*name.split(".")).choices).index(value))  # fmt: skip

    # --- one, or several --------------------------------------------------------------------------------

    def _show_values(self, spot: tuple[int, int], name: str, places: Sequence[Place], alone: bool) -> None:
        plot = self._plots.get(name) or self._add_plot(spot, name, measured(places[0]), alone)
        order = self._values(name)
        named = isinstance(order[0], bool | str)
        if named:
            plot.bottom.set_labels(_short(name, order), each=True)
            self._ends[name].show([-0.5, len(order) - 0.5], [places[0].validation[1]] * 2)
        x = np.array([order.index(dict(p.settings)[name]) if named else dict(p.settings)[name] for p in places], float)
        low, middle, high = (np.array([place.validation[at] for place in places]) for at in range(3))
        sort = np.argsort(x, kind="stable")
        gap = np.full(len(x), np.nan)
        plot.show_curve(_SEEDS, np.column_stack((x, x, gap)).ravel(), np.column_stack((low, high, gap)).ravel())
        plot.show_curve(_RESULT, x[sort], middle[sort])
        plot.show_curve(_BEST, x[:1], middle[:1], f"{middle[0]:.4g}")
        plot.show_key()

    def _add_plot(self, spot: tuple[int, int], name: str, result: str, alone: bool) -> CurvePlot:
        info = field_info(*name.split("."))
        plot = self._plots[name] = CurvePlot(
            self.theme, bottom=setting_title(name), left=f"validation {result}" if alone else result
        )
        values = self._values(name)
        numbers = not isinstance(values[0], bool | str)
        plot.axes.set_log(numbers and info.scale == "log" and values[0] > 0, False)
        plot.add_curve(_SEEDS, "muted")
        plot.add_curve(_RESULT, "train", symbol=True, line=alone and numbers)
        plot.add_curve(_BEST, "test", symbol=True, line=False, ring=True)
        if not numbers:
            self._ends[name] = plot.add_anchor()
        place: QWidget = plot
        place.setAccessibleName(f"Validation {result} against {setting_title(name)}")
        plot.legend.setVisible(alone)  # of several, one line below says it for all
        self._layout.addWidget(plot, *spot)
        return plot


def _short(name: str, values: Sequence[Any]) -> list[str]:
    """What values are called where there is little room: a title without its bracket, or by the letters in it."""
    titles = [setting_words(name, value) for value in values]
    parts = [title.partition(" (") for title in titles]
    short = [inside[:-1] if inside[:-1].isupper() else before for before, _, inside in parts]
    return [each if short.count(each) == 1 else title for each, title in zip(short, titles, strict=True)]
