"""A run that was broken off and goes on ends in the same bits as one that was left alone."""

from __future__ import annotations

import dataclasses
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.cells import specifications
from engine.config import Experiment, field_info
from engine.control import Control
from engine.data import Dataset
from engine.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Finding,
    Paused,
    RunFailed,
    RunFinished,
    RunStarted,
    StepDone,
)
from engine.model import load_model
from engine.network import Step
from engine.resuming import saved_run, way_on
from engine.runs import load_run
from engine.storage.checkpoints import Checkpoints
from engine.storage.run_folders import RunFolderError
from engine.storage.run_lock import is_live
from engine.storage.weights import WeightsFileError, read_weights, write_weights
from engine.topologies import topologies
from engine.training import TrainingRun
from engine.training_loop import progress
from engine.training_loop.recording import Recorder

CELLS = [spec.key for spec in specifications()]
FILES = ("weights.safetensors", "metrics.csv", "experiment.toml")


@pytest.fixture
def often(experiment: Experiment) -> Experiment:
    """Saves after every batch; three epochs of four."""
    return experiment.replace({"saving.seconds": 0, "training.epochs": 3})


def result(folder: Path) -> dict[str, Any]:
    """What is written of a run's end, without its timings."""
    found: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return {name: value for name, value in found.items() if "second" not in name}


def broken_off(experiment: Experiment, dataset: Dataset, folder: Path, step: int) -> None:
    """As after a kill: the generator is dropped in mid-run, what is on disk stays."""
    run = TrainingRun(experiment, dataset, folder=folder)
    for event in run:
        if isinstance(event, CheckpointSaved | StepDone) and event.step >= step:
            break
    run.abandon()


def go_on(folder: Path, dataset: Dataset, **how: Any) -> list[Event]:
    saved = saved_run(folder, **how)
    return list(TrainingRun(saved.experiment, dataset, folder=folder, saved=saved))


def assert_same_bits(experiment: Experiment, folder: Path, step: int) -> None:
    dataset = data.load(experiment)
    whole = TrainingRun(experiment, dataset, folder=folder / "whole")
    assert isinstance(list(whole)[-1], RunFinished)
    broken_off(experiment, dataset, folder / "broken", step)
    assert not (folder / "broken/result.json").exists()
    assert isinstance(go_on(folder / "broken", dataset)[-1], RunFinished)
    for name in FILES:
        assert (folder / "broken" / name).read_bytes() == (folder / "whole" / name).read_bytes(), name
    assert result(folder / "broken") == result(folder / "whole")


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_ends_in_the_same_bits(often: Experiment, tmp_path: Path, cell: str) -> None:
    assert_same_bits(often.replace({"model.cell": cell}), tmp_path, random.Random(cell).randint(1, 11))


@pytest.mark.parametrize("optimizer", field_info("training", "optimizer").choices)
def test_every_optimiser_ends_in_the_same_bits(often: Experiment, tmp_path: Path, optimizer: str) -> None:
    assert_same_bits(
        often.replace({"training.optimizer": optimizer}), tmp_path, random.Random(optimizer).randint(1, 11)
    )


@pytest.mark.parametrize("schedule", field_info("training", "schedule").choices)
def test_every_schedule_ends_in_the_same_bits(often: Experiment, tmp_path: Path, schedule: str) -> None:
    changes = {
        "training.schedule": schedule, "training.plateau_patience": 0, "training.learning_rate": 0.3,
        "training.gradient_noise": 0.1, "training.step_epochs": 1, "training.epochs": 5,
    }  # fmt: skip
    assert_same_bits(often.replace(changes), tmp_path, random.Random(schedule).randint(1, 19))


def test_what_is_left_out_at_random_is_the_same(often: Experiment, tmp_path: Path) -> None:
    changes = {"model.cell": "lstm", "model.num_layers": 2} | {
        f"model.{name}": 0.3 for name in ("dropout", "recurrent_dropout", "zoneout")
    }
    assert_same_bits(often.replace(changes), tmp_path, 7)


@pytest.mark.parametrize(
    ("topology", "kind"), [(spec.key, kind) for spec in topologies() for kind in spec.available if kind == "series"]
)
@pytest.mark.parametrize("both", [False, True])
def test_every_topology_ends_in_the_same_bits(
    often: Experiment, tmp_path: Path, topology: str, kind: str, both: bool
) -> None:
    chosen = often.replace({"model.topology": topology, "model.bidirectional": both, "model.num_layers": 2})
    assert_same_bits(chosen, tmp_path, 6)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_text_goes_on_with_the_state_it_carried(tmp_path: Path, cell: str) -> None:
    (tmp_path / "text.txt").write_text("a rose is a rose is a rose. " * 60)
    chosen = data.suggest(tmp_path / "text.txt").experiment.replace(
        {
            "data.sequence_length": 16, "model.cell": cell, "model.hidden_size": 6, "model.num_layers": 2,
            "model.embedding_size": 4, "training.batch_size": 4, "training.epochs": 2, "training.threads": 1,
            "saving.seconds": 0,
        }
    )  # fmt: skip
    assert_same_bits(chosen, tmp_path, 9)


def pairs_table(rows: int = 40) -> str:
    """Texts and a vector that are read, with a short text for each."""
    lines = [f"say {row}\tit is {row % 5} of {row % 3}\t{row % 7}\t{'xy'[row % 2]}" for row in range(rows)]
    return "\n".join(["read\twritten\tnumber\tkind", *lines]) + "\n"


def labelled_table() -> str:
    """Sequences of three to six steps with a class each, a class a step and a value a step."""
    lines = ["case,step,x,y,label,tag,height"]
    for case in range(24):
        for step in range(3 + case % 4):
            x, y = math.sin(case + step), math.cos(case * step)
            lines.append(f"{case},{step},{x:.4f},{y:.4f},{'ab'[case % 2]},{'uvw'[step % 3]},{x * y:.4f}")
    return "\n".join(lines) + "\n"


def texts_table() -> str:
    """Short texts with a class each."""
    lines = [f"it was {'good' if row % 2 else 'bad'} on day {row}\t{'yes' if row % 2 else 'no'}" for row in range(40)]
    return "\n".join(["said\tliked", *lines]) + "\n"


WRITTEN = {"data.kind": "pairs", "data.inputs": "read", "data.targets": "written", "data.source_symbols": "words"}
LABELLED = {
    "data.kind": "sequences", "data.sequence_column": "case", "data.time_column": "step", "data.inputs": "x,y",
    "data.split": "sequence", "data.validation": 0.25, "data.test": 0.25,
}  # fmt: skip
FROM_TABLES: dict[str, tuple[Any, str, dict[str, Any]]] = {  # the table, the topology, what is set
    "text to text": (pairs_table, "encoder_decoder", WRITTEN),
    "with attention, both ways": (
        pairs_table,
        "encoder_decoder",
        WRITTEN | {"model.attention": "additive", "model.bidirectional": True, "model.num_layers": 2},
    ),
    "hears itself now and then": (
        pairs_table, "encoder_decoder", WRITTEN | {"training.teacher_forcing": "linear", "model.dropout": 0.2},
    ),
    "vector to text": (pairs_table, "one_to_many", WRITTEN | {"data.inputs": "number,kind"}),
    "a class a sequence": (labelled_table, "many_to_one", LABELLED | {"data.label": "label"}),
    "a class a step": (labelled_table, "many_to_many", LABELLED | {"data.label": "tag", "model.bidirectional": True}),
    "a value a step": (labelled_table, "many_to_many", LABELLED | {"data.label": "height", "data.answer": "value"}),
    "one row at a time": (labelled_table, "one_to_one", LABELLED | {"data.label": "tag"}),
    "a text with a class": (
        texts_table,
        "many_to_one",
        {"data.kind": "labelled_text", "data.text_column": "said", "data.label": "liked", "data.tokens": "words"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FROM_TABLES)
@pytest.mark.parametrize("step", [1, 6])
def test_every_kind_of_data_ends_in_the_same_bits(often: Experiment, tmp_path: Path, case: str, step: int) -> None:
    make, topology, settings = FROM_TABLES[case]
    (tmp_path / "table.tsv").write_text(make())
    changes = {
        "data.sample": "", "data.file": str(tmp_path / "table.tsv"), "model.topology": topology, "model.cell": "gru",
        "model.embedding_size": 3, "training.batch_size": 8,
    }  # fmt: skip
    assert_same_bits(often.replace(changes | settings), tmp_path, step)


@pytest.mark.parametrize("step", range(1, 13))
def test_any_batch_will_do(often: Experiment, tmp_path: Path, step: int) -> None:
    assert_same_bits(often, tmp_path, step)


def test_a_run_broken_off_before_its_first_save_begins_anew(experiment: Experiment, tmp_path: Path) -> None:
    assert_same_bits(experiment.replace({"saving.seconds": 1000}), tmp_path, 3)


def test_live_changes_are_remembered(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    for name, last in (("whole", 99), ("broken", 8)):
        run = TrainingRun(often, dataset, folder=tmp_path / name)
        for event in run:
            if isinstance(event, StepDone) and event.step == 5:
                run.control.set("training.learning_rate", 0.01)
                run.control.set("training.clip_norm", 0.1)
            if isinstance(event, StepDone) and event.step == last:
                break
        run.abandon()
    go_on(tmp_path / "broken", dataset)
    assert (tmp_path / "broken" / FILES[0]).read_bytes() == (tmp_path / "whole" / FILES[0]).read_bytes()
    assert result(tmp_path / "broken")["changes"] == result(tmp_path / "whole")["changes"] != []


@pytest.mark.parametrize("how", [Control.stop, Control.finish])
def test_a_run_that_was_ended_goes_on_too(often: Experiment, dataset: Dataset, tmp_path: Path, how: Any) -> None:
    list(TrainingRun(often, dataset, folder=tmp_path / "whole"))
    run = TrainingRun(often, dataset, folder=tmp_path / "ended")
    for event in run:
        if isinstance(event, StepDone) and event.step == 6:
            how(run.control)
    go_on(tmp_path / "ended", dataset)
    for name in FILES:
        assert (tmp_path / "ended" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_finished_run_trains_on_with_more_epochs(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    list(TrainingRun(often, dataset, folder=tmp_path / "run"))
    events = go_on(tmp_path / "run", dataset, changes={"training.epochs": "5"})
    assert [event.step for event in events if isinstance(event, StepDone)] == [13, 14, 15, 16, 17, 18, 19, 20]
    list(TrainingRun(often.replace({"training.epochs": 5}), dataset, folder=tmp_path / "long"))
    for name in FILES:
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "long" / name).read_bytes()


def test_the_start_tells_what_was_before(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    broken_off(often, dataset, tmp_path / "run", 9)
    (started,) = [event for event in go_on(tmp_path / "run", dataset) if isinstance(event, RunStarted)]
    assert started.step == 8
    assert [event.epoch for event in started.past] == [1, 2]


def test_a_pause_is_saved(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    run = TrainingRun(experiment, dataset, folder=tmp_path / "run")
    run.control.step_once()
    while not isinstance(next(run), Paused):
        pass
    run.control.set("training.learning_rate", 0.5)
    run.control.step_once()
    while not isinstance(next(run), Paused):
        pass
    run.control.stop()
    while not isinstance(next(run), RunFinished):
        pass
    found = Checkpoints(tmp_path / "run").newest()
    assert found is not None
    assert found.step == 2
    assert found.facts["training"]["schedule.base"] == 0.5


def test_a_pause_is_said_before_the_save_that_is_due(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    """Writing to a slow disk takes longer than a person waits for a pause."""
    run, said = TrainingRun(often, dataset, folder=tmp_path / "run"), []
    for event in run:
        if isinstance(event, Paused | CheckpointSaved) and event.step == 6:
            said.append(type(event))
        if isinstance(event, StepDone) and event.step == 6:
            run.control.pause()
        if len(said) == 2:
            run.control.stop()
    assert said[:2] == [Paused, CheckpointSaved]


def test_a_save_turns_into_numbers_only_what_was_scored_since_the_last(
    experiment: Experiment, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After twenty thousand epochs, to do so with all took a second, in which nothing was learned."""
    real, turned, scored = progress._numbers, list[int](), list[Evaluated]()

    def noted(score: Evaluated) -> tuple[Any, ...]:
        turned.append(score.epoch)
        return tuple(real(score))

    monkeypatch.setattr(progress, "_numbers", noted)
    run = TrainingRun(experiment, dataset)
    for event in run:
        if isinstance(event, Evaluated):
            scored.append(event)
            table = run.checkpoint().tensors["measured.evaluations"]
            np.testing.assert_array_equal(table, np.array([dataclasses.astuple(score) for score in scored], float))
    assert turned == [score.epoch for score in scored]
    assert len(turned) > 1


def test_so_many_are_kept(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    list(TrainingRun(often.replace({"saving.keep": 3}), dataset, folder=tmp_path / "run"))
    names = sorted(path.name for path in (tmp_path / "run/checkpoints").iterdir())
    assert [name.split(".")[1] for name in names] == ["json", "safetensors"] * 3
    assert not (tmp_path / "run/run.lock").exists()


def test_saves_come_by_epochs(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    chosen = experiment.replace({"saving.seconds": 1000, "saving.epochs": 2, "training.epochs": 6})
    steps = []
    run = TrainingRun(chosen, dataset, folder=tmp_path / "run")
    for event in run:
        if isinstance(event, CheckpointSaved):
            steps.append(event.step)
    assert steps == [8, 16, 24]


def test_a_save_that_takes_long_is_made_seldom(
    experiment: Experiment, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    recorder = Recorder(tmp_path / "run", experiment.replace({"saving.seconds": 1}), "RMSE", clock=lambda: now[0])
    run = TrainingRun(experiment, dataset)
    next(run)
    assert not recorder.is_due(0)
    now[0] = 1.0
    assert recorder.is_due(0)
    real = recorder._write

    def slow(*arguments: Any) -> Any:
        now[0] += 0.5
        return real(*arguments)

    monkeypatch.setattr(recorder, "_write", slow)
    recorder.save(run.model(), {}, run.checkpoint(), 0)
    now[0] = 1.5 + 24.9
    assert not recorder.is_due(0)
    now[0] = 1.5 + 25.0
    assert recorder.is_due(0)
    recorder.close()


# --- what is in the way ---------------------------------------------------------------------------------


def test_a_damaged_checkpoint_gives_way_to_the_one_before(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    list(TrainingRun(often, dataset, folder=tmp_path / "whole"))
    broken_off(often, dataset, tmp_path / "run", 9)
    newest = max((tmp_path / "run/checkpoints").glob("*.safetensors"))
    newest.write_bytes(newest.read_bytes()[:-1])
    go_on(tmp_path / "run", dataset)
    assert (tmp_path / "run" / FILES[0]).read_bytes() == (tmp_path / "whole" / FILES[0]).read_bytes()


def test_when_all_are_damaged_it_is_said(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    broken_off(often, dataset, tmp_path / "run", 9)
    for path in (tmp_path / "run/checkpoints").glob("*.json"):
        path.write_text("{}")
    with pytest.raises(RunFolderError, match="cannot go on"):
        saved_run(tmp_path / "run")


@pytest.mark.parametrize(("version", "words"), [(2, "a newer workbench .version 2"), (0, "an older workbench")])
def test_a_save_of_another_version_is_said(
    often: Experiment, dataset: Dataset, tmp_path: Path, version: int, words: str
) -> None:
    """It does not give way to the one before: what the other workbench learned would be lost."""
    broken_off(often, dataset, tmp_path, 6)
    newest = max((tmp_path / "checkpoints").glob("*.json"))
    newest.write_text(newest.read_text().replace("checkpoint 1", f"checkpoint {version}"))
    with pytest.raises(RunFolderError, match=f"cannot go on: .*{newest.name} was written by {words}"):
        saved_run(tmp_path)
    assert words[:7] in way_on(tmp_path).problem
    newest.write_text(newest.read_text().replace(f"checkpoint {version}", "picture"))
    assert saved_run(tmp_path).checkpoint


def test_weights_of_another_version_are_said(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    list(TrainingRun(often, dataset, folder=tmp_path))
    path = tmp_path / "weights.safetensors"
    weights, header = read_weights(path)
    write_weights(path, weights, {**header, "rnn_workbench": "rnn-workbench 7"})
    with pytest.raises(WeightsFileError, match=r"was written by a newer workbench .version 7.*update"):
        load_model(path)


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="holds no run"):
        saved_run(tmp_path)


def test_a_run_that_is_under_way_is_left_alone(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    run = TrainingRun(often, dataset, folder=tmp_path / "run")
    while not isinstance(next(run), StepDone):
        pass
    next(run)
    assert is_live(tmp_path / "run")
    with pytest.raises(RunFolderError, match="still under way"):
        saved_run(tmp_path / "run")
    list(run)
    assert not is_live(tmp_path / "run")


def test_data_that_changed_is_said(often: Experiment, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("value\n" + "\n".join(str(math.sin(i / 5)) for i in range(160)) + "\n")
    chosen = often.replace({"data.sample": "", "data.file": str(table), "data.targets": "value"})
    broken_off(chosen, data.load(chosen), tmp_path / "run", 5)
    table.write_text(table.read_text().replace("0.0\n", "0.5\n", 1))
    with pytest.raises(RunFolderError, match="has changed since"):
        saved_run(tmp_path / "run")
    assert isinstance(go_on(tmp_path / "run", data.load(chosen), changed_data=True)[-1], RunFinished)
    table.unlink()
    with pytest.raises(RunFolderError, match="is gone"):
        saved_run(tmp_path / "run")


def test_what_there_is_to_agree_to_before_it_goes_on(often: Experiment, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("value\n" + "\n".join(str(math.sin(i / 5)) for i in range(160)) + "\n")
    chosen = often.replace({"data.sample": "", "data.file": str(table), "data.targets": "value"})
    broken_off(chosen, data.load(chosen), tmp_path / "run", 5)
    assert (way_on(tmp_path / "run").step, way_on(tmp_path / "run").data) == (4, "")
    elsewhere = table.rename(tmp_path / "moved.csv")
    assert way_on(tmp_path / "run").data == "gone"
    changes = {"data.file": str(elsewhere)}
    assert way_on(tmp_path / "run", changes).data == ""
    elsewhere.write_text(elsewhere.read_text().replace("0.0\n", "0.5\n", 1))
    assert way_on(tmp_path / "run", changes).data == "changed"
    assert "holds no run" in way_on(tmp_path / "none").problem


def test_data_that_lies_elsewhere_now_is_the_same_data(often: Experiment, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("value\n" + "\n".join(str(math.sin(i / 5)) for i in range(160)) + "\n")
    chosen = often.replace({"data.sample": "", "data.file": str(table), "data.targets": "value"})
    dataset = data.load(chosen)
    list(TrainingRun(chosen, dataset, folder=tmp_path / "whole"))
    broken_off(chosen, dataset, tmp_path / "run", 5)
    moved = table.rename(tmp_path / "moved.csv")
    go_on(tmp_path / "run", dataset, changes={"data.file": str(moved)})
    assert (tmp_path / "run" / FILES[1]).read_bytes() == (tmp_path / "whole" / FILES[1]).read_bytes()
    assert saved_run(tmp_path / "run").experiment.data.file == str(moved)


def test_only_what_is_free_may_change(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    broken_off(often, dataset, tmp_path / "run", 5)
    with pytest.raises(RunFolderError, match=r"model\.cell cannot be changed"):
        saved_run(tmp_path / "run", {"model.cell": "lstm"})
    saved = saved_run(tmp_path / "run", {"training.learning_rate": "0.25", "training.epochs": "7"})
    assert saved.changes == {"training.learning_rate": 0.25}
    assert (saved.experiment.training.epochs, saved.experiment.training.learning_rate) == (7, 1e-3)


def test_after_a_nan_it_goes_on_from_the_last_good_weights(
    often: Experiment, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = TrainingRun(often, dataset, folder=tmp_path / "run")
    real = run.network.loss_and_gradients
    events: list[Event] = []
    for event in run:
        events.append(event)
        if isinstance(event, StepDone) and event.step == 6:
            monkeypatch.setattr(run.network, "loss_and_gradients", lambda *a, **k: Step(math.inf, real(*a, **k).state))
    assert isinstance(events[-1], RunFailed)
    (finding,) = [event for event in events if isinstance(event, Finding) and event.goes_on]
    assert dict(finding.changes) == {"training.learning_rate": "0.0001", "training.clip_norm": "1"}
    with pytest.raises(RunFolderError, match="add --mend"):
        saved_run(tmp_path / "run")
    saved = saved_run(tmp_path / "run", mend=True)
    assert saved.checkpoint is not None
    best = load_run(tmp_path / "run").network.state_dict()
    assert all(np.array_equal(saved.checkpoint.tensors[f"parameters.{name}"], best[name]) for name in best)
    again = TrainingRun(saved.experiment, dataset, folder=tmp_path / "run", saved=saved)
    assert isinstance(list(again)[-1], RunFinished)
    assert again.step == 12
    assert [change["field"] for change in result(tmp_path / "run")["changes"]] == list(dict(finding.changes))


def test_a_run_that_ran_away_before_any_score_goes_on_as_it_advised(tmp_path: Path) -> None:
    """The weights of its last step are finite, and lead there again at any rate."""
    hasty = {
        "model.cell": "elman", "model.activation": "relu", "training.optimizer": "sgd", "training.learning_rate": 10.0,
        "training.clip_norm": 0.0, "training.epochs": 5, "training.threads": 1,
    }  # fmt: skip
    experiment = data.sample("airline_passengers").experiment.replace(hasty)
    dataset = data.load(experiment)
    with np.errstate(all="ignore"):
        failed = list(TrainingRun(experiment, dataset, folder=tmp_path / "run"))[-1]
    assert isinstance(failed, RunFailed)
    assert 1 < failed.step < dataset.batch_count("train", experiment.training.batch_size)
    saved = saved_run(tmp_path / "run", mend=True)
    last = list(TrainingRun(saved.experiment, dataset, folder=tmp_path / "run", saved=saved))[-1]
    assert isinstance(last, RunFinished)


def test_the_checkpoint_of_another_network_is_refused(often: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    broken_off(often, dataset, tmp_path / "run", 5)
    saved = saved_run(tmp_path / "run")
    other = dataclasses.replace(saved, experiment=often.replace({"model.hidden_size": 5}))
    with pytest.raises(ValueError, match="does not fit this run"):
        TrainingRun(other.experiment, dataset, folder=tmp_path / "run", saved=other)
