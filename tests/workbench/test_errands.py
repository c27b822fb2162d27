"""What is asked of trained models is answered to whoever asked last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.config import Experiment
from tests.workbench.conftest import KnownBackend
from workbench.answers import Exported, ExportForm
from workbench.errands import Errands
from workbench.jobs import Jobs
from workbench.records import RunRecord


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
