"""Modules as people write them in PyTorch, saved and exported, say here what they say there."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.importing import read_foreign
from engine.storage.weights import write_weights
from tests.engine.importing.strangers import INPUTS, OUTPUTS, UNITS, rows, said_here

torch = pytest.importorskip("torch")
EXPORTERS = [False, *([True] if importlib.util.find_spec("onnxscript") else [])]


def module(kind: str, *, every: bool, **options: Any) -> Any:
    """A recurrent module with a linear layer behind it, at the last step or at every one."""

    class Net(torch.nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            ways = 2 if options.get("bidirectional") else 1
            self.encoder = getattr(torch.nn, kind)(INPUTS, UNITS, batch_first=True, **options)
            self.out = torch.nn.Linear(ways * UNITS, OUTPUTS)

        def forward(self, x: Any) -> Any:
            found, _ = self.encoder(x)
            return self.out(found if every else found[:, -1])

    torch.manual_seed(3)
    return Net().eval()


MODULES: dict[str, dict[str, Any]] = {
    "plain": {"every": False},
    "deep": {"every": False, "num_layers": 2, "dropout": 0.3},
    "without bias": {"every": False, "bias": False},
    "both ways": {"every": True, "num_layers": 2, "bidirectional": True},
}


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("name", MODULES)
def test_a_state_dict(tmp_path: Path, kind: str, name: str) -> None:
    net = module(kind, **MODULES[name])
    weights = {f"model.{key}": values.detach().numpy() for key, values in net.state_dict().items()}
    write_weights(tmp_path / "w.safetensors", weights, {"format": "pt"})
    topology = "many_to_many" if MODULES[name]["every"] else "many_to_one"
    found = said_here(read_foreign(tmp_path / "w.safetensors"), rows(), topology)
    np.testing.assert_allclose(found, net(torch.from_numpy(rows())).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("newer", EXPORTERS)
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("name", MODULES)
def test_onnx(tmp_path: Path, kind: str, name: str, newer: bool) -> None:
    net = module(kind, **MODULES[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own parts
        torch.onnx.export(net, (torch.from_numpy(rows()),), tmp_path / "w.onnx", dynamo=newer)
    topology = "many_to_many" if MODULES[name]["every"] else "many_to_one"
    found = said_here(read_foreign(tmp_path / "w.onnx"), rows(), topology)
    np.testing.assert_allclose(found, net(torch.from_numpy(rows())).detach().numpy(), atol=1e-5)
