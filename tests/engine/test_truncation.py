"""Truncated back-propagation through time against plain equations, and against the whole where nothing is cut."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.config.fields import ConfigError
from engine.data import Batch
from engine.events import SnapshotRequest
from engine.inside_records import Contributions
from engine.losses import Loss
from engine.network import Network, State
from engine.training_loop.learner import Learner
from engine.training_loop.stopwatch import Stopwatch
from engine.training_loop.truncation import parts, with_ended
from tests import reference
from tests.engine.examples import example, network, reference_model
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_gradients import STEP, slope_along

LENGTHS = (7, 5, 5, 2)
CUTS = [(2, 2), (2, 4), (3, 1), (3, 0), (0, 3)]


def batch_of(aligned: bool, tokens: bool = False, lengths: tuple[int, ...] = LENGTHS, continues: bool = False) -> Batch:
    given = example(aligned, tokens, lengths)
    positions = np.arange(len(lengths))
    return Batch(given.inputs, given.lengths, given.targets, given.weights, continues, positions)


class Teacher:
    """A learner of one network, with no data set beside it."""

    def __init__(self, made: Network, every: int, back: int, loss: str = "mse", **training: Any) -> None:
        changes: dict[str, Any] = {
            "training.truncate_every": every,
            "training.truncate_to": back,
            "training.clip_norm": 0.0,
        }
        changes |= {"training.optimizer": "sgd", "training.learning_rate": 0.05}
        changes |= {f"training.{name}": value for name, value in training.items()}
        self.learner = Learner(made, Experiment().replace(changes), _Data(), Loss(loss))  # type: ignore[arg-type]

    def learn(self, batch: Batch) -> float:
        return self.learner.learn(batch, 1, Stopwatch(), None).loss


class _Data:
    def batch_count(self, part: str, batch_size: int) -> int:
        return 1


def plain_updates(steps: int, every: int, back: int) -> list[tuple[int, int, int]]:
    """Where each update's run begins, from where on answers count, and where it ends: the definition, literally."""
    every, back = every or steps, back or steps
    found = []
    for t in range(1, steps + 1):
        if t % every == 0 or t == steps:
            since = (t - 1) // every * every
            found.append((max(0, t - back), max(since, t - back), t))
    return found


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(("every", "back"), CUTS)
def test_every_update_is_the_gradient_of_its_own_truncated_objective(
    cell: str, aligned: bool, every: int, back: int
) -> None:
    """States, losses and slopes by the plain equations; the weights move between updates."""
    made, batch = network(cell, aligned, num_layers=2, learned_state=True), batch_of(aligned)
    model, random = reference_model(made), np.random.default_rng(8)
    updates = [u for u in plain_updates(LENGTHS[0], every, back) if counted(batch, aligned, *u[1:])]
    state: State | None = None
    position = 0
    for part in parts(batch, every, back, aligned):
        given = part.batch
        begin = state and [kind[:, : given.lengths.size] for kind in state]
        weights = made.state_dict()
        if part.learns:
            first, since, end = updates.pop(0)
            assert (position, position + len(given.inputs)) == (first, end)
            assert given.weights.sum() == counted(batch, aligned, since, end)
            found = made.loss_and_gradients(given, "mse", begin, hand_over=part.hand_over)
            assert found.loss == pytest.approx(objective(made, weights, given, begin), rel=1e-9)
            check_slope(made, given, begin, random)
            made.load_state_dict({name: value - 0.05 * made.gradients()[name] for name, value in weights.items()})
        if part.hand_over:
            steps = np.minimum(given.lengths, part.hand_over)
            _, ahead = reference.run_batch(model, weights, given.inputs[: part.hand_over], steps, begin)
            state = with_ended(ahead, state)
        position += part.hand_over
    assert (position, updates) == (LENGTHS[0], [])


def counted(batch: Batch, aligned: bool, since: int, end: int) -> float:
    """Weight of the answers after `since` up to `end`."""
    if aligned:
        return float(batch.weights[since:end].sum())
    return float(batch.weights[(batch.lengths > since) & (batch.lengths <= end)].sum())


def objective(made: Network, weights: dict[str, Any], given: Batch, begin: State | None) -> float:
    """The loss of a part by the plain equations, its first state held."""
    values, _ = reference.run_batch(reference_model(made), weights, given.inputs, given.lengths, begin)
    return reference.mse(values, given.targets, given.weights.astype(np.float64))


def check_slope(made: Network, given: Batch, begin: State | None, random: np.random.Generator) -> None:
    """The gradient against the slope of the truncated objective."""
    now, gradients = made.state_dict(), made.gradients()
    way = {name: random.standard_normal(value.shape) for name, value in now.items()}
    ahead, behind = (
        objective(made, {name: value + step * way[name] for name, value in now.items()}, given, begin)
        for step in (STEP, -STEP)
    )
    found = sum(float((gradients[name] * way[name]).sum()) for name in way)
    assert found == pytest.approx((ahead - behind) / (2 * STEP), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru_reset_before"])
@pytest.mark.parametrize(("aligned", "tokens"), list(itertools.product((False, True), repeat=2)))
@pytest.mark.parametrize(("every", "back"), [(0, 0), (7, 7), (7, 0), (9, 20)])
def test_cut_nowhere_it_is_the_whole(cell: str, aligned: bool, tokens: bool, every: int, back: int) -> None:
    loss = "cross_entropy" if tokens else "mse"
    whole, cut = (network(cell, aligned, tokens, num_layers=2) for _ in range(2))
    losses = [
        Teacher(whole, 0, 0, loss).learn(batch_of(aligned, tokens)),
        Teacher(cut, every, back, loss).learn(batch_of(aligned, tokens)),
    ]
    assert losses[0] == losses[1]
    np.testing.assert_array_equal(whole.parameters.values, cut.parameters.values)


NOISE: dict[str, Any] = {"dropout": 0.3, "recurrent_dropout": 0.3, "zoneout": 0.3, "zoneout_cell": 0.2}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(("every", "back"), [(2, 4), (3, 0)])
def test_what_is_left_out_at_random_and_what_is_cut_off_go_together(
    cell: str, aligned: bool, every: int, back: int
) -> None:
    """Ragged parts under all masks at once, each held against the slope of its own loss under the same masks."""
    made, batch = network(cell, aligned, num_layers=2, residual=True, learned_state=True, **NOISE), batch_of(aligned)
    state: State | None = None
    for made.step, part in enumerate(parts(batch, every, back, aligned)):
        given, begin = part.batch, state and [kind[:, : part.batch.lengths.size] for kind in state]

        def loss(given: Batch = given, begin: State | None = begin) -> float:
            made.changed()
            return made.loss_and_gradients(given, "mse", begin).loss

        if part.learns:
            loss()
            gradients = made.gradients()
            for name, gradient in gradients.items():
                way = np.random.default_rng(9).standard_normal(gradient.shape)
                wanted = slope_along(made.parameters.view(name), way, loss)
                assert float((gradient * way).sum()) == pytest.approx(wanted, rel=1e-6, abs=1e-8), name
        if part.hand_over:
            ahead = made.loss_and_gradients(given, "mse", begin, hand_over=part.hand_over).state
            state = with_ended(ahead, state)


@pytest.mark.parametrize("cell", CELL_KEYS)
def test_cut_nowhere_it_is_the_whole_under_masks_too(cell: str) -> None:
    whole, cut = (network(cell, True, num_layers=2, **NOISE) for _ in range(2))
    for made, (every, back) in ((whole, (0, 0)), (cut, (7, 20))):
        Teacher(made, every, back).learn(batch_of(True))
    np.testing.assert_array_equal(whole.parameters.values, cut.parameters.values)


@pytest.mark.parametrize("cell", ["elman", "lstm", "lstm_fgr"])
def test_parts_as_long_as_their_reach_are_batches_that_continue(cell: str) -> None:
    """k1 = k2 is what a text does from chunk to chunk."""
    lengths = (6, 6, 6)
    batch, (one, other) = batch_of(True, lengths=lengths), (network(cell, True, num_layers=2) for _ in range(2))
    Teacher(one, 2, 2).learn(batch)
    chunks = Teacher(other, 0, 0)
    for first in (0, 2, 4):
        now = slice(first, first + 2)
        chunks.learn(
            Batch(batch.inputs[now], np.full(3, 2), batch.targets[now], batch.weights[now], first > 0, batch.positions)
        )
    np.testing.assert_array_equal(one.parameters.values, other.parameters.values)


def test_the_state_goes_on_into_the_batch_that_continues() -> None:
    made = network("lstm", True)
    teacher = Teacher(made, 2, 4, learning_rate=1e-8)
    batch, after = batch_of(True, lengths=(5, 5, 5)), batch_of(True, lengths=(5, 5, 5), continues=True)
    teacher.learn(batch)
    whole = made.forward(batch.inputs, batch.lengths).state
    wanted = made.loss_and_gradients(after, "mse", whole).loss
    assert teacher.learn(after) == pytest.approx(wanted, rel=1e-6)


def test_only_what_lies_within_reach_gets_a_gradient() -> None:
    made, batch = network("elman", False), batch_of(False, lengths=(7, 7, 7))
    (lead, last) = parts(batch, 0, 3, False)
    assert (lead.learns, lead.batch.inputs.shape[0], last.learns, last.batch.inputs.shape[0]) == (False, 4, True, 3)
    state = made.forward(lead.batch.inputs, lead.batch.lengths, training=True).state
    kept = made.loss_and_gradients(last.batch, "mse", state).loss
    assert kept == pytest.approx(made.loss_and_gradients(batch, "mse").loss, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model.bidirectional": True}, "training.truncate_every is 4; it takes 0 where model.bidirectional is on"),
        ({"model.topology": "encoder_decoder"}, "it takes 0 where model.topology is encoder_decoder"),
    ],
)
def test_what_cannot_be_truncated_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Experiment().replace({"training.truncate_every": 4, **changes})
    Experiment().replace(changes)


def test_the_gradient_by_time_covers_every_part_of_the_batch() -> None:
    """Two parts of two steps: within each, what a run over this part alone gives."""
    teacher = Teacher(network("elman", aligned=True), 2, 2)
    batch = batch_of(True, lengths=(4, 4))
    teacher.learner.learn(batch, 1, Stopwatch(), SnapshotRequest(1, frozenset({"gradient_by_time"})))
    by_time = teacher.learner.probes.by_time
    assert by_time is not None
    assert by_time.norms.shape == (1, 4)
    assert by_time.cuts == (2,)
    assert np.isfinite(by_time.norms).all()
    alone = network("elman", aligned=True)
    alone.watch_time = True
    first = next(parts(batch, 2, 2, True))
    alone.loss_and_gradients(first.batch, Loss("mse"))
    np.testing.assert_array_equal(by_time.norms[:, :2], alone.gradient_by_time().by_time)


@pytest.mark.parametrize("aligned", [False, True])
def test_a_batch_without_answers_has_the_loss_of_the_one_before(aligned: bool) -> None:
    """As where all of it falls into a gap that is left out of the loss."""
    given = batch_of(aligned)
    silent = replace(given, weights=np.zeros_like(given.weights))
    teacher = Teacher(network("lstm", aligned=aligned), 0, 0)
    assert teacher.learn(silent) == 0
    before = teacher.learn(given)
    assert teacher.learn(silent) == before
    assert teacher.learner.mean_loss() == before
    assert np.isnan(teacher.learner.mean_loss())


def test_what_each_step_adds_is_told_of_the_last_update_though_steps_without_answers_follow() -> None:
    made, batch = network("elman"), batch_of(aligned=True, lengths=(8, 8))
    batch.weights[4:] = 0
    teacher = Teacher(made, 2, 2)
    teacher.learner.learn(batch, 1, Stopwatch(), None, last=True)
    request = SnapshotRequest(1, frozenset({"contributions"}))
    snapshot = teacher.learner.probes.answer(request, 1, 1, paused=True)
    assert snapshot is not None
    ((_, told),) = snapshot.values
    assert isinstance(told, Contributions)
    assert told.steps.shape == (2,)
    assert told.total == pytest.approx(np.linalg.norm(made.gradients()[told.name]), rel=1e-9)
