"""Inputs whose future is known: read up to the row that is answered, and told behind the last target."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import load
from engine.data.series.series_dataset import SeriesDataset
from engine.export import proof
from engine.export.particulars import Exportable
from engine.export.targets import target
from engine.losses import loss_for
from engine.model import Model
from engine.networks import make_network
from engine.uses.inference import forecast
from tests.engine.data.making import Write, experiment, table, windows_of

ROWS, AHEAD = 60, 4
SOLD = [10.0 + (k * 5) % 9 for k in range(ROWS)]
PRICE = [float((k * k) % 11) for k in range(ROWS + AHEAD)]
TASKS: dict[str, dict[str, Any]] = {
    "next": {},
    "third": {"data.horizon": 3},
    "each step": {"model.topology": "many_to_many", "data.horizon": 2},
    "recursive": {"data.steps": 3, "data.strategy": "recursive"},
    "direct": {"data.steps": 3, "data.strategy": "direct"},
    "encoder_decoder": {"data.steps": 3, "model.topology": "encoder_decoder"},
}


def settings(task: str) -> dict[str, Any]:
    own = {name.partition(".")[2]: value for name, value in TASKS[task].items()}
    return {"inputs": ("price",), "known_inputs": ("price",), **own}


def dataset(task: str, **columns: list[float]) -> SeriesDataset:
    return windows_of({"sold": SOLD, "price": PRICE[:ROWS], **columns}, **settings(task))


def model(path: Path, task: str) -> Model:
    own = settings(task) | {"time_column": "date", "targets": ("sold",)}
    chosen = experiment(path, **{name: value for name, value in own.items() if name != "topology"})
    chosen = chosen.replace({"model.hidden_size": 5, **TASKS[task]})
    data = load(chosen)
    network = make_network(chosen.model, data, width=loss_for(chosen.training, data).width, seed=1, threads=1)
    return Model(chosen, network, data.metadata())


def sheet(*changed: float, ends: int = AHEAD) -> str:
    """Rows with a price and no sale behind the last sale; the last prices may be others."""
    price = [*PRICE[: ROWS + ends - len(changed)], *changed]
    return table(sold=[*SOLD, *[""] * ends], price=price)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("task", [task for task in TASKS if task != "encoder_decoder"])
def test_a_window_ends_with_what_is_known_of_its_answer(task: str, part: str) -> None:
    data = dataset(task)
    every = np.arange(data.count(part))
    last = data.windows(part, every)[-1]
    answered = data.answer_rows(part)
    wanted = answered - (2 if task == "recursive" else 0)  # one step after the other, of three
    np.testing.assert_array_equal(last[:, 1], np.array(PRICE)[wanted])
    horizon = data.preparation.steps if task == "recursive" else data.shape.horizon
    np.testing.assert_array_equal(last[:, 0], np.array(SOLD)[answered - horizon])


@pytest.mark.parametrize("task", TASKS)
def test_what_is_known_in_the_test_part_changes_nothing_that_training_sees(task: str) -> None:
    one, other = dataset(task), dataset(task, price=[*PRICE[: ROWS - 6], *[99.0] * 6])
    assert one.metadata() == other.metadata()
    for part in ("train", "validation"):
        for some, others in zip(*(each.batches(part, 16) for each in (one, other)), strict=True):
            np.testing.assert_array_equal(some.inputs, others.inputs)
            np.testing.assert_array_equal(some.targets, others.targets)


@pytest.mark.parametrize("task", TASKS)
def test_rows_behind_the_last_target_belong_to_no_part(write: Write, task: str) -> None:
    made = model(write("a.csv", sheet()), task)
    data = load(made.experiment)
    assert isinstance(data, SeriesDataset)
    assert data.split.end == ROWS
    steps = TASKS[task].get("data.steps", data.preparation.steps)
    assert f"{AHEAD} rows behind the last target; data.steps says how many are forecast, now {steps}" in data.notes()
    whole = load(made.experiment.replace({"model.topology": "many_to_one", "data.horizon": 1, "data.steps": AHEAD}))
    assert f"{AHEAD} rows behind the last target, to be forecast" in whole.notes()
    assert not any("missing value" in note for note in data.notes())
    assert np.isfinite(data.path_truth("test")).all()


@pytest.mark.parametrize("task", TASKS)
def test_the_forecast_begins_behind_the_last_target_and_follows_what_is_known(write: Write, task: str) -> None:
    path = write("a.csv", sheet())
    found = forecast(model(path, task))
    ahead = [row for row in found.rows() if row[-1] == "ahead"]
    count = made_steps(task)
    assert [row[0] for row in ahead] == [f"1995-{1 + step:02d}" for step in range(count)]
    assert np.isfinite(found.forecast).all()
    path.write_text(sheet(*[50.0] * AHEAD))
    other = forecast(model(path, task))
    assert other.dates == found.dates
    np.testing.assert_array_equal(other.forecast[:-count], found.forecast[:-count])
    assert (other.forecast[-count:] != found.forecast[-count:]).all()


@pytest.mark.parametrize("ends", range(AHEAD + 1))
@pytest.mark.parametrize("task", TASKS)
def test_a_price_that_nobody_said_is_said_to_be_assumed(task: str, ends: int, tmp_path: Path) -> None:
    (tmp_path / "whole.csv").write_text(sheet())
    (tmp_path / "given.csv").write_text(sheet(ends=ends))
    found = forecast(model(tmp_path / "whole.csv", task), tmp_path / "given.csv")
    ahead = found.parts.count("ahead")
    assert any("what 'price' will be is not said" in note for note in found.assumed) == (ends < ahead)


def made_steps(task: str) -> int:
    return max(int(TASKS[task].get(f"data.{name}", 1)) for name in ("steps", "horizon"))


@pytest.mark.sampled(5)
@pytest.mark.parametrize("ends", [AHEAD, 1, 0])
@pytest.mark.parametrize("task", TASKS)
def test_the_script_follows_it_too(tmp_path: Path, task: str, ends: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(sheet(ends=ends))
    made = model(path, task)
    assert proof.export(Exportable(made), target("python_script"), tmp_path / "model.py").passed
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "model.py", path], capture_output=True, text=True, check=True
    )
    said = list(csv.DictReader(done.stdout.splitlines()))
    wanted = [row for row in forecast(made).rows() if row[-1] == "ahead"]
    assert [row["date"] for row in said] == [row[0] for row in wanted]
    assert [float(row["sold"]) for row in said] == pytest.approx([row[2] for row in wanted], rel=1e-5)
    assert ("price taken to stay as it was last" in done.stderr) == (ends < made_steps(task))


@pytest.mark.parametrize("task", ["next", "recursive", "encoder_decoder"])
def test_the_script_puts_in_dates_that_are_left_out(tmp_path: Path, task: str) -> None:
    path, lines = tmp_path / "a.csv", sheet().splitlines()
    del lines[50:53], lines[40]
    path.write_text("\n".join(lines) + "\n")
    made = model(path, task)
    assert proof.export(Exportable(made), target("python_script"), tmp_path / "model.py").passed
    command = [sys.executable, "-I", str(tmp_path / "model.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wanted = [row for row in forecast(made).rows() if row[-1] == "ahead"]
    said = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["date"] for row in said] == [row[0] for row in wanted]
    assert [float(row["sold"]) for row in said] == pytest.approx([row[2] for row in wanted], rel=1e-5)


def test_a_short_look_back_that_misses_some_of_it_is_said() -> None:
    columns = {"sold": SOLD, "price": PRICE[:ROWS]}
    own = settings("direct") | {"steps": 6}
    assert not any("not read" in note for note in windows_of(columns, **own, look_back=6).notes())
    assert any("price the first 2 of 6 steps ahead" in note for note in windows_of(columns, **own).notes())
