"""The same source on narrower vectors: with AVX2, and with what every processor of its kind has."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import numpy as np
from engine.kernels.jit import LANES
from tests import reference
from tests.engine.examples import example, network, reference_model
batch = example(True, False)
for cell in ("elman", "lstm", "gru_reset_before", "lstm_layer_norm"):
    for dtype, allowed in ((np.float64, 1e-12), (np.float32, 2e-5)):
        made = network(cell, hidden_size=21, bidirectional=True, dtype=dtype)
        state = {name: value.astype(np.float64) for name, value in made.state_dict().items()}
        values, _ = reference.run_batch(reference_model(made), state, batch.inputs, batch.lengths)
        given = batch.cast(dtype)
        np.testing.assert_allclose(made.forward(given.inputs, given.lengths).values, values, atol=allowed)
        loss = made.loss_and_gradients(given, given.loss).loss
        np.testing.assert_allclose(loss, reference.mse(values, batch.targets, batch.weights), rtol=allowed)
print(LANES)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the features are those of x86-64")
@pytest.mark.parametrize(
    ("name", "features", "lanes"),
    [("haswell", "+sse4.2,+avx,+avx2,+fma", 8), ("x86-64", "", 4)],
    ids=["avx2", "generic"],
)
def test_narrower_vectors_compute_the_same(name: str, features: str, lanes: int) -> None:
    environment = os.environ | {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == (f"{lanes}\n", 0), done.stderr
