"""Kernels are compiled ahead, in two processes, whatever the cell."""

from __future__ import annotations

import subprocess

import pytest

from engine.compiling import first_kernels, warmup
from engine.config import CELLS, Experiment
from engine.data import load, sample
from workbench.draft import FIRST_SAMPLE

SECOND_PROCESS = warmup.second_process  # other tests do without
AIRLINE = sample("airline_passengers").experiment


@pytest.mark.parametrize("cell", CELLS)
def test_the_second_process_finds_its_way_through_every_cell(cell: str) -> None:
    experiment = AIRLINE.replace({"model.cell": cell})
    warmup.compile_the_way_back(
        {
            "experiment": experiment.to_dict(),
            "input_size": 1,
            "output_size": 1,
            "tokens": cell == "gru",
            "writes_tokens": False,
            "heard_size": 0,
        }
    )


def test_the_first_kernels_are_those_of_the_sample_that_the_window_opens_with(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Experiment] = []
    monkeypatch.setattr(first_kernels, "warm_up", lambda experiment, dataset: compiled.append(experiment))
    first_kernels.compile_first()
    assert compiled == [sample(FIRST_SAMPLE).experiment]


def test_a_second_process_is_started_where_nothing_is_known_yet(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(warmup, "CACHE", str(tmp_path))  # of the stamps; kernels stay where they are
    monkeypatch.setattr(subprocess, "Popen", Noted)
    monkeypatch.setattr(warmup, "second_process", SECOND_PROCESS)
    dataset = load(AIRLINE)
    warmup.warm_up(AIRLINE, dataset)
    warmup.warm_up(AIRLINE, dataset)
    assert len(started) == 1
    assert started[0].poll() is not None, "it ends with the preparation"
