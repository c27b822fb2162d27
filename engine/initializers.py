"""Start values of the parameters, drawn from a counter-based generator: same seed, same bits."""

from __future__ import annotations

import math

import numpy as np

from engine.cells import CellSpec
from engine.parameters import Parameters


def initialize(parameters: Parameters, spec: CellSpec, hidden: int, seed: int) -> None:
    """PyTorch's defaults, and the bias that the cell starts its forget gate with (Jozefowicz et al. 2015).

    Recurrent layers: uniform within ±1/√H. Linear: uniform within ±1/√(inputs). Embedding: standard normal.
    """
    random = np.random.Generator(np.random.Philox(key=seed))
    for name, shape in parameters.shapes.items():
        view = parameters.view(name)
        if name.startswith("embedding."):
            view[...] = random.standard_normal(shape)
            continue
        fan_in = hidden if name.startswith("rnn.") else parameters.shapes["readout.weight"][1]
        bound = 1 / math.sqrt(fan_in)
        view[...] = random.uniform(-bound, bound, shape)
        _adjust(parameters, spec, name, hidden)


def _adjust(parameters: Parameters, spec: CellSpec, name: str, hidden: int) -> None:
    if spec.forget_block is not None and name.startswith("rnn.bias_"):
        block = slice(spec.forget_block * hidden, (spec.forget_block + 1) * hidden)
        parameters.view(name)[block] = spec.forget_bias if "bias_ih" in name else 0.0
    for extra in spec.extras:
        if extra.initial is not None and name.startswith(f"rnn.{extra.name}_l"):
            parameters.view(name)[...] = extra.initial
