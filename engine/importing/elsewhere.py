"""Files that are not read, why, and the lines of Python that make one of them that is."""

from __future__ import annotations

from pathlib import Path

_TORCH = (".pt", ".pth", ".ckpt", ".bin")
_KERAS = (".keras", ".h5", ".hdf5")
_NOT_TORCH = (".pkl", ".pickle", ".joblib")


def way_here(path: Path) -> str:
    """What to do where the file was made, to be said behind the endings that are read."""
    made = path.with_suffix("").name
    if path.suffix.lower() in _NOT_TORCH:
        return (
            "; this is a pickle, which can run code when it is opened. Where it was made, save each array by itself: "
            f'numpy.savez("{made}.npz", **{{name: array for name, array in weights.items()}}) under PyTorch\'s names'
        )
    if path.suffix.lower() in _TORCH:
        return (
            "; this is a pickle, which can run code when it is opened. Where it was made: "
            "import torch; from safetensors.torch import save_file; "
            f'state = torch.load("{path.name}", map_location="cpu"); '
            f'save_file({{k: v.contiguous() for k, v in state.get("state_dict", state).items()}}, "{made}.safetensors")'
        )
    if path.suffix.lower() in _KERAS:
        return (
            "; this one takes Keras to read. Where it was made: "
            f'import keras, numpy; model = keras.models.load_model("{path.name}"); '
            f'numpy.savez("{made}.npz", **{{v.path: v.numpy() for v in model.weights}})'
        )
    return ""
