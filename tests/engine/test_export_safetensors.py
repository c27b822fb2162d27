"""What is exported loads into a plain PyTorch module and says the same there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from engine import data
from engine.config import Experiment
from engine.export.particulars import Exportable
from engine.export.targets import safetensors
from engine.model import Model
from engine.network import Network

SERIES = {"data.sample": "noisy_sine", "data.length": 200, "data.look_back": 12, "model.topology": "many_to_one"}
TEXT = {"data.sample": "alice", "data.kind": "text", "model.topology": "many_to_many", "model.embedding_size": 5}


def model_of(changes: dict[str, Any]) -> Model:
    experiment = Experiment().replace({"model.hidden_size": 7, **changes})
    dataset = data.load(experiment)
    network = Network(
        experiment.model, dataset.input_size, dataset.output_size, tokens=dataset.tokens, seed=1, threads=1
    )
    return Model(experiment, network, dataset.metadata())


@pytest.mark.parametrize("changes", [SERIES, TEXT], ids=["series", "text"])
def test_the_header_holds_all_that_use_needs(tmp_path: Path, changes: dict[str, Any]) -> None:
    model = model_of(changes)
    safetensors.write(Exportable(model), tmp_path / "w.safetensors")
    assert load_file(tmp_path / "w.safetensors").keys() == model.network.state_dict().keys()
    header = model.header()
    described = json.loads(header["data"])
    for key in {"series": ("input_scaler", "output_scaler", "look_back", "targets"), "text": ("vocabulary",)}[
        described["kind"]
    ]:
        assert described[key]
    assert 'cell = "lstm"' in header["experiment"]


@pytest.mark.parametrize("changes", [SERIES, TEXT], ids=["series", "text"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    ("cell", "activation"), [("elman", "tanh"), ("elman", "relu"), ("lstm", "tanh"), ("gru", "tanh")]
)
def test_a_plain_module_says_the_same(
    tmp_path: Path, changes: dict[str, Any], cell: str, activation: str, layers: int, bidirectional: bool
) -> None:
    torch = pytest.importorskip("torch")
    more = {"model.cell": cell, "model.activation": activation, "model.num_layers": layers}
    model = model_of({**changes, **more, "model.bidirectional": bidirectional})
    safetensors.write(Exportable(model), tmp_path / "w.safetensors")
    weights = {name: torch.from_numpy(array) for name, array in load_file(tmp_path / "w.safetensors").items()}
    module = plain_module(torch, model)
    module.load_state_dict(weights, strict=True)
    inputs = data.load(model.experiment).pinned().inputs
    ours = model.network.forward(inputs).values
    np.testing.assert_allclose(answer(torch, module, model, inputs), ours, rtol=0, atol=1e-5)


def plain_module(torch: Any, model: Model) -> Any:
    """`embedding` where characters come in, `rnn`, `readout`: nothing else."""
    config, nn = model.experiment.model, torch.nn
    kinds = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    nonlinear = {"nonlinearity": config.activation} if config.cell == "elman" else {}
    size = config.embedding_size if model.network.tokens else model.network.input_size
    module = nn.Module()
    if model.network.tokens:
        module.embedding = nn.Embedding(model.network.input_size, size)
    module.rnn = kinds[config.cell](
        size, config.hidden_size, config.num_layers, bidirectional=config.bidirectional, **nonlinear
    )
    module.readout = nn.Linear(config.hidden_size * (1 + config.bidirectional), model.network.output_size)
    return module


def answer(torch: Any, module: Any, model: Model, inputs: Any) -> Any:
    """What the module says at every step, or after the last; from both ends where it reads both ways."""
    with torch.no_grad():
        x = torch.from_numpy(inputs)
        states, last = module.rnn(module.embedding(x) if model.network.tokens else x)
        if model.experiment.model.topology == "many_to_one":
            hidden = last[0] if isinstance(last, tuple) else last
            states = torch.cat(list(hidden[-1 - model.experiment.model.bidirectional :]), dim=-1)
        return module.readout(states).numpy()
