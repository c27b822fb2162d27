"""Runs of earlier sessions, and what can be done with any run in the list."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeySequence, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import load
from engine.events import RunFailed, RunFinished
from engine.past_runs import read_run
from engine.storage.run_folders import WEIGHTS
from engine.storage.run_lock import RunLock
from engine.training import TrainingRun
from tests.workbench.bench import Bench
from tests.workbench.conftest import SERIES, KnownBackend
from workbench.bars.status import result
from workbench.desk import Desk
from workbench.dialogs.compare import CompareDialog, Side
from workbench.looks.theme import LIGHT
from workbench.panels import run_rows
from workbench.panels.run_rows import COLUMNS, EYE, RUN, different_settings, step_words
from workbench.panels.runs import RunsPanel
from workbench.runs.records import RunRecord, record_of
from workbench.runs.state import LOCKED

SMALL = {"data.sample": "noisy_sine", "data.length": 300, "model.hidden_size": 2, "training.epochs": 2}


@pytest.fixture(scope="module")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for cell in ("elman", "gru"):
        experiment = Experiment().replace({**SMALL, "model.cell": cell})
        for _ in TrainingRun(experiment, load(experiment), folder=folder / cell):
            pass
    broken = folder / "broken"
    broken.mkdir()
    (broken / "experiment.toml").write_text("not = [toml")
    return folder


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Desk, Callable[[], bool]], None]:
    def wait(desk: Desk, condition: Callable[[], bool]) -> None:
        def met() -> bool:
            desk.jobs.collect()
            return condition()

        qtbot.waitUntil(met, timeout=20_000)

    return wait


def _listed(desk: Desk, until: Callable[[Desk, Callable[[], bool]], None]) -> list[RunRecord]:
    desk.archive.load()
    until(desk, lambda: len(desk.session.records) > 0)
    return desk.session.records


def test_runs_of_earlier_sessions_are_found_with_curves_and_result(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    desk = Desk(backend, runs_folder)
    left_out: list[str] = []
    desk.archive.left_out.connect(left_out.append)
    records = _listed(desk, until)
    assert left_out[0].startswith("1 run cannot be read, and so not listed: broken.")
    assert [record.name for record in records] == ["elman-2", "gru-2"]
    for record in records:
        assert record.standing == "all epochs done"
        assert record.history.count("validation_loss") == 2
        assert record.saved
        assert record.metric == "RMSE"
        assert record.best_loss == min(record.history.raw("validation_loss")[1])
    found: list[list[RunRecord]] = []
    desk.archive.found.connect(found.append)
    desk.archive.load()
    until(desk, lambda: bool(found))
    assert found == [[]]  # what is listed is not listed again
    assert desk.session.records == records
    assert desk.close(10)


def test_runs_that_another_window_began_since_are_listed(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk = Desk(backend, folder)
    found: list[list[RunRecord]] = []
    desk.archive.look_again()  # not before it is known what lies there
    assert not desk.jobs.busy("past runs")
    _listed(desk, until)
    desk.archive.found.connect(found.append)
    desk.archive.look_again()
    until(desk, lambda: not desk.jobs.busy("past runs"))
    shutil.copytree(folder / "gru", folder / "theirs")
    lock = RunLock(folder / "theirs")
    assert lock.take()
    (folder / "worse").mkdir()
    (folder / "worse" / "experiment.toml").write_text("[")
    said: list[str] = []
    desk.archive.left_out.connect(said.append)
    desk.archive.look_again()
    until(desk, lambda: bool(said))
    assert [[record.folder for record in records] for records in found] == [[folder / "theirs"]]
    assert found[0][0].standing == "running elsewhere"
    assert "2 runs cannot be read, and so not listed: broken, worse." in said[0]
    lock.let_go()
    desk.archive.look_elsewhere()
    until(desk, lambda: found[0][0].standing == "all epochs done")
    assert desk.close(10)


def test_a_run_that_another_window_deleted_leaves_the_list_unless_it_is_seen(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk, other = Desk(backend, folder), Desk(backend, folder)
    elman, gru = _listed(desk, until)
    left: list[RunRecord] = []
    said: list[str] = []
    unread: list[str] = []
    desk.archive.left.connect(left.append)
    desk.archive.told.connect(said.append)
    desk.archive.left_out.connect(unread.append)

    def look() -> list[RunRecord]:
        desk.archive.look_again()
        until(desk, lambda: not desk.jobs.busy("past runs"))
        return desk.session.records

    gru.shown = True
    other.archive.deletions.delete(list(_listed(other, until)))
    assert look() == [gru]
    assert left == [elman]
    assert said == [f"{gru.gone} What is drawn of it stays as long as the window."]
    assert look() == [gru]
    assert len(said) == 1
    shutil.rmtree(folder / "broken")
    other.archive.deletions.bring_back()
    assert [record.name for record in look()] == ["gru-2", "elman-2"]
    assert unread[-1] == ""
    gru.shown = False
    folder.rename(tmp_path / "away")  # as a disk that is not there for a while
    assert len(look()) == 2
    assert all(each.close(10) for each in (desk, other))


@pytest.mark.parametrize("shown", [False, True])
def test_a_run_that_was_deleted_elsewhere_as_soon_as_it_ended_there_stays_while_it_is_seen(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path,
    shown: bool,
) -> None:  # fmt: skip
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    lock, desk = RunLock(folder / "gru"), Desk(backend, folder)
    assert lock.take()
    _, gru = _listed(desk, until)
    assert gru.elsewhere
    gru.shown = shown
    said: list[str] = []
    left: list[RunRecord] = []
    desk.archive.told.connect(said.append)
    desk.archive.left.connect(left.append)
    lock.let_go()
    shutil.rmtree(folder / "gru")
    desk.archive.look_elsewhere()
    until(desk, lambda: not gru.elsewhere)
    told = f"{gru.gone} What is drawn of it stays as long as the window."
    desk.archive.look_again()
    until(desk, lambda: not desk.jobs.busy("past runs"))
    assert (gru in desk.session.records, left, said) == ((True, [], [told]) if shown else (False, [gru], []))
    assert desk.close(10)


def test_of_a_run_that_cannot_be_read_after_it_ended_elsewhere_that_is_said(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    lock, desk = RunLock(folder / "gru"), Desk(backend, folder)
    assert lock.take()
    _, gru = _listed(desk, until)
    said: list[str] = []
    desk.archive.left_out.connect(said.append)
    lock.let_go()
    (folder / "gru" / "experiment.toml").write_text("[")
    desk.archive.look_elsewhere()
    until(desk, lambda: gru not in desk.session.records)
    assert "2 runs cannot be read, and so not listed: broken, gru." in said[-1]
    assert desk.close(10)


def test_of_a_run_without_weights_that_is_gone_it_is_said_and_one_never_written_stays(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    for weights in folder.rglob(WEIGHTS):
        weights.unlink()
    desk = Desk(backend, folder)
    elman, gru = _listed(desk, until)
    unwritten = RunRecord(3, "lstm-2", elman.experiment, folder / "lstm")
    unwritten.take(RunFailed("Trouble", "why", "cure", 1))
    desk.session.enlist([unwritten])
    said: list[str] = []
    desk.archive.told.connect(said.append)
    gru.shown = True
    for record in (elman, gru):
        assert not record.saved
        assert record.folder is not None
        shutil.rmtree(record.folder)
    desk.archive.look_again()
    until(desk, lambda: not desk.jobs.busy("past runs"))
    assert desk.session.records == [gru, unwritten]
    assert said == [f"{gru.gone} What is drawn of it stays as long as the window."]
    assert gru.gone.startswith("Run 2, gru-2, is no longer on disk")
    assert desk.close(10)


def test_the_window_looks_again_when_it_is_gone_back_to(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bool] = []
    monkeypatch.setattr(bench.window.desk.archive, "look_again", lambda: looks.append(True))
    for active in (False, True):
        monkeypatch.setattr(bench.window, "isActiveWindow", lambda active=active: active)
        QCoreApplication.sendEvent(bench.window, QEvent(QEvent.Type.ActivationChange))
    assert looks == [True]


def test_notes_stay_with_the_run(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None]
) -> None:
    desk = Desk(backend, runs_folder)
    desk.archive.note(_listed(desk, until)[0], " the first try ")
    again = Desk(backend, runs_folder)
    assert _listed(again, until)[0].notes == "the first try"
    again.archive.note(again.session.records[0], "")
    assert not (runs_folder / "elman" / "notes.txt").exists()


def test_a_deleted_run_comes_back_whole_and_goes_for_good_when_the_window_closes(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    experiment = Experiment().replace({**SMALL, "model.cell": "gru"})
    for _ in TrainingRun(experiment, load(experiment), folder=folder / "gru"):
        pass
    files = sorted(path.name for path in (folder / "gru").iterdir())
    desk = Desk(backend, folder)
    record = _listed(desk, until)[0]
    desk.archive.deletions.delete([record])
    assert not (folder / "gru").exists()
    assert desk.session.records == []
    desk.archive.deletions.bring_back()
    assert sorted(path.name for path in (folder / "gru").iterdir()) == files
    assert desk.session.records == [record]
    desk.archive.deletions.delete([record])
    assert desk.close(10)
    assert [path for path in folder.iterdir() if path.is_dir()] == []


def test_runs_keep_their_numbers_through_restarts_deletions_and_runs_that_go_on(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk = Desk(backend, folder)
    assert [(run.number, run.name) for run in _listed(desk, until)] == [(1, "elman-2"), (2, "gru-2")]
    os.utime(folder / "elman/experiment.toml")  # as when it goes on: written anew, it is the youngest
    again = Desk(backend, folder)
    elman, gru = sorted(_listed(again, until), key=lambda run: run.name)
    assert (elman.number, gru.number) == (1, 2)
    again.archive.deletions.delete([elman])
    again.session.run(SERIES, backend.run)
    assert again.session.record is not None
    assert again.session.record.number == 3
    again.archive.deletions.bring_back()
    assert (elman.number, elman in again.session.records) == (1, True)
    again.archive.deletions.delete([elman])
    assert again.close(10)
    shutil.copytree(runs_folder / "gru", folder / "of the command line")
    found = {run.folder.name: run.number for run in _listed(Desk(backend, folder), until) if run.folder is not None}
    assert found == {"gru": 2, "of the command line": 4}


def test_a_run_that_was_saved_elsewhere_is_numbered_here_and_nothing_is_written_beside_it(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk = Desk(backend, folder)
    _listed(desk, until)
    refuge = shutil.copytree(runs_folder / "gru", tmp_path / "full/rnn-run-1")
    desk.archive.take_in([refuge], [read_run(refuge)], [])
    assert [run.number for run in desk.session.records if run.folder == refuge] == [3]
    assert [path.name for path in refuge.parent.iterdir()] == [refuge.name]
    assert desk.close(10)


def test_runs_of_another_folder_have_its_numbers_but_for_those_that_runs_of_this_sitting_have(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk = Desk(backend, folder)
    _listed(desk, until)
    desk.archive.look_in(tmp_path / "another")
    here = RunRecord(1, "here", SERIES, None, outcome=RunFailed("Trouble", "why", "cure", 1))
    desk.session.enlist([here])
    desk.archive.look_in(folder)
    until(desk, lambda: len(desk.session.records) == 3)
    assert [(run.number, run.name) for run in desk.session.records] == [(1, "here"), (3, "elman-2"), (2, "gru-2")]
    desk.archive.look_in(folder, everything=True)
    until(desk, lambda: len(desk.session.records) == 2)
    assert [(run.number, run.name) for run in desk.session.records] == [(1, "elman-2"), (2, "gru-2")]
    assert desk.close(10)


def test_a_window_that_closes_leaves_what_another_deleted_to_be_brought_back_there(
    runs_folder: Path, backend: KnownBackend, until: Callable[[Desk, Callable[[], bool]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(runs_folder, tmp_path / "runs")
    desk, other = Desk(backend, folder), Desk(backend, folder)
    elman, gru = _listed(desk, until)
    other.archive.deletions.delete([record for record in _listed(other, until) if record.name == elman.name])
    desk.archive.deletions.delete([gru])
    assert other.close(10)
    desk.archive.deletions.bring_back()
    assert gru.folder is not None
    assert (gru.folder / "experiment.toml").is_file()
    assert desk.close(10)
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["broken", "gru"]


def test_runs_that_were_deleted_together_come_back_together_and_earlier_ones_after_them(bench: Bench) -> None:
    runs, session = bench.window.runs, bench.window.desk.session
    for _ in range(3):
        bench.train(1)
        bench.command("stop")
        bench.until(lambda: not session.alive)
    first, *others = session.records
    assert all(record.folder is not None and record.folder.is_dir() for record in session.records)
    runs.delete_asked.emit([first])
    runs.delete_asked.emit(others)
    assert session.records == []
    assert runs.message.text == "2 runs were deleted."
    runs.bring_back_asked.emit()
    assert session.records == others
    assert runs.message.text == "Run 1, lstm-32, was deleted."
    runs.bring_back_asked.emit()
    assert session.records == [*others, first]
    assert runs.message.text == ""
    assert all(record.folder is not None and record.folder.is_dir() for record in session.records)


def test_keys_of_undo_after_a_run_was_deleted_bring_it_back_and_change_no_setting(bench: Bench) -> None:
    window = bench.window
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not window.desk.session.alive)
    window.desk.change("model.hidden_size", 8)
    window.activateWindow()
    window.runs._list.setFocus()
    bench.until(window.runs._list.hasFocus)
    kept = list(window.desk.session.records)
    QTest.keyClick(window.runs._list, Qt.Key.Key_Delete)
    assert window.desk.session.records == []
    for size in (8, 32):  # the run first, then the setting, as ever
        QTest.keySequence(window.runs._list, QKeySequence("Ctrl+Z"))
        assert window.desk.session.records == kept
        assert window.desk.draft.experiment.model.hidden_size == size


def test_a_run_that_is_brought_back_by_its_button_has_the_keys(bench: Bench) -> None:
    window = bench.window
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not window.desk.session.alive)
    kept = list(window.desk.session.records)
    window.activateWindow()
    window.runs._list.setFocus()
    bench.until(window.runs._list.hasFocus)
    QTest.keyClick(window.runs._list, Qt.Key.Key_Delete)
    button = window.runs.message.action_button
    button.setFocus()
    bench.until(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert window.runs._list.hasFocus()
    assert window.runs.chosen == kept


def test_what_goes_for_good_with_another_folder_is_not_offered_any_more(bench: Bench, tmp_path: Path) -> None:
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not bench.window.desk.session.alive)
    bench.window.runs.delete_asked.emit(list(bench.window.desk.session.records))
    assert bench.window.runs.message.text == "Run 1, lstm-32, was deleted."
    assert bench.window.desk.archive.look_in(tmp_path / "others") == ""
    assert bench.window.runs.message.text == ""
    assert bench.window.desk.archive.deletions.deleted == []


def test_a_run_under_way_is_not_deleted(backend: KnownBackend, tmp_path: Path) -> None:
    desk = Desk(backend, tmp_path)
    record = RunRecord(1, "lstm-32", SERIES, None)
    desk.session.records.append(record)
    desk.archive.deletions.delete([record])
    assert desk.session.records == [record]


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot: QtBot) -> RunsPanel:
    panel = RunsPanel(LIGHT)
    qtbot.addWidget(panel)
    for number, (cell, best) in enumerate((("lstm", 3.0), ("gru", 1.0), ("elman", float("nan"))), 1):
        record = RunRecord(number, f"{cell}-32", SERIES.replace({"model.cell": cell}), None, began=float(number))
        record.best_metric = best
        panel.add(record)
    panel.show()
    return panel


@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=[column.title or "eye" for column in COLUMNS])
def test_the_list_is_sorted_by_any_column(panel: RunsPanel, column: int) -> None:
    panel._list.sortByColumn(column, Qt.SortOrder.AscendingOrder)
    rows = [panel._list.topLevelItem(at) for at in range(3)]
    ranks = [COLUMNS[column].rank(row.record) for row in rows]  # type: ignore[union-attr]
    known = [rank for rank in ranks if rank == rank]
    assert known == sorted(known)
    assert ranks[: len(known)] == known  # what is not known stands last


def test_where_a_run_is_leaves_room_for_its_name(panel: RunsPanel) -> None:
    panel.resize(272, 400)  # as in a window of 1280
    record = RunRecord(4, "bi-gru-64", SERIES, None, elsewhere=True)
    record.best_metric = 0.9815
    panel.add(record)
    row, header = panel._rows[4], panel._list.header()
    assert (row.text(3), row.toolTip(3)) == ("elsewhere", "running elsewhere")
    QCoreApplication.processEvents()
    wide = panel._list.fontMetrics().horizontalAdvance(row.text(RUN))
    assert header.sectionSize(RUN) > wide + 8  # pixels around it


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_begins_is_in_sight_in_whatever_order_the_rows_are(panel: RunsPanel, again: bool) -> None:
    runs = panel._list
    runs.setFixedHeight(240)
    runs.sortByColumn(RUN, Qt.SortOrder.AscendingOrder)
    records = [RunRecord(number, "lstm-32", SERIES, None, began=float(number)) for number in range(4, 20)]
    for record in records:
        panel.add(record)
    if again:  # one goes on that is chosen already
        runs.scrollToTop()
        panel.add(records[-1])
    (row,) = runs.selectedItems()

    def in_sight() -> bool:
        return runs.viewport().rect().contains(runs.visualItemRect(row))

    assert row.text(RUN) == "19  lstm-32"
    assert in_sight()
    runs.setFixedHeight(160)  # as what is said of it takes more room
    QCoreApplication.processEvents()
    assert in_sight()
    runs.scrollToTop()  # who has gone elsewhere stays there
    runs.setFixedHeight(120)
    QCoreApplication.processEvents()
    assert runs.verticalScrollBar().value() == 0


def test_runs_are_found_by_words_of_their_notes_and_what_is_hidden_is_not_chosen(panel: RunsPanel) -> None:
    assert panel._filter.isHidden()  # three are seen at a glance
    records = [row.record for row in panel._rows.values()]
    records[0].notes, records[2].notes = "slow #final", "#Final"
    for number in range(4, 9):
        panel.add(RunRecord(number, "lstm-64", SERIES, None, began=float(number)))
    assert not panel._filter.isHidden()
    panel._list.selectAll()
    panel._filter.setText("#final")
    assert {record.number for record in panel.chosen} == {1, 3}
    assert panel.current in (records[0], records[2])
    panel._filter.setText("#final lstm")
    assert panel.chosen == [panel.current] == [records[0]]
    panel.add(RunRecord(9, "gru-64", SERIES, None, began=9.0))
    assert panel.chosen[0].number == 9
    assert not panel._rows[9].isHidden()  # it has just begun
    panel._filter.clear()
    assert not any(row.isHidden() for row in panel._rows.values())


def test_where_the_last_run_that_was_found_goes_none_that_is_hidden_is_chosen(panel: RunsPanel) -> None:
    for number in range(4, 9):
        panel.add(RunRecord(number, "lstm-64", SERIES, None, began=float(number)))
    record = panel.current
    assert record is not None
    record.notes = "#final"
    panel._filter.setText("#final")
    assert panel.chosen == [record]
    panel.drop(record)
    assert panel.current is None
    assert not any(button.isEnabled() for button in panel._buttons.values())
    assert panel._about.details._text.text().startswith("No run holds every word")
    panel._filter.clear()
    assert panel._about.details._text.text().startswith("No run is chosen.")


def test_the_tip_of_a_run_shows_its_notes_as_they_are(panel: RunsPanel) -> None:
    record = panel.current
    assert record is not None
    record.notes = "rate<b>1"
    panel.refresh(record)
    assert QTextDocumentFragment.fromHtml(panel._rows[record.number].toolTip(1)).toPlainText() == "rate<b>1"


def test_what_needs_weights_says_why_it_is_off(panel: RunsPanel) -> None:
    record, export = panel.current, panel._buttons["export"]
    assert record is not None
    assert export.toolTip() == "This run is under way. Finish ends it and keeps its best weights."
    record.outcome = RunFailed("The loss is not finite", "", "", 1)
    panel.refresh(record)
    panel._show_details()
    assert (export.isEnabled(), export.toolTip()) == (False, "This run has kept no weights.")
    record.saved = True
    panel._show_details()
    assert (export.isEnabled(), export.toolTip()) == (True, "Save this run's best weights")


def test_a_run_can_be_looked_into_once_it_has_ended_with_weights_while_nothing_trains(panel: RunsPanel) -> None:
    inside, record, asked = panel.menu.by_name["inside"], panel.current, list[RunRecord]()
    panel.inside_asked.connect(asked.append)
    assert record is not None

    def told(lock: str = "") -> tuple[bool, str]:
        panel.lock(lock)
        return inside.isEnabled(), inside.toolTip()

    assert told() == (False, "This run is under way. Finish ends it and keeps its best weights.")
    record.saved = True  # as of a run that has been saved on its way
    assert told() == (False, "This run is under way. Finish ends it and keeps its best weights.")
    record.outcome, record.saved = RunFailed("The loss is not finite", "", "", 1), False
    assert told() == (False, "This run has kept no weights.")
    record.saved = True
    assert told(LOCKED) == (False, LOCKED)
    assert told()[0]
    assert "nothing is trained" in inside.toolTip()
    inside.trigger()
    assert asked == [record]
    panel._list.clearSelection()
    panel._show_details()
    assert not inside.isEnabled()


def test_runs_on_several_data_sets_say_what_they_learned_from(panel: RunsPanel) -> None:
    before = [row.text(1) for row in panel._rows.values()]
    assert not any("known" in text for text in before)
    other = RunRecord(9, "gru-64", SERIES.replace({"data.file": "/data/sales.csv"}), None, began=9.0)
    panel.add(other)
    assert panel._rows[9].text(1) == "9  gru-64 · sales.csv"
    assert all(" · " in row.text(1) for row in panel._rows.values())
    panel.drop(other)
    assert [row.text(1) for row in panel._rows.values()] == before


def test_when_the_chosen_run_goes_the_one_that_is_told_of_is_chosen(panel: RunsPanel, qtbot: QtBot) -> None:
    chosen = panel.current
    assert chosen is not None
    panel.activateWindow()
    panel._about.notes.setFocus()
    qtbot.waitUntil(panel._about.notes.hasFocus)
    panel.drop(chosen)
    assert panel._about.notes.hasFocus()
    assert panel.current is not chosen
    assert panel.chosen == [panel.current]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"training.epochs": 100_000}, "epochs 100,000"),
        ({"training.seed": 100_000}, "seed 100000"),
        ({"model.bidirectional": True}, "both directions"),
        ({"model.topology": "encoder_decoder"}, "topology Many to many, encoder–decoder"),
        ({"training.learning_rate": 0.02}, "learning rate 0.02"),
        ({}, "default settings"),
    ],
)
def test_settings_of_a_run_are_written_as_people_read_them(changes: dict[str, object], told: str) -> None:
    assert different_settings(Experiment().replace(changes)) == told


def test_where_no_run_is_chosen_none_is_told_of_and_nothing_can_be_done(panel: RunsPanel, qtbot: QtBot) -> None:
    noted: list[tuple[RunRecord, str]] = []
    panel.noted.connect(lambda record, text: noted.append((record, text)))
    before = panel.current
    panel._about.notes.setText("slow")
    panel.resize(400, 800)
    QTest.mouseClick(panel._list.viewport(), Qt.MouseButton.LeftButton, pos=panel._list.viewport().rect().bottomRight())
    assert (panel.current, panel.chosen) == (None, [])
    assert noted == [(before, "slow")]
    assert panel._about.details._text.text().startswith("No run is chosen.")
    assert panel._about.notes.isHidden()
    assert not any(button.isEnabled() for button in panel._buttons.values())
    panel.activateWindow()
    panel._more.setFocus()
    qtbot.waitUntil(panel._more.hasFocus)
    panel._list.setFocus(Qt.FocusReason.TabFocusReason)  # who comes by key is at the row where they were
    qtbot.waitUntil(lambda: panel.current is before)
    assert not panel._about.notes.isHidden()


def test_of_several_chosen_runs_the_one_that_keys_are_at_is_told_of(panel: RunsPanel) -> None:
    last, first = panel._rows[3], panel._rows[1]
    panel._list.setCurrentItem(first)
    last.setSelected(True)
    assert panel.current is first.record
    first.setSelected(False)  # as by a click with Ctrl
    assert panel.current is last.record
    assert panel._about._told is last.record


def test_eyes_open_and_shut_by_key(panel: RunsPanel, qtbot: QtBot) -> None:
    changed: list[bool] = []
    panel.shown_changed.connect(lambda: changed.append(True))
    panel.activateWindow()
    panel._list.setFocus()
    qtbot.waitUntil(panel._list.hasFocus)
    assert panel.current is not None
    for shown in (True, False):
        QTest.keyClick(panel._list, Qt.Key.Key_Space)
        assert panel.current.shown is shown
    assert changed == [True, True]


def test_the_menu_ticks_what_is_drawn_and_several_eyes_become_alike(panel: RunsPanel) -> None:
    action = panel.menu.by_name["show"]
    first, last = panel._rows[1].record, panel._rows[3].record
    panel.show_beside(last, True)
    assert panel.current is last
    assert action.isChecked()
    panel._rows[1].setSelected(True)
    assert not action.isChecked()
    for shown in (True, False):
        action.trigger()
        assert (first.shown, last.shown, action.isChecked()) == (shown, shown, shown)


def test_the_eye_of_the_run_at_hand_is_not_shut(panel: RunsPanel) -> None:
    def eye(number: int) -> str:
        return str(panel._rows[number].data(EYE, Qt.ItemDataRole.AccessibleTextRole))

    shut = panel._rows[1].icon(EYE).pixmap(16).toImage()
    panel.note_at_hand(panel._rows[2].record)
    assert (eye(1), eye(2)) == ("not drawn", "drawn, as the run at hand")
    assert panel._rows[2].toolTip(EYE).endswith("to draw it beside later ones")
    assert panel._rows[2].icon(EYE).pixmap(16).toImage() != shut
    panel.note_at_hand(None)
    assert eye(2) == "not drawn"
    assert panel._rows[2].icon(EYE).pixmap(16).toImage() == shut


def test_why_a_run_under_way_is_not_deleted_by_its_key_is_said(panel: RunsPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel._list.setFocus()
    qtbot.waitUntil(panel._list.hasFocus)
    assert panel.current is not None
    assert panel.current.alive
    with qtbot.waitSignal(panel.menu.refused) as said, qtbot.assertNotEmitted(panel.delete_asked):
        QTest.keyClick(panel._list, Qt.Key.Key_Delete)
    assert "under way" in said.args[0]
    panel._list.clearSelection()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Space):
        with qtbot.waitSignal(panel.menu.refused) as said:
            QTest.keyClick(panel._list, key)
        assert said.args[0] == "No run is chosen"


def test_a_run_that_begins_is_chosen_alone_whatever_keys_are_held(panel: RunsPanel) -> None:
    other = QWidget()
    QTest.keyPress(other, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    try:
        record = RunRecord(99, "gru-32", SERIES, None)
        panel.add(record)
        assert panel.chosen == [record]
    finally:
        QTest.keyRelease(other, Qt.Key.Key_Shift)


def test_what_is_written_on_a_run_goes_to_that_run_even_when_another_is_chosen_meanwhile(panel: RunsPanel) -> None:
    noted: list[tuple[RunRecord, str]] = []
    panel.noted.connect(lambda record, text: noted.append((record, text)))
    first = panel.current
    panel._about.notes.setText("slow")
    panel._list.setCurrentItem(panel._rows[1])
    assert panel.current is not first
    assert noted == [(first, "slow")]


def test_the_difference_of_two_runs_names_each_setting_that_differs(qtbot: QtBot) -> None:
    other = SERIES.replace({"model.cell": "gru", "training.epochs": 7, "data.transform": "log_difference"})
    dialog = CompareDialog([Side("a", SERIES), Side("b", other)], LIGHT)
    qtbot.addWidget(dialog)
    rows = {
        dialog.table.verticalHeaderItem(at).text(): [dialog.table.item(at, place).text() for place in (0, 1)]  # type: ignore[union-attr]
        for at in range(dialog.table.rowCount())
    }
    assert rows == {
        "Cell  (model)": ["LSTM", "GRU"],
        "Epochs  (training)": ["50", "7"],
        "Transform  (data)": ["None", "Log difference"],
    }
    dialog._all.setChecked(True)
    assert dialog.table.rowCount() > 20


def test_forecasts_over_several_steps_are_told_by_step(qtbot: QtBot) -> None:
    records = []
    for number, error in enumerate((1.5, 2.5)):
        by_step = tuple(
            {
                "step": step,
                "RMSE": error * step,
                "MAE": error,
                "MASE": 0.5,
                "skill": 0.1,
                "naive": 9.0,
                "AR (2 lags)": 4.0,
            }
            for step in (1.0, 2.0)
        )
        record = RunRecord(number, f"run {number}", SERIES, None)
        record.outcome = RunFinished("all epochs done", 1, 1, 1, 0.5, (("RMSE", error),), (), 1.0, by_step=by_step)
        records.append(record)
    words = step_words(records[1])
    assert [name in words for name in ("Step ahead", "RMSE", "MAE", "MASE", "AR", "naive")] == [True] * 5 + [False]
    assert ">5&nbsp;" in words
    assert "lags" not in words  # there is no room
    dialog = CompareDialog([Side(record.name, record.experiment, record) for record in records], LIGHT)
    qtbot.addWidget(dialog)
    rows = {dialog.table.verticalHeaderItem(at).text(): at for at in range(dialog.table.rowCount())}
    at = rows["RMSE, 2 ahead, test"]
    assert [dialog.table.item(at, place).text() for place in (0, 1)] == ["3", "5"]  # type: ignore[union-attr]
    assert "MASE, 1 ahead, test" in rows
    assert step_words(RunRecord(9, "nothing yet", SERIES, None)) == ""


def test_what_differs_from_the_defaults_is_said_in_the_words_of_the_forms() -> None:
    changes = {
        "model.bidirectional": True,
        "model.hidden_size": 24,
        "training.optimizer": "nesterov",
        "model.cell": "gru",
    }
    words = different_settings(Experiment().replace(changes))
    assert words == "cell GRU · hidden units 24 · both directions · optimiser Nesterov momentum"


@pytest.mark.parametrize(("metric", "best"), [("accuracy", "forest\u00a00.9"), ("RMSE", "majority\u00a00.1")])
def test_the_best_baseline_is_told_first(metric: str, best: str) -> None:
    record = RunRecord(1, "run", SERIES, None)
    simple = (("majority", 0.1), ("forest", 0.9), ("linear", 0.5))
    record.outcome = RunFinished("all epochs done", 1, 1, 1, 0.5, ((metric, 0.8), ("skill", 0.7)), simple, 1.0)
    assert f"baselines: {best};" in run_rows.tested_words(record)
    assert "skill against naive\u00a00.70<" in run_rows.tested_words(record)  # that in *Prediction* is against the best


def test_a_run_folder_becomes_the_record_it_was(runs_folder: Path) -> None:
    record = record_of(read_run(runs_folder / "gru"), 4)
    assert (record.number, record.earlier, record.alive) == (4, True, False)
    assert record.experiment.model.cell == "gru"


def test_a_score_without_a_value_is_left_out() -> None:
    """As MASE where nothing changed in the training part, and a baseline that had nothing to begin from."""
    record = RunRecord(1, "run", SERIES, None)
    scores, simple = (("RMSE", 1.9), ("MASE", math.nan)), (("naive", math.nan), ("drift", 0.5))
    record.outcome = RunFinished("all epochs done", 1, 1, 1, 0.5, scores, simple, 1.0)
    assert run_rows.tested_words(record) == "<b>test: RMSE\u00a01.9</b><br>baselines: drift\u00a00.5"
    assert result(record.outcome, "series").endswith("On the test part: RMSE\u00a01.9. Against drift\u00a00.5.")


def test_a_score_on_very_few_windows_is_told_with_a_word_of_caution() -> None:
    record = RunRecord(1, "run", SERIES, None)
    scores = (("RMSE", 0.2),), (("naive", 3.0),)
    record.outcome = RunFinished("all epochs done", 1, 1, 1, 0.5, *scores, 1.0, test_examples=2)
    few = "Scored on 2 windows only: this may be chance."
    assert run_rows.tested_words(record).endswith(f"<br>{few}")
    assert result(record.outcome, "series").endswith(f"Against naive\u00a03. {few}")


@pytest.mark.parametrize(
    ("step", "epoch", "loss", "scores", "words"),
    [
        (9, 3, 0.5, (), "Best epoch 3, validation loss 0.5. Nothing was scored on the test part."),
        (9, 3, math.nan, (("RMSE", 2.0),), "There is no validation part. On the test part: RMSE\u00a02."),
        (0, 0, math.nan, (), "Nothing was trained. Nothing was scored on the test part."),
    ],
)
def test_what_was_not_scored_is_said_of_a_result(
    step: int, epoch: int, loss: float, scores: tuple[tuple[str, float], ...], words: str
) -> None:
    assert result(RunFinished("stopped", step, 1, epoch, loss, scores, (), 1.0), "series") == words
