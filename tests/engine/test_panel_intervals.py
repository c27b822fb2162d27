"""Intervals around forecasts of several series: one radius, in units of each series' own changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import load
from engine.data.series.panel_dataset import PanelDataset
from engine.events import RunFinished
from engine.forecasts.calibration import absolute_errors, calibrated, measured_intervals
from engine.forecasts.forecast_paths import dataset_paths
from engine.forecasts.intervals import Interval, interval_words, usual_changes
from engine.held_out.predictions import Predictions
from engine.losses import loss_for
from engine.model import load_model
from engine.networks import make_network
from engine.prediction_records import SeriesPrediction
from engine.training import TrainingRun
from engine.uses.inference import forecast

SIZES = {"north": (1.0, 120), "south": (50.0, 90), "east": (1000.0, 100)}
TASKS: dict[str, dict[str, Any]] = {
    "one step": {},
    "every step": {"model.topology": "many_to_many"},
    "recursive": {"data.steps": 3, "data.strategy": "recursive"},
    "direct": {"data.steps": 3},
    "encoder_decoder": {"data.steps": 3, "model.topology": "encoder_decoder"},
}


def write_table(path: Path, last: float = 0.0) -> Path:
    """Noise around 10, times the size of each series; so many sizes are added to the test part's rows."""
    random, lines = np.random.default_rng(0), ["shop,sold"]
    for name, (size, rows) in SIZES.items():
        values = random.normal(10, 1, rows)
        values[-20:] += last
        lines += [f"{name},{size * value:.6g}" for value in values]
    path.write_text("\n".join(lines) + "\n")
    return path


def asked(path: Path, **changes: Any) -> Experiment:
    settings = {"file": str(path), "targets": "sold", "sequence_column": "shop", "look_back": 3}
    settings |= {"validation": 20, "test": 20, "transform": "none"}
    return Experiment().replace(
        {f"data.{name}": value for name, value in settings.items()}
        | {"model.hidden_size": 2, "training.epochs": 1, "data.time_column": ""}
        | changes
    )


def around(experiment: Experiment) -> tuple[Interval, ...]:
    """What an untrained network says, measured."""
    dataset = load(experiment)
    assert isinstance(dataset, PanelDataset)
    loss = loss_for(experiment.training, dataset)
    return measured_intervals(make_network(experiment.model, dataset, width=loss.width, threads=1), dataset, loss)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("scaled_by", ["series", "all"])
def test_one_radius_covers_series_of_any_size(tmp_path: Path, task: str, scaled_by: str) -> None:
    experiment = asked(write_table(tmp_path / "a.csv"), **TASKS[task], **{"data.scaled_by": scaled_by})
    narrow, wide = around(experiment)
    for interval, least in ((narrow, 0.65), (wide, 0.85)):
        assert interval.coverage[0] > least
        assert interval.by_series is not None
        assert set(interval.by_series) == set(SIZES)
        assert "times the usual change of each series, covers" in interval_words(interval)
    if scaled_by == "series":
        assert narrow.radii is not None
        assert (narrow.radii < 10).all()  # of the usual changes, whatever the size
        assert min(narrow.by_series.values()) > 0.5  # type: ignore[union-attr]


def test_errors_are_those_of_all_series_in_units_of_each(tmp_path: Path) -> None:
    experiment = asked(write_table(tmp_path / "a.csv"))
    dataset = load(experiment)
    assert isinstance(dataset, PanelDataset)
    loss = loss_for(experiment.training, dataset)
    network = make_network(experiment.model, dataset, threads=1)
    errors = []
    for name, member, _ in dataset.slices("validation"):
        said = dataset_paths(network, member, loss, "validation", np.arange(member.count("validation")))[..., 0]
        learned = member.series.values[: member.split.train_end, 0]
        scale = np.mean(np.abs(np.diff(learned)))
        errors += (np.abs(member.path_truth("validation") - said)[0, :, 0] / scale).tolist()
        interval = measured_intervals(network, dataset, loss)[0]
        assert interval.scales is not None
        assert interval.scales[name][0] == pytest.approx(scale)
    assert interval.radii is not None
    assert interval.radii[0, 0] == pytest.approx(sorted(errors)[int(np.ceil((len(errors) + 1) * 0.8)) - 1], rel=1e-4)
    assert interval.windows == len(errors)


@pytest.mark.parametrize("task", ["one step", "direct"])
def test_the_test_part_changes_only_what_is_covered(tmp_path: Path, task: str) -> None:
    before = around(asked(write_table(tmp_path / "a.csv"), **TASKS[task]))
    after = around(asked(write_table(tmp_path / "b.csv", last=100.0), **TASKS[task]))
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.radii, two.radii)
        assert one.scales == two.scales
        assert two.coverage[0] < one.coverage[0] - 0.5


@pytest.mark.parametrize("changes", [{}, {"data.steps": 3}, {"training.loss": "quantile"}, {"data.transform": "log"}])
def test_a_run_keeps_its_intervals_for_every_series(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = write_table(tmp_path / "a.csv")
    experiment = asked(path, **changes)
    run = TrainingRun(experiment, load(experiment), folder=tmp_path / "run")
    *_, ended = run
    assert isinstance(ended, RunFinished)
    model = load_model(tmp_path / "run" / "weights.safetensors", experiment)
    assert tuple(each.result() for each in model.intervals) == ended.intervals
    assert json.loads((tmp_path / "run" / "result.json").read_text())["intervals"] == list(ended.intervals)
    said = forecast(model)
    level, inside = said.bands[0]
    assert level == 0.8
    assert len(inside) == len(said.dates)
    middle = inside.mean(axis=2) if "data.transform" not in changes else np.exp(np.log(inside).mean(axis=2))
    if "training.loss" not in changes:
        np.testing.assert_allclose(middle, said.forecast, rtol=1e-6)
        widths = {name: np.ptp(inside[np.array(said.series) == name, 0], axis=1)[0] for name in SIZES}
        assert widths["north"] < widths["south"] < widths["east"]
    pictures = Predictions(run.network, run.dataset, loss_for(experiment.training, run.dataset))
    pictures.surround(model.intervals)
    shown = pictures.judged()
    assert isinstance(shown, SeriesPrediction)
    lower, upper = shown.bands[0][1:]
    assert (lower <= shown.forecast).all()
    assert (shown.forecast <= upper).all()
    if "training.loss" not in changes:  # calibrated on what is shown
        assert np.mean((lower <= shown.truth) & (shown.truth <= upper)) == pytest.approx(0.8, abs=0.05)


def test_a_series_that_nothing_was_learned_from_has_the_unit_of_its_own_past() -> None:
    interval = Interval(0.8, ("sold",), np.array([[2.0]]), scales={"known": np.array([3.0])})
    values = np.array([[1.0], [np.nan], [2.0], [6.0], [4.0]])
    assert usual_changes(values, logarithm=False) == pytest.approx([3.0])
    assert usual_changes(np.exp(values), logarithm=True) == pytest.approx([3.0])
    for name, radius in (("known", 6.0), ("other", 6.0)):
        own = interval.of_series(name, values)
        assert own.radii is not None
        assert own.radii.item() == pytest.approx(radius)
        assert own.scales is None
    assert np.isnan(usual_changes(np.ones((4, 1)), logarithm=False)).all()
    assert np.isnan(usual_changes(np.ones((1, 1)), logarithm=False)).all()


def test_a_series_without_a_unit_takes_no_part() -> None:
    truth, said = np.array([[[1.0], [2.0], [3.0], [4.0]]]), np.zeros((1, 4, 1))
    scales = np.array([[1.0], [1.0], [np.nan], [1.0]])
    found = calibrated(absolute_errors(truth, said, False, scales), 0.5, ("sold",))
    assert found.radii is not None
    assert found.radii.item() == 2.0
    assert found.windows == 3
