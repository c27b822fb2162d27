"""PyTorch's answer to a small training task: outputs, gradients, and the parameters after twenty steps of Adam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.config import TrainingConfig
from engine.network import Network
from engine.optimizers import Optimizer
from tests.engine.examples import Example, example, network

STEPS, RATE, CLIP = 20, 1e-2, 0.5


@dataclass(frozen=True)
class Case:
    """A network and the batch it learns: aligned answers to sequences of unlike lengths."""

    cell: str
    activation: str = "tanh"
    layers: int = 1
    both: bool = False
    hidden: int = 4

    @property
    def name(self) -> str:
        """As a file is called."""
        both = "_both" if self.both else ""
        return f"{self.cell}_{self.activation}_{self.layers}{both}"

    def network(self) -> Network:
        """Ours, in float64, always with the same parameters."""
        return network(
            self.cell, activation=self.activation, num_layers=self.layers, bidirectional=self.both,
            hidden_size=self.hidden, inputs=2, outputs=2,
        )  # fmt: skip

    def batch(self) -> Example:
        """What it learns."""
        return example(True, False, (6, 4, 1), inputs=2, outputs=2)


SMALL = (
    Case("elman"),
    Case("elman", "relu", 2, True),
    Case("lstm"),
    Case("lstm", layers=2, both=True),
    Case("gru"),
    Case("gru", layers=2, both=True),
)


def ours(made: Network, batch: Example) -> dict[str, NDArray[Any]]:
    """What our engine makes of it."""
    found = {"outputs": made.forward(batch.inputs, batch.lengths).values}
    optimizer = Optimizer(made, TrainingConfig())
    for step in range(STEPS):
        made.loss_and_gradients(batch, batch.loss)
        if step == 0:
            found |= {f"gradient {name}": value for name, value in made.gradients().items()}
        optimizer.step(RATE, CLIP)
    return found | {f"after {name}": value for name, value in made.state_dict().items()}


def theirs(case: Case, parameters: dict[str, NDArray[Any]], batch: Example) -> dict[str, NDArray[Any]]:
    """What PyTorch makes of it."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    kind = specification(case.cell).torch_module
    more = {"nonlinearity": case.activation} if kind == "RNN" else {}
    inputs, outputs = batch.inputs.shape[2], batch.targets.shape[2]
    rnn = getattr(torch.nn, kind)(inputs, case.hidden, case.layers, bidirectional=case.both, **more).double()
    readout = torch.nn.Linear(case.hidden * (1 + case.both), outputs).double()
    module = torch.nn.ModuleDict({"rnn": rnn, "readout": readout})
    module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in parameters.items()})
    x, targets, weights = (torch.from_numpy(a) for a in (batch.inputs, batch.targets, batch.weights))
    packed = pack_padded_sequence(x, torch.from_numpy(batch.lengths))

    def answers() -> Any:
        hidden, _ = pad_packed_sequence(rnn(packed)[0], total_length=len(x))
        return readout(hidden)

    found = {"outputs": (answers() * (weights > 0)[..., None]).detach().numpy()}
    optimizer = torch.optim.Adam(module.parameters(), lr=RATE)
    for step in range(STEPS):
        optimizer.zero_grad()
        (((answers() - targets) ** 2) * weights[..., None]).sum().div(weights.sum() * outputs).backward()
        if step == 0:
            found |= {f"gradient {name}": p.grad.numpy().copy() for name, p in module.named_parameters()}
        torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
        optimizer.step()
    return found | {f"after {name}": p.detach().numpy() for name, p in module.named_parameters()}


def assert_equal(found: dict[str, NDArray[Any]], wanted: dict[str, NDArray[Any]]) -> None:
    """Everything that was wanted, to 1e-9 of its size."""
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        allowed = 1e-9 * max(np.abs(value).max(), 1e-3)
        np.testing.assert_allclose(found[name], value, rtol=0, atol=allowed, err_msg=name)
