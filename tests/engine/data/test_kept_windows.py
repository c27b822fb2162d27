"""Windows that are kept are those that would be cut anew, of one series and of several."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from engine.data import Dataset, load
from engine.data.series import kept_windows
from engine.data.splits import PARTS
from tests.engine.data.making import Write, experiment, table, values
from tests.engine.data.test_panel import sales
from tests.engine.test_forecast_paths import STEPS, STRATEGIES

SETTINGS: dict[str, dict[str, Any]] = {
    "one answer": {},
    "an answer at each step": {"model.topology": "many_to_many", "data.transform": "difference"},
    **{name: {**changes, "data.steps": STEPS} for name, changes in STRATEGIES.items()},
}


def read(write: Write, changes: dict[str, Any], *, several: bool) -> Dataset:
    if several:
        path, own = write("a.csv", sales(gap=20)), {"sequence_column": "store", "targets": "sales"}
    else:
        gaps: list[Any] = ["" if row in (7, 30) else value for row, value in enumerate(values())]
        path, own = write("a.csv", table(value=gaps)), {"targets": "value"}
    return load(experiment(path, time_column="date", **own).replace(changes))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("several", [False, True], ids=["one series", "several"])
@pytest.mark.parametrize("changes", SETTINGS.values(), ids=SETTINGS)
def test_windows_that_are_kept_are_those_that_are_cut(
    write: Write, changes: dict[str, Any], several: bool, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_windows, "_AT_ONCE", 200)  # bytes: some windows
    kept, cut = (read(write, changes, several=several) for _ in range(2))
    epochs = [list(kept.batches(part, 7, seed=3, epoch=epoch)) for epoch in (0, 1)]
    monkeypatch.setattr(kept_windows, "_MOST", 0)
    for epoch, first in enumerate(epochs):
        for one, other in zip(first, cut.batches(part, 7, seed=3, epoch=epoch), strict=True):
            for field in dataclasses.fields(one):
                np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


@pytest.mark.parametrize("several", [False, True], ids=["one series", "several"])
def test_an_epoch_cuts_nothing_that_was_cut(write: Write, several: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    data = read(write, {}, several=several)
    first = [batch.inputs for batch in data.batches("train", 7)]
    monkeypatch.setattr(type(data), "_cut" if several else "batch", None)
    for one, other in zip(first, data.batches("train", 7), strict=True):
        np.testing.assert_array_equal(one, other.inputs)


@pytest.mark.parametrize("several", [False, True], ids=["one series", "several"])
def test_what_answers_take_counts_as_well(write: Write, several: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of four steps that are answered by many more."""
    changes = {**STRATEGIES["encoder_decoder"], "data.steps": 6, "data.validation": 8, "data.test": 8}
    data = read(write, changes, several=several)
    taken = sum(batch.inputs.nbytes for batch in data.batches("train", 7))
    other = read(write, changes, several=several)
    monkeypatch.setattr(kept_windows, "_MOST", 2 * taken)
    list(other.batches("train", 7))
    assert not any(other._kept._whole.values())  # type: ignore[attr-defined]
