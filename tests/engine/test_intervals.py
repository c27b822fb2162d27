"""Intervals around forecasts: what they promise is held, and nothing of the test part goes in."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.data.series.series_dataset import SeriesDataset
from engine.events import RunFinished
from engine.forecasts.calibration import absolute_errors, calibrated, coverage, measured_intervals
from engine.forecasts.intervals import Interval, interval_words
from engine.held_out.predictions import Predictions
from engine.losses import loss_for
from engine.model import load_model
from engine.networks import make_network
from engine.past_runs import _ended
from engine.prediction_records import SeriesPrediction
from engine.training import TrainingRun
from engine.uses.inference import forecast

ROWS = 160


def write_table(path: Path, last: float = 0.0) -> Path:
    """Two noisy columns; `last` is added to the test part's rows."""
    noise = np.random.default_rng(0).normal(loc=(100, 20), size=(ROWS, 2))
    noise[-40:] += last
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("Sold", "Price"), *noise.tolist()])
    return path


@pytest.fixture
def noisy(tmp_path: Path) -> Experiment:
    return Experiment().replace(
        {
            "data.file": str(write_table(tmp_path / "noise.csv")),
            "data.targets": "Sold",
            "data.inputs": "Price",
            "data.look_back": 3,
            "data.validation": 40,
            "data.test": 40,
            "data.transform": "none",
            "model.hidden_size": 2,
            "training.epochs": 1,
        }
    )


def found(experiment: Experiment) -> tuple[Interval, ...]:
    """Around what an untrained network says."""
    dataset = data.load(experiment)
    assert isinstance(dataset, SeriesDataset)
    loss = loss_for(experiment.training, dataset)
    return measured_intervals(make_network(experiment.model, dataset, width=loss.width, threads=1), dataset, loss)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_exchangeable_errors_are_covered_as_promised(level: float) -> None:
    """Mean over many draws of 39 errors: level to level + 1/40, whatever the errors' distribution."""
    draws = np.random.default_rng(1).standard_t(3, size=(2, 1500, 40, 1))
    shares = []
    for each in draws.transpose(1, 0, 2, 3):
        radii = calibrated(np.abs(each[:, :39]), level, ("Sold",)).radii
        assert radii is not None
        shares.append(coverage(each[:, 39:], -radii[:, None], radii[:, None])[0])
    assert level - 0.02 < np.mean(shares) < level + 1 / 40 + 0.02


@pytest.mark.parametrize(("level", "count", "rank"), [(0.8, 4, 4), (0.8, 9, 8), (0.95, 19, 19), (0.95, 39, 38)])
def test_the_radius_is_the_error_of_its_rank(level: float, count: int, rank: int) -> None:
    said = 7.0 + np.random.default_rng(2).permutation(np.arange(1.0, count + 1)) * np.resize([1, -1], count)
    truth = np.full((1, count, 1), 7.0)
    errors = absolute_errors(truth, said[None, :, None], logarithm=False)
    interval = calibrated(errors, level, ("Sold",))
    assert interval.radii == np.array([[rank]])


@pytest.mark.parametrize(("level", "needed"), [(0.8, 4), (0.95, 19)])
def test_too_few_errors_give_no_fixed_interval_and_say_so(level: float, needed: int) -> None:
    errors = np.full((1, needed + 5, 1), np.nan)  # gaps do not count
    assert not calibrated(errors, level, ("Sold",)).known
    assert "none, there is no validation window" in interval_words(calibrated(errors, level, ("Sold",)))
    errors[0, 1] = 1.0
    assert "(1 validation window; a fixed" in interval_words(calibrated(errors, level, ("Sold",)))
    errors[0, 1:needed] = 1.0
    interval = calibrated(errors, level, ("Sold",))
    assert interval.known
    assert not interval.fixed
    assert f"({needed - 1} validation windows; a fixed width takes {needed})" in interval_words(interval)
    errors[0, 0] = 1.0
    assert calibrated(errors, level, ("Sold",)).fixed


@pytest.mark.parametrize("steps", [1, 3])
def test_the_test_part_changes_only_what_is_covered(noisy: Experiment, tmp_path: Path, steps: int) -> None:
    before = found(noisy.replace({"data.steps": steps}))
    other = str(write_table(tmp_path / "other.csv", last=1e4))
    after = found(noisy.replace({"data.steps": steps, "data.file": other}))
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.radii, two.radii)
        assert one.coverage[0] > 0.6
        assert two.coverage[0] < one.coverage[0] - 0.5
        assert len(one.coverage) == 1 + steps


def test_learned_quantiles_are_their_own_interval(noisy: Experiment) -> None:
    (interval,) = found(noisy.replace({"training.loss": "quantile", "training.quantiles": (0.05, 0.5, 0.95)}))
    assert (interval.level, interval.radii) == (0.9, None)
    said = np.array([3.0, 1.0, 2.0]).reshape(1, 1, 1, 3)
    assert [end.item() for end in interval.bounds(said, 1, interval.radii_of(None))] == [1, 3]


@pytest.mark.parametrize(
    ("changed", "levels"),
    [
        ({}, (80, 95)),
        ({"data.steps": 3}, (80, 95)),
        ({"data.inputs": "", "data.targets": ("Sold", "Price")}, (80, 95)),
        ({"data.validation": 10}, (80, 95)),
        ({"training.loss": "quantile"}, (80,)),
    ],
)
def test_a_run_keeps_its_intervals_for_every_forecast(
    noisy: Experiment, tmp_path: Path, changed: dict[str, Any], levels: tuple[int, ...]
) -> None:
    experiment = noisy.replace(changed)
    *_, ended = TrainingRun(experiment, data.load(experiment), folder=tmp_path / "run")
    assert isinstance(ended, RunFinished)
    model = load_model(tmp_path / "run" / "weights.safetensors", experiment)
    assert tuple(each.result() for each in model.intervals) == ended.intervals
    assert "% interval: " in (tmp_path / "run" / "log.txt").read_text()
    written = json.loads((tmp_path / "run" / "result.json").read_text())
    again = _ended(written)
    assert isinstance(again, RunFinished)
    assert again.intervals == ended.intervals

    said = forecast(model)
    targets = model.metadata["targets"]
    ends = [f"{name} {end} {level}%" for level in levels for name in targets for end in ("lower", "upper")]
    first = 1 + 2 * len(targets)
    assert list(said.header[first:]) == [*ends, "part"]
    for row in said.rows():
        assert len(row) == len(said.header)
    held_out = np.array([part in ("test", "ahead") for part in said.parts])
    for interval, (_, inside) in zip(model.intervals, said.bands, strict=True):
        inside, answers = (each if interval.fixed else each[held_out] for each in (inside, said.forecast))
        assert (inside[..., 0] <= answers).all()
        assert (answers <= inside[..., 1]).all()
        assert (inside[..., 0] < inside[..., 1]).all()
    steps, (_, inside) = experiment.data.steps, said.bands[0]
    if not changed.get("training.loss"):
        wide = (inside[:, 0, 1] - inside[:, 0, 0])[: np.argmax(held_out) - steps] / 2
        radii = np.array([row[0] for row in ended.intervals[0]["radii"]])
        np.testing.assert_allclose(wide, np.resize(radii, len(wide)))
        assert len(radii) == steps


def test_words_say_width_and_coverage() -> None:
    interval = Interval(0.8, ("Sold",), np.array([[12.25]]), windows=40, coverage=(0.81, 0.81))
    assert interval_words(interval) == "80 % interval: ±12.25, covers 81 % of the test part"
    several = replace(interval, targets=("Sold", "Price"), radii=np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert "Sold ±1 one step ahead to ±3 2 steps ahead; Price ±2" in interval_words(several)
    assert "not measured" in interval_words(replace(interval, coverage=(np.nan, np.nan)))


def test_the_error_of_a_forecast_that_ran_away_is_a_number() -> None:
    truth = np.ones((1, 3, 1))
    errors = absolute_errors(truth, np.array([0.0, 1.0, np.inf])[None, :, None], logarithm=True)
    assert np.isfinite(errors).all()
    assert errors[0, [0, 2], 0].min() > 700


def test_where_logarithms_are_learned_the_interval_grows_with_the_level() -> None:
    truth = np.exp(np.random.default_rng(3).normal(size=(1, 99, 1)))
    errors = absolute_errors(truth, np.ones(truth.shape), logarithm=True)
    interval = replace(calibrated(errors, 0.8, ("Sold",)), logarithm=True)
    radii = interval.radii_of(None)
    lower, upper = interval.bounds(np.array([1.0, 10.0]).reshape(1, 2, 1, 1), 0, radii)
    np.testing.assert_allclose(upper[0, :, 0] * lower[0, :, 0], [1.0, 100.0])
    np.testing.assert_allclose(upper[0, 1], 10 * upper[0, 0])
    assert coverage(truth, *interval.bounds(np.ones((*truth.shape, 1)), 0, radii))[0] == pytest.approx(0.8, abs=0.01)
    assert Interval.from_dict(interval.to_dict()).logarithm
    words = interval_words(replace(interval, radii=np.array([[0.1]])))
    assert words.startswith("80 % interval: −9.52 % to +10.5 %")


@pytest.mark.parametrize(
    "changes", [{}, {"data.steps": 3}, {"training.loss": "quantile"}, {"data.targets": "Sold,Price"}]
)
def test_the_picture_shows_the_intervals_around_the_first_target(noisy: Experiment, changes: dict[str, Any]) -> None:
    inputs = {"data.inputs": ""} if "data.targets" in changes else {}
    experiment = noisy.replace(inputs | changes)
    run = TrainingRun(experiment, data.load(experiment))
    *_, ended = run
    assert isinstance(ended, RunFinished)
    network, loss = run.network, loss_for(experiment.training, run.dataset)
    pictures = Predictions(network, run.dataset, loss)
    before = pictures.judged()
    assert isinstance(before, SeriesPrediction)
    assert before.bands == ()
    pictures.surround(tuple(Interval.from_dict(each) for each in ended.intervals))
    shown = pictures.judged()
    assert isinstance(shown, SeriesPrediction)
    assert [level for level, _, _ in shown.bands] == [each["level"] for each in ended.intervals]
    for level, lower, upper in shown.bands:
        known = np.isfinite(shown.truth)
        assert (lower <= shown.forecast).all()
        assert (shown.forecast <= upper).all()
        if loss.width == 1:  # calibrated on what is shown
            inside = (lower <= shown.truth) & (shown.truth <= upper)
            assert inside[known].mean() == pytest.approx(level, abs=0.08)


@pytest.mark.parametrize("quantiles", [False, True])
@pytest.mark.parametrize("shift", [0, -1])
def test_no_interval_goes_below_what_never_was(noisy: Experiment, tmp_path: Path, shift: int, quantiles: bool) -> None:
    counts = np.random.default_rng(0).poisson(1.5, ROWS) + shift
    (tmp_path / "counts.csv").write_text("Sold,Price\n" + "".join(f"{count},{count}\n" for count in counts))
    loss = {"training.loss": "quantile", "training.quantiles": (0.1, 0.5, 0.9)} if quantiles else {}
    around = found(noisy.replace({"data.file": str(tmp_path / "counts.csv"), **loss}))
    paths = np.array([0.5, 1.0, -0.25])[None, :, None, None] + np.array([-2.0, 0.0, 2.0] if quantiles else [0.0])
    for interval in (*around, *(Interval.from_dict(json.loads(json.dumps(each.to_dict()))) for each in around)):
        radii = None if interval.radii is None else np.full((1, 1, 1), 2.0)
        lower, upper = interval.bounds(paths, int(quantiles), radii)
        assert bool((lower < 0).all()) == (shift < 0)
        assert np.all(lower <= upper)
