"""What the last time left behind is offered at the next start, and goes on where it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import load
from engine.events import Finding, RunFailed, RunFinished, StepDone
from engine.past_runs import past_runs
from engine.resuming import WayOn, saved_run
from engine.storage.run_lock import RunLock, is_live
from engine.training import TrainingRun
from tests.workbench.bench import Bench
from tests.workbench.conftest import KnownBackend
from workbench.desk import Desk
from workbench.dialogs.go_on import GoOnDialog
from workbench.dialogs.question import Question
from workbench.dialogs.recovery import offer_to_go_on, show_crash
from workbench.doors.backend import Backend
from workbench.logs import CRASH, earlier_crash, note_crash
from workbench.panels.findings import FindingCard
from workbench.runs.records import RunRecord
from workbench.runs.state import State
from workbench.settings import places

CODE = Path(__file__).parents[2]
SMALL = {
    "data.sample": "noisy_sine", "data.length": 300, "model.hidden_size": 4, "training.epochs": 4,
    "training.threads": 1, "saving.seconds": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return Experiment().replace(SMALL)


def broken_off(experiment: Experiment, folder: Path, step: int) -> None:
    run = TrainingRun(experiment, load(experiment), folder=folder)
    for event in run:
        if isinstance(event, StepDone) and event.step == step:
            break
    run.abandon()


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Desk, Callable[[], bool]], None]:
    def wait(desk: Desk, condition: Callable[[], bool]) -> None:
        def met() -> bool:
            desk.jobs.collect()
            desk.session.handle(desk.mailbox.drain().events)
            return condition()

        qtbot.waitUntil(met, timeout=60_000)

    return wait


def test_a_run_goes_on_in_the_window_to_the_same_bits(
    experiment: Experiment, tmp_path: Path, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    list(TrainingRun(experiment, load(experiment), folder=tmp_path / "whole"))
    broken_off(experiment, tmp_path / "runs/broken", 12)
    desk = Desk(Backend(), tmp_path / "runs")
    desk.archive.load()
    until(desk, lambda: bool(desk.session.records))
    (record,) = desk.session.records
    assert record.standing == "broken off"
    assert record.can_go_on
    desk.go_on(record)
    until(desk, lambda: desk.session.state in (State.FINISHED, State.FAILED))
    assert desk.session.record is record
    assert isinstance(record.outcome, RunFinished), record.outcome
    assert record.history.count("metric") == 4
    assert record.started is not None
    assert record.started.step > 0
    for name in ("weights.safetensors", "metrics.csv"):
        assert (tmp_path / "runs/broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert desk.close(20)


def test_one_that_cannot_go_on_says_why(
    experiment: Experiment, tmp_path: Path, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    broken_off(experiment, tmp_path / "runs/broken", 12)
    for path in (tmp_path / "runs/broken/checkpoints").glob("*.json"):
        path.write_text("{")
    desk = Desk(Backend(), tmp_path / "runs")
    desk.archive.load()
    until(desk, lambda: bool(desk.session.records))
    desk.go_on(desk.session.records[0])
    until(desk, lambda: desk.session.state is State.FAILED)
    outcome = desk.session.records[0].outcome
    assert isinstance(outcome, RunFailed)
    assert "cannot go on" in outcome.why
    assert desk.close(20)


def way(**known: Any) -> WayOn:
    return WayOn(**{"step": 40} | known)


def earlier(experiment: Experiment, tmp_path: Path, reason: str = "") -> RunRecord:
    record = RunRecord(3, "gru-64", experiment, tmp_path, earlier=True)
    if reason:
        record.outcome = RunFinished(reason, 40, 4, 3, 0.5, (), (), 1.0)
    return record


@pytest.mark.parametrize(("reason", "epochs"), [("", 4), ("stopped", 4), ("all epochs done", 6)])
def test_a_run_that_trained_all_its_epochs_is_offered_more(
    qtbot: QtBot, experiment: Experiment, tmp_path: Path, reason: str, epochs: int
) -> None:
    dialog = GoOnDialog(earlier(experiment, tmp_path, reason), way(), {})
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.wanted) as asked:
        dialog.button.click()
    assert asked.args == [{"training.epochs": epochs}, False]


@pytest.mark.parametrize(
    ("known", "words", "button"),
    [
        ({}, "save of step 40", "Go on"),
        ({"step": 0}, "begins anew", "Go on"),
        ({"data": "changed"}, "has changed since", "Go on with the changed data"),
        ({"data": "gone"}, "no longer where it was", "Show where it lies…"),
        ({"failed": "loss is inf", "cure": {"training.clip_norm": "1"}}, "not finite (loss is inf)", "Go on"),
    ],
)
def test_what_there_is_to_agree_to_is_said(
    qtbot: QtBot, experiment: Experiment, tmp_path: Path, known: dict[str, Any], words: str, button: str
) -> None:
    dialog = GoOnDialog(earlier(experiment, tmp_path), way(**known), {})
    qtbot.addWidget(dialog)
    assert words in dialog.words.text()
    assert dialog.button.text() == button
    assert dialog.button.isEnabled()


def test_imported_weights_are_trained_on(qtbot: QtBot, experiment: Experiment, tmp_path: Path) -> None:
    dialog = GoOnDialog(earlier(experiment, tmp_path, "scored"), way(step=0), {})
    qtbot.addWidget(dialog)
    assert "trains on from the weights that were scored" in dialog.words.text()


def test_a_run_that_cannot_go_on_says_so_before(qtbot: QtBot, experiment: Experiment, tmp_path: Path) -> None:
    dialog = GoOnDialog(earlier(experiment, tmp_path), way(problem="every checkpoint is damaged"), {})
    qtbot.addWidget(dialog)
    assert "damaged" in dialog.message.text
    assert not dialog.button.isEnabled()


def test_epochs_out_of_range_are_refused(qtbot: QtBot, experiment: Experiment, tmp_path: Path) -> None:
    dialog = GoOnDialog(earlier(experiment, tmp_path), way(), {})
    qtbot.addWidget(dialog)
    dialog.epochs.edited.emit("0")
    assert "takes 1 to" in dialog.message.text
    with qtbot.assertNotEmitted(dialog.wanted):
        dialog.button.click()


def test_a_run_on_changed_data_goes_on_when_that_is_agreed_to(
    experiment: Experiment, tmp_path: Path, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("value\n" + "\n".join(str(i % 7) for i in range(160)) + "\n")
    chosen = experiment.replace({"data.sample": "", "data.file": str(table), "data.targets": "value"})
    broken_off(chosen, tmp_path / "runs/broken", 12)
    table.write_text(table.read_text() + "3\n")
    desk = Desk(Backend(), tmp_path / "runs")
    desk.archive.load()
    until(desk, lambda: bool(desk.session.records))
    (record,) = desk.session.records
    learned: list[WayOn] = []
    desk.learn_way_on(record, {}, learned.append)
    until(desk, lambda: bool(learned))
    assert (learned[0].data, learned[0].problem) == ("changed", "")
    desk.go_on(record, {"training.epochs": 5, "training.clip_norm": "2"}, changed_data=True)
    assert desk.draft.experiment.training.clip_norm == 2
    until(desk, lambda: desk.session.state in (State.FINISHED, State.FAILED))
    assert isinstance(record.outcome, RunFinished), record.outcome
    assert record.outcome.epoch == 5
    assert record.experiment.training.epochs == 5
    assert desk.close(20)


def test_a_run_of_another_window_is_left_alone(
    experiment: Experiment, backend: KnownBackend, tmp_path: Path, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    broken_off(experiment, tmp_path / "runs/other", 5)
    lock = RunLock(tmp_path / "runs/other")
    assert lock.take()
    assert is_live(tmp_path / "runs/other")
    desk = Desk(backend, tmp_path / "runs")
    desk.archive.load()
    until(desk, lambda: bool(desk.session.records))
    (record,) = desk.session.records
    said: list[str] = []
    desk.told.connect(said.append)
    desk.go_on(record)
    assert record.standing == "running elsewhere"
    assert "another program" in said[0]
    assert not desk.session.alive
    lock.let_go()
    assert desk.close(5)


@pytest.mark.parametrize("how", ["broken off", "all epochs done", "deleted"])
def test_a_run_of_another_window_is_followed_to_its_end(
    experiment: Experiment, backend: KnownBackend, tmp_path: Path, until: Callable[[Desk, Callable[[], bool]], None],
    how: str,
) -> None:  # fmt: skip
    folder = tmp_path / "runs/other"
    broken_off(experiment, folder, 5)
    lock = RunLock(folder)
    assert lock.take()
    desk, ended, left = Desk(backend, folder.parent), list[RunRecord](), list[RunRecord]()
    desk.archive.let_go.connect(ended.append)
    desk.archive.left.connect(left.append)
    desk.archive.load()
    until(desk, lambda: bool(desk.session.records))
    (record,) = desk.session.records
    lock.let_go()
    if how == "deleted":
        shutil.rmtree(folder)
    elif how != "broken off":
        list(TrainingRun(experiment, load(experiment), folder=folder, saved=saved_run(folder)))
    desk.archive.look_elsewhere()
    until(desk, lambda: bool(ended or left))
    assert (ended, left) == (([], [record]) if how == "deleted" else ([record], []))
    if how != "deleted":
        assert (record.standing, record.can_go_on) == (how, True)
        assert record.saved is (how != "broken off")
    assert desk.close(5)


def test_the_offer_is_answered_with_one_click(qtbot: QtBot, experiment: Experiment, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    record = RunRecord(3, "gru-64", experiment, tmp_path, earlier=True)
    answers: list[str] = []
    box = offer_to_go_on(record, lambda: answers.append("yes"), lambda: answers.append("no"), parent)
    assert "broken off" in box.text()
    assert "not been scored" in box.informativeText()
    box.defaultButton().click()
    assert answers == ["yes"]


def test_what_a_question_says_has_room_beside_a_short_title(bench: Bench) -> None:
    box = Question(
        "asking",
        "Short.",
        "What is said below it is longer than that by far, some ninety letters wide or so.",
        bench.window,
    )
    box.leave("No")
    box.ask()
    label = box.findChild(QLabel, "qt_msgbox_informativelabel")
    assert label is not None
    assert label.width() >= 60 * label.fontMetrics().xHeight()


LEFT: dict[str, tuple[dict[str, Any], bool]] = {
    "broken off": ({"broke_off": True}, True),
    "broken off, and asked about": ({}, False),
    "going on elsewhere": ({"broke_off": True, "elsewhere": True}, False),
    "without a folder": ({"broke_off": True, "folder": None}, False),
}


@pytest.mark.parametrize("left", LEFT)
def test_only_what_broke_off_is_offered(bench: Bench, experiment: Experiment, tmp_path: Path, left: str) -> None:
    changes, offered = LEFT[left]
    record = RunRecord(1, "gru-4", experiment, tmp_path, earlier=True)
    for name, value in changes.items():
        setattr(record, name, value)
    bench.window.desk.archive.found.emit([record])
    assert (bench.window.findChild(QMessageBox, "go_on_question") is not None) is offered


def question(bench: Bench) -> QMessageBox:
    bench.until(lambda: bench.window.findChild(QMessageBox, "go_on_question") is not None)
    found = bench.window.findChild(QMessageBox, "go_on_question")
    assert found is not None
    return found


def test_what_broke_off_is_offered_whatever_the_clock_says_until_it_is_declined(
    bench: Bench, experiment: Experiment, tmp_path: Path
) -> None:
    """A clock that was set back dates a run before those that ended before it began."""
    desk, folder = bench.window.desk, tmp_path / "runs"
    list(TrainingRun(experiment, load(experiment), folder=folder / "ended"))
    broken_off(experiment, folder / "broken", 12)
    os.utime(folder / "broken/experiment.toml", (1, 1))
    desk.archive.load()
    asked = question(bench)
    assert asked.text() == "Run 1, lstm-4, was broken off."
    next(button for button in asked.buttons() if button.text() == "Not now").click()
    assert [record.broke_off for record in desk.session.records] == [False, False]
    assert not any(run.broke_off for run in past_runs(folder))
    assert saved_run(folder / "broken").checkpoint is not None


@pytest.mark.parametrize("ended", ["all epochs done", "broken off again"])
def test_one_that_goes_on_is_asked_about_again_only_where_it_breaks_off_again(
    experiment: Experiment, tmp_path: Path, ended: str
) -> None:
    broken_off(experiment, tmp_path / "run", 12)
    run = TrainingRun(experiment, load(experiment), folder=tmp_path / "run", saved=saved_run(tmp_path / "run"))
    for event in run:
        if ended == "broken off again" and isinstance(event, StepDone):
            run.abandon()
            break
    (past,) = past_runs(tmp_path)
    assert past.broke_off is (ended == "broken off again")


def test_a_run_that_broke_off_after_the_start_is_offered_then(
    bench: Bench, experiment: Experiment, tmp_path: Path
) -> None:
    record = RunRecord(1, "gru-4", experiment, tmp_path, earlier=True, elsewhere=True, broke_off=True)
    bench.window.desk.archive.found.emit([record])
    assert bench.window.findChild(QMessageBox, "go_on_question") is None
    record.elsewhere = False
    bench.window.desk.archive.let_go.emit(record)
    assert bench.window.findChild(QMessageBox, "go_on_question") is not None
    assert bench.window.runs.state_of(record) == "broken off"


@pytest.mark.parametrize(
    ("way", "at_once"),
    [
        (WayOn(12), True),
        (WayOn(12, data="changed"), False),
        (WayOn(12, failed="the loss is not finite"), False),
        (WayOn(problem="no save is left"), False),
    ],
)
def test_an_offer_that_is_taken_goes_on_at_once_where_nothing_has_to_be_agreed_to(
    bench: Bench, experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: WayOn, at_once: bool
) -> None:
    desk, gone_on = bench.window.desk, list[RunRecord]()
    monkeypatch.setattr(desk, "learn_way_on", lambda _record, _changes, learned: learned(way))
    monkeypatch.setattr(desk, "go_on", gone_on.append)
    record = RunRecord(1, "gru-4", experiment, tmp_path, earlier=True, broke_off=True)
    desk.archive.found.emit([record])
    box = bench.window.findChild(QMessageBox, "go_on_question")
    assert box is not None
    box.defaultButton().click()
    assert gone_on == ([record] if at_once else [])
    dialogs = [dialog for dialog in bench.window.findChildren(GoOnDialog) if dialog.isVisible()]
    assert len(dialogs) == (0 if at_once else 1)


def test_an_error_that_ends_the_program_is_found_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / CRASH).touch()
    note_crash(tmp_path, ValueError("no window"))
    found = earlier_crash(tmp_path)
    assert found is not None
    assert "ValueError: no window" in found.read_text()


def test_folders_that_cannot_be_made_are_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for name in ("config", "data", "log"):
        home = tmp_path / name / "rnn-workbench" if name == "log" else tmp_path / "file" / name
        monkeypatch.setattr(platformdirs, f"user_{name}_path", lambda *_, home=home, **__: home)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = places()
    assert found.logs == tmp_path / "log/rnn-workbench"
    assert found.config.is_dir()
    assert found.runs.parent == tmp_path
    assert [line.partition(" ")[0] for line in found.instead.splitlines()] == ["Settings", "Runs"]
    assert "Not a directory" in found.instead


def test_the_crash_report_shows_what_is_known(qtbot: QtBot, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "crash-before.log").write_text("Fatal Python error: Segmentation fault")
    asked: list[str] = []
    box = show_crash(tmp_path / "crash-before.log", lambda: asked.append("folder"), parent)
    assert "Segmentation fault" in box.detailedText()
    for times in (1, 2):
        next(button for button in box.buttons() if button.text() == "Open log folder").click()
        assert asked == times * ["folder"]
        assert box.isVisible()
    box.close()
    missing = show_crash(tmp_path / "none.log", lambda: None, parent)
    assert "cannot be read" in missing.detailedText()
    missing.close()


def test_after_a_crash_in_a_run_there_is_one_box(qtbot: QtBot, experiment: Experiment, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    report = tmp_path / "crash-before.log"
    report.write_text("Fatal Python error: Segmentation fault")
    answers: list[str] = []
    record = RunRecord(3, "gru-64", experiment, tmp_path, earlier=True)
    asked = offer_to_go_on(record, lambda: answers.append("yes"), lambda: answers.append("no"), parent)
    box = show_crash(report, lambda: answers.append("folder"), parent)
    assert box is asked
    assert box.text() == "The program ended unexpectedly last time. Run 3, gru-64, was broken off."
    assert "Segmentation fault" in box.detailedText()
    next(button for button in box.buttons() if button.text() == "Open log folder").click()
    assert box.isVisible()
    box.defaultButton().click()
    assert answers == ["folder", "yes"]
    assert not box.isVisible()


def test_after_a_nan_the_button_says_what_it_does(qtbot: QtBot) -> None:
    cure = "Set training.clip_norm to 1."
    card = FindingCard(Finding("not-finite", "problem", "t", "w", cure, (("training.clip_norm", "1"),), goes_on=True))
    qtbot.addWidget(card)
    card.lock("")
    button = next(button for button in card.findChildren(QPushButton))
    assert button.text() == "Go on from good weights"
    assert button.toolTip() == "Goes on from the last good weights, and sets “Clip gradient norm” to 1"
    assert "Set “Clip gradient norm” to 1." in [label.text() for label in card.findChildren(QLabel)]


_KILLED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from workbench import app

def opened(window):
    window.desk.apply({"training.epochs": 100000, "saving.seconds": 0.1})
    def tick():
        session = window.desk.session
        if window.desk.draft.ready and session.state.value == "ready":
            window.run_bar.commands["run"].trigger()
        elif session.step > 50:
            os.kill(os.getpid(), signal.SIGKILL)
    timer = QTimer(window)
    timer.timeout.connect(tick)
    timer.start(20)

sys.exit(app.main([], opened))
"""
_NEXT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from workbench import app

def opened(window):
    window.ask_to_close = lambda: True
    def tick():
        session = window.desk.session
        box = window.findChild(QMessageBox, "go_on_question")
        if box is not None and session.state.value == "ready":
            box.defaultButton().click()
        elif session.record and session.record.started and session.step > session.record.started.step + 10:
            print("went on after", session.record.started.step, flush=True)
            window.close()
    timer = QTimer(window)
    timer.timeout.connect(tick)
    timer.start(20)

sys.exit(app.main([], opened))
"""


def _start(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    places = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=CODE, env=environment, capture_output=True, text=True, timeout=240
    )


def test_after_a_kill_the_next_start_offers_to_go_on(tmp_path: Path) -> None:
    killed = _start(_KILLED, tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (folder,) = (path for path in (tmp_path / "XDG_DATA_HOME/rnn-workbench/runs").iterdir() if path.is_dir())
    end = time.monotonic() + 60
    while is_live(folder) and time.monotonic() < end:
        time.sleep(0.05)  # the engine's process notices that the window is gone, and saves
    assert not (folder / "result.json").exists()
    following = _start(_NEXT, tmp_path)
    assert following.returncode == 0, following.stderr
    assert int(following.stdout.split()[-1]) > 50
