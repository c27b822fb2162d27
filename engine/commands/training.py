"""Training, and going on."""

from __future__ import annotations

import argparse
import os
import sys
from argparse import Namespace
from pathlib import Path

from engine import data
from engine.commands.command import Command, Commands, UsageError
from engine.commands.options import add_experiment, changes_of, experiment_of, fields_help, named
from engine.commands.reporting import BarReporter, JsonReporter, Reporter
from engine.commands.stopping import stoppable
from engine.config import field_names
from engine.control import Control
from engine.events import RunFailed
from engine.resuming import Saved, saved_run
from engine.runs import EXPERIMENT, check_folder
from engine.storage.run_folders import RunFolderError
from engine.training import TrainingRun

_EPILOG = """\
Without --config the settings are a sample's own, or what the file suggests, which is said.
Ctrl+C ends the run after the batch at hand and keeps the best weights (status 130).

A run folder holds experiment.toml, weights.safetensors (the best, in PyTorch's names), metrics.csv,
result.json, log.txt, and in checkpoints/ where it stood, for --resume. An experiment.toml can be given to
--config again.

With --json, each line of standard output is an event:
  {"event": "StepDone", "step": 1, "epoch": 1, "loss": 0.9, "gradient_norm": 1.2, "seconds": 0.01}
in the order Compiling (before, after, and while it lasts), RunStarted, then StepDone, Evaluated, Finding and
CheckpointSaved as they come, and last RunFinished with the scores of the test part, or RunFailed.

fields for --set:
"""


def add_train(commands: Commands) -> None:
    """`train`, its options and help."""
    command = commands.add_parser(
        "train", help="train a network", description="Train a network and keep its best weights.",
        epilog=_EPILOG + fields_help(field_names()), formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_experiment(command)
    command.add_argument(
        "--weights", metavar="FILE", help="begin from these (safetensors, ONNX, NPZ), with the network they are for"
    )
    command.add_argument("--out", metavar="DIR", help="folder for the run; must not hold one yet")
    _add_resume(command)
    command.add_argument("--json", action="store_true", help="one event a line on standard output, no progress bar")
    command.set_defaults(run=train)


def _add_resume(command: Command) -> None:
    text = "with live settings, epochs, threads and saving free to change (--set); the same bits as without a break"
    resume = command.add_argument_group("going on with a run that was stopped, killed or finished", text)
    resume.add_argument("--resume", metavar="DIR", help="the run's folder; takes the place of --out and of the data")
    resume.add_argument(
        "--mend", action="store_true", help="after a NaN: from the last good weights, at a tenth of the rate, clipped"
    )
    resume.add_argument("--changed-data", action="store_true", help="although the data is no longer the same")


def train(arguments: Namespace) -> int:
    """Train, show how it goes, and keep the run in `--out`, or in the folder of the run that goes on."""
    saved, notes = None, ()  # type: Saved | None, tuple[str, ...]
    if arguments.resume is not None:
        out = Path(arguments.resume)
        saved = _saved(out, arguments)
        experiment = saved.experiment
    else:
        begun = named(arguments)
        out = _new_folder(arguments)
        experiment, notes = experiment_of(arguments, begun)
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
        run = os.path.exists(Path(arguments.out) / EXPERIMENT)
        way_on = f"; or go on with it: train --resume {arguments.out}" if run else ""
        raise RunFolderError(f"{error}{way_on}") from error
    return Path(arguments.out)


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
