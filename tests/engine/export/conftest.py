"""The proof of every export reads the data of its run: the same few, hundreds of times."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.config import Experiment
from engine.data import Dataset, load
from engine.export import given


@pytest.fixture(autouse=True)
def data_that_stay_the_same_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "load", lambda experiment: _loaded(experiment, _state(experiment.data.file)))


@cache
def _loaded(experiment: Experiment, _state: tuple[int, int] | None) -> Dataset:
    return load(experiment)


def _state(file: str) -> tuple[int, int] | None:
    path = Path(file)
    if not file or not path.exists():
        return None
    return path.stat().st_mtime_ns, path.stat().st_size
