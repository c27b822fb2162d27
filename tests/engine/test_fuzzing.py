"""Any bytes whatsoever, given to any reader: a value or one clear error; never a crash, a hang, or memory without end.

Files that once broke a reader are kept in `corpus/`, named after the reader, and read again every time.
"""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from engine import data
from engine.config import Experiment
from engine.model import load_model
from engine.storage.checkpoints import CheckpointError, Checkpoints
from engine.storage.checkpoints import read as read_checkpoint
from engine.storage.run_folders import RunFolderError
from engine.storage.weights import WeightsFileError, read_weights
from engine.training import TrainingRun
from tests.engine.fuzz_mutations import limited, mutated
from tests.engine.fuzz_readers import READERS, SMALL

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzzed") / "run"
    experiment = Experiment().replace(SMALL)
    list(TrainingRun(experiment, data.load(experiment), folder=folder))
    return folder


def fuzz(name: str, run: Path, folder: Path, count: int, seed: int) -> None:
    reader, chance = READERS[name], random.Random(f"{name} {seed}")
    shutil.copytree(run, folder / "run")
    seeds = reader.seeds(folder / "run")
    said: list[str] = []
    for _ in range(count):
        path = chance.choice(seeds)
        good = path.read_bytes()
        bad = mutated(good, chance)
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
    fuzz(name, run_folder, tmp_path, 10 * min(READERS[name].often, 10), seed=0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(1, 11))
@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_inputs(name: str, run_folder: Path, tmp_path: Path, seed: int) -> None:
    """Ten seeds of 56 inputs by weight: the weights add up to 268, so 150,080 in all."""
    fuzz(name, run_folder, tmp_path, 56 * READERS[name].often, seed)


def kept() -> list[Path]:
    return sorted(path for path in CORPUS.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("path", kept(), ids=lambda path: path.name)
def test_what_once_broke_a_reader(path: Path, run_folder: Path, tmp_path: Path) -> None:
    reader = READERS[path.name.partition("-")[0]]
    shutil.copytree(run_folder, tmp_path / "run")
    place = next(seed for seed in reader.seeds(tmp_path / "run") if seed.suffix == path.suffix)
    place.write_bytes(path.read_bytes())
    with limited(), suppress(*reader.errors):
        reader.read(place)


def test_sizes_are_checked_before_memory_is_asked_for(run_folder: Path, tmp_path: Path) -> None:
    from engine.storage.weights import write_weights

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
