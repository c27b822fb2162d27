"""The engine in a process of its own: wishes come in through a pipe, events go out.

A window and a training loop in one interpreter take turns at its lock, thousands of times a second for a small
network: the window drew eight frames a second and the network learned at a quarter of its speed. Here each has an
interpreter, and kernels compile without anybody waiting for them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.control import Control
from engine.events import Compiling, Evaluated, Event, Probe, Snapshot, StepDone
from engine.layers.placement import Placement
from engine.loading import Loader
from engine.storage.contest_file import Membership

_TOGETHER_SECONDS = 0.028  # scalars that come faster than this travel together, about: the window looks every 33 ms
_NEXT_SECONDS = 0.040  # by when the next snapshot is waited for, which they travel with, if more of them come by then
_GRACE_SECONDS = 3.0  # for the batch at hand and a save, where the window has gone
_POLITENESS = 5  # the window comes first where both want the same core


@dataclass(frozen=True, slots=True)
class Prepare:
    """Read the data and compile the kernels of an experiment; answered by `Happened` while it lasts, and `Done`."""

    number: int
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class Run:
    """Train, or only judge and keep the weights to begin from; answered by many `Happened` and one `Done`."""

    number: int
    experiment: Experiment
    folder: Path | None
    trains: bool = True
    of: Membership | None = None  # the race or sweep that it is made for


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with the run in a folder; answered like `Run`."""

    number: int
    folder: Path
    changes: Mapping[str, Any] = field(default_factory=dict)  # see `engine.resuming.saved_run`
    changed_data: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """What `Control` is asked of run `number`, by the name of its method; it may come before the run itself."""

    number: int
    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """Events of a run, in their order."""

    number: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A wish has been fulfilled, or why not, with the traceback for the log."""

    number: int
    error: Exception | None = None
    trace: str = ""


class Service:
    """Fulfils one wish after the other until there comes None, or the other end of the pipe is closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._wishes: queue.SimpleQueue[Prepare | Run | Resume | None] = queue.SimpleQueue()
        self._controls: dict[int, Control] = {}
        self._over: set[int] = set()  # runs that nobody can ask for anything any more
        self._loader = Loader()
        self._placement = Placement()
        self._newest = 0  # preparation that somebody still waits for
        self._breakable = False  # what is at work has nothing to lose: data are read, kernels compiled
        self._left = False  # nobody listens any more

    def serve(self) -> None:
        """Work; returns when nobody listens any more."""
        self._breakable = True
        threading.Thread(target=self._listen, name="wishes", daemon=True).start()
        import engine.training  # noqa: F401 (while nobody waits for it yet)

        self._breakable = False
        while (wish := self._wishes.get()) is not None:
            self._breakable = True
            if self._left:
                return
            error, trace = None, ""
            try:
                if isinstance(wish, Run | Resume):
                    self._train(wish)
                elif wish.number == self._newest:
                    self._prepare(wish)
            except Exception as caught:
                error, trace = caught, traceback.format_exc()
            self._breakable = False
            with contextlib.suppress(OSError):  # the window has gone
                self._connection.send(Done(wish.number, error, trace))

    def _listen(self) -> None:
        ending = Control.abandon  # where the window goes without a word: its next start offers to go on
        try:
            while (wish := self._connection.recv()) is not None:
                self._take(wish)
            ending = Control.stop
        except (EOFError, OSError):
            pass
        finally:
            self._leave(ending)

    def _leave(self, ending: Callable[[Control], None]) -> None:
        """End what is at work. Where the window has gone, nothing outlives it for long: the next one that is started
        would take the run for one that goes on elsewhere. What was saved by then is whole.
        """
        self._newest, self._left = 0, True
        if self._breakable:
            os._exit(0)  # a compilation cannot be asked to stop, and what it has finished is on disk
        for control in list(self._controls.values()):
            ending(control)
        self._wishes.put(None)
        if ending is Control.abandon:
            time.sleep(_GRACE_SECONDS)
            os._exit(0)

    def _take(self, wish: Prepare | Run | Resume | Command) -> None:
        if isinstance(wish, Command):
            if wish.number not in self._over:
                self._controls.setdefault(wish.number, Control()).obey(wish.name, wish.arguments)
            return
        if isinstance(wish, Run | Resume):
            self._controls.setdefault(wish.number, Control())
        else:
            self._newest = wish.number
        self._wishes.put(wish)

    def _let_break(self, may: bool) -> None:
        """Say whether what comes may be broken off, as it is at once where nobody listens any more."""
        self._breakable = may
        if may and self._left:
            os._exit(0)

    def _prepare(self, wish: Prepare) -> None:
        """Until it is done, or somebody wishes for another one, or no longer for the run that waits for it."""
        from engine.compiling.warmup import warming

        dataset = self._loader.load(wish.experiment)
        with contextlib.closing(warming("kernels", wish.experiment, dataset)) as looks:
            for look in looks:
                self._connection.send(Happened(wish.number, (look,)))
                if wish.number != self._newest or any(control.ending for control in list(self._controls.values())):
                    break

    def _train(self, wish: Run | Resume) -> None:
        from engine.imported_run import ImportedRun
        from engine.resuming import saved_run
        from engine.training import TrainingRun

        try:
            control = self._controls[wish.number]
            if isinstance(wish, Run):
                dataset = self._loader.load(wish.experiment)
                self._let_break(False)  # the folder is tried, and left as it was found
                kind = TrainingRun if wish.trains else ImportedRun
                run = kind(wish.experiment, dataset, control, wish.folder, of=wish.of)
            else:
                saved = saved_run(wish.folder, wish.changes, changed_data=wish.changed_data)
                run = TrainingRun(saved.experiment, self._loader.load(saved.experiment), control, wish.folder, saved)
            self._tell(wish.number, run)
        finally:
            self._placement.leave()
            self._over.add(wish.number)
            del self._controls[wish.number]

    def _tell(self, number: int, events: Iterable[Event]) -> None:
        waiting: list[Event] = []
        told: dict[str, Probe] = {}
        last = before = time.monotonic()
        waits = False  # the last thing told was a snapshot, behind which the next one comes
        for event in events:
            self._let_break(isinstance(event, Compiling) and not event.seconds)
            waiting.append(_news(event, told) if isinstance(event, Snapshot) else event)
            now = time.monotonic()
            gap, before = now - before, now
            due = now + gap / 2 > last + _TOGETHER_SECONDS and not (waits and now + gap < last + _NEXT_SECONDS)
            if due or not isinstance(event, StepDone | Evaluated):
                with contextlib.suppress(OSError):  # the window has gone, and the run has heard of it
                    self._connection.send(Happened(number, tuple(waiting)))
                waiting.clear()
                last, waits = now, isinstance(event, Snapshot)
                self._placement.look()
        if waiting:
            self._connection.send(Happened(number, tuple(waiting)))


def _news(snapshot: Snapshot, told: dict[str, Probe]) -> Snapshot:
    """What of it was not `told` before, which grows: a probe that rests comes with every snapshot."""
    fresh = tuple((name, probe) for name, probe in snapshot.values if told.get(name) is not probe)
    told.update(fresh)
    return dataclasses.replace(snapshot, values=fresh)


def main(connection: Connection, trace: Connection) -> None:
    """The whole life of the process; into `trace` goes what it was at when it crashed."""
    faulthandler.enable(trace.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the window hears it too, and ends this process in order
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    Service(connection).serve()
