"""From names and shapes as PyTorch has them to the network that they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.weights import WeightsFileError

_RECURRENT = re.compile(
    r"(?P<prefix>.*?)(?P<kind>weight_ih|weight_hh|bias_ih|bias_hh)_l(?P<level>\d{1,2})(?P<back>_reverse)?"
)
_CELLS = {1: "elman", 3: "gru", 4: "lstm"}  # by the blocks of H in a weight
_DEEPEST = 16

Weights = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """A plain stack: weights under this engine's names, what they make, and what had to be guessed."""

    cell: str
    widths: tuple[int, ...]
    bidirectional: bool
    weights: Weights
    activation: str = "tanh"
    notes: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """The fields of the model's section that describe it."""
        same = len(set(self.widths)) == 1
        found = {
            "cell": self.cell,
            "activation": self.activation,
            "gate_activation": "sigmoid",
            "hidden_size": self.widths[-1],
            "num_layers": len(self.widths),
            "hidden_sizes": () if same else self.widths,
            "bidirectional": self.bidirectional,
            "merge": "concatenate",
            "residual": False,
            "learned_state": False,
        }
        if "embedding.weight" in self.weights:
            found["embedding_size"] = self.weights["embedding.weight"].shape[1]
        return {f"model.{name}": value for name, value in found.items()}

    def words(self) -> str:
        """What it is, in words."""
        layers = f"{len(self.widths)} layer{'s' if len(self.widths) > 1 else ''} of {self.cell}"
        both = ", both directions" if self.bidirectional else ""
        return f"{layers}, {', '.join(map(str, dict.fromkeys(self.widths)))} units{both}"


def plain_from(name: str, tensors: Weights) -> Plain:
    """The stack that PyTorch's names and shapes describe.

    The recurrent module may have any name, or none; a linear layer behind it becomes the readout, a table before it
    the embedding. Biases that are missing are zero, as with ``bias=False``.

    Raises:
        WeightsFileError: no plain stack of RNN, LSTM or GRU layers.
    """
    found = {key: match for key in tensors if (match := _RECURRENT.fullmatch(key))}
    prefixes = {match["prefix"] for match in found.values()}
    if len(prefixes) != 1:
        what = (
            "no recurrent layer" if not prefixes else f"several recurrent modules ({', '.join(sorted(prefixes)[:4])})"
        )
        raise WeightsFileError(f"{name} holds {what}; it takes names as PyTorch gives them, such as rnn.weight_ih_l0")
    weights = {f"rnn.{key.removeprefix(match['prefix'])}": tensors[key] for key, match in found.items()}
    depth = 1 + max(int(match["level"]) for match in found.values())
    both = any(match["back"] for match in found.values())
    if depth > _DEEPEST:
        raise WeightsFileError(f"{name}: {depth} layers; {_DEEPEST} are the most")
    weights, cell, widths = _checked(name, weights, depth, both)
    rest = {key: values for key, values in tensors.items() if key not in found}
    ends, notes = _ends(name, rest, weights, widths[-1] * (2 if both else 1))
    if cell == "elman":
        notes = (*notes, "an RNN's file does not say its activation: tanh is taken; set another if it had relu")
    return Plain(cell, widths, both, ends | weights, notes=notes)


def _checked(
    name: str, weights: Weights, depth: int, both: bool
) -> tuple[dict[str, NDArray[Any]], str, tuple[int, ...]]:
    """All recurrent weights with biases filled up, the cell, and the width of each layer."""
    made: dict[str, NDArray[Any]] = {}
    widths: list[int] = []
    cells: set[str] = set()
    for level in range(depth):
        for ending in (f"l{level}", f"l{level}_reverse")[: 1 + both]:
            inward, inner = weights.get(f"rnn.weight_ih_{ending}"), weights.get(f"rnn.weight_hh_{ending}")
            if inward is None or inner is None or inward.ndim != 2 or inner.ndim != 2 or 0 in inner.shape:
                raise WeightsFileError(f"{name}: the weights of {ending} are missing or no matrices")
            units, wanted = inner.shape[1], widths[-1] * (1 + both) if level else inward.shape[1]
            blocks, over = divmod(inner.shape[0], units)
            if over or blocks not in _CELLS or inward.shape != (inner.shape[0], wanted):
                raise WeightsFileError(
                    f"{name}: {ending} has shapes {inward.shape} and {inner.shape}, no RNN, LSTM or GRU"
                )
            cells.add(_CELLS[blocks])
            zero = np.zeros(len(inner), inner.dtype)
            biases = [weights.get(f"rnn.bias_{side}_{ending}", zero) for side in ("ih", "hh")]
            if any(bias.shape != zero.shape for bias in biases):
                raise WeightsFileError(f"{name}: the biases of {ending} do not have {len(zero)} numbers")
            own = (inward, inner, *biases)
            names = (f"rnn.{kind}_{ending}" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            made |= dict(zip(names, own, strict=True))
        widths.append(units)
    if len(cells) != 1:
        raise WeightsFileError(f"{name}: layers of several kinds ({', '.join(sorted(cells))})")
    return made, cells.pop(), tuple(widths)


def _ends(name: str, rest: Weights, weights: Weights, outputs: int) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Embedding and readout among what is not recurrent."""
    inputs = weights["rnn.weight_ih_l0"].shape[1]
    matrices = {key: values for key, values in rest.items() if values.ndim == 2}
    biased = {key: rest.get(key.removesuffix("weight") + "bias") for key in matrices}
    readouts = [k for k, bias in biased.items() if bias is not None and matrices[k].shape[1] == outputs]
    tables = [k for k, bias in biased.items() if bias is None and matrices[k].shape[1] == inputs]
    found: dict[str, NDArray[Any]] = {}
    if len(tables) == 1:
        found["embedding.weight"] = matrices[tables[0]]
    if len(readouts) == 1:
        bias = biased[readouts[0]]
        assert bias is not None
        found |= {"readout.weight": matrices[readouts[0]], "readout.bias": bias}
    used = {*tables[:1], *readouts[:1], *(key.removesuffix("weight") + "bias" for key in readouts[:1])}
    if left := sorted(rest.keys() - used) or (tables[1:] + readouts[1:]):
        raise WeightsFileError(f"{name}: beside a plain stack it holds {', '.join(left[:4])}, which has no place here")
    if found.get("readout.bias", np.zeros(1)).ndim != 1:
        raise WeightsFileError(f"{name}: the readout's bias is no vector")
    return found, () if readouts else ("no linear layer behind the stack: the readout starts anew",)
