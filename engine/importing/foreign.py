"""One door for weights from elsewhere, whatever their form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import ConfigError, experiment_from_toml
from engine.export.targets import ExportError
from engine.importing.elsewhere import not_read
from engine.importing.keras_names import from_keras, is_keras
from engine.importing.npz import read_npz
from engine.importing.onnx_file import read_onnx
from engine.importing.plain import Plain, plain_from
from engine.importing.symbols import NUMBERED, Shapes, looked_up, with_unknown
from engine.importing.tensors import read_tensors
from engine.layers.parameters import NetworkError
from engine.model import FORMAT
from engine.networks import AnyNetwork
from engine.storage.weights import WeightsFileError, read_metadata, read_weights, regular
from engine.wording.counting import counted

LARGEST = 2 << 30  # bytes of a file
_Weights = Mapping[str, NDArray[Any]]
_AS_IT_IS = {"data.transform": "none", "data.seasonal_difference": False}  # what others train on, but for scaling


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """Weights under this engine's names, and the settings of the network that they are for.

    Attributes:
        settings: fields of the model's section, as `Experiment.replace` takes them.
        weights: by name; without readout where the file has none.
        notes: what was understood, one sentence each.
        series: fields of the data's section, as far as they are known, for a series that nobody has described.
    """

    settings: Mapping[str, Any]
    weights: _Weights
    notes: tuple[str, ...]
    series: Mapping[str, Any] = field(default_factory=lambda: _AS_IT_IS)

    def into(self, network: AnyNetwork) -> None:
        """Put the weights into a network; what the file does not hold keeps its start values.

        Raises:
            NetworkError: as in `fitted`.
        """
        own = network.state_dict()
        network.load_state_dict(own | self.fitted({name: values.shape for name, values in own.items()}))

    def fitted(self, own: Shapes) -> dict[str, NDArray[Any]]:
        """The weights as a network takes them whose parameters have the shapes `own`.

        Where they know just one symbol fewer, that is the unknown one, and gets a row (`symbols.with_unknown`). What
        reads one-hot codes looks them up (`symbols.looked_up`).

        Raises:
            NetworkError: another cell, other sizes, or data with other columns.
        """
        weights = with_unknown(looked_up(self.weights, own), own)
        found = {name: values.shape for name, values in weights.items()}
        wrong = [name for name, shape in found.items() if own.get(name, shape) != shape]
        missing = {name for name in own.keys() - found.keys() if not name.startswith("readout.")}
        others = sorted(missing | (found.keys() - own.keys()))
        if wrong or others:
            raise NetworkError(_misfit(found, own, wrong, others))
        return weights


_MISFITS = {  # by the tensor whose shape differs: which axis says how many, of what, and what helps
    "embedding.weight": (
        0,
        "they know {here}, and the training part of this text has {there}, the unknown one among them",
        "symbol",
        "a text with the same symbols",
    ),
    "rnn.weight_ih_l0": (
        1,
        "they read {here} a step, and this data gives {there}",
        "number",
        "as many columns (data.targets, then data.inputs)",
    ),
    "readout.weight": (
        0,
        "they answer with {here}, and this data asks for {there}",
        "number",
        "as many targets (data.targets) or classes",
    ),
}


def _misfit(found: Shapes, own: Shapes, wrong: list[str], others: list[str]) -> str:
    """What does not fit: `wrong` tensors have another shape, of `others` the weights or the network know nothing."""
    if any(name.startswith("decoder.") for name in own):
        return "this data asks for a network that reads and then writes; weights from elsewhere answer where they read"
    if "embedding.weight" in found and "embedding.weight" not in own:
        return "the weights are for a network that reads tokens, and this data goes in as numbers"
    if "embedding.weight" in others:
        codes = found["rnn.weight_ih_l0"][1]
        return (
            "the weights are for a network that reads numbers, and this data goes in as tokens; where the numbers are "
            f"one-hot codes of its symbols, set model.embedding_size to {codes}"
        )
    for name, (axis, words, noun, cure) in _MISFITS.items():
        if name in wrong and found[name][axis] != own[name][axis]:
            said = words.format(here=counted(found[name][axis], noun), there=own[name][axis])
            return f"the weights do not fit this data: {said} ({_both(name, found, own)}); choose {cure}"
    names = ", ".join([*(_both(name, found, own) for name in wrong), *others][:4])
    return f"the weights are for another network: {names}; take the settings that come with them"


def _both(name: str, found: Shapes, own: Shapes) -> str:
    """A tensor with the shape that it has and the one that it would need."""
    here, there = (" × ".join(map(str, shapes[name])) for shapes in (found, own))
    return f"{name} is {here}, not {there}"


def read_foreign(path: Path | str) -> Imported:
    """The weights of a file: safetensors, ONNX, or NPZ, by its ending.

    Raises:
        WeightsFileError: no file, not such a file, damaged, or no plain stack of RNN, LSTM or GRU layers.
        ExportError: ONNX, and the package onnx is not installed.
        OSError: the file cannot be read.
    """
    path = regular(Path(path).expanduser())
    readers: dict[str, Callable[[Path], Imported]] = {".safetensors": _safetensors, ".onnx": _onnx, ".npz": _npz}
    size = path.stat().st_size
    if path.suffix.lower() not in readers:
        raise not_read(path, ", ".join(readers))
    if size > LARGEST:
        raise WeightsFileError(f"{path.name} is larger than {LARGEST >> 30} GiB")
    try:
        return readers[path.suffix.lower()](path)
    except (WeightsFileError, ExportError, OSError):
        raise
    except Exception as error:  # whatever the bytes made a library do
        words = f"{type(error).__name__}: {error}"
        raise WeightsFileError(f"{path.name} is damaged, or not what its ending says ({words})") from error


def _safetensors(path: Path) -> Imported:
    tensors = read_tensors(path)
    header = read_metadata(path)
    if header.get("rnn_workbench") == FORMAT:
        return _own(path, read_weights(path)[0], header.get("experiment", ""))
    return _plain(path, plain_from(path.name, tensors))


def _own(path: Path, weights: _Weights, text: str) -> Imported:
    """A file of this workbench brings its settings along, and may hold any cell."""
    try:
        told = experiment_from_toml(text).to_dict()
    except ConfigError as error:
        raise WeightsFileError(f"{path.name}: its settings cannot be read: {error}") from error
    settings = {f"model.{name}": value for name, value in told["model"].items()}
    series = {name: told["data"][name.partition(".")[2]] for name in (*_AS_IT_IS, "data.look_back", "data.scaler")}
    return Imported(settings, weights, (f"{path.name}: written by this workbench, settings included",), series)


def _npz(path: Path) -> Imported:
    tensors = read_npz(path)
    if not is_keras(tensors):
        return _plain(path, plain_from(path.name, tensors))
    made = from_keras(path.name, tensors)
    plain = plain_from(path.name, made.tensors)
    return _plain(path, replace(plain, cell="gru_reset_before") if made.reset_before else plain)


def _onnx(path: Path) -> Imported:
    return _plain(path, read_onnx(path))


def _plain(path: Path, found: Plain) -> Imported:
    for name, values in found.weights.items():
        if not np.isfinite(values).all():
            raise WeightsFileError(f"{path.name}: {name} holds NaN or infinity")
    numbered = (NUMBERED,) if "embedding.weight" in found.weights else ()
    return Imported(found.settings(), found.weights, (f"{path.name}: {found.words()}", *found.notes, *numbered))
