"""What goes into the activation functions over a batch: that of each of its sequences alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.cells import specification
from engine.inside import batch_activations
from engine.inside.activations import pre_activations
from engine.inside.batch_activations import MOST_TOLD, Gathered, ranked, spread
from engine.inside_records import BatchActivations
from engine.layers import looking
from engine.networks import AnyNetwork
from engine.training_loop.stopwatch import Stopwatch
from tests.engine.examples import Example, activation_choices, example, network
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_truncation import Teacher, batch_of
from tests.engine.writing_examples import READ, WRITTEN, pair_batch, writer
from tests.reference import ACTIVATIONS


def gathered(made: AnyNetwork, step: int = 1) -> BatchActivations:
    found = Gathered()
    found.add(made)
    return found.record(step)


def alone(batch: Example, row: int) -> Example:
    length = int(batch.lengths[row])
    return replace(batch, inputs=batch.inputs[:length, row : row + 1], lengths=batch.lengths[row : row + 1])


@pytest.mark.parametrize(("cell", "activations"), activation_choices())
def test_a_ragged_batch_is_what_each_of_its_sequences_is(cell: str, activations: tuple[str, str]) -> None:
    made = network(cell, num_layers=2, bidirectional=True, activations=activations)
    batch = example(aligned=True, tokens=False).cast(np.float64)
    made.loss_and_gradients(batch, batch.loss)
    held = [(looking.slot(layer, 0).copy(), layer.states.copy()) for layer in made.stack.layers]
    found = gathered(made, step=7)
    for layer, (slot, states) in zip(made.stack.layers, held, strict=True):  # for whoever looks after it
        np.testing.assert_array_equal(looking.slot(layer, 0), slot)
        np.testing.assert_array_equal(layer.states, states)
    assert (found.step, found.places, found.looked_at) == (7, 15, 15)
    each = [pre_activations(made, alone(batch, row)).slots for row in range(4)]
    assert len(found.slots) == len(each[0])
    for slot, *of_sequences in zip(found.slots, *each, strict=True):
        first = of_sequences[0]
        assert (slot.layer, slot.reverse, slot.name) == (first.layer, first.reverse, first.name)
        assert slot.function == first.function
        expected = np.sort(np.concatenate([trace.before.reshape(-1) for trace in of_sequences]))
        np.testing.assert_allclose(slot.values, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("noise", [{"recurrent_dropout": 0.4, "dropout": 0.4}, {"zoneout": 0.3, "zoneout_cell": 0.6}])
@pytest.mark.parametrize("cell", [key for key in CELL_KEYS if specification(key).gates])
def test_what_training_leaves_out_is_left_out_of_it(cell: str, noise: dict[str, Any]) -> None:
    spec = specification(cell)
    if "zoneout" in noise and len(spec.states) < 2:
        noise = {"zoneout": 0.3}
    if not spec.hidden_blocks:
        noise = {name: rate for name, rate in noise.items() if name != "recurrent_dropout"}
    made = network(cell, num_layers=2, bidirectional=True, **noise)
    batch = example(aligned=True, tokens=False)
    made.forward(batch.inputs.astype(np.float64), batch.lengths, training=True)
    running = np.arange(6)[:, None] < batch.lengths
    slots = iter(gathered(made).slots)
    for layer in made.stack.layers:
        for gate in spec.gates:
            slot, after = next(slots), looking.slot(layer, gate.slot)[running]
            values = ACTIVATIONS[slot.function](slot.values.astype(np.float64))
            np.testing.assert_allclose(np.sort(values), np.sort(after, axis=None), atol=1e-6)


@pytest.mark.parametrize("kind", ["none", "additive"])
def test_a_network_that_writes_tells_of_reading_and_writing(kind: str) -> None:
    made, batch = writer("gru", True, bidirectional=True, attention=kind), pair_batch(True)
    made.loss_and_gradients(batch, "cross_entropy")
    found = gathered(made)
    assert found.places == sum(READ) + sum(WRITTEN)
    units = made.stack.config.widths[0]
    sizes = {(slot.reverse, slot.values.size // units) for slot in found.slots}
    assert sizes == {(False, sum(READ) + sum(WRITTEN)), (True, sum(READ))}


def test_a_truncated_batch_tells_of_all_its_updates() -> None:
    teacher = Teacher(network("lstm"), 2, 2)
    teacher.learner.learn(batch_of(aligned=True, lengths=(6, 4, 4, 2)), 1, Stopwatch(), None, last=True)
    found = teacher.learner.probes.activations
    assert found is not None
    assert (found.step, found.places) == (1, 16)


def test_a_large_batch_is_looked_at_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_activations, "MOST_COMPUTED", 25)  # arguments of five units
    made, batch = network("lstm"), example(aligned=True, tokens=False).cast(np.float64)
    made.loss_and_gradients(batch, batch.loss)
    found = gathered(made)
    assert (found.places, found.looked_at) == (15, 5)
    assert {slot.values.size for slot in found.slots} == {25}


@pytest.mark.parametrize(("steps", "rows", "count"), [(100, 64, 1600), (100, 64, 100), (7, 3, 21), (50, 32, 1)])
def test_no_sequence_is_looked_at_by_the_batchs_rhythm(steps: int, rows: int, count: int) -> None:
    places = spread(np.arange(steps * rows), count)
    assert places.size == np.unique(places).size == count
    seen = np.bincount(places % rows, minlength=rows)
    assert seen.max() <= 2 * count / rows + 1


def test_numbers_that_are_not_finite_are_left_out_and_many_are_thinned_by_rank() -> None:
    assert ranked(np.array([2.0, np.nan, -1.0, np.inf, -np.inf])).tolist() == [-1, 2]
    assert ranked(np.array([np.nan])).size == 0
    values = np.random.default_rng(1).standard_normal(50_001)
    told = ranked(values)
    assert told.size == MOST_TOLD
    assert (told[0], told[-1]) == (np.float32(values.min()), np.float32(values.max()))
    assert abs((told < 1).mean() - (values < 1).mean()) <= 1 / MOST_TOLD
