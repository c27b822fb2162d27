"""Writing text with a trained network, one token after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats
from engine.network import Network


def continue_text(
    network: Network, prompt: NDArray[np.int32], length: int, temperatures: Sequence[float], seed: int = 0
) -> NDArray[np.int32]:
    """Tokens (length, K) that follow the `prompt` (T,), T at least 1, at each of K temperatures, all at once.

    Token 0 stands for what the network never saw and is never written.

    Args:
        network: Maps tokens to scores at every step.
        prompt: What to go on from.
        length: How many tokens to write.
        temperatures: 0 takes the likeliest each time; 1 draws as the network weighs them; higher is bolder.
        seed: The same seed draws the same text from the same weights.
    """
    random = np.random.Generator(np.random.Philox(key=seed)).random(length)
    written = np.empty((length, len(temperatures)), np.int32)
    read = np.ascontiguousarray(np.repeat(np.asarray(prompt, np.int32)[:, None], len(temperatures), axis=1))
    output = network.forward(read)
    for place in range(length):
        for text, temperature in enumerate(temperatures):
            scores = output.values[-1, text, 1:]
            written[place, text] = 1 + _chosen(scores, temperature, float(random[place]))
        output = network.forward(written[place : place + 1], state=output.state)
    return written


def _chosen(scores: Floats, temperature: float, at: float) -> int:
    """Index into `scores` (V,) at the share `at` of the distribution they make at this temperature."""
    if temperature <= 0:
        return int(scores.argmax())
    shares = np.exp((scores - scores.max()).astype(np.float64) / temperature).cumsum()
    return min(int(shares.searchsorted(at * shares[-1], side="right")), len(scores) - 1)
