"""Whether time grows in a line with steps and with the batch: ``python -m tests.benchmarks.scaling``.

Times training steps of the engine at one thread and prints by which power the time grows; the last line is the
verdict.
"""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import replace

from tests.benchmarks.peers import Point, workbench

POWER_GOAL = 1.1
_STEPS, _BATCHES = (50, 100, 200, 400), (32, 64, 128, 256)
_TURNS, _SECONDS = 5, 0.15  # of each size


def seconds(points: list[Point]) -> list[float]:
    """Median seconds a step of each, in turn."""
    sides = [workbench(point, 1) for point in points]
    for side in sides:
        side()
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(_TURNS):
        for side, own in zip(sides, taken, strict=True):
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < _SECONDS or count < 2:
                side()
                count += 1
            own.append((time.perf_counter() - start) / count)
    return [statistics.median(own) for own in taken]


def power(sizes: tuple[int, ...], times: list[float]) -> float:
    """The exponent p of time = size^p, from the smallest to the largest."""
    return math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0])


def main() -> None:
    """Print a line for each cell and each of T and B."""
    highest = 0.0
    for cell in ("elman", "lstm", "gru"):
        point = Point(cell, steps=100, batch=32, inputs=32, hidden=64)
        longer = [replace(point, steps=size) for size in _STEPS]
        wider = [replace(point, batch=size) for size in _BATCHES]
        for letter, sizes, points in (("T", _STEPS, longer), ("B", _BATCHES, wider)):
            times = seconds(points)
            found = power(sizes, times)
            highest = max(highest, found)
            shown = ", ".join(f"{size}: {1000 * took:.2f} ms" for size, took in zip(sizes, times, strict=True))
            print(f"{cell:6} {letter}  {shown}   time ~ {letter}^{found:.2f}", flush=True)
    reached = "" if highest <= POWER_GOAL else " NOT REACHED"
    print(f"verdict: highest power {highest:.2f} (goal at most {POWER_GOAL:g}){reached}")


if __name__ == "__main__":
    main()
