"""ONNX: one file from raw rows to forecasts in real units, for onnxruntime and whatever else reads ONNX.

Inputs are batch-major: of a series ``rows`` (batch, rows, columns) float64 in the data's own units, of labelled
sequences ``inputs`` (batch, steps, numbers) likewise, of texts ``tokens`` (batch, steps) int64. ``lengths`` (batch,)
and the initial states (batch, H) may be left out. Outputs: ``forecast`` in real units and ``scaled``, the network's own
answers, or ``scores`` and ``probabilities`` of classes and tokens; and the last states, to go on from. Missing values
have to be filled before. The vocabulary, the columns and all that describes the run are in the metadata.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.atomic import write_atomically
from engine.data import Preparation, SeriesPreparation
from engine.export.description import Description, describe
from engine.export.held_out import HeldOut
from engine.export.onnx_ends import hand_out, read_inputs, step_scale
from engine.export.onnx_graph import OPSET, Graph
from engine.export.onnx_layers import Lengths, add_direction, add_ends, add_joined, native_operator
from engine.export.optional import needed
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.export.writing_description import writes
from engine.model import Model


def fit(model: Model) -> Fit:
    """Every network goes to ONNX; says by which operators."""
    if writes(model.network):
        return Fit(False, "a network that reads first and then writes has no such form yet; take safetensors or NPZ.")
    network = describe(model.network)
    operator = native_operator(network)
    if operator:
        return Fit(True, f"Exact. ONNX's own operator {operator} computes this cell.")
    return Fit(
        True,
        f"Exact. ONNX has no operator for {network.spec.title} with {_functions(network)}; "
        "its step is written out inside a loop (Scan), which runs everywhere, somewhat slower.",
    )


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
    network, graph = describe(source.model.network), Graph()
    preparation = source.model.preparation
    x, level = read_inputs(graph, network, preparation)
    lengths = _lengths(graph, x, preparation.lead if isinstance(preparation, SeriesPreparation) else 0)
    values, states = _network(graph, network, x, lengths)
    hand_out(graph, source, network, values, level, lengths)
    names = network.state_names()
    for name, direction, state in zip(names, _owners(network), states, strict=True):
        graph.output(state, f"{name}_next", np.float32, ["batch", direction])
    metadata = source.texts() | {"states": json.dumps({name: f"{name}_next" for name in names})}
    return graph.model("network", sorted(metadata.items()), source.model.header()["rnn_workbench"])


def _owners(network: Description) -> list[int]:
    """Units of each state vector."""
    return [direction.units for direction in network.directions for _ in network.spec.states]


def _lengths(graph: Graph, x: str, lead: int) -> Lengths:
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


# --- the network ---


def _network(graph: Graph, network: Description, x: str, lengths: Lengths) -> tuple[str, list[str]]:
    """Answers, (T, B, O) or (B, O), and all last states (B, H)."""
    batch = graph.add("Shape", lengths.steps)
    names, states, read = iter(network.state_names()), [], x
    for level in network.levels:
        hidden, ends = [], []
        for direction in level.directions:
            initial = [_initial(graph, next(names), start, batch) for start in direction.initial]
            outputs, last = add_direction(graph, network, direction, x, lengths, initial)
            hidden.append(outputs)
            ends.append(last[0])
            states += last
        above, read = (add_joined(graph, network, parts) for parts in (hidden, ends))
        if level.passes_by:
            above, read = (
                graph.add("Add", above, x),
                graph.add("Add", read, add_ends(graph, network, level, x, lengths)),
            )
        x = above
    product = graph.add("MatMul", x if network.aligned else read, graph.constant(network.readout_weight.T))
    return graph.add("Add", product, graph.constant(network.readout_bias)), states


def _initial(graph: Graph, name: str, start: NDArray[Any], batch: str) -> str:
    """A state input that may be left out: every sequence of the batch then begins with `start`."""
    given = graph.input(name, np.float32, ["batch", len(start)], start[None])
    return graph.add("Expand", given, graph.add("Concat", batch, graph.integers(len(start)), axis=0))


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
    own = "scores" if "scores" in [output.name for output in session.get_outputs()] else "scaled"
    if data.rows is not None:
        scaled, real = session.run([own, "forecast"], {"rows": data.rows.swapaxes(0, 1)})
        return Answers(_time_major(scaled), _time_major(real))
    given = data.inputs.swapaxes(0, 1)
    if given.ndim == 2:
        return Answers(_time_major(session.run([own], {"tokens": given.astype(np.int64)})[0]))
    told = json.loads(session.get_modelmeta().custom_metadata_map["data"])
    offset, scale = step_scale(Preparation.from_metadata(told), given.shape[-1])
    return Answers(_time_major(session.run([own], {"inputs": given * scale + offset})[0]))


def _time_major(values: Any) -> Any:
    return values.swapaxes(0, 1) if values.ndim == 3 else values


TARGET = Target(
    key="onnx",
    title="ONNX",
    order=1,
    suffix=".onnx",
    summary="For servers, browsers and phones: one file from raw rows to forecasts in real units.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage="""\
import onnxruntime
session = onnxruntime.InferenceSession("{name}")
# A series: rows (batch, rows, columns), float64, in their own units.
session.run(["forecast"], {{"rows": rows}})
# A text: tokens (batch, steps), int64, by the vocabulary in the metadata.
session.run(["probabilities"], {{"tokens": tokens}})
# Labelled sequences: inputs (batch, steps, numbers), float64, in their own units.
session.run(["probabilities"], {{"inputs": inputs}})""",
)
