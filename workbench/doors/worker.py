"""The body of the training thread: takes events from a run and posts them. No Qt in here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from engine.events import Event, RunFailed, RunFinished, StepDone
from engine.storage.run_folders import RunFolderError
from workbench.doors.mailbox import Mailbox

_log = logging.getLogger(__name__)

_OTHER_FOLDER = "Edit, Preferences names the folder of runs. Make room there or choose another one, and run again."
SEE_LOG = "The log has the details (Help, Open log folder)."
_PUT_RIGHT = f"Put that right, and try again. {SEE_LOG}"
LOOK_IN_LOG = f"{SEE_LOG} Reset and run again; if it stays, change the model."


class Worker:
    """One run in one non-daemon thread, so that the process never ends underneath it."""

    def __init__(self, make_run: Callable[[], Iterable[Event]], mailbox: Mailbox) -> None:
        """`make_run` is called in the thread, because building a network takes time."""
        self._make_run = make_run
        self._mailbox = mailbox
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)

    def start(self) -> None:
        """Begin; may be called once."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> bool:
        """Wait for the end at most so long; True when it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        step, ended = 0, False
        try:
            for event in self._make_run():
                step = event.step if isinstance(event, StepDone) else step
                ended = isinstance(event, RunFinished | RunFailed)
                self._mailbox.post(event)
        except Exception as error:
            _log.exception("the run broke off at step %d", step)
            self._mailbox.post(_broke_off(error, step))
            return
        if not ended:
            self._mailbox.post(RunFailed("The run ended without a result", "No outcome was given.", LOOK_IN_LOG, step))


def _broke_off(error: Exception, step: int) -> RunFailed:
    if isinstance(error, MemoryError):
        return RunFailed(
            "Out of memory", str(error), "Take fewer hidden units, a smaller batch or shorter windows.", step
        )
    if isinstance(error, RunFolderError):
        return RunFailed("The run has no place to be kept", _reason(error), _OTHER_FOLDER, step)
    if isinstance(error, ValueError | OSError):  # data, configuration and file errors carry their own advice
        return RunFailed(f"The run could not {'go on' if step else 'begin'}", _reason(error), _PUT_RIGHT, step)
    return RunFailed("The run broke off", f"{type(error).__name__}: {error}", LOOK_IN_LOG, step)


def _reason(error: Exception) -> str:
    """What an error says, without the system's number; behind its full stop stands what to do."""
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {text}"
    return text if text.endswith((".", "!", "?")) else f"{text}."
