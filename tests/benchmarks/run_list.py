"""How long thousands of runs take to be listed: python -m tests.benchmarks.run_list [COUNT]."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from engine.data import load, suggest
from engine.past_runs import past_runs
from engine.storage.run_index import NAME
from engine.training import TrainingRun


def main(count: int) -> None:
    """Prints seconds of one core, since a busy machine makes others of no use."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        experiment = suggest("airline_passengers").experiment.replace({"training.epochs": 100})
        list(TrainingRun(experiment, load(experiment), folder=folder / "one"))
        for number in range(count):
            shutil.copytree(folder / "one", folder / f"runs/{number:06d}")
        for what in ("without an index", "with it", "with it"):
            before = time.process_time()
            found = len(past_runs(folder / "runs"))
            print(f"{found} runs, {what}: {time.process_time() - before:.2f} s")
        print(f"the index: {(folder / 'runs' / NAME).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2000)
