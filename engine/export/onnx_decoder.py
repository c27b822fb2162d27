"""Encoder and decoder of a network that writes, as ONNX operators.

The encoder's layers stand in the graph; a step of the decoder, with attention over all that was read, stands in the
body of a `Loop`, which hands on what was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from engine.data import PairsPreparation, Preparation, SeriesPreparation
from engine.export.description import Layers
from engine.export.meaning import step_scale
from engine.export.onnx_ends import last_bases, last_start, read_inputs, scaled
from engine.export.onnx_graph import Graph, Shape
from engine.export.onnx_layers import Lengths, add_step
from engine.export.onnx_stack import add_stack, count_lengths, expanded
from engine.export.writing_description import WritingDescription

Values: TypeAlias = list[tuple[str, Any, Shape]]  # names in a graph, with their types and shapes

_FLOAT = 1  # ONNX's code
_NEVER = np.float32(-1e30)  # the score of a step behind a sequence's end


@dataclass(frozen=True, slots=True)
class Read:
    """What the decoder begins with: names of values in the graph."""

    states: list[str]  # (B, H) for each kind of each layer
    batch: str  # (1,) how many sequences
    memory: str = ""  # (B, S, D) what attention looks at
    keys: str = ""  # (B, S, H) of additive attention
    running: str = ""  # bool (B, S)
    beside: str = ""  # (B, I) what stands beside the input of every step
    start: str = ""  # (B, O) of a series: its last row, as it is heard before the first step, not yet scaled
    bases: tuple[str, ...] = ()  # (B, O) of a series: what each step that is written is a change from


def read_source(graph: Graph, network: WritingDescription, preparation: Preparation) -> Read:
    """Read a batch: ``tokens`` or ``inputs``, or the ``rows`` of a series."""
    if network.encoder is None:
        assert isinstance(preparation, PairsPreparation)  # other data have no vector to read
        return _read_vector(graph, network, preparation)
    series = preparation if isinstance(preparation, SeriesPreparation) else None
    x, level = read_inputs(graph, network.weights.get("embedding.source.weight"), network.sizes.inputs, preparation)
    lengths = count_lengths(graph, x, series.lead if series else 0)
    batch = graph.add("Shape", lengths.steps)
    begun = [
        expanded(graph, graph.constant(start[None]), batch, len(start))
        for direction in network.encoder.directions
        for start in direction.initial
    ]
    hidden, _, last = add_stack(graph, network.encoder, x, lengths, begun)
    return Read(
        states=_bridged(graph, network, _by_layer(network.encoder, last)),
        batch=batch,
        start=last_start(graph, series, level, lengths) if series else "",
        bases=tuple(last_bases(graph, series, level, lengths, series.steps)) if series and series.lead else (),
        **(_memory(graph, network, hidden, lengths) if network.attention != "none" else {}),
    )


def _read_vector(graph: Graph, network: WritingDescription, preparation: PairsPreparation) -> Read:
    """Numbers in their own units, then 1 or 0 for each category."""
    size = network.sizes.inputs
    given = graph.input("inputs", np.float64, ["batch", size])
    x = scaled(graph, given, *map(graph.constant, step_scale(preparation, size)))
    kinds = range(len(network.decoder.spec.states))
    batch = graph.add("Slice", graph.add("Shape", x), graph.integers(0), graph.integers(1))
    states = _bridged(graph, network, [[[x] for _ in kinds] for _ in network.decoder.levels])
    return Read(states, batch, beside=x if network.repeat_input else "")


def _by_layer(stack: Layers, last: list[str]) -> list[list[list[str]]]:
    """The last states by layer, kind and direction."""
    own, kinds = iter(last), len(stack.spec.states)
    levels = [[[next(own) for _ in range(kinds)] for _ in level.directions] for level in stack.levels]
    return [[list(ways) for ways in zip(*level, strict=True)] for level in levels]


def _bridged(graph: Graph, network: WritingDescription, levels: list[list[list[str]]]) -> list[str]:
    """The decoder's first states."""
    found = []
    for number, level in enumerate(levels):
        for kind, ways in zip(network.decoder.spec.states, level, strict=True):
            end = ways[0] if len(ways) == 1 else graph.add("Concat", *ways, axis=-1)
            found.append(_linear(graph, network, f"bridge.{kind}_l{number}", end) if network.bridged else end)
    return found


def _memory(graph: Graph, network: WritingDescription, hidden: str, lengths: Lengths) -> dict[str, str]:
    memory = graph.add("Transpose", hidden, perm=[1, 0, 2])
    running = graph.add("Transpose", graph.add("Squeeze", lengths.running, graph.integers(2)), perm=[1, 0])
    keys = _linear(graph, network, "attention.key", memory) if network.attention == "additive" else ""
    return {"memory": memory, "running": running, "keys": keys}


def _linear(graph: Graph, network: WritingDescription, name: str, x: str) -> str:
    product = graph.add("MatMul", x, graph.constant(network.weights[f"{name}.weight"].T))
    bias = network.weights.get(f"{name}.bias")
    return product if bias is None else graph.add("Add", product, graph.constant(bias))


def _step(
    body: Graph, network: WritingDescription, read: Read, x: str, states: list[str]
) -> tuple[str, list[str], str]:
    """Answers (B, O) after `x` (B, ·), the states then, and how much was looked at each step read (B, S) or ""."""
    if read.beside:
        x = body.add("Concat", x, read.beside, axis=-1)
    own, found, kinds = iter(states), [], len(network.decoder.spec.states)
    for level in network.decoder.levels:
        new = add_step(body, network.decoder, level.directions[0], x, [next(own) for _ in range(kinds)])
        x = body.add("Add", new[0], x) if level.passes_by else new[0]
        found += new
    shares = ""
    if read.memory:
        x, shares = _attended(body, network, read, x)
    return _linear(body, network, "readout", x), found, shares


def _attended(body: Graph, network: WritingDescription, read: Read, row: str) -> tuple[str, str]:
    query = body.add("Unsqueeze", _linear(body, network, "attention.query", row), body.integers(1))
    if network.attention == "multiplicative":
        scores = body.add("MatMul", query, body.add("Transpose", read.memory, perm=[0, 2, 1]))
        scores = body.add("Squeeze", scores, body.integers(1))
    else:
        both = body.add("Tanh", body.add("Add", read.keys, query))
        scores = body.add("Squeeze", _linear(body, network, "attention.score", both), body.integers(2))
    counted = body.add("Where", read.running, scores, body.constant(_NEVER))
    shares = body.add("Softmax", counted, axis=-1)
    context = body.add("MatMul", body.add("Unsqueeze", shares, body.integers(1)), read.memory)
    joined = body.add("Concat", body.add("Squeeze", context, body.integers(1)), row, axis=-1)
    return body.add("Tanh", _linear(body, network, "attention.combine", joined)), shares


class WritingLoop:
    """A `Loop` that carries what was written before, and the decoder's states."""

    def __init__(
        self, graph: Graph, network: WritingDescription, read: Read, before: str, dtype: Any, shape: Shape
    ) -> None:
        self._graph, self._network, self._read, self._first = graph, network, read, before
        self._dtype, self._shape = dtype, shape
        self.body = graph.body()
        self.turn = self.body.input(graph.name("turn"), np.int64, [])
        self.goes_on = self.body.input(graph.name("goes_on"), np.bool_, [])
        self.before = self.body.input(graph.name("before"), dtype, shape)
        kinds = len(network.decoder.spec.states)
        self._widths = [width for width in network.decoder.config.widths for _ in range(kinds)]
        self._states = [self.body.input(graph.name("state"), np.float32, ["batch", width]) for width in self._widths]
        self.shares = ""

    def step(self, x: str) -> str:
        """Answers (B, O) after `x`."""
        answers, self._following, self.shares = _step(self.body, self._network, self._read, x, self._states)
        return answers

    def end(self, heard: str, goes_on: str, turns: str, outputs: Values) -> list[str]:
        """Close the loop: what is heard next, whether there is another turn; all `outputs` of every turn, (U, …)."""
        body, graph = self.body, self._graph
        body.output(goes_on, graph.name("next"), np.bool_, [])
        body.output(heard, graph.name("next"), self._dtype, self._shape)
        for state, width in zip(self._following, self._widths, strict=True):
            body.output(state, graph.name("next"), np.float32, ["batch", width])
        for value, dtype, shape in outputs:
            body.output(value, graph.name("each"), dtype, shape)
        last = [graph.name("last") for _ in (heard, *self._widths)]
        found = [graph.name("all") for _ in outputs]
        begin = graph.constant(np.array(True))
        inputs = (turns, begin, self._first, *self._read.states)
        graph.add("Loop", *inputs, outputs=[*last, *found], body=body.graph("step"))
        return found
