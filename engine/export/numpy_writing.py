"""A network that reads and then writes, in NumPy and nothing else, one step after the other.

Exported Python files hold this very text after that of `numpy_network`, so it imports nothing else of the workbench.

Shapes: S steps read, U steps written, B sequences, H hidden units, D numbers of a step read, O outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.export.numpy_network import joined_ends, run_layers


def begin_writing(step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any) -> dict[str, Any]:
    """Read `x`, (S, B) tokens, (S, B, I) numbers or a vector (1, B, I); the decoder's states, and what it looks at."""
    kinds, levels = range(len(config["states"])), config["decoder"]["layers"]
    at: dict[str, Any] = {"beside": x[0] if config["repeat_input"] else None}
    if config["encoder"] is None:
        ends = [[x[0] for _ in kinds] for _ in levels]
    else:
        if "embedding.source.weight" in weights:
            x = weights["embedding.source.weight"][x]
        at["memory"], _, carried = run_layers(step, config["encoder"], weights, x)
        if config["attention"] == "additive":
            at["keys"] = at["memory"] @ weights["attention.key.weight"].T
        ends = joined_ends(config["encoder"], carried)
    at["states"] = {
        ending: tuple(
            bridged(config, weights, f"{kind}_{ending}", end) for kind, end in zip(config["states"], level, strict=True)
        )
        for (ending,), level in zip(levels, ends, strict=True)
    }
    return at


def bridged(config: dict[str, Any], weights: dict[str, Any], name: str, end: Any) -> Any:
    """A state (B, H) that the decoder begins with, from a vector (B, ·)."""
    return end @ weights[f"bridge.{name}.weight"].T + weights[f"bridge.{name}.bias"] if config["bridged"] else end


def write_step(
    step: Any, config: dict[str, Any], weights: dict[str, Any], before: Any, at: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """Answers (B, O) after what was written before, tokens (B,) or numbers (B, ·); and where the decoder is then."""
    x = weights["embedding.target.weight"][before] if "embedding.target.weight" in weights else before
    if at["beside"] is not None:
        x = np.concatenate([x, at["beside"]], axis=1)
    hidden, _, states = run_layers(step, config["decoder"], weights, x[None], at["states"])
    row = hidden[0]
    if config["attention"] != "none":
        row = attended(config, weights, row, at)
    return row @ weights["readout.weight"].T + weights["readout.bias"], {**at, "states": states}


def attended(config: dict[str, Any], weights: dict[str, Any], row: Any, at: dict[str, Any]) -> Any:
    """The decoder's state (B, H) together with a mean of what was read, weighed by how well it fits."""
    query = row @ weights["attention.query.weight"].T
    if config["attention"] == "multiplicative":
        scores = (at["memory"] * query).sum(axis=-1)
    else:
        scores = np.tanh(at["keys"] + query) @ weights["attention.score.weight"][0]
    shares = np.exp(scores - scores.max(axis=0))
    context = ((shares / shares.sum(axis=0))[..., None] * at["memory"]).sum(axis=0)
    return np.tanh(np.concatenate([context, row], axis=1) @ weights["attention.combine.weight"].T)


def taken(at: dict[str, Any], order: Any) -> dict[str, Any]:
    """Where the decoder is in the sequences `order`, which may repeat."""
    beside = None if at["beside"] is None else at["beside"][order]
    looked: dict[str, Any] = {name: at[name][:, order] for name in ("memory", "keys") if name in at}
    states = {ending: tuple(vector[order] for vector in state) for ending, state in at["states"].items()}
    return looked | {"beside": beside, "states": states}


def scores_when_told(step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, before: Any) -> Any:
    """Answers (U, B, O) where the decoder is told what was written before each step: tokens (U, B)."""
    at, found = begin_writing(step, config, weights, x), []
    for told in before:
        answers, at = write_step(step, config, weights, told, at)
        found.append(answers)
    return np.stack(found)


def likeliest(scores: Any) -> Any:
    """Tokens (B,) of scores (B, O); those for what is unknown and for the start are never written."""
    return 2 + scores[:, 2:].argmax(axis=1)


def written_tokens(
    step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, limit: int, choose: Any = likeliest
) -> Any:
    """Tokens (`limit`, B) that the network writes by itself, stops (2) behind the end of each sequence."""
    at, before = begin_writing(step, config, weights, x), np.ones(x.shape[1], int)
    tokens = np.full((limit, x.shape[1]), 2)
    for place in range(limit):
        answers, at = write_step(step, config, weights, before, at)
        before = tokens[place] = np.where(before == 2, 2, choose(answers))
        if (before == 2).all():
            break
    return tokens


def written_numbers(step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, told: Any) -> Any:
    """Answers (U, B, O) that the network goes on from by itself; of several quantiles it hears the middle one.

    Of `told`, (U, B, ·), only the first step is heard, and of the others what is known ahead of them.
    """
    at, before, found = begin_writing(step, config, weights, x), told[0], []
    for place in range(len(told)):
        answers, at = write_step(step, config, weights, before, at)
        found.append(answers)
        own = answers[:, config["middle"] :: config["width"]]
        following = told[min(place + 1, len(told) - 1)]
        before = np.concatenate([own, following[:, own.shape[1] :]], axis=1).astype(told.dtype)
    return np.stack(found)
