"""The step of `peers` in JAX: the input's product for all steps at once, then `lax.scan` under `jit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.peers import Point

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_GATES = {"elman": 1, "lstm": 4, "gru": 3}


def _elman(weights: Any, state: Any, z: Any) -> Any:
    h = jnp.tanh(z + state[0] @ weights["hidden"] + weights["hidden_bias"])
    return (h,), h


def _lstm(weights: Any, state: Any, z: Any) -> Any:
    h, c = state
    i, f, g, o = jnp.split(z + h @ weights["hidden"] + weights["hidden_bias"], 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


def _gru(weights: Any, state: Any, z: Any) -> Any:
    (h,) = state
    own = jnp.split(h @ weights["hidden"] + weights["hidden_bias"], 3, axis=-1)
    given = jnp.split(z, 3, axis=-1)
    r, u = jax.nn.sigmoid(given[0] + own[0]), jax.nn.sigmoid(given[1] + own[1])
    h = (1 - u) * jnp.tanh(given[2] + r * own[2]) + u * h
    return (h,), h


_CELLS = {"elman": _elman, "lstm": _lstm, "gru": _gru}


def _weights(point: Point) -> Any:
    """PyTorch's shapes, turned around, and its start values."""
    random, bound = np.random.default_rng(1), point.hidden**-0.5
    directions = 2 if point.bidirectional else 1

    def draw(*shape: int) -> Any:
        return jnp.asarray(random.uniform(-bound, bound, shape), jnp.float32)

    wide = _GATES[point.cell] * point.hidden
    layers = []
    for level in range(point.layers):
        size = directions * point.hidden if level else point.inputs
        shapes = {"input": (size, wide), "input_bias": (wide,), "hidden": (point.hidden, wide), "hidden_bias": (wide,)}
        layers.append([{name: draw(*shape) for name, shape in shapes.items()} for _ in range(directions)])
    return {"layers": layers, "readout": draw(directions * point.hidden, 1), "bias": draw(1)}


def _forward(point: Point, weights: Any, inputs: Any) -> Any:
    cell, zero = _CELLS[point.cell], jnp.zeros((point.batch, point.hidden), jnp.float32)
    start = (zero, zero) if point.cell == "lstm" else (zero,)
    x = inputs
    for layer in weights["layers"]:
        sides = []
        for direction, own in enumerate(layer):
            z = x @ own["input"] + own["input_bias"]
            step = lambda state, row, own=own: cell(own, state, row)  # noqa: E731
            sides.append(jax.lax.scan(step, start, z, reverse=bool(direction))[1])
        x = jnp.concatenate(sides, axis=-1)
    return x @ weights["readout"] + weights["bias"]


def _adam(weights: Any, gradient: Any, memory: Any, rate: float) -> Any:
    first, second, count = memory
    count = count + 1
    first = jax.tree.map(lambda m, g: _BETA1 * m + (1 - _BETA1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: _BETA2 * v + (1 - _BETA2) * g * g, second, gradient)
    one, two = 1 - _BETA1**count, 1 - _BETA2**count
    moved = jax.tree.map(lambda w, m, v: w - rate * (m / one) / (jnp.sqrt(v / two) + _EPSILON), weights, first, second)
    return moved, (first, second, count)


def stepper(point: Point, rate: float, clip: float, inference: bool) -> Callable[[], object]:
    """A function that does one step and waits for it."""
    weights = _weights(point)
    inputs, targets = map(jnp.asarray, point.data())
    if inference:
        answer = jax.jit(lambda weights, inputs: _forward(point, weights, inputs))
        return lambda: answer(weights, inputs).block_until_ready()
    zeros = jax.tree.map(jnp.zeros_like, weights)
    kept = [weights, (zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros(()))]

    @jax.jit
    def train(weights: Any, memory: Any) -> Any:
        gradient = jax.grad(lambda w: jnp.mean((_forward(point, w, inputs) - targets) ** 2))(weights)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(gradient)))
        scale = jnp.minimum(1.0, clip / (norm + 1e-6))
        return _adam(weights, jax.tree.map(lambda g: g * scale, gradient), memory, rate)

    def step() -> None:
        kept[:] = train(*kept)
        jax.block_until_ready(kept)

    return step
