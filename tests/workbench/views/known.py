"""Numbers that are known, for the tests of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.inside_records import (
    HiddenTrace,
    LayerTrace,
    ParameterPicture,
    PreActivations,
    SlotTrace,
    Weights,
)
from tests.workbench.views import measured

Show = Callable[[Any], Any]


def f32(*values: Any) -> Any:
    return np.asarray(values, np.float32)


def known_layer(reverse: bool = False, **gates: Any) -> LayerTrace:
    """Three steps, two units: 0.0, 0.1, … and ten times that in the cell."""
    hidden = f32([0.0, 0.1], [0.2, 0.3], [0.4, -0.5])
    return LayerTrace(0, reverse, hidden, 10 * hidden, tuple((name, f32(*values)) for name, values in gates.items()))


def known_cell() -> tuple[Any, ...]:
    """Two steps of one unit of an LSTM, whose numbers fit together."""
    gates = {"input": [0.5, 0.25], "forget": [0.5, 0.5], "candidate": [0.8, -0.4], "output": [1.0, 0.5]}
    cell = [0.4, 0.1]
    hidden = [float(np.tanh(0.4)), 0.5 * float(np.tanh(0.1))]
    named = tuple((name, f32(*[[value] for value in values])) for name, values in gates.items())
    layer = LayerTrace(0, False, f32(*[[h] for h in hidden]), f32(*[[c] for c in cell]), named)
    sums = (SlotTrace(0, False, "input", "sigmoid", f32([0.0], [-1.0986])),)
    return HiddenTrace((layer,), ("a", "b")), PreActivations(sums, ("a", "b")), measured.structure(units=1)


def known_weights() -> Weights:
    matrix = f32([1.0, 2.0], [3.0, 4.0], [-5.0, 6.0], [7.0, -8.0])
    spread = np.quantile(matrix, np.linspace(0, 1, 65)).astype(np.float32)
    bias = f32([0.5], [-0.25])
    return Weights(
        (
            ParameterPicture("rnn.weight_hh_l0", (4, 2), matrix, (1, 1), ("reset", "update"), spread),
            ParameterPicture("readout.bias", (2,), bias, (1, 1), (), f32(*np.linspace(-0.25, 0.5, 65))),
        )
    )
