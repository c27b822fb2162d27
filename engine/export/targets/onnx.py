"""ONNX: one file from raw rows to forecasts in real units, for onnxruntime and whatever else reads ONNX.

Inputs are batch-major: of a series ``rows`` (batch, rows, columns) float64 in the data's own units, of labelled
sequences ``inputs`` (batch, steps, numbers) likewise, of texts ``tokens`` (batch, steps) int64. Where each of
several series has scalers of its own, ``series`` (batch,) int64 says of which a sequence is, by the place that it has
among ``scalers`` in the metadata's ``data``. ``lengths`` (batch,) and the initial states (batch, H) may be left out.
Outputs: ``forecast`` in real units and ``scaled``, the network's own answers, or ``scores`` and ``probabilities`` of
classes and tokens; and the last states, to go on from. Missing values have to be filled before. The vocabulary, the
columns and all that describes the run are in the metadata.

A network that writes reads the same, or ``inputs`` (batch, numbers) of a vector in its own units with 1 or 0 for each
category, and ``ahead`` (batch, steps, columns) of what is known ahead of a forecast. It hands out ``written`` (batch,
steps) int64, the likeliest token each time, with ``scores`` and, where there is any, ``attention``; of a series
``forecast`` and ``scaled``. ``limit`` () is how many tokens at most; ``begun`` (batch, steps) are tokens that are taken
as written, to score a text or to go on from one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import Preparation, SeriesPreparation
from engine.data.texts.vocabulary import STOP
from engine.export.description import Description, describe
from engine.export.held_out import HeldOut
from engine.export.meaning import several, step_scale
from engine.export.onnx_ends import hand_out, read_inputs
from engine.export.onnx_graph import OPSET, Graph
from engine.export.onnx_layers import Lengths, native_operator
from engine.export.onnx_stack import add_stack, count_lengths, expanded
from engine.export.onnx_writing import build_writing
from engine.export.optional import needed
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.export.writing_description import describe_writing, writes
from engine.model import Model
from engine.storage.atomic import write_atomically


def fit(model: Model) -> Fit:
    """Every network goes to ONNX; says by which operators."""
    if writes(model.network):
        return _fit_writing(model)
    network = describe(model.network)
    operator = native_operator(network)
    if operator:
        return Fit(True, f"Exact. ONNX's own operator {operator} computes this cell.")
    return Fit(
        True,
        f"Exact. ONNX has no operator for {network.spec.title} with {_functions(network)}; "
        "its step is written out inside a loop (Scan), which runs everywhere, somewhat slower.",
    )


def _fit_writing(model: Model) -> Fit:
    stacks = describe_writing(model.network)
    operator = native_operator(stacks.encoder) if stacks.encoder else ""
    loop = "A Loop writes, one step a turn, the likeliest each time."
    return Fit(True, f"Exact. ONNX's own operator {operator} reads. {loop}" if operator else f"Exact. {loop}")


def _functions(network: Description) -> str:
    return f"{network.gate} gates and {network.squash}" if network.spec.gates else network.squash


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the model, all of it or nothing.

    Raises:
        ExportError: onnx is not installed.
        OSError: the folder cannot be written.
    """
    needed("onnx", "onnx")
    write_atomically(path, build(source).SerializeToString())
    return (path,)


def build(source: Exportable) -> Any:
    """The model as `onnx.ModelProto`, checked."""
    graph = Graph()
    if writes(source.model.network):
        build_writing(graph, source)
        return _checked(graph, source, source.texts())
    network, preparation = describe(source.model.network), source.model.preparation
    x, level = read_inputs(graph, network.embedding, network.inputs, preparation)
    lengths = count_lengths(graph, x, preparation.lead if isinstance(preparation, SeriesPreparation) else 0)
    values, states = _network(graph, network, x, lengths)
    hand_out(graph, source, network, values, level, lengths)
    names = network.state_names()
    for name, direction, state in zip(names, _owners(network), states, strict=True):
        graph.output(state, f"{name}_next", np.float32, ["batch", direction])
    return _checked(graph, source, source.texts() | {"states": json.dumps({name: f"{name}_next" for name in names})})


def _checked(graph: Graph, source: Exportable, metadata: dict[str, str]) -> Any:
    return graph.model("network", sorted(metadata.items()), source.model.header()["rnn_workbench"])


def _owners(network: Description) -> list[int]:
    """Units of each state vector."""
    return [direction.units for direction in network.directions for _ in network.spec.states]


# --- the network ---


def _network(graph: Graph, network: Description, x: str, lengths: Lengths) -> tuple[str, list[str]]:
    """Answers, (T, B, O) or (B, O), and all last states (B, H)."""
    batch, names = graph.add("Shape", lengths.steps), iter(network.state_names())
    starts = [start for direction in network.directions for start in direction.initial]
    initial = [_initial(graph, next(names), start, batch) for start in starts]
    hidden, read, states = add_stack(graph, network, x, lengths, initial)
    product = graph.add("MatMul", hidden if network.aligned else read, graph.constant(network.readout_weight.T))
    return graph.add("Add", product, graph.constant(network.readout_bias)), states


def _initial(graph: Graph, name: str, start: NDArray[Any], batch: str) -> str:
    """A state input that may be left out: every sequence of the batch then begins with `start`."""
    given = graph.input(name, np.float32, ["batch", len(start)], start[None])
    return expanded(graph, given, batch, len(start))


# --- the proof ---


def runner() -> str:
    """onnxruntime and its version."""
    runtime = needed("onnxruntime", "onnx")
    return f"onnxruntime {runtime.__version__}, opset {OPSET}"


def run(path: Path, data: HeldOut) -> Answers:
    """What onnxruntime makes of the file."""
    runtime = needed("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # it warns of every input that may be left out
    session = runtime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    if data.given.told is not None:
        return _written(session, data)
    own = "scores" if "scores" in [output.name for output in session.get_outputs()] else "scaled"
    if data.rows is not None:
        scaled, real = session.run([own, "forecast"], _rows(data.rows, session, data))
        return Answers(_time_major(scaled), _time_major(real))
    given = data.inputs.swapaxes(0, 1)
    if given.ndim == 2:
        return Answers(_time_major(session.run([own], {"tokens": given.astype(np.int64)})[0]))
    offset, scale = step_scale(_preparation(session), given.shape[-1])
    return Answers(_time_major(session.run([own], {"inputs": given * scale + offset})[0]))


def _written(session: Any, data: HeldOut) -> Answers:
    """Scores where what came before is told, and the texts that the file writes by itself; of a series its forecast."""
    assert data.given.told is not None
    if data.rows is not None and data.given.future is not None:
        given = _rows(data.rows, session, data)
        if data.given.future.shape[-1]:
            given["ahead"] = data.given.future.swapaxes(0, 1)
        scaled, real = session.run(["scaled", "forecast"], given)
        return Answers(_time_major(scaled), _time_major(real))
    if data.inputs.ndim == 2:
        read = {"tokens": data.inputs.T.astype(np.int64)}
    else:
        offset, scale = step_scale(_preparation(session), data.inputs.shape[-1])
        read = {"inputs": data.inputs[0] * scale + offset}
    told = data.given.told
    begun = {"begun": told[1:].T.astype(np.int64), "limit": np.array(len(told))}
    (scores,), (written,) = session.run(["scores"], read | begun), session.run(["written"], read)
    assert data.texts is not None
    tokens = np.full(data.texts.tokens.shape, STOP)
    tokens[: written.shape[1]] = written.T
    return Answers(_time_major(scores), tokens=tokens)


def _rows(rows: NDArray[np.float64], session: Any, data: HeldOut) -> dict[str, NDArray[Any]]:
    """Windows of a series, and which of several they are of."""
    names = several(_preparation(session))
    own = {"series": np.full(rows.shape[1], names.index(data.series))} if names else {}
    return {"rows": rows.swapaxes(0, 1), **own}


def _preparation(session: Any) -> Preparation:
    return Preparation.from_metadata(json.loads(session.get_modelmeta().custom_metadata_map["data"]))


def _time_major(values: Any) -> Any:
    return values.swapaxes(0, 1) if values.ndim == 3 else values


_SESSION = """\
import onnxruntime
onnxruntime.set_default_logger_severity(3)  # it warns of every input that may be left out
session = onnxruntime.InferenceSession("{name}")
"""
TARGET = Target(
    key="onnx",
    title="ONNX",
    order=1,
    suffix=".onnx",
    summary="For servers, browsers and phones: one file from raw rows or symbols to answers in their own units.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "series": _SESSION
        + """\
# rows (batch, rows, columns), float64, in their own units{which}
session.run(["forecast"], {{"rows": rows{numbered}}})""",
        "text": _SESSION
        + """\
# tokens (batch, steps), int64, by the vocabulary in the metadata
session.run(["probabilities"], {{"tokens": tokens}})""",
        "pairs": _SESSION
        + """\
# tokens (batch, steps), int64, by the vocabularies in the metadata; 2 ends a text
session.run(["written", "scores"], {{"tokens": tokens}})""",
        "vector": _SESSION
        + """\
# inputs (batch, numbers), float64, in their own units; categories 1 and 0
session.run(["written", "scores"], {{"inputs": inputs}})""",
        "decoder": _SESSION
        + """\
# rows (batch, rows, columns), float64, in their own units; and "ahead" where that is known{which}
session.run(["forecast"], {{"rows": rows{numbered}}})""",
        "": _SESSION
        + """\
# inputs (batch, steps, numbers), float64, in their own units; or tokens (batch, steps), int64
first, *_ = session.get_inputs()
session.run(None, {{first.name: inputs}})""",
    },
)
