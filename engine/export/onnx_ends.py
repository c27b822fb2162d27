"""The ends of an ONNX graph: raw rows or tokens in, answers in real units or probabilities out.

Inputs and outputs are batch-major; inside, arrays are time-major.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import (
    LabelledTextPreparation,
    Preparation,
    SequencePreparation,
    SeriesPreparation,
    TextPreparation,
)
from engine.data.scaling import Reals
from engine.export.description import Description
from engine.export.meaning import step_scale
from engine.export.onnx_graph import Graph, Shape
from engine.export.onnx_layers import Lengths
from engine.export.particulars import Exportable

_FLOAT, _DOUBLE = 1, 11  # ONNX's codes
_SERIES = "series"  # which of several with scalers of their own each sequence is of
_END = np.iinfo(np.int64).max


def read_inputs(graph: Graph, embedding: NDArray[Any] | None, inputs: int, preparation: Preparation) -> tuple[str, str]:
    """The network's inputs (T, B, ·), `inputs` of them a step; and of a series the targets' level, (B, rows, O)."""
    if embedding is not None:
        tokens = graph.input("tokens", np.int64, ["batch", "steps"])
        return graph.add("Gather", graph.constant(embedding), graph.add("Transpose", tokens, perm=[1, 0])), ""
    if isinstance(preparation, SeriesPreparation):
        rows = graph.input("rows", np.float64, ["batch", "rows", len(preparation.columns)])
        if preparation.scalers:
            graph.input(_SERIES, np.int64, ["batch"])
        level, columns = _transformed(graph, preparation, rows)
        scaler = series_scaler(graph, preparation, "input", lambda own: own[None])
        return _steps_first(graph, scaled(graph, columns, *scaler)), level
    steps = graph.input("inputs", np.float64, ["batch", "steps", inputs])
    return _steps_first(graph, scaled(graph, steps, *map(graph.constant, step_scale(preparation, inputs)))), ""


def series_scaler(graph: Graph, raw: SeriesPreparation, side: str, shaped: Callable[[Reals], Reals]) -> tuple[str, str]:
    """Offset and scale of the "input" or the "output", `shaped` to (…, columns): the same for all sequences, or
    (B, …, columns) where each series has its own.
    """
    pairs = [own for _, *own in raw.scalers] or [[raw.input_scaler, raw.output_scaler]]
    own = [pair[side == "output"] for pair in pairs]
    tables = [shaped(scaler.offset) for scaler in own], [shaped(scaler.scale) for scaler in own]
    if not raw.scalers:
        return graph.constant(tables[0][0]), graph.constant(tables[1][0])
    offset, scale = (graph.add("Gather", graph.constant(np.stack(table)), _SERIES, axis=0) for table in tables)
    return offset, scale


def scaled(graph: Graph, x: str, offset: str, scale: str) -> str:
    """What the network reads of values in their own units, float32."""
    return graph.add("Cast", graph.add("Div", graph.add("Sub", x, offset), scale), to=_FLOAT)


def _steps_first(graph: Graph, x: str) -> str:
    return graph.add("Transpose", x, perm=[1, 0, 2])


def _transformed(graph: Graph, raw: SeriesPreparation, rows: str) -> tuple[str, str]:
    """The targets' level (B, rows, O), and all columns as they go into the scaler (B, T, C)."""
    targets, columns = len(raw.targets), len(raw.columns)
    level = _cut(graph, rows, 0, targets, axis=2)
    if raw.transform.logarithm:
        level = graph.add("Log", level)
    changed = level
    for back in (raw.transform.period, int(raw.transform.difference)):
        if back:
            changed = graph.add("Sub", _cut(graph, changed, back, _END, axis=1), _cut(graph, changed, 0, -back, axis=1))
    if columns == targets:
        return level, changed
    further = _cut(graph, _cut(graph, rows, targets, columns, axis=2), raw.lead, _END, axis=1)
    return level, graph.add("Concat", changed, further, axis=2)


def _cut(graph: Graph, x: str, first: int, last: int, axis: int) -> str:
    return graph.add("Slice", x, graph.integers(first), graph.integers(last), graph.integers(axis))


def hand_out(graph: Graph, source: Exportable, network: Description, values: str, level: str, lengths: Lengths) -> None:
    """Answers (B, O) or (T, B, O), as ``scores`` and ``probabilities`` or as ``scaled`` and ``forecast``."""
    preparation, outputs = source.model.preparation, len(network.readout_bias)
    shape: Shape = ["batch", "steps", outputs] if network.aligned else ["batch", outputs]
    if network.aligned:
        counted = graph.add("Where", lengths.running, values, graph.constant(0, np.float32))
        values = graph.add("Transpose", counted, perm=[1, 0, 2])
    if _weighs_classes(preparation):
        graph.output(values, "scores", np.float32, shape)
        several = bool(preparation.metadata().get("separator"))  # labels at once, each likely by itself
        shares = graph.add("Sigmoid", values) if several else graph.add("Softmax", values, axis=-1)
        graph.output(shares, "probabilities", np.float32, shape)
        return
    graph.output(values, "scaled", np.float32, shape)
    width, middle = (graph.integers(source.point()[name]) for name in ("width", "middle"))
    point = graph.add("Slice", values, middle, graph.integers(_END), graph.integers(-1), width)
    real = _real(graph, network, preparation, graph.add("Cast", point, to=_DOUBLE), level, lengths)
    graph.output(real, "forecast", np.float64, [*shape[:-1], outputs // source.point()["width"]])


def _weighs_classes(preparation: Preparation) -> bool:
    """Whether the answer is one class, or one token, out of several."""
    return isinstance(preparation, TextPreparation) or bool(preparation.metadata().get("classes"))


def _real(graph: Graph, network: Description, preparation: Preparation, x: str, level: str, lengths: Lengths) -> str:
    """Answers, one for each target, in the targets' own units."""
    if isinstance(preparation, SequencePreparation | LabelledTextPreparation):
        own = preparation.answers.scaler
        offset, scale = graph.constant(own.offset), graph.constant(own.scale)
    elif isinstance(preparation, SeriesPreparation):
        by_step = network.aligned and preparation.scalers
        offset, scale = series_scaler(graph, preparation, "output", lambda own: own[None] if by_step else own)
    else:
        return x
    changed = graph.add("Add", graph.add("Mul", x, scale), offset)
    if not isinstance(preparation, SeriesPreparation):
        return changed
    if preparation.lead:
        changed = graph.add("Add", changed, _bases(graph, network, preparation, level, lengths))
    return graph.add("Exp", changed) if preparation.transform.logarithm else changed


def _bases(graph: Graph, network: Description, raw: SeriesPreparation, level: str, lengths: Lengths) -> str:
    """What answers are changes from: (B, T, O) where each step is answered, else (B, O) of each step ahead in a row."""
    if network.aligned:
        return _base(graph, raw, lambda back: _cut(graph, level, raw.lead - back, -back or _END, axis=1), raw.horizon)
    ahead = len(raw.output_scaler.scale) // len(raw.targets)  # steps that are answered at once
    found = last_bases(graph, raw, level, lengths, ahead)
    return graph.add("Concat", *found, axis=-1) if ahead > 1 else found[0]


def last_bases(graph: Graph, raw: SeriesPreparation, level: str, lengths: Lengths, count: int) -> list[str]:
    """What answers after the last row of each sequence are changes from, (B, O) each: from the horizon on."""
    at = partial(_last_level, graph, raw, level, lengths)
    return [_base(graph, raw, at, ahead) for ahead in range(raw.horizon, raw.horizon + count)]


def last_start(graph: Graph, raw: SeriesPreparation, level: str, lengths: Lengths) -> str:
    """The last row of each sequence, (B, O), as the decoder hears it before its first step, not yet scaled."""
    last = _start(graph, raw, partial(_last_level, graph, raw, level, lengths))
    return graph.add("Sub", last, last) if raw.transform.difference else last


def _start(graph: Graph, raw: SeriesPreparation, at: Callable[[int], str]) -> str:
    period = raw.transform.period
    return graph.add("Sub", at(0), at(period)) if period else at(0)


def _base(graph: Graph, raw: SeriesPreparation, at: Callable[[int], str], ahead: int) -> str:
    """As `Transform.base`; `at` gives the level so many rows before what is known last."""
    period = raw.transform.period
    if not period:
        return at(0)
    season = at(-ahead % period)
    return graph.add("Add", _start(graph, raw, at), season) if raw.transform.difference else season


def _last_level(graph: Graph, raw: SeriesPreparation, level: str, lengths: Lengths, back: int = 0) -> str:
    """The targets' level (B, O), so many rows before the last of each sequence."""
    last = graph.add("Add", lengths.steps, graph.integers(raw.lead - 1 - back))
    return graph.add("GatherND", level, graph.add("Unsqueeze", last, graph.integers(1)), batch_dims=1)
