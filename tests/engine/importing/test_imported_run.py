"""Weights from elsewhere as a run: scored, shown, kept as they are, and gone on with without their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.control import Control
from engine.events import CheckpointSaved, Evaluated, RunFinished, Snapshot, SnapshotRequest
from engine.export.beside import write_arrays
from engine.imported_run import ImportedRun
from engine.past_runs import read_run
from engine.resuming import saved_run
from engine.runs import load_run
from engine.storage.checkpoints import Checkpoints
from engine.training import TrainingRun
from tests.engine.export.examples import exportable

NO_VALIDATION = {"data.validation": 0}


def imported(kind: str, folder: Path, changes: dict[str, Any]) -> tuple[ImportedRun, Path]:
    """A run of the weights of another one, in a file beside it."""
    source = exportable(kind, cell="gru").model
    weights = folder / "theirs.npz"
    write_arrays(source.network.state_dict(), weights)
    fixed = {"training.start_weights": str(weights), "training.seed": 77, "training.threads": 1, "training.epochs": 2}
    experiment = source.experiment.replace({**fixed, **changes})
    control = Control()
    control.request = SnapshotRequest(3, frozenset({"weights"}))
    return ImportedRun(experiment, data.load(experiment), control, folder / "run"), weights


@pytest.mark.parametrize(("kind", "changes"), [("airline", {}), ("airline", NO_VALIDATION), ("text", {})], ids=str)
def test_it_is_kept_and_shown_as_it_came(tmp_path: Path, kind: str, changes: dict[str, Any]) -> None:
    run, weights = imported(kind, tmp_path, changes)
    events = list(run)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.reason, finished.step) == ("scored", 0)
    assert finished.test_metrics
    assert [event.step for event in events if isinstance(event, Evaluated | CheckpointSaved)] == [0, 0]
    shown = [event for event in events if isinstance(event, Snapshot)]
    assert {"weights", "hidden", "prediction"} <= {name for name, _ in shown[-1].values}
    kept = load_run(tmp_path / "run").network.state_dict()
    with np.load(weights) as file:
        assert all(np.array_equal(kept[name], file[name]) for name in kept)
    past = read_run(tmp_path / "run")
    assert past.has_weights
    assert isinstance(past.ended, RunFinished)
    assert past.ended.reason == "scored"


def test_it_goes_on_without_its_file_as_a_run_that_began_from_it(tmp_path: Path) -> None:
    run, weights = imported("airline", tmp_path, {})
    list(run)
    list(TrainingRun(run.experiment, run.dataset, folder=tmp_path / "begun"))
    weights.unlink()
    saved = saved_run(tmp_path / "run")
    assert isinstance(list(TrainingRun(run.experiment, run.dataset, None, tmp_path / "run", saved))[-1], RunFinished)
    ends = [Checkpoints(tmp_path / name).newest() for name in ("run", "begun")]
    parameters = [{n: v for n, v in end.tensors.items() if n.startswith("parameters.")} for end in ends if end]
    assert len(parameters) == 2
    assert all(np.array_equal(values, parameters[1][name]) for name, values in parameters[0].items())
    assert ends[0] is not None
    assert ends[0].step > 0


def test_stopped_before_it_was_judged_it_keeps_nothing(tmp_path: Path) -> None:
    run, _ = imported("airline", tmp_path, {})
    run.control.stop()
    finished = list(run)[-1]
    assert isinstance(finished, RunFinished)
    assert finished.reason == "stopped"
    assert not (tmp_path / "run").exists()
