"""Several series with scalers of their own: what every exported form says of each is what the engine says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import SeriesPreparation
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.panel_dataset import PanelDataset
from engine.export import proof
from engine.export.given import Given, windows
from engine.export.held_out import answered
from engine.export.particulars import Exportable
from engine.export.targets import target, target_keys
from engine.losses import loss_for
from engine.model import Model
from engine.networks import make_network
from tests.engine.data.making import experiment
from tests.engine.export.examples import loaded, skip_unless_run
from tests.engine.test_forecast_paths import STRATEGIES

NAMES = ('Köln "Mitte"', "*/ south\\", "what??/ is 'it'", "plain")
SIZES = (1.0, 50.0, 4e6, 2e-4)  # of what each series counts
TASKS: dict[str, dict[str, Any]] = {
    "single": {"data.horizon": 2},
    "every_row": {"model.topology": "many_to_many"},
    "quantiles": {"training.loss": "quantile"},
    "seasonal": {"data.seasonal_difference": True, "data.season": 4},
    **{name: {"data.steps": 3, **settings} for name, settings in STRATEGIES.items()},
}
TASKS["known_ahead"] = TASKS["encoder_decoder"] | {"data.inputs": ["price"], "data.known_inputs": ["price"]}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, written once, of which each task then is read once for all forms."""
    path, lines = tmp_path_factory.mktemp("stores") / "stores.csv", ["date,store,price,sales"]
    for row in range(60):
        for number, (name, size) in enumerate(zip(NAMES, SIZES, strict=True)):
            value = size * (2 + 0.02 * row + 0.1 * (row * (number + 3) % 5))
            quoted = name.replace('"', '""')
            lines.append(f'{2000 + row // 12}-{row % 12 + 1:02d},"{quoted}",{row % 7 * size!r},{value!r}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def several_series(stores: Path, task: str) -> tuple[Model, PanelDataset]:
    settings = {"time_column": "date", "sequence_column": "store", "targets": "sales", "scaled_by": "series"}
    chosen = experiment(stores, **settings, transform="log").replace({"model.hidden_size": 5})
    chosen = chosen.replace(TASKS[task])
    dataset = loaded(chosen)
    assert isinstance(dataset, PanelDataset)
    network = make_network(chosen.model, dataset, width=loss_for(chosen.training, dataset).width, seed=1, threads=1)
    return Model(chosen, network, dataset.metadata()), dataset


def of_each(model: Model, dataset: PanelDataset) -> dict[str, Given]:
    """Windows of the test part of each series."""
    found = {}
    for name, member in dataset.members.items():
        chosen, preparation = np.arange(member.count("test")), model.preparation
        assert isinstance(preparation, SeriesPreparation)
        writes = isinstance(member, ForecastDataset) and preparation.strategy == "encoder_decoder"
        future = member.future("test", chosen) if isinstance(member, ForecastDataset) and writes else None
        found[name] = windows(preparation, name, member.windows("test", chosen), future, name)
    return found


@pytest.mark.sampled(3)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("key", target_keys())
def test_every_form_says_of_each_series_what_the_engine_says(stores: Path, tmp_path: Path, key: str, task: str) -> None:
    skip_unless_run(key)
    model, dataset = several_series(stores, task)
    chosen = target(key)
    path = tmp_path / f"model{chosen.suffix}"
    found = proof.export(Exportable(model), chosen, path)
    assert found.passed, found
    assert found.data.endswith(f"of {NAMES[0]!r}")
    given = of_each(model, dataset)
    assert tuple(given) == NAMES
    for name, size in zip(NAMES, SIZES, strict=True):
        data = answered(model, given[name])
        said = chosen.run(path, data)
        assert said is not None
        assert said.real is not None
        assert data.real is not None
        assert 0.1 * size < np.abs(data.real).max() < 100 * size  # in this series' own units
        np.testing.assert_allclose(said.scaled, data.scaled, atol=1e-5)
        np.testing.assert_allclose(said.real, data.real, rtol=1e-5)


def test_how_a_file_is_used_names_a_series(stores: Path, tmp_path: Path) -> None:
    model, _ = several_series(stores, "single")
    for key, said in {
        "onnx": "# series (batch,), int64: 0 'Köln \"Mitte\"', 1 ",
        "keras": "model.predict(model.load(), rows, series='Köln \"Mitte\"')",
        "pytorch": "model.real_units(answers, rows, series='Köln \"Mitte\"')",
    }.items():
        text = target(key).usage_of(model, tmp_path / f"stores{target(key).suffix}")
        compile(text, key, "exec")
        assert said in text


def test_the_scalers_of_a_series_are_those_of_its_own(stores: Path) -> None:
    """What the other tests hold exported files against."""
    model, dataset = several_series(stores, "single")
    given = of_each(model, dataset)
    whole = model.preparation
    for name, member in dataset.members.items():
        own, rows = given[name].prepared_by(whole), given[name].rows
        assert isinstance(own, SeriesPreparation)
        assert rows is not None
        assert own.input_scaler.to_dict() == member.preparation.input_scaler.to_dict()
        np.testing.assert_array_equal(given[name].inputs, member.preparation.inputs_of(rows))
