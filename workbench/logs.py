"""Everything that goes wrong leaves a trace: rotating log, crash log, and hooks for what nobody caught."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("workbench")
_qt_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
LOG, CRASH = "workbench.log", "crash.log"


def start_log(folder: Path) -> Path | None:
    """Write the log into `folder`, and crashes beside it; returns the log of a crash of the start before, if any."""
    handler = logging.handlers.RotatingFileHandler(folder / LOG, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    before = earlier_crash(folder)
    faulthandler.enable(_crash_file(folder))
    return before


def note_crash(folder: Path, error: BaseException) -> None:
    """An error ends the program: the next start finds it beside the log, as it finds a crash."""
    _log.critical("the program ends", exc_info=error)
    with contextlib.suppress(OSError), (folder / CRASH).open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)


def install_hooks(tell: Callable[[str], None]) -> None:
    """Catch what nobody caught, in the window's thread and in others; `tell` says so in the window, from any thread."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.critical("not caught", exc_info=(kind, error, trace))
        tell(f"Something went wrong inside ({kind.__name__}: {error}). The log has the details.")

    def caught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            caught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
    sys.unraisablehook = lambda found: _log.error("not raised: %s", found.err_msg, exc_info=found.exc_value)
    qInstallMessageHandler(_from_qt)


def _from_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s (%s)", message, context.category)


def earlier_crash(folder: Path) -> Path | None:
    """The report of a crash of the start before, put aside; None where it ended in order."""
    crash = folder / CRASH
    if not crash.is_file() or not crash.stat().st_size:
        return None
    return crash.replace(folder / "crash-before.log")


def _crash_file(folder: Path) -> IO[str]:
    return (folder / CRASH).open("w", encoding="utf-8")  # stays open: faulthandler writes to it when all else is lost
