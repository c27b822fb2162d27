"""Weights that were trained elsewhere."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from engine import data
from engine.commands.command import Commands, UsageError
from engine.commands.options import add_experiment, experiment_of, named
from engine.data import LabelledTextPreparation, SequencePreparation, SeriesPreparation
from engine.events import RunFailed, RunFinished
from engine.export.meaning import answer_words, step_columns
from engine.findings.few_examples import caution
from engine.imported_run import ImportedRun
from engine.importing import read_foreign
from engine.model import Model
from engine.runs import check_folder
from engine.wording.counting import counted


def add_import(commands: Commands) -> None:
    """`import`, its options and help."""
    text = (
        "Take weights that were trained elsewhere (a plain RNN, LSTM or GRU stack: safetensors, ONNX, or NPZ under "
        "PyTorch's names) as a run: scored on the data, ready for predict and "
        "export. Training goes on with train --weights."
    )
    command = commands.add_parser("import", help="use weights that were trained elsewhere", description=text)
    add_experiment(command)
    command.add_argument("--weights", required=True, metavar="FILE", help="the weights")
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the run; must not hold one yet")
    command.set_defaults(run=import_weights)


def import_weights(arguments: Namespace) -> int:
    """A run folder of weights that were trained elsewhere, with their scores on the data; nothing is trained."""
    begun, out = named(arguments), Path(arguments.out)
    check_folder(out)
    experiment, notes = experiment_of(arguments, begun)
    if "readout.weight" not in read_foreign(arguments.weights).weights:
        raise UsageError(f"{arguments.weights} has no layer that answers; train one with train --weights")
    run = ImportedRun(experiment, data.load(experiment), folder=out)
    *_, ended = run
    if isinstance(ended, RunFailed):
        print(f"error: {ended.title}. {ended.why} {ended.cure}", file=sys.stderr)
        return 2
    assert isinstance(ended, RunFinished)  # a run that was asked nothing ends with one or the other
    scored = (f"test part, {name}: {value:.6g}" for name, value in ended.test_metrics)
    few = caution(experiment.data.kind, ended.test_examples) if ended.test_metrics else ""
    for note in filter(None, (*notes, *_read(run.model()), *scored, few)):
        print(note)
    print(f"saved in {out}")
    return 0


def _read(model: Model) -> tuple[str, ...]:
    """What goes in and comes out, in its order: weights say of how many numbers, and not which."""
    data, chosen = model.preparation, model.experiment.data
    scaled = "unscaled" if chosen.scaler == "none" else f"scaled by the training part ({chosen.scaler})"
    if isinstance(data, SeriesPreparation):
        changed = "" if chosen.transform == "none" else f", the targets as {chosen.transform.replace('_', ' of the ')}"
        return (f"reads {counted(data.look_back, 'step')} of {', '.join(data.columns)}, {scaled}{changed}",)
    if not isinstance(data, SequencePreparation | LabelledTextPreparation):
        return ()
    said = f"says {answer_words(data)}"
    if isinstance(data, LabelledTextPreparation) or data.embedded:
        return (said,)
    return (f"reads steps of {step_columns(data)}, {scaled}", said)
