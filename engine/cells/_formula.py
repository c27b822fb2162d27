"""A cell's step as a formula: written once, for all programs that compute the cell outside this engine.

A formula is a plain function of a `Step`. Run on this one it leaves the expressions from which ONNX operators and
C are written; exported Python files hold the formula itself, over a step of NumPy arrays or of PyTorch's tensors.
So it uses nothing but its argument, arithmetic and numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A vector inside a step, and how it comes about.

    `kind` is "state", "from_input", "from_state", "from_gates", "block", "own", "normalized", "activation", "add",
    "subtract", "multiply" or "divide"; `operands` are vectors or numbers; `name` is that of a parameter or of an
    activation function; `first` counts states, blocks of ``weight_hh`` or blocks of the operand; `blocks` is the
    length of the vector in blocks of H.
    """

    kind: str
    operands: tuple[Operand, ...] = ()
    name: str = ""
    first: int = 0
    blocks: int = 1

    def __add__(self, other: Operand) -> Value:
        return self._with("add", self, other)

    def __sub__(self, other: Operand) -> Value:
        return self._with("subtract", self, other)

    def __rsub__(self, other: float) -> Value:
        return self._with("subtract", other, self)

    def __mul__(self, other: Operand) -> Value:
        return self._with("multiply", self, other)

    def __truediv__(self, other: Operand) -> Value:
        return self._with("divide", self, other)

    def _with(self, kind: str, *operands: Operand) -> Value:
        return Value(kind, operands, blocks=self.blocks)


Operand: TypeAlias = Value | float
Formula: TypeAlias = Callable[["Step"], tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Blocks:
    """How many vectors of H numbers a cell has of each kind: states, rows of its matrices, and further parameters."""

    states: int
    weight_ih: int
    weight_hh: int
    weight_gg: int
    own: Mapping[str, int]


class Step:
    """What a formula may ask of one direction of one layer at one time step.

    Attributes:
        state: the state vectors before the step, in the order of the cell's `states`.
    """

    def __init__(self, blocks: Blocks, gate: str, squash: str) -> None:
        self.state = tuple(Value("state", first=number) for number in range(blocks.states))
        self._blocks, self._gate, self._squash = blocks, gate, squash

    def from_input(self) -> Value:
        """W_ih x + b_ih, all blocks in one vector."""
        return Value("from_input", blocks=self._blocks.weight_ih)

    def from_state(self, state: Value, first: int = 0, last: int | None = None) -> Value:
        """W_hh h + b_hh of the blocks `first` … `last` - 1 of ``weight_hh``; `state` stands for h."""
        last = self._blocks.weight_hh if last is None else last
        return Value("from_state", (state,), first=first, blocks=last - first)

    def from_gates(self, *gates: Value) -> Value:
        """W_gg (gates put together), all blocks in one vector."""
        return Value("from_gates", gates, blocks=self._blocks.weight_gg)

    def split(self, vector: Value) -> tuple[Value, ...]:
        """The blocks of a vector."""
        return tuple(Value("block", (vector,), first=number) for number in range(vector.blocks))

    def sums(self, state: Value) -> tuple[Value, ...]:
        """The blocks of what comes from the input and from the state, added."""
        return self.split(self.from_input() + self.from_state(state))

    def own(self, name: str) -> Value:
        """A parameter beyond matrices and biases."""
        return Value("own", name=name, blocks=self._blocks.own[name])

    def gate(self, vector: Value) -> Value:
        """The gates' activation function."""
        return Value("activation", (vector,), self._gate, blocks=vector.blocks)

    def squash(self, vector: Value) -> Value:
        """The activation function of candidate and output."""
        return Value("activation", (vector,), self._squash, blocks=vector.blocks)

    def normalized(self, vector: Value) -> Value:
        """(v - mean) / sqrt(variance + 1e-5) over the whole vector."""
        return Value("normalized", (vector,), blocks=vector.blocks)


def in_order(results: Iterable[Value]) -> list[Value]:
    """Every value that `results` are made of, each once and after what it is made of."""
    found: dict[Value, None] = {}

    def visit(value: Operand) -> None:
        if isinstance(value, Value) and value not in found:
            for operand in value.operands:
                visit(operand)
            found[value] = None

    for result in results:
        visit(result)
    return list(found)
