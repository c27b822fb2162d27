"""The median rule: who falls behind is stopped, by the first seed alone, and nobody too early."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import pytest

from engine.comparing.median_rule import FEWEST, FIRST_LOOK, MedianRule
from engine.comparing.race import race
from engine.comparing.race_messages import Arrival, Entrant
from engine.comparing.sweep import forgiving, grid, results, sweep
from engine.comparing.sweep_values import Varied
from engine.config import Experiment
from engine.events import Evaluated, Event, RunFailed, RunFinished, RunStarted

SIZES = (1, 2, 3, 9, 4, 1000)  # the loss that each comes to is its size


def _field(seeds: int = 2) -> list[Entrant]:
    return sweep(Experiment(), grid([Varied("model.hidden_size", SIZES)]), seeds).field


def _run(entrant: Entrant) -> Iterator[Event]:
    yield RunStarted(10, 1, 10, "RMSE", (), "")
    size = entrant.experiment.model.hidden_size
    for epoch in range(1, 11):
        yield Evaluated(epoch, epoch, 1.0, math.nan if size == 1000 else size + 10 - epoch, 1.0, True)
    yield RunFinished("all epochs done", 10, 10, 10, size, (("RMSE", 1.0),), (), 1.0)


def test_who_falls_behind_is_stopped_once_and_runs_from_no_other_seed() -> None:
    field = _field()
    arrivals = [news for news in race(field, forgiving(_run), MedianRule(field)) if isinstance(news, Arrival)]
    by_size = {size: [a.ended for a in arrivals if field[a.entrant].experiment.model.hidden_size == size]
               for size in SIZES}  # fmt: skip
    assert {size: len(ended) for size, ended in by_size.items()} == {1: 2, 2: 2, 3: 2, 9: 1, 4: 1, 1000: 1}
    for size in (9, 4, 1000):
        (ended,) = by_size[size]
        assert isinstance(ended, RunFailed)
        assert (ended.title, ended.step) == ("Stopped early", 3)  # the first look at a quarter or later
    places, left_out = results(field, arrivals)
    assert [dict(place.settings)["model.hidden_size"] for place in places] == [1, 2, 3]
    assert [dict(each.settings)["model.hidden_size"] for each in left_out] == [9, 4, 1000]
    assert all("worse than the median of the runs before it at 30 %" in each.reason for each in left_out)


def test_without_the_rule_all_run_to_their_end() -> None:
    field = _field()
    arrivals = [news for news in race(field, forgiving(_run)) if isinstance(news, Arrival)]
    assert len(arrivals) == len(field)
    assert all(isinstance(arrival.ended, RunFinished) for arrival in arrivals)


@pytest.mark.parametrize("share", [FIRST_LOOK / 2, FIRST_LOOK, 1.0])
@pytest.mark.parametrize("others", [FEWEST - 1, FEWEST])
def test_nobody_is_judged_too_early_too_late_or_by_too_few(share: float, others: int) -> None:
    rule = MedianRule(_field(1))
    for number in range(others):
        assert not rule.stops(number, 0.1, 1.0)
    judged = share == FIRST_LOOK and others == FEWEST
    assert rule.stops(others, share, 2.0) is judged
    assert rule.drops(_field(1)[others]) is judged


def test_what_counts_is_the_best_so_far_and_the_others_at_the_same_share() -> None:
    rule = MedianRule(_field(1))
    for number in range(3):
        rule.stops(number, 0.1, 5.0)
        rule.stops(number, 0.9, 1.0)
    assert not rule.stops(3, 0.2, 4.0)
    assert not rule.stops(3, 0.5, 8.0)  # its best is 4, theirs was still 5
    assert rule.stops(3, 0.95, 4.0)


def test_the_highest_leads_where_that_is_better() -> None:
    """Accuracies that fall with the size, compared by metric."""
    field = [dataclasses.replace(entrant, by_metric=True) for entrant in _field(1)]

    def run(entrant: Entrant) -> Iterator[Event]:
        yield RunStarted(10, 1, 2, "accuracy", (), "")
        score = 1 / entrant.experiment.model.hidden_size
        yield Evaluated(1, 1, 1.0, 1.0, score, True)
        yield RunFinished("all epochs done", 2, 2, 2, 1.0, (("accuracy", score),), (), 1.0, validation_metric=score)

    arrivals = [news for news in race(field, run, MedianRule(field)) if isinstance(news, Arrival)]
    assert [isinstance(arrival.ended, RunFailed) for arrival in arrivals] == [False, False, False, True, True, True]
