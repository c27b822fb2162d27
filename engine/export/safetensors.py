"""Weights for PyTorch and whatever else reads safetensors.

Names, shapes and gate order are those of a plain module with `rnn` (`nn.RNN`, `nn.LSTM` or `nn.GRU`),
`readout` (`nn.Linear`) and, where characters come in, `embedding` (`nn.Embedding`); it loads them with
``load_state_dict(safetensors.torch.load_file(path), strict=True)``. The header's metadata holds the
experiment, and what turns raw rows into inputs and answers into real units.
"""

from __future__ import annotations

from pathlib import Path

from engine.model import Model
from engine.weights import write_weights


def write(model: Model, path: Path | str) -> None:
    """Write the weights of `model` with everything their use needs, all of it or nothing.

    Raises:
        OSError: the folder cannot be written.
    """
    write_weights(path, model.network.state_dict(), model.header())
