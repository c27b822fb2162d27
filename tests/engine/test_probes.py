from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.control import Control
from engine.data import Dataset
from engine.events import IN_PASSING, PROBES, Probe, Snapshot, SnapshotRequest
from engine.held_out.predictions import SCREEN_POINTS
from engine.inside_records import BatchActivations, Contributions, GradientByTime, GradientNorms, HiddenTrace, Spectrum
from engine.losses import Loss
from engine.network import Network
from engine.optimizers import Optimizer
from engine.prediction_records import SeriesPrediction, TextPrediction, ValuePrediction
from engine.probes import EAGER_REST, LONGEST_REST, MOST_GROWTH, Probes
from engine.training import TrainingRun

EVERYTHING = frozenset(PROBES)


class Bench:
    """Probes over a network that is trained by hand, with a clock that is set by hand."""

    def __init__(self, experiment: Experiment) -> None:
        self.dataset: Dataset = data.load(experiment)
        self.experiment, self.now, self.step = experiment, 0.0, 0
        self.network = Network(
            experiment.model, self.dataset.input_size, self.dataset.output_size, tokens=self.dataset.tokens, threads=1
        )
        self.optimizer = Optimizer(self.network, experiment.training)
        self.probes = Probes(self.network, self.optimizer, self.dataset, Loss(self.dataset.loss), self.clock)
        self.now += 1000.0  # the run is old

    def clock(self) -> float:
        self.now += 0.001  # each look at the clock takes a millisecond
        return self.now

    def train(
        self, clip_norm: float = 1.0, watched: bool = True, size: int = 32, request: SnapshotRequest | None = None
    ) -> None:
        self.probes.watch(request, last=watched)
        batch = next(self.dataset.batches("train", size))
        self.network.loss_and_gradients(batch, self.dataset.loss)
        self.probes.note_part(0)
        norm = self.optimizer.step(1e-3, clip_norm)
        self.step += 1
        self.probes.note(self.step, norm, clip_norm, 0.5, len(batch.inputs))

    def ask(
        self, probes: frozenset[str] = EVERYTHING, paused: bool = False, temperature: float = 0.8
    ) -> Snapshot | None:
        return self.probes.answer(SnapshotRequest(1, probes, temperature), self.step, 1, paused)

    def get(self, name: str, paused: bool = False, temperature: float = 0.8) -> object:
        snapshot = self.ask(frozenset({name}), paused, temperature)
        assert snapshot is not None
        return dict(snapshot.values)[name]


@pytest.fixture
def bench(experiment: Experiment) -> Bench:
    made = Bench(experiment)
    made.train()
    return made


@pytest.fixture
def text_bench() -> Bench:
    made = Bench(data.sample("alice").experiment.replace({"model.hidden_size": 8, "model.embedding_size": 4}))
    made.train()
    return made


def test_hidden_is_traced_on_the_pinned_sequence(bench: Bench) -> None:
    trace = bench.get("hidden")
    assert isinstance(trace, HiddenTrace)
    assert trace.layers[0].hidden.shape == (8, 4)
    assert trace.labels == bench.dataset.pinned_labels()


def test_the_class_of_every_step_is_told_where_each_has_one(bench: Bench) -> None:
    untagged = bench.get("hidden")
    assert isinstance(untagged, HiddenTrace)
    assert untagged.classes == ()
    tagged = Bench(data.sample("embedded_reber").experiment.replace({"model.hidden_size": 4}))
    trace, pinned = tagged.get("hidden"), tagged.dataset.pinned()
    assert isinstance(trace, HiddenTrace)
    known = [name for name in trace.classes if name]
    assert len(trace.classes) == len(trace.labels) == len(pinned.targets)
    assert len(known) == int((pinned.weights[:, 0] > 0).sum()) > 0
    assert set(known) <= set(tagged.dataset.classes)


def test_gradient_norms_are_those_of_the_gradients(bench: Bench) -> None:
    bench.train(clip_norm=1e-3)
    norms = bench.get("gradient_norms")
    assert isinstance(norms, GradientNorms)
    assert norms.names == bench.network.names
    assert np.sqrt(np.square(norms.before.astype(float)).sum()) == pytest.approx(norms.total_before, rel=1e-4)
    assert np.sqrt(np.square(norms.after.astype(float)).sum()) == pytest.approx(1e-3, rel=1e-2)
    assert (norms.update_ratio > 0).all()
    assert (norms.clip_norm, norms.clipped_share) == (1e-3, 0.5)


def test_gradient_by_time_has_a_norm_for_each_step_and_layer(bench: Bench) -> None:
    by_time = bench.get("gradient_by_time")
    assert isinstance(by_time, GradientByTime)
    assert by_time.names == ("layer 1",)
    assert by_time.norms.shape == (1, 8)
    assert len(by_time.half_life) == 1


def test_the_prediction_of_a_series_lies_beside_its_baselines(bench: Bench) -> None:
    shown = bench.get("prediction")
    assert isinstance(shown, SeriesPrediction)
    count = bench.dataset.count("validation")
    assert len(shown.labels) == len(shown.truth) == len(shown.forecast) == count
    assert all(len(values) == count for _, values in shown.baselines)
    errors = shown.forecast.astype(float) - shown.truth
    assert shown.rmse == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=1e-5)
    assert dict(shown.baseline_rmse) == pytest.approx(dict(bench.dataset.baselines("validation")), rel=1e-5, abs=1e-6)
    assert not shown.forecast.flags.writeable
    assert not shown.excerpt


def test_values_of_sequences_that_do_not_follow_one_another_are_told_apart_from_a_series() -> None:
    few = {"data.sample": "adding", "data.length": 6, "data.sequences": 64, "model.hidden_size": 4}
    assert isinstance(Bench(Experiment().replace(few)).get("prediction"), ValuePrediction)
    one_by_one = data.sample("freezing_of_gait").experiment.replace({"model.topology": "many_to_one"})
    assert data.load(one_by_one).in_time  # windows of one recording


def test_no_more_points_than_a_screen_shows(experiment: Experiment) -> None:
    bench = Bench(experiment.replace({"data.length": 6000, "data.validation": 0.45}))
    shown = bench.get("prediction")
    assert isinstance(shown, SeriesPrediction)
    assert len(shown.forecast) == SCREEN_POINTS
    assert np.isfinite(shown.forecast).all()
    assert shown.labels == bench.dataset.labels("validation")[-SCREEN_POINTS:]
    assert shown.excerpt == f"the last 2,000 of {bench.dataset.count('validation'):,} windows"


def test_text_is_written_at_the_temperature_asked_for(text_bench: Bench) -> None:
    greedy = text_bench.get("prediction", temperature=0.0)
    assert isinstance(greedy, TextPrediction)
    ((temperature, text),) = greedy.samples
    assert (temperature, len(text)) == (0.0, 100)
    bold = text_bench.get("prediction", paused=True, temperature=2.0)
    assert isinstance(bold, TextPrediction)
    assert [temperature for temperature, _ in bold.samples] == [1.0, 2.0, 3.0]
    assert bold.samples[-1][1] != text


def test_nothing_is_measured_twice_for_the_same_weights(bench: Bench) -> None:
    first = bench.get("prediction")
    bench.now += 1e6
    assert bench.ask() is not None
    assert bench.get("prediction", paused=True) is first
    assert bench.ask(frozenset({"prediction"})) is None


REST = 1 / IN_PASSING  # times what a measurement takes
_LOOKS = 0.002  # seconds that a measurement takes by the clock of the bench: whether it is due, and its end
_FIRST = 0.001  # that the first takes, which is due anyway


def test_a_costly_probe_rests_while_the_run_goes_on(bench: Bench) -> None:
    first = bench.get("prediction")
    bench.train()
    second = bench.get("prediction")
    assert second is not first  # what was made ready for it does not count
    bench.train()
    assert bench.ask(frozenset({"prediction"})) is None
    bench.now += _LOOKS * REST + 0.01
    assert bench.get("prediction") is not second


def test_a_probe_rests_the_longer_the_more_are_asked_for(bench: Bench) -> None:
    both = frozenset({"prediction", "hidden"})
    for _ in range(2):
        assert bench.ask(both) is not None
        bench.train()
    bench.now += _LOOKS * REST + 0.01
    assert bench.ask(both) is None
    bench.now += _LOOKS * REST + 0.01
    assert bench.ask(both) is not None


def test_a_probe_rests_for_less_where_the_request_allows_a_larger_share(bench: Bench) -> None:
    usual = SnapshotRequest(1, frozenset({"prediction"}))
    in_full = dataclasses.replace(usual, share=10 * usual.share)
    for _ in range(2):
        bench.get("prediction")
        bench.train()
    bench.now += _LOOKS * REST / 10 + 0.01
    assert bench.probes.answer(usual, bench.step, 1, False) is None
    assert bench.probes.answer(in_full, bench.step, 1, False) is not None


def _hold_up(bench: Bench, seconds: float) -> None:
    """Have every measurement of the prediction take so much longer from now on."""
    ask = bench.probes._measure["prediction"]

    def held_up(request: SnapshotRequest) -> Probe | None:
        bench.now += seconds
        return ask(request)

    bench.probes._measure["prediction"] = held_up


def test_a_measurement_that_was_held_up_does_not_make_the_picture_rest_longer(bench: Bench) -> None:
    name = frozenset({"prediction"})
    bench.get("prediction")
    bench.train()
    _hold_up(bench, 0.5)
    shown = bench.get("prediction")
    for rest in (
        MOST_GROWTH * _FIRST,
        0.502,
    ):  # held up once; held up again, it takes so long, with two looks at the clock
        bench.train()
        bench.now += min(rest * REST, LONGEST_REST) - 0.01
        assert bench.ask(name) is None
        bench.now += 0.02
        before, shown = shown, bench.get("prediction")
        assert shown is not before


def test_what_is_asked_for_beside_hidden_views_rests_no_longer_for_that(bench: Bench) -> None:
    name = frozenset({"prediction"})
    bench.get("prediction")
    bench.train()
    assert bench.ask(EVERYTHING) is not None
    bench.train()
    bench.now += _LOOKS * REST + 0.01
    assert bench.ask(name) is not None


def test_in_a_young_run_no_picture_rests_for_longer_than_that_is_old(experiment: Experiment) -> None:
    bench, name = Bench(experiment), frozenset({"prediction"})
    bench.now -= 999.0
    _hold_up(bench, 0.04)
    bench.get("prediction")
    bench.train()
    bench.get("prediction")  # a second and some hundredths old; it would rest for three
    bench.train()
    bench.now += 0.9
    assert bench.ask(name) is None
    bench.now += 0.3
    assert bench.ask(name) is not None
    bench.train()
    bench.now += 2.2
    assert bench.ask(name) is None
    bench.now += 0.3
    assert bench.ask(name) is not None


def test_even_in_a_young_run_a_picture_costs_a_twentieth_at_most(experiment: Experiment) -> None:
    bench, name = Bench(experiment), frozenset({"prediction"})
    bench.now -= 999.9
    _hold_up(bench, 0.1)
    bench.get("prediction")
    bench.train()
    bench.get("prediction")
    bench.train()
    bench.now += EAGER_REST * 0.1 - 0.05
    assert bench.ask(name) is None
    bench.now += 0.1
    assert bench.ask(name) is not None


def test_no_picture_rests_for_minutes(bench: Bench) -> None:
    _hold_up(bench, 2.0)
    bench.get("prediction")
    bench.train()
    held = bench.get("prediction")
    bench.train()
    bench.now += LONGEST_REST - 0.1
    assert bench.ask(frozenset({"prediction"})) is None
    bench.now += 0.2
    assert bench.get("prediction") is not held


def test_what_costs_nothing_is_shown_while_a_probe_rests(bench: Bench) -> None:
    name = frozenset({"prediction"})
    shown = bench.get("prediction")
    bench.train()
    bench.get("prediction")  # the second measurement, after which it rests
    bench.train()
    judged = bench.probes.predictions.judged()
    assert judged is not None
    assert not bench.probes.takes("prediction", bench.step)  # too soon after the last one to be drawn
    assert bench.ask(name) is None
    bench.now += 0.2
    assert bench.probes.takes("prediction", bench.step)
    bench.probes.offer("prediction", judged, bench.step)
    assert shown is not judged is bench.get("prediction")
    assert bench.ask(name) is None


def test_a_probe_rests_after_what_was_offered_in_its_place(bench: Bench) -> None:
    name = frozenset({"prediction"})
    _hold_up(bench, 0.01)
    bench.get("prediction")
    bench.train()
    bench.get("prediction")  # the second measurement, after which it rests
    bench.now += 60
    judged = bench.probes.predictions.judged()
    assert judged is not None
    bench.train()
    bench.probes.offer("prediction", judged, bench.step)
    assert bench.get("prediction") is judged
    bench.train()
    assert bench.ask(name) is None
    bench.now += 60
    assert bench.get("prediction") is not judged


def test_what_was_offered_does_not_hide_another_temperature(text_bench: Bench) -> None:
    first = text_bench.get("prediction", temperature=0.5)
    assert isinstance(first, TextPrediction)
    text_bench.train()
    text_bench.now += 1.0
    text_bench.probes.offer("prediction", first, text_bench.step)
    other = text_bench.get("prediction", temperature=1.2)
    assert isinstance(other, TextPrediction)
    assert [heat for heat, _ in other.samples] != [heat for heat, _ in first.samples]


def test_nothing_rests_while_the_run_is_paused(bench: Bench) -> None:
    first = bench.get("prediction")
    bench.train()
    assert bench.get("prediction", paused=True) is not first


def test_replaced_weights_are_looked_at_anew(bench: Bench) -> None:
    first = bench.get("hidden")
    bench.probes.forget()
    assert bench.get("hidden") is not first


def test_only_what_is_asked_for_is_watched(bench: Bench) -> None:
    bench.probes.watch(SnapshotRequest(2, frozenset({"hidden"})))
    assert not bench.network.watch_time
    assert not bench.optimizer.watch_updates
    bench.probes.watch(SnapshotRequest(2, frozenset({"gradient_by_time", "gradient_norms"})))
    assert bench.network.watch_time
    assert bench.optimizer.watch_updates


@pytest.mark.parametrize(("within", "watched"), [(10.0, True), (0.001, False)], ids=["a long batch", "a short one"])
def test_a_batch_is_watched_for_what_rests_no_longer_when_it_ends(bench: Bench, within: float, watched: bool) -> None:
    first = bench.get("contributions")
    bench.now += 1.0
    bench.train()
    assert bench.get("contributions") is not first
    bench.probes.watch(SnapshotRequest(2, frozenset({"contributions"})), within)
    assert ("contributions" in bench.probes.watched) is watched


@pytest.mark.parametrize("name", ["gradient_norms", "gradient_by_time", "contributions", "batch_activations"])
def test_a_batch_that_was_not_watched_is_not_told_of(experiment: Experiment, name: str) -> None:
    """A request may come in the middle of one: half of what it measures would be missing, or of a batch before."""
    bench = Bench(experiment)
    bench.train(watched=False)
    assert bench.ask(frozenset({name})) is None
    bench.train()
    value = bench.get(name)
    if isinstance(value, GradientNorms):
        assert np.isfinite(value.update_ratio).all()
    bench.now += 1000.0
    for _ in range(2):  # the first is measured for a request like the last one, which does not come
        bench.train(watched=False)
    assert bench.ask(frozenset({name})) is None
    paused = bench.ask(frozenset({name}), paused=True)  # what is shown is not said to be of this batch
    assert paused is not None
    assert dict(paused.values)[name] is value


def test_every_probe_answers(bench: Bench) -> None:
    snapshot = bench.ask()
    assert snapshot is not None
    assert {name for name, _ in snapshot.values} == EVERYTHING - {"reading", "class_paths"}  # of text, and of classes


def test_every_probe_of_text_answers(text_bench: Bench) -> None:
    snapshot = text_bench.ask()
    assert snapshot is not None
    assert {name for name, _ in snapshot.values} == EVERYTHING - {"class_paths"}


def test_another_matrix_is_shown_at_once(bench: Bench) -> None:
    first = bench.get("spectrum")
    assert isinstance(first, Spectrum)
    request = SnapshotRequest(1, frozenset({"spectrum"}), spectrum=first.available[0])
    bench.train()
    snapshot = bench.probes.answer(request, bench.step, 1, paused=False)
    assert snapshot is not None
    assert dict(snapshot.values)["spectrum"].name == first.available[0]  # type: ignore[union-attr]


def test_shares_of_a_batch_in_parts_are_those_of_the_last_at_its_own_steps() -> None:
    settings = {"model.hidden_size": 4, "training.truncate_every": 16, "training.truncate_to": 24}
    experiment = data.sample("alice").experiment.replace(settings)
    control = Control()
    control.request = SnapshotRequest(1, EVERYTHING)
    events = TrainingRun(experiment, data.load(experiment), control)
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    shares, flow = (dict(snapshot.values)[name] for name in ("contributions", "gradient_by_time"))
    assert isinstance(shares, Contributions)
    assert isinstance(flow, GradientByTime)
    assert (shares.first, len(shares.steps), shares.updates) == (40, 24, 4)  # of 64 steps
    assert (flow.cuts, flow.together) == ((8, 24, 40), 2)
    gone_over = dict(snapshot.values)["batch_activations"]
    assert isinstance(gone_over, BatchActivations)
    assert (gone_over.updates, gone_over.places) == (4, 16 * (16 + 3 * 24))


def test_where_writing_begins_is_told() -> None:
    experiment = data.sample("number_words").experiment.replace({"model.hidden_size": 4, "model.embedding_size": 3})
    dataset, control = data.load(experiment), Control()
    control.request = SnapshotRequest(1, EVERYTHING)
    events = TrainingRun(experiment, dataset, control)
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    trace = dict(snapshot.values)["hidden"]
    assert isinstance(trace, HiddenTrace)
    assert trace.written_from == len(dataset.pinned().inputs)
    assert 0 < trace.written_from < len(trace.layers[0].hidden) == len(trace.labels)
    flow = dict(snapshot.values)["gradient_by_time"]
    assert isinstance(flow, GradientByTime)
    backward = flow.norms[flow.names.index("layer 1 reverse")]  # has nothing to say of what is written
    assert flow.written_from == int(np.isfinite(backward).sum()) < flow.norms.shape[1]


def test_once_lengths_differ_every_batch_is_told_by_distance_from_the_end() -> None:
    """One that happens to be even would else be drawn over another axis than all the others."""
    bench, known = Bench(data.sample("japanese_vowels").experiment.replace({"model.hidden_size": 4})), []
    for size in (1, 32, 1):
        bench.train(size=size)
        flow = bench.get("gradient_by_time", paused=True)
        assert isinstance(flow, GradientByTime)
        known.append(flow.by_distance is not None)
    assert known == [False, True, True]


def test_what_writes_without_reading_writes_from_the_beginning(bench: Bench) -> None:
    experiment = data.sample("bach_chorales").experiment.replace({"model.hidden_size": 4, "model.embedding_size": 3})
    control = Control()
    control.request = SnapshotRequest(1, EVERYTHING)
    events = TrainingRun(experiment, data.load(experiment), control)
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    trace = dict(snapshot.values)["hidden"]
    assert isinstance(trace, HiddenTrace)
    assert trace.written_from == 0  # its first step writes the first note
    bench.train()
    for flow in (dict(snapshot.values)["gradient_by_time"], bench.get("gradient_by_time", paused=True)):
        assert isinstance(flow, GradientByTime)
        assert flow.written_from is None


def test_where_nobody_asks_only_what_findings_need_is_watched(bench: Bench) -> None:
    """The rest costs a small network as much as a step, and every epoch is scored."""
    bench.probes.watch(None, scored=True)
    assert bench.probes.watched == {"gradient_norms", "gradient_by_time"}
    bench.probes.watch(None)
    assert not bench.probes.watched
