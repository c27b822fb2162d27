"""Whole training steps against a peer: ``python3 main.py bench --against torch``.

Both sides run in one process, in turn, at the same number of threads; medians of many turns are compared, so what
slows the machine slows both. The last line is the verdict against the goals.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

os.environ.pop("OPENBLAS_CORETYPE", None)  # it would slow NumPy's products, and a peer's

import numpy as np

from engine.kernels.jit import LANES
from engine.kernels.packing import pack_panels
from engine.kernels.readout import affine
from engine.kernels.tiles import PANEL, product
from tests.benchmarks.peers import PEERS, Point, Stepper, workbench

SHAPES = (
    (30, 16, 1, 16), (50, 32, 8, 32), (50, 32, 8, 64), (100, 64, 64, 128), (100, 64, 64, 256), (100, 64, 128, 512),
    (100, 1, 64, 128), (25, 128, 256, 256), (200, 50, 65, 512),
)  # fmt: skip
GRID = (
    *(Point(cell, *shape) for cell in ("elman", "lstm", "gru") for shape in SHAPES),
    *(Point("lstm", *shape, layers=2, bidirectional=True) for shape in (SHAPES[2], SHAPES[4])),
)
MEAN_GOAL, LSTM_GOAL, LEAST_GOAL, PEAK_GOAL = 3.0, 1.7, 1.2, 0.6
INFERENCE_GOAL, JAX_GOAL = 2.0, 1.0  # in the mean; at every point
_SECONDS = 2.0  # spent on each point, both sides together
_BLOCK, _REST = 0.06, 0.02  # one side's steps in one turn, and the pause before them


@dataclass(frozen=True, slots=True)
class Result:
    """Median milliseconds a step of both sides, and the share of the measured peak that ours reached."""

    point: Point
    threads: int
    ours: float
    theirs: float
    share: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.theirs / self.ours


def peak(threads: int) -> float:
    """Multiply-adds times two a second of so many cores at once, on products that stay in their caches."""
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(_peak_of_one, range(threads)))


def _peak_of_one(seed: int) -> float:
    rows, depth, columns = 96, 256, 4 * PANEL
    random = np.random.default_rng(seed)
    a, b = (random.standard_normal(size, dtype=np.float32) for size in (rows * depth, depth * columns))
    packed, c, bias = (np.zeros(size, np.float32) for size in (b.size, rows * columns, columns))
    pack_panels(b, 0, columns, 1, depth, columns, packed, depth, 0, 0)
    address = product.address(np.dtype(np.float32))

    def step() -> None:
        affine(address, 0, rows, a, 0, depth, depth, packed, bias, c, columns)

    step()
    return 2.0 * rows * depth * columns / min(_seconds(step, 50) for _ in range(40))


def _seconds(step: Stepper, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count


def _rested(step: Stepper, count: int) -> float:
    time.sleep(_REST)
    step()
    return _seconds(step, count)


def measured(point: Point, threads: int, against: str, highest: float, inference: bool = False) -> Result:
    """Both sides in turn, for about two seconds; `highest` is the peak of so many threads.

    A library's threads go on spinning for some milliseconds after their work, on the core that the other side wants.
    So each turn begins when they are asleep, with a step that is not counted, since caches have cooled meanwhile.
    """
    sides = workbench(point, threads, inference), PEERS[against](point, threads, inference)
    for _ in range(3):
        for side in sides:
            side()
    once = [_seconds(side, 1) for side in sides]
    counts = [max(2, int(_BLOCK / seconds)) for seconds in once]
    turns = max(3, int(_SECONDS / sum(count * seconds for count, seconds in zip(counts, once, strict=True))))
    taken = [[_rested(*each) for each in zip(sides, counts, strict=True)] for _ in range(turns)]
    ours, theirs = (1000 * statistics.median(turn[side] for turn in taken) for side in (0, 1))
    return Result(point, threads, ours, theirs, point.operations(inference) / (ours / 1000) / highest)


def mean_ratio(results: Sequence[Result]) -> float:
    """Geometric mean of the ratios."""
    return math.exp(statistics.fmean(math.log(result.ratio) for result in results))


def verdict(results: Sequence[Result], against: str, inference: bool = False) -> str:
    """The figures that the goals are about, in one line."""
    lstm = [result for result in results if result.point.cell == "lstm"]
    large = [result for result in results if result.point.hidden >= 128 and result.point.batch >= 32]
    least = min(results, key=lambda result: result.ratio)
    if inference:
        checks = [("mean of inference", mean_ratio(results), INFERENCE_GOAL)]
    elif against == "jax":
        checks = [("least", least.ratio, JAX_GOAL)]
    else:
        checks = [
            ("mean", mean_ratio(results), MEAN_GOAL),
            ("least", least.ratio, LEAST_GOAL),
            *([("LSTM", mean_ratio(lstm), LSTM_GOAL)] if lstm else []),
            *([("share of peak", min(result.share for result in large), PEAK_GOAL)] if large else []),
        ]
    reached = {True: "", False: " NOT REACHED"}
    return "verdict: " + ", ".join(
        f"{name} {value:.2f} (goal {goal:g}){reached[value >= goal]}" for name, value, goal in checks
    )


def line(result: Result) -> str:
    """One result as a row of the table."""
    p = result.point
    name = p.cell + (f" {p.layers} layers, both directions" if p.bidirectional else "")
    shape = f"{p.steps}, {p.batch}, {p.inputs}, {p.hidden}"
    times = f"{result.ours:9.3f} {result.theirs:9.3f}"
    return f"{name:30} {shape:20} {result.threads:7} {times} {result.ratio:6.2f} {result.share:6.0%}"


def run(against: str, threads: Sequence[int], cell: str | None, as_json: bool, inference: bool = False) -> int:
    """Measure the grid, or the points of one cell, and print a line each; returns the exit status."""
    if trouble := _trouble(against, threads):
        print(f"error: {trouble}", file=sys.stderr)
        return 2
    highest = {count: peak(count) for count in threads}
    if not as_json:
        peaks = ", ".join(f"{value / 1e9:.0f} GFLOP/s on {count}" for count, value in highest.items())
        print(f"multiply-add peak by threads: {peaks}; {LANES} lanes; against {against}")
        print(f"{'cell':30} {'T, B, I, H':20} threads   ours ms  their ms  ratio   peak")
    results = []
    for point in (point for point in GRID if cell in (None, point.cell)):
        for count in threads:
            results.append(measured(point, count, against, highest[count], inference))
            print(json.dumps(_plain(results[-1])) if as_json else line(results[-1]), flush=True)
    said = verdict(results, against, inference)
    print(json.dumps({"verdict": said}) if as_json else said)
    return 0


def _trouble(against: str, threads: Sequence[int]) -> str:
    """Why nothing can be measured here, and what to do; empty where it can."""
    if find_spec(against) is None:
        what = {"torch": "torch", "jax": "jax jaxlib"}[against]
        return f"{against} is not installed for {sys.executable}; install it there: pip install {what}"
    if against == "jax" and len(set(threads)) > 1:
        return "JAX keeps the number of threads that it starts with; give one, as in --threads 2"
    return ""


def _plain(result: Result) -> dict[str, Any]:
    return asdict(result) | {"ratio": result.ratio}
