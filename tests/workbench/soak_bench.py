"""The real window for a long test: what a person does with it, by name, and what must hold while they do it."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
import threading
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from workbench.doors.backend import Backend
from workbench.heap import share_arenas
from workbench.projects.projects import Answer
from workbench.settings import Places, Settings
from workbench.window import Window

_OPEN_LIMIT_MS = 120_000  # a first start compiles kernels
_CLOSE_LIMIT_MS = 60_000
_HARMLESS = ("propagateSizeHints", "does not support raise", "requestActivate")  # said by the offscreen platform
_CELLS = ("elman", "lstm", "gru", "mgu", "indrnn")
_SAMPLES = ("noisy_sine", "airline_passengers", "adding")
_MOST_RUNS = 12  # on disk between two windows; what the list holds would count as growth


class Trouble(logging.Handler):
    """Everything that went wrong anywhere, in words."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []
        patch.setattr(sys, "excepthook", lambda *error: self.heard.append(f"exception: {error[1]!r}"))
        patch.setattr(threading, "excepthook", lambda error: self.heard.append(f"in a thread: {error.exc_value!r}"))
        patch.setattr(sys, "unraisablehook", lambda error: self.heard.append(f"unraisable: {error.exc_value!r}"))
        self._before = qInstallMessageHandler(self._from_qt)
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """An error in the log."""
        self.heard.append(f"log: {self.format(record)}")

    def close(self) -> None:
        """Hear no more."""
        logging.getLogger().removeHandler(self)
        qInstallMessageHandler(self._before)
        super().close()

    def _from_qt(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(words in text for words in _HARMLESS):
            self.heard.append(f"Qt: {text}")


class SoakBench:
    """One window at a time over the real engine. The methods of the first four parts are one action each."""

    def __init__(self, qtbot: QtBot, folder: Path, random: Random) -> None:
        share_arenas()
        self._qtbot, self._folder, self._random = qtbot, folder, random
        self._table, self._text = folder / "table.csv", folder / "words.txt"
        rows = (f"{day},{day % 7},{(day * 3) % 11}\n" for day in range(240))
        self._table.write_text("day,value,other\n" + "".join(rows))
        self._text.write_text("the quick brown fox jumps over the lazy dog. " * 60)
        self._window = self._opened()

    # --- data and settings ---

    def open_sample(self) -> None:
        self._window.files.open(self._random.choice(_SAMPLES))

    def open_table(self) -> None:
        self._window.files.open(self._table)

    def open_text(self) -> None:
        self._window.files.open(self._text)

    def change_cell(self) -> None:
        known = self._window.desk.draft.facts
        keys = [spec.key for spec in known.cells if spec.key in _CELLS] if known else []
        self._change("model.cell", self._random.choice(keys or ["lstm"]))

    def change_size(self) -> None:
        self._change("model.hidden_size", self._random.choice((2, 4, 8, 16)))

    def change_layers(self) -> None:
        self._change("model.num_layers", self._random.choice((1, 2)))

    def change_rate(self) -> None:
        self._change("training.learning_rate", self._random.choice((0.0005, 0.001, 0.01)))

    def change_epochs(self) -> None:
        self._change("training.epochs", self._random.choice((2, 20, 2000)))

    def undo(self) -> None:
        self._window.desk.undoing.stack.undo()

    def redo(self) -> None:
        self._window.desk.undoing.stack.redo()

    # --- the run ---

    def run_or_pause(self) -> None:
        self._command("run")

    def step(self) -> None:
        self._command("step")

    def stop(self) -> None:
        self._command("stop")

    def finish(self) -> None:
        self._command("finish")

    def reset(self) -> None:
        self._command("reset")

    def scrub(self) -> None:
        scrubber = self._window.gallery.scrubber
        scrubber.slider.setValue(self._random.randint(0, scrubber.slider.maximum()))

    def follow(self) -> None:
        self._window.gallery.scrubber.live.click()

    # --- what is looked at ---

    def switch_view(self) -> None:
        self._window.gallery.open(self._random.choice(self._window.gallery.views).key)

    def switch_theme(self) -> None:
        self._window.appearance.choose_theme(self._random.choice(("light", "dark", "system")))

    def switch_text_size(self) -> None:
        self._window.appearance.choose_scale(self._random.choice((100, 125, 150)))

    # --- runs that are over, and races ---

    def export(self) -> None:
        window = self._window
        record = window.runs.current
        if record is None or not record.saved or window.desk.session.alive:
            return
        window.ask_export()
        dialog = window.files.export_dialog
        if dialog is None:
            return
        self._qtbot.waitUntil(lambda: dialog._write.isEnabled() or bool(dialog.message.text), timeout=_CLOSE_LIMIT_MS)
        suffix = self._random.choice((".safetensors", ".npz", ".csv"))
        rows = [at for at, form in enumerate(dialog._forms) if form.possible and form.suffix == suffix]
        if rows and (item := dialog._list.topLevelItem(rows[0])) is not None:
            dialog._list.setCurrentItem(item)
            dialog._path.setText(str(self._folder / f"weights{suffix}"))
            dialog._write.click()
            if dialog._write.text() == "Replace":
                dialog._write.click()
            self._qtbot.waitUntil(lambda: dialog._under_way is None, timeout=_CLOSE_LIMIT_MS)
        dialog.close()

    def export_first(self) -> None:
        """Train and export: what that loads stays for good, and by chance the first one may come after an hour."""
        window = self._window
        self._change("training.epochs", 2)
        self._qtbot.waitUntil(lambda: window.desk.draft.ready, timeout=_OPEN_LIMIT_MS)
        self.run_or_pause()
        saved = lambda: bool(window.runs.current and window.runs.current.saved and not window.desk.session.alive)  # noqa: E731
        self._qtbot.waitUntil(saved, timeout=_OPEN_LIMIT_MS)
        self.export()
        assert list(self._folder.glob("weights.*.proof.json")), "nothing was exported"

    def delete_run(self) -> None:
        if self._window.runs.chosen and not self._window.desk.session.alive:
            self._window.runs.delete_asked.emit(self._window.runs.chosen)

    def bring_back_run(self) -> None:
        if self._window.desk.archive.deletions.deleted:
            self._window.runs.bring_back_asked.emit()

    def race(self) -> None:
        """Begin one, or cancel the one under way."""
        self._window.racing.open()
        dialog = self._window.racing.dialog
        assert dialog is not None
        dialog.epochs.show_value(2)
        dialog.seeds.show_value(1)
        dialog.budget.show_value(200)
        dialog.bar.start.click()

    # --- the frame of it ---

    def finish_window(self) -> None:
        """Close, and see that nothing of it is left at work."""
        window = self._window
        assert window.close(), "the window stays open"
        ended = window.desk.close(_CLOSE_LIMIT_MS / 1000)  # which waits for jobs as long as a person would
        lanes = ", ".join(thread.name for thread in threading.enumerate() if thread.name.startswith("job-"))
        assert ended or window.desk.jobs.join(_CLOSE_LIMIT_MS / 1000), f"work goes on after the end: {lanes}"
        assert window.desk.close(_CLOSE_LIMIT_MS / 1000), "work goes on after the end"
        active = [timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
        assert not active, f"timers go on: {[(timer.parent(), timer.interval()) for timer in active]}"
        window.deleteLater()
        del window, self._window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        gc.collect()

    def begin_window(self) -> None:
        """Open the next, over the same settings and the latest runs."""
        self._forget_runs()
        self._window = self._opened()

    def breathe(self) -> None:
        """Let the window live for a moment, and answer what it asks."""
        QTest.qWait(self._random.choice((0, 5, 30, 150)))
        for box in self._window.findChildren(QMessageBox):
            if box.isVisible():
                self._random.choice(box.buttons()).click()
        gc.collect(0)

    def _opened(self) -> Window:
        backend = Backend()
        backend.start()
        folder = self._folder
        window = Window(backend, Settings(folder), Places(folder, folder / "runs", folder))
        window.ask_to_close = lambda: True  # type: ignore[method-assign]
        window.projects.ask_to_save = lambda: Answer.DISCARD  # type: ignore[method-assign]
        window.show()
        window.start(self._random.choice(_SAMPLES))
        draft = window.desk.draft
        self._qtbot.waitUntil(lambda: draft.ready and draft.facts is not None, timeout=_OPEN_LIMIT_MS)
        return window

    def _forget_runs(self) -> None:
        runs = sorted((self._folder / "runs").glob("[!.]*"), key=lambda path: path.stat().st_mtime)
        for folder in runs[:-_MOST_RUNS]:
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            if folder.is_dir():
                folder.rmdir()

    def _command(self, name: str) -> None:
        self._window.run_bar.commands[name].trigger()

    def _change(self, name: str, value: Any) -> None:
        self._window._on_edited(name, value)


def held() -> tuple[set[str], int, int]:
    """Names of threads, how many files are open, and how many child processes there are."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    names = {thread.name for thread in threading.enumerate()}
    return names, len(os.listdir("/proc/self/fd")), max(len(children), len(multiprocessing.active_children()))


def resident_megabytes() -> float:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
