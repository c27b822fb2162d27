"""What the commands say where no terminal is: in logs, pipes, closed streams, plain letters; and to misspelt words."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main
from engine.commands.reporting import BarReporter
from engine.commands.terminal import prepare_streams
from engine.config import Experiment
from engine.events import Compiling, RunStarted

ROOT = Path(__file__).parents[3]
QUICK = ["--set=training.epochs=2", "--set=model.hidden_size=4", "--set=training.threads=1"]


def main_py(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment, cwd=ROOT
    )


def test_a_log_holds_lines_and_no_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--sample", "airline_passengers", "--out", "run", *QUICK]) == 0
    said = capsys.readouterr().err
    assert "\r" not in said
    assert "%|" not in said
    assert "epoch 2/2, loss " in said
    assert main(["range", "--sample", "airline_passengers", "--steps", "5", *QUICK]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["train", "--smaple", "alice"],
            "there is no option --smaple; did you mean --sample; see main.py train --help",
        ),
        (["train", "--ouT=x"], "there is no option --ouT; did you mean --out; see main.py train --help"),
        (["export", "--zz"], "there is no option --zz; see main.py export --help"),
        (["samples", "-z"], "there is no option -z; see main.py samples --help"),
        (["train", "--seed", "x"], "--seed is 'x'; it takes a whole number; see main.py train --help"),
        (["predict", "run", "--temperature", ""], "--temperature is ''; it takes a number; see main.py predict --help"),
        (
            ["train", "--out", "x", "--config", "nowhere.toml"],
            "nowhere.toml: No such file or directory; check the path",
        ),
        (["predict", "run", "more"], "one word too many: more; see main.py predict --help"),
        (["race", "--cells", "gruu"], "did you mean gru; see main.py race --help"),
        (["race", "--cells", "elman,gruu"], "did you mean gru; see main.py race --help"),
        (["export", "run", "--to", "x.h", "--target", "c_heade"], "did you mean c_header; see main.py export --help"),
    ],
)
def test_misspelt_words(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert line.endswith(words)


@pytest.mark.parametrize("cells", [["elman", "gru"], ["elman,gru"], ["elman,", "gru"]])
def test_names_of_a_race_may_have_commas_between(capsys: pytest.CaptureFixture[str], cells: list[str]) -> None:
    assert main(["race", "--sample", "airline_passengers", "--seeds", "1", *QUICK, "--cells", *cells]) == 0
    shown = capsys.readouterr().out
    assert "Elman" in shown
    assert "GRU" in shown


@pytest.mark.parametrize("asked", [[], ["--prompt", "x"], ["--out", "answers.csv"]])
def test_a_model_of_generated_sequences_says_that_there_is_nothing_to_ask_it_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    small = ["--set=data.sequences=32", "--set=data.length=6", "--set=training.epochs=1"]
    assert main(["train", "--sample", "adding", "--out", "run", *QUICK, *small]) == 0
    capsys.readouterr()
    assert main(["predict", "run", *asked]) == 2
    assert capsys.readouterr().err.startswith("error: run learned from generated sequences: there are no rows or texts")


def test_a_folder_that_holds_a_run_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["train", "--sample", "airline_passengers", "--out", "run", *QUICK]
    assert main(command) == 0
    capsys.readouterr()
    assert main(command) == 2
    assert "go on with it: train --resume run" in capsys.readouterr().err


def test_a_minus_stays_one_where_letters_are_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(plain, "ascii"))
    monkeypatch.setattr(sys, "stderr", None)
    prepare_streams()
    print("−4 % to +4 %, é…", flush=True)
    print("swallowed", file=sys.stderr, flush=True)
    assert plain.getvalue() == b"-4 % to +4 %, ?...\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
@pytest.mark.parametrize("arguments", [["samples"], ["--help"], ["train", "--help"]], ids=str)
def test_a_reader_that_goes_away_ends_it_silently(arguments: list[str]) -> None:
    running = main_py(*arguments)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.wait(120) in (0, 141)
    assert running.stderr.read() == b""
    running.stderr.close()


def test_a_race_that_is_interrupted_before_any_run_ended_writes_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def stopped(*_: object, **_as: object) -> list[object]:
        signal.raise_signal(signal.SIGINT)
        return []

    monkeypatch.setattr("engine.commands.racing.let_run", stopped)
    command = ["race", "--sample", "airline_passengers", "--cells", "elman", "--out", "race.csv"]
    assert main(command) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "error: interrupted; nothing was written"
    assert not list(tmp_path.iterdir())


class _Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_shows_what_is_compiled_and_how_far(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := _Stream(terminal))
    reporter = BarReporter(Experiment())
    for event in (
        Compiling("lstm kernels"), Compiling("lstm kernels", done=2, needed=9),
        Compiling("lstm kernels", done=5, needed=9, left=12.0),
    ):  # fmt: skip
        reporter.show(event)
    said = stream.getvalue()
    reporter.show(RunStarted(10, 5, 2, "RMSE", (), ""))
    reporter.close()
    if terminal:
        assert "preparing lstm kernels" in said
        assert "5 of 9, about 00:12 left" in said
        assert "0/10" in stream.getvalue()
    else:
        assert not stream.getvalue()
