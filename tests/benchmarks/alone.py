"""A sample that trains without a window, in a process of its own that is held and let go on in turns with the window.

What else runs on the machine, or on its host, comes and goes by the second: only turns as near to each other as that
can be compared. It keeps its run in a folder, as the window does and the command `train`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

_TRAIN = """
import sys, time
from pathlib import Path
import numpy as np
from engine.control import Control
from engine.data import load, sample
from engine.events import StepDone
from engine.training import TrainingRun
ends = np.memmap(sys.argv[2], np.float64, "r+")
experiment = sample(sys.argv[1]).experiment.replace({"training.epochs": 1_000_000})
for event in TrainingRun(experiment, load(experiment), Control(), Path(sys.argv[2]).with_name("run")):
    if isinstance(event, StepDone):
        ends[event.step % len(ends)] = time.perf_counter()
"""
_STEPS = 1 << 16  # whose ends are known, the newest of all
_LOOK_SECONDS = 0.01


class Alone:
    """When steps ended is told through a file in memory."""

    def __init__(self, sample: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "ends"
        path.write_bytes(bytes(8 * _STEPS))
        self._ends = np.memmap(path, np.float64, "r+")
        self._process = subprocess.Popen([sys.executable, "-c", _TRAIN, sample, str(path)])
        self._since = 0.0
        while not self._ends.any():  # compiled, and under way
            if self._process.poll() is not None:
                sys.exit(f"the sample {sample} does not train")
            time.sleep(_LOOK_SECONDS)
        self._hold()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def go_on(self) -> None:
        """Train from now on."""
        self._since = time.perf_counter()
        os.kill(self._process.pid, signal.SIGCONT)

    def speed(self) -> float:
        """Train no more. Steps a second since the end of the first one after `go_on`, which had begun before."""
        self._hold()
        ends = self._ends[self._ends > self._since]
        return float((len(ends) - 1) / (ends.max() - ends.min())) if len(ends) > 1 else 0.0

    def _hold(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)
