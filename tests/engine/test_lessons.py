"""What the lessons claim is so when it is run; those that take long are shortened, in epochs alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from engine.data import load
from engine.events import Evaluated, Event, Finding, RunFinished, StepDone
from engine.lessons import Lesson, lessons
from engine.training import TrainingRun


@cache
def _ran(key: str, step: int, epochs: int = 0) -> tuple[Event, ...]:
    experiment = _lesson(key).steps[step].experiment
    assert experiment is not None
    changes: dict[str, Any] = {"training.threads": 1} | ({"training.epochs": epochs} if epochs else {})
    experiment = experiment.replace(changes)
    return tuple(TrainingRun(experiment, load(experiment)))


def _lesson(key: str) -> Lesson:
    return next(lesson for lesson in lessons() if lesson.key == key)


def _test(events: tuple[Event, ...]) -> float:
    ended = events[-1]
    assert isinstance(ended, RunFinished)
    return ended.test_metrics[0][1]


def _last(events: tuple[Event, ...], key: str) -> Finding:
    return [event for event in events if isinstance(event, Finding) and event.key == key][-1]


def test_every_lesson_can_be_read_and_begins_with_the_first_steps() -> None:
    assert lessons()[0].key == "first_steps"
    assert len({lesson.title for lesson in lessons()}) == len(lessons()) >= 6
    for lesson in lessons():
        assert all(step.do and step.watch for step in lesson.steps)
        assert all(step.experiment is not None for step in lesson.steps if step.run)


def test_a_simple_network_forgets_fifty_steps_and_learns_ten() -> None:
    long = _ran("vanishing_gradients", 0, 2)
    assert _test(long) > 0.14
    assert _last(long, "vanishing").level == "warning"
    assert _test(_ran("vanishing_gradients", 1)) < 0.08


@pytest.mark.slow
@pytest.mark.parametrize(("key", "step"), [("vanishing_gradients", 2), ("gru_or_lstm", 0), ("gru_or_lstm", 1)])
def test_gated_cells_solve_what_simple_ones_cannot(key: str, step: int) -> None:
    assert _test(_ran(key, step)) < 0.02


def test_two_directions_do_not_cure_a_short_memory() -> None:
    assert _test(_ran("both_directions", 2, 2)) > 0.14


def test_a_word_left_out_is_known_to_who_reads_backward_too() -> None:
    assert _test(_ran("both_directions", 0)) < 0.35
    assert _test(_ran("both_directions", 1)) > 0.98


def test_a_distance_that_a_simple_network_does_not_bridge_an_lstm_does_and_a_longer_one_neither() -> None:
    reached = [_test(_ran("long_memory", step)) for step in range(4)]
    assert reached[0] > 0.95
    assert reached[1] < 0.35
    assert reached[2] > 0.95
    assert reached[3] < 0.35


def test_six_layers_of_sigmoids_learn_less_than_one_and_the_finding_says_so() -> None:
    deep, flat = _ran("fewer_layers", 0), _ran("fewer_layers", 1)
    assert _test(deep) < 0.55
    assert _test(flat) > 0.95
    assert _last(deep, "vanishing").changes == (("model.num_layers", "3"),)


def test_a_feed_forward_network_stands_beside_the_one_that_shares_its_weights() -> None:
    events = _ran("shared_weights", 1)
    assert "of which each of the 12 steps has its own" in _last(events, "memory").why


def test_gradients_explode_without_clipping_and_are_clipped_with_it() -> None:
    norms = [event.gradient_norm for event in _ran("exploding_gradients", 0) if isinstance(event, StepDone)]
    assert max(norms) > 1000
    said = [event.title for event in _ran("exploding_gradients", 1) if isinstance(event, Finding)]
    assert "The gradient is clipped in most steps" in said
    assert "No longer so: the gradient is clipped in most steps" in said


def test_one_year_of_past_makes_a_copy_and_twelve_a_forecast() -> None:
    copy, forecast = _ran("copycat", 0), _ran("copycat", 1)
    assert _last(copy, "copycat").level == "warning"
    naive = dict(forecast[-1].test_baselines)["naive"]  # type: ignore[union-attr]
    assert _test(copy) > 0.95 * naive
    assert _test(forecast) < 0.7 * naive


def test_the_first_run_of_all_ends_well() -> None:
    events = _ran("first_steps", 1)
    assert _test(events) < 0.4 * dict(events[-1].test_baselines)["seasonal naive"]  # type: ignore[union-attr]
    found = {event.key: event.level for event in events if isinstance(event, Finding)}
    assert found["baseline"] == "good"
    assert not {"warning", "problem"} & set(found.values())
    measured = [event for event in events if isinstance(event, Evaluated)]
    for losses in ([e.training_loss for e in measured], [e.validation_loss for e in measured]):
        assert max(losses[-10:]) < min(losses[:10])  # both curves fall, as the lesson says
