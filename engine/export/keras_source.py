"""A stack of layers in Keras: a small readable script that builds it, and its weights under the layers' names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.description import Description
from engine.export.keras_layers import describe_layers, layer_text, recurrent_text, stack_weights
from engine.export.keras_units import unit_functions, unit_modules
from engine.export.particulars import Exportable
from engine.export.python_source import joined_modules, paragraph
from engine.findings.summary import model_words

_HEAD = '''"""{title}

{made}

    model = load()
    answers = {call}
"""

'''
_BUILD = '''


WEIGHTS = Path(__file__).with_suffix(".npz")


{recurrent}


def build():
    """The model, untrained."""
{build}
    return keras.Model(inputs, layers.Dense({outputs}, name="readout")(x))

'''
IMPORTS = ("import json", "import keras", "import numpy as np", "from keras import layers", "from pathlib import Path")
_MADE = """Made by RNN Workbench; needs Keras with any of its backends. Lies beside its weights, {stem}.npz, and
{stem}.json, which holds scaler, vocabulary, window, columns, settings and scores. Licence of the data: {licence}"""
LOAD = '''
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


def describe_model(network: Description) -> dict[str, Any]:
    """What `keras_equations` needs to know, in JSON's own types."""
    return describe_layers(network) | {"sequences": network.aligned}


def model_weights(network: Description) -> dict[str, NDArray[Any]]:
    """All weights in Keras' layout, the layers' by `stack_weights`; ``readout/kernel``, ``embedding/embeddings``."""
    table = {} if network.embedding is None else {"embedding/embeddings": network.embedding}
    readout = {"readout/kernel": network.readout_weight.T, "readout/bias": network.readout_bias}
    return {name: np.ascontiguousarray(w) for name, w in (table | stack_weights(network) | readout).items()}


def script(source: Exportable, network: Description, stem: str) -> str:
    """The text of the script that lies beside ``<stem>.npz``."""
    preparation = source.model.preparation
    inputs = "tokens (sequences, steps)" if network.embedding is not None else "scaled (sequences, steps, numbers)"
    units = unit_functions(preparation)
    head = _HEAD.format(
        title=f"{model_words(source.model.experiment)}.",
        call="predict(model, …)  # see there" if units else f"model.predict(x)  # x: {inputs}",
        made=paragraph(_MADE.format(stem=stem, licence=source.particulars()["licence"])),
    )
    own = _BUILD.format(
        recurrent=recurrent_text(network), outputs=len(network.readout_bias),
        build="\n".join(f"    {line}" for line in _build(network)),
    )  # fmt: skip
    return head + joined_modules(unit_modules(preparation), IMPORTS) + own + LOAD + units


def _build(network: Description) -> list[str]:
    config = network.config
    lines = [f"x = inputs = keras.Input((None, {config.inputs}))"]
    if network.embedding is not None:
        lines = ['inputs = keras.Input((None,), dtype="int32")']
        shape = ", ".join(map(str, network.embedding.shape))
        lines.append(f'x = layers.Embedding({shape}, name="embedding")(inputs)')
    for number, level in enumerate(network.levels):
        more = ("return_sequences=True",) if network.aligned or number < config.depth - 1 else ()
        lines.append(f"x = {layer_text(network, level, more)}(x)")
    return lines
