"""Training, going on, and taking weights from elsewhere."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine import data
from engine.commands.options import UsageError, changes_of, experiment_of
from engine.control import Control
from engine.evaluation import score
from engine.events import RunFailed
from engine.importing import read_foreign
from engine.reporting import BarReporter, JsonReporter, Reporter
from engine.resuming import Saved, saved_run
from engine.run_folders import RunFolderError
from engine.runs import EXPERIMENT, RunFolder, check_folder
from engine.training import TrainingRun


def train(arguments: Namespace) -> int:
    """Train, show how it goes, and keep the run in `--out`, or in the folder of the run that goes on."""
    saved, notes = None, ()  # type: Saved | None, tuple[str, ...]
    if arguments.resume is not None:
        out = Path(arguments.resume)
        saved = _saved(out, arguments)
        experiment = saved.experiment
    else:
        out = _new_folder(arguments)
        experiment, notes = experiment_of(arguments)
    dataset = data.load(experiment)
    control = Control()
    run = TrainingRun(experiment, dataset, control, out, saved)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes())):
            print(f"  {note}", file=sys.stderr)
    reporter: Reporter = JsonReporter() if arguments.json else BarReporter(experiment)
    with stoppable(control) as caught:
        status = _follow(run, reporter)
    if not arguments.json and status == 0:
        print(f"\nSaved in {out}")
    return 128 + caught[0] if caught and status == 0 else status


def _saved(folder: Path, arguments: Namespace) -> Saved:
    given = [name for name in ("data", "sample", "config", "seed", "out") if getattr(arguments, name) is not None]
    if given:
        raise UsageError(
            f"--{given[0]} does not go with --resume: a run goes on with its own data, settings and folder"
        )
    return saved_run(folder, changes_of(arguments), changed_data=arguments.changed_data, mend=arguments.mend)


def _new_folder(arguments: Namespace) -> Path:
    if arguments.out is None:
        raise UsageError("a run goes into a folder; give --out DIR, or --resume DIR to go on with one")
    if arguments.mend or arguments.changed_data:
        raise UsageError("--mend and --changed-data go with --resume DIR")
    try:
        check_folder(arguments.out)
    except RunFolderError as error:
        run = (Path(arguments.out) / EXPERIMENT).exists()
        way_on = f"; or go on with it: train --resume {arguments.out}" if run else ""
        raise RunFolderError(f"{error}{way_on}") from error
    return Path(arguments.out)


def import_weights(arguments: Namespace) -> int:
    """A run folder of weights that were trained elsewhere, with their scores on the data; nothing is trained."""
    out = Path(arguments.out)
    check_folder(out)
    experiment, notes = experiment_of(arguments)
    if "readout.weight" not in read_foreign(arguments.weights).weights:
        raise UsageError(f"{arguments.weights} has no layer that answers; train one with train --weights")
    dataset = data.load(experiment)
    run = TrainingRun(experiment, dataset)
    scores = score(run.network, dataset, "test", experiment.training.batch_size).metrics
    folder = RunFolder(out, experiment)
    folder.save_weights(run.network.state_dict(), run.model().header())
    folder.save_result({"reason": "imported", "metric": dataset.metric, "test_metrics": dict(scores)})
    for note in (*notes, *(f"test part, {name}: {value:.6g}" for name, value in scores)):
        print(note)
    print(f"saved in {out}")
    return 0


def _follow(run: TrainingRun, reporter: Reporter) -> int:
    """Show every event; 2 when the run failed, because other settings mend that."""
    failed = None
    try:
        for event in run:
            reporter.show(event)
            failed = event if isinstance(event, RunFailed) else failed
    finally:
        reporter.close()
    if failed is None:
        return 0
    print(f"error: {failed.title}. {failed.why} {failed.cure}", file=sys.stderr)
    return 2


@contextmanager
def stoppable(control: Control) -> Iterator[list[int]]:
    """Let Ctrl+C and SIGTERM end the run after its batch, keeping the best; a second one ends at once."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _frame: Any) -> None:
        caught.append(number)
        control.stop()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, stop)
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
