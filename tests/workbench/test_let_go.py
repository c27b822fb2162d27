"""A window that was closed leaves nothing behind: a call held by a signal may keep all of it, and nobody sees that."""

from __future__ import annotations

import contextlib
import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.exceptions import TimeoutError
from pytestqt.qtbot import QtBot

from tests.workbench.bench import Bench
from tests.workbench.conftest import KnownBackend
from workbench import window as window_module


def test_a_window_that_was_closed_is_let_go(
    qtbot: QtBot, backend: KnownBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "_SETTLED_MS", 0)
    bench = Bench(qtbot, backend, tmp_path)
    window = bench.window
    parts = {**vars(window), **{f"desk.{name}": part for name, part in vars(window.desk).items()}}
    held = {name: weakref.ref(part) for name, part in parts.items() if isinstance(part, QObject)}
    assert {"desk", "shelf", "gallery", "desk.archive", "desk.draft"} <= held.keys()
    parts.clear()
    assert window.close()
    assert window.desk.close(20)
    window.deleteLater()
    del window, bench
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()

    def kept() -> list[str]:
        gc.collect()
        return [name for name, part in held.items() if part() is not None]

    with contextlib.suppress(TimeoutError):  # calls that are still to come hold what they are about
        qtbot.waitUntil(lambda: not kept(), timeout=5_000)
    assert kept() == []
