"""Networks that read one thing and write another, written out plainly: one pair, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.reference import Array, Model, Weights, run_sequence


@dataclass(frozen=True)
class WritingModel:
    """What of a network that writes the equations need beside its parameters."""

    encoder: Model | None
    decoder: Model
    attention: str
    repeat_input: bool


def attention(kind: str, p: Weights, h: Array, memory: Array) -> tuple[Array, Array]:
    """h̃ and the weights (S,) of one step written.

    Luong et al. (2015), eq. 5, 7 and 8; Bahdanau et al. (2015), A.1.2.
    """
    if kind == "multiplicative":
        scores = np.array([(p["attention.query.weight"] @ h) @ m for m in memory])
    else:
        query, key = p["attention.query.weight"], p["attention.key.weight"]
        scores = np.array([p["attention.score.weight"][0] @ np.tanh(query @ h + key @ m) for m in memory])
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    context = sum(weight * m for weight, m in zip(weights, memory, strict=True))
    return np.tanh(p["attention.combine.weight"] @ np.concatenate([context, h])), weights


def initial_states(p: Weights, vectors: list[list[Array]]) -> list[Array]:
    """States (kinds, H) of each layer that the decoder begins with, from a vector for each of them."""
    order = ("hidden", "input", "forget", "output", "cell")
    kinds = [kind for kind in order if f"bridge.{kind}_l0.weight" in p]
    if not kinds:
        return [np.stack(level) for level in vectors]
    states = []
    for n, level in enumerate(vectors):
        linear = [(p[f"bridge.{kind}_l{n}.weight"], p[f"bridge.{kind}_l{n}.bias"]) for kind in kinds]
        states.append(np.stack([weight @ v + bias for (weight, bias), v in zip(linear, level, strict=True)]))
    return states


def part_of(p: Weights, name: str, width: int) -> Weights:
    """The parameters of encoder or decoder as those of a network that hands its hidden states on."""
    mine = {full.removeprefix(name): value for full, value in p.items() if full.startswith(name)}
    own = {own if own.startswith("initial.") else f"rnn.{own}": value for own, value in mine.items()}
    return own | {"readout.weight": np.eye(width), "readout.bias": np.zeros(1)}


def write_sequence(model: WritingModel, p: Weights, source: Array, before: Array) -> tuple[Array, Array]:
    """Answers (U, O) and attention (U, S) where what came before each step is told.

    `source` is (S,) tokens, (S, I) numbers, or (1, I) numbers where there is no encoder.
    """
    states, layers = model.decoder.states, len(model.decoder.widths)
    memory, vectors = np.zeros((1, 0)), [[source[0]] * states] * layers
    if model.encoder:
        read = p["embedding.source.weight"][source] if source.ndim == 1 else source
        directions = model.encoder.directions
        width = model.encoder.widths[-1] * (1 if model.encoder.summed else directions)
        memory, last = run_sequence(model.encoder, part_of(p, "encoder.", width), read)
        levels = [last[layer * directions :][:directions] for layer in range(layers)]
        vectors = [[np.concatenate([way[kind] for way in level]) for kind in range(states)] for level in levels]
    told = p["embedding.target.weight"][before] if before.ndim == 1 else before
    if model.repeat_input:
        told = np.concatenate([told, np.repeat(source, len(told), axis=0)], axis=1)
    own = part_of(p, "decoder.", model.decoder.widths[-1])
    hidden, _ = run_sequence(model.decoder, own, told, initial_states(p, vectors))
    weights = np.zeros((len(told), len(memory)))
    if model.attention != "none":
        rows = [attention(model.attention, p, h, memory) for h in hidden]
        hidden, weights = np.stack([row for row, _ in rows]), np.stack([each for _, each in rows])
    return hidden @ p["readout.weight"].T + p["readout.bias"], weights
