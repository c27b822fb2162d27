"""Generated data, with the known answer of a network that remembers nothing."""

from __future__ import annotations

import numpy as np

from engine.config import DataConfig
from engine.data.batches import generator
from engine.data.dataset import Dataset
from engine.data.errors import DataError, nearest
from engine.data.series.series import Series
from engine.data.series.series_windows import windows_over
from engine.data.synthetic.adding import AddingDataset
from engine.data.synthetic.memory_dataset import MemoryDataset
from engine.data.synthetic.memory_tasks import TASKS

GENERATORS = ("adding", "noisy_sine", *TASKS)
_PERIOD = 40.0  # rows of one wave of the sine


def generate(name: str, data: DataConfig, topology: str) -> Dataset:
    """Data of a generator.

    Raises:
        DataError: no generator of that name, or a topology it does not fit.
    """
    if name == "adding":
        return AddingDataset(data, topology)
    if name in TASKS:
        return MemoryDataset(name, data, topology)
    if name == "noisy_sine":
        return windows_over(noisy_sine(data.length, data.noise), data, topology)
    raise DataError(f"there is no generator {name!r}; {nearest(name, GENERATORS)}")


def noisy_sine(rows: int, noise: float) -> Series:
    """`rows` of a sine wave of period 40 and height 1, with normal noise; the same at every call."""
    wave = np.sin(2 * np.pi * np.arange(rows) / _PERIOD)
    values = wave + noise * generator(0, 0).standard_normal(rows)
    notes = (
        f"generated: a sine wave of period {_PERIOD:g}, noise of deviation {noise:g}",
        f"a network that remembers nothing is off by {_forgetful(noise):.3g} one step ahead (RMSE), one that knows the "
        f"wave by {noise:g}",
    )
    return Series(("value",), 1, values[:, None], None, None, "", 0, notes)


def _forgetful(noise: float) -> float:
    """What the best line through the present value alone is off by: the wave's variance is 1/2."""
    known, shared = 0.5 + noise**2, 0.5 * np.cos(2 * np.pi / _PERIOD)
    return float(np.sqrt(known - shared**2 / known))
