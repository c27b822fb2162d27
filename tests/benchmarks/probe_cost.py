"""What looking costs a run: ``python -m tests.benchmarks.probe_cost [--sample NAME ...] [--seconds S]``.

A run is trained in turns, with every probe asked for thirty times a second and with none; the medians of the turns'
speeds are compared. The last line is the verdict.
"""

from __future__ import annotations

import argparse
import statistics
import time

from engine.control import Control
from engine.data import load, sample
from engine.events import PROBES, Event, SnapshotRequest, StepDone
from engine.training import TrainingRun

SHARE_GOAL = 0.97
_HERTZ, _TURN = 30, 1.0  # seconds of a turn


class Looked:
    """A run without end that somebody looks into, or not."""

    def __init__(self, name: str, threads: int) -> None:
        """Train for a moment, so that all is compiled and every probe was measured once."""
        changes = {"training.epochs": 1_000_000, "training.threads": threads}
        experiment = sample(name).experiment.replace(changes)
        self._control, self._asked = Control(), 0
        self._run = TrainingRun(experiment, load(experiment), self._control)
        while not isinstance(next(self._run), StepDone):
            pass
        self.speed(2 * _TURN, watched=True)

    def speed(self, seconds: float, *, watched: bool) -> float:
        """Steps a second over so many seconds."""
        start = now = time.perf_counter()
        steps, due = 0, start
        while now - start < seconds:
            if watched and now >= due:
                self._ask(frozenset(PROBES))
                due = now + 1 / _HERTZ
            event: Event = next(self._run)
            steps += isinstance(event, StepDone)
            now = time.perf_counter()
        self._ask(frozenset())
        return steps / (now - start)

    def _ask(self, probes: frozenset[str]) -> None:
        self._asked += 1
        self._control.request = SnapshotRequest(self._asked, probes)


def main() -> None:
    """Print a line for each sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    samples = ["airline_passengers", "adding", "alice"]
    parser.add_argument("--sample", nargs="+", default=samples, metavar="NAME", help="what to train")
    parser.add_argument("--seconds", type=float, default=20.0, help="seconds for each sample (20)")
    parser.add_argument("--threads", type=int, default=1, help="threads of the engine (1)")
    arguments = parser.parse_args()
    least = 1.0
    for name in arguments.sample:
        run = Looked(name, arguments.threads)
        turns = max(3, int(arguments.seconds / (2 * _TURN)))
        taken = [(run.speed(_TURN, watched=True), run.speed(_TURN, watched=False)) for _ in range(turns)]
        watched, alone = (statistics.median(turn[side] for turn in taken) for side in (0, 1))
        least = min(least, watched / alone)
        print(f"{name:20} {watched:9.1f} steps/s watched, {alone:9.1f} alone, share {watched / alone:.3f}", flush=True)
    reached = "" if least >= SHARE_GOAL else " NOT REACHED"
    print(f"verdict: at least {least:.3f} of the speed with every probe at {_HERTZ} Hz (goal {SHARE_GOAL:g}){reached}")


if __name__ == "__main__":
    main()
