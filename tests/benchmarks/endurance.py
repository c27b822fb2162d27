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
from typing import Any

import numpy as np

GROWTH_GOAL, DRAW_GOAL = 1.15, 10.0  # of the memory a tenth on the way; ms
_TICK_MS = 200
_TURN = 10  # ticks that a view is shown
_LONG = 10_000_000
_TINY = {"training.epochs": 1_000_000, "model.hidden_size": 4, "training.batch_size": 16}


def remembered(steps: int) -> list[tuple[int, float]]:
    """(step, MiB) on the way over `steps` steps in the real window, the first a tenth on the way."""
    from PySide6.QtCore import QTimer

    from workbench import app
    from workbench.window import Window

    marks: list[int] = []
    found: list[tuple[int, float]] = []

    def opened(window: Window) -> None:
        window.ask_to_close = lambda: True  # type: ignore[method-assign]
        session, draft, run = window.desk.session, window.desk.draft, window.run_bar.commands
        timer, ticks, applied = QTimer(window), [0], [False]

        def tick() -> None:
            if not session.alive:
                if draft.ready and not draft.preparing:
                    if applied[0]:
                        run["run"].trigger()
                    else:
                        refused = window.desk.apply(_TINY)
                        assert not refused, refused
                        applied[0] = True
                return
            ticks[0] += 1
            count = window.tabs.count()
            if ticks[0] <= count or ticks[0] % _TURN == 0:
                window.tabs.setCurrentIndex((window.tabs.currentIndex() + 1) % count)
            if ticks[0] == count + _TURN:
                marks.extend(session.step + round(steps * share) for share in (0.1, 0.25, 0.5, 0.75, 1.0))
            if marks and session.step >= marks[len(found)]:
                found.append((session.step, resident()))
                print(f"step {found[-1][0]:>9,}: {found[-1][1]:7.1f} MiB", flush=True)
            if marks and len(found) == len(marks):
                timer.stop()
                window.close()

        timer.timeout.connect(tick)
        timer.start(_TICK_MS)

    if app.main([], opened):
        sys.exit("the window did not close as it should")
    return found


def resident() -> float:
    """MiB of this process that lie in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def drawn(steps: int) -> tuple[float, float]:
    """ms that a history of `steps` steps takes to be reduced to what is drawn: the first time, and after more steps."""
    from workbench.history import History

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
