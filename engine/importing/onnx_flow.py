"""What flows through an ONNX graph: whose hidden states a value holds, of which steps, and along which axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from engine.importing.onnx_constants import Constants, attribute

TIME, BATCH, LEVEL, DIRECTION, UNITS, ONE = "time", "batch", "level", "direction", "units", "one"


class Part(NamedTuple):
    """The hidden states of one direction of a layer: all, its last one, or that at one end of the sequence."""

    layer: int
    back: bool
    size: int
    at: str = "all"  # "state" its last state, "start" and "end" of the sequence

    @property
    def final(self) -> bool:
        """Whether it is the state after the whole sequence was read."""
        return self.at == "state" or self.at == ("start" if self.back else "end")


@dataclass(frozen=True, slots=True)
class Flow:
    """A value on its way from the inputs to the answers.

    Attributes:
        stage: "input" before the first layer, "hidden" between and behind layers, "answer" behind the readout.
        axes: what each axis is; none before the first layer.
        parts: what lies along the direction's axis, or side by side along the units'.
        odd: the first operator before the layers that does more than move numbers.
        table: name of the embedding that its numbers were looked up in.
    """

    stage: str = "input"
    axes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    odd: str = ""
    table: str = ""


class FlowError(ValueError):
    """An operator does what cannot be followed, which its name says."""


def moved(node: Any, flow: Flow, constants: Constants) -> Flow:
    """What an operator that only moves numbers makes of a flow behind the first layer.

    Raises:
        FlowError: it does more than that, or something that no plain stack does.
    """
    if node.op_type in ("Identity", "Cast", "Dropout"):
        return flow
    if node.op_type not in _MOVES:
        raise FlowError(node.op_type)
    return _MOVES[node.op_type](node, flow, constants)


def joined(node: Any, flows: list[Flow]) -> Flow:
    """Directions or layers, put side by side."""
    first = flows[0]
    axis = first.axes[attribute(node, "axis", 0)]
    if axis not in (DIRECTION, UNITS) or any((flow.axes, flow.stage) != (first.axes, "hidden") for flow in flows):
        raise FlowError("Concat")
    if axis == UNITS and DIRECTION in first.axes:
        raise FlowError("Concat")
    return replace(first, parts=tuple(part for flow in flows for part in flow.parts))


def _numbers(node: Any, place: int, name: str, constants: Constants) -> list[int] | None:
    """Whole numbers that are an attribute in older versions of an operator, and an input in newer ones; or None.

    Raises:
        FlowError: an input that is not known before the graph runs.
    """
    found = attribute(node, name, None)
    if found is not None:
        return list(found) if isinstance(found, list) else [found]
    if len(node.input) <= place or not node.input[place]:
        return None
    value = constants.get(node.input[place])
    if value is None:
        raise FlowError(f"{node.op_type} without {name}")
    return [int(item) for item in np.ravel(value)]


def _transposed(node: Any, flow: Flow, _constants: Constants) -> Flow:
    order = attribute(node, "perm", [*range(len(flow.axes))][::-1])
    return replace(flow, axes=tuple(flow.axes[place] for place in order))


def _squeezed(node: Any, flow: Flow, constants: Constants) -> Flow:
    found = _numbers(node, 1, "axes", constants)
    if found is None:
        raise FlowError("Squeeze without axes")
    places = {place % len(flow.axes) for place in found}
    if any(not (_single(flow, flow.axes[place]) or flow.stage == "answer") for place in places):
        raise FlowError("Squeeze")
    return replace(flow, axes=tuple(axis for place, axis in enumerate(flow.axes) if place not in places))


def _unsqueezed(node: Any, flow: Flow, constants: Constants) -> Flow:
    axes = [*flow.axes]
    found = _numbers(node, 1, "axes", constants)
    if found is None:
        raise FlowError("Unsqueeze without axes")
    rank = len(axes) + len(found)
    for place in sorted(place % rank for place in found):
        axes.insert(place, ONE)
    return replace(flow, axes=tuple(axes))


def _reshaped(node: Any, flow: Flow, constants: Constants) -> Flow:
    """Directions laid side by side, axes of one step or direction dropped, or all steps of all sequences in one row."""
    shape = constants.shape(node.input[1]) if node.op_type == "Reshape" else [0, -1]
    if flow.stage == "answer":
        return replace(flow, axes=("rows", *(axis for axis in flow.axes if axis == TIME)))
    if flow.axes == (DIRECTION, BATCH, UNITS) and shape and (levels := _levels(flow, shape)):
        return replace(flow, axes=levels)
    axes = [axis for axis in flow.axes if not _single(flow, axis)]
    if axes[-2:] == [DIRECTION, UNITS]:
        del axes[-2]
    if {LEVEL, DIRECTION} & {*axes} or not axes or axes[-1] != UNITS:
        raise FlowError(node.op_type)
    if shape is None or len(shape) == len(axes):
        return replace(flow, axes=tuple(axes))
    if len(shape) == 2 and shape[1] == sum(part.size for part in flow.parts):
        return replace(flow, axes=(TIME, UNITS))  # the steps of all sequences below one another
    raise FlowError(node.op_type)


def _levels(flow: Flow, shape: list[int]) -> tuple[str, ...]:
    """Axes of all last states as they are, or by layer and direction, as in `h_n.view(layers, directions, B, H)`."""
    counts, sizes = shape[:-2], {part.size for part in flow.parts}
    if not counts or -1 in counts or math.prod(counts) != len(flow.parts) or sizes != {shape[-1]}:
        return ()
    if len(counts) == 2 and counts[0] == len({part.layer for part in flow.parts}):
        return (LEVEL, *flow.axes)
    return flow.axes if len(counts) == 1 else ()


def _gathered(node: Any, flow: Flow, constants: Constants) -> Flow:
    index = constants.get(node.input[1])
    place = attribute(node, "axis", 0) % len(flow.axes)
    if index is None or index.size != 1:
        raise FlowError("Gather")
    chosen = int(index.ravel()[0])
    return _picked("Gather", flow, place, slice(chosen, chosen + 1 or None), index.ndim > 0)


def _sliced(node: Any, flow: Flow, constants: Constants) -> Flow:
    starts, ends = (_numbers(node, place + 1, name, constants) for place, name in enumerate(("starts", "ends")))
    if starts is None or ends is None:
        raise FlowError("Slice")
    axes = _numbers(node, 3, "axes", constants) or [*range(len(starts))]
    steps = _numbers(node, 4, "steps", constants) or [1] * len(starts)
    for start, end, place, step in zip(starts, ends, axes, steps, strict=True):
        if step != 1:
            raise FlowError("Slice")
        whole = slice(start, None if end >= 1 << 30 else end)
        flow = _picked("Slice", flow, place % len(flow.axes), whole, keep=True)
    return flow


def _picked(operator: str, flow: Flow, place: int, chosen: slice, keep: bool) -> Flow:
    """Part of an axis: an end of time, or some of the directions."""
    axis = flow.axes[place]
    if (chosen.start, chosen.stop) == (0, None):
        return flow
    kept = (axis if axis in (LEVEL, DIRECTION) else ONE,) if keep else ()
    left = flow.axes[:place] + kept + flow.axes[place + 1 :]
    if axis == LEVEL:
        layers = sorted({part.layer for part in flow.parts})[chosen]
        return replace(flow, axes=left, parts=tuple(part for part in flow.parts if part.layer in layers))
    if axis == DIRECTION and LEVEL not in flow.axes:
        return replace(flow, axes=left, parts=flow.parts[chosen])
    if axis == TIME and (chosen.start, chosen.stop) in ((-1, None), (0, 1)):
        at = "end" if chosen.start else "start"
        return replace(flow, axes=left, parts=tuple(part._replace(at=at) for part in flow.parts))
    if axis == UNITS and flow.stage == "hidden" and DIRECTION not in flow.axes and keep:
        return replace(flow, parts=_between(operator, flow.parts, chosen))
    raise FlowError(operator)


def _between(operator: str, parts: tuple[Part, ...], chosen: slice) -> tuple[Part, ...]:
    """Whole parts, cut out of those that lie side by side."""
    ends = np.cumsum([0, *(part.size for part in parts)]).tolist()
    begin, end, _ = chosen.indices(ends[-1])
    if begin not in ends or end not in ends or begin >= end:
        raise FlowError(operator)
    return parts[ends.index(begin) : ends.index(end)]


def _single(flow: Flow, axis: str) -> bool:
    alone = len({part.layer for part in flow.parts}) == 1
    return axis == ONE or (axis == LEVEL and alone) or (axis == DIRECTION and len(flow.parts) == 1)


_MOVES: dict[str, Callable[[Any, Flow, Constants], Flow]] = {
    "Transpose": _transposed,
    "Squeeze": _squeezed,
    "Unsqueeze": _unsqueezed,
    "Reshape": _reshaped,
    "Flatten": _reshaped,
    "Gather": _gathered,
    "Slice": _sliced,
}
