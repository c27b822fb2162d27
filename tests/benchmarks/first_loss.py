"""How long the first loss takes: ``python -m tests.benchmarks.first_loss [--cell NAME ...]``.

Each cell trains the airline sample in a process that has imported the engine, first with an empty kernel cache and
then with the cache that this has filled. Counted are the seconds from the call to the first loss; the last line is
the verdict.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.config import CELLS

COLD_GOAL, WARM_GOAL = 6.0, 0.5  # seconds
_CHILD = """
import sys, time
from engine.control import Control
from engine.data import load, sample
from engine.events import StepDone
from engine.training import TrainingRun
experiment = sample("airline_passengers").experiment.replace({"model.cell": sys.argv[1]})
start = time.perf_counter()
for event in TrainingRun(experiment, load(experiment), Control()):
    if isinstance(event, StepDone):
        break
print(time.perf_counter() - start)
"""


def first_loss(cell: str, cache: str) -> float:
    """Seconds from the call to the first loss in a new process, with the kernels that lie in `cache`."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, cell], capture_output=True, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "RNN_WORKBENCH_CACHE": cache},
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    return float(done.stdout)


def main() -> None:
    """Print a line for each cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", nargs="+", default=list(CELLS), choices=CELLS, metavar="NAME", help="only these")
    cold, warm = {}, {}
    for cell in parser.parse_args().cell:
        with tempfile.TemporaryDirectory() as cache:
            cold[cell], warm[cell] = first_loss(cell, cache), first_loss(cell, cache)
        print(f"{cell:18} {cold[cell]:6.2f} s with an empty cache, {warm[cell]:6.2f} s with a filled one", flush=True)
    said = []
    for what, found, goal in (("empty", cold, COLD_GOAL), ("filled", warm, WARM_GOAL)):
        slowest = max(found, key=found.__getitem__)
        reached = "" if found[slowest] <= goal else " NOT REACHED"
        said.append(f"{found[slowest]:.2f} s with an {what} cache ({slowest}; goal {goal:g} s){reached}")
    print(f"verdict: at most {', '.join(said)}".replace("an filled", "a filled"))


if __name__ == "__main__":
    main()
