"""The index of runs: never believed before the folders, made anew whenever it is missing, damaged or locked."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import data, past_runs
from engine.config import Experiment
from engine.past_runs import PastRun
from engine.storage import run_index
from engine.storage.run_folders import write_notes
from engine.storage.run_index import NAME
from engine.training import TrainingRun
from tests.engine.fuzz_mutations import mutated
from tests.engine.fuzz_readers import SMALL


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for cell in ("elman", "gru"):
        experiment = Experiment().replace({**SMALL, "model.cell": cell})
        list(TrainingRun(experiment, data.load(experiment), folder=folder / cell))
    return folder


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "runs"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of folders that were read, in their order."""
    names: list[str] = []
    real = past_runs._facts

    def facts(folder: Path) -> dict[str, object]:
        names.append(folder.name)
        return real(folder)

    monkeypatch.setattr(past_runs, "_facts", facts)
    return names


def told(found: tuple[PastRun, ...]) -> list[str]:
    return [repr(run) for run in found]  # NaN is not equal to itself


def test_a_second_look_reads_no_folder_and_says_the_same(runs: Path, read: list[str]) -> None:
    first = past_runs.past_runs(runs)
    assert sorted(read) == ["elman", "gru"]
    read.clear()
    assert told(past_runs.past_runs(runs)) == told(first)
    assert read == []


def test_what_has_changed_is_read_again(runs: Path, read: list[str]) -> None:
    past_runs.past_runs(runs)
    read.clear()
    write_notes(runs / "gru", "the better one")
    assert {run.folder.name: run.notes for run in past_runs.past_runs(runs)} == {"elman": "", "gru": "the better one"}
    assert read == ["gru"]
    shutil.rmtree(runs / "elman")
    assert [run.folder.name for run in past_runs.past_runs(runs)] == ["gru"]
    with sqlite3.connect(runs / NAME) as connection:
        assert connection.execute("SELECT name FROM runs").fetchall() == [("gru",)]
    connection.close()


def test_a_file_of_the_same_size_and_time_is_still_another(runs: Path, read: list[str]) -> None:
    """As when the clock was set back."""
    past_runs.past_runs(runs)
    path = runs / "gru/experiment.toml"
    before = path.stat()
    other = path.with_name("other")
    other.write_text(path.read_text().replace("seed = 0", "seed = 7"))
    other.replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    seeds = {run.folder.name: run.experiment.training.seed for run in past_runs.past_runs(runs)}
    assert seeds == {"elman": 0, "gru": 7}


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _lie(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET facts = replace(facts, 'elman', 'lstm')")
    connection.close()


def _another_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def _endless(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {run_index._VERSION}")
        connection.execute(
            "CREATE VIEW runs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT 'a' AS name, 'b' AS stamp, 'c' AS facts, 'd' AS checksum FROM n WHERE i < 0"
        )
    connection.close()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "harm", [Path.unlink, _truncate, lambda p: p.write_text("no database"), _lie, _another_version, _endless, _folder]
)
def test_harm_to_the_index_is_no_harm_to_the_list(
    runs: Path, harm: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.storage.run_index._LONGEST_SECONDS", 0.05)
    first = past_runs.past_runs(runs)
    harm(runs / NAME)
    assert told(past_runs.past_runs(runs)) == told(first)
    assert told(past_runs.past_runs(runs)) == told(first)


def test_an_index_that_another_window_holds_is_done_without(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.storage.run_index._BUSY_SECONDS", 0.01)
    first = past_runs.past_runs(runs)
    holder = sqlite3.connect(runs / NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    write_notes(runs / "gru", "meanwhile")
    assert [run.notes for run in past_runs.past_runs(runs) if run.folder.name == "gru"] == ["meanwhile"]
    holder.close()
    assert len(first) == 2


def test_a_folder_that_cannot_be_written_is_listed(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("engine.storage.run_index.sqlite3.connect", refused)
    assert len(past_runs.past_runs(runs)) == 2
    assert not (runs / NAME).exists()


def test_no_bytes_in_the_index_change_the_list(runs: Path) -> None:
    first, chance = told(past_runs.past_runs(runs)), random.Random(0)
    good = (runs / NAME).read_bytes()
    for _ in range(40):
        (runs / NAME).write_bytes(mutated(good, chance))
        assert told(past_runs.past_runs(runs)) == first
