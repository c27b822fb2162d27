"""Building a graph of ONNX operators, by names that nobody has to make up.

The package onnx is an extra: it is imported when a graph is made, not before.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

OPSET, IR_VERSION = 17, 8

Shape = Sequence[int | str]


class Graph:
    """Operators in their order, with constants and the ends of the graph.

    The body of a loop is a graph of its own, made by `body`; it sees all values of the graph around it.
    """

    def __init__(self, around: Graph | None = None) -> None:
        import onnx

        self._onnx = onnx
        self._around = around
        self._numbers: itertools.count[int] = around._numbers if around else itertools.count()
        self._nodes: list[Any] = []
        self._initializers: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def body(self) -> Graph:
        """An empty graph inside this one."""
        return Graph(self)

    def add(self, operator: str, *inputs: str, outputs: Sequence[str] = (), **attributes: Any) -> str:
        """Add an operator; the name of its (first) output. Without names its one output gets a new one."""
        names = list(outputs) or [self.name(operator.lower())]
        self._nodes.append(self._onnx.helper.make_node(operator, list(inputs), names, **attributes))
        return names[0]

    def name(self, stem: str) -> str:
        """A name that nothing else has."""
        return f"{stem}_{next(self._numbers)}"

    def constant(self, values: ArrayLike, dtype: Any = None, name: str = "") -> str:
        """A fixed array. It lies in the outermost graph, where every body can read it."""
        if self._around:
            return self._around.constant(values, dtype, name)
        array = np.ascontiguousarray(np.array(values, dtype))
        name = name or self.name("constant")
        self._initializers.append(self._onnx.numpy_helper.from_array(array.reshape(np.shape(values)), name))
        return name

    def integers(self, *values: int) -> str:
        """A fixed vector of int64."""
        return self.constant(np.array(values, np.int64))

    def input(self, name: str, dtype: Any, shape: Shape, default: NDArray[Any] | None = None) -> str:
        """What goes in; with a `default` it may be left out."""
        self._inputs.append(self._described(name, dtype, shape))
        return self.constant(default, name=name) if default is not None else name

    def output(self, value: str, name: str, dtype: Any, shape: Shape) -> None:
        """Hand out `value` under `name`."""
        self.add("Identity", value, outputs=[name])
        self._outputs.append(self._described(name, dtype, shape))

    def graph(self, name: str) -> Any:
        """The graph as ONNX keeps it."""
        return self._onnx.helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._initializers)

    def model(self, name: str, metadata: Iterable[tuple[str, str]], producer: str) -> Any:
        """The whole model, checked, with text by key beside it."""
        opset = self._onnx.helper.make_opsetid("", OPSET)
        made = self._onnx.helper.make_model(
            self.graph(name), opset_imports=[opset], ir_version=IR_VERSION, producer_name=producer
        )
        for key, text in metadata:
            made.metadata_props.add(key=key, value=text)
        self._onnx.checker.check_model(made, full_check=True)
        return made

    def _described(self, name: str, dtype: Any, shape: Shape) -> Any:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self._onnx.helper.make_tensor_value_info(name, kind, list(shape))
