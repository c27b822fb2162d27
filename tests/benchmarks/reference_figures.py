"""Figures that this engine reaches beside published ones: ``python -m tests.benchmarks.reference_figures``.

Trains each task of `reference_tasks` from several seeds, on test parts that no setting was chosen by except where
`README.md` beside it says so, and prints the median and the range. ``--task`` takes one task, or all whose names begin
so; the last line is the verdict.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from engine.events import RunFailed, RunFinished
from engine.training import TrainingRun
from tests.benchmarks.reference_tasks import TASKS, Line, Task


@dataclass(frozen=True, slots=True)
class Found:
    """One figure of a task, from each seed; and the seconds of its longest training."""

    task: Task
    line: Line
    figures: tuple[float, ...]
    seconds: float

    @property
    def median(self) -> float:
        """Of the seeds."""
        return statistics.median(self.figures)

    @property
    def reached(self) -> bool:
        """Whether the median is as good as the goal."""
        return self.line.reached(self.median)

    def text(self) -> str:
        """One row of the table."""
        low, high = min(self.figures), max(self.figures)
        ours = f"{self.median:8.4g} ({low:.4g}-{high:.4g})"
        mark = "" if self.reached else "  NOT REACHED"
        return f"{self.task.name:28} {self.line.what:19} {ours:30} {self.seconds:6.1f} s  {self.line.beside}{mark}"

    def plain(self) -> dict[str, object]:
        """For JSON."""
        ours = {"task": self.task.name, "what": self.line.what, "median": self.median, "figures": self.figures}
        return ours | {"seconds": self.seconds, "goal": self.line.goal, "reached": self.reached}


def trained(task: Task, seed: int, threads: int) -> tuple[list[float], float]:
    """The figures of one run in the order of the task's lines, and the seconds that it trained."""
    experiment = task.experiment(seed).replace({"training.threads": threads})
    run = TrainingRun(experiment, task.open(experiment))
    for event in run:
        if isinstance(event, RunFailed):
            raise SystemExit(f"error: {task.name}, seed {seed}: {event.title}. {event.why}")
        if isinstance(event, RunFinished):
            scores = dict(event.test_metrics)
            return [line.of(run, scores) for line in task.lines], event.seconds
    raise AssertionError("a run ends with an event")


def found(task: Task, seeds: Sequence[int], threads: int) -> list[Found]:
    """Every figure of a task."""
    runs = [trained(task, seed, threads) for seed in seeds]
    longest = max(seconds for _, seconds in runs)
    return [
        Found(task, line, tuple(figures[place] for figures, _ in runs), longest)
        for place, line in enumerate(task.lines)
    ]


def verdict(results: Sequence[Found]) -> str:
    """How many goals were reached, and which were not."""
    missed = [f"{each.task.name} {each.line.what}" for each in results if not each.reached]
    said = f"verdict: {len(results) - len(missed)} of {len(results)} figures reached by the median"
    return f"{said}; NOT REACHED: {', '.join(missed)}" if missed else said


def main() -> None:
    """Train what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs of each task (5)")
    parser.add_argument("--task", default="", metavar="NAME", help="only the tasks whose names begin so")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="threads of the engine; 0: all")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    chosen = [task for task in TASKS if task.name.startswith(arguments.task)]
    if not chosen:
        parser.error(f"no task begins with {arguments.task!r}; there are {', '.join(task.name for task in TASKS)}")
    results: list[Found] = []
    for task in chosen:
        own = found(task, range(arguments.seeds), arguments.threads)
        for each in own:
            print(json.dumps(each.plain()) if arguments.json else each.text(), flush=True)
        results += own
    print(json.dumps({"verdict": verdict(results)}) if arguments.json else verdict(results))


if __name__ == "__main__":
    main()
