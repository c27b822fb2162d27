"""PyTorch's answer to a small training task: outputs, gradients, and the parameters after twenty steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.config import TrainingConfig
from engine.config.training import OPTIMIZERS
from engine.network import Network
from engine.optimizers import Optimizer
from tests.engine.examples import Example, example, network

STEPS, RATE, CLIP = 20, 1e-2, 0.5
TORCH_OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {}),
    "adagrad": ("Adagrad", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "nadam": ("NAdam", {}),
}


@dataclass(frozen=True)
class Case:
    """A network and the batch it learns: aligned answers to sequences of unlike lengths."""

    cell: str
    activation: str = "tanh"
    layers: int = 1
    both: bool = False
    hidden: int = 4
    optimizer: str = "adam"

    @property
    def name(self) -> str:
        """As a file is called."""
        both = "_both" if self.both else ""
        rule = "" if self.optimizer == "adam" else f"_{self.optimizer}"
        return f"{self.cell}_{self.activation}_{self.layers}{both}{rule}"

    @property
    def decay(self) -> float:
        """Of the weights; none with Adam, AdamW's own default, some with the others."""
        return {"adam": 0.0, "adamw": 0.01}.get(self.optimizer, 0.1)

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
    *(Case("elman", optimizer=name) for name in OPTIMIZERS if name != "adam"),
)


def ours(case: Case, made: Network, batch: Example) -> dict[str, NDArray[Any]]:
    """What our engine makes of it."""
    found = {"outputs": made.forward(batch.inputs, batch.lengths).values}
    decay: dict[str, Any] = {} if case.optimizer == "adamw" else {"weight_decay": case.decay}
    optimizer = Optimizer(made, TrainingConfig(optimizer=case.optimizer, **decay))
    for step in range(STEPS):
        made.loss_and_gradients(batch, batch.loss)
        if step == 0:
            found |= {f"gradient {name}": value for name, value in made.gradients().items()}
        optimizer.step(RATE, CLIP)
    return found | {f"after {name}": value for name, value in made.state_dict().items()}


def _module(case: Case, parameters: dict[str, NDArray[Any]], batch: Example) -> Any:
    """PyTorch's own layers with these parameters."""
    import torch

    kind = specification(case.cell).torch_module
    more = {"nonlinearity": case.activation} if kind == "RNN" else {}
    inputs, outputs = batch.inputs.shape[2], batch.targets.shape[2]
    rnn = getattr(torch.nn, kind)(inputs, case.hidden, case.layers, bidirectional=case.both, **more).double()
    readout = torch.nn.Linear(case.hidden * (1 + case.both), outputs).double()
    module = torch.nn.ModuleDict({"rnn": rnn, "readout": readout})
    module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in parameters.items()})
    return module


def theirs(case: Case, parameters: dict[str, NDArray[Any]], batch: Example) -> dict[str, NDArray[Any]]:
    """What PyTorch makes of it."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    module, outputs = _module(case, parameters, batch), batch.targets.shape[2]
    x, targets, weights = (torch.from_numpy(a) for a in (batch.inputs, batch.targets, batch.weights))
    packed = pack_padded_sequence(x, torch.from_numpy(batch.lengths))

    def answers() -> Any:
        hidden, _ = pad_packed_sequence(module["rnn"](packed)[0], total_length=len(x))
        return module["readout"](hidden)

    found = {"outputs": (answers() * (weights > 0)[..., None]).detach().numpy()}
    name, more = TORCH_OPTIMIZERS[case.optimizer]
    optimizer = getattr(torch.optim, name)(module.parameters(), lr=RATE, weight_decay=case.decay, **more)
    for step in range(STEPS):
        optimizer.zero_grad()
        (((answers() - targets) ** 2) * weights[..., None]).sum().div(weights.sum() * outputs).backward()
        if step == 0:
            found |= {f"gradient {name}": p.grad.numpy().copy() for name, p in module.named_parameters()}
        torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
        optimizer.step()
    return found | {f"after {name}": p.detach().numpy() for name, p in module.named_parameters()}


def carried(
    case: Case, parameters: dict[str, NDArray[Any]], batch: Example, state: NDArray[Any], d_final: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """What PyTorch makes of one batch from a given state, (layers · directions, kinds, B, H), and what flows back."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    module = _module(case, parameters, batch)
    x = torch.from_numpy(batch.inputs.copy()).requires_grad_()
    first = torch.from_numpy(state.copy()).requires_grad_()
    kinds = [first[:, kind].contiguous() for kind in range(state.shape[1])]
    begin = tuple(kinds) if len(kinds) > 1 else kinds[0]
    packed, last = module["rnn"](pack_padded_sequence(x, torch.from_numpy(batch.lengths)), begin)
    hidden, _ = pad_packed_sequence(packed, total_length=len(x))
    ends = torch.stack(last if isinstance(last, tuple) else (last,), dim=1)
    weights = torch.from_numpy(batch.weights)
    difference = (module["readout"](hidden) - torch.from_numpy(batch.targets)) ** 2
    loss = (difference * weights[..., None]).sum() / (weights.sum() * batch.targets.shape[2])
    (loss + (ends * torch.from_numpy(d_final)).sum()).backward()
    found = {"loss": loss.detach().numpy(), "state": ends.detach().numpy()}
    found |= {"gradient inputs": x.grad.numpy(), "gradient state": first.grad.numpy()}
    return found | {f"gradient {name}": p.grad.numpy() for name, p in module.named_parameters()}


def assert_equal(found: dict[str, NDArray[Any]], wanted: dict[str, NDArray[Any]]) -> None:
    """Everything that was wanted, to 1e-9 of its size."""
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        allowed = 1e-9 * max(np.abs(value).max(), 1e-3)
        np.testing.assert_allclose(found[name], value, rtol=0, atol=allowed, err_msg=name)
