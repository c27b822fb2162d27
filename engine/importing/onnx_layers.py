"""The recurrent operators of an ONNX graph, one layer or one direction of it each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.importing.onnx_constants import Constants, attribute
from engine.importing.onnx_flow import BATCH, DIRECTION, TIME, UNITS, Flow, Part
from engine.storage.weights import WeightsFileError

# ONNX's blocks in PyTorch's order, by operator.
OPERATORS = {"RNN": (0,), "LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2)}
_USUAL = {"RNN": ["Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"]}
_KNOWN = ("direction", "hidden_size", "activations", "linear_before_reset", "layout", "input_forget")
_BACK = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}


class Layers:
    """Layers in their order, each with what goes into it."""

    def __init__(self, name: str, constants: Constants) -> None:
        self.name, self.constants = name, constants
        self.tensors: dict[str, NDArray[Any]] = {}  # under PyTorch's names
        self.entries: list[str] = []  # what goes into each layer
        self.last: tuple[Part, ...] = ()
        self.function = ""
        self.reset_before = False
        self.table = ""  # of the embedding before the first layer

    def take(self, node: Any, flows: Mapping[str, Flow]) -> dict[str, Flow]:
        """One operator: a layer, or the way back of the layer before; what flows out of it.

        Raises:
            WeightsFileError: no layer of a plain stack.
        """
        told = {item.name: item for item in node.attribute}
        back = _BACK[told["direction"].s.decode() if "direction" in told else "forward"]
        inputs = [*node.input, *[""] * 8]
        self._check(node, told, inputs, flows)
        if not (back == (True,) and self.entries and self.entries[-1] == inputs[0]):
            self._enter(inputs[0], flows.get(inputs[0], Flow(odd="a constant")))
        self._take_weights(node, inputs, back)
        size = self.constants.values[inputs[2]].shape[-1]
        parts = tuple(Part(len(self.entries) - 1, way, size) for way in back)
        self.last = (*(part for part in self.last if part.layer == len(self.entries) - 1), *parts)
        first = attribute(node, "layout", 0)
        axes = (BATCH, TIME, DIRECTION, UNITS) if first else (TIME, DIRECTION, BATCH, UNITS)
        states = (BATCH, DIRECTION, UNITS) if first else (DIRECTION, BATCH, UNITS)
        ended = tuple(part._replace(at="state") for part in parts)
        outputs = [*node.output, "", ""]
        return {outputs[0]: Flow("hidden", axes, parts), outputs[1]: Flow("hidden", states, ended)}

    def _check(self, node: Any, told: Mapping[str, Any], inputs: list[str], flows: Mapping[str, Flow]) -> None:
        odd = [name for name in told if name not in _KNOWN] + (["peepholes"] if inputs[7] else [])
        whole = all(not name or self.constants.get(name) is not None for name in inputs[1:4])
        if attribute(node, "input_forget", 0) or odd or not whole:
            what = ", ".join(odd) or "coupled gates or weights that are not in the file"
            raise WeightsFileError(f"{self.name}: {_a(node.op_type)} operator with {what}, which no plain stack has")
        for state in inputs[5:7]:
            given = state in flows and flows[state].stage == "input"
            held = self.constants.get(state)
            if held is not None and held.shape[-1] != self.constants.values[inputs[2]].shape[-1]:
                raise WeightsFileError(f"{self.name}: states of another size than its layers, as with proj_size")
            if not (given or self.constants.is_zero(state)):
                raise WeightsFileError(
                    f"{self.name}: {_a(node.op_type)} operator begins from a state that is computed or learned; "
                    "a plain stack begins from zeros"
                )
        names = [name.decode() for name in told["activations"].strings] if "activations" in told else []
        self._check_functions(node.op_type, names)
        reset_before = node.op_type == "GRU" and not attribute(node, "linear_before_reset", 0)
        if self.entries and reset_before != self.reset_before:
            raise WeightsFileError(f"{self.name}: GRU layers of two kinds, which reset before and behind a product")
        self.reset_before = reset_before

    def _check_functions(self, operator: str, names: list[str]) -> None:
        """All layers squash by one function, and gates by the sigmoid."""
        usual = _USUAL[operator]
        for start in range(0, max(len(names), 1), len(usual)):
            given = names[start : start + len(usual)] or usual
            inner = {*(given if operator == "RNN" else given[1:]), self.function or given[-1]}
            gates = operator == "RNN" or given[0] == "Sigmoid"
            if not gates or len(inner) != 1 or given[-1] not in ("Tanh", "Relu", "Sigmoid"):
                raise WeightsFileError(f"{self.name}: {_a(operator)} operator with the functions {', '.join(given)}")
            self.function = given[-1]

    def _enter(self, name: str, flow: Flow) -> None:
        """A new layer reads the inputs, or everything that the layer before says at every step."""
        if flow.odd:
            raise WeightsFileError(
                f"{self.name}: {flow.odd} before the first layer, which no plain stack has; scaling, one-hot codes and "
                "the packing of sequences are done by the workbench, so export the network without them"
            )
        whole = flow.parts == self.last and all(part.at == "all" for part in flow.parts)
        if flow.stage != ("hidden" if self.entries else "input") or not whole or DIRECTION in flow.axes:
            raise WeightsFileError(f"{self.name}: recurrent layers that do not read all of the layer before")
        self.table = self.table or flow.table
        self.entries.append(name)

    def _take_weights(self, node: Any, inputs: list[str], back: tuple[bool, ...]) -> None:
        w, r = (self.constants.values[name] for name in inputs[1:3])
        blocks = len(OPERATORS[node.op_type])
        bias = self.constants.values[inputs[3]] if inputs[3] else np.zeros((w.shape[0], 2 * w.shape[1]), w.dtype)
        for place, way in enumerate(back):
            parts = {"weight_ih": w, "weight_hh": r}
            parts |= dict(zip(("bias_ih", "bias_hh"), np.split(bias, 2, axis=1), strict=True))
            for kind, values in parts.items():
                split = np.split(values[place], blocks)
                ordered = np.concatenate([split[block] for block in OPERATORS[node.op_type]])
                self.tensors[f"rnn.{kind}_l{len(self.entries) - 1}{'_reverse' if way else ''}"] = ordered


def _a(operator: str) -> str:
    return f"{'a' if operator == 'GRU' else 'an'} {operator}"
