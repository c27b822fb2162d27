"""What suits data of which nothing is known: how its level behaves, how long to train, and columns that were named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.config import DataConfig, Experiment
from engine.data import DataError, load, suggest
from engine.data.guess import training_for
from engine.data.inspection import peek
from engine.data.scaling import Reals
from engine.data.series.series_suggestion import comes_again, transform_for
from engine.events import RunFinished
from engine.training import TrainingRun
from tests.engine.data.making import Write

STEPS = np.arange(400.0)
CHANCE = np.random.default_rng(5)
NOISE = CHANCE.normal(size=400)
SERIES: dict[str, tuple[Reals, str]] = {
    "a rise": (STEPS + NOISE, "difference"),
    "a walk": (np.cumsum(NOISE), "difference"),
    "a slow wave": (np.sin(STEPS / 9), "difference"),
    "growth in per cent": (np.exp(STEPS / 99) * (5 + np.sin(STEPS / 2)), "log_difference"),
    "a rise through zero": (STEPS * (1 + NOISE / 9) - 50, "difference"),
    "noise": (NOISE, "none"),
    "a wave of few steps": (np.sin(STEPS * 1.9) + NOISE / 9, "none"),
    "marks": (np.repeat([0.0, 1.0], 200), "none"),
    "few values": (STEPS[:12], "none"),
    "nothing": (np.full(400, np.nan), "none"),
}


@pytest.mark.parametrize("case", SERIES)
def test_the_transform_follows_from_how_the_level_behaves(case: str) -> None:
    values, transform = SERIES[case]
    found, why = transform_for([values])
    assert found == transform
    assert bool(why) == (transform != "none")


@pytest.mark.parametrize("case", SERIES)
def test_what_is_held_out_decides_nothing(case: str) -> None:
    values = SERIES[case][0].copy()
    expected = transform_for([values.copy()])
    values[round(len(values) * 0.7) :] *= -1000.0
    assert transform_for([values]) == expected


def test_most_of_several_series_decide() -> None:
    rise, noise = SERIES["a rise"][0], SERIES["noise"][0]
    assert transform_for([rise, rise, noise])[0] == "difference"
    assert transform_for([rise, noise, noise])[0] == "none"


WEEK = np.tile([5.0, 1.0, 0.0, 2.0, 3.0, 9.0, 8.0], 60)[:400]
SEASONS: dict[str, tuple[Reals, str, int, bool]] = {
    "a week upon noise": (WEEK + NOISE / 2, "none", 7, True),
    "a week upon a walk": (WEEK + np.cumsum(NOISE) / 9, "difference", 7, True),
    "a week upon growth": (np.exp(STEPS / 99) * (20 + WEEK), "log_difference", 7, True),
    "a week with gaps": (np.where(STEPS % 11 == 0, np.nan, WEEK), "none", 7, True),
    "a week under noise": (WEEK + 9 * NOISE, "none", 7, False),
    "another week": (WEEK, "none", 6, False),
    "a walk": (np.cumsum(NOISE), "difference", 7, False),
    "a rise": (STEPS, "difference", 7, False),
    "too few years": (np.tile(NOISE[:100], 4), "none", 100, False),
    "no season": (WEEK, "none", 1, False),
    "nothing": (np.full(400, np.nan), "none", 7, False),
}


@pytest.mark.parametrize("case", SEASONS)
def test_a_seasonal_difference_is_suggested_where_most_comes_again(case: str) -> None:
    values, transform, season, expected = SEASONS[case]
    assert comes_again([values], transform, season) == expected
    held_out = values.copy()
    held_out[round(len(values) * 0.7) :] = 1e6
    assert comes_again([held_out], transform, season) == expected
    assert comes_again([values, values, NOISE + 9], transform, season) == expected


@pytest.mark.parametrize("examples", [1, 30, 100, 3_000, 40_000, 1_000_000, 10_000_000])
def test_any_number_of_examples_gets_a_few_thousand_updates(examples: int) -> None:
    found = training_for(examples, DataConfig())
    updates = examples * 0.7 / found["batch_size"] * found["epochs"]
    assert 3 <= found["epochs"] <= 200
    assert updates <= 2_500 or found["epochs"] == 3
    assert updates >= 1_500 or found["epochs"] == 200


def test_settings_of_the_training_that_were_made_are_kept(write: Write) -> None:
    path = write("a.csv", "value\n" + "".join(f"{value}\n" for value in STEPS))
    base = Experiment().replace({"training.epochs": 7})
    found = suggest(path, base).experiment.training
    assert found.epochs == 7
    assert found.learning_rate != base.training.learning_rate


TABLE = "date,heart,load,state\n" + "".join(
    f"2021-{1 + at // 28:02d}-{1 + at % 28:02d},{60 + at % 7},{at},{['calm', 'busy'][at // 20 % 2]}\n"
    for at in range(300)
)
SAID: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"targets": ("heart",)}, {"kind": "series", "targets": ("heart",), "time_column": "date", "transform": "none"}),
    ({"targets": ("load",)}, {"kind": "series", "targets": ("load",), "transform": "difference"}),
    ({"label": "heart"}, {"kind": "sequences", "label": "heart", "inputs": ("load",)}),
    ({"label": "state"}, {"kind": "sequences", "label": "state", "inputs": ("heart", "load")}),
    ({"text_column": "state", "label": "heart"}, {"kind": "labelled_text", "text_column": "state", "label": "heart"}),
    (
        {"sequence_column": "state", "label": "load"},
        {"kind": "sequences", "sequence_column": ("state",), "label": "load"},
    ),
)


@pytest.mark.parametrize(("said", "expected"), SAID)
def test_columns_that_are_named_are_taken_as_they_are_meant(
    write: Write, said: dict[str, Any], expected: dict[str, Any]
) -> None:
    base = Experiment().replace({f"data.{name}": value for name, value in said.items()})
    found = suggest(write("a.csv", TABLE), base).experiment.data
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("header", "row", "target"),
    [
        ("date,units,holiday", "{day},{n},{flag}", "units"),
        ("date,holiday,units", "{day},{flag},{n}", "units"),
        ("date,units,price,promotion,holiday", "{day},{n},{flag}.5,{flag},0", "units"),
        ("date,open,holiday", "{day},{flag},{flag}", "holiday"),
    ],
)
def test_a_flag_is_not_what_is_forecast(write: Write, header: str, row: str, target: str) -> None:
    days = [str(np.datetime64("2021-01-01") + np.timedelta64(day, "D")) for day in range(90)]
    lines = [row.format(day=day, n=n * 7 % 31, flag=int(n % 5 == 0)) for n, day in enumerate(days)]
    found = suggest(write("a.csv", "\n".join([header, *lines])))
    assert found.experiment.data.targets == (target,)
    assert any(f"target: '{target}', the last column of numbers" in note for note in found.notes)


HEADERS = (
    ("Date,Open,High,Low,Close,Adj Close,Volume", "Close"),  # Yahoo
    ("Date,Close/Last,Volume,Open,High,Low", "Close/Last"),  # Nasdaq
    ("Date,Price,Open,High,Low", "Price"),
    ("Store,Date,Weekly_Sales,Temperature,Fuel_Price,CPI,Unemployment", "Weekly_Sales"),  # Walmart
    ("Store,DayOfWeek,Date,Sales,Customers", "Sales"),  # Rossmann
    ("date,price,weather,sales", "sales"),
    ("time,total load forecast,total load actual,price actual", "total load actual"),  # ENTSO-E
    ("TIME_PERIOD,OBS_VALUE,DECIMALS", "OBS_VALUE"),  # SDMX
    ("ds,y,cap", "y"),
    ("Date,Consumption (GWh),Wind,Solar", "Consumption (GWh)"),
    ("date,AveragePrice,bags", "AveragePrice"),
    ("date,demand_lag,prev_sales,outflow", "outflow"),  # what is known of what is forecast
    ("date,sales_area,load type,outflow", "outflow"),
    ("time,x,y,z", "z"),  # a place
    ("date,HUFL,HULL,OT", "OT"),
)


@pytest.mark.parametrize(("header", "target"), HEADERS)
def test_a_column_whose_name_says_so_is_what_is_forecast(write: Write, header: str, target: str) -> None:
    random, names = np.random.default_rng(3), header.split(",")
    days = [str(np.datetime64("2021-01-01") + np.timedelta64(day, "D")) for day in range(90)]
    dated = {"date", "time", "ds", "time_period"}
    rows = [[day if name.lower() in dated else f"{random.normal():.4f}" for name in names] for day in days]
    path = write("a.csv", "\n".join([header, *map(",".join, rows)]))
    found = suggest(path)
    assert found.experiment.data.targets == (target,)
    assert {column.name for column in peek(path).columns if column.role == "target"} == {target}
    last = target == names[-1] and target != "sales"
    assert f"target: '{target}', {'the last column of numbers' if last else 'as its name says'}" in "; ".join(
        found.notes
    )


@pytest.mark.parametrize("values", ["flag", "count", "word"])
def test_a_name_alone_makes_no_target(write: Write, values: str) -> None:
    days = [str(np.datetime64("2021-01-01") + np.timedelta64(day, "D")) for day in range(90)]
    told = {"flag": ("0", "1"), "word": ("much", "little", "none"), "count": range(90)}[values]
    lines = [f"{day},{told[n % len(told)]},{n * 7 % 31}" for n, day in enumerate(days)]
    found = suggest(write("a.csv", "\n".join(["date,sales,outflow", *lines])))
    assert found.experiment.data.targets == ("outflow",)


@pytest.mark.parametrize(
    ("header", "row", "target"),
    [
        ("t,v", "{n},5", "v"),
        ("v,t", "5,{n}", "v"),
        ("v,seconds", "{value},{tenth}", "v"),
        ("v,back,endless", "{value},-{n},inf", "v"),
        ("v,t,words", "{value},{n},red", "v"),
        ("t,flag", "{n},{flag}", "flag"),
        ("day,t", "{day},{n}", "t"),
        ("day,v,t", "{day},{value},{n}", "v"),
        ("day,rise,latitude", "{day},{n},41.9", "rise"),
        ("t", "{n}", "t"),
    ],
)
def test_what_numbers_the_rows_is_not_what_is_forecast(write: Write, header: str, row: str, target: str) -> None:
    days = np.arange("2020-01-01", "2020-03-01", dtype="M8[D]")
    lines = [
        row.format(day=day, n=n, tenth=n / 10, value=n * 7 % 31, flag=int(n % 5 == 0)) for n, day in enumerate(days, 1)
    ]
    found = suggest(write("a.csv", "\n".join([header, *lines])))
    assert found.experiment.data.targets == (target,)
    if header == "t,v":
        assert "no date column found; rows are taken in their order, which 't' counts" in found.notes
        assert "'v' is 5 in all rows: there is nothing in it to learn" in found.notes


@pytest.mark.parametrize("field", ["label", "text_column", "sequence_column", "time_column"])
def test_a_column_that_is_not_there_is_refused_by_name(write: Write, field: str) -> None:
    with pytest.raises(DataError, match="no column 'stat'"):
        suggest(write("a.csv", TABLE), Experiment().replace({f"data.{field}": "stat"}))


@pytest.mark.parametrize("case", ["a rise", "growth in per cent", "a slow wave", "a wave of few steps"])
def test_what_is_suggested_for_a_series_beats_the_simple_forecasts(write: Write, case: str) -> None:
    path = write("a.csv", "value\n" + "".join(f"{value:.6f}\n" for value in SERIES[case][0]))
    experiment = suggest(path).experiment.replace({"training.memory_check": "never"})
    ended = [event for event in TrainingRun(experiment, load(experiment)) if isinstance(event, RunFinished)]
    simple = {name: score for name, score in ended[0].test_baselines if not name.startswith("AR")}
    assert ended[0].test_metrics[0][1] < min(simple.values())
