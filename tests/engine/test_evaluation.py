from __future__ import annotations

import math

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.data import Dataset
from engine.held_out.evaluation import Score, answers, score, scoring
from engine.held_out.predictions import Predictions
from engine.losses import Loss, loss_for
from engine.network import Network
from engine.networks import make_network
from engine.prediction_records import SeriesPrediction


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


@pytest.mark.parametrize(
    ("sample", "changes"),
    [
        *[(sample, {}) for sample in ("noisy_sine", "alice", "adding", "japanese_vowels", "number_words")],
        ("airline_passengers", {"data.horizon": 4, "model.topology": "many_to_many"}),
        ("number_words", {"data.judge": "symbol error rate"}),
        ("english_spanish_verses", {"data.judge": "BLEU"}),
    ],
)
def test_the_main_score_alone_is_the_first_of_all(sample: str, changes: dict[str, object]) -> None:
    experiment = data.sample(sample).experiment.replace(
        {"model.hidden_size": 4, "model.embedding_size": 4, "training.threads": 1, **changes}
    )
    dataset = data.load(experiment)
    loss = loss_for(experiment.training, dataset)
    network = make_network(experiment.model, dataset, width=loss.width, seed=3, threads=1)
    steps = scoring(network, dataset, "validation", 32, loss, whole=False)
    with pytest.raises(StopIteration) as done:
        next(steps)
    whole = score(network, dataset, "validation", 32, loss)
    assert done.value.value.metrics == whole.metrics[:1]


@pytest.mark.parametrize("changes", [{}, {"training.loss": "quantile"}, {"model.topology": "many_to_many"}])
def test_what_was_scored_is_judged_as_if_it_were_said_anew(experiment: Experiment, changes: dict[str, object]) -> None:
    experiment = experiment.replace(changes)
    dataset = data.load(experiment)
    loss = loss_for(experiment.training, dataset)
    network = make_network(experiment.model, dataset, width=loss.width, seed=3, threads=1)
    predictions = Predictions(network, dataset, loss)
    said = predictions.listener()
    assert said is not None
    score(network, dataset, "validation", 7, loss, heard=said.add)
    heard, anew = predictions.judged(said), predictions.judged()
    assert isinstance(heard, SeriesPrediction)
    assert isinstance(anew, SeriesPrediction)
    np.testing.assert_array_equal(heard.forecast, anew.forecast)
    assert heard.rmse == anew.rmse


@pytest.mark.parametrize("sample", ["alice", "number_words"])
def test_what_is_written_is_not_kept_to_be_judged(sample: str) -> None:
    experiment = data.sample(sample).experiment.replace({"model.hidden_size": 4})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=0, threads=1)
    assert Predictions(network, dataset, Loss(dataset.loss)).listener() is None


@pytest.mark.parametrize("attention", ["none", "additive"])
def test_what_a_network_says_when_told_is_scored_before_it_writes(attention: str) -> None:
    changes = {"model.hidden_size": 4, "model.embedding_size": 3, "model.attention": attention}
    experiment = data.sample("number_words").experiment.replace(changes)
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=0, threads=1)
    loss = Loss(dataset.loss)
    found = score(network, dataset, "validation", 32, loss)
    told = [
        (loss.mean(values, batch), batch, values.copy())
        for batch, values in answers(network, dataset.batches("validation", 32))
    ]
    counted = sum(count for (_, count), _, _ in told)
    right = sum(float(((values.argmax(axis=-1) == batch.targets) * batch.weights).sum()) for _, batch, values in told)
    scores = dict(found.metrics)
    assert scores["symbols right when told"] == pytest.approx(right / counted)
    assert scores["loss when told"] == pytest.approx(found.loss, rel=1e-5)
    assert found.loss == pytest.approx(sum(mean * count for (mean, count), _, _ in told) / counted)


def test_an_empty_part_has_no_score(experiment: Experiment) -> None:
    dataset: Dataset = data.load(experiment.replace({"data.validation": 0}))
    network = Network(experiment.model, 1, 1, threads=1)
    found = score(network, dataset, "validation", 8)
    assert found.metrics == Score().metrics
    assert math.isnan(found.loss)
    assert math.isnan(found.metric)
