"""A PyTorch module as a small readable Python file, beside its weights in safetensors."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.texts.vocabulary import STOP
from engine.export import by_formula
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.targets import safetensors
from engine.export.targets._target import Answers, Fit, Target
from engine.export.torch_modules import torch_module
from engine.export.torch_source import torch_source
from engine.export.torch_writing import torch_writing_source
from engine.export.writing_description import writes
from engine.model import Model
from engine.storage.atomic import write_atomically


def fit(model: Model) -> Fit:
    """Every network fits; says by what PyTorch computes it."""
    module = torch_module(model.network)
    if module:
        return Fit(True, f"Exact. PyTorch's own nn.{module} computes it.")
    return Fit(True, "Exact. PyTorch has no module for this network; the cell's formula runs in a loop over time.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the module and its weights.

    Raises:
        OSError: the folder cannot be written.
    """
    (weights,) = safetensors.write(source, path.with_suffix(".safetensors"))
    text = torch_writing_source if writes(source.model.network) else torch_source
    write_atomically(path, text(source, path.stem).encode())
    return path, weights


def _has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


def runner() -> str:
    """PyTorch, or what stands in for it."""
    if not _has_torch():
        return f"{by_formula.runner()} (PyTorch is not installed here; its weights were read back)"
    import torch

    return f"PyTorch {torch.__version__}"


def run(path: Path, data: HeldOut) -> Answers:
    """What the module answers; without PyTorch, what its weights come to."""
    if not _has_torch():
        return safetensors.run(path.with_suffix(".safetensors"), data)
    import torch

    names = runpy.run_path(str(path))
    if data.given.told is not None:
        return _written(names, data)
    with torch.no_grad():
        rows = None if data.rows is None else torch.from_numpy(data.rows)
        x = torch.from_numpy(data.inputs) if rows is None else names["inputs_of"](rows, data.series)
        scaled: Any = names["load"]()(x)[0]
        real = None if rows is None else names["real_units"](scaled, rows, data.series).numpy()
        return Answers(scaled.numpy(), real)


def _written(names: dict[str, Any], data: HeldOut) -> Answers:
    """Scores where the module is told what came before, and its own texts; of a series what it goes on from itself."""
    import torch

    network = names["load"]()
    if data.rows is not None:
        rows = torch.from_numpy(data.rows)
        told = names["told_ahead"](rows, torch.from_numpy(data.given.future), data.series)
        answers = network.generate(names["inputs_of"](rows, data.series), told)
        return Answers(answers.numpy(), names["real_units"](answers, rows, data.series).numpy())
    x = torch.from_numpy(data.inputs)
    with torch.no_grad():
        scores, written = network(x, torch.from_numpy(data.given.told)), network.generate(x).numpy()
    assert data.texts is not None
    tokens = np.full(data.texts.tokens.shape, STOP)
    tokens[: len(written)] = written
    return Answers(scores.numpy(), tokens=tokens)


_WRITING = """\
import torch
{module}
tokens = model.load().generate(torch.from_numpy(model.encoded(model.about(), "{example}")))
print(model.decoded(model.about(), tokens[:, 0]))"""
TARGET = Target(
    key="pytorch",
    title="PyTorch module",
    order=3,
    suffix=".py",
    beside=(".safetensors",),
    summary="A readable Python file that defines the module and loads the safetensors beside it.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "series": """\
{module}
# rows (steps, windows, columns), float64, in their own units
answers, state = model.load()(model.inputs_of(rows{series}))
forecast = model.real_units(answers, rows{series})""",
        "pairs": _WRITING,
        "vector": _WRITING,
        "decoder": """\
{module}
# rows (steps, windows, columns), float64, in their own units; future: what is known ahead
answers = model.load().generate(model.inputs_of(rows{series}), model.told_ahead(rows, future{series}))
forecast = model.real_units(answers, rows{series})""",
        "sequences": """\
{module}
# steps (steps, sequences, numbers) in their own units; which numbers, or words, see `inputs_of` there
answers, state = model.load()(model.inputs_of(steps))
said = model.meant(answers)""",
        "labelled_text": """\
{module}
answers, state = model.load()(model.inputs_of(symbols))  # of a text; see there
said = model.meant(answers)""",
        "text": """\
{module}
answers, state = model.load()(model.inputs_of(symbols))  # of a text; see there""",
        "": """\
{module}
# x: numbers (steps, sequences, inputs), scaled, or tokens (steps, sequences)
answers, state = model.load()(x)""",
    },
)
