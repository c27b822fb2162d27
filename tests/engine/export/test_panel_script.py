"""The Python script of a model of several series: what the engine says of each, with its own scaler."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.data import load
from engine.export import proof
from engine.export.particulars import Exportable
from engine.export.targets import target
from engine.losses import loss_for
from engine.model import Model
from engine.networks import make_network
from engine.uses.inference import forecast
from tests.engine.data.making import experiment
from tests.engine.data.test_panel import sales, two_keys
from tests.engine.test_forecast_paths import STRATEGIES

TASKS: dict[str, dict[str, Any]] = {"single": {"data.horizon": 2}} | {
    name: {"data.steps": 3, **settings} for name, settings in STRATEGIES.items()
}


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def exported(path: Path, folder: Path, task: str, scaled_by: str, keys: str = "store") -> tuple[Model, Path]:
    settings = {"time_column": "date", "sequence_column": keys, "targets": "sales", "scaled_by": scaled_by}
    chosen = experiment(path, **settings, transform="log_difference").replace({"model.hidden_size": 3, **TASKS[task]})
    dataset = load(chosen)
    network = make_network(chosen.model, dataset, width=loss_for(chosen.training, dataset).width, seed=1, threads=1)
    model = Model(chosen, network, dataset.metadata())
    found = proof.export(Exportable(model), target("python_script"), folder / "model.py")
    assert found.passed
    return model, folder / "model.py"


def said(script: Path, table: Path) -> tuple[list[dict[str, str]], str]:
    done = subprocess.run([sys.executable, "-I", script, table], capture_output=True, text=True, check=True)
    return list(csv.DictReader(done.stdout.splitlines())), done.stderr


@pytest.mark.parametrize("scaled_by", ["series", "all"])
@pytest.mark.parametrize("task", TASKS)
def test_the_script_says_of_each_series_what_the_engine_says(tmp_path: Path, task: str, scaled_by: str) -> None:
    path = written(tmp_path / "a.csv", sales(gap=20))
    model, script = exported(path, tmp_path, task, scaled_by)
    wanted = [(row[0], row[1], row[3]) for row in forecast(model).rows() if row[-1] == "ahead"]
    rows, _ = said(script, path)
    assert sorted((row["store"], row["date"]) for row in rows) == sorted((name, date) for name, date, _ in wanted)
    for name, date, value in wanted:
        (own,) = (row for row in rows if (row["store"], row["date"]) == (name, date))
        assert float(own["sales"]) == pytest.approx(value, rel=1e-5)


def test_the_script_tells_series_by_several_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", two_keys(sales()))
    model, script = exported(path, tmp_path, "single", "series", "shop,item")
    wanted = {tuple(row[:3]): row[4] for row in forecast(model).rows() if row[-1] == "ahead"}
    rows, _ = said(script, path)
    found = {(row["shop"], row["item"], row["date"]): float(row["sales"]) for row in rows}
    assert found == {key: pytest.approx(value, rel=1e-5) for key, value in wanted.items()}


def test_series_that_cannot_be_forecast_are_left_out_and_named(tmp_path: Path) -> None:
    _, script = exported(written(tmp_path / "a.csv", sales()), tmp_path, "single", "series")
    other = written(tmp_path / "b.csv", sales(rows={"north": 40, "south": 3, "west": 40}))
    rows, notes = said(script, other)
    assert {row["store"] for row in rows} == {"north"}
    assert "note: south left out: the network reads 5 rows" in notes
    assert "note: west left out: the network was not trained on it" in notes


def test_a_date_in_several_columns_is_counted_on_and_what_is_no_plain_number_is_named(tmp_path: Path) -> None:
    """The script reads the columns of the file alone, and makes up no date from the numbers of rows."""
    rows = [f"{1990 + n // 12},{n % 12 + 1},{n * 7 % 5 + 0.5}" for n in range(60)]
    path = written(tmp_path / "a.csv", "\n".join(["year,month,v", *rows]) + "\n")
    chosen = experiment(path, time_column="year month", targets="v").replace({"model.hidden_size": 3})
    dataset = load(chosen)
    network = make_network(chosen.model, dataset, width=1, seed=1, threads=1)
    script = tmp_path / "model.py"
    proof.export(Exportable(Model(chosen, network, dataset.metadata())), target("python_script"), script)
    assert [row["date"] for row in said(script, path)[0]] == ["+1"]
    units = written(tmp_path / "b.csv", "\n".join(["year,month,v", *(f"{row} kWh" for row in rows)]) + "\n")
    done = subprocess.run([sys.executable, "-I", script, units], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) != (0, "")
    assert "column 'v' holds no plain numbers (first '0.5 kWh')" in done.stderr
