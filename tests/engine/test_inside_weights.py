"""Weights as pictures, and the spectrum of the recurrent matrices."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cells import specification
from engine.config import CELLS
from engine.inside.weights import CELLS_OF_A_PICTURE, WHOLE_UP_TO, spectrum, strongest, weights
from tests.engine.examples import network


@pytest.mark.parametrize("cell", CELLS)
def test_a_small_parameter_is_shown_as_it_is(cell: str) -> None:
    made = network(cell, num_layers=2, bidirectional=True)
    shown = {picture.name: picture for picture in weights(made).parameters}
    assert tuple(shown) == made.names
    for name, values in made.state_dict().items():
        np.testing.assert_array_equal(shown[name].values, values.reshape(len(values), -1).astype(np.float32))
        assert (shown[name].shape, shown[name].pool) == (values.shape, (1, 1))
        assert len(values) % (len(shown[name].blocks) or 1) == 0
    inward = specification(cell).blocks[: len(specification(cell).input_blocks)]
    assert shown["rnn.weight_ih_l0"].blocks == (inward if len(inward) > 1 else ())


def test_the_spread_of_a_parameter() -> None:
    made = network("elman")
    made.parameters.view("rnn.bias_ih_l0")[:] = [3, -1, 0, 1, 2]
    (bias,) = (picture for picture in weights(made).parameters if picture.name == "rnn.bias_ih_l0")
    np.testing.assert_allclose(bias.quantiles[[0, 16, 32, 48, 64]], [-1, 0, 1, 2, 3], atol=1e-6)


def test_of_a_large_parameter_the_strongest_stand_for_their_neighbours() -> None:
    made = network("lstm", hidden_size=160)
    (shown,) = (picture for picture in weights(made).parameters if picture.name == "rnn.weight_hh_l0")
    matrix = made.parameters.view("rnn.weight_hh_l0")
    assert shown.values.size <= CELLS_OF_A_PICTURE
    assert 160 % shown.pool[0] == 0
    down, across = shown.pool
    block = matrix[:down, -(160 % across or across) :].reshape(-1)
    assert shown.values[0, -1] == pytest.approx(block[np.abs(block).argmax()])


def test_strongest_keeps_the_sign() -> None:
    matrix = np.array([[1.0, -2.0, 0.5], [0.0, 1.5, -0.25]])
    np.testing.assert_array_equal(strongest(matrix, (2, 2)), [[-2.0, 0.5]])


@pytest.mark.parametrize("cell", CELLS)
def test_the_spectrum_is_that_of_the_block(cell: str) -> None:
    made = network(cell)
    spec, found = specification(cell), spectrum(made, "")
    if not found.available:
        assert (spec.hidden_blocks, len(found.eigenvalues)) == (0, 0)
        return
    for number, name in enumerate(found.available):
        matrix = made.parameters.view("rnn.weight_hh_l0")
        block = matrix[5 * number : 5 * number + 5] if matrix.ndim == 2 else np.diag(matrix)
        values = spectrum(made, name).eigenvalues
        np.testing.assert_allclose(np.poly(values).real, np.poly(block), atol=1e-5)
        assert abs(values[0]) == pytest.approx(max(abs(np.linalg.eigvals(block))), rel=1e-5)


def test_the_outermost_eigenvalues_of_a_wide_layer() -> None:
    made = network("elman", hidden_size=WHOLE_UP_TO + 32)
    values = np.diag(np.linspace(0.1, 0.5, WHOLE_UP_TO + 32))
    values[:2, :2] = [[0.0, -0.9], [0.9, 0.0]]
    made.parameters.view("rnn.weight_hh_l0")[:] = values
    found = spectrum(made, "")
    assert not found.exact
    np.testing.assert_allclose(sorted(found.eigenvalues[:2].imag), [-0.9, 0.9], atol=1e-5)


def test_of_a_wide_layer_nothing_is_told_that_is_no_eigenvalue() -> None:
    units = 2 * WHOLE_UP_TO
    made, draw = network("elman", hidden_size=units), np.random.default_rng(1)
    matrix = draw.normal(size=(units, units)) / np.sqrt(units)
    matrix += 4 * np.outer(draw.normal(size=units), draw.normal(size=units)) / units  # what training adds
    made.parameters.view("rnn.weight_hh_l0")[:] = matrix
    values, known = spectrum(made, "").eigenvalues, np.linalg.eigvals(matrix)
    assert len(values) > 8
    assert max(np.abs(known - value).min() for value in values) < 0.03
    assert abs(values[0]) == pytest.approx(np.abs(known).max(), rel=0.01)
