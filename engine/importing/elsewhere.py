"""Files that are not read, why, and the lines of Python that make one of them that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.storage.weights import WeightsFileError

_TORCH = (".pt", ".pth", ".ckpt", ".bin")
_KERAS = (".keras", ".h5", ".hdf5")
_NOT_TORCH = (".pkl", ".pickle", ".joblib")
_PICKLE = "this is a pickle, which can run code when it is opened"


class ElsewhereError(WeightsFileError):
    """A file that only the program it comes from can read.

    Attributes:
        why: what is the matter.
        code: lines of Python that make a file which is read, where this one was made; none for an unknown program.
    """

    def __init__(self, why: str, code: Sequence[str] = ()) -> None:
        super().__init__(f"{why}. Where it was made: {'; '.join(code)}" if code else why)
        self.why, self.code = why, tuple(code)


def not_read(path: Path, known: str) -> ElsewhereError:
    """What to say of a file by its ending, which is none of the `known` ones."""
    why, made = f"{path.name}: weights are read from {known}", path.with_suffix("").name
    if path.suffix.lower() in _NOT_TORCH:
        saved = f'numpy.savez("{made}.npz", **weights)  # a dict: arrays by PyTorch\'s names'
        return ElsewhereError(f"{why}; {_PICKLE}", ("import numpy", saved))
    if path.suffix.lower() in _TORCH:
        return ElsewhereError(f"{why}; {_PICKLE}", from_torch(path))
    if path.suffix.lower() in _KERAS:
        code = (
            "import keras, numpy",
            f'model = keras.models.load_model("{path.name}")',
            f'numpy.savez("{made}.npz", **{{v.path: v.numpy() for v in model.weights}})',
        )
        return ElsewhereError(f"{why}; this one takes Keras to read", code)
    return ElsewhereError(why)


def from_torch(path: Path) -> tuple[str, ...]:
    """Lines that make safetensors of what ``torch.save`` wrote: a state dict, or one inside a checkpoint."""
    made = path.with_suffix("").name
    target = f"{made}.safetensors" if path.suffix != ".safetensors" else f"{made}_read.safetensors"
    return (
        "import torch",
        "from safetensors.torch import save_file",
        f'state = torch.load("{path.name}", map_location="cpu")',
        'inner = [key for key in ("model_state_dict", "state_dict", "model") if key in state]',
        "state = state[inner[0]] if inner else state",
        f'save_file({{k: v.clone().contiguous() for k, v in state.items() if torch.is_tensor(v)}}, "{target}")',
    )
