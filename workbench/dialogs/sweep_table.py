"""The result of a sweep: a row for each trial, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.comparing.race_messages import Place, Settings
from workbench.dialogs.race_table import PlaceTable, plain
from workbench.dialogs.sweep_field import setting_title
from workbench.wording import setting_words


def trial_title(settings: Settings) -> str:
    """As in "Learning rate 0.003, Hidden units 16"."""
    return ", ".join(f"{setting_title(name)} {setting_words(name, value)}" for name, value in settings)


def values_title(settings: Settings) -> str:
    """As in "0.003 · 16"."""
    return " · ".join(setting_words(name, value) for name, value in settings)


def measured(place: Place) -> str:
    """What places are compared by."""
    return place.metric if place.by_metric and place.metric else "loss"


class SweepTable(PlaceTable):
    """Trials as they stand."""

    def __init__(self) -> None:
        super().__init__(
            "sweep_table", "Result of the sweep, best settings first", "A row for each combination, the best first."
        )

    def show_places(self, places: Sequence[Place]) -> None:
        """Fill the rows."""
        if not places:
            self.show_rows((), (), ())
            return
        names = [setting_title(name) for name, _ in places[0].settings]
        headings = (
            *names, f"Validation {measured(places[0])}", "Lowest – highest", "Parameters", "Runs", "Seconds a run",
        )  # fmt: skip
        self.show_rows(headings, places, [_cells(place) for place in places])


def _cells(place: Place) -> tuple[str, ...]:
    low, middle, high = place.validation
    runs = f"{place.arrived}" + (f" ({place.failed} failed)" if place.failed else "")
    return (
        *(setting_words(name, value) for name, value in place.settings), plain(middle),
        f"{plain(low)} – {plain(high)}" if not math.isnan(low) else "", f"{place.parameters:,}", runs,
        plain(place.seconds),
    )  # fmt: skip
