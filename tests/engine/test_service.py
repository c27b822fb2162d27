"""What the engine's process does with wishes, in this one: what it reads again, and what it lets go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine import data, service
from engine.compiling import warmup
from engine.config import Experiment
from engine.data import Dataset
from engine.events import Event, Snapshot, StepDone
from engine.service import Command, Done, Prepare, Run, Service


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Experiment]:
    """What has been read so far; no kernel is compiled."""
    seen, load = list[Experiment](), data.load

    def noted(experiment: Experiment) -> Dataset:
        seen.append(experiment)
        return load(experiment)

    monkeypatch.setattr(data, "load", noted)
    monkeypatch.setattr(warmup, "warm_up", lambda _experiment, _dataset: None)
    return seen


@pytest.fixture
def pipe() -> tuple[Connection, Connection]:
    return Pipe()


@pytest.fixture
def wishes(pipe: tuple[Connection, Connection]) -> Iterator[Connection]:
    ours, theirs = pipe
    thread = threading.Thread(target=Service(theirs).serve)
    thread.start()
    yield ours
    ours.send(None)
    thread.join(20)
    assert not thread.is_alive()


def answered(wishes: Connection, number: int, experiment: Experiment) -> Done:
    wishes.send(Prepare(number, experiment))
    assert wishes.poll(20)
    done = wishes.recv()
    assert isinstance(done, Done)
    assert done.number == number
    return done


def test_data_are_read_again_only_where_they_may_be_others(
    experiment: Experiment, wishes: Connection, read: list[Experiment], tmp_path: Path
) -> None:
    assert answered(wishes, 1, experiment).error is None
    assert answered(wishes, 2, experiment.replace({"model.hidden_size": 9})).error is None
    assert len(read) == 1
    assert answered(wishes, 3, experiment.replace({"data.look_back": 9})).error is None
    assert len(read) == 2
    file = tmp_path / "rows.csv"
    for number, rows in enumerate((60, 61, 61), 4):
        if not file.exists() or file.read_text().count("\n") != rows + 1:
            file.write_text("value\n" + "".join(f"{row}.5\n" for row in range(rows)))
        own = experiment.replace({"data.sample": "", "data.file": str(file), "data.targets": "value", "data.season": 0})
        assert answered(wishes, number, own).error is None
    assert len(read) == 4  # the second time it had another row, the third time it was the same


def test_what_cannot_be_read_is_told_and_the_next_wish_is_heard(
    experiment: Experiment, wishes: Connection, read: list[Experiment], tmp_path: Path
) -> None:
    missing = experiment.replace({"data.sample": "", "data.file": str(tmp_path / "none.csv")})
    done = answered(wishes, 1, missing)
    assert "none.csv" in str(done.error)
    assert "DataError" in done.trace
    assert answered(wishes, 2, experiment).error is None


def test_of_several_preparations_only_the_newest_is_made(
    experiment: Experiment,
    wishes: Connection,
    pipe: tuple[Connection, Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end, prepared = threading.Event(), threading.Event(), list[int]()

    def warm_up(own: Experiment, _dataset: Dataset) -> None:
        begun.set()
        may_end.wait(20)
        prepared.append(own.model.hidden_size)

    monkeypatch.setattr(warmup, "warm_up", warm_up)
    wishes.send(Prepare(1, experiment))
    assert begun.wait(20)
    for number in (2, 3):
        wishes.send(Prepare(number, experiment.replace({"model.hidden_size": number})))
    wishes.send(Command(4, "pause", ()))
    while pipe[1].poll():  # once this has been taken, the wishes before it have been heard
        continue
    may_end.set()
    assert [wishes.recv().number for _ in range(3)] == [1, 2, 3]
    assert prepared == [experiment.model.hidden_size, 3]


def never_ends(connection: Connection, trace: Connection) -> None:
    """The engine's process with a batch, or a save on a disk that does not answer, that goes on for ever."""

    def train(self: Service, wish: Run) -> None:
        self._let_break(False)
        connection.send(Done(wish.number))
        threading.Event().wait()

    service._GRACE_SECONDS = 0.0
    Service._train = train  # type: ignore[assignment, method-assign]
    service.main(connection, trace)


def test_a_process_whose_window_has_gone_ends_whatever_it_is_at(experiment: Experiment) -> None:
    (ours, theirs), (trace, their_trace) = Pipe(), Pipe(duplex=False)
    process = get_context("spawn").Process(target=never_ends, args=(theirs, their_trace), daemon=True)
    with trace:
        process.start()
        theirs.close()
        their_trace.close()
        ours.send(Run(1, experiment, None))
        ours.recv()
        ours.close()
        process.join(60)
        assert process.exitcode == 0


class Listener:
    """Takes the place of a pipe, and keeps what is sent: how many events at once."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def send(self, happened: service.Happened) -> None:
        self.sent.append(len(happened.events))


@pytest.mark.parametrize(
    ("apart", "snapshots", "together"),
    [
        (9, (), [3, 3, 3, 3]),
        (9, (4, 8, 12), [3, 1, 4, 4]),
        (9, (2,), [2, 4, 3, 3]),
        (30, (1, 4), [1] * 12),
        (24, (), [1] * 12),
    ],
    ids=["nobody looks inside", "snapshots come", "a snapshot comes, and no more", "long steps", "nearly as long"],
)
def test_scalars_travel_with_snapshots_if_those_come(
    apart: int, snapshots: tuple[int, ...], together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events so many milliseconds apart."""
    clock, listener = SimpleNamespace(now=0.0), Listener()
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def events() -> Iterator[Event]:
        for step in range(1, 13):
            clock.now += apart / 1000
            yield Snapshot(step, 1, 1, ()) if step in snapshots else done(step)

    Service(listener)._tell(1, events())  # type: ignore[arg-type]
    assert listener.sent == together


def done(step: int) -> StepDone:
    return StepDone(step, epoch=1, loss=1.0, gradient_norm=1.0, seconds=0.0, learning_rate=0.1)
