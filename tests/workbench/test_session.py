"""The life of a run as a table: in which state which command leads where."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.control import Control
from engine.data import DataError
from engine.events import CheckpointSaved, Paused, Resumed, RunFailed, RunFinished
from engine.storage.run_folders import RunFolderError
from tests.workbench.conftest import SERIES, KnownRun
from workbench.doors.mailbox import Mailbox
from workbench.runs.records import run_name
from workbench.runs.state import Command, State
from workbench.session import Session


class Bench:
    """A session with a run that goes as far as it is let."""

    def __init__(self, qtbot: QtBot, tmp_path: Path) -> None:
        self.qtbot, self.mailbox = qtbot, Mailbox()
        self.session = Session(self.mailbox, lambda name: tmp_path / name)
        self.runs: list[KnownRun] = []

    def make(self, experiment: Any, control: Control, folder: Path | None) -> KnownRun:
        run = KnownRun(experiment, control, folder)
        self.runs.append(run)
        return run

    def give(self, command: Command) -> None:
        session = self.session
        {
            Command.RUN: lambda: session.run(SERIES, self.make),
            Command.STEP: lambda: session.step_once(SERIES, self.make),
            Command.STOP: session.stop,
            Command.FINISH: session.finish,
            Command.RESET: session.reset,
        }[command]()

    def drain(self) -> None:
        self.session.handle(self.mailbox.drain().events)

    def until(self, condition: Callable[[], bool]) -> None:
        def met() -> bool:
            self.drain()
            return condition()

        self.qtbot.waitUntil(met)

    def reach(self, state: State) -> None:
        """Bring the session into `state` by commands alone."""
        if state is State.READY:
            return
        self.give(Command.RUN)
        self.until(lambda: bool(self.runs))
        if state is State.PAUSED:
            self.give(Command.RUN)
            self.runs[0].permits.release(2)
        elif state is State.FINISHED:
            self.give(Command.STOP)
        self.until(lambda: self.session.state is state)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, tmp_path)
    yield bench
    bench.session.stop()
    assert bench.session.join(10)


def test_a_run_that_was_saved_elsewhere_is_found_there(bench: Bench, tmp_path: Path) -> None:
    bench.reach(State.TRAINING)
    record = bench.session.record
    assert record is not None
    bench.session.handle([CheckpointSaved(3, str(tmp_path / "refuge" / "weights.safetensors"))])
    assert record.saved
    assert record.folder == tmp_path / "refuge"


@pytest.mark.parametrize("late", [Paused(1), Resumed(1)])
def test_a_run_that_is_ending_does_not_come_back(bench: Bench, late: Paused | Resumed) -> None:
    bench.reach(State.TRAINING)
    bench.give(Command.STOP)
    bench.session.handle([late])
    assert bench.session.state is State.ENDING


def test_single_steps_say_nothing_of_the_pace(bench: Bench) -> None:
    bench.reach(State.PAUSED)
    for wanted in (bench.session.step + 1, bench.session.step + 2):
        bench.give(Command.STEP)
        bench.runs[0].permits.release()
        bench.until(lambda wanted=wanted: bench.session.step >= wanted)  # type: ignore[misc]
    assert bench.session.pace.steps_per_second == 0


@pytest.mark.parametrize(
    ("state", "command", "after"),
    [
        (State.READY, Command.RUN, State.TRAINING),
        (State.READY, Command.STEP, State.PAUSED),
        (State.READY, Command.STOP, State.READY),
        (State.READY, Command.FINISH, State.READY),
        (State.READY, Command.RESET, State.READY),
        (State.TRAINING, Command.RUN, State.PAUSED),
        (State.TRAINING, Command.STEP, State.PAUSED),
        (State.TRAINING, Command.STOP, State.FINISHED),
        (State.TRAINING, Command.FINISH, State.FINISHED),
        (State.TRAINING, Command.RESET, State.READY),
        (State.PAUSED, Command.RUN, State.TRAINING),
        (State.PAUSED, Command.STEP, State.PAUSED),
        (State.PAUSED, Command.STOP, State.FINISHED),
        (State.PAUSED, Command.FINISH, State.FINISHED),
        (State.PAUSED, Command.RESET, State.READY),
        (State.FINISHED, Command.RUN, State.TRAINING),
        (State.FINISHED, Command.STEP, State.PAUSED),
        (State.FINISHED, Command.STOP, State.FINISHED),
        (State.FINISHED, Command.FINISH, State.FINISHED),
        (State.FINISHED, Command.RESET, State.READY),
    ],
)
def test_commands_lead_where_they_should(bench: Bench, state: State, command: Command, after: State) -> None:
    bench.reach(state)
    bench.give(command)
    bench.until(lambda: bool(bench.runs) or after is State.READY)
    for run in bench.runs:
        run.permits.release()
    bench.until(lambda: bench.session.state is after)


@pytest.mark.parametrize("command", list(Command))
@pytest.mark.parametrize("state", [State.READY, State.TRAINING, State.PAUSED, State.FINISHED])
def test_what_cannot_be_asked_says_why(bench: Bench, state: State, command: Command) -> None:
    bench.reach(state)
    refused = bench.session.why_not(command)
    idle = state in (State.READY, State.FINISHED)
    expected = (command in (Command.STOP, Command.FINISH) and idle) or (
        command is Command.RESET and state is State.READY
    )
    assert bool(refused) == expected


@pytest.mark.parametrize(("presses", "state"), [(1, State.TRAINING), (2, State.PAUSED), (3, State.TRAINING)])
def test_the_last_of_quick_presses_counts(bench: Bench, presses: int, state: State) -> None:
    for _ in range(presses):
        bench.give(Command.RUN)
    bench.until(lambda: bool(bench.runs))
    bench.runs[0].permits.release(3)
    bench.until(lambda: bench.session.state is state)
    assert bench.session.step <= 3


def _waits_at(session: Session, step: int) -> bool:
    return session.step == step and session.state is State.PAUSED


def test_a_step_is_exactly_one_batch(bench: Bench) -> None:
    bench.give(Command.STEP)
    bench.until(lambda: bool(bench.runs))
    bench.runs[0].permits.release(50)
    for number in (1, 2, 3):
        bench.until(partial(_waits_at, bench.session, number))
        bench.give(Command.STEP)


def test_scalars_reach_the_history_and_the_record(bench: Bench) -> None:
    bench.give(Command.RUN)
    bench.until(lambda: bool(bench.runs))
    bench.runs[0].permits.release(100)
    bench.until(lambda: bench.session.state is State.FINISHED)
    record = bench.session.records[0]
    assert record.history.count("loss") == 100
    assert record.history.count("validation_loss") == 10
    assert record.best_metric == pytest.approx(0.03)
    assert record.saved
    assert "known" in record.findings
    assert isinstance(record.outcome, RunFinished)
    assert record.outcome.reason == "all epochs done"


def test_a_live_setting_reaches_the_run_and_others_do_not(bench: Bench) -> None:
    bench.reach(State.PAUSED)
    assert bench.session.set_live("training.learning_rate", "0.5") == ""
    assert bench.session.set_live("training.epochs", "5") == ""
    assert "0 to 1000000" in bench.session.set_live("training.clip_norm", -1)
    bench.give(Command.STEP)
    bench.runs[0].permits.release(5)
    bench.until(lambda: bench.runs[0].learning_rates == [0.5])


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (RuntimeError("boom"), "The log has the details"),
        (ValueError("data gone"), "Put that right, and try again"),
        (RunFolderError("runs/1 cannot be made"), "choose another one"),
        (MemoryError("16 GiB"), "Take fewer hidden units"),
    ],
)
def test_a_run_that_breaks_off_fails_with_words(
    bench: Bench, error: Exception, cure: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(experiment: Experiment, control: Control, folder: Path | None) -> NoReturn:
        raise error

    bench.session.run(SERIES, broken)
    bench.until(lambda: bench.session.state is State.FAILED)
    outcome = bench.session.records[0].outcome
    assert isinstance(outcome, RunFailed)
    assert str(error) in outcome.why
    assert cure in outcome.cure
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            RunFolderError("runs/1 cannot be made; choose another folder"),
            "runs/1 cannot be made; choose another folder.",
        ),
        (DataError("sales.csv is empty; choose another file."), "sales.csv is empty; choose another file."),
        (OSError(errno.ENOSPC, "No space left on device", "runs/1"), "runs/1: No space left on device."),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device."),
        (OSError("the pipe is gone"), "the pipe is gone."),
    ],
)
def test_why_a_run_failed_is_a_sentence_before_what_to_do(bench: Bench, error: Exception, why: str) -> None:
    def broken(experiment: Experiment, control: Control, folder: Path | None) -> NoReturn:
        raise error

    bench.session.run(SERIES, broken)
    bench.until(lambda: bench.session.state is State.FAILED)
    outcome = bench.session.records[0].outcome
    assert isinstance(outcome, RunFailed)
    assert outcome.why == why


def test_reset_keeps_the_run_in_the_list(bench: Bench) -> None:
    bench.reach(State.TRAINING)
    bench.give(Command.RESET)
    bench.until(lambda: bench.session.state is State.READY)
    assert bench.session.record is None
    assert len(bench.session.records) == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "lstm-32"),
        ({"model.num_layers": 2, "model.hidden_size": 64}, "lstm-64x2"),
        ({"model.bidirectional": True}, "bi-lstm-32"),
        ({"model.num_layers": 3, "model.hidden_sizes": (64, 16)}, "lstm-64-16-32"),
    ],
)
def test_runs_are_named_by_their_model(changes: dict[str, Any], name: str) -> None:
    assert run_name(SERIES.replace(changes)) == name
