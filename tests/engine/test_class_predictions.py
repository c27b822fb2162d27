"""Which held-out sequences are shown to be read."""

from __future__ import annotations

import numpy as np
import pytest

from engine import data
from engine.data.sequences.labelled_text import LabelledTextDataset
from engine.events import Evaluated
from engine.held_out import class_predictions
from engine.held_out.class_predictions import ClassPredictions
from engine.held_out.evaluation import answers, score
from engine.networks import make_network
from engine.prediction_records import ClassPrediction
from engine.training import TrainingRun


@pytest.mark.parametrize("sample", ["japanese_vowels", "product_reviews", "temporal_order", "seattle_weather_type"])
def test_mistakes_come_first_and_then_doubts(sample: str) -> None:
    experiment = data.sample(sample).experiment.replace({"model.hidden_size": 4, "model.embedding_size": 3})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=2, threads=1)
    found = ClassPredictions(network, dataset).now((("another", 0.5),))
    assert found.baselines[-1] == ("another", 0.5)
    wrong = [each.certainty for each in found.examples if each.truth != each.answer]
    right = [each.certainty for each in found.examples if each.truth == each.answer]
    assert 0 < len(found.examples) <= 60
    assert [each.truth == each.answer for each in found.examples] == sorted([False] * len(wrong) + [True] * len(right))
    assert wrong == sorted(wrong, reverse=True)
    assert right == sorted(right)
    names, truths = dataset.labels("validation"), dataset.truth("validation")
    for each in found.examples:
        assert dataset.classes[int(truths[names.index(each.name)])] == each.truth
        assert bool(each.text) == (isinstance(dataset, LabelledTextDataset) or sample == "temporal_order")
        if sample == "temporal_order":
            assert each.text == " ".join(dataset.words("validation", names.index(each.name)))
        assert (each.values is not None) == (sample == "japanese_vowels")  # of which alone there is a picture


def test_the_probability_is_that_of_the_answer() -> None:
    experiment = data.sample("japanese_vowels").experiment.replace({"model.hidden_size": 4})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=2, threads=1)
    (first, *_) = ClassPredictions(network, dataset).now(()).examples
    at = dataset.labels("validation").index(first.name)
    for batch, values in answers(network, dataset.batches("validation", 7)):
        for row in np.flatnonzero(batch.positions == at):
            shares = dataset.decode(values)[row]
            assert first.certainty == pytest.approx(shares.max(), rel=1e-5)
            assert first.answer == dataset.classes[shares.argmax()]


@pytest.mark.parametrize("sample", ["japanese_vowels", "embedded_reber", "product_reviews", "temporal_order"])
@pytest.mark.parametrize("most", [4096, 21])
def test_heard_while_it_is_scored_it_is_what_is_said_when_asked_apart(
    sample: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first sequences that are counted, however the part is cut into batches."""
    monkeypatch.setattr(class_predictions, "_COUNTED", most)
    monkeypatch.setattr(class_predictions, "_BATCH", 7)
    experiment = data.sample(sample).experiment.replace({"model.hidden_size": 4, "model.embedding_size": 3})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=2, threads=1)
    predictions = ClassPredictions(network, dataset)
    heard, apart = predictions.room(), predictions.now(())
    score(network, dataset, "validation", 16, heard=heard.add)
    found = heard.found((), shows=True)
    assert isinstance(found, ClassPrediction)
    assert isinstance(apart, ClassPrediction)
    np.testing.assert_array_equal(found.counts, apart.counts)
    assert found.scores == apart.scores
    assert [each.name for each in found.examples] == [each.name for each in apart.examples]
    if found.track and apart.track:
        shown = slice(None, most)  # of at least one step each
        assert found.track.labels[shown] == apart.track.labels[shown]
        np.testing.assert_array_equal(found.track.answers[shown], apart.track.answers[shown])
    else:
        assert found.counts.sum() == min(most, dataset.count("validation"))


def test_a_run_asks_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says while it is scored is judged as well."""
    experiment = data.sample("japanese_vowels").experiment.replace({"model.hidden_size": 4, "training.epochs": 50})
    run = TrainingRun(experiment, data.load(experiment))
    monkeypatch.setattr(ClassPredictions, "now", None)
    assert sum(isinstance(next(run), Evaluated) for _ in range(100)) >= 3


def test_what_nobody_is_shown_is_counted_and_not_read() -> None:
    experiment = data.sample("japanese_vowels").experiment.replace({"model.hidden_size": 4})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, width=1, seed=2, threads=1)
    heard = ClassPredictions(network, dataset).room()
    score(network, dataset, "validation", 16, heard=heard.add)
    shown, counted = (heard.found((), shows=shows) for shows in (True, False))
    np.testing.assert_array_equal(counted.counts, shown.counts)
    assert shown.examples
    assert not counted.examples
