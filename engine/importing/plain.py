"""From names and shapes as PyTorch has them to the network that they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.importing.ends import ends_of
from engine.storage.weights import WeightsFileError

_RECURRENT = re.compile(
    r"(?P<prefix>.*?)(?P<kind>weight_ih|weight_hh|bias_ih|bias_hh)(_l(?P<level>\d{1,2})(?P<back>_reverse)?)?"
)
_OPTIMIZER = re.compile(r"(^|[./])(optim\w*|\w*scheduler|exp_avg\w*|max_exp_avg\w*|momentum_buffer|square_avg)([./]|$)")
_DIGITS = re.compile(r"\d+")
_SUCH = "such as rnn.weight_ih_l0"
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
    topology: str = ""  # where the file says it, and where it matters
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
        if self.topology:
            found["topology"] = self.topology
        return {f"model.{name}": value for name, value in found.items()}

    def words(self) -> str:
        """What it is, in words."""
        layers = f"{len(self.widths)} layer{'s' if len(self.widths) > 1 else ''} of {self.cell}"
        both = ", both directions" if self.bidirectional else ""
        return f"{layers}, {', '.join(map(str, dict.fromkeys(self.widths)))} units{both}"


def plain_from(name: str, tensors: Weights) -> Plain:
    """The stack that PyTorch's names and shapes describe.

    The recurrent module may have any name, or none; modules that differ by a number are layers upon one another. A
    linear layer behind it becomes the readout, a table before it the embedding. Biases that are missing are zero, as
    with ``bias=False``; what an optimiser keeps is left out.

    Raises:
        WeightsFileError: no plain stack of RNN, LSTM or GRU layers.
    """
    trained = {key: values for key, values in tensors.items() if values.ndim and not _OPTIMIZER.search(key)}
    if projected := [key for key in trained if "weight_hr_l" in key]:
        raise WeightsFileError(
            f"{name}: an LSTM with a projection (proj_size; {projected[0]}), which no network here has"
        )
    found = {key: match for key in trained if (match := _RECURRENT.fullmatch(key))}
    named, notes = _in_one(name, found)
    weights = {ours: trained[key] for key, ours in named.items()}
    depth = 1 + max(int(_RECURRENT.fullmatch(ours)["level"]) for ours in weights)  # type: ignore[index]
    both = any(ours.endswith("_reverse") for ours in weights)
    if depth > _DEEPEST:
        raise WeightsFileError(f"{name}: {depth} layers; {_DEEPEST} are the most")
    weights, cell, widths = _checked(name, weights, depth, both)
    rest = {key: values for key, values in trained.items() if key not in found}
    ends, more = ends_of(name, rest, weights["rnn.weight_ih_l0"].shape[1], widths[-1] * (2 if both else 1))
    notes += more
    if len(trained) < len(tensors):
        notes += (f"{len(tensors) - len(trained)} tensors of an optimiser, or counters, are left out",)
    if both:
        notes += ("both directions: one answer for a sequence is read from each one's h_n, not from output[:, -1]",)
    if cell == "elman":
        notes += ("an RNN's file does not say its activation: tanh is taken; set another if it had relu",)
    return Plain(cell, widths, both, ends | weights, notes=notes)


def _in_one(name: str, found: Mapping[str, re.Match[str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Our name for each recurrent tensor: modules that differ by a number, as in lstm1 and lstm2, are one stack."""
    prefixes = sorted({match["prefix"] for match in found.values()}, key=_numbers)
    if not prefixes:
        raise WeightsFileError(f"{name} holds no recurrent layer; it takes names as PyTorch gives them, {_SUCH}")
    if len({_DIGITS.sub("#", prefix) for prefix in prefixes}) > 1:
        raise WeightsFileError(
            f"{name} holds several recurrent modules ({', '.join(prefixes[:4])}); a plain stack is one, {_SUCH}"
        )
    first: dict[str, int] = {}
    following = 0
    for prefix in prefixes:
        deepest = max(int(match["level"] or 0) for match in found.values() if match["prefix"] == prefix)
        first[prefix] = following
        following += deepest + 1
    named = {
        key: f"rnn.{match['kind']}_l{first[match['prefix']] + int(match['level'] or 0)}{match['back'] or ''}"
        for key, match in found.items()
    }
    chained = len(prefixes) > 1
    return named, (f"{', '.join(prefixes[:4])} are taken for layers upon one another",) if chained else ()


def _numbers(prefix: str) -> list[int]:
    return [int(number) for number in _DIGITS.findall(prefix)]


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
