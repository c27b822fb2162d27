"""What stands before and behind recurrent layers: a table that tokens are looked up in, and one linear layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.storage.weights import WeightsFileError

_TABLE = re.compile(r"emb|tok|lookup|vocab|wte", re.IGNORECASE)

Weights = Mapping[str, NDArray[Any]]


def ends_of(name: str, rest: Weights, inputs: int, outputs: int) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Embedding and readout among the tensors that are not recurrent, in this engine's names, and what to say of it.

    `inputs` go into the first layer, `outputs` come out of the last. A matrix with a bias is linear; one without may be
    either, which its size decides, and where that fits both, its name.

    Raises:
        WeightsFileError: more than that, or neither.
    """
    matrices = {key: values for key, values in rest.items() if values.ndim == 2}
    biases = {key: rest.get(key.removesuffix("weight") + "bias") for key in matrices}
    tables = [key for key in matrices if biases[key] is None and _is_table(key, matrices[key], inputs, outputs)]
    readouts = [key for key in matrices if key not in tables and matrices[key].shape[1] == outputs]
    found: dict[str, NDArray[Any]] = {}
    used = {*tables[:1], *readouts[:1]}
    if tables:
        found["embedding.weight"] = matrices[tables[0]]
    if readouts:
        matrix, bias = matrices[readouts[0]], biases[readouts[0]]
        used |= set() if bias is None else {readouts[0].removesuffix("weight") + "bias"}
        found |= {
            "readout.weight": matrix,
            "readout.bias": np.zeros(len(matrix), matrix.dtype) if bias is None else bias,
        }
    if left := sorted(rest.keys() - used):
        raise WeightsFileError(
            f"{name}: beside a plain stack it holds {', '.join(left[:4])}, for which there is no place here; there may "
            f"be one embedding before it ({inputs} numbers a token) and one linear layer behind it ({outputs} numbers)"
        )
    if found.get("readout.bias", np.zeros(1)).ndim != 1:
        raise WeightsFileError(f"{name}: the readout's bias is no vector")
    return found, () if readouts else ("no linear layer behind the stack: the readout starts anew",)


def _is_table(key: str, matrix: NDArray[Any], inputs: int, outputs: int) -> bool:
    fits = bool(matrix.shape[1] == inputs)
    return fits and (inputs != outputs or _TABLE.search(key) is not None)
