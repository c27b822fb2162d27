"""How soon the first curve moves: ``xvfb-run -a python -m tests.benchmarks.first_curve``.

Opens the real window in a new process and clicks Run as soon as it is there, before the sample has been read; first
with an empty kernel cache, then with the one that this has filled. Counted are the seconds from the start of the
process to the window, and from the window to the first curve of the loss. The last line is the verdict.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WINDOW_GOAL, CURVE_GOAL = 1.5, 10.0  # seconds
_STARTED = "FIRST_CURVE_STARTED"


def opened_and_drawn(folder: Path) -> tuple[float, float]:
    """Seconds to the window and from there to the first curve, with the settings and kernels that lie in `folder`."""
    places = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR")
    environment = {**os.environ, **{name: str(folder / name) for name in places}}
    environment |= {"RNN_WORKBENCH_CACHE": str(folder / "cache"), _STARTED: str(time.time())}
    command = [sys.executable, "-m", "tests.benchmarks.first_curve", "--child"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[2])
    if done.returncode:
        sys.exit(done.stderr)
    window, curve = map(float, done.stdout.split()[-2:])
    return window, curve


def _child() -> int:
    from workbench.launch.start import make_ready

    make_ready()
    from PySide6.QtCore import QTimer

    from workbench import app
    from workbench.window import Window

    def opened(window: Window) -> None:
        there = time.time()
        window.ask_to_close = lambda: True  # type: ignore[method-assign]
        assert not window.desk.draft.ready
        window.run_bar.commands["run"].trigger()
        loss = next(view for view in window.gallery.views if view.key == "loss")
        timer = QTimer(window)

        def tick() -> None:
            if loss.history is not None and loss.history.count("loss") > 1:
                timer.stop()
                print(there - float(os.environ[_STARTED]), time.time() - there)
                window.close()

        timer.timeout.connect(tick)
        timer.start(10)

    return app.main([], opened)


def main() -> int:
    """Measure, report, judge."""
    held = True
    with tempfile.TemporaryDirectory() as name:
        for cache in ("an empty", "a filled"):
            window, curve = opened_and_drawn(Path(name))
            print(f"{cache} kernel cache: window after {window:.1f} s, first curve {curve:.1f} s later", flush=True)
            held &= curve <= CURVE_GOAL
    held &= window <= WINDOW_GOAL
    print(f"verdict: {'holds' if held else 'MISSED'} (goals {WINDOW_GOAL:g} s when warm and {CURVE_GOAL:g} s)")
    return int(not held)


if __name__ == "__main__":
    sys.exit(_child() if "--child" in sys.argv else main())
