"""Greedy, sampled and beam decoding, the free run, and scheduled sampling."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.config import TrainingConfig
from engine.sequence_to_sequence.decoding import START, STOP, Decoding, log_probabilities, write
from engine.sequence_to_sequence.free_running import ScheduledSampling, run_free
from engine.sequence_to_sequence.network import SequenceToSequence
from tests.engine.writing_examples import OUTPUTS, pair_batch, writer

LIMIT = 4


def likelihood(made: SequenceToSequence, source: NDArray[np.int32], text: list[int]) -> float:
    """log p of a text, told step by step."""
    before = np.array([[START, *text[:-1]]], np.int32).T
    values = log_probabilities(made.forward(source[:, None], None, before).values[:, 0])
    return float(sum(values[step, token] for step, token in enumerate(text)))


def all_texts() -> list[list[int]]:
    """Every text that ends with a stop within the limit."""
    letters = [token for token in range(OUTPUTS) if token > STOP]
    return [[*text, STOP] for count in range(LIMIT) for text in itertools.product(letters, repeat=count)]


@pytest.mark.parametrize("penalty", [0.0, 0.6, 2.0])
def test_a_wide_beam_finds_the_best_text_of_all(penalty: float) -> None:
    made, batch = writer("gru", attention="multiplicative"), pair_batch(True)
    found = write(made, batch.inputs, batch.lengths, LIMIT, Decoding("beam", width=60, length_penalty=penalty))
    for b, length in enumerate(batch.lengths):
        source = batch.inputs[:length, b]
        scores = [likelihood(made, source, text) for text in all_texts()]
        weighed = [s / ((5 + len(t)) / 6) ** penalty for s, t in zip(scores, all_texts(), strict=True)]
        best = int(np.argmax(weighed))
        assert found.tokens[b].tolist() == all_texts()[best][:-1]
        assert found.score[b] == pytest.approx(scores[best], rel=1e-9)
    assert found.stopped.all()


@pytest.mark.parametrize("kind", ["none", "multiplicative", "additive"])
@pytest.mark.parametrize("vector", [False, True])
def test_a_beam_of_one_without_penalty_follows_the_likeliest(kind: str, vector: bool) -> None:
    made, batch = writer("lstm", vector=vector, attention=kind), pair_batch(True, vector)
    greedy = write(made, batch.inputs, batch.lengths, 8)
    for b, tokens in enumerate(greedy.tokens):
        text = [*tokens.tolist(), *([STOP] if greedy.stopped[b] else [])]
        alone = batch.inputs[: batch.lengths[b], b]
        assert STOP not in tokens
        if not vector:
            assert greedy.score[b] == pytest.approx(likelihood(made, alone, text), rel=1e-9)
    drawn = write(made, batch.inputs, batch.lengths, 8, Decoding("sampled", top_k=1))
    cold = write(made, batch.inputs, batch.lengths, 8, Decoding("sampled", temperature=0))
    nucleus = write(made, batch.inputs, batch.lengths, 8, Decoding("sampled", top_p=1e-9))
    for other in (drawn, cold, nucleus):
        assert [t.tolist() for t in other.tokens] == [t.tolist() for t in greedy.tokens]


def test_drawing_follows_the_probabilities_and_the_seed() -> None:
    made, batch = writer("gru"), pair_batch(True, read=(3,) * 4000, written=(1,) * 4000)
    inputs = np.repeat(batch.inputs[:, :1], 4000, axis=1)
    first = [write(made, inputs, None, 1, Decoding("sampled", seed=seed)) for seed in (1, 1, 2)]
    tokens = [np.array([t[0] if len(t) else STOP for t in each.tokens]) for each in first]
    np.testing.assert_array_equal(tokens[0], tokens[1])
    assert (tokens[0] != tokens[2]).any()
    wanted = np.exp(log_probabilities(made.forward(inputs[:, :1], None, np.array([[START]], np.int32)).values[0])[0])
    shares = np.bincount(tokens[0], minlength=OUTPUTS) / 4000
    np.testing.assert_allclose(shares, wanted, atol=0.03)
    two = write(made, inputs, None, 1, Decoding("sampled", top_k=2))
    assert len({t[0] if len(t) else STOP for t in two.tokens}) == 2


def test_writing_ends_at_the_limit() -> None:
    made, batch = writer("gru"), pair_batch(True)
    made.parameters.view("readout.bias")[STOP] = -np.inf
    made.changed()
    for method in ("greedy", "sampled", "beam"):
        found = write(made, batch.inputs, batch.lengths, 5, Decoding(method))
        assert [len(tokens) for tokens in found.tokens] == [5] * 4
        assert not found.stopped.any()


@pytest.mark.parametrize("tokens", [True, False])
def test_a_free_run_hears_only_itself(tokens: bool) -> None:
    made, batch = writer("gru", tokens, attention="additive"), pair_batch(tokens)
    run = run_free(made, batch.inputs, batch.lengths, batch.before, 7)
    heard = batch.before.copy()
    heard[1:] = (
        log_probabilities(run.values[:-1].reshape(-1, OUTPUTS)).argmax(axis=1).reshape(4, 4)
        if tokens
        else run.values[:-1]
    )
    np.testing.assert_allclose(made.forward(batch.inputs, batch.lengths, heard).values, run.values, atol=1e-12)
    if tokens:
        assert all(len(text) <= 7 for text in run.written)
    else:
        assert run.written == []


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [
        ("always", (1.0, 1.0, 1.0)),
        ("constant", (0.2, 0.2, 0.2)),
        ("linear", (1.0, 0.6, 0.2)),
        ("inverse_sigmoid", (0.2 + 0.8 * 20 / 21, 0.6, 0.2 + 0.8 / 21)),
    ],
)
def test_the_share_of_truth_falls_as_the_schedule_says(schedule: str, shares: tuple[float, ...]) -> None:
    sampling = ScheduledSampling(TrainingConfig(teacher_forcing=schedule, told_at_end=0.2), 100)
    assert [sampling.share_of_truth(step) for step in (0, 50, 100)] == pytest.approx(shares)


@pytest.mark.parametrize("tokens", [True, False])
def test_scheduled_sampling_trains_on_what_was_heard(tokens: bool) -> None:
    made, batch = writer("gru", tokens), pair_batch(tokens, written=(5, 5, 5, 5))
    told = ScheduledSampling(TrainingConfig(teacher_forcing="always"), 10).mixed(made, batch, 3)
    assert told is batch
    never = ScheduledSampling(TrainingConfig(teacher_forcing="constant", told_at_end=0.0), 10).mixed(made, batch, 3)
    own = run_free(made, batch.inputs, batch.lengths, batch.before).values[:-1]
    wanted = log_probabilities(own.reshape(-1, OUTPUTS)).argmax(axis=1).reshape(4, 4) if tokens else own
    np.testing.assert_array_equal(never.before[0], batch.before[0])
    np.testing.assert_allclose(never.before[1:], wanted)
    half = ScheduledSampling(TrainingConfig(teacher_forcing="constant", told_at_end=0.5), 10)
    one, two, other = half.mixed(made, batch, 3), half.mixed(made, batch, 3), half.mixed(made, batch, 4)
    np.testing.assert_array_equal(one.before, two.before)
    assert (one.before != other.before).any()
    assert (one.before == batch.before).any()
    assert (one.before != batch.before).any()
    assert made.loss_and_gradients(one, "cross_entropy" if tokens else "mse").loss > 0
