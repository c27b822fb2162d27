"""The engine in a process of its own does what it does in this one, and its end is told in words."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.control import Control
from engine.data import DataError, load, sample
from engine.events import CheckpointSaved, Paused, RunFailed, RunFinished, Snapshot, SnapshotRequest, StepDone
from engine.layers.threads import processors
from engine.resuming import way_on
from engine.training import TrainingRun
from workbench.doors.engine_process import EngineGoneError, EngineProcess

can_hold = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system cannot hold a process")
SHORT = sample("airline_passengers").experiment.replace({"training.epochs": 3, "training.threads": 1})


def hold(pid: int) -> None:
    """Until all of its threads stand still: one after the other stops, and on a busy machine some still act."""
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineProcess]:
    made = EngineProcess()
    made.start()
    yield made
    assert made.close(20.0)


def losses(events: object) -> list[float]:
    return [event.loss for event in events if isinstance(event, StepDone)]  # type: ignore[attr-defined]


def test_a_run_there_is_the_run_here(engine: EngineProcess, tmp_path: Path) -> None:
    engine.prepare(SHORT)
    there = list(engine.run(SHORT, Control(), tmp_path / "run"))
    assert isinstance(there[-1], RunFinished)
    assert losses(there) == losses(TrainingRun(SHORT, load(SHORT)))
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_commands_reach_it_before_and_while_it_runs(engine: EngineProcess) -> None:
    control = Control()
    control.step_once()  # asked before anybody follows
    control.request = SnapshotRequest(7, frozenset({"hidden"}))
    seen = []
    for event in engine.run(SHORT, control, None):
        seen.append(event)
        if isinstance(event, Snapshot) and event.request == 7:
            control.request = SnapshotRequest(8, frozenset({"gradient_norms"}))
        elif isinstance(event, Snapshot) and event.request == 8:
            control.stop()
    assert [event.step for event in seen if isinstance(event, StepDone)] == [1]
    assert any(isinstance(event, Paused) for event in seen)
    assert {event.request for event in seen if isinstance(event, Snapshot)} >= {8}
    assert isinstance(seen[-1], RunFinished)


def test_what_was_measured_travels_once(engine: EngineProcess) -> None:
    control, probes = Control(), frozenset({"hidden", "gradient_norms"})
    control.step_once()
    control.request = SnapshotRequest(1, probes)
    told = []
    for event in engine.run(SHORT, control, None):
        if isinstance(event, Snapshot):
            told.append({name for name, _ in event.values})
            control.request = SnapshotRequest(event.request + 1, probes)
            if event.request == 3:
                control.stop()
    assert told[0] == probes
    assert told[1:3] == [set(), set()]  # the run waits: nothing is measured anew


def test_data_that_cannot_be_used_is_said_here(engine: EngineProcess, tmp_path: Path) -> None:
    missing = Experiment().replace({"data.file": str(tmp_path / "none.csv")})
    with pytest.raises(DataError, match=r"none\.csv"):
        engine.prepare(missing)
    with pytest.raises(DataError, match=r"none\.csv"):
        list(engine.run(missing, Control(), None))


@pytest.mark.parametrize(
    ("number", "cure", "said"),
    [
        (signal.SIGKILL, "Memory is the usual reason", ""),
        (signal.SIGSEGV, "The log has the details", "Segmentation fault"),
    ],
)
def test_a_process_that_dies_fails_the_run_and_is_started_again(
    number: signal.Signals, cure: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = EngineProcess()
    engine.start()
    events = engine.run(SHORT.replace({"training.epochs": 1_000_000}), Control(), None)
    for event in events:
        if isinstance(event, StepDone):
            assert engine.process_id is not None
            os.kill(engine.process_id, number)
            break
    last = list(events)[-1]
    assert isinstance(last, RunFailed)
    assert f"signal {int(number)}" in last.why
    assert cure in last.cure
    assert f"signal {int(number)}" in caplog.text
    assert said in caplog.text
    assert last.step > 0
    assert isinstance(list(engine.run(SHORT, Control(), None))[-1], RunFinished)
    assert engine.close(20.0)


@pytest.mark.skipif(len(processors()) < 2 or not hasattr(os, "sched_setaffinity"), reason="there is no other processor")
def test_a_process_that_dies_keeps_no_processor_to_itself() -> None:
    engine = EngineProcess()
    engine.start()
    try:
        os.sched_setaffinity(0, processors() - {min(processors())})  # as one that computes alone has it
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGKILL)
        assert isinstance(list(engine.run(SHORT, Control(), None))[-1], RunFailed | RunFinished)
        assert os.sched_getaffinity(0) == processors()
    finally:
        os.sched_setaffinity(0, processors())
        assert engine.close(20.0)


def test_a_process_that_cannot_be_started_says_so_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_process: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refused)
    engine = EngineProcess()
    engine.start()  # as the program does before there is a window to say it in
    with pytest.raises(EngineGoneError, match="It cannot be started: Resource temporarily unavailable"):
        engine.prepare(SHORT)
    (failed,) = engine.run(SHORT, Control(), None)
    assert isinstance(failed, RunFailed)
    assert "cannot be started" in failed.why
    assert engine.close(1.0)


@can_hold
def test_a_process_that_is_held_and_then_killed_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    """As by a laptop's sleep, and then by the system's lack of memory."""
    often = SHORT.replace({"training.epochs": 1_000_000, "saving.seconds": 0, "saving.epochs": 1})
    engine, folder, saves, held = EngineProcess(), tmp_path / "run", 0, False
    engine.start()
    pid, last = engine.process_id, None
    assert pid is not None
    for last in engine.run(often, Control(), folder):
        saves += isinstance(last, CheckpointSaved)
        if saves == 1 and not held:
            hold(pid)
            held = True
            assert "still under way" in way_on(folder).problem
            os.kill(pid, signal.SIGCONT)
        elif saves == 3 and isinstance(last, CheckpointSaved):
            os.kill(pid, signal.SIGKILL)
    assert isinstance(last, RunFailed)
    assert "Go on" in last.cure
    way = way_on(folder)
    assert way.problem == ""
    epochs = {"training.epochs": way.step // load(often).batch_count("train", often.training.batch_size) + 2}
    assert isinstance(list(engine.resume(folder, Control(), epochs, False))[-1], RunFinished)
    list(TrainingRun(often.replace(epochs), load(often), folder=tmp_path / "whole"))
    for name in ("weights.safetensors", "metrics.csv"):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert engine.close(20.0)


@can_hold
def test_nobody_waits_for_a_process_that_is_held() -> None:
    """A pipe takes some hundred wishes that nobody hears; the window's thread asks thirty times a second."""
    engine, control = EngineProcess(), Control()
    events = engine.run(SHORT.replace({"training.epochs": 1_000_000}), control, None)
    next(events)
    assert engine.process_id is not None

    def ask() -> None:
        for number in range(1, 5_001):
            control.request = SnapshotRequest(number, frozenset({"hidden"}))

    with ThreadPoolExecutor(1) as pool:
        hold(engine.process_id)
        try:
            pool.submit(ask).result(60)
        finally:
            os.kill(engine.process_id, signal.SIGCONT)
    control.stop()
    assert isinstance(list(events)[-1], RunFinished)
    assert engine.close(20.0)


def test_closing_it_stops_a_run(tmp_path: Path) -> None:
    engine = EngineProcess()
    events = engine.run(SHORT.replace({"training.epochs": 1_000_000}), Control(), tmp_path / "run")
    for event in events:
        if isinstance(event, StepDone) and event.step > 20:
            break
    assert engine.close(20.0)
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_closing_it_does_not_wait_for_kernels(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNN_WORKBENCH_CACHE", str(tmp_path))
    engine = EngineProcess()
    with ThreadPoolExecutor(1) as pool:
        told = list[Any]()
        prepared = pool.submit(engine.prepare, SHORT, told.append)
        qtbot.waitUntil(lambda: any(look.done for look in told), timeout=60_000)  # the first of many kernels
        assert all(look.done < look.needed for look in told)
        assert engine.close(60.0)
        with pytest.raises(EngineGoneError, match="closed"):
            prepared.result()


def test_closing_it_does_not_wait_for_the_kernels_of_a_run(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNN_WORKBENCH_CACHE", str(tmp_path / "cache"))
    engine = EngineProcess()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(lambda: list(engine.run(SHORT, Control(), tmp_path / "run")))
        qtbot.waitUntil(lambda: any(tmp_path.rglob("*.nbc")), timeout=60_000)
        assert engine.close(60.0)
        last = run.result()[-1]
    assert isinstance(last, RunFailed)
    assert last.why == "It was closed."
    assert not (tmp_path / "run").exists()


@can_hold
def test_one_that_is_ended_by_force_counts_as_closed(tmp_path: Path) -> None:
    engine = EngineProcess()
    events = engine.run(SHORT.replace({"training.epochs": 1_000_000}), Control(), None)
    next(events)
    assert engine.process_id is not None
    hold(engine.process_id)  # so that it does not hear of it
    assert not engine.close(0.0)
    last = list(events)[-1]
    assert isinstance(last, RunFailed)
    assert last.why == "It was closed."


def test_one_that_was_closed_does_not_begin_again() -> None:
    engine = EngineProcess()
    engine.start()
    assert engine.close(20.0)
    with pytest.raises(EngineGoneError, match="closed"):
        engine.prepare(SHORT)
    assert isinstance(list(engine.run(SHORT, Control(), None))[-1], RunFailed)
    assert engine.close(0.0)


def test_a_wish_that_meets_the_end_is_answered() -> None:
    engine = EngineProcess()
    engine.start()
    assert engine.process_id is not None
    os.kill(engine.process_id, signal.SIGKILL)
    with contextlib.suppress(EngineGoneError):  # unless the end was noticed first, and another was begun
        engine.prepare(SHORT)
    engine.prepare(SHORT)
    assert engine.close(20.0)
