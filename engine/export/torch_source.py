"""The text of a PyTorch module that computes a network: by PyTorch's own modules, or by the cell's formula."""

from __future__ import annotations

from engine.export.description import Description, describe
from engine.export.particulars import Exportable
from engine.export.python_source import formula_source, harmless
from engine.export.torch_modules import torch_module
from engine.summary import model_words

_HEAD = '''"""{title}

Made by RNN Workbench; needs PyTorch and safetensors, and lies beside its weights, {stem}.safetensors, whose metadata
hold scaler, vocabulary, window, columns, settings and scores. Licence of the data: {licence}

    network = load()
    answers, state = network(x)  # x: {inputs}
    forecast = real_units(answers, rows)  # of a series; x = inputs_of(rows), see there
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

WEIGHTS = Path(__file__).with_suffix(".safetensors")


'''
_FOOT = '''

def load(path=WEIGHTS):
    """The network with its trained weights, ready to answer."""
    network = Network()
    network.load_state_dict(load_file(path), strict=True)
    return network.eval()


def about(path=WEIGHTS):
    """What is known of the data: columns, window, scalers, transform, or the vocabulary."""
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()["data"])


def inputs_of(rows):
    """Windows of rows in their own units (steps, windows, columns), float64, as the network reads them.

    Columns are the targets, then the further inputs. Where differences are taken a window has one row more.
    """
    data = about()
    targets, scaler = len(data["targets"]), data["input_scaler"]
    level, further = _level(data, rows[..., :targets]), rows[..., targets:]
    if "difference" in data["transform"]:
        level, further = level[1:] - level[:-1], further[1:]
    columns = torch.cat([level, further], dim=-1)
    return ((columns - _numbers(scaler["offset"])) / _numbers(scaler["scale"])).float()


def real_units(answers, rows):
    """The network's answers to windows of rows, in the targets' own units."""
    data = about()
    answers = answers[..., {middle}::{width}]{remark}
    changed = answers.double() * _numbers(data["output_scaler"]["scale"]) + _numbers(data["output_scaler"]["offset"])
    if "difference" in data["transform"]:
        known = _level(data, (rows[1:] if answers.ndim == 3 else rows[-1])[..., : len(data["targets"])])
        changed = changed + torch.cat([known] * (changed.shape[-1] // known.shape[-1]), dim=-1)
    return torch.exp(changed) if "log" in data["transform"] else changed


def _level(data, values):
    return torch.log(values) if "log" in data["transform"] else values


def _numbers(values):
    return torch.tensor(values, dtype=torch.float64)
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

_BY_FORMULA = '''FUNCTIONS = {{
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "identity": lambda x: x,
    "softsign": torch.nn.functional.softsign,
    "hard_sigmoid": lambda x: torch.clamp(x / 6 + 0.5, 0, 1),
    "elu": torch.nn.functional.elu,
    "gelu": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
}}


class Cell:
    """What the cell's formula asks of one time step: rows (B, ·) of inputs, states and sums."""

    gate, squash = staticmethod(FUNCTIONS["{gate}"]), staticmethod(FUNCTIONS["{squash}"])

    def __init__(self, weights, ending, x, state):
        self.state, self.x, self.units = state, x, state[0].shape[1]
        self.own = lambda name: weights[f"{{name}}_{{ending}}"]

    def from_input(self):
        return torch.nn.functional.linear(self.x, self.own("weight_ih"){bias_ih})

    def from_state(self, state, first=0, last=None):
        rows = slice(first * self.units, None if last is None else last * self.units)
        return torch.nn.functional.linear(state, self.own("weight_hh")[rows]{bias_hh})

    def from_gates(self, *gates):
        return torch.nn.functional.linear(torch.cat(gates, dim=1), self.own("weight_gg"))

    def split(self, vector):
        return torch.split(vector, self.units, dim=-1)

    def sums(self, state):
        return self.split(self.from_input() + self.from_state(state))

    def normalized(self, vector):
        return torch.nn.functional.layer_norm(vector, vector.shape[-1:])


{formula}


class Network(torch.nn.Module):
    """PyTorch has no module of its own for this network: the cell's formula in a loop over time."""

    layers = {layers}
    units = {units}

    def __init__(self):
        super().__init__()
{modules}

    def forward(self, x, state=None):
        """Answers to {inputs}, and the state to go on from."""
{embed}        state = dict(state or {{}})
        for number, endings in enumerate(self.layers):
            outputs, ends = [], []
            for ending in endings:
                begin = state.get(ending) or self.begin(ending, self.units[number], x.shape[1])
                rows, hidden = x.flip(0) if ending.endswith("reverse") else x, []
                for row in rows:
                    begin = {step}
                    hidden.append(begin[0])
                outputs.append(torch.stack(hidden[::-1] if ending.endswith("reverse") else hidden))
                ends.append(hidden[-1])
                state[ending] = begin
            above, read = {join_outputs}, {join_ends}
            if {passes_by}[number]:
                own = {own}
                read = read + torch.cat([x[-1, :, :own], x[0, :, own:]], dim=-1)
                above = above + x
            x = above
        return self.readout({read}), state

    def begin(self, ending, units, batch):
        """The state vectors (B, H) that every sequence begins with."""
{begin}
'''


def torch_source(source: Exportable, stem: str) -> str:
    """The text of the module that lies beside ``<stem>.safetensors``."""
    model = source.model
    network = describe(model.network)
    inputs = "tokens (T, B)" if network.embedding is not None else f"numbers (T, B, {network.inputs})"
    head = _HEAD.format(
        title=f"{model_words(model.experiment)}.", stem=harmless(stem), inputs=inputs,
        licence=harmless(source.particulars()["licence"]),
    )  # fmt: skip
    module = torch_module(model.network)
    point = source.point()
    remark = "" if point["width"] == 1 else "  # the middle one of the quantiles"
    foot = _FOOT.format(remark=remark, **point)
    return head + (_plain(network, module, inputs) if module else _by_formula(network, inputs)) + foot


def _plain(network: Description, module: str, inputs: str) -> str:
    config = network.config
    more = f", num_layers={config.depth}" if config.depth > 1 else ""
    more += ", bidirectional=True" if config.bidirectional else ""
    more += f', nonlinearity="{network.squash}"' if module == "RNN" else ""
    rnn = f"        self.rnn = torch.nn.{module}({config.inputs}, {config.widths[0]}{more})"
    x = "x" if network.embedding is None else "self.embedding(x)"
    body = (_ALIGNED if network.aligned else _LAST).format(x=x, directions=config.directions)
    return _PLAIN.format(modules="\n".join([*_embedding(network), rnn, _readout(network)]), inputs=inputs, body=body)


def _embedding(network: Description) -> list[str]:
    table = network.embedding
    return [] if table is None else [f"        self.embedding = torch.nn.Embedding({table.shape[0]}, {table.shape[1]})"]


def _readout(network: Description) -> str:
    outputs, inputs = network.readout_weight.shape
    return f"        self.readout = torch.nn.Linear({inputs}, {outputs})"


def _by_formula(network: Description, inputs: str) -> str:
    config, biased = network.config, network.spec.biased
    own = {name: shape for name, shape in config.shapes().items() if name.startswith("rnn.")}
    modules = [*_embedding(network), *_parameters("rnn", own)]
    if config.learned_state:
        modules += _parameters("initial", {n: s for n, s in config.shapes().items() if n.startswith("initial.")})
    join = "sum({})" if config.summed else "torch.cat({}, dim=-1)"
    return _BY_FORMULA.format(
        gate=network.gate,
        squash=network.squash,
        bias_ih=', self.own("bias_ih")' if biased else "",
        bias_hh=', self.own("bias_hh")[rows]' if biased else "",
        formula=formula_source(network.spec),
        step=_step(network),
        layers=config.suffixes(),
        units=list(config.widths),
        modules="\n".join([*modules, _readout(network)]),
        inputs=inputs,
        embed="        x = self.embedding(x)\n" if network.embedding is not None else "",
        join_outputs=join.format("outputs"),
        join_ends=join.format("ends"),
        passes_by=[level.passes_by for level in network.levels],
        own="x.shape[2]" if config.summed else "self.units[number]",
        read="x" if network.aligned else "read",
        begin=_begin(network),
    )


def _parameters(name: str, shapes: dict[str, tuple[int, ...]]) -> list[str]:
    lines = [f'            "{key.removeprefix(name + ".")}": torch.zeros({list(s)}),' for key, s in shapes.items()]
    return [f"        self.{name} = torch.nn.ParameterDict({{", *lines, "        })"]


def _step(network: Description) -> str:
    """One step; with zoneout a share of each old state vector stays."""
    plain, kept = "step(Cell(self.rnn, ending, row, begin))", network.config.zoneout_rates()
    if not any(kept):
        return plain
    return f"tuple(k * old + (1 - k) * new for k, old, new in zip({kept}, begin, {plain}))"


def _begin(network: Description) -> str:
    if not network.config.learned_state:
        return (
            f"        return tuple(torch.zeros(batch, units, dtype=self.readout.weight.dtype)"
            f" for _ in range({len(network.spec.states)}))"
        )
    letters = [name.split(".")[1].rsplit("_l0", 1)[0] for name in network.config.initial_names("l0")]
    return f'        return tuple(self.initial[f"{{kind}}_{{ending}}"].expand(batch, units) for kind in {letters})'
