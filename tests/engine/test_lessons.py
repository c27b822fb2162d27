"""What the lessons claim is so when it is run; those that take long are shortened, in epochs alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from engine.data import load
from engine.events import Event, Finding, RunFinished, StepDone
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
    assert _test(_ran("both_directions", 0, 2)) > 0.14


def test_gradients_explode_without_clipping_and_are_clipped_with_it() -> None:
    norms = [event.gradient_norm for event in _ran("exploding_gradients", 0) if isinstance(event, StepDone)]
    assert max(norms) > 1000
    assert _last(_ran("exploding_gradients", 1), "exploding").title == "The gradient is clipped in most steps"


def test_one_year_of_past_makes_a_copy_and_twelve_a_forecast() -> None:
    copy, forecast = _ran("copycat", 0), _ran("copycat", 1)
    assert _last(copy, "copycat").level == "warning"
    naive = dict(forecast[-1].test_baselines)["naive"]  # type: ignore[union-attr]
    assert _test(copy) > 0.95 * naive
    assert _test(forecast) < 0.7 * naive


def test_the_airline_network_beats_the_seasons() -> None:
    events = _ran("first_steps", 1, 60)
    assert _test(events) < dict(events[-1].test_baselines)["seasonal naive"]  # type: ignore[union-attr]
