"""Intervals that follow the errors before: the plain definition, nothing of the future, and what they cover."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.data.scaling import Reals
from engine.events import RunFinished
from engine.forecasts.calibration import calibrated
from engine.forecasts.intervals import interval_words
from engine.forecasts.rolling_intervals import MOST_KEPT, RATE, following, kept
from engine.model import load_model
from engine.training import TrainingRun
from engine.uses.inference import forecast
from tests.engine import test_intervals, test_panel_intervals

LEVELS = (0.8, 0.95)


def slow(begun: list[float], errors: list[float], behind: int, level: float) -> list[float]:
    """Gibbs and Candès' rule, with the quantile of what is known cut to what has been seen."""
    alpha, radii = 1 - level, list[float]()
    for window in range(len(errors)):
        known = [*begun]
        for before in range(window - behind + 1):
            if math.isfinite(errors[before]):
                known.append(errors[before])
        if window >= behind and math.isfinite(errors[window - behind]):
            missed = errors[window - behind] > radii[window - behind]
            alpha += RATE * ((1 - level) - missed)
        ordered = sorted(known[-MOST_KEPT:])
        rank = math.ceil((len(ordered) + 1) * (1 - alpha) - 1e-9)
        radii.append(ordered[min(max(rank, 1), len(ordered)) - 1])
    return radii


def begun(count: int, *, steps: int = 1) -> Reals:
    """Errors of a validation part (U, P, O)."""
    return np.abs(np.random.default_rng(0).normal(size=(steps, count, 1)))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("behind", [1, 4])
@pytest.mark.parametrize("count", [12, MOST_KEPT])
def test_fast_and_slow_agree(level: float, behind: int, count: int) -> None:
    errors = np.abs(np.random.default_rng(1).normal(size=(1, 180, 1))) * np.linspace(1, 3, 180)[:, None]
    errors[0, 20:23] = np.nan
    known = kept(begun(count))
    wanted = slow(known[:, 0, 0].tolist(), errors[0, :, 0].tolist(), behind, level)
    np.testing.assert_allclose(following(known, level, errors, [behind])[0, :, 0], wanted)


@pytest.mark.parametrize("level", LEVELS)
def test_a_radius_knows_nothing_of_what_comes_after_its_forecast_was_made(level: float) -> None:
    """Step u of window n is forecast from what was known u + 1 rows before."""
    known, errors = kept(begun(30, steps=3)), np.abs(np.random.default_rng(2).normal(size=(3, 40, 1)))
    radii = following(known, level, errors, [1, 2, 3])
    for changed in (0, 17, 39):
        other = errors.copy()
        other[:, changed] = 50.0
        moved = following(known, level, other, [1, 2, 3]) != radii
        for step in range(3):
            first = int(np.argmax(moved[step, :, 0])) if moved[step].any() else 40
            assert first >= min(changed + step + 1, 40)
            if changed + step + 1 < 40:
                assert moved[step].any()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("grown", [0.3, 1.0, 4.0])
def test_the_promised_share_is_covered_whatever_becomes_of_the_errors(level: float, grown: float) -> None:
    errors = np.abs(np.random.default_rng(3).normal(size=(1, 1000, 1))) * np.linspace(1, grown, 1000)[:, None]
    assert np.mean(errors <= following(kept(begun(40)), level, errors, [1])) == pytest.approx(level, abs=0.02)
    if grown > 1:
        fixed = calibrated(begun(40), level, ("Sold",)).radii
        assert fixed is not None
        assert np.mean(errors <= fixed) < level - 0.15


def test_what_is_kept_is_spread_over_all_that_is_known() -> None:
    errors = np.arange(4000.0).reshape(2, 2000, 1)
    errors[0, ::2] = np.nan
    found = kept(errors)
    assert found.shape == (MOST_KEPT, 2, 1)
    assert found[0].tolist() == [[1.0], [2000.0]]
    assert found[-1].tolist() == [[1999.0], [3999.0]]
    assert kept(errors[:, :9]).shape == (4, 2, 1)
    assert kept(np.full((1, 5, 1), np.nan)).shape == (0, 1, 1)


@pytest.mark.parametrize(
    "changes", [{}, {"data.horizon": 3}, {"data.inputs": "", "data.targets": "Sold,Price"}, {"data.validation": 12}]
)
def test_the_table_has_the_ends_whose_coverage_was_measured(
    tmp_path: Path, changes: dict[str, Any], noisy: Experiment
) -> None:
    run_and_compare(noisy.replace(changes), tmp_path / "run")


def test_so_has_that_of_several_series(tmp_path: Path) -> None:
    path = test_panel_intervals.write_table(tmp_path / "a.csv", last=3.0)
    run_and_compare(test_panel_intervals.asked(path), tmp_path / "run")


def run_and_compare(experiment: Experiment, folder: Path) -> None:
    *_, ended = TrainingRun(experiment, data.load(experiment), folder=folder)
    assert isinstance(ended, RunFinished)
    model = load_model(folder / "weights.safetensors", experiment)
    said = forecast(model)
    tested, ahead = (np.array([part == name for part in said.parts]) for name in ("test", "ahead"))
    for interval, (_, ends) in zip(model.intervals, said.bands, strict=True):
        inside = (ends[tested, :, 0] <= said.truth[tested]) & (said.truth[tested] <= ends[tested, :, 1])
        assert inside.mean() == pytest.approx(interval.following[0])
        assert np.isfinite(ends[ahead]).all()
        assert "where it follows the errors before" in interval_words(interval)


def test_of_several_steps_the_table_follows_from_one_forecast_to_the_next(tmp_path: Path, noisy: Experiment) -> None:
    experiment = noisy.replace({"data.steps": 2, "data.file": str(test_intervals.write_table(tmp_path / "b.csv", 40))})
    *_, ended = TrainingRun(experiment, data.load(experiment), folder=tmp_path / "run")
    assert isinstance(ended, RunFinished)
    said = forecast(load_model(tmp_path / "run" / "weights.safetensors", experiment))
    widths = np.ptp(said.bands[0][1][:, 0], axis=1)
    learned = np.array([part in ("train", "validation") for part in said.parts])
    assert len(np.unique(widths[learned].round(6))) == 2  # one for each step ahead
    assert widths[~learned][-1] > 2 * widths[learned].max()


noisy = test_intervals.noisy
