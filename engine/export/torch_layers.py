"""Recurrent layers as PyTorch computes them: by its own modules, or by the cell's formula in a loop over time."""

from __future__ import annotations

import json

from engine.export.description import Layers
from engine.export.python_source import formula_source

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

    def __init__(self, layers, ending, x, state):
        self.state, self.x, self.units = state, x, state[0].shape[1]
        self.own = lambda name: getattr(layers, f"{{name}}_{{ending}}")

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


class Layers(torch.nn.Module):
    """PyTorch has no module of its own for these layers: the cell's formula in a loop over time."""

    def __init__(self, units, passes_by, shapes):
        super().__init__()
        self.units, self.passes_by = units, passes_by
        for name, shape in shapes.items():
            self.register_parameter(name, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, x, state=None, initial=None):
        """Hidden states at every step (T, B, ·), those at the end (B, ·), and the states to go on from."""
        state, read = dict(state or {{}}), x[-1]
        for units, passes_by in zip(self.units, self.passes_by):
            outputs, ends = [], []
            for ending in units:
                own = state.get(ending) or self.begin(ending, units[ending], x.shape[1], initial)
                rows, hidden = x.flip(0) if ending.endswith("reverse") else x, []
                for row in rows:
                    own = {step}
                    hidden.append(own[0])
                outputs.append(torch.stack(hidden[::-1] if ending.endswith("reverse") else hidden))
                ends.append(hidden[-1])
                state[ending] = own
            above, read = {join_outputs}, {join_ends}
            if passes_by:
                own = {own}
                read = read + torch.cat([x[-1, :, :own], x[0, :, own:]], dim=-1)
                above = above + x
            x = above
        return x, read, state

    def begin(self, ending, units, batch, initial):
        """The state vectors (B, H) that every sequence begins with."""
{learned}        zeros = getattr(self, f"weight_ih_{{ending}}").new_zeros(batch, units)
        return (zeros,) * {states}
'''
_LEARNED = """        if initial is not None:
            return tuple(initial[f"{{kind}}_{{ending}}"].expand(batch, units) for kind in {letters})
"""


def layers_class(stack: Layers) -> str:
    """The text of the class `Layers` for stacks of this cell, and of what it needs."""
    config, biased = stack.config, stack.spec.biased
    letters = [name.split(".")[-1].removesuffix("_l0") for name in stack.initial_names("l0")]
    join = "sum({})" if config.summed else "torch.cat({}, dim=-1)"
    return _BY_FORMULA.format(
        gate=stack.gate,
        squash=stack.squash,
        bias_ih=', self.own("bias_ih")' if biased else "",
        bias_hh=', self.own("bias_hh")[rows]' if biased else "",
        formula=formula_source(stack.spec),
        step=_step(stack),
        join_outputs=join.format("outputs"),
        join_ends=join.format("ends"),
        own="x.shape[2]" if config.summed else "outputs[0].shape[2]",
        learned=_LEARNED.format(letters=json.dumps(letters)) if letters else "",
        states=len(stack.spec.states),
    )


def layers_module(stack: Layers, module: str) -> list[str]:
    """The lines that make `stack` inside ``__init__``: as PyTorch's own `module`, or where that is "" as `Layers`."""
    config, name = stack.config, stack.part
    if module:
        more = f", num_layers={config.depth}" if config.depth > 1 else ""
        more += ", bidirectional=True" if config.bidirectional else ""
        more += f', nonlinearity="{stack.squash}"' if module == "RNN" else ""
        return [f"        self.{name} = torch.nn.{module}({config.inputs}, {config.widths[0]}{more})"]
    units = [{each.suffix: each.units for each in level.directions} for level in stack.levels]
    own = {key.removeprefix("rnn."): shape for key, shape in config.shapes().items() if key.startswith("rnn.")}
    lines = [f'            "{key}": {list(shape)},' for key, shape in own.items()]
    head = f"        self.{name} = Layers({json.dumps(units)}, {[level.passes_by for level in stack.levels]}, {{"
    return [head, *lines, "        })", *_initial(stack)]


def _initial(stack: Layers) -> list[str]:
    """What a stack's states begin with, under the names that the weights have."""
    if not stack.config.learned_state:
        return []
    owner = "self" if stack.part == "rnn" else f"self.{stack.part}"
    entries = [
        f'            "{name.split(".")[-1]}": torch.zeros({each.units}),'
        for each in stack.directions
        for name in stack.initial_names(each.suffix)
    ]
    return [f"        {owner}.initial = torch.nn.ParameterDict({{", *entries, "        })"]


def _step(stack: Layers) -> str:
    """One step; with zoneout a share of each old state vector stays."""
    plain, kept = "step(Cell(self, ending, row, own))", stack.config.zoneout_rates()
    if not any(kept):
        return plain
    return f"tuple(k * old + (1 - k) * new for k, old, new in zip({kept}, own, {plain}))"
