"""What exported weights say, by the cell's formula in NumPy: for files that bring no runtime of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.data import Preparation, SeriesPreparation
from engine.export.held_out import HeldOut, real_units
from engine.export.numpy_network import run_network
from engine.export.targets._target import Answers


def runner() -> str:
    """What computes the answers."""
    return f"NumPy {np.__version__}, by the cell's formula"


def answers(weights: Mapping[str, NDArray[Any]], particulars: Mapping[str, Any], data: HeldOut) -> Answers:
    """From nothing but what was read back from exported files: weights by name, and `Exportable.particulars`."""
    config, preparation = particulars["network"], Preparation.from_metadata(particulars["data"])
    inputs = data.inputs
    if data.rows is not None and isinstance(preparation, SeriesPreparation):
        inputs = preparation.inputs_of(data.rows)
    scaled, _ = run_network(specification(config["cell"]).formula, config, dict(weights), inputs)
    point = scaled[..., config["middle"] :: config["width"]]
    return Answers(scaled, real_units(preparation, data.rows, point))
