"""Runs of a race or a sweep are kept, and folded under one row in the list of runs."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from engine.comparing.sweep_values import Varied, swept_names
from engine.config import Experiment
from engine.control import Control
from engine.events import Event, Finding, RunFinished
from engine.past_runs import read_run
from engine.storage.contest_file import Membership
from engine.storage.run_lock import NAME, RunLock
from tests.workbench.bench import Bench
from tests.workbench.conftest import SERIES, KnownBackend, write_known
from workbench.contests.terms import SweepTerms, Terms
from workbench.desk import Desk
from workbench.dialogs.keep_runs import KeepRuns
from workbench.dialogs.question import Question
from workbench.dialogs.race import RaceDialog
from workbench.dialogs.sweep import SweepDialog
from workbench.looks.theme import LIGHT
from workbench.panels.run_group import GroupRow
from workbench.panels.run_names import RunNames
from workbench.panels.run_rows import EYE, RUN
from workbench.panels.runs import RunsPanel
from workbench.projects.document import Document
from workbench.runs.records import RunRecord, record_of
from workbench.window import Window

RACE = Terms(("elman", "gru"), seeds=2, budget=800, epochs=10)
SWEEP = SweepTerms((Varied("training.learning_rate", (0.001, 0.01)),), trials=0, seeds=2, epochs=10)
both = pytest.mark.parametrize("terms", [RACE, SWEEP], ids=["race", "sweep"])
TITLES = {RACE: "Race of 2 cells · 4 runs", SWEEP: "Sweep of learning rate · 4 runs"}


def let_run(bench: Bench, terms: Terms | SweepTerms) -> GroupRow:
    """A whole race, until its runs are listed."""
    bench.backend.free = True
    desk, groups = bench.window.desk, bench.window.runs._list.groups
    known = len(groups)
    assert desk.begin_race(terms) == ""
    bench.until(lambda: not desk.contest.alive and len(groups) > known and groups_of(bench)[-1].childCount() == 4)
    return groups_of(bench)[-1]


def groups_of(bench: Bench) -> list[GroupRow]:
    return list(bench.window.runs._list.groups.values())


# --- what is kept ---------------------------------------------------------------------------------------


@both
def test_runs_are_listed_under_one_closed_row_and_nothing_is_chosen_or_drawn_for_it(
    bench: Bench, terms: Terms | SweepTerms
) -> None:
    window, runs = bench.window, bench.window.runs
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not window.desk.session.alive)
    (own,) = window.desk.session.records
    group = let_run(bench, terms)
    assert runs._list.topLevelItemCount() == 2
    assert group.text(RUN).startswith(TITLES[terms])
    assert not group.isExpanded()
    records = [row.record for row in group.rows]
    assert sorted(record.number for record in records) == [2, 3, 4, 5]
    assert not any(record.shown for record in records)
    assert runs.chosen == [own] == [window.desk.session.record]
    assert all(record.folder is not None and record.folder.parent == bench.folder / "runs" for record in records)
    assert {record.of.seed for record in records if record.of} == {0, 1}
    bench.backend.free = False
    bench.backend.runs.clear()
    bench.train(1)  # what begins on the same data draws runs of the sitting beside it, but not these
    assert own.shown
    assert not any(record.shown for record in records)
    bench.command("stop")


@both
def test_a_run_that_is_kept_can_be_used_looked_inside_and_exported(bench: Bench, terms: Terms | SweepTerms) -> None:
    runs = bench.window.runs
    group = let_run(bench, terms)
    runs._list.choose(group)
    assert (runs.current, len(runs.chosen)) == (None, 4)
    enabled = {name for name, action in runs.menu.by_name.items() if action.isEnabled()}
    assert enabled == {"show", "compare", "delete"}
    assert "Open the row (Right)" in runs._buttons["model"].toolTip()
    assert "Best on the validation part: run " in runs._about.details._text.text()
    assert runs._about.notes.isHidden()
    runs._list.choose(group.rows[0])
    assert group.isExpanded()
    record = runs.current
    assert record is group.rows[0].record
    assert all(runs._buttons[name].isEnabled() for name in ("model", "export", "use", "go_on"))
    runs.menu.by_name["inside"].trigger()
    bench.until(lambda: bool(bench.backend.imported))
    assert record.folder is not None
    assert bench.backend.imported[0].training.start_weights == str(record.folder / "weights.safetensors")


@both
def test_a_new_window_finds_them_again(bench: Bench, qtbot: QtBot, terms: Terms | SweepTerms) -> None:
    before = let_run(bench, terms)
    panel, desk = RunsPanel(LIGHT), Desk(bench.backend, bench.folder / "runs")
    qtbot.addWidget(panel)
    desk.archive.found.connect(panel.add_earlier)
    desk.archive.load()

    def listed() -> bool:
        desk.jobs.collect()
        return bool(panel._list.groups)

    bench.until(listed)
    (group,) = panel._list.groups.values()
    assert (group.of.key, group.childCount(), group.isExpanded()) == (before.of.key, 4, False)
    assert not any(record.of_sitting for record in desk.session.records)
    assert desk.close(10)


@both
def test_of_one_that_is_cancelled_the_run_at_hand_is_kept_as_stopped(bench: Bench, terms: Terms | SweepTerms) -> None:
    desk, archive = bench.window.desk, bench.window.desk.archive
    desk.begin_race(terms)
    bench.until(lambda: bool(bench.backend.runs))
    bench.backend.runs[0].permits.release(100)
    bench.until(lambda: len(bench.backend.runs) == 2)
    bench.backend.runs[1].permits.release(3)
    bench.until(lambda: len(desk.session.records) == 1)
    (folder,) = archive.expected
    folder.mkdir(exist_ok=True)
    (folder / "experiment.toml").write_text("")  # as a run makes it after its first batch
    archive.look_again()  # who goes to the window meanwhile does not see a run that is trained elsewhere
    bench.until(lambda: not desk.jobs.busy("past runs"))
    assert (len(desk.session.records), archive._left_out) == (1, set())
    shutil.rmtree(folder)
    desk.contest.cancel()
    bench.until(lambda: not desk.contest.alive and len(desk.session.records) == 2)
    assert [record.standing for record in desk.session.records] == ["all epochs done", "stopped"]
    (group,) = groups_of(bench)
    assert "· 2 of 4 runs ·" in group.text(RUN)
    assert (group.text(3), archive.expected) == ("in part", set())


@both
def test_without_the_tick_nothing_is_kept(bench: Bench, terms: Terms | SweepTerms) -> None:
    bench.backend.free = True
    racing, desk = bench.window.racing, bench.window.desk
    (racing.open if terms is RACE else racing.open_sweep)()
    dialog = racing.dialog if terms is RACE else racing.sweep_dialog
    assert dialog is not None
    keep = dialog.findChild(KeepRuns)
    assert keep is not None
    assert "(up to " in keep.text()
    keep.click()
    dialog.bar.start.click()
    bench.until(lambda: not desk.contest.alive)
    assert {run.folder for run in bench.backend.runs} == {None}
    assert desk.archive.expected == set()
    assert not desk.contest.keeps
    show = dialog.findChild(QAbstractButton, "race_show" if terms is RACE else "sweep_show")
    assert show is not None
    assert (show.isEnabled(), show.toolTip()) == (False, "Its runs were not kept")


def test_where_runs_cannot_be_kept_that_is_said_before_the_first(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk.archive.folder = tmp_path / "file"
    assert "cannot hold runs" in desk.begin_race(RACE)
    assert not desk.contest.alive


def test_what_could_not_be_kept_counts_in_the_table_and_is_told(
    qtbot: QtBot, backend: KnownBackend, desk: Desk
) -> None:
    def make(experiment: Experiment, control: Control, folder: Path | None) -> Iterator[Event]:
        for title, level in (("The run cannot be saved", "problem"), ("It can", "note"), ("It cannot", "problem")):
            if level == "problem" or experiment.model.cell == "gru":
                yield Finding("saving", level, title, "No space left.", "")
        if experiment.model.cell == "gru":
            yield Finding("saving", "note", "It can", "", "")
        yield RunFinished("all epochs done", 1, 1, 1, 0.5, (), (), 1.0)

    backend.make = make
    said: list[str] = []
    desk.contest.ended.connect(said.append)
    desk.begin_race(RACE)
    qtbot.waitUntil(lambda: not desk.contest.alive)
    assert said == ["all runs are done. 2 runs could not be kept where runs belong: No space left."]
    assert desk.contest.tally.arrived == 4


def test_a_run_of_a_race_that_broke_off_is_not_asked_about(bench: Bench) -> None:
    folder = bench.folder / "runs" / "left"
    write_known(folder, SERIES, Membership("race", 1.0, "Race of 2 cells", 4, "lstm", "", 0))
    (folder / "result.json").unlink()
    lock = RunLock(folder)
    assert lock.take()
    lock.let_go(over=False)
    assert (folder / NAME).exists()
    bench.window.desk.archive.load()
    bench.until(lambda: bool(bench.window.desk.session.records))
    (record,) = bench.window.desk.session.records
    assert (record.broke_off, record.standing) == (True, "broken off")
    assert bench.window.findChildren(QMessageBox) == []


def test_a_group_of_which_a_run_broke_off_is_not_called_done(panel: RunsPanel, group: GroupRow) -> None:
    assert group.text(3) == "done"
    group.rows[0].record.outcome = None
    panel.refresh(group.rows[0].record)
    assert (group.rows[0].text(3), group.text(3)) == ("broken off", "in part")


def test_a_project_takes_them_along_and_is_not_opened_or_saved_elsewhere_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    window = bench.window
    monkeypatch.setattr(window.projects, "may_leave", lambda: False)
    window.desk.begin_race(RACE)
    bench.until(lambda: bool(bench.backend.runs))
    told: list[str] = []
    window.projects.told.connect(told.append)
    window.projects.new()
    window.projects.save_as()
    assert told == [window.desk.contest.under_way] * 2
    for run in bench.backend.runs:
        run.permits.release(100)
    window.desk.contest.cancel()
    bench.until(lambda: not window.desk.contest.alive and not window.desk.archive.expected)
    assert window.desk.session.records
    document: Document = window.document
    window.projects.save_at(bench.folder / "mine")
    bench.until(lambda: document.path is not None)
    kept = list((bench.folder / "mine runs").glob("*/contest.json"))
    assert len(kept) == len(window.desk.session.records) > 0


def test_runs_that_end_one_after_the_other_are_not_put_off_by_each_other(desk: Desk, tmp_path: Path) -> None:
    arrivals = desk._arrivals
    arrivals.note([tmp_path / "one"])
    due = arrivals._clock.timerId()
    arrivals.note([tmp_path / "two"])
    assert arrivals._clock.timerId() == due  # a timer that is started anew has another


@pytest.mark.parametrize(("keep", "words"), [(True, "its runs are kept."), (False, "its runs are not kept.")])
def test_what_is_kept_is_said_before_the_window_closes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, keep: bool, words: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Question, "exec", lambda box: asked.append(box.informativeText()))
    assert bench.window.desk.begin_race(dataclasses.replace(RACE, keep=keep)) == ""
    assert not Window.ask_to_close(bench.window)
    assert asked[0].endswith(words)


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> RunsPanel:
    """Two runs by themselves, and three of a race, numbered 1 to 5."""
    panel = RunsPanel(LIGHT)
    qtbot.addWidget(panel)
    whole = "race", 3.0, "Race of 3 cells", 3
    cells: tuple[tuple[str, float, bool], ...] = (
        ("lstm", 2.0, False), ("jordan", 4.0, False), ("gru", 3.0, True), ("elman", 1.0, True), ("mgu", 5.0, True),
    )  # fmt: skip
    records = []
    for number, (cell, metric, races) in enumerate(cells, 1):
        of = Membership(*whole, cell, "", 0) if races else None
        write_known(tmp_path / cell, SERIES.replace({"model.cell": cell}), of, metric=metric)
        records.append(record_of(read_run(tmp_path / cell), number))
        records[-1].began = float(number)
    panel.add_earlier(records)
    panel.resize(500, 700)
    panel.show()
    panel.activateWindow()
    panel._list.setFocus()
    qtbot.waitUntil(panel._list.hasFocus)
    return panel


@pytest.fixture
def group(panel: RunsPanel) -> GroupRow:
    (group,) = panel._list.groups.values()
    return group


def order(panel: RunsPanel) -> list[str]:
    tops = [panel._list.topLevelItem(at) for at in range(panel._list.topLevelItemCount())]
    return [row.text(RUN).split("  ")[-1].split(" · ")[0] for row in tops if row is not None]


@pytest.mark.parametrize(
    ("column", "expected", "inside"),
    [
        (2, ["Race of 3 cells", "lstm-32", "jordan-32"], [4, 3, 5]),
        (RUN, ["lstm-32", "jordan-32", "Race of 3 cells"], [3, 4, 5]),
    ],
)  # fmt: skip
def test_a_group_is_sorted_by_its_best_and_what_is_in_it_by_itself(
    panel: RunsPanel, group: GroupRow, column: int, expected: list[str], inside: list[int]
) -> None:
    panel._list.sortByColumn(column, Qt.SortOrder.AscendingOrder)
    assert order(panel) == expected
    assert [row.record.number for row in group.rows] == inside
    panel._list.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    assert order(panel) == expected[::-1]
    assert [row.record.number for row in group.rows] == inside[::-1]


def test_keys_open_and_close_it_and_what_is_folded_away_is_chosen_no_more(panel: RunsPanel, group: GroupRow) -> None:
    runs = panel._list
    runs.choose(group)
    QTest.keyClick(runs, Qt.Key.Key_Right)
    assert group.isExpanded()
    QTest.keyClick(runs, Qt.Key.Key_Down)
    assert panel.chosen == [panel.current] == [group.rows[0].record]
    QTest.keyClick(runs, Qt.Key.Key_Left)  # to its group
    assert (panel.current, group.isExpanded(), len(panel.chosen)) == (None, True, 3)
    QTest.keyClick(runs, Qt.Key.Key_Left)
    assert not group.isExpanded()
    runs.choose(group.rows[1])
    group.setExpanded(False)
    assert (panel.current, panel._list.current_group) == (None, group)
    assert not any(row.isSelected() for row in group.rows)
    assert len(panel.chosen) == 3


def test_runs_that_are_shown_are_in_sight_with_the_heading_that_they_are_under(
    panel: RunsPanel, group: GroupRow
) -> None:
    runs = panel._list
    panel.add_earlier([RunRecord(number, "gru-8", SERIES, None, began=-float(number)) for number in range(10, 30)])
    runs.setFixedHeight(160)
    runs.scrollToBottom()
    assert panel.show_runs({row.record.of for row in group.rows if row.record.of})
    for row in (group, group.rows[0]):
        assert runs.viewport().rect().contains(runs.visualItemRect(row))


def test_a_chosen_group_and_its_chosen_runs_are_each_run_once(panel: RunsPanel, group: GroupRow) -> None:
    group.setExpanded(True)
    panel._list.selectAll()
    assert sorted(record.number for record in panel.chosen) == [1, 2, 3, 4, 5]


def test_a_run_keeps_its_seed_in_sight_where_its_name_is_cut(panel: RunsPanel, group: GroupRow) -> None:
    runs = panel._list
    cut = []
    for row in (group, group.rows[0]):
        option, index = QStyleOptionViewItem(), runs.indexFromItem(row, RUN)
        runs.initViewItemOption(option)
        names = runs.itemDelegateForIndex(index)
        assert isinstance(names, RunNames)
        names.initStyleOption(option, index)
        cut.append(option.textElideMode)
    assert cut == [Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle]
    assert group.rows[0].text(RUN)[-1].isdecimal()


def test_the_eye_of_a_group_is_that_of_all_its_runs(panel: RunsPanel, group: GroupRow) -> None:
    changed: list[bool] = []
    panel.shown_changed.connect(lambda: changed.append(True))
    panel.show_beside(group.rows[0].record, True)
    assert group.data(EYE, Qt.ItemDataRole.AccessibleTextRole) == "1 of 3 runs drawn beside the run at hand"
    panel._list.choose(group)
    for shown in (True, False):
        QTest.keyClick(panel._list, Qt.Key.Key_Space)
        assert {row.record.shown for row in group.rows} == {shown}
    panel._on_clicked(group, EYE)
    assert all(row.record.shown for row in group.rows)
    assert len(changed) == 4  # views draw once, however many runs there are
    panel._on_double_clicked(group, RUN)  # opens it, and nothing else
    assert len(changed) == 4


def test_a_group_is_found_by_what_is_in_it_and_stands_for_what_was_found(panel: RunsPanel, group: GroupRow) -> None:
    panel._filter.setText("gru")
    assert [group.isHidden(), group.isExpanded()] == [False, True]
    assert [row.record.number for row in group.rows if not row.isHidden()] == [3]
    panel._list.choose(group)
    assert [record.number for record in panel.chosen] == [3]
    panel._filter.setText("jordan")
    assert group.isHidden()
    assert [record.number for record in panel.chosen] == [2]
    panel._filter.setText("race cells")  # all its runs are of it
    assert [group.isHidden(), group.isExpanded(), len(group.records)] == [False, False, 3]
    panel._filter.clear()
    assert not group.isHidden()


def test_what_was_opened_to_show_a_run_that_was_found_stays_open_where_that_is_chosen(
    panel: RunsPanel, group: GroupRow
) -> None:
    panel._filter.setText("gru")
    panel._list.choose(panel._rows[3])
    panel._filter.clear()
    assert group.isExpanded()
    assert panel.current is panel._rows[3].record


def test_the_last_run_of_a_group_takes_it_along(panel: RunsPanel, group: GroupRow) -> None:
    for row in group.rows:
        panel.drop(row.record)
    assert not panel._list.groups
    assert order(panel) == ["jordan-32", "lstm-32"]
    assert not panel._list.rootIsDecorated()


def test_a_group_that_is_deleted_by_its_key_comes_back_whole_and_is_chosen(bench: Bench) -> None:
    window = bench.window
    group = let_run(bench, RACE)
    records, key = [row.record for row in group.rows], group.of.key
    window.activateWindow()
    window.runs._list.setFocus()
    bench.until(window.runs._list.hasFocus)
    window.runs._list.choose(group)
    QTest.keyClick(window.runs._list, Qt.Key.Key_Delete)
    assert window.desk.session.records == []
    assert not window.runs._list.groups
    assert not any(record.folder and record.folder.exists() for record in records)
    assert window.runs.message.text == "4 runs were deleted."
    QTest.keySequence(window.runs._list, QKeySequence("Ctrl+Z"))
    (group,) = groups_of(bench)
    assert (group.of.key, group.childCount(), group.isExpanded(), group.isSelected()) == (key, 4, False, True)
    assert set(window.runs.chosen) == set(records) == set(window.desk.session.records)
    assert all(record.folder and record.folder.is_dir() for record in records)
    window.desk.archive.deletions.delete(records[:1])
    assert "· 3 of 4 runs ·" in group.text(RUN)


# --- from the table to the list -------------------------------------------------------------------------


@both
def test_a_row_of_the_table_leads_to_its_runs_the_best_first(bench: Bench, terms: Terms | SweepTerms) -> None:
    window, racing = bench.window, bench.window.racing
    (racing.open if terms is RACE else racing.open_sweep)()
    dialog: RaceDialog | SweepDialog | None = racing.dialog if terms is RACE else racing.sweep_dialog
    assert dialog is not None
    group = let_run(bench, terms)
    table = dialog.table if isinstance(dialog, RaceDialog) else dialog.results.table
    place = table.chosen
    assert place is not None
    window.runs._filter.setText("nothing of the kind")
    shown = dialog.findChild(QAbstractButton, "race_show" if terms is RACE else "sweep_show")
    assert shown is not None
    shown.click()
    chosen = window.runs.chosen
    assert len(chosen) == 2
    assert window.runs.current in chosen
    assert group.isExpanded()
    value = place.cell if terms is RACE else place.settings[0][1]
    told = [(each.experiment.model.cell, each.experiment.training.learning_rate) for each in chosen]
    assert {cell if terms is RACE else rate for cell, rate in told} == {value}
    window.desk.archive.deletions.delete([row.record for row in group.rows])
    table.itemDoubleClicked.emit(table.item(0, 0))
    assert "not in the list" in dialog.bar.words.text()


def test_how_much_room_is_taken_is_told_where_it_is_set_up(qtbot: QtBot, desk: Desk) -> None:
    dialog = SweepDialog(desk.contest, LIGHT)
    qtbot.addWidget(dialog)
    dialog.offer(swept_names(), desk.draft.experiment, 1_000_000)
    assert dialog.keep.text() == "Keep every run (up to 540 MB)"
    dialog.seeds.show_value(50)
    dialog._show_count()
    assert dialog.keep.text() == dialog.keep.accessibleName() == "Keep every run (up to 9.0 GB)"
    dialog.field.rows[0].show_setting("model.hidden_size", desk.draft.experiment)
    dialog._show_count()  # 8 to 128 units around 32: four times as many parameters in the mean
    assert dialog.keep.text() == "Keep every run (up to 38 GB)"
