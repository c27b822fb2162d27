"""A stack of recurrent layers in ONNX."""

from __future__ import annotations

import numpy as np

from engine.export.description import Layers
from engine.export.onnx_graph import Graph
from engine.export.onnx_layers import Lengths, add_direction, add_ends, add_joined


def count_lengths(graph: Graph, x: str, lead: int) -> Lengths:
    """``lengths`` counts what comes in, rows of a lead included; 0, the default, stands for all of them."""
    given = graph.input("lengths", np.int64, ["batch"], np.zeros(1, np.int64))
    shape = graph.add("Shape", x)
    steps, batch = (graph.add("Gather", shape, graph.integers(axis)) for axis in (0, 1))
    own = graph.add("Sub", given, graph.integers(lead)) if lead else given
    all_of_them = graph.add("Equal", given, graph.integers(0))
    each = graph.add("Expand", graph.add("Where", all_of_them, steps, own), batch)
    last = graph.add("Squeeze", steps, graph.integers(0))
    numbers = graph.add("Range", graph.constant(0, np.int64), last, graph.constant(1, np.int64))
    column = graph.add("Unsqueeze", numbers, graph.integers(1))
    running = graph.add("Unsqueeze", graph.add("Less", column, each), graph.integers(2))
    return Lengths(each, graph.add("Cast", each, to=6), running)


def add_stack(graph: Graph, stack: Layers, x: str, lengths: Lengths, initial: list[str]) -> tuple[str, str, list[str]]:
    """Hidden states over `x` (T, B, ·) at every step (T, B, ·) and at the end (B, ·), and all last states (B, H).

    `initial` are the states to begin with, for each direction of each layer all its kinds.
    """
    begun, kinds, states, read = iter(initial), range(len(stack.spec.states)), [], x
    for level in stack.levels:
        hidden, ends = [], []
        for direction in level.directions:
            own = [next(begun) for _ in kinds]
            outputs, last = add_direction(graph, stack, direction, x, lengths, own)
            hidden.append(outputs)
            ends.append(last[0])
            states += last
        above, read = (add_joined(graph, stack, parts) for parts in (hidden, ends))
        if level.passes_by:
            above, read = (
                graph.add("Add", above, x),
                graph.add("Add", read, add_ends(graph, stack, level, x, lengths)),
            )
        x = above
    return x, read, states


def expanded(graph: Graph, start: str, batch: str, units: int) -> str:
    """A state (1, H) or (B, H) for every sequence of the batch."""
    return graph.add("Expand", start, graph.add("Concat", batch, graph.integers(units), axis=0))
