from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import data
from engine.cli import main
from engine.commands import options
from engine.config import CELLS, Experiment, read_experiment
from engine.control import Control
from engine.events import RunFinished, StepDone
from engine.past_runs import past_runs
from engine.runs import RunFolder, load_run
from engine.training import TrainingRun

ROOT = Path(__file__).parents[2]
QUICK = ["--set", "training.epochs=2", "--set", "model.hidden_size=4", "--set", "training.threads=1"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; gives status, standard output and standard error. Paths are taken in a fresh folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def airline(run: Run) -> Run:
    assert run("train", "--sample", "airline_passengers", "--out", "run", *QUICK)[0] == 0
    return run


def only_error(err: str) -> str:
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in err
    return line


# --- what goes right ------------------------------------------------------------------------------------


def test_training_ends_with_a_summary(run: Run) -> None:
    status, out, err = run("train", "--sample", "airline_passengers", "--out", "run", *QUICK)
    assert status == 0
    assert "airline_passengers: LSTM, 1 layer of 4 units" in out
    assert ["seasonal", "naive", "41.85"] in [line.split() for line in out.splitlines()]
    assert "Saved in run" in out
    assert "epoch 2/2" in err


def test_of_a_table_too_short_for_a_test_part_it_is_said_why_nothing_was_scored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("day,v\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n")
    status, out, _ = run("train", "--data", "t.csv", "--out", "run", *QUICK)
    assert status == 0
    assert "! Nothing was scored on the test part. It is empty: 2 examples are in the training part. " in out


def test_of_very_few_test_windows_the_summary_says_how_little_their_score_says(run: Run, tmp_path: Path) -> None:
    rows = "\n".join(f"2020-01-{day:02d},{day % 7}" for day in range(1, 15))
    (tmp_path / "t.csv").write_text(f"day,v\n{rows}\n")
    status, out, _ = run("train", "--data", "t.csv", "--out", "run", *QUICK)
    assert status == 0
    windows = json.loads((tmp_path / "run/result.json").read_text())["test_examples"]
    assert 0 < windows < 10
    assert f"\n\nScored on {windows} windows only: this may be chance.\n\n" in out


def test_a_file_needs_nothing_but_its_name_and_what_is_chosen_is_said(run: Run, tmp_path: Path) -> None:
    rows = [f"2020-{1 + k % 12:02d}-{1 + k // 12:02d},{k % 5}" for k in range(200)]
    (tmp_path / "t.csv").write_text("\n".join(["When,Sold", *sorted(rows)]))
    status, _, err = run("train", "--data", "t.csv", "--out", "run", *QUICK)
    assert status == 0
    for words in ("When", "Sold", "many-to-one"):
        assert words in err


def test_json_gives_one_event_a_line_and_nothing_else(run: Run) -> None:
    status, out, err = run("train", "--sample", "airline_passengers", "--out", "run", "--json", *QUICK)
    assert (status, err) == (0, "")
    events = [json.loads(line) for line in out.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "Finding"]
    assert kinds[:4] == ["Compiling", "Compiling", "RunStarted", "StepDone"]
    assert kinds[-2:] == ["CheckpointSaved", "RunFinished"]
    assert "seasonal naive" in events[2]["baselines"]
    assert events[-1]["test_metrics"]["RMSE"] > 0
    assert events[-1]["test_baselines"]["seasonal naive"] == pytest.approx(41.85, abs=0.01)


def test_settings_come_from_a_run_and_are_changed_one_by_one(airline: Run, tmp_path: Path) -> None:
    status, *_ = airline(
        "train", "--config", "run/experiment.toml", "--set", "model.cell=gru", "--seed", "7", "--out", "b"
    )
    assert status == 0
    text = (tmp_path / "b/experiment.toml").read_text()
    for line in ('cell = "gru"', "seed = 7", "hidden_size = 4", 'sample = "airline_passengers"'):
        assert line in text


def test_the_same_command_twice_gives_the_same_weights(airline: Run, tmp_path: Path) -> None:
    assert airline("train", "--sample", "airline_passengers", "--out", "b", *QUICK)[0] == 0
    first, second = (tmp_path / name / "weights.safetensors" for name in ("run", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_predict_writes_dates_and_real_units(airline: Run, tmp_path: Path) -> None:
    status, out, _ = airline("predict", "run", "--out", "p.csv")
    assert status == 0
    assert "next, 1961-01: Passengers" in out
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    ends = {f"Passengers {end} {level}%" for end in ("lower", "upper") for level in (80, 95)}
    assert rows[0].keys() == {"date", "Passengers", "forecast", "part", *ends}
    assert [row["part"] for row in rows if row["Passengers lower 95%"]] == ["test"] * 48 + ["ahead"]  # of 12 windows
    assert [row["part"] for row in rows].count("test") == 48
    assert (rows[-2]["date"], rows[-2]["Passengers"]) == ("1960-12", "432")
    assert (rows[-1]["date"], rows[-1]["Passengers"], rows[-1]["part"]) == ("1961-01", "", "ahead")


def test_predict_from_another_file_names_a_column_safely(run: Run, tmp_path: Path) -> None:
    text = "\n".join(["when,=1+2", *(f"{k},{k % 7}" for k in range(80))])
    (tmp_path / "t.csv").write_text(text)
    assert run("train", "--data", "t.csv", "--out", "run", *QUICK)[0] == 0
    assert run("predict", "run", "--data", "t.csv", "--out", "p.csv")[0] == 0
    assert "'=1+2" in (tmp_path / "p.csv").read_text().splitlines()[0]


def test_text_is_written_from_a_prompt(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("the cat sat on the mat. " * 80)
    assert run("train", "--data", "t.txt", "--out", "run", "--set", "data.sequence_length=20", *QUICK)[0] == 0
    status, out, err = run("predict", "run", "--prompt", "the ç", "--length", "30", "--temperature", "0")
    assert status == 0
    assert out.startswith("the ç")
    assert len(out) == 36
    assert "'ç'" in err
    for option, value, said in (("--decoding", "beam", "is for models"), ("--length", "9" * 11, "takes 1 to 10000000")):
        status, out, err = run("predict", "run", option, value)
        assert (status, out) == (2, "")
        assert said in only_error(err)
    assert run("predict", "run", "--prompt", "a", "--out", "o.txt")[0] == 0
    assert len((tmp_path / "o.txt").read_text()) == 402


def test_export_writes_the_weights(airline: Run, tmp_path: Path) -> None:
    assert airline("export", "run", "--to", "w.safetensors")[0] == 0
    assert airline("predict", "w.safetensors", "--out", "p.csv")[0] == 0


def test_range_suggests_a_rate_and_writes_the_curve(run: Run, tmp_path: Path) -> None:
    words = ("range", "--sample", "airline_passengers", *QUICK, "--set", "model.hidden_size=16")
    status, out, _ = run(*words, "--out", "curve.csv")
    assert status == 0
    assert "falls most steeply at a rate of 0.0" in out
    rows = list(csv.DictReader((tmp_path / "curve.csv").read_text().splitlines()))
    assert rows[0].keys() == {"learning_rate", "loss", "smoothed_loss"}
    status, out, err = run(*words, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found["rates"] == pytest.approx([float(row["learning_rate"]) for row in rows])
    assert 1e-4 < found["suggestion"] < found["lowest"]


def test_a_race_gives_a_table_and_a_file(run: Run) -> None:
    terms = (
        "race",
        "--sample",
        "airline_passengers",
        "--cells",
        "elman",
        "gru",
        "--seeds",
        "1",
        "--budget",
        "90",
        *QUICK,
    )
    status, out, _ = run(*terms, "--out", "race.csv")
    assert status == 0
    rows = list(csv.DictReader(Path("race.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["cell"] for row in rows} == {"elman", "gru"}
    assert [row["runs"] for row in rows] == ["1", "1"]
    assert out.splitlines()[0].split()[:2] == ["Units", "Parameters"]
    assert [line.split()[0].lower() for line in out.splitlines()[1:]] == [row["cell"] for row in rows]
    *ended, last = [json.loads(line) for line in run(*terms, "--json")[1].splitlines()]
    assert [(line["cell"], line["event"]) for line in ended] == [("elman", "RunFinished"), ("gru", "RunFinished")]
    assert [place["cell"] for place in last["standings"]] == [row["cell"] for row in rows]


def test_strategies_race_with_a_table_by_step(run: Run) -> None:
    terms = ("race", "--sample", "airline_passengers", "--strategies", "recursive", "direct", "--seeds", "1",
             "--set", "data.steps=2", *QUICK)  # fmt: skip
    status, out, _ = run(*terms, "--out", "race.csv")
    assert status == 0
    rows = list(csv.DictReader(Path("race.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["strategy"] for row in rows} == {"recursive", "direct"}
    assert all(float(row[f"{name}_step_{step}"]) > 0 for row in rows for name in ("rmse", "mase") for step in (1, 2))
    assert "Validation RMSE" in out
    assert [line.split("  ")[0] for line in out.splitlines() if "by step" in line] == [
        "RMSE by step",
        "MAE by step",
        "MASE by step",
    ]
    *ended, last = [json.loads(line) for line in run(*terms, "--json")[1].splitlines()]
    assert [line["strategy"] for line in ended] == ["recursive", "direct"]
    assert [row["step"] for row in last["standings"][0]["by_step"]] == [1, 2]


def test_a_sweep_gives_a_table_and_a_file(run: Run) -> None:
    terms = ("sweep", "--sample", "airline_passengers", "--vary", "model.hidden_size=2,4", "--vary",
             "model.bidirectional=no,yes", "--vary", "data.look_back=6,5000", "--seeds", "2", *QUICK)  # fmt: skip
    status, out, err = run(*terms, "--out", "sweep.csv")
    assert status == 0
    rows = list(csv.DictReader(Path("sweep.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["runs"], row["failed"], row["decided_by"], row["data.look_back"]) for row in rows] == [
        ("2", "0", "RMSE", "6")
    ] * 4
    assert {(row["model.hidden_size"], row["model.bidirectional"]) for row in rows} == {
        (size, both) for size in "24" for both in ("false", "true")
    }
    scores = [float(row["validation_median"]) for row in rows]
    assert scores == sorted(scores)
    assert out.splitlines()[0].split()[:4] == ["Hidden", "units", "Both", "directions"]
    assert "Best on the validation part: Hidden units" in out.splitlines()[-1]
    assert "Hidden units 2, Both directions no, Look-back 5000, seed 0: one window takes" in err
    *ended, last = [json.loads(line) for line in run(*terms, "--json")[1].splitlines()]
    assert [line["event"] for line in ended].count("RunFinished") == 8
    assert [place["validation_median"] for place in last["standings"]] == pytest.approx(scores)
    assert last["best"]["settings"] == last["standings"][0]["settings"]
    assert [each["settings"]["data.look_back"] for each in last["left_out"]] == [5000] * 4


def test_a_sweep_draws_the_same_trials_again_and_writes_the_same_table(run: Run) -> None:
    terms = ("sweep", "--sample", "airline_passengers", "--vary", "training.learning_rate", "--vary",
             "model.hidden_size=2..6", "--random", "3", "--seeds", "1", *QUICK)  # fmt: skip
    tables = []
    for name in ("a.csv", "b.csv"):
        assert run(*terms, "--out", name)[0] == 0
        tables.append([line.rpartition(",")[0] for line in Path(name).read_text(encoding="utf-8").splitlines()])
    assert tables[0] == tables[1]
    assert len(tables[0]) == 4
    other = run(*terms, "--seed", "1", "--out", "c.csv")
    assert other[0] == 0
    assert tables[0] != [line.rpartition(",")[0] for line in Path("c.csv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("how", [("sweep", "--vary", "model.cell=gru,elman"), ("race", "--cells", "gru", "elman")])
def test_runs_are_kept_where_they_are_asked_for(run: Run, tmp_path: Path, how: tuple[str, ...]) -> None:
    terms = (*how, "--sample", "airline_passengers", "--seeds", "2", *QUICK)
    assert run(*terms)[0] == 0
    assert list(tmp_path.glob("*/*.toml")) == []
    status, _, err = run(*terms, "--runs", "kept")
    assert (status, err.count("cannot be saved")) == (0, 0)
    found = past_runs(tmp_path / "kept")
    assert sorted(run.folder.name[18:] for run in found) == ["001_gru", "002_elman", "003_gru", "004_elman"]
    assert {(run.of.kind, run.of.runs) for run in found if run.of} == {(how[0], 4)}
    assert len({run.of.key for run in found if run.of}) == 1
    assert all(load_run(run.folder).experiment == run.experiment for run in found)


def test_runs_that_are_given_up_are_kept_as_they_stand(run: Run, tmp_path: Path) -> None:
    rates = "training.learning_rate=0.03,0.02,0.01,0.00001,0.00002"
    terms = ("sweep", "--sample", "airline_passengers", "--vary", rates, "--seeds", "1", "--stop-early")
    assert run(*terms, *QUICK, "--set", "training.epochs=12", "--runs", "kept")[0] == 0
    found = past_runs(tmp_path / "kept")
    ended = [run.ended.reason for run in found if isinstance(run.ended, RunFinished)]
    assert (len(ended), set(ended)) == (5, {"all epochs done", "stopped"})
    assert not any(run.broke_off for run in found)


@pytest.mark.usefixtures("refuge")
def test_of_a_run_of_a_race_that_cannot_be_kept_that_is_told_and_it_counts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunFolder, "save_progress", fails)
    terms = ("race", "--cells", "gru", "elman", "--seeds", "1", "--sample", "airline_passengers", *QUICK)
    status, out, err = run(*terms, "--runs", "kept")
    assert (status, len(out.splitlines())) == (0, 3)
    assert "The run cannot be saved. " in err
    assert "No space left on device" in err


@pytest.mark.parametrize("how", [("sweep", "--vary", "model.cell=gru,elman"), ("race", "--cells", "gru", "elman")])
def test_without_a_validation_part_none_is_told_to_be_the_best(run: Run, tmp_path: Path, how: tuple[str, ...]) -> None:
    (tmp_path / "t.csv").write_text("day,v\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n")
    terms = (*how, "--data", "t.csv", "--seeds", "1", *QUICK)
    status, out, _ = run(*terms)
    assert status == 0
    assert out.splitlines()[-1].startswith("Nothing decides which is best: the validation part is empty.")
    assert "best" not in json.loads(run(*terms, "--json")[1].splitlines()[-1])


def test_a_sweep_without_any_result_says_why(run: Run) -> None:
    status, out, err = run("sweep", "--sample", "airline_passengers", "--vary", "data.look_back=5000,6000", *QUICK)
    assert (status, out) == (2, "")
    assert "no run came to a result; left out: Look-back 6000: one window takes" in only_error(err)


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_sweep_keeps_what_has_ended(run: Run, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The third run is interrupted, once or impatiently: two rows stand in the table and the file."""
    step, begun, signals = TrainingRun.__next__, list[TrainingRun](), list[int]()

    def interrupted(self: TrainingRun) -> object:
        if self not in begun:
            begun.append(self)
        if len(begun) == 3 and len(signals) < times:
            signals.append(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        return step(self)

    monkeypatch.setattr(TrainingRun, "__next__", interrupted)
    status, out, _ = run("sweep", "--sample", "airline_passengers", "--vary", "model.hidden_size=2,3,4,5",
                         "--seeds", "1", "--out", "sweep.csv", *QUICK[:2])  # fmt: skip
    assert status == 130
    assert len(begun) == 3
    rows = list(csv.DictReader(Path("sweep.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["model.hidden_size"] for row in rows} == {"2", "3"}
    assert "Best on the validation part" in out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.csv", "v\n1\n", "table, 1 row, 1 column, utf-8"), ("a.txt", "one line", "text, 1 line, utf-8")],
)
def test_one_of_a_kind_is_told_as_one(run: Run, tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    assert f"{name}: {words}" in run("inspect", name)[1]


def test_inspect_says_what_is_understood(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("day;sales\n" + "".join(f"{day:02d}.03.2021;{day},5\n" for day in range(1, 31)) + "x;1;2\n")
    status, out, _ = run("inspect", str(path), "--json")
    found = json.loads(out)
    assert (status, found["encoding"], found["delimiter"], found["decimal"], found["rows"]) == (
        0,
        "utf-8",
        ";",
        ",",
        30,
    )
    assert [(c["name"], c["type"], c["role"]) for c in found["columns"]] == [
        ("day", "date", "time"), ("sales", "number", "target"),
    ]  # fmt: skip
    assert [(bad["line"], bool(bad["reason"])) for bad in found["rejected"]] == [(32, True)]
    status, out, _ = run("inspect", str(path), "--set", "data.decimal=point")
    assert status == 0
    assert "decimal mark '.'" in out
    assert "line 32" in out


def test_train_reads_a_file_as_it_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1|2\n" + "".join(f"{row}|{row}\n" for row in range(60)))
    settings = ("data.delimiter=|", "data.header=no", "data.look_back=4", "training.epochs=1")
    told = [word for setting in settings for word in ("--set", setting)]
    status, _, err = run("train", "--data", str(path), *told, "--out", str(tmp_path / "run"))
    assert status == 0
    assert "no header" in err


def test_samples_are_listed(run: Run) -> None:
    status, out, _ = run("samples")
    assert status == 0
    assert "airline_passengers: Airline passengers (series)" in out


def test_samples_are_listed_for_programs(run: Run) -> None:
    status, out, _ = run("samples", "--json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [about["key"] for about in listed] == [sample.key for sample in data.samples()]
    assert all(about["licence"] and about["title"] for about in listed)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["train", "--sample", "airline_passengers", "--out", ""], "--out is empty"),
        (["train", "--resume="], "--resume is empty"),
        (["predict", ""], "DIR is empty"),
        (["export", "run", "--to", ""], "--to is empty"),
        (["inspect", ""], "FILE is empty"),
        (["race", "--sample", "adding", "--out", ""], "--out is empty"),
    ],
)
def test_an_empty_path_is_no_folder(run: Run, tmp_path: Path, command: list[str], named: str) -> None:
    status, out, err = run(*command)
    assert (status, out) == (2, "")
    assert named in only_error(err)
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize(
    "command", [[], ["inspect"], ["train"], ["range"], ["race"], ["sweep"], ["predict"], ["export"], ["samples"]]
)
def test_help_everywhere(run: Run, command: list[str]) -> None:
    status, out, _ = run(*command, "--help")
    assert status == 0
    assert out.startswith("usage: ")


def test_help_of_train_names_every_field(run: Run) -> None:
    _, out, _ = run("train", "--help")
    for name in ("model.cell", "training.learning_rate", "data.look_back", f"({', '.join(CELLS)})"):
        assert name in out


# --- what can be mended ---------------------------------------------------------------------------------

TABLE = "\n".join(["Date,Sold,Name", *(f"2020-01-{k:02d},{k},n{k}" for k in range(1, 29))])
BAD_FILES = {
    "empty.csv": (b"", "empty"),
    "empty.txt": (b"", "empty"),
    "binary.csv": (bytes(range(256)) * 20, "binary.csv"),
    "binary.txt": (b"\x7fELF\x00\x01\x02" * 500, "binary.txt"),
    "header.csv": (b"Date,Sold\n", "header.csv"),
    "one_row.csv": (b"Date,Sold\n2020-01-01,5\n", "row"),
    "words.csv": (b"Name,City\nann,paris\nbob,rome\n", "no column of numbers"),
    "blanks.csv": (b"Date,Sold\n" + b"".join(b"2020-01-%02d,\n" % k for k in range(1, 29)), "blanks.csv"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_in_one_line(run: Run, tmp_path: Path, name: str) -> None:
    content, words = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    status, out, err = run("train", "--data", name, "--out", "run", *QUICK)
    assert (status, out) == (2, "")
    assert words in only_error(err)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("data.targets=Name", "Name"),
        ("data.targets=Nothing", "Nothing"),
        ("data.look_back=1000", "data.look_back"),
        ("data.look_back=0", "it takes 1 to 100000"),
        ("model.hidden_size=0", "it takes 1 to 8192"),
        ("training.seed=-1", "training.seed is -1; it takes 0 to 4294967295"),
        ("data.stride=123456789", "is 123456789; it takes 1 to 100000"),
        ("model.cell=grru", "ugrnn; did you mean gru?"),
        ("model.cell=LSTM", "; did you mean lstm?"),
        ("model.hidden_size=many", "it takes a whole number"),
        ("model.cell=transformer", "it takes one of elman, "),
        ("model.topology=one_to_many", "one_to_many"),
        ("model.nonsense=1", "unknown field 'model.nonsense'; fields are model.topology"),
        ("nonsense=1", "unknown field 'nonsense'; a name begins with its section (data., model., training., saving.)"),
        ("model.hiden_size=8", "did you mean model.hidden_size"),
        ("epochs=8", "did you mean training.epochs"),
        ("training.learning_rate=nan", "training.learning_rate"),
        ("nonsense", "FIELD=VALUE"),
        ("data.validation=0.6", "data.validation"),
    ],
)
def test_bad_settings_are_refused_in_one_line(run: Run, tmp_path: Path, changes: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    more = ["--set", "data.test=0.5"] if "validation" in changes else []
    status, out, err = run("train", "--data", "t.csv", "--out", "run", *QUICK, "--set", changes, *more)
    assert (status, out) == (2, "")
    assert words in only_error(err)
    assert not (tmp_path / "run").exists()


def test_gaps_are_filled_and_told(run: Run, tmp_path: Path) -> None:
    values = ["" if k in (5, 6) else "NaN" if k == 20 else str(k % 7) for k in range(1, 61)]
    (tmp_path / "t.csv").write_text("\n".join(["k,Sold", *(f"{k},{value}" for k, value in enumerate(values))]))
    status, _, err = run("train", "--data", "t.csv", "--out", "run", *QUICK)
    assert status == 0
    assert "3 missing values of 'Sold' in 2 gaps" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "command"),
        (["fly"], "fly"),
        (["train", "--out", "run"], "nothing to learn from"),
        (["train", "--sample", "airline_passengers"], "--out"),
        (["train", "--sample", "airline_passenger", "--out", "run"], "airline_passengers"),
        (["train", "--sample", "airline_passenger"], "airline_passengers"),
        (["train", "--config", "none.toml"], "none.toml"),
        (["train"], "nothing to learn from"),
        (["train", "--data", "none.csv", "--out", "run"], "none.csv"),
        (["train", "--data", ".", "--out", "run"], "folder"),
        (["train", "--sample", "alice", "--data", "x", "--out", "run"], "not allowed with"),
        (["train", "--config", "none.toml", "--out", "run"], "none.toml"),
        (["train", "--sample", "alice", "--seed", "x", "--out", "run"], "--seed"),
        (["train", "--sample", "alice", "--seed", "-1", "--out", "run"], "training.seed"),
        (["predict", "none", "--out", "p.csv"], "holds no run"),
        (["export", "none", "--to", "w.safetensors"], "holds no run"),
        (["export", "none", "--to", "w.pkl"], ".safetensors"),
        (["range"], "nothing to learn from"),
        (["range", "--sample", "alice", "--steps", "1"], "--steps takes 4"),
        (["race", "--sample", "alice"], "--cells"),
        (["race", "--sample", "airline_passengers", "--strategies", "direct"], "set data.steps to 2 or more"),
        (["race", "--sample", "alice", "--strategies", "direct"], "several steps of a series"),
        (["race", "--sample", "alice", "--cells", "elman", "lstmm"], "lstmm"),
        (["race", "--sample", "airline_passengers", "--cells", "gru", "--seeds", "0"], "--seeds takes 1"),
        (["race", "--sample", "airline_passengers", "--cells", "gru", "--budget", "0"], "--budget takes 1"),
        (["sweep", "--sample", "airline_passengers"], "--vary"),
        (["sweep", "--sample", "airline_passengers", "--vary", "model.cel=gru"], "did you mean model.cell"),
        (["sweep", "--sample", "airline_passengers", "--vary", "model.cell=gru"], "two values or more"),
        (["sweep", "--sample", "airline_passengers", "--vary", "data.test=1,2"], "data.test cannot be varied"),
        (["sweep", "--sample", "airline_passengers", "--vary", "model.hidden_size=1..9"], "has bounds only"),
        (["sweep", "--sample", "airline_passengers", "--vary", "model.cell", "--random", "0"], "takes 1 to 1000"),
        (["sweep", "--sample", "airline_passengers", "--vary", "model.cell", "--seeds", "0"], "--seeds takes 1"),
        (["sweep", "--sample", "airline_passengers", *["--vary", "model.cell"] * 2], "is given twice"),
        (["range", "--sample", "alice", "--set", "training.loss=mae"], "it takes auto or cross_entropy"),
    ],
)
def test_bad_commands_are_refused_in_one_line(run: Run, arguments: list[str], words: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert words in only_error(err)
    assert not Path("run").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["train"],
        ["import", "--weights", "none.npz"],
        ["race", "--cells", "gru"],
        ["sweep", "--vary", "model.cell"],
        ["range"],
    ],
)
def test_a_wrong_sample_is_said_before_anything_about_where_to_write(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "there").touch()
    status, out, err = run(*command, "--sample", "airline_passenger", "--out", "there")
    assert (status, out) == (2, "")
    assert "airline_passengers" in only_error(err)


def test_a_configuration_is_read_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.toml").write_text("[training]\nepochs = 1\n")
    read: list[object] = []

    def counted(path: str) -> Experiment:
        read.append(path)
        return read_experiment(path)

    monkeypatch.setattr(options, "read_experiment", counted)
    assert run("train", "--sample", "airline_passengers", "--config", "c.toml", "--out", "run", *QUICK)[0] == 0
    assert read == ["c.toml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "run"], "--out"),
        (["predict", "run", "--prompt", "x", "--out", "p.csv"], "--prompt"),
        (["predict", "run", "--out", "nowhere/p.csv"], "nowhere"),
        (["predict", "run", "--data", "none.csv", "--out", "p.csv"], "none.csv"),
        (["export", "run", "--to", "nowhere/w.safetensors"], "nowhere"),
        (["train", "--sample", "airline_passengers", "--out", "run"], "already holds a run"),
        (["train", "--sample", "airline_passengers", "--out", "run/log.txt"], "log.txt"),
        (["train", "--sample", "airline_passengers", "--out", "run/log.txt/deeper"], "log.txt"),
    ],
)
def test_bad_use_of_a_run_is_refused_in_one_line(airline: Run, arguments: list[str], words: str) -> None:
    before = {path: path.read_bytes() for path in Path("run").rglob("*.*") if path.is_file()}
    status, out, err = airline(*arguments)
    assert (status, out) == (2, "")
    assert words in only_error(err)
    assert {path: path.read_bytes() for path in Path("run").rglob("*.*") if path.is_file()} == before


@pytest.mark.parametrize(
    "content", ["not = toml = ", "[model]\ncell = 3", "[modle]\n", "[model]\ncell = 'fly'", "model = 3"]
)
def test_bad_configurations_are_refused_in_one_line(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "c.toml").write_text(content)
    status, out, err = run("train", "--sample", "airline_passengers", "--config", "c.toml", "--out", "run")
    assert (status, out) == (2, "")
    assert only_error(err)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_a_run_that_breaks_says_what_broke_and_what_helps(run: Run) -> None:
    settings = ["model.cell=elman", "model.activation=relu", "training.optimizer=sgd", "training.learning_rate=10",
                "training.clip_norm=0", "data.seasonal_difference=false"]  # fmt: skip
    options = [part for item in settings for part in ("--set", item)]
    status, out, err = run("train", "--sample", "airline_passengers", "--out", "run", *QUICK, *options)
    assert (status, out) == (2, "")
    assert "the gradient of r" in only_error(err)
    assert "Lower training.learning_rate" in only_error(err)


# --- what cannot ----------------------------------------------------------------------------------------


def test_the_unexpected_leaves_its_details_in_a_log(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(data, "samples", broken)
    status, _, err = run("samples")
    assert status == 1
    assert "unexpected ZeroDivisionError: of all things" in only_error(err)
    (log,) = (tmp_path / "state").rglob("*.log")
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_keeps_the_best(run: Run, monkeypatch: pytest.MonkeyPatch, number: int, status: int) -> None:
    real = TrainingRun.__next__

    def interrupted(self: TrainingRun) -> object:
        event = real(self)
        if isinstance(event, StepDone) and event.step == 3:
            os.kill(os.getpid(), number)
        return event

    monkeypatch.setattr(TrainingRun, "__next__", interrupted)
    before = signal.getsignal(number)
    code, out, _ = run("train", "--sample", "airline_passengers", "--out", "run", *QUICK)
    assert code == status
    assert "Stopped: 3 steps" in out
    assert Path("run/weights.safetensors").exists()
    assert signal.getsignal(number) is before


def test_a_second_interrupt_ends_at_once(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def ignored(_: Control) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingRun, "__next__", lambda _: ignored(Control()))
    status, _, err = run("train", "--sample", "airline_passengers", "--out", "run", *QUICK)
    assert status == 130
    assert "interrupted" in only_error(err)


def test_as_a_process(tmp_path: Path) -> None:
    code = "import sys; from engine.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "train", "--sample", "nothing", "--out", str(tmp_path / "run")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert only_error(done.stderr)
    assert not (tmp_path / "run").exists()
