from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from workbench.later import later


class Asker(QObject):
    """Remembers how often it was called, where that outlives it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def call(self) -> None:
        self.calls.append("called")


WAYS: dict[str, Callable[[Asker], Callable[[], object]]] = {
    "method": lambda asker: asker.call,
    "partial": lambda asker: partial(asker.call),
    "function": lambda asker: lambda: asker.call(),
}


@pytest.mark.parametrize("way", WAYS)
def test_is_called_once(qtbot: QtBot, way: str) -> None:
    asker = Asker()
    later(0, asker, WAYS[way](asker))
    assert asker.calls == []
    qtbot.waitUntil(lambda: bool(asker.calls))
    assert asker.calls == ["called"]


@pytest.mark.usefixtures("qtbot")
@pytest.mark.parametrize("way", WAYS)
def test_what_has_gone_by_then_is_neither_called_nor_kept(way: str) -> None:
    asker = Asker()
    kept, calls = weakref.ref(asker), asker.calls
    later(0, asker, WAYS[way](asker))
    asker.deleteLater()
    del asker
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()
    assert calls == []
    assert kept() is None
