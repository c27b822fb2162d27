"""From variables as Keras names and orders them to names, shapes and gate order of PyTorch.

Keras multiplies from the right (kernels are (I, blocks · H)), keeps one bias where PyTorch has two, and puts the update
gate of a GRU before the reset gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.storage.weights import WeightsFileError

Array = NDArray[Any]
_GATES = {1: (0,), 3: (1, 0, 2), 4: (0, 1, 2, 3)}  # Keras' blocks in PyTorch's order


@dataclass
class FromKeras:
    """Tensors under PyTorch's names, and whether a GRU applies its reset gate before the product."""

    tensors: dict[str, Array] = field(default_factory=dict)
    reset_before: bool = False


def is_keras(tensors: Mapping[str, Array]) -> bool:
    """Whether the names are those of Keras' recurrent layers."""
    return any(name.endswith("/recurrent_kernel") for name in tensors)


def from_keras(name: str, tensors: Mapping[str, Array]) -> FromKeras:
    """The variables of a model, `{weight.path: weight.numpy()}`, in the order of its layers.

    Raises:
        WeightsFileError: shapes that no SimpleRNN, LSTM or GRU has.
    """
    made, places = FromKeras(), _places(tensors)
    for key, values in tensors.items():
        owner, _, kind = key.rpartition("/")
        if kind == "seed_generator_state":
            continue
        if owner in places:
            _take(name, made, owner, kind, values, *places[owner])
        elif kind == "embeddings":
            made.tensors[f"{owner}.weight"] = values
        else:
            made.tensors[f"{owner}.{'weight' if kind == 'kernel' else kind}"] = values.T
    return made


def _places(tensors: Mapping[str, Array]) -> dict[str, tuple[str, int]]:
    """Layer and direction, and the units, of each recurrent cell."""
    places: dict[str, tuple[str, int]] = {}
    level = -1
    for key, values in tensors.items():
        owner, _, kind = key.rpartition("/")
        if kind == "recurrent_kernel" and values.ndim == 2:
            back = "/backward_" in f"/{owner}" or owner.endswith("_reverse")
            level += not (back and level >= 0)
            places[owner] = (f"l{level}{'_reverse' if back else ''}", len(values))
    return places


def _take(name: str, made: FromKeras, owner: str, kind: str, values: Array, place: str, units: int) -> None:
    """A kernel, transposed and its gates in order; a bias, in two where Keras has two."""
    blocks, over = divmod(values.shape[-1], units)
    if over or blocks not in _GATES or kind not in ("kernel", "recurrent_kernel", "bias"):
        raise WeightsFileError(f"{name}: {owner}/{kind} has shape {values.shape}, no SimpleRNN, LSTM or GRU")
    parts = np.split(values, blocks, axis=-1)
    ordered = np.concatenate([parts[block] for block in _GATES[blocks]], axis=-1)
    if kind != "bias":
        made.tensors[f"rnn.weight_{'ih' if kind == 'kernel' else 'hh'}_{place}"] = np.ascontiguousarray(ordered.T)
        return
    made.reset_before |= blocks == 3 and ordered.ndim == 1
    two = ordered if ordered.ndim == 2 else np.stack([ordered, np.zeros_like(ordered)])
    made.tensors |= {f"rnn.bias_ih_{place}": two[0], f"rnn.bias_hh_{place}": two[1]}
