"""Plain stacks out of ONNX: the weights of its RNN, LSTM and GRU operators, in PyTorch's order.

The package onnx parses the file; nothing is run but what was computed from parameters alone. Every operator from what
goes in to what comes out is followed, so that a network that does more than a plain stack is refused, not misread.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.export.optional import needed
from engine.importing.onnx_constants import Constants
from engine.importing.onnx_flow import TIME, Flow, FlowError, joined, moved
from engine.importing.onnx_layers import OPERATORS, Layers
from engine.importing.onnx_readout import Readout
from engine.importing.plain import Plain, plain_from
from engine.storage.weights import WeightsFileError

_MOST = 20_000  # operators
_SHAPES = ("Shape", "Size")
_MOVING = ("Identity", "Cast", "Dropout", "Transpose", "Squeeze", "Unsqueeze", "Reshape", "Flatten")
_LIKELIHOODS = ("Softmax", "LogSoftmax", "ArgMax")  # the workbench makes them of the numbers before


def read_onnx(path: Path) -> Plain:
    """The stack of a model's recurrent operators, with the embedding before and the linear layer behind it.

    Raises:
        WeightsFileError: no such model, or one with operators that no plain stack has.
        ExportError: the package onnx is not installed.
        OSError: the file cannot be read.
    """
    onnx = needed("onnx", "onnx")
    needed("onnx.reference", "onnx")
    model = onnx.load_model_from_string(path.read_bytes())
    if len(model.graph.node) > _MOST:
        raise WeightsFileError(f"{path.name}: more than {_MOST:,} operators, which no plain stack has")
    return _Graph(onnx, path, model).read()


class _Graph:
    """A model's graph, followed once from its inputs to its outputs."""

    def __init__(self, onnx: Any, path: Path, model: Any) -> None:
        self.name, self.graph = path.name, model.graph
        # This workbench's own files bring scaling and masks along, which its run folders hold elsewhere.
        self.own = any(item.key == "rnn_workbench" for item in model.metadata_props)
        self.constants = Constants(onnx, path, model)
        self.layers = Layers(path.name, self.constants)
        self.readout = Readout(path.name, self.constants)
        held = self.constants.values.keys()
        self.flows = {item.name: Flow() for item in self.graph.input if self.own or item.name not in held}
        self.notes: list[str] = []

    def read(self) -> Plain:
        """The stack.

        Raises:
            WeightsFileError: it is none.
        """
        for node in self.graph.node:
            own = node.domain in ("", "ai.onnx")
            if node.op_type in ("Scan", "Loop", "If") or not own:
                operator = node.op_type if own else f"{node.op_type} of {node.domain}"
                raise WeightsFileError(
                    f"{self.name}: operator {operator}; only ONNX's plain RNN, LSTM and GRU operators are read"
                )
            self.constants.take(node)
            if node.op_type in OPERATORS:
                self.flows |= self.layers.take(node, self.flows)
            elif any(name in self.flows for name in node.input) and node.op_type not in _SHAPES:
                self._follow(node)
        return self._plain()

    def _follow(self, node: Any) -> None:
        flows = [self.flows[name] for name in node.input if name in self.flows]
        try:
            after = self._after(node, flows)
        except FlowError as error:
            after = None
            if not (self.own and flows[0].stage == "answer"):
                raise WeightsFileError(f"{self.name}: {error} {_place(flows[0])}, which no plain stack has") from error
        if after is not None:
            self.flows[node.output[0]] = after

    def _after(self, node: Any, flows: list[Flow]) -> Flow | None:
        """What an operator makes of the flows that go into it.

        Raises:
            FlowError: what no plain stack does.
        """
        flow = flows[0]
        if flow.stage == "input":
            return self._before(node, flows)
        if node.op_type == "Concat" and len(flows) == len(node.input):
            return joined(node, flows)
        if len(flows) > 1:
            raise FlowError(node.op_type)
        if node.op_type in _LIKELIHOODS and flow.stage == "answer":
            self.notes.append(
                f"it ends in {node.op_type}; what the linear layer says before it is taken for the answer"
            )
            return flow
        return self.readout.take(node, flow) or moved(node, flow, self.constants)

    def _before(self, node: Any, flows: list[Flow]) -> Flow:
        """Before the first layer: numbers that are moved, or tokens that are looked up; initial states, however cut."""
        table = self.constants.get(node.input[0])
        odd = next((flow.odd for flow in flows if flow.odd), "")
        if node.op_type == "Gather" and table is not None and table.ndim == 2:
            return Flow(odd=odd, table=node.input[0])
        if node.op_type not in _MOVING:
            odd = odd or node.op_type
        return replace(flows[0], odd="" if self.own else odd)

    def _plain(self) -> Plain:
        if not self.layers.entries:
            raise WeightsFileError(
                f"{self.name}: no RNN, LSTM or GRU operator; where an exporter took them apart, as PyTorch's newer one "
                "does with nn.RNN and Keras' with all, export with dynamo=False, or hand over the weights alone: "
                "PyTorch's state_dict as safetensors, Keras' weights as NPZ"
            )
        last = [self.flows[item.name] for item in self.graph.output if item.name in self.flows]
        answers = [flow for flow in last if flow.stage == "answer"]
        for flow in answers:
            self.readout.check(flow, self.layers.last)
        tensors = self.layers.tensors | self.readout.tensors
        if self.layers.table:
            tensors["embedding.weight"] = self.constants.values[self.layers.table]
        plain = plain_from(self.name, tensors)
        steps = "many_to_many" if any(TIME in flow.axes for flow in answers) else "many_to_one"
        return replace(
            plain,
            cell="gru_reset_before" if self.layers.reset_before else plain.cell,
            activation=self.layers.function.lower(),
            topology=steps if plain.bidirectional and answers and not self.own else "",
            notes=(
                *(note for note in plain.notes if "activation" not in note and "directions" not in note),
                *self.notes,
            ),
        )


def _place(flow: Flow) -> str:
    return {"answer": "behind the linear layer", "hidden": "behind a recurrent layer"}[flow.stage]
