"""Keras: a small readable script that builds the model, beside its weights in Keras' own layout (NPZ).

Where Keras is not installed, the weights are checked by the equations of its documentation.
"""

from __future__ import annotations

import importlib
import importlib.util
import runpy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.atomic import write_atomically
from engine.data import Preparation, SeriesPreparation
from engine.export.beside import read_arrays, read_particulars, write_arrays, write_particulars
from engine.export.description import Description, describe
from engine.export.held_out import HeldOut, real_units
from engine.export.keras_equations import keras_answers
from engine.export.particulars import Exportable
from engine.export.python_source import harmless
from engine.export.targets._target import Answers, Fit, Target
from engine.export.writing_description import writes
from engine.model import Model
from engine.summary import model_words

_LAYERS = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
_ACTIVATIONS = {
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softsign": "softsign", "elu": "elu", "identity": "linear",
}  # fmt: skip
_KEYS = ("kernel", "recurrent_kernel", "bias")
_TEXT = '''"""{title}

Made by RNN Workbench; needs Keras with any of its backends. Lies beside its weights, {stem}.npz, and {stem}.json, which
holds scaler, vocabulary, window, columns, settings and scores. Licence of the data: {licence}

    model = load()
    answers = model.predict(x)  # x: {inputs}
"""

from pathlib import Path

import keras
import numpy as np

WEIGHTS = Path(__file__).with_suffix(".npz")


def build():
    """The model, untrained."""
{build}
    return keras.Model(inputs, keras.layers.Dense({outputs}, name="readout")(x))


def load(path=WEIGHTS):
    """The model with its trained weights."""
    model = build()
    with np.load(path) as weights:
        for layer in model.layers:
            ahead, back = getattr(layer, "forward_layer", layer), getattr(layer, "backward_layer", None)
            for name, part in ((layer.name, ahead), (layer.name + "_reverse", back)):
                keys = [key for key in weights.files if key.startswith(name + "/")]
                if keys:
                    part.set_weights([weights[key] for key in keys])
    return model
'''


def fit(model: Model) -> Fit:
    """Stacks of SimpleRNN, LSTM or GRU layers, with functions that Keras has under the same definition."""
    if writes(model.network):
        return Fit(
            False,
            "the script builds one stack of layers, and this network has one that reads and one that writes; take "
            "PyTorch or ONNX.",
        )
    network = describe(model.network)
    spec, config = network.spec, network.config
    if not _layer(network):
        return Fit(False, f"Keras has no layer that computes {spec.title}.")
    unknown = [name for name in (network.squash, *([network.gate] if spec.gates else [])) if name not in _ACTIVATIONS]
    if unknown:
        return Fit(False, f"Keras' versions do not agree on what {unknown[0]} is.")
    if config.residual or config.learned_state:
        what = "residual connections" if config.residual else "a learned initial state"
        return Fit(False, f"the script builds plain stacks, and this network has {what}; take PyTorch or ONNX.")
    if any(config.zoneout_rates()):
        return Fit(False, "Keras' layers know no zoneout; take PyTorch or ONNX.")
    return Fit(True, f"Exact. Keras' own layer {_layer(network)} computes it; kernels transposed, gates in its order.")


def _layer(network: Description) -> str:
    """Keras' layer for the cell; "" for none."""
    operator = network.spec.onnx
    odd = operator is None or network.spec.extras or "input_forget" in dict(operator.attributes)
    return "" if odd or operator is None else _LAYERS[operator.name]


def describe_layers(network: Description) -> dict[str, Any]:
    """What `keras_answers` and the script need to know, in JSON's own types."""
    operator = network.spec.onnx
    assert operator is not None
    return {
        "layer": _layer(network),
        "reset_after": bool(dict(operator.attributes).get("linear_before_reset", 0)),
        "activation": network.squash,
        "recurrent_activation": network.gate if network.spec.gates else "identity",
        "layers": network.config.suffixes(),
        "merge": "sum" if network.config.summed else "concat",
        "sequences": network.aligned,
    }


def keras_weights(network: Description) -> dict[str, NDArray[Any]]:
    """All weights in Keras' layout: ``l0/kernel`` (I, G · H), ``l0/recurrent_kernel``, ``l0/bias``, ``readout/…``."""
    found: dict[str, NDArray[Any]] = {}
    if network.embedding is not None:
        found["embedding/embeddings"] = network.embedding
    order = ("update", "reset", "candidate") if _layer(network) == "GRU" else network.spec.blocks
    for direction in network.directions:
        own = {name: _ordered(network, values, order) for name, values in direction.weights.items()}
        biases = np.stack([own["bias_ih"], own["bias_hh"]])
        both = describe_layers(network)["reset_after"]
        made = (own["weight_ih"].T, own["weight_hh"].T, biases if both else biases.sum(axis=0))
        found |= {f"{direction.suffix}/{key}": values for key, values in zip(_KEYS, made, strict=True)}
    return found | {"readout/kernel": network.readout_weight.T, "readout/bias": network.readout_bias}


def _ordered(network: Description, values: NDArray[Any], order: tuple[str, ...]) -> NDArray[Any]:
    blocks = dict(zip(network.spec.blocks, np.split(values, len(network.spec.blocks)), strict=True))
    return np.concatenate([blocks[name] for name in order])


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the script, the weights and the JSON.

    Raises:
        OSError: the folder cannot be written.
    """
    network = describe(source.model.network)
    weights = {name: np.ascontiguousarray(values) for name, values in keras_weights(network).items()}
    made = write_arrays(weights, path), write_particulars(source, path, {"keras": describe_layers(network)})
    write_atomically(path, script(source, network, path.stem).encode())
    return path, *made


def script(source: Exportable, network: Description, stem: str) -> str:
    """The text of the script that lies beside ``<stem>.npz``."""
    inputs = "tokens (sequences, steps)" if network.embedding is not None else "scaled (sequences, steps, numbers)"
    return _TEXT.format(
        title=f"{model_words(source.model.experiment)}.", stem=harmless(stem), inputs=inputs,
        licence=harmless(source.particulars()["licence"]), outputs=len(network.readout_bias),
        build="\n".join(f"    {line}" for line in _build(network)),
    )  # fmt: skip


def _build(network: Description) -> list[str]:
    told, config = describe_layers(network), network.config
    lines = [f"x = inputs = keras.Input((None, {config.inputs}))"]
    if network.embedding is not None:
        lines = ['inputs = keras.Input((None,), dtype="int32")']
        shape = ", ".join(map(str, network.embedding.shape))
        lines.append(f'x = keras.layers.Embedding({shape}, name="embedding")(inputs)')
    for number, level in enumerate(network.levels):
        first, last = level.directions[0], number == config.depth - 1
        options = [str(first.units), f'activation="{_ACTIVATIONS[network.squash]}"']
        if told["layer"] != "SimpleRNN":
            options.append(f'recurrent_activation="{_ACTIVATIONS[network.gate]}"')
        options += [f"reset_after={told['reset_after']}"] if told["layer"] == "GRU" else []
        options += ["return_sequences=True"] if network.aligned or not last else []
        both = config.bidirectional
        layer = f"keras.layers.{told['layer']}({', '.join(options)}" + (")" if both else f', name="{first.suffix}")')
        merge = f', merge_mode="{told["merge"]}", name="{first.suffix}")'
        lines.append(f"x = keras.layers.Bidirectional({layer}{merge}(x)" if both else f"x = {layer}(x)")
    return lines


def _has_keras() -> bool:
    return importlib.util.find_spec("keras") is not None


def runner() -> str:
    """Keras, or what stands in for it."""
    if not _has_keras():
        return f"NumPy {np.__version__}, by Keras' documented equations (Keras is not installed here),"
    return f"Keras {importlib.import_module('keras').__version__}"


def run(path: Path, data: HeldOut) -> Answers:
    """What the model answers; without Keras, what the equations make of its weights."""
    particulars = read_particulars(path)
    preparation, inputs = Preparation.from_metadata(particulars["data"]), data.inputs
    if data.rows is not None and isinstance(preparation, SeriesPreparation):
        inputs = preparation.inputs_of(data.rows)
    x = inputs.swapaxes(0, 1)
    if _has_keras():
        model = runpy.run_path(str(path))["load"]()
        # Under PyTorch's backend a tensor that is trained on does not become an array by itself.
        found = np.asarray(importlib.import_module("keras").ops.convert_to_numpy(model(x)))
    else:
        found = keras_answers(particulars["keras"], read_arrays(path), x)
    scaled = found.swapaxes(0, 1) if found.ndim == 3 else found
    told = particulars["network"]
    return Answers(scaled, real_units(preparation, data.rows, scaled[..., told["middle"] :: told["width"]]))


TARGET = Target(
    key="keras",
    title="Keras model",
    order=4,
    suffix=".py",
    summary="A readable script that builds the model, and the weights beside it in Keras' layout.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage="""\
from {stem} import load
# x: scaled (sequences, steps, numbers), or tokens (sequences, steps)
answers = load().predict(x)""",
)
