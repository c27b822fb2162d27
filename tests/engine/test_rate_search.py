"""The learning-rate range test: what it tries, and what it reads from the curve."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import Dataset
from engine.rate_search import HIGHEST, LOWEST, Tried, curve, try_rates, verdict


def measured(losses: np.ndarray) -> list[Tried]:
    """A test over six decades with these losses."""
    rates = np.logspace(-5, 1, len(losses))
    return [Tried(k + 1, float(rate), float(loss)) for k, (rate, loss) in enumerate(zip(rates, losses, strict=True))]


def test_rates_rise_by_equal_shares_and_the_loss_shows_it(experiment: Experiment, dataset: Dataset) -> None:
    tried = list(try_rates(experiment, dataset, 60))
    rates = np.array([each.rate for each in tried])
    assert rates[0] == pytest.approx(LOWEST)
    np.testing.assert_allclose(np.diff(np.log(rates)), math.log(HIGHEST / LOWEST) / 59)
    found = curve(tried)
    assert found.losses[:10].std() < 0.01 * found.losses[0]  # rates too small to matter
    assert 1e-4 < found.suggestion < found.lowest < HIGHEST
    assert found.smooth.min() < 0.7 * found.smooth[0]


def test_it_gives_the_same_again_and_leaves_schedules_out(experiment: Experiment, dataset: Dataset) -> None:
    changed = experiment.replace({"training.schedule": "cosine", "training.warmup_steps": 10})
    first, again, other = (list(try_rates(e, dataset, 12)) for e in (experiment, experiment, changed))
    assert first == again == other


def test_it_ends_where_the_loss_has_left_all_sense(experiment: Experiment, dataset: Dataset) -> None:
    wild = {"training.optimizer": "sgd", "training.clip_norm": 0, "model.activation": "relu"}
    tried = list(try_rates(experiment.replace(wild), dataset, 60))
    assert 4 < len(tried) <= 60
    assert all(math.isfinite(each.loss) for each in tried)


def test_the_steepest_fall_is_suggested() -> None:
    logs = np.linspace(-5, 1, 121)
    losses = 2 - 1.5 / (1 + np.exp(-6 * (logs + 2.5))) + np.where(logs > -1, (logs + 1) ** 2, 0)
    found = curve(measured(losses))
    assert math.log10(found.suggestion) == pytest.approx(-2.5, abs=0.1)
    assert math.log10(found.lowest) == pytest.approx(-1, abs=0.2)
    assert f"{found.suggestion:g}" in verdict(found)
    assert ("overshoots" in verdict(found)) == bool((found.losses > 1.02 * found.losses[0]).any())


def test_rates_at_which_steps_overshoot_are_not_suggested() -> None:
    losses = np.concatenate([np.full(20, 1.0), np.linspace(1, 0.8, 20), [1.5], np.linspace(0.8, 0.1, 20)])
    found = curve(measured(losses))
    assert found.suggestion < found.lowest < measured(losses)[40].rate


def test_a_small_bump_before_a_long_fall_is_no_overshoot() -> None:
    losses = np.concatenate([np.full(30, 1.0), [1.026, 1.03], np.linspace(1, 0.8, 30), np.linspace(0.8, 2, 10)])
    found = curve(measured(losses))
    assert measured(losses)[31].rate < found.suggestion < measured(losses)[62].rate
    assert "Before it first overshoots" in verdict(found)
    losses[30:32] = 1.2
    found = curve(measured(losses))
    assert math.isnan(found.suggestion)
    assert "at none of the rates before it overshoots" in verdict(found)


def test_a_test_that_was_stopped_says_nothing_of_rates_it_did_not_come_to() -> None:
    flat, falls, rises = np.full(12, 2.0), np.linspace(2.0, 1.0, 20), np.linspace(1.0, 3.0, 10)
    early = verdict(curve(measured(flat), stopped=True))
    assert early.startswith("Stopped after 12 of 120 steps, at a rate of 1e+01: that is too early")
    assert "none of the rates" not in early
    found = curve(measured(np.concatenate([flat, falls])), stopped=True)
    assert f"So far the loss falls most steeply at a rate of {found.suggestion:g}" in verdict(found)
    assert "the most a schedule should reach" not in verdict(found)
    whole = measured(np.concatenate([flat, falls, rises]))
    assert verdict(curve(whole, stopped=True)) == verdict(curve(whole))  # it came to all that tell


@pytest.mark.parametrize("losses", [np.ones(50), np.linspace(1, 3, 50), np.ones(2), np.zeros(0)])
def test_where_nothing_falls_nothing_is_suggested(losses: np.ndarray) -> None:
    found = curve(measured(losses))
    assert math.isnan(found.suggestion)
    assert verdict(found)
