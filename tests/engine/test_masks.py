"""What training leaves out at random: dropout between layers, recurrent dropout, zoneout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.cells import specification, specifications
from engine.config import TrainingConfig
from engine.layers.masks import Chance
from engine.network import Network
from engine.optimizers import Optimizer
from tests import reference
from tests.engine.examples import example, network, reference_model
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_gradients import check_parameters
from tests.engine.test_gradients_inward import Objective

LENGTHS = (6, 4, 4, 1)
NOISE: dict[str, dict[str, Any]] = {
    "dropout": {"dropout": 0.4},
    "recurrent": {"recurrent_dropout": 0.4},
    "zoneout": {"zoneout": 0.3, "zoneout_cell": 0.6},
    "all": {
        "dropout": 0.3, "recurrent_dropout": 0.3, "zoneout": 0.3, "zoneout_cell": 0.2, "residual": True,
        "learned_state": True, "hidden_sizes": (4,),
    },
}  # fmt: skip


def noisy(cell: str, kind: str, both: bool, **more: Any) -> Network:
    """A network that has drawn masks before, so that those of step 3 are new."""
    made = network(cell, num_layers=3 if kind == "all" else 2, bidirectional=both, **(NOISE[kind] | more))
    made.step = 3
    return made


def drawn(made: Network, b: int) -> reference.Masks:
    """The masks of sequence `b`, drawn as they are documented."""
    config, chance, steps, batch = made.stack.config, Chance(0, made.step), LENGTHS[0], len(LENGTHS)
    between, recurrent, keep = {}, {}, {}
    for layer, units in enumerate(config.widths):
        inputs = config.level_inputs(layer)
        if config.dropout and layer > 0:
            mask = chance.uniform(layer, 0, steps * batch * inputs).reshape(steps, batch, inputs) >= config.dropout
            between[layer] = mask[: LENGTHS[b], b] / (1 - config.dropout)
        for way in range(config.directions):
            place, number = (layer, way), 2 * layer + way
            if config.recurrent_dropout:
                mask = chance.uniform(number, 1, batch * units).reshape(batch, units) >= config.recurrent_dropout
                recurrent[place] = mask[b] / (1 - config.recurrent_dropout)
            share = np.ones((steps, len(config.zoneout_rates()), units))
            for kind, rate in enumerate(config.zoneout_rates()):
                if rate:
                    mask = chance.uniform(number, 2 + kind, steps * batch * units).reshape(steps, batch, units) >= rate
                    share[:, kind] = mask[:, b]
            keep[place] = share
    return reference.Masks(between, recurrent, keep)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", NOISE)
def test_a_training_step_is_what_the_equations_say_and_learns(cell: str, both: bool, kind: str) -> None:
    made, batch = noisy(cell, kind, both), example(True, False, LENGTHS)
    found = made.forward(batch.inputs, batch.lengths, training=True)
    weights, model = made.state_dict(), reference_model(made)
    values, states = reference.run_batch(model, weights, batch.inputs, batch.lengths, masks=lambda b: drawn(made, b))
    np.testing.assert_allclose(found.values, values, rtol=1e-10, atol=1e-12)
    for ours, plain in zip(found.state, states, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-10, atol=1e-12)
    check_parameters(made, batch)


@pytest.mark.parametrize("cell", ["elman", "jordan", "lstm", "gru_reset_before", "lstm_fgr"])
@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("aligned", [False, True])
def test_gradients_pass_through_what_is_left(cell: str, kind: str, aligned: bool) -> None:
    made = noisy(cell, kind, True)
    given = Objective(made, example(True, False, LENGTHS))
    step = made.loss_and_gradients(given.batch, given.batch.loss, given.state, d_final=given.d_final, inward=True)
    assert step.d_inputs is not None
    assert step.d_state is not None
    given.check(given.batch.inputs, step.d_inputs, "inputs")
    for state, gradient in zip(given.state, step.d_state, strict=True):
        given.check(state, gradient, "initial state")


@pytest.mark.parametrize("cell", CELL_KEYS)
def test_in_use_nothing_is_left_out_and_zoneout_is_in_expectation(cell: str) -> None:
    batch = example(True, False, LENGTHS)
    rates: dict[str, Any] = {"dropout": 0.4, "recurrent_dropout": 0.4}
    quiet, dropping = network(cell, num_layers=2), network(cell, num_layers=2, **rates)
    np.testing.assert_array_equal(
        dropping.forward(batch.inputs, batch.lengths).values, quiet.forward(batch.inputs, batch.lengths).values
    )
    made = noisy(cell, "zoneout", False)
    made.forward(batch.inputs, batch.lengths, training=True)
    shares = (
        np.ones((LENGTHS[0], len(specification(cell).states), 1)) - np.array(made.stack.config.zoneout_rates())[:, None]
    )
    expected = reference.Masks({}, {}, {(layer, 0): shares for layer in range(2)})
    values, _ = reference.run_batch(
        reference_model(made), made.state_dict(), batch.inputs, batch.lengths, masks=lambda b: expected
    )
    np.testing.assert_allclose(made.forward(batch.inputs, batch.lengths).values, values, rtol=1e-10, atol=1e-12)


def test_what_can_be_left_out_depends_on_the_cell() -> None:
    for spec in specifications():
        config = network(spec.key, recurrent_dropout=0.5, zoneout=0.5, zoneout_cell=0.25).stack.config
        assert (config.recurrent_dropout > 0) == (spec.hidden_blocks > 0)
        assert any(config.zoneout_rates()) == (spec.key != "feedforward")
        assert (0.25 in config.zoneout_rates()) == ("cell" in spec.states)


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("cell", ["lstm", "gru_reset_before"])
def test_masks_are_the_same_on_any_number_of_threads_and_go_on_after_a_resume(
    cell: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    batch, training = example(True, False, (7, 7, 6, 5, 5, 3, 1)).cast(np.float32), TrainingConfig()

    def trained(threads: int, resumed: bool) -> np.ndarray[Any, Any]:
        made = noisy(cell, kind, True, dtype=np.float32, threads=threads)
        optimizer = Optimizer(made, training)
        for step in range(4):
            if step == 2 and resumed:
                kept, optimized = made.state_dict(), optimizer.state_dict()
                made.workers.close()
                made = noisy(cell, kind, True, dtype=np.float32, threads=threads)
                made.load_state_dict(kept)
                optimizer = Optimizer(made, training)
                optimizer.load_state_dict(optimized)
            made.loss_and_gradients(batch, batch.loss)
            optimizer.step(1e-2, 1.0)
        made.workers.close()
        return made.parameters.values

    wanted = trained(1, False)
    for threads, resumed in ((3, False), (2, True)):
        np.testing.assert_array_equal(trained(threads, resumed), wanted)


def test_each_step_and_seed_draws_other_masks_and_looking_draws_none() -> None:
    batch = example(True, False, LENGTHS)
    made = noisy("lstm", "all", False)
    losses = []
    for made.step in (0, 1, 1):
        losses.append(made.loss_and_gradients(batch, batch.loss).loss)
        made.forward(batch.inputs, batch.lengths)
    assert losses[0] != losses[1] == losses[2]
    assert not np.array_equal(Chance(0, 1).uniform(0, 0, 8), Chance(1, 1).uniform(0, 0, 8))


def test_shares_are_those_asked_for() -> None:
    counted = {rate: float((Chance(5, 6).uniform(1, 0, 100_000) >= rate).mean()) for rate in (0.1, 0.5, 0.95)}
    for rate, share in counted.items():
        assert share == pytest.approx(1 - rate, abs=0.006)
