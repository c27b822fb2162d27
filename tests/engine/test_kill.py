"""Kill −9 in mid-run, and disks that fail: what was saved opens, goes on, and ends in the same bits."""

from __future__ import annotations

import builtins
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from engine import data
from engine.config import Experiment
from engine.data import Dataset
from engine.events import WITHDRAWN, Event, Finding, RunFailed, RunFinished, StepDone
from engine.resuming import saved_run
from engine.storage.checkpoints import CheckpointError, Checkpoints
from engine.training import TrainingRun

SETTINGS = {
    "data.sample": "noisy_sine", "data.length": 160, "data.look_back": 8, "data.season": 40, "model.cell": "gru",
    "model.hidden_size": 8, "training.batch_size": 8, "training.epochs": 60, "training.threads": 1,
    "saving.seconds": 0, "saving.keep": 2,
}  # fmt: skip
FILES = ("weights.safetensors", "metrics.csv")
CODE = Path(__file__).parents[2]


def train(*arguments: str) -> subprocess.Popen[str]:
    """The command line in a process of its own, one event a line."""
    return subprocess.Popen(
        [sys.executable, str(CODE / "main.py"), "train", "--json", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=CODE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return Experiment().replace(SETTINGS)


@pytest.fixture(scope="module")
def undisturbed(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    assert isinstance(list(TrainingRun(experiment, data.load(experiment), folder=folder))[-1], RunFinished)
    return folder


def assert_whole(folder: Path) -> None:
    """Nothing that bears a file's own name is half of it; the newest checkpoint can be read."""
    checkpoints = Checkpoints(folder)
    assert checkpoints.damaged() == []
    for path in folder.glob("*.json"):
        json.loads(path.read_text())


def killed_at(moments: list[float], folder: Path) -> int:
    """Start, kill after so many seconds of training, go on, and so forth; how often a kill met the run alive."""
    met = 0
    for moment in moments:
        started = (folder / "experiment.toml").exists()
        process = train(*(["--resume", str(folder)] if started else _fresh(folder)))
        assert process.stdout is not None
        line = ""
        while '"RunStarted"' not in line and (line := process.stdout.readline()):
            continue
        time.sleep(moment)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            met += 1
        process.communicate()
        if (folder / "experiment.toml").exists():
            assert_whole(folder)
        if (folder / "result.json").exists():
            break
    return met


def _fresh(folder: Path) -> list[str]:
    config = folder.with_suffix(".toml")
    config.write_text(tomli_w.dumps(Experiment().replace(SETTINGS).to_dict()))
    return ["--config", str(config), "--out", str(folder)]


def finish(folder: Path) -> None:
    process = train(*(["--resume", str(folder)] if (folder / "experiment.toml").exists() else _fresh(folder)))
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert '"RunFinished"' in out.splitlines()[-1]


def assert_same(folder: Path, undisturbed: Path) -> None:
    for name in FILES:
        assert (folder / name).read_bytes() == (undisturbed / name).read_bytes(), name


def test_a_killed_run_goes_on_to_the_same_bits(undisturbed: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    assert killed_at([chance.uniform(0.02, 0.4) for _ in range(3)], tmp_path / "run") > 0
    finish(tmp_path / "run")
    assert_same(tmp_path / "run", undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_killed_again_and_again(undisturbed: Path, tmp_path: Path, seed: int) -> None:
    """Eight kills a seed: two hundred in all, and none of them may cost a bit."""
    chance = random.Random(seed)
    met, round_ = 0, 0
    while met < 8:
        round_ += 1
        folder = tmp_path / f"run{round_}"
        met += killed_at([chance.uniform(0.0, 0.15) for _ in range(8 - met)], folder)
        finish(folder)
        assert_same(folder, undisturbed)


# --- disks that fail --------------------------------------------------------------------------------------


class Faults:
    """Lets the `countdown`-th call of one system function fail, once or for good."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch, self.countdown, self.lasting, self.met = patch, 10**9, False, 0

    def into(self, where: str, error: int, countdown: int, lasting: bool) -> None:
        """The points where a save can fail: "write", "fsync", "rename", "folder"."""
        self.countdown, self.lasting = countdown, lasting
        if where == "write":
            self._patch.setattr("engine.storage.atomic.open", self._opened(error), raising=False)
        else:
            name = {"fsync": "fsync", "rename": "replace"}[where]
            self._patch.setattr(f"engine.storage.atomic.os.{name}", self._failing(getattr(os, name), error))

    def _due(self) -> bool:
        self.countdown -= 1
        due = self.countdown == 0 or (self.lasting and self.countdown < 0)
        self.met += due
        return due

    def _failing(self, real: Callable[..., Any], error: int) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if self._due():
                raise OSError(error, os.strerror(error))
            return real(*arguments)

        return call

    def _opened(self, error: int) -> Callable[..., Any]:
        """Files that take half of what is written, and then no more."""

        def opened(path: Any, mode: str) -> Any:
            file = builtins.open(path, mode)  # noqa: SIM115 (handed on)
            if self._due():
                real = file.write

                def write(content: bytes) -> int:
                    real(content[: len(content) // 2])
                    raise OSError(error, os.strerror(error))

                return _Half(file, write)
            return file

        return opened


class _Half:
    """A file with another `write`."""

    def __init__(self, file: Any, write: Callable[[bytes], int]) -> None:
        self._file, self.write = file, write

    def __enter__(self) -> _Half:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def short(experiment: Experiment) -> tuple[Experiment, Dataset]:
    chosen = experiment.replace({"training.epochs": 2, "training.batch_size": 16})
    return chosen, data.load(chosen)


WAYS = [("write", errno.ENOSPC), ("write", errno.EIO), ("fsync", errno.EIO), ("rename", errno.EACCES)]


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("countdown", [1, 5, 9, 23])
@pytest.mark.parametrize(("where", "error"), WAYS)
def test_a_failing_disk_leaves_the_last_good_state(
    experiment: Experiment, tmp_path: Path, refuge: Path, where: str, error: int, countdown: int, lasting: bool
) -> None:
    chosen, dataset = short(experiment)
    list(TrainingRun(chosen, dataset, folder=tmp_path / "whole"))
    with pytest.MonkeyPatch.context() as patch:
        failing = Faults(patch)
        failing.into(where, error, countdown, lasting)
        events: list[Event] = list(TrainingRun(chosen, dataset, folder=tmp_path / "run"))
        assert failing.met
    said = [event for event in events if isinstance(event, Finding) and event.key == "saving"]
    assert os.strerror(error) in said[0].why
    assert len([event for event in events if isinstance(event, StepDone)]) == 14
    if lasting:
        assert "could not be saved" in events[-1].title  # type: ignore[union-attr]
    else:
        assert said[-1].title.startswith(WITHDRAWN)
    assert not list(refuge.iterdir()), "what nobody is told of"
    if (tmp_path / "run/experiment.toml").exists():
        assert_whole(tmp_path / "run")
        saved = saved_run(tmp_path / "run")
        list(TrainingRun(saved.experiment, dataset, folder=tmp_path / "run", saved=saved))
        assert_same(tmp_path / "run", tmp_path / "whole")


def test_a_save_that_fails_takes_nothing_from_those_before(
    experiment: Experiment, tmp_path: Path, faults: Faults
) -> None:
    chosen, dataset = short(experiment)
    run = TrainingRun(chosen, dataset)
    while not isinstance(next(run), StepDone):
        pass
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(run.checkpoint(), 1)
    faults.into("rename", errno.ENOSPC, 2, lasting=False)
    with pytest.raises(OSError, match="No space"):
        checkpoints.write(run.checkpoint(), 1)
    found = checkpoints.newest()
    assert found is not None
    assert found.step == 1
    assert not list(tmp_path.rglob("*.part"))


def test_leftovers_of_a_killed_save_are_cleared_away(experiment: Experiment, tmp_path: Path) -> None:
    chosen, dataset = short(experiment)
    list(TrainingRun(chosen, dataset, folder=tmp_path / "run"))
    for folder in ("run", "run/checkpoints"):
        (tmp_path / folder / ".metrics.csv.0123abcd.part").write_bytes(b"half")
    (tmp_path / "run/checkpoints/000099_step_9.safetensors").write_bytes(b"half")
    saved = saved_run(tmp_path / "run", {"training.epochs": 3})
    list(TrainingRun(saved.experiment, dataset, folder=tmp_path / "run", saved=saved))
    assert not list((tmp_path / "run").rglob("*.part"))
    assert not (tmp_path / "run/checkpoints/000099_step_9.safetensors").exists()


def test_a_checkpoint_that_is_not_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/000001_step_1.json").write_text("[]")
    with pytest.raises(CheckpointError):
        Checkpoints(tmp_path).newest()


@pytest.mark.usefixtures("refuge")
@pytest.mark.parametrize("instead", ["nothing", "a file"])
def test_a_run_whose_folder_goes_away_ends_whole(experiment: Experiment, tmp_path: Path, instead: str) -> None:
    chosen, dataset = short(experiment)
    list(TrainingRun(chosen, dataset, folder=tmp_path / "whole"))
    run = TrainingRun(chosen, dataset, folder=tmp_path / "run")
    events: list[Event] = []
    for event in run:
        events.append(event)
        if isinstance(event, StepDone) and event.step == 5:
            shutil.rmtree(tmp_path / "run")
            if instead == "a file":
                (tmp_path / "run").touch()
    rescued = run._recorder.rescued
    if instead == "nothing":  # made anew at the next save
        assert isinstance(events[-1], RunFinished)
        assert rescued is None
        assert "made anew" in (tmp_path / "run" / "log.txt").read_text()
    else:
        assert isinstance(events[-1], RunFailed)
        assert rescued is not None
        assert str(rescued) in events[-1].cure
        assert "could not be saved: " in (rescued / "log.txt").read_text()
    folder = rescued or tmp_path / "run"
    for name in FILES:
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert saved_run(folder).checkpoint is not None
