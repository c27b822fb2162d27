from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.data import Batch, Dataset
from engine.evaluation import Score, loss_sum, score
from engine.network import Network


def batch_of(topology: str, loss: str) -> Batch:
    """Five sequences of six steps, two outputs; some answers left out."""
    random = np.random.default_rng(0)
    shape = (5,) if topology == "many_to_one" else (6, 5)
    targets = random.standard_normal((*shape, 2)) if loss == "mse" else random.integers(0, 2, shape)
    return Batch(
        inputs=random.standard_normal((6, 5, 3)).astype(np.float32),
        lengths=np.full(5, 6),
        targets=targets.astype(np.float32 if loss == "mse" else np.int32),
        weights=random.integers(0, 2, shape).astype(np.float32),
        continues=False,
        positions=np.arange(5),
    )


@pytest.mark.parametrize("topology", ["many_to_one", "many_to_many"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_the_loss_is_the_one_that_is_trained(topology: str, loss: str) -> None:
    network = Network(Experiment().replace({"model.topology": topology}).model, 3, 2, threads=1)
    batch = batch_of(topology, loss)
    total, weight = loss_sum(network.forward(batch.inputs).values, batch, loss)
    assert weight == batch.weights.sum()
    assert total / weight == pytest.approx(network.loss_and_gradients(batch, loss).loss, rel=1e-5)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_what_is_left_out_may_hold_anything(loss: str) -> None:
    batch = replace(batch_of("many_to_one", loss), weights=np.array([1, 0, 1, 0, 0], np.float32))
    values = np.zeros((5, 2), np.float32)
    expected = loss_sum(values, batch, loss)
    values[1] = np.nan
    assert loss_sum(values, batch, loss) == expected


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
