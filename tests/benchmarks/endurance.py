"""Memory over a long run, and drawing of long histories: ``xvfb-run -a python -m tests.benchmarks.endurance``.

Trains a tiny network in the real window and prints the window's resident memory on the way over 100,000 steps, counted
from when every view has been shown once, since what those take the first time is no leak; the views take turns
meanwhile. Then draws a history of ten million steps. The last line is the verdict.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from workbench.window import Window

GROWTH_GOAL, DRAW_GOAL = 1.15, 10.0  # of the memory a tenth on the way; ms
_TICK_MS = 200
_TURN = 10  # ticks that a view is shown
_LONG = 10_000_000
_TINY = {"training.epochs": 1_000_000, "model.hidden_size": 4, "training.batch_size": 16}


def remembered(steps: int) -> list[tuple[int, float]]:
    """(step, MiB) on the way over `steps` steps in the real window, the first a tenth on the way."""
    from workbench import app

    watch = _Watch(steps)
    if app.main([], watch.begin):
        sys.exit("the window did not close as it should")
    return watch.found


class _Watch:
    """Lets a tiny network train, turns from view to view, and notes the memory at some steps of the run."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.found: list[tuple[int, float]] = []  # step and MiB
        self._marks: list[int] = []  # steps of the run
        self._ticks, self._applied = 0, False

    def begin(self, window: Window) -> None:
        from PySide6.QtCore import QTimer

        window.ask_to_close = lambda: True  # type: ignore[method-assign]
        self._window, self._session, self._draft = window, window.desk.session, window.desk.draft
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    def _tick(self) -> None:
        if self._session.alive:
            self._turn()
            self._look()
        elif self._draft.ready and not self._draft.preparing:
            self._run()

    def _run(self) -> None:
        """With the settings of a tiny network, which take a moment to be applied."""
        if self._applied:
            self._window.run_bar.commands["run"].trigger()
        else:
            refused = self._window.desk.apply(_TINY)
            assert not refused, refused
            self._applied = True

    def _turn(self) -> None:
        self._ticks += 1
        tabs = self._window.tabs
        if self._ticks <= tabs.count() or self._ticks % _TURN == 0:
            tabs.setCurrentIndex((tabs.currentIndex() + 1) % tabs.count())
        if self._ticks == tabs.count() + _TURN:
            self._marks = [self._session.step + round(self._steps * share) for share in (0.1, 0.25, 0.5, 0.75, 1.0)]

    def _look(self) -> None:
        if self._marks and self._session.step >= self._marks[len(self.found)]:
            self.found.append((self._session.step, resident()))
            print(f"step {self.found[-1][0]:>9,}: {self.found[-1][1]:7.1f} MiB", flush=True)
        if self._marks and len(self.found) == len(self._marks):
            self._timer.stop()
            self._window.close()


def resident() -> float:
    """MiB of this process that lie in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def drawn(steps: int) -> tuple[float, float]:
    """ms that a history of `steps` steps takes to be reduced to what is drawn: the first time, and after more steps."""
    from workbench.runs.history import History

    history, values = History(), np.random.default_rng(0).random(steps)
    history.extend("loss", np.arange(1.0, steps + 1), values)
    first = _milliseconds(lambda: history.line("loss", -np.inf, np.inf, 700))
    later = []
    for more in range(20):
        history.extend("loss", [steps + 1 + more], [0.5])
        later.append(_milliseconds(lambda: history.line("loss", -np.inf, np.inf, 700)))
    return first, float(np.median(later))


def _milliseconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, report, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    options = parser.parse_args(arguments)
    first, later = drawn(_LONG)
    print(f"a history of {_LONG:,} steps: {first:.1f} ms the first time, {later:.2f} ms for every frame")
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR"):
            os.environ[variable] = folder
        found = remembered(options.steps)
    growth = found[-1][1] / found[0][1]
    checks = ((f"grown to {growth:.2f}", growth <= GROWTH_GOAL), (f"frame {later:.2f} ms", later <= DRAW_GOAL))
    print("; ".join(f"{text}: {'holds' if held else 'MISSED'}" for text, held in checks))
    return int(not all(held for _, held in checks))


if __name__ == "__main__":
    sys.exit(main())
