"""Weights for PyTorch and whatever else reads safetensors.

Names, shapes and gate order are those of a plain module with `rnn` (`nn.RNN`, `nn.LSTM` or `nn.GRU`),
`readout` (`nn.Linear`) and, where characters come in, `embedding` (`nn.Embedding`); it loads them with
``load_state_dict(safetensors.torch.load_file(path), strict=True)``. Of a network that writes they are those of a module
with `encoder`, `decoder`, `readout`, and dictionaries `embedding` (`source`, `target`), `bridge` (a linear layer for
each state that the decoder begins with) and `attention` (`query`, `key`, `score`, `combine`). The header's metadata
holds the experiment, what turns raw rows into inputs and answers into real units, and the symbols of both sides.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.export import by_formula
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.export.torch_modules import special, torch_module
from engine.model import Model
from engine.storage.weights import read_weights, write_weights


def fit(model: Model) -> Fit:
    """Every network's weights can be written; says who computes with them."""
    module = torch_module(model.network)
    if module:
        both = ", one that reads and one that writes, load" if "encoder" in model.network.stacks else " loads"
        return Fit(True, f"Exact. PyTorch's own nn.{module}{both} them with strict=True.")
    lacking = special(model.network) or "this cell"
    return Fit(True, f"Exact weights in PyTorch's style of names; PyTorch has no module of its own with {lacking}.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the weights of `source` with everything their use needs, all of it or nothing.

    Raises:
        OSError: the folder cannot be written.
    """
    write_weights(path, source.model.network.state_dict(), {**source.model.header(), **source.texts()})
    return (path,)


def run(path: Path, data: HeldOut) -> Answers:
    """What the weights and the metadata in the file come to."""
    weights, header = read_weights(path)
    return by_formula.answers(weights, {name: json.loads(header[name]) for name in ("network", "data")}, data)


_WRITING = """\
from safetensors.torch import load_file
# module: a torch.nn.Module with encoder, decoder, readout and dictionaries embedding, bridge and attention
module.load_state_dict(load_file("{name}"), strict=True)"""
TARGET = Target(
    key="safetensors",
    title="safetensors",
    order=2,
    suffix=".safetensors",
    summary="The weights under PyTorch's names, shapes and gate order, with all their use needs in the header.",
    fit=fit,
    write=write,
    runner=by_formula.runner,
    run=run,
    usage={
        "pairs": _WRITING,
        "vector": _WRITING,
        "decoder": _WRITING,
        "": """\
from safetensors.torch import load_file
# module: a torch.nn.Module with rnn, readout and, of text, embedding
module.load_state_dict(load_file("{name}"), strict=True)""",
    },
)
