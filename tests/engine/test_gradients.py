"""Gradients in float64 against finite differences along random directions, for every parameter."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cells import specifications
from engine.layers.looking import from_the_end, share_left, typical
from engine.network import Network
from tests.engine.examples import Example, activation_choices, example, network, one_sequence
from tests.engine.test_cells import CELL_KEYS, SHAPES

STEP = 1e-5
GUARD = 64  # numbers on either side of a work array, more than the widest tile
UNTOUCHED = -77  # what they hold


def slope_along(values: NDArray[Any], direction: NDArray[Any], loss: Callable[[], float]) -> float:
    """Central difference of `loss` as `values`, changed in place, move along `direction`."""
    kept = values.copy()
    values[...] = kept + STEP * direction
    ahead = loss()
    values[...] = kept - STEP * direction
    behind = loss()
    values[...] = kept
    return (ahead - behind) / (2 * STEP)


def check_parameters(made: Network, batch: Example) -> None:
    """Compare each parameter's gradient with the slope of the loss along a random direction."""

    def loss() -> float:
        made.changed()
        return made.loss_and_gradients(batch, batch.loss).loss

    loss()
    gradients = made.gradients()
    random = np.random.default_rng(3)
    for name in made.names:
        direction = random.standard_normal(gradients[name].shape)
        found = float((gradients[name] * direction).sum())
        wanted = slope_along(made.parameters.view(name), direction, loss)
        assert found == pytest.approx(wanted, rel=1e-6, abs=1e-8), name


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("layers", "both", "aligned", "tokens"), SHAPES)
def test_gradients_agree_with_finite_differences(
    cell: str, layers: int, both: bool, aligned: bool, tokens: bool
) -> None:
    made = network(cell, aligned, tokens, num_layers=layers, bidirectional=both)
    check_parameters(made, example(aligned, tokens))


@pytest.mark.parametrize(("cell", "activations"), activation_choices())
def test_the_slope_of_every_allowed_activation(cell: str, activations: tuple[str, str]) -> None:
    check_parameters(network(cell, activations=activations), example(True, False))


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("hidden", [1, 16, 21])
def test_gradients_at_other_widths(cell: str, hidden: int) -> None:
    check_parameters(network(cell, hidden_size=hidden), example(True, False, (5, 5, 3)))


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("layers", "outputs"), [(1, 1), (2, 35)])
def test_gradients_of_many_sequences(cell: str, layers: int, outputs: int) -> None:
    lengths = (5,) * 9 + (4,) * 14 + (1,) * 7
    made = network(cell, outputs=outputs, num_layers=layers, hidden_size=18)
    check_parameters(made, example(True, False, lengths, outputs=outputs))
    assert made.stack.takes_products


@pytest.mark.parametrize(("aligned", "tokens"), list(itertools.product((False, True), repeat=2)))
def test_what_weighs_nothing_has_no_gradient(aligned: bool, tokens: bool) -> None:
    made, batch = network("lstm", aligned, tokens), example(aligned, tokens, (6, 6, 6))
    batch.weights[..., 1] = 0
    made.loss_and_gradients(batch, batch.loss)
    kept = made.parameters.gradients.copy()
    batch.inputs[:, 1] = 0
    assert made.loss_and_gradients(batch, batch.loss).loss > 0
    np.testing.assert_allclose(made.parameters.gradients, kept, atol=1e-15)
    np.testing.assert_array_equal(made.parameters.gradients == 0, kept == 0)


def test_every_cell_is_checked() -> None:
    assert len(CELL_KEYS) == len(specifications()) > 2


def test_what_reaches_a_time_step_comes_from_sequences_that_have_not_ended() -> None:
    long, short = example(True, False, lengths=(6, 6, 6)), example(True, False, lengths=(6, 2, 1))
    used, fresh = (network("lstm", True, False) for _ in range(2))
    for made, batches in ((used, (long, short)), (fresh, (short,))):
        made.watch_time = True
        for batch in batches:
            made.loss_and_gradients(batch, batch.loss)
    np.testing.assert_array_equal(used.gradient_by_time().by_time, fresh.gradient_by_time().by_time)


@pytest.mark.parametrize("aligned", [False, True])
def test_by_distance_every_sequence_counts_from_its_own_end(aligned: bool) -> None:
    """As the sequences alone have it, the mean share over those that go so far."""
    lengths = (6, 3, 2)
    batch, made = example(aligned, False, lengths), network("gru", aligned, False, bidirectional=True)
    made.watch_time = True
    made.loss_and_gradients(batch, batch.loss)
    found = made.gradient_by_time()
    assert found.ragged
    alone = np.full((3, len(found.names), 6), np.nan)
    for row, length in enumerate(lengths):
        one, steps = np.s_[row : row + 1], np.s_[:length, row : row + 1]
        own = steps if aligned else one
        single = replace(
            batch, inputs=batch.inputs[steps], lengths=batch.lengths[one],
            targets=batch.targets[own], weights=batch.weights[own],
        )  # fmt: skip
        made.loss_and_gradients(single, batch.loss)
        alone[row, :, :length] = made.gradient_by_time().by_time * (single.weights.sum() / batch.weights.sum())
    np.testing.assert_allclose(found.by_time, np.sqrt(np.nansum(alone**2, axis=0)), rtol=1e-4)
    for row, length in enumerate(lengths):
        alone[row, 0, :length] = alone[row, 0, :length][::-1]  # forward, it ends at its last step
    courses = np.stack([one_sequence(alone[:, layer]) for layer in range(len(found.names))])
    np.testing.assert_allclose(found.by_distance, courses, rtol=1e-4)
    shares = [alone[row, :, length - 1] / alone[row, :, 0] for row, length in enumerate(lengths)]
    np.testing.assert_allclose(found.left, np.median(shares, axis=0), rtol=1e-4)


def test_a_sequence_with_a_long_gradient_leaves_no_step_where_it_ends() -> None:
    """Both halve at every step, and one of them, a thousand times as long, has only two."""
    squares = np.array([[1e6, 1.0], [25e4, 0.25], [0.0, 0.0625]])
    course = typical(squares, np.array([2, 3]))
    np.testing.assert_allclose(course[:-1] / course[1:], 2.0, rtol=1e-6)


def test_short_sequences_that_rise_towards_their_other_end_leave_nothing_of_that_when_they_end() -> None:
    """As in a layer below one that reads backward: from step to step the rises of all would add up."""
    squares = np.array([[1.0, 1.0], [0.25, 0.25], [1.0, 0.0625], [0.0, 0.25], [0.0, 1.0]])
    course = typical(squares, np.array([3, 5]))
    np.testing.assert_allclose(course**2, [1, 0.25, 0.25, 0.25, 1], rtol=1e-6)


def test_a_sequence_with_a_long_gradient_has_one_voice_of_as_many_as_there_are() -> None:
    """The long one does not shrink, four others halve at every step; it ends, and they go on as they did."""
    others = 4.0 ** -np.arange(4)[:, None] * np.ones(4)
    squares = np.column_stack([[1e6, 1e6, 0, 0], others])
    course = typical(squares, np.array([2, 4, 4, 4, 4]))
    np.testing.assert_allclose(course / course[0], [1, 2**-0.8, 2**-2, 2**-3], rtol=1e-6)


def test_where_all_end_together_it_is_the_norm_of_the_batch() -> None:
    squares = np.array([[0.0, 0.0], [4.0, 2.0], [1.0, 0.5]])
    np.testing.assert_allclose(typical(squares, np.array([3, 3])) ** 2, [0, 3, 0.75], rtol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_typical_is_what_the_logarithms_say(seed: int) -> None:
    """Of sequences of any lengths, some without a gradient at some steps, as sums over the whole say it."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 9, rng.integers(2, 7))
    going = lengths > np.arange(8)[:, None]
    squares = np.where(going & (rng.random(going.shape) > 0.2), np.exp(rng.normal(0, 5, going.shape)), 0)
    with np.errstate(divide="ignore"):
        logs = np.where(squares > 0, np.log(squares), np.nan)
    begins = [next((log for log in column if np.isfinite(log)), np.nan) for column in logs.T]
    left = [np.nanmean(row) if np.isfinite(row).any() else -np.inf for row in logs - np.array(begins)]
    first = np.nanmean(begins) if np.isfinite(begins).any() else 0.0
    wanted = np.where(going.any(axis=1), np.exp((first + np.array(left)) / 2), np.nan)
    if not (lengths == 8).all():
        np.testing.assert_allclose(typical(squares, lengths), wanted, rtol=1e-6)
    np.testing.assert_array_equal(from_the_end(from_the_end(squares, lengths), lengths), squares)


def test_distances_begin_with_the_last_answer_of_each_and_what_has_none_says_nothing() -> None:
    squares = np.array([[0.0, 0.0, 4.0], [0.0, 9.0, 1.0], [0.0, 9.0, 0.0]])
    course = typical(squares, np.array([3, 3, 2]))
    np.testing.assert_allclose(course**2, [6, 6 * 0.25**0.5, 6], rtol=1e-6)


def test_a_sequence_without_an_answer_says_nothing_of_what_is_left() -> None:
    """Of the others the middle one counts: over the whole batch, the shortest would say it for all."""
    far, near = [1e-8, 4e-6, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0]
    assert share_left(far, near) == pytest.approx(2e-3)
    assert math.isinf(share_left(far[2:3], near[2:3]))


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("hidden", [1, 6, 20])
@pytest.mark.parametrize("threads", [1, 3])
def test_no_kernel_writes_past_its_arrays(
    cell: str, hidden: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms: list[tuple[NDArray[Any], int]] = []

    def guarded(size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        room = np.full(size + 2 * GUARD, UNTOUCHED, dtype)
        rooms.append((room, size))
        room[GUARD : GUARD + size] = 0
        return room[GUARD : GUARD + size]

    for module in ("buffers", "packed_weights", "parameters", "two_stage_layer"):
        monkeypatch.setattr(f"engine.layers.{module}.aligned_zeros", guarded)
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    for both, aligned, tokens in ((False, True, False), (True, False, True)):
        made = network(cell, aligned, tokens, hidden_size=hidden, num_layers=2, bidirectional=both, threads=threads)
        batch = example(aligned, tokens, (140, 140, 5, 3, 1))  # more rows than are packed at once
        made.loss_and_gradients(batch, batch.loss)
        made.forward(batch.inputs, batch.lengths)
        made.workers.close()
    assert rooms
    for room, size in rooms:
        assert set(room[:GUARD]) == set(room[GUARD + size :]) == {UNTOUCHED}
