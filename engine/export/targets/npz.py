"""NumPy's own form: the weights as NPZ under PyTorch's names, everything else as JSON beside it."""

from __future__ import annotations

from pathlib import Path

from engine.export import by_formula
from engine.export.beside import read_arrays, read_particulars, write_arrays, write_particulars
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.model import Model


def fit(model: Model) -> Fit:
    """Every network's weights can be written."""
    return Fit(True, "Exact weights, for programs that bring the arithmetic themselves.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write both files.

    Raises:
        OSError: the folder cannot be written.
    """
    return write_arrays(source.model.network.state_dict(), path), write_particulars(source, path)


def run(path: Path, data: HeldOut) -> Answers:
    """What both files together come to."""
    return by_formula.answers(read_arrays(path), read_particulars(path), data)


TARGET = Target(
    key="npz",
    title="NumPy (NPZ and JSON)",
    order=6,
    suffix=".npz",
    beside=(".json",),
    summary="The weights as arrays under PyTorch's names, and scaler, vocabulary and settings as JSON beside them.",
    fit=fit,
    write=write,
    runner=by_formula.runner,
    run=run,
    usage={
        "": """\
import json, numpy
weights = numpy.load("{stem}.npz")
about = json.load(open("{stem}.json", encoding="utf-8"))""",
    },
)
