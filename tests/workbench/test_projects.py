"""Projects in the window: saved, opened again, moved, two at once, and nothing lost by a crash."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import load
from engine.storage.project_file import SUFFIX, Project, read_project, write_project
from engine.training import TrainingRun
from tests.workbench.conftest import SERIES, KnownBackend
from workbench.projects.projects import Answer
from workbench.projects.unsaved import Unsaved
from workbench.settings import Places, Settings
from workbench.window import Window

Start = Callable[..., Window]


@pytest.fixture
def start(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Start]:
    """Opens windows that share a place for settings; all are closed at the end."""
    windows: list[Window] = []

    def begin(source: Path | str = "known") -> Window:
        folder = tmp_path / "person"
        folder.mkdir(exist_ok=True)
        window = Window(backend, Settings(folder), Places(folder, folder / "runs", folder))
        window.ask_to_close = lambda: True  # type: ignore[method-assign]
        window.projects.ask_to_save = lambda: Answer.DISCARD  # type: ignore[method-assign]
        windows.append(window)
        window.show()
        window.start(source)
        qtbot.waitUntil(lambda: window.desk.draft.ready and not window.desk.jobs.busy("past runs"), timeout=20_000)
        return window

    yield begin
    for window in windows:
        window.close()
        assert window.desk.close(10)
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def saved(qtbot: QtBot, start: Start, tmp_path: Path) -> tuple[Window, Path]:
    """A window with a project of 48 hidden units."""
    window, path = start(), tmp_path / "work" / f"sales{SUFFIX}"
    path.parent.mkdir()
    window.desk.change("model.hidden_size", 48)
    window.projects.save_at(path)
    qtbot.waitUntil(lambda: window.document.path == path, timeout=20_000)
    return window, path


def box_of(window: Window, name: str) -> QMessageBox:
    box = window.findChild(QMessageBox, name)
    assert box is not None
    return box


def press(box: QMessageBox, text: str) -> None:
    next(button for button in box.buttons() if button.text() == text).click()


def test_what_is_not_saved_is_told_by_whether_a_run_has_it(
    saved: tuple[Window, Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, asked = saved[0], list[str]()
    projects = window.projects
    monkeypatch.setattr(projects, "_ask", lambda _name, _title, text, _answers: asked.append(text))
    ask = type(projects).ask_to_save
    window.desk.change("model.hidden_size", 24)
    ask(projects)
    window.desk.run()
    qtbot.waitUntil(lambda: window.desk.session.record is not None, timeout=20_000)
    ask(projects)
    assert ["no run yet" in text for text in asked] == [True, False]


def test_a_project_is_opened_as_it_was_saved(saved: tuple[Window, Path], start: Start) -> None:
    window, path = saved
    window.gallery.open("hidden_state")
    window.docks.findings.hide()
    window.projects.save()
    assert window.windowTitle() == "sales[*] – RNN Workbench"
    window.close()
    again = start(path)
    assert again.desk.draft.experiment.model.hidden_size == 48
    assert again.desk.archive.folder == path.parent / "sales runs"
    assert again.gallery.shown == "hidden_state"
    assert again.docks.findings.isHidden()
    assert again.document.path == path
    assert not again.isWindowModified()
    assert again.settings.recent_projects == (path,)


def test_the_title_marks_what_is_not_saved(saved: tuple[Window, Path]) -> None:
    window, path = saved
    assert not window.isWindowModified()
    window.desk.change("training.epochs", 7)
    assert window.isWindowModified()
    window.desk.undo()
    assert not window.isWindowModified()
    window.desk.change("training.epochs", 7)
    window.menus.by_name["save_project"].trigger()
    assert not window.isWindowModified()
    assert read_project(path).experiment.training.epochs == 7


@pytest.mark.parametrize(
    ("answer", "epochs", "left"), [(Answer.SAVE, 7, True), (Answer.DISCARD, 20, True), (Answer.CANCEL, 20, False)]
)
def test_before_it_is_left_it_is_asked_for(saved: tuple[Window, Path], answer: Answer, epochs: int, left: bool) -> None:
    window, path = saved
    window.desk.change("training.epochs", 20)
    window.projects.save()
    window.desk.change("training.epochs", 7)
    window.projects.ask_to_save = lambda: answer  # type: ignore[method-assign]
    window.projects.new()
    assert (window.document.path is None) == left
    assert read_project(path).experiment.training.epochs == epochs
    window.projects.ask_to_save = lambda: Answer.DISCARD  # type: ignore[method-assign]


def test_the_runs_of_a_project_move_with_its_folder(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    small = {"data.sample": "noisy_sine", "data.length": 200, "model.hidden_size": 2, "training.epochs": 1}
    experiment = Experiment().replace(small)
    (tmp_path / "work").mkdir()
    list(TrainingRun(experiment, load(experiment), folder=tmp_path / "work/sales runs/first"))
    write_project(tmp_path / f"work/sales{SUFFIX}", Project(SERIES, "sales runs", ("first",)))
    shutil.move(tmp_path / "work", tmp_path / "moved")
    window = start(tmp_path / f"moved/sales{SUFFIX}")
    qtbot.waitUntil(lambda: len(window.desk.session.records) == 1, timeout=20_000)
    (record,) = window.desk.session.records
    assert record.folder == tmp_path / "moved/sales runs/first"
    qtbot.waitUntil(lambda: record.shown, timeout=20_000)
    assert not window.isWindowModified()
    window.projects.save_at(tmp_path / "moved/other")
    qtbot.waitUntil(lambda: window.document.name == "other", timeout=20_000)
    assert (tmp_path / "moved/other runs/first/weights.safetensors").is_file()
    assert read_project(tmp_path / f"moved/other{SUFFIX}").drawn == ("first",)


def test_a_project_has_its_own_numbers_of_runs_and_copies_keep_them(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    small = {"data.sample": "noisy_sine", "data.length": 200, "model.hidden_size": 2, "training.epochs": 1}
    experiment = Experiment().replace(small)
    for name in ("first", "second", "third"):
        list(TrainingRun(experiment, load(experiment), folder=tmp_path / "sales runs" / name))
    write_project(tmp_path / f"sales{SUFFIX}", Project(SERIES, "sales runs"))
    window = start()
    session = window.desk.session
    window.desk.run()
    qtbot.waitUntil(lambda: session.alive, timeout=20_000)
    session.stop()
    qtbot.waitUntil(lambda: not session.alive, timeout=20_000)

    def numbers() -> dict[str, int]:
        return {record.folder.name: record.number for record in session.records if record.folder is not None}

    assert window.projects.open(tmp_path / f"sales{SUFFIX}")
    qtbot.waitUntil(lambda: numbers() == {"first": 1, "second": 2, "third": 3}, timeout=20_000)
    window.desk.archive.deletions.delete(session.records[:1])
    window.projects.save_at(tmp_path / "other")
    qtbot.waitUntil(lambda: window.document.name == "other", timeout=20_000)
    assert numbers() == {"second": 2, "third": 3}
    window.document.new()
    assert numbers() == {}
    assert window.projects.open(tmp_path / f"other{SUFFIX}")
    qtbot.waitUntil(lambda: numbers() == {"second": 2, "third": 3}, timeout=20_000)


def test_runs_that_a_project_draws_go_with_its_data_but_for_those_on_other_data(
    qtbot: QtBot, start: Start, tmp_path: Path
) -> None:
    small = {"data.length": 200, "model.hidden_size": 2, "training.epochs": 1}
    experiments = [Experiment().replace({"data.sample": sample, **small}) for sample in ("noisy_sine", "adding")]
    for experiment in experiments:
        list(TrainingRun(experiment, load(experiment), folder=tmp_path / "sales runs" / experiment.data.sample))
    write_project(tmp_path / f"sales{SUFFIX}", Project(experiments[0], "sales runs", ("adding", "noisy_sine")))
    window = start(tmp_path / f"sales{SUFFIX}")
    session = window.desk.session
    qtbot.waitUntil(lambda: len(session.records) == 2 and all(record.shown for record in session.records))
    window.desk.draft.adopt(SERIES)
    qtbot.waitUntil(lambda: window.desk.draft.ready, timeout=20_000)
    window.desk.run()
    qtbot.waitUntil(lambda: session.alive, timeout=20_000)
    earlier = [record for record in session.records if record.earlier]
    assert {r.experiment.data.sample: r.shown for r in earlier} == {"noisy_sine": False, "adding": True}


def test_saving_leaves_the_run_at_hand_in_sight_and_nothing_to_save(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    elsewhere = {"data.sample": "noisy_sine", "data.length": 200, "model.hidden_size": 2, "training.epochs": 1}
    experiment = Experiment().replace(elsewhere)
    list(TrainingRun(experiment, load(experiment), folder=tmp_path / "person/runs/before"))
    window = start()
    session = window.desk.session
    window.desk.run()
    qtbot.waitUntil(lambda: session.alive, timeout=20_000)
    session.stop()
    qtbot.waitUntil(lambda: not session.alive, timeout=20_000)
    at_hand = session.record
    assert at_hand is not None
    at_hand.folder = shutil.copytree(tmp_path / "person/runs/before", tmp_path / "person/runs/at hand")
    for record in session.records:
        window.runs.show_beside(record, True)
    told = list[str]()
    window.document.told.connect(told.append)
    window.projects.save_at(tmp_path / f"sales{SUFFIX}")
    qtbot.waitUntil(lambda: window.document.name == "sales" and not window.desk.jobs.busy("past runs"), timeout=20_000)
    assert session.records == [at_hand] == [session.record]
    assert at_hand.folder == tmp_path / "sales runs/at hand"
    assert at_hand.shown
    assert told[-1].endswith("Not in it, and kept where they were: 1 run of before.")
    assert not window.document.dirty


@pytest.mark.parametrize("answer", [Answer.READ, Answer.COPY, Answer.CANCEL])
def test_a_second_window_is_told_and_takes_nothing(saved: tuple[Window, Path], start: Start, answer: Answer) -> None:
    first, path = saved
    before, second = path.read_bytes(), start()
    asked: list[Path] = []

    def ask_how(where: Path) -> Answer:
        asked.append(where)
        return answer

    second.projects.ask_how = ask_how  # type: ignore[method-assign, assignment]
    second.files.open(path)
    assert asked == [path]
    assert second.document.path == (path if answer is Answer.READ else None)
    assert second.document.read_only == (answer is Answer.READ)
    assert (second.desk.archive.folder == first.desk.archive.folder) == (answer is Answer.READ)
    assert (second.desk.draft.experiment.model.hidden_size == 48) == (answer is not Answer.CANCEL)
    asked_for: list[str] = []
    second.projects.save_as = lambda: asked_for.append("name")  # type: ignore[method-assign]
    second.projects.save()
    assert asked_for == ["name"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", '[project]\nkind = "rnn-workbench project"\nversion = 9\n'])
def test_what_is_no_project_is_said_and_changes_nothing(start: Start, tmp_path: Path, content: str) -> None:
    path = tmp_path / f"bad{SUFFIX}"
    path.write_text(content)
    window = start(path)
    assert str(path) in box_of(window, "project_message").text()
    assert box_of(window, "project_message").informativeText() == "What is open stays as it is."
    assert window.document.path is None
    assert window.desk.draft.ready


def test_a_full_disk_is_said_and_nothing_is_lost(saved: tuple[Window, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    window, path = saved
    before = path.read_bytes()
    window.desk.change("training.epochs", 7)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("engine.storage.atomic.os.fsync", full)
        window.projects.save()
    assert "No space left" in box_of(window, "project_message").text()
    assert box_of(window, "project_message").icon() is QMessageBox.Icon.Warning  # it asks nothing
    assert path.read_bytes() == before
    assert window.isWindowModified()


def test_nothing_from_before_a_project_is_undone_in_it(saved: tuple[Window, Path]) -> None:
    window, path = saved
    window.desk.change("model.hidden_size", 7)
    window.projects.save_at(path.with_name(f"other{SUFFIX}"))
    window.document.open(path)
    assert window.desk.draft.experiment.model.hidden_size == 48
    assert not window.desk.undoing.stack.canUndo()
    assert not window.document.dirty


def test_nothing_from_before_is_undone_in_a_new_project(qtbot: QtBot, saved: tuple[Window, Path]) -> None:
    window, _ = saved
    window.desk.change("training.epochs", 7)
    window.projects.save()
    window.projects.new()
    qtbot.waitUntil(lambda: window.desk.draft.ready and window.desk.draft.experiment.training.epochs != 7)
    assert not window.desk.undoing.stack.canUndo()
    before = window.desk.draft.experiment.training.epochs
    window.desk.change("training.epochs", 9)
    window.desk.undo()
    assert window.desk.draft.experiment.training.epochs == before


def test_what_was_not_saved_is_offered_after_a_crash(
    qtbot: QtBot, saved: tuple[Window, Path], start: Start, tmp_path: Path
) -> None:
    window, path = saved
    window.close()
    assert not list(path.parent.glob(".*.lock"))
    crashed = Unsaved(tmp_path / "person/unsaved")
    crashed.keep(Project(read_project(path).experiment.replace({"training.epochs": 7}), of=str(path)))
    assert crashed._lock is not None
    crashed._lock.release()
    again = start()
    press(box_of(again, "unsaved_question"), "Take them back")
    assert again.document.path == path
    assert again.desk.draft.experiment.training.epochs == 7
    assert again.isWindowModified()
    again.projects.save()
    assert read_project(path).experiment.training.epochs == 7
    again.close()
    assert not list((tmp_path / "person/unsaved").glob(f"*{SUFFIX}"))


def test_changes_are_kept_beside_until_they_are_saved(qtbot: QtBot, saved: tuple[Window, Path], tmp_path: Path) -> None:
    window, path = saved
    window.desk.change("training.epochs", 7)
    window.document.keep()
    kept = tmp_path / f"person/unsaved/0{SUFFIX}"
    qtbot.waitUntil(kept.is_file, timeout=20_000)
    assert read_project(kept).experiment.training.epochs == 7
    assert read_project(kept).of == str(path)
    assert Unsaved(kept.parent).left_behind() is None  # this window holds it
    qtbot.waitUntil(lambda: not window.desk.jobs.busy("project unsaved"), timeout=20_000)
    window.projects.save()
    assert not kept.exists()


def test_what_a_crash_left_is_not_written_over(saved: tuple[Window, Path], tmp_path: Path) -> None:
    _, path = saved
    slots = tmp_path / "slots"
    slots.mkdir()
    left = slots / f"0{SUFFIX}"
    left.write_bytes(path.read_bytes())
    kept = Unsaved(slots)
    kept.keep(Project(read_project(path).experiment.replace({"training.epochs": 7})))
    assert left.read_bytes() == path.read_bytes()
    assert read_project(slots / f"1{SUFFIX}").experiment.training.epochs == 7
    kept.close()
    assert [path.name for path in slots.iterdir()] == [left.name]


def test_a_project_may_be_opened_to_read(saved: tuple[Window, Path]) -> None:
    window, path = saved
    window.document.open(path, read_only=True)
    assert window.document.read_only
    window.document.open(path)
    assert not window.document.read_only


def test_damage_in_what_was_kept_is_put_away(tmp_path: Path) -> None:
    (tmp_path / f"0{SUFFIX}").write_text("half of")
    assert Unsaved(tmp_path).left_behind() is None
    assert (tmp_path / "0.damaged").is_file()


def test_data_that_was_moved_is_asked_for(start: Start, tmp_path: Path) -> None:
    path = tmp_path / f"gone{SUFFIX}"
    write_project(path, Project(SERIES.replace({"data.sample": "", "data.file": str(tmp_path / "gone.csv")})))
    window = start(path)
    assert "gone.csv is not where it was" in box_of(window, "data_question").text()
