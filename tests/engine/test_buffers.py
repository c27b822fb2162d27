"""Work arrays: kept, grown, and begun where vectors lie in one line of the cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.config import TrainingConfig
from engine.layers.buffers import CACHE_LINE, Buffers, aligned_zeros
from engine.layers.layer import Layer
from engine.optimizers import Optimizer
from tests.engine.examples import network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 16, 1000, 300_000])
def test_zeros_begin_with_a_line_of_the_cache(size: int, dtype: Any) -> None:
    for _ in range(8):  # NumPy's own lie well now and then
        found = aligned_zeros(size, np.dtype(dtype))
        assert found.shape == (size,)
        assert found.dtype == dtype
        assert not found.any()
        assert found.ctypes.data % CACHE_LINE == 0
        assert found.flags.carray


def test_an_array_is_kept_until_a_longer_one_is_asked_for() -> None:
    buffers = Buffers(np.dtype(np.float32))
    first = buffers.get("a", 10)
    first[:] = 7
    assert buffers.get("a", 5) is first
    longer = buffers.get("a", 11)
    assert longer is not first
    assert not longer.any()
    assert longer.ctypes.data % CACHE_LINE == 0


@pytest.mark.parametrize("cell", ["elman", "gru_reset_before", "lstm_peephole"])
def test_what_the_loops_over_time_read_begins_with_a_line_of_the_cache(cell: str) -> None:
    made = network(cell)
    kept = [made.parameters.values, made.parameters.gradients]
    layers: list[Layer] = list(made.stack.layers)
    for layer in layers:
        held = [*vars(layer).values(), *vars(layer.weights).values()]
        kept += [array for array in held if isinstance(array, np.ndarray) and array.dtype == made.dtype]
    optimizer = Optimizer(made, TrainingConfig(optimizer="adam"))
    kept += optimizer._rule.state.values()
    assert len(kept) > 8
    assert {array.ctypes.data % CACHE_LINE for array in kept if array.size} == {0}
