from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.data import DataError
from engine.model import Model
from engine.network import Network
from engine.uses.inference import forecast, generate

MONTHS = [f"{year}-{month:02d}" for year in range(2000, 2008) for month in range(1, 13)]


def write_table(path: Path, count: int = len(MONTHS)) -> Path:
    rows = [(date, 100 + k + 10 * np.sin(k / 2), k % 7) for k, date in enumerate(MONTHS[:count])]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("Date", "Sold", "Price"), *rows])
    return path


def model_of(experiment: Experiment) -> Model:
    """Untrained: what it says does not matter, where it says it does."""
    dataset = data.load(experiment)
    network = Network(experiment.model, dataset.input_size, dataset.output_size, tokens=dataset.tokens, threads=1)
    return Model(experiment, network, dataset.metadata())


@pytest.fixture
def series(tmp_path: Path) -> Experiment:
    return Experiment().replace(
        {
            "data.file": str(write_table(tmp_path / "sold.csv")),
            "data.time_column": "Date",
            "data.targets": "Sold",
            "data.inputs": "Price",
            "data.look_back": 6,
            "data.validation": 12,
            "data.test": 12,
            "model.hidden_size": 3,
        }
    )


@pytest.mark.parametrize("transform", ["none", "log", "difference", "log_difference"])
@pytest.mark.parametrize("horizon", [1, 3])
def test_the_runs_own_data_are_forecast_as_they_were_scored(series: Experiment, transform: str, horizon: int) -> None:
    experiment = series.replace({"data.transform": transform, "data.horizon": horizon})
    model, dataset = model_of(experiment), data.load(experiment)
    found = forecast(model)
    assert found.header == ("date", "Sold", "forecast", "part")
    for part in ("validation", "test"):
        outputs = np.concatenate([model.network.forward(batch.inputs).values for batch in dataset.batches(part, 64)])
        rows = [k for k, name in enumerate(found.parts) if name == part]
        np.testing.assert_allclose(found.forecast[rows], dataset.decode(outputs, part), rtol=1e-6)
        np.testing.assert_allclose(found.truth[rows, 0], dataset.truth(part), rtol=1e-6)
        assert tuple(found.dates[k] for k in rows) == dataset.labels(part)


def test_beyond_the_end_there_is_a_row_for_each_step_of_the_horizon(series: Experiment) -> None:
    found = forecast(model_of(series.replace({"data.horizon": 3})))
    assert [(row[0], row[1] != row[1], row[3]) for row in found.rows()[-4:]] == [
        ("2007-12", False, "test"),
        ("2008-01", True, "ahead"),
        ("2008-02", True, "ahead"),
        ("2008-03", True, "ahead"),
    ]


def test_another_file_is_forecast_with_the_runs_own_scaler(series: Experiment, tmp_path: Path) -> None:
    model = model_of(series)
    other = forecast(model, write_table(tmp_path / "short.csv", 40))
    own = forecast(model)
    assert set(other.parts) == {"given", "ahead"}
    np.testing.assert_allclose(other.forecast, own.forecast[: len(other.forecast)])


def test_a_file_of_one_window_gives_what_lies_ahead(series: Experiment, tmp_path: Path) -> None:
    found = forecast(model_of(series), write_table(tmp_path / "window.csv", 6))
    assert (found.dates, found.parts) == (("2000-07",), ("ahead",))


def test_a_file_shorter_than_a_window_is_refused(series: Experiment, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="reads 6 rows, but the file has 5"):
        forecast(model_of(series), write_table(tmp_path / "short.csv", 5))


def test_a_file_without_the_columns_is_refused(series: Experiment, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("Date,Bought\n2000-01,1\n2000-02,2\n")
    with pytest.raises(DataError, match="Sold"):
        forecast(model_of(series), tmp_path / "other.csv")


def test_rows_that_come_at_another_step_go_on_at_their_own_which_is_said(series: Experiment, tmp_path: Path) -> None:
    days = "\n".join(f"2024-02-{day:02d},{day % 5},1" for day in range(5, 30))
    (tmp_path / "daily.csv").write_text(f"Date,Sold,Price\n{days}\n")
    found = forecast(model_of(series), tmp_path / "daily.csv")
    assert found.dates[-1] == "2024-03-01"
    assert found.assumed == ("these rows are daily, but the network learned from monthly ones",)
    assert not forecast(model_of(series)).assumed


def test_the_step_of_training_holds_where_few_rows_cannot_tell_it(series: Experiment, tmp_path: Path) -> None:
    days = np.busday_offset(np.datetime64("2024-01-01"), np.arange(60), roll="forward").astype(str)
    head, *rows = ["Date,Sold,Price", *(f"{day},{k % 7},1" for k, day in enumerate(days))]
    (tmp_path / "sold.csv").write_text("\n".join([head, *rows]))
    model = model_of(series.replace({"data.look_back": 2}))
    (tmp_path / "week.csv").write_text("\n".join([head, *rows[10:15]]))  # Monday to Friday
    found = forecast(model, tmp_path / "week.csv")
    assert found.dates[-2:] == ("2024-01-19", "2024-01-22")
    assert not found.assumed


def test_what_was_done_to_a_given_file_is_told(series: Experiment, tmp_path: Path) -> None:
    table = write_table(tmp_path / "gaps.csv", 40).read_text().splitlines()
    table[20] = table[20].partition(",")[0] + ",shut,3"
    (tmp_path / "gaps.csv").write_text("\n".join(table))
    read = forecast(model_of(series), tmp_path / "gaps.csv").read
    assert any("'shut'" in note for note in read)
    assert any("1 missing value of 'Sold'" in note for note in read)
    assert not forecast(model_of(series)).read


def test_several_targets_have_a_pair_of_columns_each(series: Experiment) -> None:
    found = forecast(model_of(series.replace({"data.targets": "Sold,Price", "data.inputs": ""})))
    assert found.header == ("date", "Sold", "forecast Sold", "Price", "forecast Price", "part")
    assert len(found.rows()[0]) == 6


def test_aligned_answers_are_read_at_the_last_step(series: Experiment) -> None:
    experiment = series.replace({"model.topology": "many_to_many"})
    model, dataset = model_of(experiment), data.load(experiment)
    outputs = np.concatenate([model.network.forward(batch.inputs).values[-1] for batch in dataset.batches("test", 64)])
    rows = [k for k, name in enumerate(forecast(model).parts) if name == "test"]
    np.testing.assert_allclose(forecast(model).forecast[rows], dataset.decode(outputs, "test"), rtol=1e-6)


def test_rows_without_dates_are_numbered(series: Experiment) -> None:
    found = forecast(model_of(series.replace({"data.time_column": ""})))
    assert (found.dates[0], found.dates[-1]) == ("7", str(len(MONTHS) + 1))


def test_generated_sequences_have_nothing_to_forecast() -> None:
    adding = data.sample("adding").experiment.replace({"model.hidden_size": 2, "data.sequences": 10})
    with pytest.raises(DataError, match="generated"):
        forecast(model_of(adding))


# --- text -----------------------------------------------------------------------------------------------


@pytest.fixture
def writer(tmp_path: Path) -> Model:
    (tmp_path / "text.txt").write_text("the cat sat on the mat. " * 60)
    changes = {"data.file": str(tmp_path / "text.txt"), "data.kind": "text", "model.topology": "many_to_many"}
    return model_of(Experiment().replace({**changes, "data.sequence_length": 20, "model.hidden_size": 5}))


@pytest.mark.parametrize("temperature", [0.0, 0.5, 2.0])
def test_the_same_seed_writes_the_same_text(writer: Model, temperature: float) -> None:
    first, again = (generate(writer, "the ", 50, temperature, seed=3).text for _ in range(2))
    assert first == again
    assert len(first) == 50
    assert set(first) <= set("the cat sat on the mat. ")


def test_seeds_differ_and_greedy_does_not_care(writer: Model) -> None:
    texts = {generate(writer, "the ", 50, 1.0, seed).text for seed in range(3)}
    assert len(texts) == 3
    assert len({generate(writer, "the ", 50, 0.0, seed).text for seed in range(3)}) == 1


def test_greedy_takes_the_likeliest_each_time(writer: Model) -> None:
    tokens = writer.preparation.encode("the c")  # type: ignore[attr-defined]
    written = generate(writer, "the c", 3, 0.0).text
    for symbol in written:
        scores = writer.network.forward(tokens[:, None]).values[-1, 0]
        best = 1 + int(scores[1:].argmax())
        assert writer.preparation.decode([best]) == symbol  # type: ignore[attr-defined]
        tokens = np.append(tokens, np.int32(best))


def test_characters_never_seen_are_named(writer: Model) -> None:
    assert generate(writer, "çat Ω", 5).notes == ("characters the network does not know, read as unknown: 'ç' 'Ω'",)
    assert generate(writer, "", 5).notes == ()


def test_each_model_is_asked_for_what_it_can_do(writer: Model, series: Experiment) -> None:
    with pytest.raises(DataError, match="prompt"):
        forecast(writer)
    with pytest.raises(DataError, match="forecasts a series"):
        generate(model_of(series), "the ")


def test_models_differ_by_more_than_their_weights(series: Experiment) -> None:
    model = model_of(series)
    with pytest.raises(DataError, match="incomplete"):
        replace(model, metadata={"kind": "series"})
