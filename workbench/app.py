"""Start-up: hooks, theme, window, event loop. Every Qt object lives and dies inside `main`."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication

from workbench import __version__
from workbench.dialogs.recovery import show_crash, show_instead
from workbench.doors.backend import Backend
from workbench.draft import FIRST_SAMPLE
from workbench.heap import share_arenas
from workbench.later import in_turn, later
from workbench.logs import install_hooks, note_crash, start_log
from workbench.looks.painting import paint_in_turn
from workbench.settings import APPLICATION, Places, Settings, places
from workbench.window import Window

_SWITCH_SECONDS = 0.0002  # threads that import or read let go of the interpreter this often: frames wait less
_COLLECT_MS = 1000
_TITLE_BAR = 40  # pixels that it may be high; how high it is, is known when it is there
_END_SECONDS = 2.0  # that the engine's process may take where no window came to be


def main(arguments: list[str], opened: Callable[[Window], None] | None = None) -> int:
    """Run the window until it closes; returns the exit status.

    Args:
        arguments: A data file, or nothing for the first sample.
        opened: Called with the window once the event loop runs.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    share_arenas()  # before there is any thread
    gc.disable()  # a collection in the training thread would destroy Qt objects there; a timer collects here instead
    backend, application = Backend(), _application()
    folders = places()
    crash = None
    with contextlib.suppress(OSError):  # a full disk is no reason not to start
        crash = start_log(folders.logs)
    try:
        window = _window(backend, folders, arguments)
    except Exception as error:
        note_crash(folders.logs, error)
        backend.close(_END_SECONDS)
        raise
    if crash is not None:
        window.desk.archive.found.connect(  # when it is known whether a run was broken off
            lambda _runs: show_crash(crash, lambda: window.files.show_folder(folders.logs), window),
            Qt.ConnectionType.SingleShotConnection,
        )
    if folders.instead:
        show_instead(folders.instead, window)
    collector = _collector(window)
    if opened is not None:
        later(0, window, lambda: opened(window))
    status = application.exec()
    collector.stop()
    shiboken6.delete(window)  # now: who still holds it, as a timer does, would take it apart with the interpreter
    gc.unfreeze()  # modules are taken apart now; what cannot be found then, DuckDB's binding reports as leaked
    return status


def _application() -> QApplication:
    application = QApplication.instance() or QApplication([APPLICATION])
    assert isinstance(application, QApplication)
    application.setApplicationName(APPLICATION)
    application.setApplicationDisplayName("RNN Workbench")
    application.setApplicationVersion(__version__)
    application.setStyle("Fusion")
    return application


def _window(backend: Backend, folders: Places, arguments: list[str]) -> Window:
    """The window, shown, and about to read what the command line names."""
    window = Window(backend, Settings(folders.config), folders)
    install_hooks(window.told.emit)
    window.closed.connect(QApplication.quit)  # a dock that once floated may keep Qt from seeing the last window close
    _close_on_interrupt(window)
    paint_in_turn(window, (*window.docks.inside, window.gallery.widget))
    _show(window)
    backend.start()  # not before: to import the engine at the same time takes the window a tenth longer
    window.docks.show_apart()
    window.appearance.follow(window.windowHandle())
    window.desk.jobs.hold()  # what they import would take turns with the first painting
    window.start(Path(arguments[0]).absolute() if arguments else FIRST_SAMPLE)
    in_turn(window, window.desk.jobs.release)
    return window


def _show(window: Window) -> None:
    """As large as it was left; where its frame then has no room, it fills the screen, so that its foot is seen."""
    fitting = window.size().boundedTo(window.screen().availableSize() - QSize(0, _TITLE_BAR))
    if fitting == window.size():
        window.show()
    else:
        window.resize(fitting)  # what it goes back to
        window.showMaximized()


def _close_on_interrupt(window: Window) -> None:
    """Ctrl+C in the terminal does what the window's cross does, questions included; a second one ends at once."""

    def close(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        later(0, window, window.close)

    signal.signal(signal.SIGINT, close)


def _collector(window: Window) -> QTimer:
    """Collects garbage in the window's thread, the young often and the old seldom, as the interpreter would."""
    gc.freeze()  # what is here now stays to the end; looking through it again takes longer than a frame
    window.desk.draft.facts_known.connect(gc.freeze)  # and so does the engine, which has been imported by then
    timer = QTimer(window)
    timer.setInterval(_COLLECT_MS)
    timer.timeout.connect(lambda: collect_unless_reading(window))
    timer.start()
    return timer


def collect_unless_reading(window: Window) -> None:
    """Not what the engine is imported into, and data read: most of that stays, and to look through it takes long."""
    if not window.desk.draft.loading:
        collect_garbage()


def collect_garbage() -> None:
    """What the interpreter would do by itself, where that is due; in the thread that calls, the window's."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
            gc.collect(generation)
            return
