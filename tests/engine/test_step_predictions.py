"""Held-out sequences with a value at every step are shown step by step."""

from __future__ import annotations

import numpy as np
import pytest

from engine import data
from engine.data.sequences.class_metrics import ValueScorer
from engine.data.sequences.sequence_dataset import LabelledDataset
from engine.held_out.evaluation import answers
from engine.held_out.step_predictions import StepPredictions
from engine.networks import make_network


def test_every_step_is_shown_as_it_is_scored() -> None:
    experiment = data.sample("freezing_of_gait").experiment.replace({"model.hidden_size": 4})
    dataset = data.load(experiment)
    assert isinstance(dataset, LabelledDataset)
    network = make_network(experiment.model, dataset, width=1, seed=2, threads=1)
    scorer = ValueScorer(dataset.answers)
    for batch, values in answers(network, dataset.batches("validation", 7)):
        scorer.add(batch, values)
    shown = StepPredictions(dataset, 0, 2000)
    found = shown.now(network)
    rows = dataset.answered("validation")
    assert len(found.truth) == len(rows) > 500
    assert found.rmse == pytest.approx(dict(scorer.result())["RMSE"], rel=1e-4)
    assert found.labels[0] == str(rows[0] + 1)
    assert dict(found.baseline_rmse) == pytest.approx(dict(dataset.baselines("validation")), rel=1e-4)
    shown.compare("another", network)
    assert np.array_equal(shown.now(network).baselines[-1][1], found.forecast)
    last = StepPredictions(dataset, 0, 10).now(network)
    assert np.array_equal(last.forecast, found.forecast[-10:])
    assert last.labels == found.labels[-10:]
