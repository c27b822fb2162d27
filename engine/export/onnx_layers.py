"""Recurrent layers in ONNX: by the operator that has the cell, otherwise by a loop over the cell's formula.

Arrays inside the graph are time-major, (T, B, ·), as ONNX's recurrent operators and `Scan` take them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.cells import Value, in_order
from engine.export.description import Direction, Layers, Level
from engine.export.onnx_graph import Graph

# ONNX's names of the functions that its recurrent operators take everywhere; with others the loop is written out.
_FUNCTIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}
# The blocks of the weights in ONNX's order.
_ORDERS = {
    "RNN": ("hidden",),
    "LSTM": ("input", "output", "forget", "candidate"),
    "GRU": ("update", "reset", "candidate"),
}
_PEEPHOLES = ("weight_ci", "weight_co", "weight_cf")
_ARITHMETIC = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div"}
_IN_FLOAT64 = ("Tanh", "Sigmoid", "Relu")  # that onnxruntime computes in float64 too
_FLOAT, _DOUBLE = 1, 11  # ONNX's numbers of the types


def native_operator(network: Layers) -> str:
    """The operator of ONNX that computes the network's cell with its activation functions; "" for none."""
    operator = network.spec.onnx
    fits = network.squash in _FUNCTIONS and (not network.spec.gates or network.gate == "sigmoid")
    return operator.name if operator and fits and not any(network.config.zoneout_rates()) else ""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many steps each sequence has, as the operators want to have it."""

    steps: str  # int64 (B,)
    short: str  # int32 (B,)
    running: str  # bool (T, B, 1)


def add_direction(
    graph: Graph, network: Layers, direction: Direction, x: str, lengths: Lengths, initial: list[str]
) -> tuple[str, list[str]]:
    """One direction of a layer over `x` (T, B, ·): hidden states (T, B, H), and the last states (B, H).

    `initial` are the states (B, H) to begin with. Hidden states past a sequence's end mean nothing.
    """
    if native_operator(network):
        return _by_operator(graph, network, direction, x, lengths, initial)
    if direction.reverse:
        x = _turned(graph, x, lengths)
    hidden, last = _by_formula(graph, network, direction, x, lengths, initial)
    return _turned(graph, hidden, lengths) if direction.reverse else hidden, last


def add_joined(graph: Graph, network: Layers, parts: list[str]) -> str:
    """What a layer hands on of its directions (…, H): side by side, or their sum."""
    if len(parts) == 1:
        return parts[0]
    return graph.add("Add", *parts) if network.config.summed else graph.add("Concat", *parts, axis=-1)


def add_ends(graph: Graph, network: Layers, level: Level, x: str, lengths: Lengths) -> str:
    """What passes by a layer where its directions read last, (B, ·)."""
    last = _first(graph, _turned(graph, x, lengths))
    if len(level.directions) == 1 or network.config.summed:
        return last
    units = level.directions[0].units
    edges = [graph.integers(edge) for edge in (0, units, 2 * units, -1)]
    halves = (
        graph.add("Slice", part, *edges[at : at + 2], edges[3]) for at, part in enumerate((last, _first(graph, x)))
    )
    return graph.add("Concat", *halves, axis=-1)


def _first(graph: Graph, x: str) -> str:
    return graph.add("Gather", x, graph.constant(0, np.int64), axis=0)


def _turned(graph: Graph, x: str, lengths: Lengths) -> str:
    return graph.add("ReverseSequence", x, lengths.steps, time_axis=0, batch_axis=1)


# --- ONNX's own operators ---


def _by_operator(
    graph: Graph, network: Layers, direction: Direction, x: str, lengths: Lengths, initial: list[str]
) -> tuple[str, list[str]]:
    operator = network.spec.onnx
    assert operator is not None
    kind, weights = operator.name, direction.weights
    order = _ORDERS[kind]
    bias = [_blocks(network, weights[name], order) for name in ("bias_ih", "bias_hh")]
    front = graph.integers(0)
    states = [graph.add("Unsqueeze", state, front) for state in initial]
    inputs = [
        x,
        graph.constant(_blocks(network, weights["weight_ih"], order)[None]),
        graph.constant(_blocks(network, weights["weight_hh"], order)[None]),
        graph.constant(np.concatenate(bias)[None]),
        lengths.short,
        *states,
    ]
    if kind == "LSTM" and any(name in weights for name in _PEEPHOLES):
        nothing = np.zeros(direction.units, weights["weight_ih"].dtype)
        inputs.append(graph.constant(np.concatenate([weights.get(name, nothing) for name in _PEEPHOLES])[None]))
    outputs = [graph.name("y"), *(graph.name("last") for _ in states)]
    functions = {"RNN": "h", "LSTM": "ghh", "GRU": "gh"}[kind]
    names = {"g": _FUNCTIONS[network.gate] if network.spec.gates else "", "h": _FUNCTIONS[network.squash]}
    graph.add(
        kind, *inputs, outputs=outputs, hidden_size=direction.units,
        direction="reverse" if direction.reverse else "forward",
        activations=[names[function] for function in functions], **dict(operator.attributes),
    )  # fmt: skip
    hidden = graph.add("Squeeze", outputs[0], graph.integers(1))
    return hidden, [graph.add("Squeeze", last, front) for last in outputs[1:]]


def _blocks(network: Layers, weight: NDArray[np.floating], order: tuple[str, ...]) -> NDArray[np.floating]:
    """The blocks of a weight in ONNX's order; zeros for one that a coupled gate does without."""
    own = dict(zip(network.spec.blocks, np.split(weight, len(network.spec.blocks)), strict=True))
    nothing = np.zeros_like(next(iter(own.values())))
    return np.concatenate([own.get(name, nothing) for name in order])


# --- the formula, written out ---


def add_step(graph: Graph, network: Layers, direction: Direction, x: str, states: list[str]) -> list[str]:
    """The states (B, H) of one direction after one more step of `x` (B, ·)."""
    inward = _affine(graph, network, direction, "ih", x)
    results = network.trace()
    if not _normalizes(results):
        return _Writer(graph, network, direction, inward, states).write(results)
    direction, (inward, *states) = _in_float64(graph, direction, [inward, *states])
    found = _Writer(graph, network, direction, inward, states).write(results)
    return [graph.add("Cast", state, to=_FLOAT) for state in found]


def _by_formula(
    graph: Graph, network: Layers, direction: Direction, x: str, lengths: Lengths, initial: list[str]
) -> tuple[str, list[str]]:
    results = network.trace()
    inward = _affine(graph, network, direction, "ih", x)
    if _normalizes(results):
        direction, (inward, *initial) = _in_float64(graph, direction, [inward, *initial])
        hidden, last = _loop(graph, network, direction, results, inward, lengths, initial)
        return graph.add("Cast", hidden, to=_FLOAT), [graph.add("Cast", state, to=_FLOAT) for state in last]
    if not any(value.kind == "state" for value in in_order(results)):
        hidden = _Writer(graph, network, direction, inward, []).write(results)[0]
        return hidden, [_first(graph, _turned(graph, hidden, lengths))]
    return _loop(graph, network, direction, results, inward, lengths, initial)


def _normalizes(results: tuple[Value, ...]) -> bool:
    return any(value.kind == "normalized" for value in in_order(results))


def _in_float64(graph: Graph, direction: Direction, values: list[str]) -> tuple[Direction, list[str]]:
    """For cells that normalise: sums that hardly differ are blown up, and with them what was rounded before.

    The product with the inputs stays outside, in float32: onnxruntime 1.32 crashes on casts there and back in a row.
    """
    weights = {name: weight.astype(np.float64) for name, weight in direction.weights.items()}
    return replace(direction, weights=weights), [graph.add("Cast", value, to=_DOUBLE) for value in values]


def _loop(
    graph: Graph, network: Layers, direction: Direction, results: tuple[Value, ...], inward: str,
    lengths: Lengths, initial: list[str],
) -> tuple[str, list[str]]:  # fmt: skip
    """A `Scan` over time, in the precision of the weights; a sequence that has ended keeps its states."""
    body, floats = graph.body(), direction.weights["weight_ih"].dtype
    states = [body.input(graph.name("state"), floats, ["batch", direction.units]) for _ in initial]
    row = body.input(graph.name("from_input"), floats, ["batch", "blocks"])
    running = body.input(graph.name("running"), np.bool_, ["batch", 1])
    found = _Writer(body, network, direction, row, states).write(results)
    kept = [body.add("Where", running, new, old) for new, old in zip(found, states, strict=True)]
    for state in (*kept, kept[0]):
        body.output(state, graph.name("next"), floats, ["batch", direction.units])
    last = [graph.name("last") for _ in initial]
    hidden = graph.name("hidden")
    inputs = (*initial, inward, lengths.running)
    graph.add("Scan", *inputs, outputs=[*last, hidden], body=body.graph("step"), num_scan_inputs=2)
    return hidden, last


def _affine(graph: Graph, network: Layers, direction: Direction, ending: str, x: str, rows: slice = slice(None)) -> str:
    """W x + b with the given rows of ``weight_ih``, ``weight_hh`` or ``weight_gg``, which has no bias."""
    product = graph.add("MatMul", x, graph.constant(direction.weights[f"weight_{ending}"][rows].T))
    if not network.spec.biased or ending == "gg":
        return product
    return graph.add("Add", product, graph.constant(direction.weights[f"bias_{ending}"][rows]))


class _Writer:
    """Writes the expressions of a formula as operators, over rows of any leading shape."""

    def __init__(self, graph: Graph, network: Layers, direction: Direction, inward: str, states: list[str]) -> None:
        self._graph, self._network, self._direction = graph, network, direction
        self._inward, self._states = inward, states
        self._floats = direction.weights["weight_ih"].dtype
        self._names: dict[Value, str] = {}

    def write(self, results: tuple[Value, ...]) -> list[str]:
        """Names of the results."""
        for value in in_order(results):
            self._names[value] = self._written(value)
        return [self._names[value] for value in results]

    def _written(self, value: Value) -> str:
        graph, network, direction, units = self._graph, self._network, self._direction, self._direction.units
        names = [self._operand(operand) for operand in value.operands]
        match value.kind:
            case "state":
                return self._states[value.first]
            case "from_input":
                return self._inward
            case "from_state":
                rows = slice(value.first * units, (value.first + value.blocks) * units)
                return _affine(graph, network, direction, "hh", names[0], rows)
            case "from_gates":
                return _affine(graph, network, direction, "gg", graph.add("Concat", *names, axis=-1))
            case "own":
                return graph.constant(direction.weights[value.name])
            case "block":
                edges = (value.first * units, (value.first + 1) * units)
                return graph.add("Slice", names[0], *map(graph.integers, edges), graph.integers(-1))
            case "normalized":
                return _normalized(graph, names[0])
            case "activation":
                return self._activated(value.name, names[0])
            case kind:
                return graph.add(_ARITHMETIC[kind], *names)

    def _activated(self, function: str, x: str) -> str:
        single = self._floats == np.float32
        if single or function == "identity" or function.capitalize() in _IN_FLOAT64:
            return _activated(self._graph, function, x)
        narrow = self._graph.add("Cast", x, to=_FLOAT)
        return self._graph.add("Cast", _activated(self._graph, function, narrow), to=_DOUBLE)

    def _operand(self, operand: Value | float) -> str:
        if isinstance(operand, Value):
            return self._names[operand]
        return self._graph.constant(operand, self._floats)


def _normalized(graph: Graph, x: str) -> str:
    centred = graph.add("Sub", x, graph.add("ReduceMean", x, axes=[-1]))
    variance = graph.add("ReduceMean", graph.add("Mul", centred, centred), axes=[-1])
    return graph.add("Div", centred, graph.add("Sqrt", graph.add("Add", variance, graph.constant(1e-5, np.float64))))


def _activated(graph: Graph, function: str, x: str) -> str:
    match function:
        case "identity":
            return x
        case "hard_sigmoid":
            return graph.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)
        case "gelu":
            return _gelu(graph, x)
        case name:
            return graph.add(name.capitalize(), x)


def _gelu(graph: Graph, x: str) -> str:
    """x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
    cube = graph.add("Mul", x, graph.add("Mul", x, x))
    inner = graph.add("Add", x, graph.add("Mul", cube, graph.constant(0.044715, np.float32)))
    squashed = graph.add("Tanh", graph.add("Mul", inner, graph.constant(np.sqrt(2 / np.pi), np.float32)))
    half = graph.add("Mul", x, graph.constant(0.5, np.float32))
    return graph.add("Mul", half, graph.add("Add", squashed, graph.constant(1, np.float32)))
