from __future__ import annotations

import math

import pytest

from engine import data
from engine.config import Experiment
from engine.data import Dataset
from engine.evaluation import Score, score
from engine.network import Network


@pytest.mark.parametrize("sample", ["noisy_sine", "alice", "adding"])
def test_the_score_does_not_depend_on_the_batch_size(sample: str) -> None:
    changes = {"model.hidden_size": 4, "model.embedding_size": 4, "training.threads": 1}
    experiment = data.sample(sample).experiment.replace(changes)
    dataset = data.load(experiment)
    network = Network(experiment.model, dataset.input_size, dataset.output_size, tokens=dataset.tokens, threads=1)
    small, large = (score(network, dataset, "validation", size) for size in (7, 32))
    assert small.metrics[0][0] == dataset.metric
    assert small.metric == pytest.approx(large.metric, rel=1e-3)
    assert small.loss == pytest.approx(large.loss, rel=1e-3)


def test_an_empty_part_has_no_score(experiment: Experiment) -> None:
    dataset: Dataset = data.load(experiment.replace({"data.validation": 0}))
    network = Network(experiment.model, 1, 1, threads=1)
    found = score(network, dataset, "validation", 8)
    assert found.metrics == Score().metrics
    assert math.isnan(found.loss)
    assert math.isnan(found.metric)
