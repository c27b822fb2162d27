"""Several series of one table, of each of which several steps ahead are forecast.

U steps ahead, N windows of all series one behind the other, O targets.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.config import DataConfig
from engine.data.batches import Ints
from engine.data.dataset import Scorer, Scores
from engine.data.scaling import Reals
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.panel_dataset import PanelDataset, of_all
from engine.data.series.path_dataset import PathDataset
from engine.data.series.path_metrics import PathScorer, path_scores
from engine.data.series.series import Series


class PanelForecastDataset(PanelDataset, PathDataset):
    """Windows over S series, each answered by the next U rows of its own."""

    def __init__(self, found: Mapping[str, Series], data: DataConfig, topology: str) -> None:
        """As of a `PanelDataset`.

        Raises:
            DataError: no series is long enough, or settings that do not go together.
        """
        super().__init__(found, data, topology)
        self.steps = data.steps
        self._paths: dict[str, tuple[tuple[str, Reals], ...]] = {}

    def _own(self, part: str) -> list[tuple[str, ForecastDataset, slice]]:
        slices = self.slices(part)
        return [(name, member, place) for name, member, place in slices if isinstance(member, ForecastDataset)]

    def path_baselines(self, part: str) -> tuple[tuple[str, Reals], ...]:
        """Those that all series have, each from its own past."""
        if part not in self._paths:
            self._paths[part] = of_all([member.path_baselines(part) for _, member, _ in self._own(part)])
        return self._paths[part]

    def path_labels(self, part: str, positions: Ints) -> tuple[str, ...]:
        """Series and date of each answer."""
        return tuple(
            f"{name} · {date}"
            for name, member, place in self._own(part)
            for date in member.path_labels(
                part, positions[(positions >= place.start) & (positions < place.stop)] - place.start
            )
        )

    def tiles(self, part: str) -> Ints:
        """See `PathDataset.tiles`; of one series after the other."""
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *(place.start + member.tiles(part) for _, member, place in self._own(part))])

    def usual_steps(self, part: str) -> Reals:
        """See `PathDataset.usual_steps`."""
        none = np.zeros((0, len(self.preparation.targets)))
        return np.concatenate([none, *(member.usual_steps(part) for _, member, _ in self._own(part))])

    def places(self, part: str) -> tuple[tuple[str, slice], ...]:
        """Each series that has windows in a part, with their positions."""
        return tuple((name, place) for name, _, place in self.slices(part))

    def baselines(self, part: str) -> Scores:
        """RMSE of the simple forecasts over all steps and targets; none for an empty part."""
        return path_scores(self, part)

    def scorer(self, part: str) -> Scorer:
        """RMSE, MAE, MASE and skill over all steps and series, by step, then RMSE and skill by series."""
        return PathScorer(self, part)
