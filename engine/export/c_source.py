"""The text of a C header that computes a network one row at a time: weights, a step, and test vectors.

C99, no memory from the heap, no library but the mathematical one. The expressions of the cell's formula become loops:
what has one length and depends only on its own unit shares a loop, what sums over units stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import Value, in_order
from engine.export.description import Direction, Layers

FUNCTIONS = {
    "tanh": "return tanhf(x);",
    "sigmoid": "return 1.0f / (1.0f + expf(-x));",
    "relu": "return x > 0.0f ? x : 0.0f;",
    "identity": "return x;",
    "softsign": "return x / (1.0f + fabsf(x));",
    "hard_sigmoid": "x = x / 6.0f + 0.5f; return x < 0.0f ? 0.0f : x > 1.0f ? 1.0f : x;",
    "elu": "return x > 0.0f ? x : expm1f(x);",
    "gelu": "return 0.5f * x * (1.0f + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));",
}
_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_SUMS = ("from_input", "from_state", "from_gates", "normalized")


def identifier(stem: str) -> str:
    """A name that C takes, made of a file's name."""
    name = re.sub(r"\W", "_", stem, flags=re.ASCII).strip("_") or "network"
    return f"n_{name}" if name[0].isdigit() else name


def number(value: float) -> str:
    """A float32 as C writes it, exact to the last bit."""
    text = f"{value:.9g}"
    return f"{text}f" if re.search(r"[.en]", text) else f"{text}.0f"


def array(name: str, values: NDArray[Any], double: bool = False) -> str:
    """A constant array, a row of a few numbers a line."""
    written = [repr(float(v)) if double else number(float(v)) for v in np.ravel(values)]
    lines = [", ".join(written[at : at + 6]) for at in range(0, len(written), 6)]
    body = ",\n    ".join(lines)
    return f"static const {'double' if double else 'float'} {name}[{len(written)}] = {{\n    {body}\n}};\n"


def used_functions(layers: Layers) -> list[str]:
    """Names of the activation functions that the cell's formula calls."""
    values = in_order(layers.trace())
    return sorted({value.name for value in values if value.kind == "activation"})


def layer_constants(prefix: str, layers: Layers) -> list[str]:
    """Weights of every direction of every layer, and what its states begin with: a decoder's with what was read."""
    found, part = [], part_of(layers)
    for direction in layers.directions:
        for key, values in direction.weights.items():
            found.append(array(f"{prefix}_{part}{key}_{direction.suffix}", values))
        if layers.part != "decoder":
            found.append(array(f"{prefix}_{part}initial_{direction.suffix}", np.concatenate(direction.initial)))
    return found


def layer_functions(prefix: str, layers: Layers) -> list[str]:
    """Every direction's step: ``static inline void …_l0(const float *x, float *state)``."""
    return [
        _layer_function(prefix, layers, direction, layers.config.level_inputs(number))
        for number, level in enumerate(layers.levels)
        for direction in level.directions
    ]


def part_of(layers: Layers) -> str:
    """What names of a stack have before them, where there are several stacks."""
    return "" if layers.part == "rnn" else f"{layers.part}_"


def _layer_function(prefix: str, layers: Layers, direction: Direction, inputs: int) -> str:
    writer = _Writer(prefix, layers, direction, inputs)
    body = "\n".join(f"    {line}" for line in writer.write(layers.trace()))
    head = f"static inline void {prefix}_{part_of(layers)}{direction.suffix}(const float *x, float *state)"
    return f"{head}\n{{\n{body}\n}}\n"


@dataclass
class _Writer:
    """Writes a formula as C. Vectors that are needed outside their loop lie in arrays, others in one number."""

    prefix: str
    network: Layers
    direction: Direction
    inputs: int
    lines: list[str] = field(default_factory=list)
    _places: dict[Value, int] = field(default_factory=dict)  # number of each value
    _loop_of: dict[Value, int] = field(default_factory=dict)  # which loop computes it

    def write(self, results: tuple[Value, ...]) -> list[str]:
        """The statements of the step's body."""
        values = in_order(results)
        self._places = {value: number for number, value in enumerate(values)}
        loops = self._loops(values)
        self._declare(values, results, loops)
        for loop in loops:
            self._write_loop(loop)
        units = self.direction.units
        for kind, value in enumerate(results):
            if value.kind != "state" or value.first != kind:
                self.lines.append(f"for (int u = 0; u < {units}; u++) state[{kind * units} + u] = {self._at(value)};")
        return [*self._unused_inputs(values), *self.lines]

    def _unused_inputs(self, values: Iterable[Value]) -> list[str]:
        return [] if any(value.kind == "from_input" for value in values) else ["(void)x;"]

    def _loops(self, values: list[Value]) -> list[list[Value]]:
        """Values that share a loop over units, in order; what sums over units is alone in its own."""
        loops: list[list[Value]] = []
        for value in values:
            if value.kind in ("state", "own", "block"):
                continue
            alone = value.kind in _SUMS
            last = loops[-1] if loops else []
            if alone or not last or last[0].kind in _SUMS or last[0].blocks != value.blocks:
                loops.append([])
            loops[-1].append(value)
            self._loop_of[value] = len(loops) - 1
        return loops

    def _declare(self, values: list[Value], results: tuple[Value, ...], loops: list[list[Value]]) -> None:
        """Arrays for what is read outside its own loop."""
        kept = {value for value in results if value in self._loop_of}
        for value in values:
            for operand in value.operands:
                source = operand
                while isinstance(source, Value) and source.kind == "block":
                    source = source.operands[0]
                if isinstance(source, Value) and self._loop_of.get(source) != self._loop_of.get(value, -1):
                    kept.add(source)
        self._kept = {value for value in kept if value in self._loop_of}
        self._kept |= {loop[0] for loop in loops if loop[0].kind in _SUMS}
        for value in values:
            if value in self._kept:
                self.lines.append(f"float {self._name(value)}[{value.blocks * self.direction.units}];")

    def _name(self, value: Value) -> str:
        return f"v{self._places[value]}"

    def _own(self, name: str) -> str:
        return f"{self.prefix}_{part_of(self.network)}{name}_{self.direction.suffix}"

    def _at(self, operand: Value | float, shift: int = 0, loop: int = -1) -> str:
        """A vector's number at unit u, counted from `shift`."""
        if not isinstance(operand, Value):
            return number(operand)
        index = f"[{shift} + u]" if shift else "[u]"
        match operand.kind:
            case "state":
                return f"state[{operand.first * self.direction.units + shift} + u]"
            case "own":
                return self._own(operand.name) + index
            case "block":
                return self._at(operand.operands[0], shift + operand.first * self.direction.units, loop)
        return self._name(operand) if self._loop_of[operand] == loop else self._name(operand) + index

    def _write_loop(self, loop: list[Value]) -> None:
        first, units = loop[0], self.direction.units
        if first.kind in _SUMS:
            self._write_sum(first)
            return
        self.lines.append(f"for (int u = 0; u < {first.blocks * units}; u++) {{")
        for value in loop:
            self.lines.append(f"    const float {self._name(value)} = {self._expression(value)};")
            if value in self._kept:
                self.lines[-1] = f"    const float {self._name(value)}_u = {self._expression(value)};"
                self.lines.append(f"    {self._name(value)}[u] = {self._name(value)}_u;")
        self.lines.append("}")

    def _expression(self, value: Value) -> str:
        loop = self._loop_of[value]
        operands = [self._inside(operand, loop) for operand in value.operands]
        if value.kind == "activation":
            return f"{self.prefix}_{value.name}({operands[0]})"
        return f" {_OPERATORS[value.kind]} ".join(operands)

    def _inside(self, operand: Value | float, loop: int) -> str:
        text = self._at(operand, 0, loop)
        kept = isinstance(operand, Value) and self._loop_of.get(operand) == loop and operand in self._kept
        return f"{text}_u" if kept else text

    def _write_sum(self, value: Value) -> None:
        units, rows, name = self.direction.units, value.blocks * self.direction.units, self._name(value)
        biased = self.network.spec.biased
        match value.kind:
            case "from_input":
                bias = self._own("bias_ih") if biased else "0"
                self._affine(self._own("weight_ih"), bias, "x", self.inputs, rows, name)
            case "from_state":
                shift = value.first * units
                bias = f"{self._own('bias_hh')} + {shift}" if biased else "0"
                weight = f"{self._own('weight_hh')} + {shift * units}"
                self._affine(weight, bias, self._vector(value.operands[0]), units, rows, name)
            case "from_gates":
                joined = f"{name}_gates"
                self.lines.append(f"float {joined}[{len(value.operands) * units}];")
                for place, operand in enumerate(value.operands):
                    self.lines.append(
                        f"for (int u = 0; u < {units}; u++) {joined}[{place * units} + u] = {self._at(operand)};"
                    )
                self._affine(self._own("weight_gg"), "0", joined, len(value.operands) * units, rows, name)
            case _:
                self.lines.append(f"{self.prefix}_normalize({self._vector(value.operands[0])}, {rows}, {name});")

    def _vector(self, operand: Value | float) -> str:
        assert isinstance(operand, Value)
        if operand.kind == "state":
            return f"state + {operand.first * self.direction.units}"
        return self._name(operand)

    def _affine(self, weight: str, bias: str, x: str, columns: int, rows: int, target: str) -> None:
        self.lines.append(f"{self.prefix}_affine({weight}, {bias}, {x}, {columns}, {rows}, {target});")
