"""What is expected next at every character, and on which characters that hangs."""

from __future__ import annotations

import numpy as np
import pytest

from engine import data
from engine.data.texts.text_dataset import TextDataset
from engine.inside.reading import GUESSES, reading
from engine.network import Network

EXPERIMENT = data.sample("alice").experiment.replace({"model.hidden_size": 8, "model.embedding_size": 4})


@pytest.fixture(scope="module")
def dataset() -> TextDataset:
    made = data.load(EXPERIMENT)
    assert isinstance(made, TextDataset)
    return made


def network_for(dataset: TextDataset, bidirectional: bool = False) -> Network:
    model = EXPERIMENT.replace({"model.bidirectional": bidirectional}).model
    return Network(
        model, dataset.input_size, dataset.output_size, tokens=True, dtype=np.float64, threads=1, seed=3
    )  # fmt: skip


def test_guesses_are_the_most_likely_characters(dataset: TextDataset) -> None:
    network = network_for(dataset)
    found = reading(network, dataset, None)
    assert found is not None
    passage = dataset.passage()
    scores = network.forward(passage.inputs, passage.lengths).values[:, 0]
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert found.chances.shape == (len(found.labels), GUESSES)
    np.testing.assert_allclose(found.chances, -np.sort(-chances, axis=1)[:, :GUESSES], rtol=1e-5)
    assert found.following[:-1] == found.labels[1:]
    assert found.guesses[0][0] == dataset.preparation.decode(np.array([chances[0].argmax()]))
    assert found.influence is None
    (layer,) = found.layers
    np.testing.assert_array_equal(layer.hidden, network.trace_batch(passage)[0].hidden)


def test_influence_is_the_slope_of_the_guess(dataset: TextDataset) -> None:
    """Against finite differences: a character's embedding is moved where only this character has it."""
    network, passage, step = network_for(dataset), dataset.passage(), 12
    found = reading(network, dataset, step)
    assert found is not None
    assert found.influence is not None
    tokens = passage.inputs[: step + 1, 0].tolist()
    alone = [place for place, token in enumerate(tokens) if tokens.count(token) == 1]
    assert alone

    def log_chance(guess: int) -> float:
        network.changed()
        scores = network.forward(passage.inputs, passage.lengths).values[step, 0]
        return float(scores[guess] - np.log(np.exp(scores).sum()))

    guess = int(network.forward(passage.inputs, passage.lengths).values[step, 0].argmax())
    table = network.parameters.view("embedding.weight")
    for place in alone:
        slopes = []
        for column in range(table.shape[1]):
            table[tokens[place], column] += 1e-6
            up = log_chance(guess)
            table[tokens[place], column] -= 2e-6
            slopes.append((up - log_chance(guess)) / 2e-6)
            table[tokens[place], column] += 1e-6
        assert found.influence.norms[place] == pytest.approx(np.linalg.norm(slopes), rel=1e-4)


def test_the_future_has_no_influence_but_on_who_reads_backward(dataset: TextDataset) -> None:
    for both in (False, True):
        found = reading(network_for(dataset, both), dataset, 5)
        assert found is not None
        assert found.influence is not None
        assert (found.influence.norms[6:] != 0).any() == both


def test_a_series_is_not_read_like_text() -> None:
    series = data.load(data.sample("noisy_sine").experiment)
    model = data.sample("noisy_sine").experiment.model
    assert reading(Network(model, series.input_size, series.output_size, threads=1), series, None) is None
