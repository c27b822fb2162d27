"""What the runs of a race or a sweep say of it in their folders, and that it is read again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.comparing.kept import bytes_kept, memberships
from engine.comparing.race import entrants
from engine.comparing.race_messages import Entrant
from engine.comparing.sweep import sweep
from engine.config import Experiment
from engine.data import Dataset
from engine.events import CheckpointSaved, Finding, RunFinished
from engine.export import proof
from engine.export.particulars import exportable
from engine.export.targets import target
from engine.past_runs import past_runs, read_run
from engine.resuming import saved_run
from engine.runs import METRICS
from engine.storage.contest_file import CONTEST, Membership
from engine.storage.run_folders import WEIGHTS
from engine.training import TrainingRun
from workbench.doors import model_use

BEGAN = 1_700_000_000.5


def _race(experiment: Experiment) -> list[Entrant]:
    return entrants(experiment, ["elman", "gru"], 2, 100, lambda own: own.model.hidden_size * 10)


def _strategies(experiment: Experiment) -> list[Entrant]:
    return entrants(experiment, ["gru"], 1, 100, lambda own: own.model.hidden_size, ["recursive", "direct"])


def _sweep(experiment: Experiment) -> list[Entrant]:
    trials = [
        (("model.cell", "gru"), ("training.learning_rate", rate), ("model.hidden_size", 2)) for rate in (0.001, 0.01)
    ]
    return sweep(experiment, trials, 2).field


@pytest.mark.parametrize(
    ("make", "title", "entrant"),
    [
        (_race, "Race of 2 cells", ""),
        (_strategies, "Race of 1 cell, 2 strategies", "direct"),
        (_sweep, "Sweep of cell, learning rate, hidden units", "gru · 0.01 · 2"),
    ],
)
def test_a_run_that_is_kept_says_what_it_was_made_for(
    experiment: Experiment, dataset: Dataset, tmp_path: Path, make: Callable[[Experiment], list[Entrant]], title: str,
    entrant: str,
) -> None:  # fmt: skip
    field = make(experiment)
    of = memberships(field, BEGAN)[-1]
    assert of == Membership(title.split()[0].lower(), BEGAN, title, len(field), "gru", entrant, field[-1].seed)
    list(TrainingRun(experiment, dataset, folder=tmp_path / "run", of=of))
    list(TrainingRun(experiment, dataset, folder=tmp_path / "alone"))
    for _ in ("from the folders", "from the index"):
        assert {run.folder.name: run.of for run in past_runs(tmp_path)} == {"run": of, "alone": None}
    (tmp_path / "run" / CONTEST).unlink()  # the folder is the truth, not the index
    assert {run.of for run in past_runs(tmp_path)} == {None}


@pytest.mark.parametrize(
    "change", [{"began": "soon"}, {"began": float("nan")}, {"runs": 2.5}, {"seed": -1}, {"kind": None}, {"cell": 1},
               {"title": "x" * 20_000}],
)  # fmt: skip
def test_what_makes_no_sense_leaves_a_run_that_is_read_by_itself(
    experiment: Experiment, dataset: Dataset, tmp_path: Path, change: dict[str, Any]
) -> None:
    of = memberships(_race(experiment), BEGAN)[0]
    list(TrainingRun(experiment, dataset, folder=tmp_path / "run", of=of))
    (tmp_path / "run" / CONTEST).write_text(json.dumps(of.to_dict() | change))
    assert read_run(tmp_path / "run").of is None
    (tmp_path / "run" / CONTEST).write_text("[" * 50_000)
    assert read_run(tmp_path / "run").of is None


def test_a_run_of_a_race_is_kept_as_any_other_and_can_be_used_and_exported(
    experiment: Experiment, dataset: Dataset, tmp_path: Path
) -> None:
    of = memberships(_race(experiment), BEGAN)[0]
    list(TrainingRun(experiment, dataset, folder=tmp_path / "run", of=of))
    list(TrainingRun(experiment, dataset, folder=tmp_path / "alone"))
    names = [{path.name for path in (tmp_path / name).iterdir()} for name in ("run", "alone")]
    assert names[0] - names[1] == {CONTEST}
    for name in (WEIGHTS, METRICS):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    source, form = exportable(tmp_path / "run"), target("npz")
    assert proof.export(source, form, tmp_path / "weights.npz", lambda _: None).passed
    assert model_use.usable(tmp_path / "run").kind == "series"
    assert saved_run(tmp_path / "run", {"training.epochs": 5}).checkpoint is not None


@pytest.mark.usefixtures("refuge")
def test_a_run_of_a_race_that_could_not_be_kept_counts_in_it(
    experiment: Experiment, dataset: Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "run"
    of = memberships(_race(experiment), BEGAN)[0]
    run = TrainingRun(experiment.replace({"saving.epochs": 1}), dataset, folder=folder, of=of)
    events = []
    for event in run:
        events.append(event)
        if isinstance(event, CheckpointSaved) and folder.is_dir():
            shutil.rmtree(folder.parent)
            folder.parent.write_text("in the way")
    assert isinstance(events[-1], RunFinished)
    assert any(isinstance(event, Finding) and event.key == "saving" for event in events)
    rescued = next(Path(each.path).parent for each in reversed(events) if isinstance(each, CheckpointSaved))
    assert read_run(rescued).of == of


def test_runs_take_no_more_room_than_is_said(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> None:
    chosen = experiment.replace({"model.hidden_size": 64, "saving.epochs": 1, "training.epochs": 3})
    run = TrainingRun(chosen, dataset, folder=tmp_path / "run")
    list(run)
    taken = sum(path.stat().st_size for path in (tmp_path / "run").rglob("*") if path.is_file())
    said = bytes_kept(1, run.network.parameter_count)
    assert 0.5 * said < taken <= said
