"""What a network that reads text expects next, and on which earlier symbols that hangs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset
from engine.data.texts.text_dataset import TextDataset
from engine.inside_records import Influence, Reading, frozen
from engine.layers import looking
from engine.network import Network
from engine.networks import AnyNetwork

GUESSES = 5


def reading(network: AnyNetwork, dataset: Dataset, asked: int | None) -> Reading | None:
    """What layers make of every step of a passage, the best guesses, and for the step `asked` what they hang on.

    None where no running text is read.
    """
    if not (isinstance(dataset, TextDataset) and isinstance(network, Network) and network.aligned):
        return None
    passage, vocabulary = dataset.passage(), dataset.vocabulary
    chances = _softmax(network.forward(passage.inputs, passage.lengths).values[:, 0].astype(np.float64))
    best = np.argsort(-chances, axis=1, kind="stable")[:, :GUESSES]

    def name(token: int) -> str:
        return vocabulary.shown([token])[0]

    layers = looking.traces(level.directions for level in network.stack.levels)
    influence = None
    if asked is not None and 0 <= asked < len(best):
        influence = Influence(asked, name(best[asked, 0]), _influence(network, chances, asked, int(best[asked, 0])))
    return Reading(
        labels=vocabulary.shown(passage.inputs[:, 0]),
        following=tuple(name(token) for token in passage.targets[:, 0]),
        guesses=tuple(tuple(name(token) for token in row) for row in best),
        chances=frozen(np.take_along_axis(chances, best, axis=1)),
        layers=layers,
        influence=influence,
    )


def _influence(network: Network, chances: NDArray[np.float64], step: int, guess: int) -> NDArray[np.float32]:
    """‖∂ log p / ∂(embedding)‖ of every step, right after the forward pass."""
    d_values = np.zeros((len(chances), 1, chances.shape[1]), network.dtype)
    d_values[step, 0] = -chances[step]
    d_values[step, 0, guess] += 1.0
    d_inputs, _ = network.backward(d_values)
    return frozen(np.linalg.norm(d_inputs[:, 0], axis=1))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return result
