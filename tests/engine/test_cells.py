"""Every cell against its equations; a new cell is tested by being there."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from engine.cells import CellSpec, specification, specifications
from engine.config import CELLS, ModelConfig
from engine.layers.parameter_shapes import parameter_count, unrolled_count
from tests import reference
from tests.engine.examples import activation_choices, example, network, reference_model

CELL_KEYS = [spec.key for spec in specifications()]
SHAPES = list(itertools.product((1, 2), (False, True), (False, True), (False, True)))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("layers", "both", "aligned", "tokens"), SHAPES)
def test_a_ragged_batch_is_what_the_equations_say(
    cell: str, layers: int, both: bool, aligned: bool, tokens: bool
) -> None:
    made, batch = network(cell, aligned, tokens, num_layers=layers, bidirectional=both), example(aligned, tokens)
    found = made.forward(batch.inputs, batch.lengths)
    values, states = reference.run_batch(reference_model(made), made.state_dict(), batch.inputs, batch.lengths)
    np.testing.assert_allclose(found.values, values, rtol=1e-10, atol=1e-12)
    for ours, plain in zip(found.state, states, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-10, atol=1e-12)
    loss = made.loss_and_gradients(batch, batch.loss).loss
    assert loss == pytest.approx(reference.LOSSES[batch.loss](values, batch.targets, batch.weights), rel=1e-10)


@pytest.mark.parametrize("cell", CELL_KEYS)
def test_a_given_state_is_gone_on_from(cell: str) -> None:
    made, batch = network(cell, num_layers=2), example(True, False, (5, 5, 5))
    random = np.random.default_rng(4)
    model = reference_model(made)
    states = [random.standard_normal((model.states, 3, units)) for units in model.widths]
    found = made.forward(batch.inputs, batch.lengths, states)
    values, _ = reference.run_batch(model, made.state_dict(), batch.inputs, batch.lengths, states)
    np.testing.assert_allclose(found.values, values, rtol=1e-10, atol=1e-12)
    first = made.forward(batch.inputs[:2], None)
    second = made.forward(batch.inputs[2:], None, first.state)
    np.testing.assert_array_equal(second.values, made.forward(batch.inputs, None).values[2:])


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("both", [False, True])
def test_each_sequence_of_a_ragged_batch_runs_as_if_alone(cell: str, both: bool) -> None:
    made, batch = network(cell, num_layers=2, bidirectional=both), example(True, False, (9, 7, 7, 5, 3, 2, 1))
    together = made.forward(batch.inputs, batch.lengths)
    for b, length in enumerate(batch.lengths):
        alone = made.forward(batch.inputs[:length, b : b + 1])
        np.testing.assert_allclose(together.values[:length, b], alone.values[:, 0], rtol=1e-12, atol=1e-14)
        ours, theirs = np.stack(together.state)[:, :, b], np.stack(alone.state)[:, :, 0]
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("hidden", [1, 16, 37])
def test_compiled_float32_agrees_with_float64(cell: str, hidden: int) -> None:
    batch = example(True, False, (12, 9, 9, 8, 2))
    fine, coarse = (network(cell, dtype=kind, hidden_size=hidden, bidirectional=True) for kind in (float, np.float32))
    for made in (fine, coarse):  # the same numbers in both
        made.load_state_dict(coarse.state_dict())
    values = fine.forward(batch.inputs, batch.lengths).values
    np.testing.assert_allclose(coarse.forward(batch.cast(np.float32).inputs, batch.lengths).values, values, atol=2e-5)
    exact = fine.loss_and_gradients(batch, batch.loss)
    assert coarse.loss_and_gradients(batch.cast(np.float32), batch.loss).loss == pytest.approx(exact.loss, rel=1e-5)
    for name, gradient in fine.gradients().items():
        allowed = 5e-5 * max(1e-2, np.abs(gradient).max())
        np.testing.assert_allclose(coarse.gradients()[name], gradient, atol=allowed, err_msg=name)


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("both", [False, True])
def test_the_number_of_threads_changes_no_bit(cell: str, both: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    batch = example(True, False, (12, 9, 9, 8, 8, 8, 7, 5, 4, 2, 1)).cast(np.float32)
    results: list[tuple[Any, ...]] = []
    for threads in (1, 2, 3):
        made = network(cell, dtype=np.float32, hidden_size=20, num_layers=2, bidirectional=both, threads=threads)
        loss = made.loss_and_gradients(batch, batch.loss).loss
        results.append((loss, made.forward(batch.inputs, batch.lengths).values, made.parameters.gradients.copy()))
        made.workers.close()
    for loss, values, gradients in results[1:]:
        assert loss == results[0][0]
        np.testing.assert_array_equal(values, results[0][1])
        np.testing.assert_array_equal(gradients, results[0][2])


def test_every_cell_has_plain_equations_to_be_held_against() -> None:
    assert set(reference.STEPS) == set(CELLS)


@pytest.mark.parametrize("spec", specifications(), ids=lambda spec: spec.key)
def test_a_declaration_is_complete_and_agrees_with_itself(spec: CellSpec) -> None:
    assert specification(spec.key) is spec
    assert all((spec.title, spec.summary, spec.when_to_use, spec.paper, spec.equations, spec.activations))
    assert spec.summary.endswith(".")
    assert spec.when_to_use.endswith(".")
    assert all(equation.latex and equation.meaning for equation in spec.equations)
    assert all(0 <= gate.slot < spec.slots for gate in spec.gates)
    assert spec.states[0] == "hidden"
    assert set(spec.input_blocks) == set(range(len(spec.input_blocks)))
    assert len({gate.name for gate in spec.gates}) == len(spec.gates)
    assert (len(spec.gate_activations) > 0) == (len(spec.gates) > 0)
    made = network(spec.key)
    counted = sum(value.size for name, value in made.state_dict().items() if name.startswith("rnn."))
    assert spec.parameter_count(made.input_size, made.config.hidden_size) == counted
    assert made.parameter_count == parameter_count(made.config, made.input_size, made.output_size, False)


def test_orders_and_titles_are_unique() -> None:
    assert len({spec.order for spec in specifications()}) == len({spec.title for spec in specifications()})
    assert len({spec.order for spec in specifications()}) == len(CELLS)


@pytest.mark.parametrize("spec", specifications(), ids=lambda spec: spec.key)
def test_gates_can_be_looked_at(spec: CellSpec) -> None:
    made, batch = network(spec.key, bidirectional=True, num_layers=2), example(True, False, (6,))
    for trace in made.trace(batch.inputs.astype(np.float64)):
        assert trace.hidden.shape == (6, made.config.hidden_size)
        assert (trace.cell is not None) == ("cell" in spec.states)
        assert [name for name, _ in trace.gates] == [gate.name for gate in spec.gates]
        for _, values in trace.gates:
            assert values.shape == (6, made.config.hidden_size)
            assert np.isfinite(values).all()


@pytest.mark.parametrize(("cell", "activations"), activation_choices())
def test_every_activation_that_a_cell_allows_computes_what_it_says(cell: str, activations: tuple[str, str]) -> None:
    made, batch = network(cell, activations=activations), example(True, False)
    found = made.forward(batch.inputs, batch.lengths).values
    assert reference_model(made).gate == activations[0]
    values, _ = reference.run_batch(reference_model(made), made.state_dict(), batch.inputs, batch.lengths)
    np.testing.assert_allclose(found, values, rtol=1e-10, atol=1e-12)


def test_without_shared_weights_every_step_has_its_own_and_the_answer_does_not() -> None:
    model = ModelConfig(cell="elman", hidden_size=4)
    readout, recurrent = 4 * 2 + 2, 4 * 3 + 4 * 4 + 4 + 4
    assert parameter_count(model, 3, 2, False) == recurrent + readout
    assert unrolled_count(model, 3, 2, False, steps=12) == 12 * recurrent + readout
