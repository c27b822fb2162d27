"""What is asked of trained models is answered to whoever asked last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import load, sample
from engine.export.particulars import exportable
from engine.export.proof import export
from engine.export.targets import target
from engine.training import TrainingRun
from tests.workbench.conftest import KnownBackend
from workbench.doors.answers import Exported, ExportForm
from workbench.doors.export_pace import STEPS, ExportPace, UnderWay
from workbench.errands import Errands
from workbench.jobs import Jobs
from workbench.runs.records import RunRecord


class Dialog:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.forms: tuple[ExportForm, ...] = ()
        self.told: list[object] = []

    def show_forms(self, forms: tuple[ExportForm, ...]) -> None:
        self.forms = forms

    def show_result(self, exported: Exported) -> None:
        self.told.append(exported)

    def show_problem(self, text: str) -> None:
        self.told.append(text)


class SlowBackend(KnownBackend):
    """An export takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def export(self, run_folder: Path, key: str, target: Path, tell: Callable[[str], None]) -> Exported:
        tell("Beginning")
        assert self.let_go.wait(60)
        return super().export(run_folder, key, target, tell)


def collected(qtbot: QtBot, jobs: Jobs, done: Callable[[], bool]) -> None:
    def answered() -> bool:
        jobs.collect()
        return done()

    qtbot.waitUntil(answered, timeout=60_000)


def test_a_new_dialog_waits_for_no_export_of_one_that_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    backend, jobs = SlowBackend(), Jobs()
    errands, record = Errands(backend, jobs), RunRecord(1, "a", Experiment(), tmp_path)
    closed, opened = Dialog(), Dialog()
    errands.export(record, "paper", tmp_path / "a.paper", closed)
    errands.learn_export_forms(record, opened)
    collected(qtbot, jobs, lambda: bool(opened.forms))
    errands.export(record, "paper", tmp_path / "b.paper", opened)
    backend.let_go.set()
    collected(qtbot, jobs, lambda: bool(opened.told))
    assert not closed.told
    assert (tmp_path / "a.paper").exists()
    assert (tmp_path / "b.paper").exists()
    assert jobs.join(10)


def test_a_cancelled_export_writes_nothing_and_tells_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    backend, jobs = SlowBackend(), Jobs()
    errands, record, dialog = Errands(backend, jobs), RunRecord(1, "a", Experiment(), tmp_path), Dialog()
    under_way = errands.export(record, "paper", tmp_path / "a.paper", dialog)
    qtbot.waitUntil(lambda: under_way.step == "Beginning", timeout=60_000)
    errands.cancel_export(under_way)
    backend.let_go.set()
    assert jobs.join(60)
    jobs.collect()
    assert not dialog.told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("form", "done", "at", "left"),
    [
        ("onnx", (), 0.0, 0.1 + 1 + 4 + 2 + 0.5),  # as the last time
        ("onnx", (0.1, 1.0, 4.0), 1.5, 0.5 + 0.5),
        ("onnx", (0.1, 1.0, 4.0), 2.5, 0.5),
        ("onnx", (0.1, 1.0, 4.0), 3.5, None),  # later than can be believed
        ("keras", (), 0.0, 0.1 + 1 + 4 + 4 + 0.5),  # run for the first time: as long as the engine took
        ("keras", (0.1, 1.0, 6.0), 1.0, 5.0 + 0.5),
        ("keras", (0.1, 1.0, 6.0, 3.0, 0.5), 0.0, None),  # nothing is left
    ],
)
def test_time_left_of_an_export_is_as_the_last_time(
    tmp_path: Path, form: str, done: tuple[float, ...], at: float, left: float | None
) -> None:
    pace = ExportPace()
    for step, seconds in enumerate((0.1, 1.0, 4.0, 2.0, 0.5)):
        pace.note(tmp_path, "onnx", step, seconds)
    assert pace.left(tmp_path, form, done, at) == (left if left is None else pytest.approx(left))


def test_time_left_of_the_first_export_is_known_once_the_engine_was_asked(tmp_path: Path) -> None:
    pace = ExportPace()
    known = [pace.left(tmp_path, "onnx", (0.1, 1.0, 4.0)[:steps], 0.0) for steps in range(4)]
    assert known == [None, None, None, 4.0 + 1.0]


def test_every_step_of_an_export_is_noted(tmp_path: Path) -> None:
    experiment = sample("airline_passengers").experiment.replace({"training.epochs": 1, "model.hidden_size": 4})
    for _ in TrainingRun(experiment, load(experiment), folder=tmp_path / "run"):
        pass
    under_way = UnderWay(pace := ExportPace(), tmp_path, "npz")
    under_way.begin()
    assert under_way.left is None
    export(exportable(tmp_path / "run"), target("npz"), tmp_path / "w.npz", under_way.tell)
    under_way.end_step()
    assert {step for _, form, step in pace._took if form} == set(STEPS)
    assert UnderWay(pace, tmp_path, "npz").left == pytest.approx(under_way.seconds, abs=0.5)
