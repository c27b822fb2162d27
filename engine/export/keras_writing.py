"""A network that reads and then writes, in Keras: a model of two inputs, what is read and what was written before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export import keras_loops
from engine.export.keras_layers import describe_layers, layer_text, recurrent_text, stack_weights
from engine.export.keras_source import IMPORTS, LOAD
from engine.export.keras_units import unit_functions, unit_modules
from engine.export.particulars import Exportable
from engine.export.python_source import joined_modules, paragraph
from engine.export.writing_description import WritingDescription
from engine.findings.summary import model_words

_HEAD = '''"""{title}

{made}

    model = load()
    answers = model.predict([x, before])  # x: {inputs}; before: {before} written before each step
    written = {call}
    written = predict(model, …)  # the same of what a table holds, and in its units; see there
"""

'''
_MADE = """Made by RNN Workbench; needs Keras with any of its backends. Lies beside its weights, {stem}.npz, and
{stem}.json, which holds scaler, vocabularies, window, columns, settings and scores. Licence of the data: {licence}"""
_BUILD = '''


WEIGHTS = Path(__file__).with_suffix(".npz")


{recurrent}


def build():
    """The model, untrained: answers to what is read, and to what was written before each step."""
{build}
    return keras.Model([read, before], layers.Dense({outputs}, name="readout")(y))


def answers_of(model):
    """What `write_tokens` and `write_numbers` ask."""
    return lambda x, before: keras.ops.convert_to_numpy(model([x, before]))

'''


def describe_model(network: WritingDescription) -> dict[str, Any]:
    """What `keras_equations` needs to know, in JSON's own types."""
    encoder = describe_layers(network.encoder) if network.encoder else None
    return {
        "encoder": encoder,
        "decoder": describe_layers(network.decoder),
        "attention": network.attention,
        "states": list(network.decoder.spec.states),
        "bridged": network.bridged,
        "repeat_input": network.repeat_input,
    }


def model_weights(network: WritingDescription) -> dict[str, NDArray[Any]]:
    """All weights in Keras' layout, under the names of the script's layers."""
    found = stack_weights(network.decoder, "decoder_")
    if network.encoder:
        found |= stack_weights(network.encoder, "encoder_")
    for name, values in network.weights.items():
        part, _, rest = name.partition(".")
        kind, _, key = rest.rpartition(".")
        if part == "embedding":
            found[f"embedding_{kind}/embeddings"] = values
        elif name == "attention.score.weight":
            found["attention_score/scale"] = values[0]
        elif part in ("bridge", "attention", "readout"):
            layer = f"{part}_{kind}" if kind else part
            found[f"{layer}/{'kernel' if key == 'weight' else 'bias'}"] = values.T
    return {name: np.ascontiguousarray(values) for name, values in found.items()}


def script(source: Exportable, network: WritingDescription, stem: str) -> str:
    """The text of the script that lies beside ``<stem>.npz``."""
    sizes, decoding = network.sizes, source.particulars().get("decoding", {})
    read = "tokens (B, S)" if sizes.reads_tokens else f"numbers (B, {'S, ' if network.encoder else ''}{sizes.inputs})"
    numbers = "write_numbers(answers_of(model), x, told, {middle}, {width})".format(**source.point())
    head = _HEAD.format(
        title=f"{model_words(source.model.experiment)}.", inputs=read,
        before="tokens (B, U), 1 first," if sizes.writes_tokens else f"numbers (B, U, {sizes.heard})",
        call=f"write_tokens(answers_of(model), x, {decoding['limit']})" if sizes.writes_tokens else numbers,
        made=paragraph(_MADE.format(stem=stem, licence=source.particulars()["licence"])),
    )  # fmt: skip
    build = "\n".join(f"    {line}" for line in [*_encoder(network), *_decoder(network)])
    preparation = source.model.preparation
    loops = joined_modules((keras_loops, *unit_modules(preparation)), IMPORTS)
    own = _BUILD.format(
        recurrent=recurrent_text(network.decoder, ("return_sequences=True",)), build=build, outputs=sizes.outputs
    )
    return head + loops + own + LOAD + unit_functions(preparation)


def _encoder(network: WritingDescription) -> list[str]:
    """Lines that make `x`, what is read at each step, and the decoder's first states, `l0`, …"""
    encoder, kinds = network.encoder, network.decoder.spec.states
    if encoder is None:
        own = [["read" for _ in kinds] for _ in network.decoder.levels]
        return [f"read = keras.Input(({network.sizes.inputs},))", *_bridge(network, own)]
    lines = [f"x = read = keras.Input((None, {network.sizes.inputs}))"]
    if network.sizes.reads_tokens:
        lines = ['read = keras.Input((None,), dtype="int32")', f"x = {_embedding(network, 'source')}(read)"]
    for number, level in enumerate(encoder.levels):
        made = layer_text(encoder, level, ("return_state=True",), "encoder_")
        lines.append(f"x, *l{number} = {made}(x)")
    if not network.bridged:
        return lines
    count, levels = len(kinds), range(len(encoder.levels))
    ends = [[f"layers.Concatenate()([l{n}[{k}], l{n}[{k + count}]])" for k in range(count)] for n in levels]
    return lines + _bridge(network, ends)


def _bridge(network: WritingDescription, ends: list[list[str]]) -> list[str]:
    """Lines that make the decoder's first states from what is named for each layer and kind of state."""
    kinds, lines = network.decoder.spec.states, []
    for number, (units, own) in enumerate(zip(network.decoder.config.widths, ends, strict=True)):
        made = [
            f'    layers.Dense({units}, name="bridge_{kind}_l{number}")({end}),'
            for kind, end in zip(kinds, own, strict=True)
        ]
        lines += [f"l{number} = [", *made, "]"]
    return lines


def _embedding(network: WritingDescription, side: str) -> str:
    shape = ", ".join(map(str, network.weights[f"embedding.{side}.weight"].shape))
    return f'layers.Embedding({shape}, name="embedding_{side}")'


def _decoder(network: WritingDescription) -> list[str]:
    lines = [f"y = before = keras.Input((None, {network.sizes.heard}))"]
    if network.sizes.writes_tokens:
        lines = ['before = keras.Input((None,), dtype="int32")', f"y = {_embedding(network, 'target')}(before)"]
    if network.repeat_input:
        lines.append("repeated = keras.ops.zeros_like(y[:, :, :1]) + keras.ops.expand_dims(read, 1)")
        lines.append("y = layers.Concatenate()([y, repeated])")
    for number, level in enumerate(network.decoder.levels):
        made = layer_text(network.decoder, level, (), "decoder_")
        lines.append(f"y = {made}(y, initial_state=l{number})")
    if network.attention == "none":
        return lines
    size, hidden = (network.weights[f"attention.{name}.weight"].shape[0] for name in ("query", "combine"))
    lines.append(f"query = {_dense(size, 'query')}(y)")
    if network.attention == "multiplicative":
        lines.append("context = layers.Attention()([query, x])")
    else:
        lines.append(f"key = {_dense(size, 'key')}(x)")
        lines.append('context = layers.AdditiveAttention(name="attention_score")([query, x, key])')
    lines.append("y = layers.Concatenate()([context, y])")
    return [*lines, "y = " + _dense(hidden, "combine", 'activation="tanh", ') + "(y)"]


def _dense(units: int, name: str, more: str = "") -> str:
    return f'layers.Dense({units}, {more}use_bias=False, name="attention_{name}")'
