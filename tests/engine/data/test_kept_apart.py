"""The badge that nothing leaks is looked up in the examples as they are cut."""

from __future__ import annotations

from typing import Any

import pytest

from engine.data import kept_apart, load, sample
from engine.data.series.windows import WindowShape
from engine.data.splits import Split
from tests.engine.data.making import Write, experiment, sample_data

SAMPLES = ("airline_passengers", "mauna_loa_co2", "freezing_of_gait", "seattle_weather_type", "number_words", "adding")


@pytest.mark.parametrize("key", SAMPLES)
def test_the_parts_of_every_kind_are_apart(key: str) -> None:
    assert kept_apart(sample_data(key))


@pytest.mark.parametrize("key", ["freezing_of_gait", "seattle_weather_type"])
def test_a_step_of_two_parts_is_found(key: str) -> None:
    data: Any = load(sample(key).experiment)
    data._spans["test"].first[0] = data._spans["train"].last[-1] - 1
    data._spans["test"].last[0] = data._spans["train"].last[-1]
    assert not kept_apart(data)


def test_a_pair_of_two_parts_is_found() -> None:
    data: Any = load(sample("number_words").experiment)
    data.rows["validation"][0] = data.rows["train"][0]
    assert not kept_apart(data)


@pytest.mark.parametrize("changes", [{}, {"data.steps": 3}, {"data.sequence_column": "shop"}])
def test_a_window_over_the_border_is_found(
    write: Write, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    rows = "".join(f"{'NS'[n % 2]},{n % 9}.5\n" for n in range(200))
    data = load(experiment(write("a.csv", f"shop,value\n{rows}")).replace({"data.targets": "value"} | changes))
    assert kept_apart(data)
    before = WindowShape.starts

    def too_far(shape: WindowShape, part: str, split: Split) -> range:
        found = before(shape, part, split)
        return range(found.start, found.stop + 1) if part == "train" else found

    monkeypatch.setattr(WindowShape, "starts", too_far)
    assert not kept_apart(data)
