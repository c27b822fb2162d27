"""Any bytes whatsoever, given to any reader: a value or one clear error; never a crash, a hang, or memory without end.

Files that once broke a reader are kept in `corpus/`, named after the reader, and read again every time.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from engine import data
from engine.checkpoints import CheckpointError, Checkpoints
from engine.checkpoints import read as read_checkpoint
from engine.config import ConfigError, Experiment, read_experiment
from engine.data import DataError
from engine.data.tunes import notes_of
from engine.export.targets import target
from engine.importing import read_foreign
from engine.model import load_model
from engine.past_runs import read_run
from engine.project_file import Layout, Project, ProjectError, read_project, write_project
from engine.resuming import saved_run
from engine.runs import RunFolderError
from engine.training import TrainingRun
from engine.weights import WeightsFileError, read_weights
from tests.engine.export.examples import exportable

CORPUS = Path(__file__).parent / "corpus"
SECONDS = 20  # more than any of these small inputs may take
MEGABYTES = 1500  # by which the process may grow
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
    assert saved.experiment.data.sample == "noisy_sine"


def _tables(folder: Path) -> list[Path]:
    table, text, rows = folder / "t.csv", folder / "t.txt", folder / "t.json"
    table.write_text("day,sales,ad\n" + "".join(f"2020-01-{d:02d},{d * 1.5},{d % 3}\n" for d in range(1, 29)))
    text.write_text("To be, or not to be, that is the question:\n" * 40)
    rows.write_text("".join(json.dumps({"day": d, "sales": d / 2}) + "\n" for d in range(60)))
    return [table, text, rows]


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
        lambda f: [f / name for name in ("experiment.toml", "metrics.csv", "result.json")],
        20,
    ),
    "resume": Reader(
        _in_its_folder(_goes_on),
        (RunFolderError, ConfigError),
        lambda f: [f / "experiment.toml", *f.glob("checkpoints/*")],
        20,
    ),
    "foreign": Reader(read_foreign, (WeightsFileError, DataError, OSError), _foreign, 20),
    "notes": Reader(_notes, (DataError,), _tunes, 20),
    "data": Reader(data.suggest, (DataError,), _tables),
}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzzed") / "run"
    experiment = Experiment().replace(SMALL)
    list(TrainingRun(experiment, data.load(experiment), folder=folder))
    return folder


@contextmanager
def limited() -> Iterator[None]:
    """No input may hang or fill the memory."""

    def late(*_: object) -> None:
        raise AssertionError(f"not done after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - high) / (1024 if sys.platform != "darwin" else 2**20)
    assert grown < MEGABYTES


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few of the things that happen to files: bits, cuts, repeats, swaps, extreme numbers, other files' words."""
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, length = chance.randrange(len(out) + 1), chance.choice((1, 1, 2, 8, 64, 1000))
        match chance.randrange(8):
            case 0 if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + length] = b""
            case 2:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                out[at : at + length] = chance.randbytes(length)
            case 4:
                out[at:at] = chance.choice(_WORDS)
            case 5:
                out[at:] = b""
            case 6:
                other = chance.randrange(len(out) + 1)
                out[at : at + length], out[other : other + length] = out[other : other + length], out[at : at + length]
            case _:
                digits = [place for place, byte in enumerate(out) if 48 <= byte <= 57]
                if digits:
                    place = chance.choice(digits)
                    out[place : place + 1] = chance.choice((b"-1", b"999999999999", b"1e999", b"NaN", b"0", b"null"))
    return bytes(out)


_WORDS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b'"', b"{", b"[" * 3000, b"a = " + b"[" * 3000, b"9" * 5000),
    *(
        b"../../etc/passwd",
        b"file = '/dev/zero'",
        b"!!python/object",
        b"__reduce__",
        b"\x80\x04\x95",
        b"=cmd|' /C calc'!A0",
    ),
    *(
        b"Infinity",
        b"-0",
        b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80",
        b"PK\x03\x04",
        b"PAR1",
        b"\x1f\x8b",
        b"SQLite format 3\x00",
    ),
)


def fuzz(name: str, run: Path, folder: Path, count: int, seed: int) -> None:
    reader, chance = READERS[name], random.Random(f"{name} {seed}")
    shutil.copytree(run, folder / "run")
    seeds = reader.seeds(folder / "run")
    said: list[str] = []
    for _ in range(count):
        path = chance.choice(seeds)
        good = path.read_bytes()
        bad = chance.randbytes(chance.randrange(200)) if chance.random() < 0.1 else mutated(good, chance)
        path.write_bytes(bad)
        try:
            with limited():
                reader.read(path)
        except reader.errors as error:
            said.append(str(error))
        except BaseException:
            (folder / f"{name}{path.suffix}").write_bytes(bad)  # to be kept in `corpus/`
            raise
        finally:
            path.write_bytes(good)
    assert said
    assert all(words.strip() for words in said)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", READERS)
def test_some_inputs(name: str, run_folder: Path, tmp_path: Path) -> None:
    fuzz(name, run_folder, tmp_path, 20 * min(READERS[name].often, 10), seed=0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(1, 11))
@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_inputs(name: str, run_folder: Path, tmp_path: Path, seed: int) -> None:
    """Ten seeds of 56 inputs by weight: the weights add up to 261, so 146,160 in all."""
    fuzz(name, run_folder, tmp_path, 56 * READERS[name].often, seed)


def kept() -> list[Path]:
    return sorted(path for path in CORPUS.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("path", kept(), ids=lambda path: path.name)
def test_what_once_broke_a_reader(path: Path, run_folder: Path, tmp_path: Path) -> None:
    reader = READERS[path.name.partition("-")[0]]
    shutil.copytree(run_folder, tmp_path / "run")
    place = next(seed for seed in reader.seeds(tmp_path / "run") if seed.suffix == path.suffix)
    place.write_bytes(path.read_bytes())
    with limited(), pytest.raises(reader.errors):
        reader.read(place)


def test_sizes_are_checked_before_memory_is_asked_for(run_folder: Path, tmp_path: Path) -> None:
    from engine.weights import write_weights

    weights, header = read_weights(run_folder / "weights.safetensors")
    experiment = Experiment().replace({**SMALL, "model.cell": "lstm", "model.hidden_size": 4096, "model.num_layers": 8})
    write_weights(tmp_path / "w.safetensors", weights, {**header, "experiment": tomli_w.dumps(experiment.to_dict())})
    with limited(), pytest.raises(WeightsFileError, match="numbers"):
        load_model(tmp_path / "w.safetensors")


def test_a_checkpoint_names_no_file_outside_its_folder(run_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(run_folder, tmp_path / "run")
    path = max((tmp_path / "run/checkpoints").glob("*.json"))
    content = json.loads(path.read_text())
    content["tensors"]["file"] = "../weights.safetensors"
    path.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match="tensors of another"):
        read_checkpoint(path)


def test_a_file_is_never_run(run_folder: Path, tmp_path: Path) -> None:
    """A pickle where weights are expected is refused, not loaded."""
    import pickle

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "went off",))

    for name in ("w.safetensors", "w.toml", "w.csv"):
        (tmp_path / name).write_bytes(pickle.dumps({"weights": np.zeros(3), "bomb": Bomb()}))
        for reader in READERS.values():
            with pytest.raises((*reader.errors, RunFolderError)):
                reader.read(tmp_path / name)
    assert not (tmp_path / "went off").exists()
    assert Checkpoints(tmp_path).newest() is None
