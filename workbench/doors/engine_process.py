"""The engine's process, as the window sees it: prepares kernels, trains, and gives back events."""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, TypeAlias

from engine import service
from engine.config import Experiment
from engine.control import Control
from engine.events import Event, RunFailed, StepDone
from engine.layers.placement import put
from engine.layers.threads import processors
from engine.storage.contest_file import Membership
from workbench.doors.worker import LOOK_IN_LOG

_log = logging.getLogger(__name__)
_TRACE_BYTES = 65_536  # more than a crash has to say
_SHORT_OF_MEMORY = (
    "Memory is the usual reason: take fewer hidden units, a smaller batch or shorter windows, and run again."
)
_KEPT = "What it last saved is kept: it can go on from there, with Go on… in the table of runs."
_CLOSED = "It was closed."
_LAST_SECONDS = 5.0  # that a process which has nothing more to say may take to end
_SLICE = 0.1  # seconds of them
_Answers: TypeAlias = "queue.SimpleQueue[service.Happened | service.Done]"
_Wish: TypeAlias = service.Prepare | service.Run | service.Resume


class EngineGoneError(RuntimeError):
    """The process ended while something was under way; `cure` says what to do."""

    def __init__(self, how: str, cure: str = LOOK_IN_LOG) -> None:
        super().__init__(how)
        self.cure = cure


class EngineProcess:
    """Starts the process early, and again after it died. Methods may be called from any thread but block; not from
    the window's own, except `start` and `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._life: _Life | None = None
        self._closed = False

    def start(self) -> None:
        """Begin, unless it runs; it is ready when it has imported what it needs, which nobody has to wait for.

        One that cannot begin says so to who asks it something.
        """
        with self._lock, contextlib.suppress(EngineGoneError):
            self._living()

    @property
    def process_id(self) -> int | None:
        """What the system calls it; None before the start."""
        return self._life.process.pid if self._life is not None else None

    def prepare(self, experiment: Experiment, tell: Callable[[Event], None] = lambda _: None) -> None:
        """Have the data read and the kernels compiled; `tell` hears how far that is.

        Raises:
            DataError: the data cannot be used.
            EngineGoneError: the process died, or was closed.
        """
        wish = service.Prepare(next(self._numbers), experiment)
        with self._asked(wish.number) as (life, answers):
            life.send(wish)
            while isinstance(answer := answers.get(), service.Happened):
                for event in answer.events:
                    tell(event)
            _raise_what(answer)

    def run(
        self, experiment: Experiment, control: Control, folder: Path | None, *, trains: bool = True,
        of: Membership | None = None,
    ) -> Iterator[Event]:  # fmt: skip
        """Train, giving what happens as it does; a process that dies is a `RunFailed`.

        Unless it `trains`, the weights to begin from are judged and kept as they are (`engine.imported_run`).
        """
        return self._events(service.Run(next(self._numbers), experiment, folder, trains, of), control)

    def resume(self, folder: Path, control: Control, changes: Mapping[str, Any], changed_data: bool) -> Iterator[Event]:
        """Go on with the run in `folder`, likewise; see `engine.resuming.saved_run`."""
        return self._events(service.Resume(next(self._numbers), folder, changes, changed_data), control)

    def _events(self, wish: service.Run | service.Resume, control: Control) -> Iterator[Event]:
        step, folder = 0, wish.folder
        try:
            with self._asked(wish.number) as (life, answers):
                # Before the run, which might be some steps ahead of "one step only" otherwise.
                control.follow(lambda name, arguments: life.send(service.Command(wish.number, name, arguments)))
                life.send(wish)
                while isinstance(answer := answers.get(), service.Happened):
                    for event in answer.events:
                        step = event.step if isinstance(event, StepDone) else step
                        yield event
                _raise_what(answer)
        except EngineGoneError as error:
            cure = f"{_KEPT} {error.cure}" if folder is not None and folder.is_dir() else error.cure
            yield RunFailed("The engine's process ended unexpectedly", str(error), cure, step)

    def close(self, seconds: float) -> bool:
        """End it for good; a run stops first. True when it ended by itself within so long."""
        with self._lock:
            self._closed = True
            life = self._life
        return life is None or life.end(seconds)

    def _living(self) -> _Life:
        """The process that runs, or a new one; the lock is held."""
        if self._closed:
            raise EngineGoneError(_CLOSED)
        if self._life is None or self._life.gone:
            try:
                self._life = _Life()
            except OSError as error:
                raise EngineGoneError(f"It cannot be started: {error.strerror or error}.") from error
        return self._life

    @contextlib.contextmanager
    def _asked(self, number: int) -> Iterator[tuple[_Life, _Answers]]:
        """The process to send a wish to, and where its answers come; the last is a `Done`, whatever happens."""
        with self._lock:
            life = self._living()
            answers = life.listen(number)
        try:
            yield life, answers
        finally:
            life.forget(number)


class _Life:
    """One process from its start to its end. Only the thread that reads its answers waits for it: of two that wait
    for one child, the system tells one alone how it ended."""

    def __init__(self) -> None:
        processors()  # asked while none of them is left to the engine
        context = multiprocessing.get_context("spawn")  # a fork would take Qt's threads with it in mid-work
        self._connection, theirs = context.Pipe()
        self._trace, their_trace = context.Pipe(duplex=False)
        self._listening = threading.Lock()
        self._unsent: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._answers: dict[int, _Answers] = {}
        self._ended = threading.Event()
        self.gone = self._closed = False
        self.process = context.Process(target=service.main, args=(theirs, their_trace), name="engine", daemon=True)
        self.process.start()
        theirs.close()
        their_trace.close()
        self._writer = threading.Thread(target=self._write, name="engine-wishes", daemon=True)
        self._writer.start()
        threading.Thread(target=self._read, name="engine-answers", daemon=True).start()

    def listen(self, number: int) -> _Answers:
        """Where the answers to that wish will come."""
        with self._listening:
            answers: _Answers = queue.SimpleQueue()
            self._answers[number] = answers
            if self.gone:
                answers.put(service.Done(number, self._error()))
        return answers

    def forget(self, number: int) -> None:
        """Nobody waits for these answers any more."""
        with self._listening:
            self._answers.pop(number, None)

    def send(self, wish: _Wish | service.Command | None) -> None:
        """Ask, without waiting for it to hear; one that has gone answers everybody who waits, in `_read`."""
        self._unsent.put(bytes(ForkingPickler.dumps(wish)))  # no view: one that is never sent goes with its buffer

    def end(self, seconds: float) -> bool:
        """Ask it to end and wait; True when it did by itself within so long.

        Time in which this process was held too, as with the whole machine, is no reason to end the other by force.
        """
        self._closed = True
        self.send(None)
        if any(self._ended.wait(_SLICE) for _ in range(1 + round(seconds / _SLICE))):
            return True
        self.process.kill()
        self._ended.wait()
        return False

    def _write(self) -> None:
        """A pipe is full when the process has been held for some hundred wishes: nobody but this thread waits then."""
        with contextlib.suppress(OSError):
            while True:
                self._connection.send_bytes(self._unsent.get())

    def _read(self) -> None:
        try:
            while True:
                answer = self._connection.recv()
                with self._listening:
                    if answer.number in self._answers:
                        self._answers[answer.number].put(answer)
        except (EOFError, OSError):
            self.process.join(_LAST_SECONDS)
        except Exception:
            _log.exception("an answer of the engine's process cannot be read")
        self.process.kill()  # if it still is there
        self.process.join()
        put(os.getpid(), processors())  # it may have had a processor to itself
        self._log_crash()
        self.send(None)  # which fails, and so ends the other thread
        self._writer.join()
        self._connection.close()
        with self._listening:
            self.gone = True
            for number, answers in self._answers.items():
                answers.put(service.Done(number, self._error()))
        self._ended.set()

    def _log_crash(self) -> None:
        """What the process said when it broke down, which nobody else has heard."""
        with self._trace:
            trace = os.read(self._trace.fileno(), _TRACE_BYTES).decode(errors="replace")
        if not self._closed and self.process.exitcode != 0:
            _log.error("the engine's process is gone. %s\n%s", self._error(), trace)

    def _error(self) -> EngineGoneError:
        """How the process ended, in words."""
        code = self.process.exitcode or 0
        if self._closed or code == 0:
            return EngineGoneError(_CLOSED)
        if code == -signal.SIGKILL:  # by which the system takes memory back
            return EngineGoneError(f"It was ended by signal {-code}.", _SHORT_OF_MEMORY)
        return EngineGoneError(f"It was ended by signal {-code}." if code < 0 else f"It ended with status {code}.")


def _raise_what(answer: service.Happened | service.Done) -> None:
    """The error that an answer brings, if it does."""
    if isinstance(answer, service.Done) and answer.error is not None:
        if answer.trace and not isinstance(answer.error, ValueError | OSError):
            _log.error("in the engine's process:\n%s", answer.trace)
        raise answer.error
