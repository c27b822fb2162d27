from __future__ import annotations

import gc
import itertools
import time
import weakref
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from workbench.later import in_turn, later


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


@pytest.mark.parametrize("way", WAYS)
def test_what_has_gone_by_then_is_neither_called_nor_kept(qtbot: QtBot, way: str) -> None:
    asker = Asker()
    kept, calls = weakref.ref(asker), asker.calls
    later(0, asker, WAYS[way](asker))
    asker.deleteLater()
    del asker
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and kept() is None)
    assert calls == []


def test_calls_in_turn_keep_their_order_and_each_has_its_turn(qtbot: QtBot) -> None:
    asker, turns, made = Asker(), [0], list[tuple[str, int]]()
    timer = QTimer()
    timer.timeout.connect(lambda: turns.__setitem__(0, turns[0] + 1))
    timer.start(0)
    rest = [True, True, False]

    def work() -> bool:
        made.append(("in parts", turns[0]))
        return rest.pop(0)

    in_turn(asker, work)
    for name in ("next", "last"):
        in_turn(asker, lambda name=name: made.append((name, turns[0])))  # type: ignore[misc]
    assert made == []
    qtbot.waitUntil(lambda: len(made) == 5)
    names, times = zip(*made, strict=True)
    assert names == ("in parts", "in parts", "in parts", "next", "last")
    assert len(set(times)) == 5


def test_a_call_that_fails_or_is_about_what_has_gone_keeps_no_other_from_its_turn(qtbot: QtBot) -> None:
    asker, gone = Asker(), Asker()
    calls = gone.calls
    in_turn(gone, gone.call)
    in_turn(asker, lambda: 1 / 0)
    in_turn(asker, asker.call)
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    with qtbot.captureExceptions() as raised:
        qtbot.waitUntil(lambda: bool(asker.calls))
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    assert calls == []


def test_other_timers_come_between_two_calls_in_turn(qtbot: QtBot) -> None:
    asker, made = Asker(), list[str]()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: made.append("timer"))
    timer.start(1)

    def work() -> None:
        made.append("call")
        end = time.perf_counter() + 0.005
        while time.perf_counter() < end:  # until the timer is due
            pass

    for _ in range(6):
        in_turn(asker, work)
    qtbot.waitUntil(lambda: made.count("call") == 6)
    assert all(set(two) != {"call"} for two in itertools.pairwise(made))
