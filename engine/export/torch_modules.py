"""Which networks PyTorch's own modules compute."""

from __future__ import annotations

from engine.networks import AnyNetwork

_NONLINEARITIES = ("tanh", "relu")


def torch_module(network: AnyNetwork) -> str:
    """ "RNN", "LSTM" or "GRU" where ``torch.nn`` has a module that computes all layers of this network; "" for none."""
    stack = network.stack.config
    gate, squash = stack.activations
    module = stack.spec.torch_module
    usual = squash in _NONLINEARITIES if module == "RNN" else (gate, squash) == ("sigmoid", "tanh")
    return module if usual and not special(network) else ""


def special(network: AnyNetwork) -> str:
    """What PyTorch's modules lack of how this network's layers are joined, in words; "" for nothing."""
    stack = next(iter(network.stacks.values())).config  # a decoder has nothing that its encoder lacks
    found = (
        (len(set(stack.widths)) > 1, "layers of unlike widths"),
        (stack.summed, "directions that are added"),
        (stack.residual, "residual connections"),
        (stack.learned_state, "a learned initial state"),
        (any(stack.zoneout_rates()), "zoneout"),
    )
    return " and ".join(words for applies, words in found if applies)
