from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data, training
from engine.config import Experiment
from engine.control import Control
from engine.data import Dataset
from engine.events import (
    CheckpointSaved,
    Compiling,
    Evaluated,
    Event,
    Finding,
    Paused,
    Resumed,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    SnapshotRequest,
    StepDone,
)
from engine.held_out import evaluation
from engine.inside_records import BatchActivations, Contributions
from engine.network import Step
from engine.runs import load_run
from engine.storage.run_folders import RunFolderError
from engine.training import TrainingRun
from engine.training_loop import pausing, validation


def of(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def end(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished)
    return events[-1]


def names(events: Iterable[Event]) -> list[str]:
    return [type(event).__name__ for event in events if not isinstance(event, Finding)]


def test_events_come_in_their_order(experiment: Experiment, dataset: Dataset) -> None:
    events = list(TrainingRun(experiment, dataset))
    epoch = ["StepDone"] * 4 + ["Evaluated"]
    assert names(events) == ["Compiling", "Compiling", "RunStarted", *epoch, *epoch, "RunFinished"]
    assert [event.step for event in of(events, StepDone)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [event.epoch for event in of(events, Evaluated)] == [1, 2]
    before, after = of(events, Compiling)
    assert before.seconds == 0 < after.seconds


def test_the_start_tells_what_is_to_come(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    (started,) = of(list(run), RunStarted)
    assert started.parameters == run.network.parameter_count
    assert (started.steps_per_epoch, started.epochs, started.metric, started.folder) == (4, 2, "RMSE", "")
    assert "seasonal naive" in dict(started.baselines)


def test_nothing_is_trained_before_it_is_asked_for(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    before = run.network.state_dict()
    while not isinstance(next(run), RunStarted):
        pass
    assert all(np.array_equal(before[name], after) for name, after in run.network.state_dict().items())
    assert isinstance(next(run), StepDone)
    assert run.step == 1


def test_the_training_loss_is_the_mean_of_the_steps(experiment: Experiment, dataset: Dataset) -> None:
    events = list(TrainingRun(experiment, dataset))
    losses = [event.loss for event in of(events, StepDone)]
    assert [event.training_loss for event in of(events, Evaluated)] == [
        pytest.approx(np.mean(losses[:4])),
        pytest.approx(np.mean(losses[4:])),
    ]


def test_long_epochs_are_scored_in_between(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "LONGEST_UNSEEN", 2)
    events = list(TrainingRun(experiment, dataset))
    assert [event.step for event in of(events, Evaluated)] == [2, 4, 6, 8]


def test_afterwards_the_network_holds_the_best_weights(dataset: Dataset, experiment: Experiment) -> None:
    # So long steps that the loss gets worse again.
    run = TrainingRun(experiment.replace({"training.learning_rate": 0.5, "training.epochs": 6}), dataset)
    kept, end = {}, None
    for event in run:
        if isinstance(event, Evaluated) and event.best:
            kept, end = run.network.state_dict(), event
    assert end is not None
    assert end.step < run.step
    assert all(np.array_equal(kept[name], array) for name, array in run.network.state_dict().items())
    assert isinstance(event, RunFinished)
    assert (event.best_epoch, event.best_validation_loss) == (end.epoch, end.validation_loss)
    assert event.reason == "all epochs done"
    assert {"RMSE", "skill"} <= dict(event.test_metrics).keys()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("cell", ["elman", "lstm", "gru"])
def test_same_seed_same_file(experiment: Experiment, tmp_path: Path, cell: str, threads: int) -> None:
    chosen = experiment.replace({"model.cell": cell, "training.threads": threads})
    for name in ("a", "b"):
        list(TrainingRun(chosen, data.load(chosen), folder=tmp_path / name))
    assert (tmp_path / "a/weights.safetensors").read_bytes() == (tmp_path / "b/weights.safetensors").read_bytes()


def test_another_seed_is_another_run(experiment: Experiment, dataset: Dataset) -> None:
    losses = []
    for seed in (0, 1):
        events = list(TrainingRun(experiment.replace({"training.seed": seed}), dataset))
        losses.append(of(events, StepDone)[0].loss)
    assert losses[0] != losses[1]


def test_no_thread_is_left_behind(experiment: Experiment) -> None:
    chosen = experiment.replace({"training.threads": 2, "training.batch_size": 64, "model.hidden_size": 64})
    before = set(threading.enumerate())
    list(TrainingRun(chosen, data.load(chosen)))
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


# --- control --------------------------------------------------------------------------------------------


def after_step(step: int, act: Callable[[Control], object], run: TrainingRun) -> list[Event]:
    """All events; `act` is called once `step` is done."""
    events = []
    for event in run:
        events.append(event)
        if isinstance(event, StepDone) and event.step == step:
            act(run.control)
    return events


def test_stop_ends_after_the_batch_and_keeps_a_best(experiment: Experiment, dataset: Dataset) -> None:
    events = after_step(2, Control.stop, TrainingRun(experiment, dataset))
    assert names(events)[3:] == ["StepDone", "StepDone", "Evaluated", "RunFinished"]
    assert end(events).reason == "stopped"
    assert end(events).best_epoch == 1


def test_stop_goes_back_to_the_best_without_scoring_once_more(experiment: Experiment, dataset: Dataset) -> None:
    events = after_step(6, Control.stop, TrainingRun(experiment, dataset))
    assert [event.step for event in of(events, Evaluated)] == [4]
    assert end(events).step == 6


def test_finish_scores_the_weights_of_the_moment(experiment: Experiment, dataset: Dataset) -> None:
    events = after_step(6, Control.finish, TrainingRun(experiment, dataset))
    assert [event.step for event in of(events, Evaluated)] == [4, 6]
    assert end(events).reason == "finished early"


def test_a_stop_before_the_first_batch(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    control = Control()
    control.stop()
    events = list(TrainingRun(experiment, dataset, control, tmp_path / "run"))
    assert names(events)[3:] == ["RunFinished"]
    assert math.isnan(end(events).best_validation_loss)
    assert not (tmp_path / "run").exists()


def test_pausing_stepping_and_going_on(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    run.control.step_once()
    events = []
    while not isinstance(event := next(run), Paused):
        events.append(event)
    assert names(events)[3:] == ["StepDone"]
    run.control.step_once()
    assert names(next(run) for _ in range(2)) == ["StepDone", "Paused"]
    run.control.resume()
    assert names(next(run) for _ in range(2)) == ["Resumed", "StepDone"]
    assert isinstance(list(run)[-1], RunFinished)


def test_a_pause_after_the_last_batch_of_an_epoch_is_in_that_epoch(experiment: Experiment, dataset: Dataset) -> None:
    control = Control()
    last = dataset.batch_count("train", experiment.training.batch_size)
    looked: list[tuple[int, int]] = []
    for event in TrainingRun(experiment, dataset, control):
        if isinstance(event, StepDone) and event.step == last:
            control.pause()
        elif isinstance(event, Paused):
            control.request = SnapshotRequest(1, frozenset({"hidden"}))
        elif isinstance(event, Snapshot) and not looked:
            looked.append((event.step, event.epoch))
            control.stop()
    assert looked == [(last, 1)]


def test_a_pause_does_not_count_as_time(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("engine.training_loop.stopwatch.time.perf_counter", lambda: now[0])
    run = TrainingRun(experiment, dataset)
    run.control.step_once()
    while not isinstance(next(run), Paused):
        pass
    now[0] = 100.0
    run.control.resume()
    assert of(list(run), RunFinished)[0].seconds == 0.0


def test_a_paused_run_waits_for_another_thread(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    run.control.pause()
    paused = threading.Event()

    def train() -> None:
        for event in run:
            if isinstance(event, Paused):
                paused.set()

    thread = threading.Thread(target=train)
    thread.start()
    assert paused.wait(60)
    assert run.step == 0
    run.control.resume()
    thread.join(60)
    assert run.step == 8


def test_live_changes_take_effect_with_the_next_batch(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    def change(control: Control) -> None:
        control.set("training.learning_rate", 1e-8)
        control.set("training.clip_norm", 1e-8)

    run = TrainingRun(experiment, dataset, folder=tmp_path / "run")
    weights = {}
    for event in run:
        if isinstance(event, StepDone):
            weights[event.step] = run.network.state_dict()["rnn.weight_hh_l0"]
            if event.step == 4:
                change(run.control)
    assert np.abs(weights[4] - weights[3]).max() > 1e-4
    assert np.abs(weights[5] - weights[4]).max() < 1e-6
    result = json.loads((tmp_path / "run/result.json").read_text())
    assert result["changes"] == [
        {"step": 4, "field": "training.learning_rate", "value": 1e-8},
        {"step": 4, "field": "training.clip_norm", "value": 1e-8},
    ]


def test_without_a_validation_part_the_training_loss_chooses(experiment: Experiment) -> None:
    chosen = experiment.replace({"data.validation": 0, "data.test": 0})
    events = list(TrainingRun(chosen, data.load(chosen)))
    assert all(math.isnan(event.validation_loss) for event in of(events, Evaluated))
    assert end(events).best_epoch == 2
    assert end(events).test_metrics == ()


# --- snapshots ------------------------------------------------------------------------------------------


def test_a_request_is_answered_once_at_the_next_batch(experiment: Experiment, dataset: Dataset) -> None:
    control = Control()
    control.request = SnapshotRequest(1, frozenset({"hidden", "gradient_norms", "gradient_by_time", "prediction"}))
    events = list(TrainingRun(experiment, dataset, control))
    first, *_, last = of(events, Snapshot)
    assert (first.step, first.request) == (1, 1)
    assert [name for name, _ in first.values] == ["hidden", "gradient_norms", "gradient_by_time", "prediction"]
    assert isinstance(events[events.index(last) + 1], RunFinished)


def test_a_request_that_came_while_a_batch_was_trained_is_answered_after_the_next(
    experiment: Experiment, dataset: Dataset
) -> None:
    of_batches = {"gradient_norms", "gradient_by_time", "contributions", "batch_activations"}
    control, shown = Control(), dict[int, set[str]]()
    for event in TrainingRun(experiment, dataset, control):
        if isinstance(event, StepDone) and event.step == 1:  # trained, and not yet between two batches
            control.request = SnapshotRequest(1, frozenset({"hidden", *of_batches}))
        if isinstance(event, Snapshot) and event.step not in shown:
            shown[event.step] = {name for name, _ in event.values}
    assert shown[2] >= {"hidden", *of_batches}
    assert min(shown) == 2


def test_at_the_end_everything_is_shown_to_whoever_looked(experiment: Experiment, dataset: Dataset) -> None:
    control = Control()
    control.request = SnapshotRequest(1, frozenset({"hidden"}))
    run = TrainingRun(experiment, dataset, control)
    events = list(run)
    first, of_batch, of_weights = of(events, Snapshot)
    assert [name for name, _ in first.values] == ["hidden"]
    batch, weights = ({name for name, _ in snapshot.values} for snapshot in (of_batch, of_weights))
    assert batch == {"gradient_norms", "gradient_by_time", "contributions", "batch_activations"}
    assert {"hidden", "structure", "weights", "spectrum", "pre_activations", "prediction"} <= weights
    assert not batch & weights
    assert of_batch.step == run.step == of(events, StepDone)[-1].step
    assert (of_weights.step, of_weights.epoch) == next((e.step, e.epoch) for e in of(events, Evaluated)[::-1] if e.best)
    norms = dict(of_batch.values)["gradient_norms"]
    assert np.isfinite(norms.update_ratio).all()


def test_the_last_look_is_at_the_best_weights(experiment: Experiment, dataset: Dataset) -> None:
    control = Control()
    control.request = SnapshotRequest(1, frozenset({"weights"}))
    run, events = TrainingRun(experiment, dataset, control), list[Event]()
    for event in run:
        events.append(event)
        if isinstance(event, Evaluated):
            control.set("training.learning_rate", 10.0)  # from now on it only gets worse
    assert max(event.step for event in of(events, Evaluated) if event.best) < run.step
    shown = dict(of(events, Snapshot)[-1].values)["weights"].parameters
    held = run.network.state_dict()
    assert {picture.name for picture in shown} == held.keys()
    for picture in shown:
        assert picture.pool == (1, 1)
        np.testing.assert_array_equal(np.sort(picture.values, axis=None), np.sort(held[picture.name], axis=None))


def test_the_last_look_shows_the_intervals_too(experiment: Experiment, dataset: Dataset) -> None:
    control = Control()
    run, events = TrainingRun(experiment, dataset, control), list[Event]()
    for event in run:
        events.append(event)
        if isinstance(event, StepDone):  # chosen anew, so that nothing rests
            control.request = SnapshotRequest(event.step, frozenset({"prediction"}), temperature=event.step / 10)
    finished, (*_, before, _, last) = end(events), of(events, Snapshot)
    assert finished.best_epoch == finished.epoch
    assert before.step == last.step
    assert not dict(before.values)["prediction"].bands
    assert [band[0] for band in dict(last.values)["prediction"].bands] == [each["level"] for each in finished.intervals]


@pytest.mark.parametrize(("limit", "share"), [(1e-6, 1.0), (0.0, 0.0)])
def test_the_share_of_clipped_steps_is_told(
    experiment: Experiment, dataset: Dataset, limit: float, share: float
) -> None:
    control = Control()
    control.request = SnapshotRequest(1, frozenset({"gradient_norms"}))
    events = list(TrainingRun(experiment.replace({"training.clip_norm": limit}), dataset, control))
    assert dict(of(events, Snapshot)[0].values)["gradient_norms"].clipped_share == share


def test_a_run_that_is_stopped_shows_all_it_can(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    run.control.request = SnapshotRequest(1, frozenset({"hidden"}))
    while not isinstance(next(run), StepDone):
        pass
    run.control.stop()
    shown = {name for snapshot in of(list(run), Snapshot) for name, _ in snapshot.values}
    assert {"structure", "weights", "prediction", "gradient_norms"} <= shown


OF_BATCHES = frozenset({"gradient_norms", "gradient_by_time", "contributions", "batch_activations"})


def watched_at(run: TrainingRun, step: int) -> Snapshot:
    """Of a run of single steps, all of which are watched."""
    while run.step < step:
        run.control.step_once()
        while not isinstance(next(run), Paused):
            pass
    run.control.request = SnapshotRequest(1, OF_BATCHES)
    return next(event for event in run if isinstance(event, Snapshot))


def test_what_was_chosen_in_a_pause_is_measured_with_the_next_single_step(
    experiment: Experiment, dataset: Dataset
) -> None:
    run, asked = TrainingRun(experiment, dataset), frozenset({"contributions"})

    def seen(request: SnapshotRequest) -> Contributions:
        run.control.request = request
        found = dict(next(event for event in run if isinstance(event, Snapshot)).values)["contributions"]
        assert isinstance(found, Contributions)
        return found

    run.control.step_once()
    first = seen(SnapshotRequest(1, asked))
    other = next(name for name in first.available if name != first.name)
    for number, entry in enumerate((None, (1, 0)), 1):
        assert seen(SnapshotRequest(2 * number, asked, parameter=other, entry=entry)).name == first.name
        run.control.step_once()
        while not isinstance(next(run), StepDone):
            pass
        first = seen(SnapshotRequest(2 * number + 1, asked, parameter=other, entry=entry))
        assert (first.name, first.entry) == (other, entry)


@pytest.mark.parametrize(
    ("asked", "within", "quick"),
    [("pause", math.inf, 0.0), ("pause", -math.inf, math.inf), ("stop", math.inf, 0.0), ("finish", math.inf, 0.0)],
)
def test_where_a_run_halts_it_shows_the_batch_at_which_it_stands(
    asked: str, within: float, quick: float, experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most batches are not watched, and what one shows cannot be measured later."""
    monkeypatch.setattr(pausing, "WITHIN", within)
    monkeypatch.setattr(pausing, "QUICK", quick)
    run = TrainingRun(experiment, dataset)
    run.control.request = SnapshotRequest(1, frozenset({"hidden"}))  # others are opened later
    while run.step < 2:
        next(run)
    getattr(run.control, asked)()
    events: list[Event] = []
    while not (events and isinstance(events[-1], Paused | RunFinished)):
        events.append(next(run))
    assert len(of(events, StepDone)) == 1
    if asked == "pause":
        run.control.request = SnapshotRequest(2, OF_BATCHES)
        events.append(next(run))
    shown = {name: value for snapshot in of(events, Snapshot) for name, value in snapshot.values}
    expected = dict(watched_at(TrainingRun(experiment, dataset), run.step).values)
    assert shown["batch_activations"].step == run.step == 3
    for name in OF_BATCHES:
        for one, other in zip(astuple(shown[name]), astuple(expected[name]), strict=True):
            np.testing.assert_equal(one, other)


def test_a_pause_waits_for_no_batch_more_that_takes_long(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "WITHIN", 0.0)
    monkeypatch.setattr(pausing, "QUICK", 0.0)
    run = TrainingRun(experiment, dataset)
    run.control.request = SnapshotRequest(1, frozenset({"hidden"}))
    while run.step < 2:
        next(run)
    run.control.pause()
    while not isinstance(event := next(run), Paused):
        assert isinstance(event, Snapshot)
    assert event.step == run.step == 2


def test_a_pause_is_said_between_two_batches_of_the_validation_part(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which takes long where a network writes; it is scored to the end all the same, and no batch more is trained."""
    monkeypatch.setattr(pausing, "WITHIN", 0.0)
    run = TrainingRun(experiment.replace({"training.batch_size": 4}), dataset)
    run.control.request = SnapshotRequest(1, frozenset({"hidden"}))
    answered = paused_while_scored(run, monkeypatch)
    while not isinstance(next(run), Paused):
        pass
    assert len(answered) == 1
    run.control.request = SnapshotRequest(2, frozenset({"hidden"}))
    events: list[Event] = []
    while not (events and isinstance(events[-1], Snapshot)):
        events.append(next(run))
    assert len(answered) > 1
    assert names(events) == ["Evaluated", "Snapshot"]
    run.control.resume()
    assert names(next(run) for _ in range(2)) == ["Resumed", "StepDone"]


def test_a_pause_during_quick_scoring_waits_for_a_batch_that_is_watched(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs of short epochs are scored much of the time."""
    monkeypatch.setattr(pausing, "WITHIN", math.inf)
    monkeypatch.setattr(pausing, "QUICK", math.inf)
    run = TrainingRun(experiment.replace({"training.batch_size": 4}), dataset)
    run.control.request = SnapshotRequest(1, frozenset({"hidden"}))
    scored_at = paused_while_scored(run, monkeypatch)
    events: list[Event] = []
    while not (events and isinstance(events[-1], Paused)):
        events.append(next(run))
    assert run.step == scored_at[0] + 1
    run.control.request = SnapshotRequest(2, frozenset({"batch_activations"}))
    snapshot = next(run)
    assert isinstance(snapshot, Snapshot)
    [(_, shown)] = snapshot.values
    assert isinstance(shown, BatchActivations)
    assert shown.step == run.step


def paused_while_scored(run: TrainingRun, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have it paused within its first scoring; the step of each batch that is scored is noted in what comes back."""
    real, answered = run.network.answer, list[int]()

    def answer(*arguments: Any, **named: Any) -> Any:
        answered.append(run.step)
        if len(answered) == 1:
            run.control.pause()
        return real(*arguments, **named)

    monkeypatch.setattr(run.network, "answer", answer)
    return answered


@pytest.mark.parametrize("asked", ["pause", "resume"])
def test_a_run_waits_and_goes_on_between_two_measurements(
    asked: str, experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them may take longer than a batch; those that are left are measured afterwards."""
    monkeypatch.setattr(pausing, "WITHIN", 0.0)
    run, wanted, measured = TrainingRun(experiment, dataset), frozenset({"hidden", "weights", "structure"}), list[str]()
    if asked == "resume":
        run.control.pause()
        while not isinstance(next(run), Paused):
            pass

    def noted(name: str, measure: Callable[[SnapshotRequest], Any], request: SnapshotRequest) -> Any:
        measured.append(name)
        if len(measured) == 1:
            getattr(run.control, asked)()
        return measure(request)

    for name in wanted:
        monkeypatch.setitem(run._probes._measure, name, partial(noted, name, run._probes._measure[name]))
    run.control.request = SnapshotRequest(1, wanted)
    halted = Paused if asked == "pause" else Resumed
    while not isinstance(event := next(run), halted):
        assert not isinstance(event, Snapshot)
    assert len(measured) == 1
    snapshot = next(event for event in run if isinstance(event, Snapshot))
    assert {name for name, _ in snapshot.values} == wanted


def test_a_run_that_nobody_looks_into_halts_at_once(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    while run.step < 2:
        next(run)
    run.control.pause()
    assert isinstance(next(run), Paused)


def test_nobody_looks_nothing_is_measured(experiment: Experiment, dataset: Dataset) -> None:
    assert not of(list(TrainingRun(experiment, dataset)), Snapshot)


def test_a_paused_run_still_answers(experiment: Experiment, dataset: Dataset) -> None:
    run = TrainingRun(experiment, dataset)
    run.control.step_once()
    while not isinstance(next(run), Paused):
        pass
    for number in (1, 2):
        run.control.request = SnapshotRequest(number, frozenset({"hidden", "gradient_norms", "gradient_by_time"}))
        snapshot = next(run)
        assert isinstance(snapshot, Snapshot)
        assert (snapshot.step, snapshot.request, len(snapshot.values)) == (1, number, 3)
    run.control.stop()
    assert isinstance(list(run)[-1], RunFinished)


# --- trouble --------------------------------------------------------------------------------------------

BREAKING = {
    "model.activation": "relu",
    "training.optimizer": "sgd",
    "training.learning_rate": 10.0,
    "training.clip_norm": 0.0,
    "training.epochs": 50,
}


@pytest.fixture
def breaking(experiment: Experiment) -> Experiment:
    return experiment.replace(BREAKING)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_no_state_is_carried_on_past_a_nan(tmp_path: Path) -> None:
    """Batches of a text continue one another; the state that led into the NaN is not what a cure goes on from."""
    (tmp_path / "text.txt").write_text("the quick brown fox jumps over the lazy dog. " * 60)
    own = data.suggest(tmp_path / "text.txt").experiment.replace(BREAKING | {"model.cell": "elman"})
    run, events, carried = TrainingRun(own, data.load(own)), list[Event](), list[bool]()
    for event in run:
        events.append(event)
        carried.append(any(name.startswith("training.state.") for name in run.checkpoint().tensors))
    assert isinstance(events[-1], RunFailed)
    assert True in carried
    assert not carried[-1]


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_a_nan_ends_the_run_and_names_the_tensor(breaking: Experiment, tmp_path: Path) -> None:
    run = TrainingRun(breaking, data.load(breaking), folder=tmp_path / "run")
    events = list(run)
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert "the gradient of r" in failed.title
    assert failed.step == run.step
    (finding,) = [event for event in of(events, Finding) if event.key == "not-finite"]
    assert dict(finding.changes) == {"training.learning_rate": "1", "training.clip_norm": "1"}
    assert all(np.isfinite(array).all() for array in run.network.state_dict().values())
    result = json.loads((tmp_path / "run/result.json").read_text())
    assert result["title"] == failed.title
    assert load_run(tmp_path / "run").network.names == run.network.names


def test_a_loss_beyond_numbers_changes_no_weight(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = TrainingRun(experiment, dataset)
    before = run.network.state_dict()
    real = run.network.loss_and_gradients
    monkeypatch.setattr(run.network, "loss_and_gradients", lambda *a, **k: Step(math.inf, real(*a, **k).state))
    failed = list(run)[-1]
    assert isinstance(failed, RunFailed)
    assert failed.title == "Step 1: the loss is not finite"
    assert all(np.array_equal(before[name], array) for name, array in run.network.state_dict().items())


def test_nan_is_never_the_best(experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([math.nan, 2.0, math.nan, 1.0, math.nan])
    real = evaluation.scoring

    def scoring(*arguments: Any, **named: Any) -> Generator[Event, None, evaluation.Score]:
        found = yield from real(*arguments, **named)
        return evaluation.Score(next(losses, 0.0), found.metrics)

    monkeypatch.setattr(validation, "scoring", scoring)
    events = list(TrainingRun(experiment.replace({"training.epochs": 5}), dataset))
    assert [event.best for event in of(events, Evaluated)] == [False, True, False, True, False]
    assert end(events).best_epoch == 4


def test_memory_that_runs_out_is_told(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = TrainingRun(experiment, dataset)

    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(run.network, "loss_and_gradients", too_much)
    failed = list(run)[-1]
    assert isinstance(failed, RunFailed)
    assert failed.title == "Out of memory"
    assert "smaller batch" in failed.cure


def test_a_disk_that_fills_up_does_not_end_the_training(
    experiment: Experiment, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.storage.weights.write_atomically", full)
    experiment = experiment.replace({"saving.epochs": 1, "saving.seconds": 1000})
    run = TrainingRun(experiment, dataset, folder=tmp_path / "run")
    events = list(run)
    assert len(of(events, StepDone)) == 8
    assert [event.level for event in of(events, Finding) if event.key == "saving"] == ["problem"] * 3
    assert isinstance(events[-1], RunFailed)
    assert "No space left" in events[-1].why


def test_a_folder_with_a_run_is_refused_before_anything_happens(
    experiment: Experiment, dataset: Dataset, tmp_path: Path
) -> None:
    list(TrainingRun(experiment, dataset, folder=tmp_path))
    with pytest.raises(RunFolderError, match="already holds a run"):
        TrainingRun(experiment, dataset, folder=tmp_path)


def test_better_weights_are_saved_now_and_then(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    chosen = experiment.replace({"saving.seconds": 0})
    events = list(TrainingRun(chosen, dataset, folder=tmp_path / "run"))
    assert [event.step for event in of(events, CheckpointSaved)] == [4, 5, 6, 7, 8]
