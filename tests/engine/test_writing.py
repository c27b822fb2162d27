"""A run on pairs from the command line and back: translated, captioned, composed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import tomli_w

from engine import data
from engine.cli import main
from engine.config import CELLS, Experiment
from engine.data.pairs.tunes import Note, are_notes, notes_of
from engine.events import Evaluated, RunFinished
from engine.export.midi import midi_bytes
from engine.export.targets import c_header
from engine.runs import load_run
from engine.sequence_to_sequence.decoding import Decoding
from engine.training import TrainingRun
from engine.uses.writing import write_texts

QUICK = {"training.epochs": 1, "training.threads": 1, "model.hidden_size": 4, "model.embedding_size": 3}


def table(folder: Path, rows: int = 40) -> Path:
    path = folder / "pairs.tsv"
    lines = [f"say {row}\t{60 + row % 5}:1 {62 + row % 3}:0.5\t{row % 7}\t{'xy'[row % 2]}" for row in range(rows)]
    path.write_text("\n".join(["read\ttune\tnumber\tkind", *lines]) + "\n", encoding="utf-8")
    return path


def experiment(folder: Path, topology: str = "encoder_decoder", changes: dict[str, object] | None = None) -> Experiment:
    inputs = "read" if topology == "encoder_decoder" else "number,kind"
    settings = {
        "data.file": str(table(folder)), "data.kind": "pairs", "data.inputs": inputs, "data.targets": "tune",
        "data.target_symbols": "spaces", "model.topology": topology,
    }  # fmt: skip
    return Experiment().replace(settings | QUICK | (changes or {}))


@pytest.mark.parametrize("topology", ["encoder_decoder", "one_to_many"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_trains_an_epoch_and_writes(cell: str, topology: str, tmp_path: Path) -> None:
    chosen = experiment(tmp_path, topology, changes={"model.cell": cell, "model.bidirectional": cell > "l"})
    run = TrainingRun(chosen, data.load(chosen), folder=tmp_path / "run")
    events = list(run)
    assert isinstance(events[-1], RunFinished)
    (scored,) = [event for event in events if isinstance(event, Evaluated)]
    assert scored.free_running_loss > 0
    model = load_run(tmp_path / "run")
    found = write_texts(model, typed="say 3" if topology == "encoder_decoder" else "3, x")
    assert len(found.written) == 1
    assert found.parts == ("given",)
    assert write_texts(run.model(), typed=found.sources[0]).written == found.written


def test_scheduled_sampling_is_scored_both_ways(tmp_path: Path) -> None:
    chosen = experiment(tmp_path, changes={"training.teacher_forcing": "linear", "training.epochs": 3})
    events = list(TrainingRun(chosen, data.load(chosen)))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    scores = dict(finished.test_metrics)
    assert {"free-running loss", "loss when told", "exact match", "symbol error rate"} <= scores.keys()


def test_the_run_s_own_data_are_scored(tmp_path: Path) -> None:
    chosen = experiment(tmp_path)
    run = TrainingRun(chosen, data.load(chosen))
    finished = list(run)[-1]
    assert isinstance(finished, RunFinished)
    found = write_texts(run.model())
    assert len(found.written) == 40
    assert set(found.parts) == {"train", "validation", "test"}
    scores = dict(finished.test_metrics)
    assert dict(found.scores)["exact match"] == scores["exact match"]
    assert dict(found.scores)["symbol error rate"] == pytest.approx(scores["symbol error rate"])
    assert len(write_texts(run.model(), decoding=Decoding("beam", width=2)).written) == 40


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, run = tmp_path / "experiment.toml", tmp_path / "run"
    config.write_text(tomli_w.dumps(experiment(tmp_path).to_dict()), encoding="utf-8")
    assert main(["train", "--config", str(config), "--out", str(run)]) == 0
    result = json.loads((run / "result.json").read_text(encoding="utf-8"))
    assert result["metric"] == "exact match"
    capsys.readouterr()
    assert main(["predict", str(run), "--prompt", "say 3 Ω"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\n")
    assert "'Ω'" in err
    sources = tmp_path / "sources.txt"
    sources.write_text("say 1\n\nsay 2\n", encoding="utf-8")
    assert main(["predict", str(run), "--data", str(sources), "--out", str(tmp_path / "a.csv"), "--width", "3"]) == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["read"] for row in rows] == ["say 1", "say 2"]
    assert "1 blank line left out" in capsys.readouterr().err
    (tmp_path / "sources.csv").write_text("number,read\n1,say 3\n2,\n3,say 4\n", encoding="utf-8")
    told = ["predict", str(run), "--data", str(tmp_path / "sources.csv"), "--out", str(tmp_path / "b.csv")]
    assert main(told) == 0
    rows = list(csv.DictReader((tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["read"], row["tune"]) for row in rows] == [("say 3", ""), ("say 4", "")]
    assert "1 row left out" in capsys.readouterr().err
    assert main(["predict", str(run), "--prompt", "a", "--top-p", "2"]) == 2
    assert "--top-p above 0 and up to 1" in capsys.readouterr().err
    assert main(["export", str(run), "--to", str(tmp_path / "a.safetensors")]) == 0
    assert "texts written alike" in capsys.readouterr().out
    assert main(["export", str(run), "--to", str(tmp_path / "a.h")]) == 0
    said = "texts written alike" if c_header.compiler() else "no C compiler is here"
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "words"), [("3", "reads 2 values"), ("much, x", "takes a number, got 'much'")])
def test_a_vector_that_does_not_fit_is_refused(typed: str, words: str, tmp_path: Path) -> None:
    chosen = experiment(tmp_path, "one_to_many")
    run = TrainingRun(chosen, data.load(chosen))
    with pytest.raises(data.DataError, match=words):
        write_texts(run.model(), typed=typed)


def test_tunes_are_read_and_written_as_midi() -> None:
    notes = notes_of("60:1 what 62:0.5 200:1 64:0")
    assert notes == (Note(60, 1.0), Note(62, 0.5))
    assert are_notes(["60:1", "62:0.25"])
    assert are_notes(["60:1", "R:2"])
    assert not are_notes(["60:1", "x"])
    assert not are_notes([])
    assert midi_bytes(notes_of("60:1 R:1 60:1")).count(bytes((0x83, 0x60, 0x90, 60))) == 1
    content = midi_bytes(notes)
    assert content[:8] == b"MThd\x00\x00\x00\x06"
    track = content[14:]
    assert track[:4] == b"MTrk"
    assert int.from_bytes(track[4:8], "big") == len(track) - 8
    assert bytes((0x90, 60, 90, 0x83, 0x60, 0x80, 60, 0)) in track  # 480 ticks are 0x83 0x60
    assert track.endswith(b"\xff\x2f\x00")
