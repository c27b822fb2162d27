import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.events import Evaluated, Finding
from engine.findings.diagnosis import Diagnosis
from engine.findings.measurements import Measurements
from engine.forecasts.intervals import Interval
from engine.inside_records import Floats, GradientByTime
from engine.prediction_records import ClassPrediction, SeriesPrediction, ValuePrediction


def measured(*losses: tuple[float, float, float], **changes: object) -> Measurements:
    """Measurements of one evaluation an epoch, each (training loss, validation loss, metric)."""
    experiment = Experiment().replace({"training.epochs": 10, **changes})
    found = Measurements(experiment, "RMSE", (("naive", 10.0), ("seasonal naive", 8.0), ("AR(12)", 4.0)), clip_norm=1.0)
    best = math.inf
    for epoch, (training, validation, metric) in enumerate(losses, 1):
        found.evaluations.append(Evaluated(epoch, epoch, training, validation, metric, validation < best))
        best = min(best, validation)
    return found


def finding(measurements: Measurements, key: str) -> Finding | None:
    return next((found for found in Diagnosis(measurements).news() if found.key == key), None)


def said(measurements: Measurements, key: str) -> Finding:
    found = finding(measurements, key)
    assert found is not None
    return found


def walk(count: int = 80) -> Floats:
    steps = np.random.default_rng(0).standard_normal(count)
    return (np.cumsum(steps) + 50).astype(np.float32)


def shown(truth: Floats, forecast: Floats) -> SeriesPrediction:
    labels = tuple(str(row) for row in range(len(truth)))
    return SeriesPrediction("validation", "value", labels, truth, forecast, (), 0.0, ())


def confused(counts: list[list[int]]) -> ClassPrediction:
    classes = tuple("abc"[: len(counts)])
    return ClassPrediction("validation", "label", classes, np.array(counts), (("accuracy", 0.5),), (), None)


@pytest.mark.parametrize(
    ("changes", "level", "cure"),
    [
        ({}, "warning", "a larger share of it to the test part (data.test)"),
        ({"data.test": 0}, "note", "(data.test)"),
        ({"data.split_column": "part"}, "warning", "Mark some rows as test in column 'part'."),
    ],
)
def test_of_an_empty_test_part_it_is_said_at_the_end_why_and_what_to_do(
    changes: dict[str, Any], level: str, cure: str
) -> None:
    measurements = measured((1, 1, 1), **changes)
    measurements.parts = {"train": 2, "validation": 1, "test": 0}
    assert finding(measurements, "unscored") is None
    measurements.ended = True
    found = said(measurements, "unscored")
    assert found.level == level
    assert found.why.startswith("It is empty: 2 examples are in the training part, 1 is in the validation part.")
    assert cure in found.cure
    measurements.parts["test"] = 1
    assert finding(measurements, "unscored") is None


def still(value: float, noise: float = 0.0) -> Floats:
    return np.float32(value) + np.float32(noise) * (np.arange(40) % 3).astype(np.float32)


@pytest.mark.parametrize(
    ("truth", "error", "faultless"),
    [
        (still(5.0), 0.0, True),
        (still(0.3, 3e-8), 1.2e-8, True),  # what numbers of this precision tell apart
        (still(5.0, 1e-3), 1e-3, False),
        (walk(), 0.0, True),  # as of a straight line, which a drift goes on with
    ],
)
@pytest.mark.parametrize("ours", [1e-9, 1e-8, 1e-3])
def test_where_a_simple_answer_makes_no_error_that_is_said_and_nothing_that_contradicts_it(
    truth: Floats, error: float, faultless: bool, ours: float
) -> None:
    losses = [(1.0, 1e-7, ours), *[(0.5 / epoch, 1e-6, ours) for epoch in range(1, 10)]]
    measurements = measured(*losses)
    measurements.baselines = (("naive", error), ("AR(12)", 1e-4))
    measurements.prediction = shown(truth, np.full_like(truth, truth.mean()))
    title = "Nothing is left to learn: naive makes as good as no error"
    assert (said(measurements, "baseline").title == title) is faultless
    assert (finding(measurements, "overfitting") is None) is faultless


@pytest.mark.parametrize(("noise", "told"), [(0.0, False), (3e-8, False), (1e-3, True)])
def test_a_forecast_is_flat_only_where_the_truth_moves_by_more_than_its_numbers_tell_apart(
    noise: float, told: bool
) -> None:
    measurements = measured(*[(1, 1, 1.0)] * 4)
    measurements.prediction = shown(still(0.3, noise), still(0.3))
    assert (finding(measurements, "flat") is not None) is told


def test_where_every_baseline_learns_too_the_weakest_is_to_be_beaten() -> None:
    measurements = measured(*[(1, 1, 5.0)] * 4)
    measurements.baselines = (("AR(12)", 4.0), ("linear regression", 6.0))
    found = said(measurements, "baseline")
    assert (found.level, found.title) == ("note", "Beats linear regression by more than 10 %; AR(12) is better")
    assert "Still better, and learned from the same data: AR(12) (4)." in found.why


@pytest.mark.parametrize(
    ("counts", "level", "title"),
    [
        ([[70, 0], [30, 0]], "warning", "It nearly always answers 'a'"),
        ([[70, 0, 0], [0, 20, 0], [5, 5, 0]], "note", "It never answers 'c'"),
        ([[60, 10], [10, 20]], "", ""),
        ([[99, 0], [1, 0]], "note", "It never answers 'b'"),
    ],
)
def test_a_class_that_is_always_or_never_answered_is_named(counts: list[list[int]], level: str, title: str) -> None:
    measurements = measured(*[(1, 1, 0.5)] * 4)
    measurements.prediction = confused(counts)
    found = finding(measurements, "one-class")
    assert (found.level, found.title) == (level, title) if found else not title
    if found:
        assert found.changes == (("training.class_weights", "balanced"),)


@pytest.mark.parametrize(
    ("metric", "level", "title"),
    [
        (0.01, "good", "Beats AR(12) by 99.8 %"),
        (2.0, "good", "Beats AR(12) by 50 %"),
        (3.95, "good", "As good as AR(12); beats seasonal naive by 51 %"),
        (4.05, "good", "As good as AR(12); beats seasonal naive by 49 %"),
        (5.0, "note", "Beats seasonal naive by 38 %; AR(12) is better"),
        (7.9, "warning", "Hardly better than seasonal naive"),
        (9.0, "warning", "Does not beat seasonal naive"),
        (11.0, "warning", "Does not beat seasonal naive"),
    ],
)
def test_the_score_is_held_beside_the_baselines(metric: float, level: str, title: str) -> None:
    measurements = measured((1, 1, metric), (1, 0.9, metric), (1, 0.8, metric))
    measurements.ended = True
    found = said(measurements, "baseline")
    assert (found.level, found.title) == (level, title)


@pytest.mark.parametrize(
    ("ours", "theirs", "level", "title", "why"),
    [
        (0.258, {"majority class": 0.25}, "warning", "Hardly better than majority class", ""),
        (0.3, {"majority class": 0.25}, "good", "Beats majority class by 5 percentage points", ""),
        (1.0, {"majority class": 0.3, "logistic regression": 1.0}, "good", "As good as logistic regression", ""),
        (0.9, {"majority class": 0.3, "logistic regression": 0.95}, "note", "Beats majority", "Still better"),
        (1.0, {"nearest source": 1.0}, "note", "As good as nearest source, which is always right too", ""),
    ],
)  # fmt: skip
def test_shares_are_compared_by_their_difference(
    ours: float, theirs: dict[str, float], level: str, title: str, why: str
) -> None:
    """0.258 is by 3 % more than 0.25, and no more than chance; and who is as good is not better."""
    measurements = measured(*[(1, 1, ours)] * 4)
    measurements.metric, measurements.ended = "accuracy", True
    measurements.final = (ours, tuple(theirs.items()))
    found = said(measurements, "baseline")
    assert found.level == level
    assert found.title.startswith(title)
    assert ("Still better" in found.why) == bool(why)
    assert not found.changes or level == "warning"


@pytest.mark.parametrize(("windows", "few"), [(1, "1 window"), (9, "9 windows"), (10, "")])
def test_praise_on_very_few_examples_says_so(windows: int, few: str) -> None:
    measurements = measured(*[(1, 1, 0.5)] * 4)
    measurements.parts, measurements.ended = {"test": windows, "validation": 99}, True
    measurements.final = (0.5, (("naive", 10.0),))
    found = said(measurements, "baseline")
    assert (found.level, found.title) == (
        ("note", f"On {few} only: beats naive by 95 %") if few else ("good", "Beats naive by 95 %")
    )
    assert found.why.endswith(f"part. Scored on {few} only: this may be chance." if few else "part.")
    assert found.cure == ("A larger test part tells more." if few else "")


def test_while_a_run_goes_on_its_praise_is_as_sure_as_the_validation_part() -> None:
    measurements = measured(*[(1, 1, 5.0)] * 4, **{"data.kind": "sequences"})
    measurements.parts = {"test": 99, "validation": 2}
    found = said(measurements, "baseline")
    assert found.title == "On 2 sequences only: beats seasonal naive by more than 30 %; AR(12) is better"
    assert found.cure.endswith("may pass it. A larger validation part tells more.")


def test_of_several_series_an_autoregression_may_be_better_as_of_one() -> None:
    measurements = measured(*[(1, 1, 5.0)] * 4)
    measurements.baselines = (("naive", 10.0), ("AR", 4.0))
    found = said(measurements, "baseline")
    assert (found.level, found.title) == ("note", "Beats naive by more than 40 %; AR is better")


def test_at_the_end_a_finding_has_the_numbers_of_the_end() -> None:
    """A verse of the first epoch had BLEU 0, and that stood beside 15 on the test part."""
    measurements = measured(*[(1, 1, 11.0)] * 4)
    diagnosis = Diagnosis(measurements)
    assert [found.why for found in diagnosis.news() if found.key == "baseline"]
    measurements.evaluations.append(Evaluated(5, 5, 1, 1, 9.5, best=True))
    assert not diagnosis.news()
    measurements.ended, measurements.final = True, (9.0, measurements.baselines)
    (last,) = diagnosis.news()
    assert last.why == "RMSE 9 with the best weights (epoch 5) against 8 on the test part."
    assert not diagnosis.news()


@pytest.mark.parametrize("already", [False, True])
def test_a_network_that_loses_to_last_season_is_told_to_learn_the_change_from_it(already: bool) -> None:
    measurements = measured((1, 1, 9.0), *[(1, 2, 9.0)] * 30)
    measurements.experiment = measurements.experiment.replace({"data.seasonal_difference": already})
    measurements.ended = True
    changes = said(measurements, "baseline").changes
    assert changes == (() if already else (("data.seasonal_difference", "true"),))
    assert measurements.experiment.replace(dict(changes)).data.seasonal_difference


def test_a_better_linear_model_is_named() -> None:
    assert "AR(12) (4)" in said(measured((1, 1, 5.0)), "baseline").why


def test_nothing_bad_is_said_before_a_fair_chance() -> None:
    assert finding(measured((1, 1, 50.0)), "baseline") is None


def test_the_test_part_has_the_last_word() -> None:
    measurements = measured((1, 1, 50.0))
    measurements.ended, measurements.final = True, (3.0, (("naive", 6.0),))
    assert said(measurements, "baseline").title == "Beats naive by 50 %"


@pytest.mark.parametrize(
    ("ours", "ended", "title"),
    [
        (0.98, True, "by 87 percentage points"), (0.98, False, "by more than 80 percentage points"),
        (0.14, True, "by 3 percentage points"), (0.14, False, ""),
    ],
)  # fmt: skip
def test_shares_are_higher_where_they_are_better_and_compared_in_points(ours: float, ended: bool, title: str) -> None:
    measurements = measured((1, 1, ours))
    measurements.metric, measurements.baselines, measurements.ended = "accuracy", (("majority", 0.11),), ended
    assert said(measurements, "baseline").title == f"Beats majority {title}".rstrip()


def test_nothing_is_more_than_all() -> None:
    measurements = measured((1, 1, 1.0))
    measurements.metric, measurements.baselines = "exact match", (("commonest text", 0.0),)
    assert said(measurements, "baseline").title == "Beats commonest text by more than 90 percentage points"


@pytest.mark.parametrize(
    ("transform", "shift", "cure"),
    [("none", 0.0, "log_difference"), ("none", -100.0, "difference"), ("log_difference", 0.0, "")],
)
def test_a_copycat_is_told_to_learn_changes(transform: str, shift: float, cure: str) -> None:
    measurements = measured(*[(1, 1, 9)] * 4, **{"data.transform": transform})
    truth = walk() + np.float32(shift)
    measurements.prediction = shown(truth, np.roll(truth, 1))
    found = said(measurements, "copycat")
    assert found.title == "The forecast is yesterday's value shifted"
    assert dict(found.changes).get("data.transform", "") == cure


def test_close_to_naive_and_better_is_no_cause_for_alarm() -> None:
    measurements = measured(*[(1, 1, 5)] * 4)
    measurements.prediction = shown(walk(), np.roll(walk(), 1))
    assert said(measurements, "copycat").level == "note"


def test_sequences_that_do_not_follow_one_another_have_nothing_to_copy() -> None:
    measurements, truth, late = measured(*[(1, 1, 5.0)] * 4), walk(), np.roll(walk(), 1)
    measurements.prediction = shown(truth, late)
    assert finding(measurements, "copycat") is not None
    measurements.prediction = ValuePrediction("validation", "sum", ("1",) * len(truth), truth, late, (), 0.0, ())
    assert finding(measurements, "copycat") is None


def test_an_honest_forecast_is_no_copycat() -> None:
    measurements = measured(*[(1, 1, 9)] * 4)
    measurements.prediction = shown(walk(), walk() + np.float32(0.1))
    assert finding(measurements, "copycat") is None


def test_a_flat_line_is_named() -> None:
    measurements = measured(*[(1, 1, 9)] * 4)
    measurements.prediction = shown(walk(), np.full(80, 50, np.float32))
    assert said(measurements, "flat").changes == (("training.learning_rate", "0.003"),)


@pytest.mark.parametrize(("ours", "level"), [(4.0, "note"), (3.0, "note"), (5.0, "warning"), (9.0, "warning")])
def test_a_flat_line_of_noise_is_no_fault(ours: float, level: str) -> None:
    """Where the mean is all that can be said, a larger learning rate says no more; AR (4) shows whether it is."""
    measurements = measured(*[(1, 1, ours)] * 4)
    measurements.prediction = shown(walk(), np.full(80, 50, np.float32))
    found = said(measurements, "flat")
    assert (found.level, bool(found.changes)) == (level, level == "warning")


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"model.cell": "elman"}, {"model.cell": "lstm"}),
        ({"model.cell": "lstm", "model.num_layers": 3}, {"model.num_layers": "2"}),
        ({"model.cell": "elman", "model.num_layers": 6}, {"model.num_layers": "3"}),
        ({"model.cell": "gru"}, {}),
    ],
)
def test_vanishing_gradients_are_told_in_steps(changes: dict[str, object], cure: dict[str, str]) -> None:
    measurements = measured((1, 1, 9), **changes)
    norms = (2.0 ** (np.arange(30) / 2.0))[None].astype(np.float32)
    measurements.by_time = GradientByTime(("layer 1",), norms, (2.0,), left=(float(norms[0, 0] / norms[0, -1]),))
    found = said(measurements, "vanishing")
    assert found.title == "Gradients halve every 2 steps"
    assert found.level == "warning"
    assert dict(found.changes) == cure


@pytest.mark.parametrize(
    ("lives", "where"), [((0.0,), ""), ((0.0, 0.0), ""), ((3.0, 0.0), " in layer 2"), ((math.inf, 0.0), " in layer 2")]
)
@pytest.mark.parametrize(("activation", "cure"), [("relu", "tanh or a gated cell"), ("tanh", "at their limits")])
def test_a_gradient_that_is_gone_at_once_is_told(
    lives: tuple[float, ...], where: str, activation: str, cure: str
) -> None:
    changes = {"model.cell": "elman", "model.activation": activation, "training.learning_rate": 0.3}
    measurements = measured((1, 1, 9), **changes)
    norms, names = np.eye(1, 30, 29, np.float32).repeat(len(lives), 0), ("layer 1", "layer 2")[: len(lives)]
    measurements.by_time = GradientByTime(names, norms, lives, left=tuple(0.0 if life == 0 else 1.0 for life in lives))
    found = said(measurements, "vanishing")
    assert found.title == f"Nothing of the gradient goes one step back{where}"
    assert cure in found.cure
    assert found.changes == (("training.learning_rate", "0.03"),)


def test_vanishing_does_no_harm_where_the_baselines_are_beaten() -> None:
    measurements = measured((1, 1, 5))
    norms = np.geomspace(1e-6, 1, 30)[None].astype(np.float32)
    measurements.by_time = GradientByTime(("layer 1",), norms, (1.0,), left=(1e-6,))
    assert said(measurements, "vanishing").level == "note"


@pytest.mark.parametrize(
    ("norms", "clip", "level"),
    [
        ([1.0] * 99 + [1e6], 0.0, "problem"),
        ([1.0] * 100, 0.0, None),
        ([2.0] * 100, 1.0, "note"),
        ([20.0] * 100, 1.0, "warning"),
        ([0.5] * 100, 1.0, None),
        ([20.0] * 10, 1.0, None),
    ],
)
def test_long_gradients(norms: list[float], clip: float, level: str | None) -> None:
    measurements = measured((1, 1, 9))
    measurements.norms.extend(norms)
    measurements.clip_norm = clip
    found = finding(measurements, "exploding")
    assert (found.level if found else None) == level


@pytest.mark.parametrize(
    ("losses", "restless"), [([1, 0.2, 0.9, 0.1, 0.8, 0.2, 0.9], True), ([1, 0.5, 0.3, 0.31, 0.2], False)]
)
def test_a_loss_that_leaps_asks_for_shorter_steps(losses: list[float], restless: bool) -> None:
    found = finding(measured(*[(loss, loss, 9) for loss in losses]), "learning-rate")
    assert (found is not None) == restless
    if found:
        assert found.changes == (("training.learning_rate", "0.00033"),)


@pytest.mark.parametrize(("validation", "overfits"), [([3, 2, 3, 3, 3, 3, 4], True), ([3, 2, 2, 2, 2, 2, 2.1], False)])
def test_learning_by_heart(validation: list[float], overfits: bool) -> None:
    losses = [(1 / epoch, loss, 9.0) for epoch, loss in enumerate(validation, 1)]
    found = finding(measured(*losses), "overfitting")
    assert (found is not None) == overfits
    if found:
        assert found.title == "Learns by heart since epoch 2"
        assert found.changes == (("model.hidden_size", "16"),)


def test_a_run_of_many_epochs_is_not_waited_for_to_say_that_it_learns_by_heart() -> None:
    losses = [(1 / epoch, 1 + abs(epoch - 20) / 20, 9.0) for epoch in range(1, 121)]
    found = [finding(measured(*losses[:count], **{"training.epochs": 100_000}), "overfitting") for count in (119, 120)]
    assert [each.title if each else None for each in found] == [None, "Learns by heart since epoch 20"]


def test_findings_are_said_once_and_taken_back() -> None:
    measurements = measured(*[(1, 1, 5)] * 4)
    measurements.prediction = shown(walk(), np.full(80, 50, np.float32))
    diagnosis = Diagnosis(measurements)
    assert {found.key for found in diagnosis.news()} == {"baseline", "flat"}
    assert diagnosis.news() == []
    measurements.prediction = shown(walk(), walk())
    (over,) = diagnosis.news()
    assert (over.key, over.level, over.title) == ("flat", "good", "No longer so: the forecast is a flat line")
    assert diagnosis.news() == []


@pytest.mark.parametrize(("covered", "told"), [(0.38, True), (0.75, False), (0.95, False), (math.nan, False)])
def test_an_interval_that_holds_too_little_is_named(covered: float, told: bool) -> None:
    measurements = measured((1, 1, 5.0))
    measurements.intervals = (
        Interval(0.95, ("value",), np.full((1, 1), math.inf), windows=12),
        Interval(0.8, ("value",), np.ones((1, 1)), windows=12, coverage=(covered, covered)),
    )
    found = finding(measurements, "coverage")
    assert (found is not None) == told
    if found is not None:
        assert "holds 38 % of the test part" in found.why
        assert "12 validation windows" in found.why


class Watched(list[Evaluated]):
    """Counts how many of its items are taken."""

    taken = 0

    def __iter__(self) -> Iterator[Evaluated]:
        self.taken += len(self)
        return super().__iter__()

    def __reversed__(self) -> Iterator[Evaluated]:
        self.taken += len(self)
        return super().__reversed__()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        self.taken += len(found) if isinstance(key, slice) else 1
        return found


def test_a_look_at_a_long_run_does_not_go_through_all_of_it() -> None:
    measurements = measured(*[(1, 1, 5.0)] * 1000)
    diagnosis = Diagnosis(measurements)
    diagnosis.news()
    measurements.evaluations = evaluations = Watched(measurements.evaluations)
    evaluations.append(Evaluated(1001, 1001, 0.5, 0.5, 3.0, True))
    diagnosis.news()
    assert measurements.best is evaluations[-1]
    assert 0 < evaluations.taken < 100
