"""What befalls a run's folder and its data while it trains: nothing is lost that could be kept, and it is said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import data
from engine.config import Experiment
from engine.data import Dataset
from engine.events import CheckpointSaved, Event, Finding, RunFailed, RunFinished, StepDone
from engine.past_runs import past_runs
from engine.resuming import saved_run, way_on
from engine.runs import EXPERIMENT, METRICS, load_run
from engine.storage.run_folders import WEIGHTS
from engine.training import TrainingRun

EPOCHS, STEPS = 4, 16
pytestmark = pytest.mark.usefixtures("refuge")


@pytest.fixture
def chosen(experiment: Experiment) -> Experiment:
    return experiment.replace({"training.epochs": EPOCHS, "saving.epochs": 1})


def struck(run: TrainingRun, strike: Callable[[], object]) -> list[Event]:
    """All events of a run which `strike` befalls after its first save."""
    events: list[Event] = []
    for event in run:
        events.append(event)
        if isinstance(event, CheckpointSaved) and not any(isinstance(e, CheckpointSaved) for e in events[:-1]):
            strike()
    assert sum(isinstance(event, StepDone) for event in events) == STEPS
    return events


def said(events: list[Event]) -> list[Finding]:
    return [event for event in events if isinstance(event, Finding) and event.key == "saving"]


def moved(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


AWAY: dict[str, Callable[[Path], object]] = {
    "the folder, deleted": shutil.rmtree,
    "the folder, moved": moved,
    "the experiment": lambda folder: (folder / EXPERIMENT).unlink(),
    "the weights": lambda folder: (folder / WEIGHTS).unlink(),
    "the checkpoints": lambda folder: shutil.rmtree(folder / "checkpoints"),
}


@pytest.mark.parametrize("what", AWAY)
def test_what_is_taken_away_in_mid_run_is_written_again(
    chosen: Experiment, dataset: Dataset, tmp_path: Path, what: str
) -> None:
    list(TrainingRun(chosen, dataset, folder=tmp_path / "whole"))
    folder = tmp_path / "runs" / "run"
    events = struck(TrainingRun(chosen, dataset, folder=folder), lambda: AWAY[what](folder))
    assert isinstance(events[-1], RunFinished)
    for name in (WEIGHTS, METRICS):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not (folder / "run.lock").exists()
    assert "run" in [run.folder.name for run in past_runs(folder.parent)]
    saved = saved_run(folder, {"training.epochs": EPOCHS + 1})
    assert saved.checkpoint is not None
    assert saved.checkpoint.step == STEPS


@pytest.mark.parametrize("name", [WEIGHTS, EXPERIMENT])
def test_each_save_stands_by_itself(chosen: Experiment, dataset: Dataset, tmp_path: Path, name: str) -> None:
    """A file that was deleted is there again with the next save, not only at the end."""
    run, saves = TrainingRun(chosen, dataset, folder=tmp_path / "run"), 0
    for event in run:
        if isinstance(event, CheckpointSaved):
            assert (tmp_path / "run" / name).is_file()
            (tmp_path / "run" / name).unlink()
            saves += 1
    assert saves == EPOCHS


def test_a_run_that_began_where_a_folder_was_moved_away_is_left_alone(
    chosen: Experiment, dataset: Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    other = TrainingRun(chosen.replace({"training.seed": 7}), dataset, folder=folder)

    def begin_another() -> None:
        moved(folder)
        while not isinstance(next(other), CheckpointSaved):
            pass

    events = struck(TrainingRun(chosen, dataset, folder=folder), begin_another)
    assert "already holds a run" in said(events)[0].why
    assert isinstance(events[-1], RunFailed)
    assert "could not be saved" in events[-1].title
    assert isinstance(list(other)[-1], RunFinished)
    assert load_run(folder).experiment.training.seed == 7
    assert way_on(folder.with_name("elsewhere")).problem == ""


def test_a_file_in_the_folders_place_is_said_once_for_each_save(
    chosen: Experiment, dataset: Dataset, tmp_path: Path, refuge: Path
) -> None:
    folder = tmp_path / "run"

    def replace() -> None:
        shutil.rmtree(folder)
        folder.write_text("mine")

    run = TrainingRun(chosen, dataset, folder=folder)
    events = struck(run, replace)
    assert len(said(events)) == EPOCHS  # not with every batch; at the end, where it lies instead
    assert "cannot be made" in said(events)[0].why
    assert isinstance(events[-1], RunFailed)
    assert "instead" in events[-1].cure == said(events)[-1].cure
    assert folder.read_text() == "mine"
    saved = events[-3]
    assert isinstance(saved, CheckpointSaved)
    assert Path(saved.path).parent.parent == refuge
    assert str(Path(saved.path).parent) in events[-1].cure
    assert saved_run(Path(saved.path).parent).checkpoint is not None


def test_where_nothing_can_be_saved_nothing_is_left(
    chosen: Experiment, dataset: Dataset, tmp_path: Path, refuge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    run = TrainingRun(chosen, dataset, folder=tmp_path / "run")
    events = struck(run, lambda: monkeypatch.setattr("engine.storage.atomic.os.fsync", full))
    assert isinstance(events[-1], RunFailed)
    assert "Nor could it be saved elsewhere" in events[-1].cure
    assert list(refuge.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of its own, with room for little."""
    place = tmp_path / "disk"
    place.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(order, capture_output=True, check=False).returncode:
        pytest.skip("file systems can be mounted by root alone")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def test_a_disk_that_is_full_in_mid_run(chosen: Experiment, dataset: Dataset, small_disk: Path) -> None:
    folder, filling = small_disk / "run", small_disk / "filling"

    def fill() -> None:
        room = os.statvfs(small_disk)
        filling.write_bytes(b"x" * (room.f_bavail * room.f_frsize))

    events = struck(TrainingRun(chosen, dataset, folder=folder), fill)
    assert "No space left" in said(events)[0].why
    assert isinstance(events[-1], RunFailed)
    filling.unlink()
    saved = saved_run(folder)
    assert saved.checkpoint is not None
    assert isinstance(list(TrainingRun(saved.experiment, dataset, folder=folder, saved=saved))[-1], RunFinished)


def test_a_disk_that_is_read_only_in_mid_run(chosen: Experiment, dataset: Dataset, small_disk: Path) -> None:
    folder = small_disk / "run"

    def protect() -> None:
        """With a mount over the first, which cannot change while the lock in it is open."""
        mount("--bind", str(small_disk), str(small_disk))
        mount("-o", "remount,bind,ro", str(small_disk))

    try:
        events = struck(TrainingRun(chosen, dataset, folder=folder), protect)
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)
    assert "Read-only" in said(events)[0].why
    assert isinstance(events[-1], RunFailed)
    saved = saved_run(folder)
    assert isinstance(list(TrainingRun(saved.experiment, dataset, folder=folder, saved=saved))[-1], RunFinished)


DATA: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (lambda file: file.write_text(file.read_text() + "1\n"), "has changed since"),
    "truncated": (lambda file: os.truncate(file, 9), "has changed since"),
    "removed": (lambda file: file.unlink(), "is gone"),
}


@pytest.mark.parametrize("what", DATA)
def test_data_that_changes_in_mid_run(chosen: Experiment, tmp_path: Path, what: str) -> None:
    """The run goes on with what it read; going on later is refused in words until somebody agrees."""
    file, folder = tmp_path / "numbers.csv", tmp_path / "run"
    file.write_text("value\n" + "".join(f"{(n * 37 % 50) / 10}\n" for n in range(160)))
    strike, words = DATA[what]
    mine = chosen.replace({"data.file": str(file)})
    dataset = data.load(mine)
    events = list[Event]()
    for event in TrainingRun(mine, dataset, folder=folder):
        if isinstance(event, CheckpointSaved) and not any(isinstance(e, CheckpointSaved) for e in events):
            before = json.loads(max((folder / "checkpoints").glob("*.json")).read_text())["data"]
            strike(file)
            shutil.rmtree(folder)  # written anew, it still names what it learned from
        events.append(event)
    assert isinstance(events[-1], RunFinished)
    assert json.loads((folder / "result.json").read_text())["data"] == before
    with pytest.raises(ValueError, match=words):
        saved_run(folder, {"training.epochs": EPOCHS + 1})
    assert way_on(folder).data == ("gone" if what == "removed" else "changed")
