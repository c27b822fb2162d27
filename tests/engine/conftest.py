from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest

from engine import data
from engine.compiling import warmup
from engine.config import Experiment
from engine.data import Dataset

SMALL = {
    "data.sample": "noisy_sine",
    "data.length": 160,
    "data.look_back": 8,
    "data.season": 40,
    "model.cell": "elman",
    "model.hidden_size": 4,
    "training.batch_size": 32,
    "training.epochs": 2,
    "training.threads": 1,
}


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs compile in the process of the tests: a second one for each kind of run takes longer than it saves."""
    monkeypatch.setattr(warmup, "second_process", lambda _: contextlib.nullcontext())


@pytest.fixture
def experiment() -> Experiment:
    """A network of four units on a short noisy sine wave: 4 steps an epoch."""
    return Experiment().replace(SMALL)


@pytest.fixture
def dataset(experiment: Experiment) -> Dataset:
    return data.load(experiment)


@pytest.fixture
def refuge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a run goes that cannot be saved where it belongs; the tests clear it up."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
