"""Writing text with a trained network, one token after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats
from engine.network import Network


def continue_text(
    network: Network, prompt: NDArray[np.int32], length: int, temperature: float, seed: int = 0
) -> NDArray[np.int32]:
    """Tokens (length,) that follow the `prompt` (T,), T at least 1.

    Token 0 stands for what the network never saw and is never written.

    Args:
        network: Maps tokens to scores at every step.
        prompt: What to go on from.
        length: How many tokens to write.
        temperature: 0 takes the likeliest each time; 1 draws as the network weighs them; higher is bolder.
        seed: The same seed draws the same text from the same weights.
    """
    random = np.random.Generator(np.random.Philox(key=seed)).random(length)
    written = np.empty(length, np.int32)
    output = network.forward(np.ascontiguousarray(prompt, np.int32)[:, None])
    token = np.empty((1, 1), np.int32)
    for place in range(length):
        token[0, 0] = written[place] = 1 + _chosen(output.values[-1, 0, 1:], temperature, float(random[place]))
        output = network.forward(token, state=output.state)
    return written


def _chosen(scores: Floats, temperature: float, at: float) -> int:
    """Index into `scores` (V,) at the share `at` of the distribution they make at this temperature."""
    if temperature <= 0:
        return int(scores.argmax())
    shares = np.exp((scores - scores.max()).astype(np.float64) / temperature).cumsum()
    return min(int(shares.searchsorted(at * shares[-1], side="right")), len(scores) - 1)
