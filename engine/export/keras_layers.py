"""Recurrent layers as Keras has them: which, with what options, and their weights in its layout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.description import Layers, Level

_LAYERS = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
_ACTIVATIONS = {
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softsign": "softsign", "elu": "elu", "identity": "linear",
}  # fmt: skip
_KEYS = ("kernel", "recurrent_kernel", "bias")


def layer_of(stack: Layers) -> str:
    """Keras' layer for the cell; "" for none."""
    operator = stack.spec.onnx
    odd = operator is None or stack.spec.extras or "input_forget" in dict(operator.attributes)
    return "" if odd or operator is None else _LAYERS[operator.name]


def lacking(stack: Layers) -> str:
    """What Keras lacks of a stack, as a sentence; "" for nothing."""
    spec, config = stack.spec, stack.config
    if not layer_of(stack):
        return f"Keras has no layer that computes {spec.title}."
    unknown = [name for name in (stack.squash, *([stack.gate] if spec.gates else [])) if name not in _ACTIVATIONS]
    if unknown:
        return f"Keras' versions do not agree on what {unknown[0]} is."
    if config.residual or config.learned_state:
        what = "residual connections" if config.residual else "a learned initial state"
        return f"the script builds plain stacks, and this network has {what}; take PyTorch or ONNX."
    return "Keras' layers know no zoneout; take PyTorch or ONNX." if any(config.zoneout_rates()) else ""


def describe_layers(stack: Layers) -> dict[str, Any]:
    """What `keras_equations` and the script need to know, in JSON's own types."""
    operator = stack.spec.onnx
    assert operator is not None
    return {
        "layer": layer_of(stack),
        "reset_after": bool(dict(operator.attributes).get("linear_before_reset", 0)),
        "activation": stack.squash,
        "recurrent_activation": stack.gate if stack.spec.gates else "identity",
        "layers": stack.config.suffixes(),
        "merge": "sum" if stack.config.summed else "concat",
    }


def stack_weights(stack: Layers, prefix: str = "") -> dict[str, NDArray[Any]]:
    """A stack's weights in Keras' layout: ``l0/kernel`` (I, G · H), ``l0/recurrent_kernel``, ``l0/bias``, …"""
    found: dict[str, NDArray[Any]] = {}
    order = ("update", "reset", "candidate") if layer_of(stack) == "GRU" else stack.spec.blocks
    for direction in stack.directions:
        own = {name: _ordered(stack, values, order) for name, values in direction.weights.items()}
        biases = np.stack([own["bias_ih"], own["bias_hh"]])
        both = describe_layers(stack)["reset_after"]
        made = (own["weight_ih"].T, own["weight_hh"].T, biases if both else biases.sum(axis=0))
        found |= {f"{prefix}{direction.suffix}/{key}": values for key, values in zip(_KEYS, made, strict=True)}
    return found


def _ordered(stack: Layers, values: NDArray[Any], order: tuple[str, ...]) -> NDArray[Any]:
    blocks = dict(zip(stack.spec.blocks, np.split(values, len(stack.spec.blocks)), strict=True))
    return np.concatenate([blocks[name] for name in order])


def recurrent_text(stack: Layers, more: tuple[str, ...] = ()) -> str:
    """The function that all levels are made by; `more` are further options of each."""
    told = describe_layers(stack)
    options = ["units", f'activation="{_ACTIVATIONS[stack.squash]}"']
    if told["layer"] != "SimpleRNN":
        options.append(f'recurrent_activation="{_ACTIVATIONS[stack.gate]}"')
    options += [f"reset_after={told['reset_after']}"] if told["layer"] == "GRU" else []
    return f"""def recurrent(units, **options):
    return layers.{told["layer"]}(
        {", ".join([*options, *more])}, **options
    )"""


def layer_text(stack: Layers, level: Level, more: tuple[str, ...], prefix: str = "") -> str:
    """The call that makes one level, both directions of it; `more` are further options of the layer."""
    first = level.directions[0]
    layer, name = f"recurrent({', '.join([str(first.units), *more])}", f'name="{prefix}{first.suffix}")'
    if not stack.config.bidirectional:
        return f"{layer}, {name}"
    return f'layers.Bidirectional({layer}), merge_mode="{describe_layers(stack)["merge"]}", {name}'
