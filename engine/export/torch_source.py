"""The text of a PyTorch module that computes a network: by PyTorch's own modules, or by the cell's formula."""

from __future__ import annotations

from engine.export.description import Description, describe
from engine.export.particulars import Exportable
from engine.export.python_source import paragraph
from engine.export.torch_layers import layers_class, layers_module
from engine.export.torch_modules import torch_module
from engine.export.torch_units import about_function, unit_functions, unit_usage
from engine.findings.summary import model_words

_HEAD = '''"""{title}

{made}

    network = load()
    answers, state = network(x)  # x: {inputs}{units}
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

WEIGHTS = Path(__file__).with_suffix(".safetensors")


'''
_MADE = """Made by RNN Workbench; needs PyTorch and safetensors, and lies beside its weights, {stem}.safetensors, whose
metadata hold scaler, vocabulary, window, columns, settings and scores. Licence of the data: {licence}"""
LOADING = '''

def load(path=WEIGHTS):
    """The network with its trained weights, ready to answer."""
    network = Network()
    network.load_state_dict(load_file(path), strict=True)
    return network.eval()
'''
_PLAIN = '''class Network(torch.nn.Module):
    """PyTorch's own modules, under the names that the weights have."""

    def __init__(self):
        super().__init__()
{modules}

    def forward(self, x, state=None):
        """Answers to {inputs}, and the state to go on from."""
{body}
'''
_ALIGNED = """        hidden, state = self.rnn({x}, state)
        return self.readout(hidden), state"""
_LAST = """        _, state = self.rnn({x}, state)
        hidden = state[0] if isinstance(state, tuple) else state
        return self.readout(torch.cat(list(hidden[-{directions}:]), dim=-1)), state"""

_BY_FORMULA = '''class Network(torch.nn.Module):
    """The cell's formula, under the names that the weights have."""

    def __init__(self):
        super().__init__()
{modules}

    def forward(self, x, state=None):
        """Answers to {inputs}, and the state to go on from."""
        hidden, read, state = self.rnn({x}, state{initial})
        return self.readout({read}), state
'''


def torch_source(source: Exportable, stem: str) -> str:
    """The text of the module that lies beside ``<stem>.safetensors``."""
    model = source.model
    network = describe(model.network)
    inputs = "tokens (T, B)" if network.embedding is not None else f"numbers (T, B, {network.inputs})"
    head = _HEAD.format(
        title=f"{model_words(model.experiment)}.", inputs=inputs, units=unit_usage(model.preparation),
        made=paragraph(_MADE.format(stem=stem, licence=source.particulars()["licence"])),
    )  # fmt: skip
    module = torch_module(model.network)
    foot = LOADING + about_function(model.preparation) + unit_functions(source)
    return head + (_plain(network, module, inputs) if module else _by_formula(network, inputs)) + foot


def _plain(network: Description, module: str, inputs: str) -> str:
    body = (_ALIGNED if network.aligned else _LAST).format(x=_x(network), directions=network.config.directions)
    return _PLAIN.format(modules=_modules(network, module), inputs=inputs, body=body)


def _modules(network: Description, module: str) -> str:
    return "\n".join([*_embedding(network), *layers_module(network, module), _readout(network)])


def _x(network: Description) -> str:
    return "x" if network.embedding is None else "self.embedding(x)"


def _embedding(network: Description) -> list[str]:
    table = network.embedding
    return [] if table is None else [f"        self.embedding = torch.nn.Embedding({table.shape[0]}, {table.shape[1]})"]


def _readout(network: Description) -> str:
    outputs, inputs = network.readout_weight.shape
    return f"        self.readout = torch.nn.Linear({inputs}, {outputs})"


def _by_formula(network: Description, inputs: str) -> str:
    own = _BY_FORMULA.format(
        modules=_modules(network, ""),
        inputs=inputs,
        x=_x(network),
        initial=", self.initial" if network.config.learned_state else "",
        read="hidden" if network.aligned else "read",
    )
    return layers_class(network) + "\n\n" + own
