"""Everything that reads a file, what it may say, and files that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config import ConfigError, Experiment, read_experiment
from engine.data import DataError, load
from engine.data.pairs.tunes import notes_of
from engine.export.targets import target
from engine.importing import read_foreign
from engine.model import load_model
from engine.past_runs import read_run
from engine.resuming import saved_run
from engine.storage.checkpoints import CheckpointError
from engine.storage.checkpoints import read as read_checkpoint
from engine.storage.contest_file import CONTEST, Membership
from engine.storage.project_file import Layout, Project, ProjectError, read_project, write_project
from engine.storage.run_folders import NOTES, RunFolderError
from engine.storage.weights import WeightsFileError, read_weights
from tests.engine.export.examples import exportable
from tests.engine.fuzz_data import FORMS, to_the_first_batch

SMALL = {
    "data.sample": "noisy_sine", "data.length": 120, "data.look_back": 4, "data.season": 20, "model.cell": "elman",
    "model.hidden_size": 2, "training.batch_size": 32, "training.epochs": 1, "training.threads": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """What reads a file, what it may say, and files that it takes."""

    read: Callable[[Path], Any]
    errors: tuple[type[Exception], ...]
    seeds: Callable[[Path], list[Path]]  # from the folder of a run
    often: int = 1  # times as many inputs as for the slowest


def _in_its_folder(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """Reads the run folder in which a file took the place of a good one."""

    def run(path: Path) -> Any:
        folder = path.parent
        while not (folder / "experiment.toml").exists() and folder != folder.parent:
            folder = folder.parent
        return read(folder)

    return run


def _goes_on(folder: Path) -> None:
    saved = saved_run(folder, {"training.epochs": 2})
    assert load(saved.experiment).count("train")


def _run_files(folder: Path) -> list[Path]:
    (folder / NOTES).write_text("The one for the talk.\n")
    (folder / CONTEST).write_text(Membership("race", 1e9, "Race of 2 cells", 6, "gru", "direct", 3).text())
    return [folder / name for name in ("experiment.toml", "metrics.csv", "result.json", NOTES, CONTEST)]


def _project(folder: Path) -> list[Path]:
    path = folder / "p.rnnproject"
    experiment = Experiment().replace(SMALL | {"data.file": str(folder / "t.csv")})
    write_project(path, Project(experiment, "p runs", ("one", "two"), Layout("gates", ("dock_runs",), (336, 256))))
    return [path]


def _foreign(folder: Path) -> list[Path]:
    paths = [folder / f"foreign.{form}" for form in ("safetensors", "onnx", "npz")]
    for path in paths:
        target(path.suffix[1:]).write(exportable(cell="gru", hidden_size=2), path)
    return paths


def _notes(path: Path) -> None:
    found = notes_of(path.read_bytes().decode("latin-1"))
    if not all(-1 <= note.pitch < 128 and 0 < note.quarters < 10_000 for note in found):
        raise AssertionError(found)
    if not found:
        raise DataError("no notes")


def _tunes(folder: Path) -> list[Path]:
    (folder / "notes.txt").write_text("74:1 R:0.5 60:0.25")
    return [folder / "notes.txt"]


READERS = {
    "experiment": Reader(read_experiment, (ConfigError, OSError), lambda f: [f / "experiment.toml"], 40),
    "project": Reader(read_project, (ProjectError, OSError), _project, 40),
    "weights": Reader(read_weights, (WeightsFileError, OSError), lambda f: [f / "weights.safetensors"], 40),
    "model": Reader(load_model, (WeightsFileError, OSError), lambda f: [f / "weights.safetensors"], 20),
    "checkpoint": Reader(read_checkpoint, (CheckpointError, OSError), lambda f: [*f.glob("checkpoints/*.json")], 40),
    "past_run": Reader(
        _in_its_folder(read_run),
        (RunFolderError,),
        _run_files,
        20,
    ),
    "resume": Reader(
        _in_its_folder(_goes_on),
        (RunFolderError, ConfigError, DataError),
        lambda f: [f / "experiment.toml", *f.glob("checkpoints/*")],
        20,
    ),
    "foreign": Reader(read_foreign, (WeightsFileError, DataError, OSError), _foreign, 20),
    "notes": Reader(_notes, (DataError,), _tunes, 20),
    **{name: Reader(to_the_first_batch, (DataError,), seeds) for name, seeds in FORMS.items()},
}
