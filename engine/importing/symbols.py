"""Symbols that weights from elsewhere know, and the one that they have no number for.

The workbench numbers the symbols of a text from 1, in the order of their code points; 0 is all that the training part
does not have. Who numbers ``sorted(set(text))`` has the same order, and begins at 0 with the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...]]
NUMBERED = "symbols are taken to be numbered as sorted(set(text)) does, behind one for what is unknown"
_RARE = 10.0  # below the mean of the other answers, so that its chance is at most e⁻¹⁰ of one symbol's share


def looked_up(weights: Weights, own: Shapes) -> Weights:
    """`weights` with a table of one-hot codes, where they read those and `own` looks its symbols up in one as wide."""
    table, first = own.get("embedding.weight"), weights.get("rnn.weight_ih_l0")
    if table is None or first is None or "embedding.weight" in weights:
        return weights
    codes = first.shape[1]
    if table not in ((codes, codes), (codes + 1, codes)):
        return weights
    return {"embedding.weight": np.eye(codes, dtype=first.dtype), **weights}


def with_unknown(weights: Weights, own: Shapes) -> dict[str, NDArray[Any]]:
    """`weights` with a row for the unknown symbol put first, where they know just one symbol fewer than `own`.

    It is looked up as the mean of all symbols, and hardly ever the answer where symbols are answered with.
    """
    found = dict(weights)
    if not _one_fewer("embedding.weight", weights, own):
        return found
    table = weights["embedding.weight"]
    found["embedding.weight"] = np.concatenate([table.mean(axis=0, keepdims=True), table])
    if _one_fewer("readout.weight", weights, own):
        matrix, bias = weights["readout.weight"], weights["readout.bias"]
        found["readout.weight"] = np.concatenate([matrix.mean(axis=0, keepdims=True), matrix])
        found["readout.bias"] = np.concatenate([bias.mean(keepdims=True) - _RARE, bias])
    return found


def _one_fewer(name: str, weights: Weights, own: Shapes) -> bool:
    return name in weights and name in own and len(weights[name]) + 1 == own[name][0]
