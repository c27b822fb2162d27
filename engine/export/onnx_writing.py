"""A network that reads and then writes, in ONNX: raw rows or tokens in, tokens or forecasts in real units out.

Inputs and outputs are batch-major, as of other networks; inside, arrays are time-major.
"""

from __future__ import annotations

import numpy as np

from engine.data import PairsPreparation, SeriesPreparation
from engine.data.texts.vocabulary import START, STOP
from engine.export.onnx_decoder import Read, Values, WritingLoop, read_source
from engine.export.onnx_ends import scaled, series_scaler
from engine.export.onnx_graph import Graph
from engine.export.onnx_stack import expanded
from engine.export.particulars import Exportable
from engine.export.writing_description import WritingDescription, describe_writing

_DOUBLE, _INT64, _BOOL = 11, 7, 9  # ONNX's codes
_END = np.iinfo(np.int64).max


def build_writing(graph: Graph, source: Exportable) -> None:
    """Add the whole network to an empty graph."""
    network, preparation = describe_writing(source.model.network), source.model.preparation
    read = read_source(graph, network, preparation)
    if isinstance(preparation, PairsPreparation):
        _write_tokens(graph, network, preparation, read)
    elif isinstance(preparation, SeriesPreparation):
        _write_numbers(graph, network, preparation, read, source.point())


def _write_tokens(graph: Graph, network: WritingDescription, preparation: PairsPreparation, read: Read) -> None:
    """The likeliest token each time, up to a stop in every sequence or `limit`; what is `begun` is taken as written."""
    begun = graph.input("begun", np.int64, ["batch", "begun"], np.zeros((1, 0), np.int64))
    limit = graph.input("limit", np.int64, [], np.array(preparation.limit, np.int64))
    count = graph.add("Slice", graph.add("Shape", begun), graph.integers(1), graph.integers(2))
    begun = graph.add("Expand", begun, graph.add("Concat", read.batch, count, axis=0))
    nothing = expanded(graph, graph.constant(np.array([[STOP]])), read.batch, 1)
    begun = graph.add("Concat", begun, nothing, axis=1)  # a column to read where nothing is begun
    count = graph.add("Squeeze", count, graph.integers(0))
    start = graph.add("Expand", graph.constant(np.array([START])), read.batch)
    loop = WritingLoop(graph, network, read, start, np.int64, ["batch"])
    body = loop.body
    x = body.add("Gather", body.constant(network.weights["embedding.target.weight"]), loop.before)
    scores = loop.step(x)
    never = body.add("Slice", scores, body.integers(STOP), body.integers(_END), body.integers(-1))
    chosen = body.add("Add", body.add("ArgMax", never, axis=1, keepdims=0), body.integers(STOP))
    stop = body.constant(np.array(STOP))
    own = body.add("Where", body.add("Equal", loop.before, stop), stop, chosen)
    told = body.add("Gather", begun, body.add("Min", loop.turn, count), axis=1)
    token = body.add("Where", body.add("Less", loop.turn, count), told, own)
    ended = body.add("Cast", body.add("Equal", token, stop), to=_INT64)
    all_ended = body.add("Cast", body.add("ReduceMin", ended, keepdims=0), to=_BOOL)
    told_more = body.add("Less", body.add("Add", loop.turn, body.constant(np.array(1))), count)
    outputs: Values = [(token, np.int64, ["batch"]), (scores, np.float32, ["batch", network.sizes.outputs])]
    if loop.shares:
        outputs.append((loop.shares, np.float32, ["batch", "steps"]))
    tokens, found, *shares = loop.end(token, body.add("Or", told_more, body.add("Not", all_ended)), limit, outputs)
    graph.output(graph.add("Transpose", tokens, perm=[1, 0]), "written", np.int64, ["batch", "written_steps"])
    named: Values = [("scores", found, [network.sizes.outputs]), *(("attention", each, ["steps"]) for each in shares)]
    for name, value, size in named:
        turned = graph.add("Transpose", value, perm=[1, 0, 2])
        graph.output(turned, name, np.float32, ["batch", "written_steps", *size])


def _write_numbers(
    graph: Graph, network: WritingDescription, raw: SeriesPreparation, read: Read, point: dict[str, int]
) -> None:
    """All steps ahead; each is heard before the next, of several quantiles the middle one."""
    steps, targets = raw.steps, len(raw.targets)
    known = _known(graph, raw)
    first = series_scaler(graph, raw, "output", lambda values: values.reshape(-1, targets)[0])
    before = scaled(graph, read.start, *first)
    if known:
        now = graph.add("Gather", known, graph.constant(np.array(0)), axis=0)
        before = graph.add("Concat", before, now, axis=-1)
    loop = WritingLoop(graph, network, read, before, np.float32, ["batch", network.sizes.heard])
    body = loop.body
    answers = loop.step(loop.before)
    width, middle = (body.integers(point[name]) for name in ("width", "middle"))
    heard = body.add("Slice", answers, middle, body.integers(_END), body.integers(-1), width)
    if known:
        following = body.add("Add", loop.turn, body.constant(np.array(1)))
        place = body.add("Min", following, body.constant(np.array(steps - 1)))
        heard = body.add("Concat", heard, body.add("Gather", known, place, axis=0), axis=-1)
    outputs: Values = [(answers, np.float32, ["batch", network.sizes.outputs])]
    (found,) = loop.end(heard, loop.goes_on, graph.constant(np.array(steps)), outputs)
    answered = graph.add("Transpose", found, perm=[1, 0, 2])
    graph.output(answered, "scaled", np.float32, ["batch", steps, network.sizes.outputs])
    width, middle = (graph.integers(point[name]) for name in ("width", "middle"))
    own = graph.add("Slice", answered, middle, graph.integers(_END), graph.integers(-1), width)
    offset, scale = series_scaler(graph, raw, "output", lambda values: values.reshape(-1, targets))
    changed = graph.add("Add", graph.add("Mul", graph.add("Cast", own, to=_DOUBLE), scale), offset)
    if read.bases:
        each = [graph.add("Unsqueeze", base, graph.integers(1)) for base in read.bases]
        changed = graph.add("Add", changed, graph.add("Concat", *each, axis=1))
    real = graph.add("Exp", changed) if raw.transform.logarithm else changed
    graph.output(real, "forecast", np.float64, ["batch", steps, targets])


def _known(graph: Graph, raw: SeriesPreparation) -> str:
    """What is known ahead as the decoder hears it, (U, B, K); "" where nothing is."""
    places = raw.known_columns
    if not places:
        return ""
    ahead = graph.input("ahead", np.float64, ["batch", raw.steps, len(places)])
    scaler = series_scaler(graph, raw, "input", lambda own: own[places][None])
    return graph.add("Transpose", scaled(graph, ahead, *scaler), perm=[1, 0, 2])
