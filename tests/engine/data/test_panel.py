"""Several series in one table: what each has of its own, and what they share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import DataError, Preparation, SeriesPreparation, load, suggest
from engine.data.errors import TooShortError
from engine.data.metrics import rmse
from engine.data.series.panel_dataset import PanelDataset
from engine.data.splits import PARTS
from engine.model import Model
from engine.network import Network
from engine.uses.inference import forecast
from tests.engine.data.making import Write, experiment, windows_of

LENGTHS = {"north": 40, "south": 33, "east": 52}


def sales(*, rows: dict[str, int] | None = None, changed: str = "", gap: int = -1) -> str:
    """A store of each name, of different size; rows of all stores by date. The test part of `changed` is other."""
    lines = []
    for number, (name, count) in enumerate((rows or LENGTHS).items()):
        for row in range(count):
            value: Any = 10.0 ** (number + 1) * (1 + 0.02 * row + 0.1 * (row % 4)) + (
                1e6 if name == changed and row >= count - 6 else 0
            )
            cell = "" if row == gap and name == "south" else f"{value:.6g}"
            lines.append(f"{2000 + row // 12}-{row % 12 + 1:02d},{name},{row % 7},{cell}")
    return "\n".join(["date,store,price,sales", *sorted(lines)]) + "\n"


def panel(path: Path, **data: Any) -> PanelDataset:
    settings = {"time_column": "date", "sequence_column": "store", "targets": "sales", **data}
    topology = settings.pop("topology", "many_to_one")
    found = load(experiment(path, **settings).replace({"model.topology": topology}))
    assert isinstance(found, PanelDataset)
    return found


def plain(name: str) -> list[float]:
    number = list(LENGTHS).index(name)
    made = [10.0 ** (number + 1) * (1 + 0.02 * row + 0.1 * (row % 4)) for row in range(LENGTHS[name])]
    return [float(f"{value:.6g}") for value in made]


@pytest.mark.parametrize("topology", ["one_to_one", "many_to_one", "many_to_many"])
def test_each_series_is_cut_as_it_would_be_alone(write: Write, topology: str) -> None:
    data = panel(write("a.csv", sales()), topology=topology)
    for part in PARTS:
        assert {name for name, *_ in data.slices(part)} == set(LENGTHS)
        for name, _, place in data.slices(part):
            look_back = 1 if topology == "one_to_one" else 4
            alone = windows_of({"sales": plain(name)}, topology=topology, look_back=look_back)
            positions = np.arange(place.start, place.stop)
            here, there = data.batch(part, positions), alone.batch(part, positions - place.start)
            np.testing.assert_array_equal(here.inputs, there.inputs)
            np.testing.assert_array_equal(here.targets, there.targets)
            np.testing.assert_array_equal(here.positions, positions)


@pytest.mark.parametrize("part", PARTS)
def test_every_window_comes_once_and_scores_are_of_all(write: Write, part: str) -> None:
    data = panel(write("a.csv", sales(gap=20)))
    batches = list(data.batches(part, 7, seed=3, epoch=1))
    assert len(batches) == data.batch_count(part, 7)
    assert sorted(np.concatenate([batch.positions for batch in batches]).tolist()) == list(range(data.count(part)))
    outputs = [np.zeros((len(batch.positions), 1), np.float32) for batch in data.batches(part, 7)]
    scorer = data.scorer(part)
    for batch, values in zip(data.batches(part, 7), outputs, strict=True):
        scorer.add(batch, values)
    scores = dict(scorer.result())
    said = data.decode(np.zeros((data.count(part), 1)), part)[:, 0]
    assert scores["RMSE"] == pytest.approx(rmse(data.truth(part), said))
    name, _, place = data.slices(part)[1]
    assert scores[f"RMSE {name}"] == pytest.approx(rmse(data.truth(part)[place], said[place]))
    assert scorer.main() == scores["RMSE"]
    assert len(data.labels(part)) == data.count(part)


def test_simple_forecasts_know_their_own_series_only(write: Write) -> None:
    data = panel(write("a.csv", sales()))
    found = dict(data.baseline_forecasts("test"))
    assert {"naive", "drift", "AR"} <= set(found)
    for name, member, place in data.slices("test"):
        assert name in LENGTHS
        np.testing.assert_allclose(found["naive"][place], member.anchors("test")[:, 0], rtol=1e-6)


@pytest.mark.parametrize("scaled_by", ["series", "all"])
@pytest.mark.parametrize("scaler", ["standard", "minmax"])
@pytest.mark.parametrize("transform", ["none", "log_difference"])
def test_the_test_part_changes_nothing_that_training_sees(
    write: Write, scaled_by: str, scaler: str, transform: str
) -> None:
    settings = {"scaled_by": scaled_by, "scaler": scaler, "transform": transform, "missing_inputs": True}
    first = panel(write("a.csv", sales(gap=20)), **settings)
    other = panel(write("b.csv", sales(gap=20, changed="east")), **settings)
    assert first.metadata() == other.metadata()
    assert first.input_size == 2
    for part in ("train", "validation"):
        for a, b in zip(first.batches(part, 8, seed=1), other.batches(part, 8, seed=1), strict=True):
            np.testing.assert_array_equal(a.inputs, b.inputs)
            np.testing.assert_array_equal(a.targets, b.targets)


def test_scalers_are_of_each_series_or_of_all(write: Write) -> None:
    path = write("a.csv", sales())
    each, common = panel(path), panel(path, scaled_by="all")
    for data, ranges in ((each, 1), (common, 3)):
        kinds = {member.preparation.input_scaler.scale[0] for member in data.members.values()}
        assert len(kinds) == (3 if ranges == 1 else 1)
        again = Preparation.from_metadata(json.loads(json.dumps(data.metadata())))
        assert isinstance(again, SeriesPreparation)
        for name, member in data.members.items():
            assert again.of_series(name).input_scaler.to_dict() == member.preparation.input_scaler.to_dict()
    with pytest.raises(ValueError, match="was not trained on the series 'west'"):
        each.preparation.of_series("west")


def test_a_series_too_short_is_left_out_and_named(write: Write) -> None:
    data = panel(write("a.csv", sales(rows={**LENGTHS, "new": 7})))
    assert list(data.members) == ["north", "south", "east"] or set(data.members) == set(LENGTHS)
    assert any("1 series too short for one window left out: new" in note for note in data.notes())
    with pytest.raises(ValueError, match="no series is long enough"):
        panel(write("b.csv", sales(rows={"a": 7, "b": 8})))
    assert issubclass(TooShortError, ValueError)


@pytest.mark.parametrize("scaled_by", ["series", "all"])
def test_every_series_is_forecast_ahead(write: Write, scaled_by: str) -> None:
    path = write("a.csv", sales(gap=20))
    settings = {"time_column": "date", "sequence_column": "store", "targets": "sales", "inputs": "price"}
    chosen = experiment(path, **settings, scaled_by=scaled_by, horizon=2, missing_inputs=True)
    dataset = load(chosen)
    assert isinstance(dataset, PanelDataset)
    network = Network(chosen.model, dataset.input_size, 1, seed=1, threads=1)
    model = Model(chosen, network, dataset.metadata())
    found = forecast(model)
    assert found.header == ("store", "date", "sales", "forecast", "part")
    ahead = [row[:2] for row in found.rows() if row[-1] == "ahead"]
    assert sorted(ahead) == sorted([
        ["north", "2003-05"], ["north", "2003-06"], ["south", "2002-10"], ["south", "2002-11"],
        ["east", "2004-05"], ["east", "2004-06"],
    ])  # fmt: skip
    outputs = np.concatenate([network.forward(batch.inputs).values for batch in dataset.batches("test", 64)])
    order = np.concatenate([batch.positions for batch in dataset.batches("test", 64)])
    tested = np.array([row[3] for row in found.rows() if row[-1] == "test"])
    np.testing.assert_allclose(tested[order], dataset.decode(outputs[np.argsort(order)])[order, 0], rtol=1e-5)
    given = forecast(model, path)
    np.testing.assert_allclose(given.forecast, found.forecast, rtol=1e-6)


def test_such_a_table_is_recognised(write: Write) -> None:
    data = suggest(write("a.csv", sales())).experiment.data
    assert (data.kind, data.time_column, data.sequence_column) == ("series", "date", ("store",))
    assert data.targets == ("sales",)


def test_series_whose_seasons_differ_have_no_seasonal_difference_in_common(write: Write) -> None:
    months = [f"{2000 + row // 12}-{1 + row % 12:02d}-01,north,{row % 12}" for row in range(60)]
    quarters = [f"{2000 + row // 4}-{1 + row % 4 * 3:02d}-01,south,{row % 4}" for row in range(60)]
    path = write("a.csv", "\n".join(["date,store,sales", *months, *quarters]))
    with pytest.raises(DataError, match=r"seasons of different lengths.*data\.season"):
        panel(path, seasonal_difference=True)
    assert panel(path, seasonal_difference=True, season=4).preparation.lead == 4


def two_keys(text: str) -> str:
    """`sales` with a shop and an item in place of the store."""
    for name, keys in (("store", "shop,item"), ("north", "n,tea"), ("south", "n,oil"), ("east", "e,tea")):
        text = text.replace(name, keys)
    return text


def test_several_columns_that_tell_series_do_what_one_does(write: Write) -> None:
    one, two = write("a.csv", sales(gap=20)), write("b.csv", two_keys(sales(gap=20)))
    tables = []
    for path, keys in ((one, "store"), (two, "shop,item")):
        chosen = experiment(path, time_column="date", sequence_column=keys, targets="sales")
        dataset = load(chosen)
        network = Network(chosen.model, dataset.input_size, 1, seed=1, threads=1)
        tables.append(forecast(Model(chosen, network, json.loads(json.dumps(dataset.metadata())))))
    assert tables[1].header == ("shop", "item", "date", "sales", "forecast", "part")
    as_one = {("n", "tea"): "north", ("n", "oil"): "south", ("e", "tea"): "east"}
    both = [[as_one[str(row[0]), str(row[1])], *row[2:]] for row in tables[1].rows()], tables[0].rows()
    assert str(both[0]) == str(both[1])  # with what nobody knows yet


def test_a_model_of_an_earlier_version_names_one_column(write: Write) -> None:
    preparation = panel(write("a.csv", sales())).preparation
    for earlier, now in (("store", ("store",)), ("", ())):
        read = SeriesPreparation.read({**preparation.metadata(), "sequence_column": earlier})
        assert read.sequence_column == now


def test_words_that_could_not_be_told_apart_again_are_refused(write: Write) -> None:
    path = write("a.csv", two_keys(sales()).replace("n,oil", "n · x,oil"))
    with pytest.raises(DataError, match=r"column 'shop' holds 'n · x'.*name one column alone"):
        panel(path, sequence_column="shop,item")
