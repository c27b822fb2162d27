"""The command line writes over nothing unasked, and into pipes and devices as it is told."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from engine.cli import main
from engine.storage.atomic import write_atomically
from engine.storage.weights import write_weights
from tests.engine.export.examples import exportable


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of the workbench."""
    model = exportable(cell="elman").model
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    write_weights(path, model.network.state_dict(), model.header())
    return path


SERIES = ["--sample", "airline_passengers"]
COMMANDS = {
    "predict": ["predict", "WEIGHTS", "--out", "there.csv"],
    "export": ["export", "WEIGHTS", "--to", "there.npz"],
    "range": ["range", *SERIES, "--steps", "4", "--out", "there.csv"],
    "race": ["race", *SERIES, "--cells", "elman", "--seeds", "1", "--set=training.epochs=1", "--out", "there.csv"],
    "sweep": [
        "sweep",
        *SERIES,
        "--vary=model.hidden_size=2,3",
        "--seeds=1",
        "--set=training.epochs=1",
        "--out",
        "there.csv",
    ],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_there_stays_unless_it_is_forced(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [str(weights) if word == "WEIGHTS" else word for word in COMMANDS[command]]
    there = tmp_path / arguments[-1]
    there.write_text("of before")
    assert main(arguments) == 2
    assert "is there already; give another name, or --force" in capsys.readouterr().err
    assert there.read_text() == "of before"
    assert main([*arguments, "--force"]) == 0
    assert there.read_bytes() != b"of before"


def test_a_file_beside_the_main_one_counts(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.json").write_text("of somebody else")
    assert main(["export", str(weights), "--to", "net.npz"]) == 2
    assert "net.json is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


@pytest.mark.parametrize(("out", "words"), [(".", "is a folder"), ("none/there.csv", "there is no folder")])
def test_other_places_that_cannot_be_written(
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    out: str,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["predict", str(weights), "--out", out]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    heard: list[bytes] = []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"through")
    reader.join()
    assert heard == [b"through"]
    assert pipe.is_fifo()
