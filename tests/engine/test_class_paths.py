"""Some held-out sequences of every class, and what the network makes of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine import data
from engine.inside.class_paths import PathsByClass
from engine.networks import make_network

_SMALL = {"model.hidden_size": 5, "training.threads": 1}


@pytest.mark.parametrize(
    ("sample", "changes"),
    [
        ("japanese_vowels", {"model.bidirectional": True}),
        ("japanese_vowels", {"model.cell": "lstm", "model.num_layers": 2, "data.validation": 0}),
        ("product_reviews", {"model.embedding_size": 3}),
        ("temporal_order", {}),
    ],
)
def test_paths_are_those_of_each_sequence_alone(sample: str, changes: dict[str, object]) -> None:
    experiment = data.sample(sample).experiment.replace(_SMALL | changes)
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=1, threads=1)
    by_class = PathsByClass(network, dataset)
    found, batch = by_class.now(), by_class._chosen
    assert found is not None
    assert batch is not None
    assert set(found.classes) == set(dataset.classes)
    counts = Counter(found.classes)
    assert max(counts.values()) - min(counts.values()) <= 1 or len(found.classes) < 48
    for at in (0, len(found.classes) - 1):
        alone = batch.inputs[: batch.lengths[at], at : at + 1]
        assert found.answers[at] == dataset.classes[network.forward(alone).values[0].argmax()]
        for layer, trace in enumerate(network.trace(alone)):  # type: ignore[union-attr]
            np.testing.assert_allclose(found.states[layer][at], trace.hidden, atol=1e-6)


@pytest.mark.parametrize("sample", ["airline_passengers", "alice", "number_words", "embedded_reber"])
def test_what_has_no_class_for_a_whole_sequence_has_no_such_paths(sample: str) -> None:
    experiment = data.sample(sample).experiment.replace(_SMALL)
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=1, threads=1)
    assert PathsByClass(network, dataset).now() is None
