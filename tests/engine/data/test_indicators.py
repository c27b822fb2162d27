"""Words among the inputs of a series: an input of 1 and 0 for each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import DataError, load
from engine.data.series.series_dataset import SeriesDataset
from engine.export import proof
from engine.export.particulars import Exportable
from engine.export.targets import target
from engine.forecasts.forecast_table import Forecast
from engine.model import Model
from engine.network import Network
from engine.uses.inference import forecast
from tests.engine.data.making import Write, experiment, table, values
from tests.engine.data.test_panel import panel, sales

WEATHER = ["rain", "dry", " dry", "", "snow"] * 8  # of 40 rows; the last twelve are validation and test part
SETTINGS: dict[str, Any] = {"time_column": "date", "targets": "value", "inputs": "weather"}


def weather(words: list[str]) -> str:
    return table(value=values(), weather=words)


def series(path: Path, **data: Any) -> SeriesDataset:
    found = load(experiment(path, **SETTINGS | data))
    assert isinstance(found, SeriesDataset)
    return found


def test_each_word_has_an_input(write: Write) -> None:
    found = series(write("a.csv", weather(WEATHER)))
    assert found.series.names == ("value", "weather=dry", "weather=rain", "weather=snow")
    assert found.preparation.inputs == found.series.names[1:]
    nan = np.nan
    np.testing.assert_array_equal(
        found.series.values[:5, 1:], [[0, 1, 0], [1, 0, 0], [1, 0, 0], [nan, nan, nan], [0, 0, 1]]
    )
    assert any("'weather' holds words: an input for each of 3" in note for note in found.notes())


def test_words_that_come_later_change_nothing_that_training_sees(write: Write) -> None:
    later = [*WEATHER[:-12], *["hail"] * 6, *WEATHER[-6:]]
    first, other = series(write("a.csv", weather(WEATHER))), series(write("b.csv", weather(later)))
    assert first.metadata() == other.metadata()
    for a, b in zip(first.batches("train", 8, seed=1), other.batches("train", 8, seed=1), strict=True):
        np.testing.assert_array_equal(a.inputs, b.inputs)
        np.testing.assert_array_equal(a.targets, b.targets)
    assert not other.series.values[30:34, 1:].any(), "a word that was not learned from is none of those that were"


def test_what_is_known_ahead_may_be_words(write: Write) -> None:
    found = series(write("a.csv", weather(WEATHER)), known_inputs="weather", horizon=2)
    assert found.preparation.known == ("weather=dry", "weather=rain", "weather=snow")
    assert found.series.values[2, 3] == 1  # of the row that is answered: snow


def test_one_word_alone_may_be_asked_for(write: Write) -> None:
    found = series(write("a.csv", weather(WEATHER)), inputs="weather=snow")
    assert found.series.names == ("value", "weather=snow")


def test_several_series_share_the_words_of_all(write: Write) -> None:
    lines = sales().splitlines()
    text = "\n".join([f"{lines[0]},kind", *(f"{line},{'big' if 'east' in line else 'small'}" for line in lines[1:])])
    found = panel(write("a.csv", text), inputs="kind")
    assert {member.series.names for member in found.members.values()} == {("sales", "kind=big", "kind=small")}
    assert found.input_size == 3


def test_texts_are_no_categories(write: Write) -> None:
    path = write("a.csv", weather([f"remark {row}" for row in range(40)]))
    with pytest.raises(DataError, match=r"'weather' holds 40 different texts \('remark 0', …\), too many"):
        series(path)


def test_another_file_and_the_exported_script_read_them_too(write: Write, tmp_path: Path) -> None:
    path = write("a.csv", weather(WEATHER))
    chosen = experiment(path, **SETTINGS)
    dataset = series(path)
    network = Network(chosen.model.__class__(hidden_size=3), dataset.input_size, 1, seed=1, threads=1)
    model = Model(chosen, network, dataset.metadata())
    other = write("b.csv", weather([*["hail"] * 8, *WEATHER[8:-1], "rain"]))
    found = forecast(model, other)
    assert isinstance(found, Forecast)
    assert not np.array_equal(found.forecast[-1], forecast(model, path).forecast[-1])
    assert proof.export(Exportable(model), target("python_script"), tmp_path / "model.py").passed
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "model.py", other], capture_output=True, text=True, check=True
    )
    assert float(done.stdout.split(",")[-1]) == pytest.approx(found.forecast[-1, 0], rel=1e-5)


@pytest.mark.parametrize(
    ("columns", "inputs", "match"),
    [
        (
            {"a": ["b=c", "d"] * 20, "a=b": ["c", "e"] * 20},
            ("a", "a=b"),
            "a word of column 'a' or of column 'a=b'",
        ),
        (
            {"a": ["b", "c"] * 20, "a=b": [1, 2] * 20},
            ("a",),
            "word 'b' of column 'a' would be an input of the name",
        ),
    ],
)
def test_inputs_of_the_same_name_are_refused(
    write: Write, columns: dict[str, list[Any]], inputs: tuple[str, ...], match: str
) -> None:
    path = write("a.csv", table(value=values(), **columns))
    with pytest.raises(DataError, match=match):
        series(path, inputs=inputs)
