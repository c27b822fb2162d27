"""Products and activations against NumPy's own arithmetic."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.kernels import attention, jit, packing, readout
from engine.kernels.activations import CODES, activate, exp, slope, slope_at
from engine.kernels.jit import LANES, kernel, padded
from engine.kernels.tiles import PANEL, TILE_ROWS, product
from engine.kernels.vectors import load, store
from tests import reference

KINDS = (np.float32, np.float64)
ACTIVATE, SLOPE, SLOPE_AT, EXP = range(4)


@kernel
def apply(function: int, code: int, x: Any, y: Any) -> None:
    for at in range(0, x.size, LANES):
        v = load(x, at)
        if function == ACTIVATE:
            store(y, at, activate(code, v))
        elif function == SLOPE:
            store(y, at, slope(code, activate(code, v)))
        elif function == SLOPE_AT:
            store(y, at, slope_at(code, v))
        else:
            store(y, at, exp(v))


def applied(function: int, code: int, x: NDArray[Any]) -> NDArray[Any]:
    wide = np.zeros(padded(x.size), x.dtype)
    wide[: x.size] = x
    result = np.zeros_like(wide)
    apply(function, code, wide, result)
    return result[: x.size]


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", CODES)
def test_an_activation_is_what_numpy_computes(name: str, dtype: Any) -> None:
    x = np.concatenate([np.linspace(-30, 30, 4001), np.linspace(-1e-3, 1e-3, 101), [-1e4, 1e4, 0.0]]).astype(dtype)
    with np.errstate(over="ignore"):
        wanted = reference.ACTIVATIONS[name](x.astype(np.float64))
    size = x if name == "gelu" else wanted  # gelu multiplies the error of its tanh by x
    error = np.abs(applied(ACTIVATE, CODES[name], x) - wanted) / np.maximum(1, np.abs(size))
    assert error.max() < (5e-7 if dtype == np.float32 else 1e-15)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", CODES)
def test_the_slope_of_an_activation_is_its_derivative(name: str, dtype: Any) -> None:
    x, step = np.linspace(-6.0123, 6.0123, 776), 1e-6  # not 0, where some have a corner
    function = reference.ACTIVATIONS[name]
    wanted = (function(x + step) - function(x - step)) / (2 * step)
    allowed = (6e-6 if name == "gelu" else 2e-6) if dtype == np.float32 else 1e-9
    np.testing.assert_allclose(applied(SLOPE_AT, CODES[name], x.astype(dtype)), wanted, atol=allowed)
    if name != "gelu":  # whose value does not tell its slope
        np.testing.assert_allclose(applied(SLOPE, CODES[name], x.astype(dtype)), wanted, atol=allowed)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", CODES)
def test_a_nan_passes_through_an_activation(name: str, dtype: Any) -> None:
    x = np.linspace(-2, 2, 40).astype(dtype)
    x[7] = np.nan
    found = applied(ACTIVATE, CODES[name], x)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(x))


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_squashed_values_never_leave_their_range(name: str) -> None:
    x = np.random.default_rng(0).uniform(-12, 12, 100_000).astype(np.float32)
    found = applied(ACTIVATE, CODES[name], x)
    assert found.max() <= 1
    assert found.min() >= (-1 if name == "tanh" else 0)
    assert applied(SLOPE, CODES[name], x).min() >= 0


def test_exponentials() -> None:
    x = np.linspace(-86, 87, 20_000).astype(np.float32)
    np.testing.assert_allclose(applied(EXP, 0, x), np.exp(x.astype(np.float64)), rtol=5e-7)
    assert np.isnan(applied(EXP, 0, np.array([np.nan], np.float32))).all()


def packed(b: NDArray[Any]) -> NDArray[Any]:
    """B (depth, columns) in panels."""
    depth, columns = b.shape
    result = np.zeros(depth * padded(columns), b.dtype)
    one = np.int64(1)
    packing.pack_panels(b.reshape(-1), 0, np.int64(columns), one, depth, columns, result, depth, 0, 0)
    return result


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("columns", [1, LANES - 1, LANES, PANEL + LANES + 3])
@pytest.mark.parametrize("depth", [1, LANES, 3 * LANES + 5])
def test_a_matrix_and_its_transpose_are_packed_alike(depth: int, columns: int, dtype: Any) -> None:
    b = np.random.default_rng(depth).standard_normal((depth, columns)).astype(dtype)
    turned, one = np.zeros(depth * padded(columns), dtype), np.int64(1)
    packing.pack_panels(b.T.reshape(-1), 0, one, np.int64(depth), depth, columns, turned, depth, 0, 0)
    np.testing.assert_array_equal(turned, packed(b))


SIZES = [(rows, 7, 2 * PANEL + 3) for rows in range(1, 14)] + [
    (rows, depth, columns)
    for rows in (1, TILE_ROWS, 2 * TILE_ROWS + 5)
    for depth in (1, 33)
    for columns in (1, LANES - 1, LANES, LANES + 1, PANEL, PANEL + LANES, 3 * PANEL - 1)
]


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize(("rows", "depth", "columns"), SIZES)
def test_a_product_of_any_size(rows: int, depth: int, columns: int, dtype: Any) -> None:
    random = np.random.default_rng(rows + depth + columns)
    a, b = random.standard_normal((rows, depth)).astype(dtype), random.standard_normal((depth, columns)).astype(dtype)
    bias, wide = random.standard_normal(columns).astype(dtype), padded(columns)
    start = np.zeros(wide, dtype)
    start[:columns] = bias
    y = np.full((rows + 1) * wide, 7, dtype)
    readout.affine(product.address(np.dtype(dtype)), 0, rows, a.reshape(-1), 0, depth, depth, packed(b), start, y, wide)
    found = y.reshape(rows + 1, wide)
    wanted = a.astype(np.float64) @ b.astype(np.float64) + bias
    allowed = (1e-6 if dtype == np.float32 else 1e-14) * (depth + 1)
    np.testing.assert_allclose(found[:rows, :columns], wanted, rtol=0, atol=allowed)
    assert (found[:rows, columns:] == 0).all(), "padding"
    assert (found[rows] == 7).all(), "nothing is written past the last row"


@pytest.mark.parametrize("columns", [1, 5, 16, 37])
def test_rows_in_a_row_of_their_own_are_the_same_to_the_last_bit(columns: int) -> None:
    random = np.random.default_rng(columns)
    a, b = random.standard_normal((13, 29)).astype(np.float32), random.standard_normal((29, columns)).astype(np.float32)
    wide = padded(columns)
    bias, panels, address = np.zeros(wide, np.float32), packed(b), product.address(np.dtype(np.float32))
    whole, parts = np.zeros(13 * wide, np.float32), np.zeros(13 * wide, np.float32)
    readout.affine(address, 0, 13, a.reshape(-1), 0, 29, 29, panels, bias, whole, wide)
    for first, last in ((0, 1), (1, 3), (3, 9), (9, 13)):
        readout.affine(address, first, last, a.reshape(-1), 0, 29, 29, panels, bias, parts, wide)
    np.testing.assert_array_equal(whole, parts)


@pytest.mark.parametrize("size", [16, 20, 128])
def test_large_scores_of_attention_are_rounded_little(size: int) -> None:
    random, steps, read = np.random.default_rng(size), 12, 19
    queries = 10 * random.standard_normal((steps, size)).astype(np.float32)
    memory = random.uniform(-1, 1, (read, size)).astype(np.float32)
    turned, scores = np.zeros((size, padded(read)), np.float32), np.ones((steps, padded(read)), np.float32)
    turned[:, :read] = memory.T
    attention.multiplicative_scores(
        product.address(np.dtype(np.float32)), 0, 1, steps, 1, queries.reshape(-1), size, turned.reshape(-1), size,
        padded(read), scores.reshape(-1),
    )  # fmt: skip
    wanted = queries.astype(np.float64) @ memory.T.astype(np.float64)
    off = np.sqrt(np.mean((scores[:, :read] - wanted) ** 2)) / np.abs(wanted).max()
    assert off < 4e-8, "one sum of 128 products is off by 5.7e-8"


TRAINING = """
import sys
import numpy as np
from engine.config import TrainingConfig
from engine.optimizers import Optimizer
from tests.engine.examples import example, network
everything = dict(dropout=0.3, recurrent_dropout=0.3, zoneout=0.2, residual=True, learned_state=True, merge="sum")
for both, options in ((False, {}), (True, {}), (True, everything)):
    tokens = aligned = both
    made = network(
        sys.argv[1], aligned, tokens, dtype=np.float32, num_layers=2, bidirectional=both, threads=2, **options
    )
    batch, optimizer = example(aligned, tokens).cast(np.float32), Optimizer(made, TrainingConfig())
    for _ in range(2):
        step = made.loss_and_gradients(batch, batch.loss)
        optimizer.step(1e-3, 1.0)
    made.forward(batch.inputs, batch.lengths, step.state)
    made.forward(batch.inputs)
    made.trace(batch.inputs[:, :1])
from numba.core.dispatcher import Dispatcher
for module in [module for name, module in sys.modules.items() if name.startswith("engine.kernels.")]:
    for name, found in vars(module).items():
        if isinstance(found, Dispatcher) and found.__module__ == module.__name__ and len(found.signatures) > 1:
            print(module.__name__, name, *found.signatures, sep="\\n   ")
"""


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["lstm", "lstm_layer_norm", "gru_reset_before"])
def test_a_training_run_compiles_every_kernel_once(cell: str, tmp_path: Path) -> None:
    """Arrays, numbers and switches have one type each in a whole run, so no kernel is compiled a second time.

    With an empty cache, where kernels that only kernels call are compiled too.
    """
    environment = os.environ | {"RNN_WORKBENCH_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", TRAINING, cell]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="other rights there")
@pytest.mark.parametrize(("mode", "spare"), [(0o700, True), (0o777, False)], ids=["private", "open to others"])
def test_kernels_are_kept_among_temporary_files_where_there_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, spare: bool
) -> None:
    (tmp_path / "file").touch()
    asked, folder = tmp_path / "file" / "cache", tmp_path / f"rnn-workbench-cache-{os.getuid()}"
    monkeypatch.setenv("RNN_WORKBENCH_CACHE", str(asked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert jit._base() == folder
    folder.chmod(mode)
    assert jit._base() == (folder if spare else asked)
    monkeypatch.setenv("RNN_WORKBENCH_CACHE", str(tmp_path / "cache"))
    assert jit._base() == tmp_path / "cache"


@pytest.mark.skipif(os.name == "nt", reason="other rights there")
def test_kernels_are_kept_among_temporary_files_where_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, spare = tmp_path / "cache", tmp_path / f"rnn-workbench-cache-{os.getuid()}"
    free = {asked: 8_000, spare: 10**9}
    monkeypatch.setenv("RNN_WORKBENCH_CACHE", str(asked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free[folder]))
    assert jit._base() == spare
    free[spare] = 8_000  # as where both lie on one disk: then what is there already serves
    assert jit._base() == asked


OUTSIDE = """
import numpy as np
from tests.engine.test_kernels import ACTIVATE, apply
apply(ACTIVATE, 0, np.zeros(32, np.float32), np.zeros(16, np.float32))
"""


@pytest.mark.slow
def test_checking_bounds_sees_vectors_too() -> None:
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDE], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True
    )
    assert done.stderr.endswith("IndexError: a vector lies partly outside its array\n")
