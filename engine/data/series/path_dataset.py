"""What is asked of data of which several steps ahead are forecast, whether they are one series or several.

U steps ahead, N windows of a part, O targets.
"""

from __future__ import annotations

from abc import abstractmethod

from engine.data.batches import Batch, Ints
from engine.data.dataset import Dataset
from engine.data.scaling import Reals
from engine.data.series.series_preparation import SeriesPreparation


def path_sizes(strategy: str, targets: int, steps: int, known: int) -> tuple[int, int]:
    """Outputs of a network, and numbers heard before each step that it writes, for so many inputs known ahead."""
    return targets * (steps if strategy == "direct" else 1), targets + known if strategy == "encoder_decoder" else 0


class PathDataset(Dataset):
    """Windows that are each answered by the next U rows."""

    steps: int

    @property
    @abstractmethod
    def preparation(self) -> SeriesPreparation:
        """Window, transform, strategy and scalers."""

    @abstractmethod
    def batch(self, part: str, positions: Ints) -> Batch:
        """The windows of a part at `positions` (B,), those of several series by series."""

    @abstractmethod
    def path_truth(self, part: str) -> Reals:
        """What was measured (U, N, O) for each window of a part; NaN where it is missing."""

    @abstractmethod
    def path_baselines(self, part: str) -> tuple[tuple[str, Reals], ...]:
        """Naive, seasonal naive, drift and AR for all targets: (U, N, O) each."""

    @abstractmethod
    def path_labels(self, part: str, positions: Ints) -> tuple[str, ...]:
        """What the U answers of each window of a part at `positions`, in rising order, are called."""

    @abstractmethod
    def tiles(self, part: str) -> Ints:
        """Positions of windows whose forecasts follow one another without overlap, up to the last row of the part."""

    @abstractmethod
    def anchors(self, part: str) -> Reals:
        """The targets' last known values (N, O) before each forecast of a part."""

    @abstractmethod
    def usual_steps(self, part: str) -> Reals:
        """What MASE measures each window (N, O) by: the usual change of its series over a season, NaN if unknown."""

    @abstractmethod
    def places(self, part: str) -> tuple[tuple[str, slice], ...]:
        """Each of several series that has windows in a part, with their positions; none where there is but one."""
