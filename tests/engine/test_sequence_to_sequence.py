"""Encoder, bridge, attention and decoder against their equations, finite differences, and themselves."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.data import PairBatch
from engine.layers.parameters import NetworkError
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.sizes import parameter_count
from tests.engine.examples import one_sequence
from tests.engine.test_gradients import slope_along
from tests.engine.writing_examples import READ, WRITTEN, pair_batch, writer, writing_model
from tests.reference_writing import write_sequence

CELL_KEYS = [spec.key for spec in specifications()]
# Layers, both directions, attention, tokens; for every cell.
SHAPES = [
    (1, False, "none", True),
    (2, True, "none", False),
    (1, True, "multiplicative", True),
    (2, False, "additive", False),
]
# With every attention, the rest of them; for two cells, of which one has two states.
ALL = [
    (layers, both, kind, tokens)
    for layers in (1, 2)
    for both in (False, True)
    for kind in ("none", "multiplicative", "additive")
    for tokens in (False, True)
]
CASES = [(cell, *shape) for cell in CELL_KEYS for shape in SHAPES] + [
    (cell, *shape) for cell in ("lstm", "gru") for shape in ALL if shape not in SHAPES
]


def made_for(cell: str, layers: int, both: bool, kind: str, tokens: bool, **further: Any) -> SequenceToSequence:
    return writer(cell, tokens, num_layers=layers, bidirectional=both, attention=kind, **further)


@pytest.mark.parametrize(("cell", "layers", "both", "kind", "tokens"), CASES)
def test_a_ragged_batch_is_what_the_equations_say(cell: str, layers: int, both: bool, kind: str, tokens: bool) -> None:
    compare(made_for(cell, layers, both, kind, tokens), pair_batch(tokens))


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("layers", "tokens", "repeat"), [(1, True, False), (2, True, True), (1, False, True)])
def test_a_vector_is_written_out_as_the_equations_say(cell: str, layers: int, tokens: bool, repeat: bool) -> None:
    compare(writer(cell, tokens, True, num_layers=layers, repeat_input=repeat), pair_batch(tokens, True))


def compare(made: SequenceToSequence, batch: PairBatch) -> None:
    answer, looked = made.answer(batch).values, made.attention_weights()
    order = np.argsort(-batch.written, kind="stable")
    for b, (read, written) in enumerate(zip(batch.lengths, batch.written, strict=True)):
        source, before = batch.inputs[:read, b], batch.before[:written, b]
        values, weights = write_sequence(writing_model(made), made.state_dict(), source, before)
        np.testing.assert_allclose(answer[:written, b], values, rtol=1e-10, atol=1e-12)
        assert not answer[written:, b].any()
        if looked is not None:
            row = looked[int(np.flatnonzero(order == b)[0])]
            np.testing.assert_allclose(row[:written, :read], weights, atol=1e-6)
            assert not row[:written, read:].any()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("cell", "layers", "both", "kind", "tokens"), CASES)
def test_gradients_agree_with_finite_differences(cell: str, layers: int, both: bool, kind: str, tokens: bool) -> None:
    check_gradients(made_for(cell, layers, both, kind, tokens), pair_batch(tokens))


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("tokens", "repeat"), [(True, False), (True, True), (False, True)])
def test_gradients_of_one_to_many(cell: str, tokens: bool, repeat: bool) -> None:
    check_gradients(writer(cell, tokens, True, num_layers=2, repeat_input=repeat), pair_batch(tokens, True))


@pytest.mark.parametrize(
    "model",
    [
        {"hidden_sizes": (7, 4)},
        {"bidirectional": True, "merge": "sum", "attention": "additive"},
        {"bidirectional": True, "residual": True, "hidden_sizes": (4, 4)},
        {"learned_state": True, "bidirectional": True},
    ],
)
@pytest.mark.parametrize("cell", ["lstm", "gru_reset_before"])
def test_every_way_to_join_layers(cell: str, model: dict[str, Any]) -> None:
    made = writer(cell, num_layers=2, **model)
    compare(made, pair_batch(True))
    check_gradients(made, pair_batch(True))


@pytest.mark.parametrize("kind", ["multiplicative", "additive"])
@pytest.mark.parametrize("hidden", [1, 16, 21])
def test_gradients_at_other_widths(kind: str, hidden: int) -> None:
    made = writer("gru", hidden_size=hidden, bidirectional=True, attention=kind)
    check_gradients(made, pair_batch(True, read=(19, 17, 1), written=(3, 18, 2)))


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("kind", ["none", "additive"])
def test_gradients_of_many_pairs(kind: str, tokens: bool) -> None:
    read, written = (4,) * 20 + (3,) * 8, (5, 2, 3, 5) * 7
    made = writer("gru_reset_before", tokens, attention=kind, hidden_size=18)
    check_gradients(made, pair_batch(tokens, read=read, written=written))
    assert made.decoder.takes_products == (kind == "none")


def check_gradients(made: SequenceToSequence, batch: PairBatch) -> None:
    kind = "cross_entropy" if made.sizes.writes_tokens else "mse"

    def loss() -> float:
        made.changed()
        return made.loss_and_gradients(batch, kind).loss

    loss()
    gradients = made.gradients()
    random = np.random.default_rng(3)
    for name in made.names:
        direction = random.standard_normal(gradients[name].shape)
        wanted = slope_along(made.parameters.view(name), direction, loss)
        assert float((gradients[name] * direction).sum()) == pytest.approx(wanted, rel=1e-6, abs=1e-8), name


@pytest.mark.parametrize("kind", ["none", "multiplicative", "additive"])
def test_step_by_step_is_the_same_as_all_at_once(kind: str) -> None:
    made, batch = writer("lstm", attention=kind, bidirectional=True), pair_batch(True, written=(5, 5, 5, 5))
    values = made.answer(batch).values
    at = made.begin(batch.inputs, batch.lengths)
    for step in range(5):
        answers, at = made.write_step(batch.before[step], at)
        np.testing.assert_allclose(answers, values[step], rtol=1e-12, atol=1e-14)


def test_a_beginning_can_be_taken_apart_and_put_in_another_order() -> None:
    made, batch = writer("lstm", attention="additive"), pair_batch(True)
    at, order = made.begin(batch.inputs, batch.lengths), np.array([3, 1, 1, 0])
    whole, _ = made.write_step(batch.before[0], at)
    taken, _ = made.write_step(batch.before[0][order], at.take(order))
    np.testing.assert_allclose(taken, whole[order], rtol=1e-12)


@pytest.mark.parametrize("pairs", [1, 7])
@pytest.mark.parametrize("kind", ["none", "multiplicative", "additive"])
def test_the_same_bits_on_any_number_of_threads(kind: str, pairs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    read, written = sorted(READ * pairs, reverse=True), WRITTEN * pairs
    batch, found = pair_batch(True, read=tuple(read), written=written, dtype=np.float32), []
    for threads in (1, 3):
        made = writer("gru", attention=kind, bidirectional=True, dtype=np.float32, threads=threads)
        loss = made.loss_and_gradients(batch, "cross_entropy").loss
        found.append((loss, made.parameters.gradients.copy()))
        made.workers.close()
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])


def test_float32_comes_close_to_float64() -> None:
    gradients = []
    for dtype in (np.float32, np.float64):
        made = writer("lstm", attention="additive", dtype=dtype)
        made.loss_and_gradients(pair_batch(True, dtype=dtype), "cross_entropy")
        gradients.append(made.parameters.gradients[: made.parameter_count].astype(np.float64))
    np.testing.assert_allclose(gradients[0], gradients[1], atol=1e-5)


def test_what_weighs_nothing_has_no_gradient() -> None:
    made, batch = writer("gru", attention="multiplicative"), pair_batch(True)
    made.loss_and_gradients(batch, "cross_entropy")
    kept = made.parameters.gradients.copy()
    past = np.arange(len(batch.targets))[:, None] >= batch.written
    other = dataclasses.replace(batch, targets=np.where(past, 1, batch.targets), before=np.where(past, 2, batch.before))
    made.loss_and_gradients(other, "cross_entropy")
    np.testing.assert_array_equal(made.parameters.gradients, kept)


def test_names_are_those_of_a_module_with_encoder_and_decoder() -> None:
    made = writer("lstm", bidirectional=True, attention="additive")
    assert made.names[:3] == ("embedding.source.weight", "embedding.target.weight", "encoder.weight_ih_l0")
    heads = {name.split(".")[0] for name in made.names}
    assert heads == {"embedding", "encoder", "bridge", "decoder", "attention", "readout"}
    assert "decoder.weight_hh_l0" in made.names
    assert made.parameter_count == parameter_count(made.config, made.sizes)


@pytest.mark.parametrize("vector", [False, True])
def test_encoder_and_decoder_are_looked_at_on_one_time_axis(vector: bool) -> None:
    made = writer("lstm", vector=vector, num_layers=2, bidirectional=not vector)
    batch = pair_batch(True, vector, read=(6,), written=(5,))
    made.watch_time = True
    made.loss_and_gradients(batch, "cross_entropy")
    found = made.gradient_by_time()
    traces = made.trace_batch(batch)
    steps = 5 if vector else 11
    assert found.by_time.shape == (len(traces), steps) == (len(found.names), steps)
    for trace, name, norm in zip(traces, found.names, found.by_time, strict=True):
        assert trace.hidden.shape == (steps, 5)
        assert trace.reverse == name.endswith("reverse")
        assert np.isnan(trace.hidden[-1]).all() == trace.reverse == np.isnan(norm[-1])
        assert len(trace.gates) == 4


@pytest.mark.parametrize("vector", [False, True])
def test_by_distance_every_pair_counts_from_its_own_end(vector: bool) -> None:
    """As the pairs alone have it, whatever they read and write: what is written first, then what was read."""
    made, ends = writer("gru", vector=vector, bidirectional=not vector), (2, 5, 3)
    batch = pair_batch(True, vector, read=(6, 4, 3), written=ends)
    made.watch_time = True
    made.loss_and_gradients(batch, "cross_entropy")
    found = made.gradient_by_time()
    names, by_distance = found.names, found.by_distance
    assert (found.ragged, found.written) == (True, None if vector else (2, 5))
    alone = np.full((3, *by_distance.shape), np.nan)
    for row, (length, end) in enumerate(zip(batch.lengths, ends, strict=True)):
        one, written = np.s_[row : row + 1], np.s_[:end, row : row + 1]
        single = dataclasses.replace(
            batch, inputs=batch.inputs[:length, one], lengths=batch.lengths[one], targets=batch.targets[written],
            weights=batch.weights[written], before=batch.before[written], written=batch.written[one],
        )  # fmt: skip
        made.loss_and_gradients(single, "cross_entropy")
        norms = made.gradient_by_time().by_time * (end / sum(ends))
        for layer, name in enumerate(names):
            course = norms[layer, :length] if name.endswith("reverse") else norms[layer, ::-1]
            alone[row, layer, : len(course)] = course
    known = np.asarray(~np.isnan(alone).all(axis=0))
    assert np.isnan(by_distance[~known]).all()
    for layer, course in enumerate(known):
        own = alone[:, layer, course]
        np.testing.assert_allclose(by_distance[layer, course], one_sequence(own), rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": np.zeros((2, 4, 3))}, r"inputs have shape \(2, 4, 3\)"),
        ({"before": np.zeros((5, 3), np.int32)}, "for 4 sequences"),
        ({"written": np.array([0, 1, 1, 1])}, "from 1 to 5"),
        ({"lengths": np.array([1, 4, 4, 6])}, "longest sequence of a batch first"),
        ({"before": np.full((5, 4), 6, np.int32)}, "the vocabulary has 6"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], words: str) -> None:
    batch = dataclasses.replace(pair_batch(True), **change)
    with pytest.raises(NetworkError, match=words):
        writer("elman").answer(batch)


def test_one_to_many_reads_one_vector() -> None:
    batch = dataclasses.replace(pair_batch(True, True), inputs=np.zeros((2, 4, 3)), lengths=np.full(4, 2))
    with pytest.raises(NetworkError, match="reads one vector, but the inputs have 2 steps"):
        writer("elman", vector=True).answer(batch)
