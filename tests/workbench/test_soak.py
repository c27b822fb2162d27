"""Hours at the window in random order: nothing is raised, nothing is left behind, memory does not grow.

`SOAK_SECONDS` (3600) and `SOAK_SEED` (0) in the environment say how long and which order.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from pytestqt.exceptions import TimeoutError
from pytestqt.qtbot import QtBot

from tests.workbench.soak_bench import SoakBench, Trouble, held, resident_megabytes

_SECONDS, _SEED = float(os.environ.get("SOAK_SECONDS", "3600")), int(os.environ.get("SOAK_SEED", "0"))
_BETWEEN_CHECKS = 100  # actions
_WARM_WINDOWS = 12  # that fill what is kept for good: kernels, fonts, icons, pools of threads, every dialog and view
_MORE_MEGABYTES = 150.0  # than after those, at every later check: of 700 windows in an hour each leaves some 0.2
_MORE_FILES = 3
_ACTIONS = {
    "run_or_pause": 8, "step": 4, "stop": 3, "finish": 2, "reset": 1, "scrub": 4, "follow": 2, "switch_view": 6,
    "open_sample": 2, "open_table": 1, "open_text": 1, "change_cell": 2, "change_size": 2, "change_layers": 1,
    "change_rate": 3, "change_epochs": 2, "undo": 3, "redo": 2, "switch_theme": 2, "switch_text_size": 1,
    "export": 2, "delete_run": 2, "bring_back_run": 2, "race": 1, "reopen": 1,
}  # fmt: skip


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    collects = gc.isenabled()
    gc.disable()  # as the application does: a collection in another thread would destroy Qt objects there
    trouble = Trouble(monkeypatch)
    yield trouble
    trouble.close()
    if collects:
        gc.enable()


class Ledger:
    """What is held while no window is open, against what was held after the first ones."""

    def __init__(self, until: Callable[[Callable[[], bool]], None]) -> None:
        self._until = until
        self._windows = 0
        self._threads: set[str] = set()
        self._files = self._children = 0
        self.megabytes = 0.0

    def check(self) -> str:
        """What has grown, or nothing; the first windows are taken as they are."""
        self._windows += 1
        print(f"after window {self._windows}: {held()}, {resident_megabytes():.0f} MB")
        if self._windows <= _WARM_WINDOWS:
            threads, files, children = held()
            self._threads |= threads
            self._files, self._children = max(files, self._files), max(children, self._children)
            self.megabytes = max(resident_megabytes(), self.megabytes)
            return ""
        with contextlib.suppress(TimeoutError):
            self._until(lambda: not self._grown())
        return self._grown()

    def _grown(self) -> str:
        threads, files, children = held()
        memory = resident_megabytes()
        found = {
            f"threads {sorted(threads - self._threads)}": threads <= self._threads,
            f"{files} open files, before {self._files}": files <= self._files + _MORE_FILES,
            f"{children} child processes, before {self._children}": children <= self._children,
            f"{memory:.0f} MB, before {self.megabytes:.0f}": memory <= self.megabytes + _MORE_MEGABYTES,
        }
        return "; ".join(words for words, holds in found.items() if not holds)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_hours_at_the_window_leave_nothing_behind(qtbot: QtBot, tmp_path: Path, trouble: Trouble) -> None:
    random, done = Random(_SEED), list[str]()
    ledger = Ledger(lambda condition: qtbot.waitUntil(condition, timeout=20_000))
    end = time.monotonic() + _SECONDS
    try:
        bench = SoakBench(qtbot, tmp_path, random)
        bench.export_first()
        while time.monotonic() < end:
            (name,) = random.choices(list(_ACTIONS), list(_ACTIONS.values()))
            name = "reopen" if len(done) % _BETWEEN_CHECKS == _BETWEEN_CHECKS - 1 else name
            done.append(name)
            if name == "reopen":
                bench.finish_window()
                grown = ledger.check()
                assert not grown, grown
                bench.begin_window()
            else:
                getattr(bench, name)()
            bench.breathe()
            assert not trouble.heard, "\n".join(trouble.heard)
        bench.finish_window()
        grown = ledger.check()
        assert not grown, grown
        assert not trouble.heard, "\n".join(trouble.heard)
    except BaseException:
        print(f"SOAK_SEED={_SEED}, {len(done)} actions: {' '.join(done)}")
        raise
    print(f"{len(done)} actions; {ledger.megabytes:.0f} MB after the first windows, {resident_megabytes():.0f} MB now")
