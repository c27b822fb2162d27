"""A sweep in the window: settings and values, the pictures, the table, pause, cancel, and what it takes back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.comparing.sweep_values import proposed, swept_names
from engine.config import Experiment
from engine.events import RunFailed
from tests.workbench.bench import Bench
from tests.workbench.conftest import KnownBackend
from tests.workbench.mouse import move_over
from workbench.contests.terms import SweepTerms
from workbench.desk import Desk
from workbench.dialogs.race import RaceDialog
from workbench.dialogs.sweep import SweepDialog
from workbench.dialogs.sweep_field import SweepField
from workbench.looks.theme import DARK, LIGHT
from workbench.plots.answers.value_grid import ValueGrid
from workbench.plots.axes.numerals import numerals


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> SweepDialog:
    dialog = SweepDialog(desk.contest, LIGHT)
    qtbot.addWidget(dialog)
    dialog.offer(swept_names(), desk.draft.experiment, 3200)
    dialog.start_asked.connect(desk.begin_race)
    dialog.show()
    return dialog


def _finish(qtbot: QtBot, desk: Desk, dialog: SweepDialog) -> None:
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)


@pytest.mark.parametrize("name", swept_names())
def test_every_setting_is_offered_with_what_is_proposed(qtbot: QtBot, name: str) -> None:
    field = SweepField()
    qtbot.addWidget(field)
    field.offer(swept_names(), Experiment())
    row = field.rows[0]
    row.show_setting(name, Experiment())
    varied = row.read(draws=False)
    assert varied.name == name
    assert len(varied.values) >= 2
    assert set(varied.values) <= set(proposed(Experiment(), name))
    assert row.numbers.accessibleName() == row.ticks.accessibleName() != ""
    assert row.remove.accessibleName() == row.numbers.accessibleName().replace("Values of", "Vary") + " no more"


def test_one_setting_ends_with_a_curve_against_its_values_and_a_table(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(2)
    dialog._show_count()
    assert dialog.count.text() == "5 combinations × 2 seeds: 10 runs"
    _finish(qtbot, desk, dialog)
    assert len(backend.runs) == 10
    assert {run.experiment.training.learning_rate for run in backend.runs} == {0.0001, 0.0003, 0.001, 0.003, 0.01}
    assert {run.experiment.training.seed for run in backend.runs} == {0, 1}
    assert dialog.results.table.rowCount() == 5
    assert "never the test part" in "".join(label.text() for label in dialog.findChildren(type(dialog.count)))
    assert "On the test part, which decided nothing" in dialog.results.best.text()
    plot = dialog.values._plots["training.learning_rate"]
    assert plot.axes.log == (True, False)
    assert list(plot.curves["median over the seeds"].x) == [0.0001, 0.0003, 0.001, 0.003, 0.01]
    header, rows = dialog.values.table()
    assert header[:2] == ("training.learning_rate", "parameters")
    assert len(rows) == 5
    assert len(dialog.curves.table()[1]) == 50
    dialog.apply_theme(DARK)
    assert dialog.results.table.chosen is desk.contest.tally.places()[0]


def test_what_did_best_is_taken_and_given_back(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    before = desk.draft.experiment
    _finish(qtbot, desk, dialog)
    dialog.use_asked.connect(desk.use_place)
    dialog.results.table.selectRow(4)
    place = dialog.results.table.chosen
    assert place is not None
    dialog.results.use.click()
    assert desk.draft.experiment == before.replace(dict(place.settings)) != before
    desk.undo()
    assert desk.draft.experiment == before


def test_two_settings_stand_in_rows_and_columns(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.field.rows[0].numbers.setText("0.01, 0.001")
    dialog.field.add_row("model.bidirectional")
    _finish(qtbot, desk, dialog)
    grid = dialog.values.grid
    assert not grid.isHidden()
    assert grid.words(0, 1).startswith("Learning rate 0.001, Both directions yes: ")
    assert grid.grab().toImage().width() > 0
    assert not dialog.values._plots


def test_the_cells_of_two_settings_are_walked_by_keys(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr("workbench.dialogs.sweep_picture.announce", lambda _widget, text: spoken.append(text))
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.field.rows[0].numbers.setText("0.01, 0.001")
    dialog.field.add_row("model.bidirectional")
    _finish(qtbot, desk, dialog)
    values, grid = dialog.values, dialog.values.grid
    qtbot.waitUntil(grid.isVisible)
    before, without_cell = values._readout.text(), grid.grab().toImage()
    for key, cell in (("Down", (0, 0)), ("Right", (0, 1)), ("Down", (1, 1)), ("Down", (1, 1)), ("Home", (1, 0))):
        QTest.keyClick(values, Qt.Key[f"Key_{key}"])
        assert grid.walked.cell == cell
        assert values._readout.text() == spoken[-1] == numerals(grid.words(*cell))
    assert grid.grab().toImage() != without_cell
    values.refresh()
    assert values._readout.text() == spoken[-1]
    QTest.keyClick(values, Qt.Key.Key_Escape)
    assert (grid.walked.cell, values._readout.text()) == (None, before)
    assert dialog.isVisible()
    move_over(grid, grid._rect(0, 0).center().toPoint())
    assert values._readout.text() == numerals(grid.words(0, 0))
    QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
    assert values._readout.text() == before
    QTest.keyClick(values, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_cells_are_called_by_their_titles_without_brackets_where_there_is_little_room(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    row = dialog.field.rows[0]
    row.show_setting("model.cell", desk.draft.experiment)
    wanted = ("Elman (simple RNN)", "GRU", "GRU (reset before the product)", "LSTM without input gate (NIG)")
    for item in (row.ticks.item(at) for at in range(row.ticks.count())):
        item.setCheckState(Qt.CheckState.Checked if item.text() in wanted else Qt.CheckState.Unchecked)
    _finish(qtbot, desk, dialog)
    named = dialog.values._plots["model.cell"].bottom.labels
    assert named == ("Elman", "GRU", "GRU (reset before the product)", "NIG")
    assert {dialog.results.table.item(at, 0).text() for at in range(4)} == set(wanted)  # type: ignore[union-attr]


def test_the_best_row_of_another_sweep_is_chosen_whole(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    _finish(qtbot, desk, dialog)
    dialog.field.add_row("model.bidirectional")
    _finish(qtbot, desk, dialog)
    table = dialog.results.table
    assert {index.column() for index in table.selectedIndexes()} == set(range(table.columnCount()))


def test_drawn_trials_have_a_plot_for_each_setting(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.field.rows[0].numbers.setText("0.0001..0.1")
    dialog.field.add_row("model.cell")
    dialog.trials_from.setCurrentIndex(1)
    dialog.trials.show_value(14)
    dialog.seeds.show_value(1)
    dialog._show_count()
    assert dialog.count.text() == "14 trials × 1 seed: 14 runs"
    _finish(qtbot, desk, dialog)
    assert len(backend.runs) == 14
    assert set(dialog.values._plots) == {"training.learning_rate", "model.cell"}
    assert len(dialog.curves.plot.curves) == 12  # of many, the best


def test_it_pauses_goes_on_and_keeps_what_ended_when_it_is_cancelled(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: bool(backend.runs), timeout=20_000)
    dialog.bar.pause.click()
    assert desk.contest.paused
    assert dialog.bar.pause.text() == "Go on"
    assert backend.runs[0].control.paused
    dialog.bar.pause.click()
    assert not backend.runs[0].control.paused
    backend.runs[0].permits.release(backend.runs[0].total)
    qtbot.waitUntil(lambda: len(backend.runs) == 2, timeout=20_000)
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    said = dialog.bar.words.text()
    assert said == "You cancelled it after 1 of 15 runs: it counts in the table, the one at hand does not."
    assert not dialog.message.text  # which tells what went wrong
    assert dialog.results.table.rowCount() == 1


def test_where_every_run_failed_no_result_is_promised(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    assert "when the first run has ended" in dialog.values.reason()
    backend.make = lambda experiment, control, folder: [RunFailed("It broke", "There is a reason.", "Mend it.", 3)]
    _finish(qtbot, desk, dialog)
    assert dialog.values._message.text() == "No run came to a result."
    assert not dialog.results.table.rowCount()


def test_settings_that_cannot_be_run_are_told(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.field.rows[0].show_setting("model.dropout", desk.draft.experiment)
    dialog.field.add_row("model.num_layers")
    dialog.field.rows[1].numbers.setText("1, 2")
    _finish(qtbot, desk, dialog)
    assert dialog.results.table.rowCount() == 6
    assert not dialog.results.left_out.isHidden()
    assert "“Layer dropout” has no effect here" in dialog.results.left_out._text.text()


def test_hopeless_runs_are_stopped_on_wish(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.stop_early.setChecked(True)
    asked: list[SweepTerms] = []
    dialog.start_asked.connect(asked.append)
    _finish(qtbot, desk, dialog)
    assert asked[0].stop_early
    assert dialog.results.table.rowCount() == 5  # all come to the same, so nobody is behind
    assert desk.contest.tally.share == 1.0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda dialog: dialog.field.rows[0].numbers.setText("1, x"), "“Learning rate” is 'x'; it takes a number"),
        (lambda dialog: dialog.field.rows[0].numbers.setText("1, 100"), "it takes 1e-08 to 10"),
        (lambda dialog: dialog.field.rows[0].numbers.setText(""), "has no value; name two or more"),
        (lambda dialog: dialog.field.add_row("training.learning_rate"), "is named twice"),
        (lambda dialog: dialog.seeds.lineEdit().setText("0"), "it takes a whole number from 1 to 50"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    desk: Desk, dialog: SweepDialog, spoil: Callable[[SweepDialog], None], words: str
) -> None:
    spoil(dialog)
    dialog.bar.start.click()
    assert words in dialog.message.text
    assert not desk.contest.alive


def test_a_table_without_rows_says_what_comes(qtbot: QtBot, dialog: SweepDialog) -> None:
    table = dialog.results.table
    plain = table.grab().toImage()
    table._waiting = ""
    table.viewport().update()
    assert table.grab().toImage() != plain


def test_nothing_to_compare_is_said(qtbot: QtBot, desk: Desk, dialog: SweepDialog) -> None:
    dialog.field.rows[0].numbers.setText("0.01")
    _finish(qtbot, desk, dialog)
    assert "two values or more" in dialog.message.text


def test_race_and_sweep_show_only_what_is_theirs(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: SweepDialog
) -> None:
    backend.free = True
    race = RaceDialog(desk.contest, LIGHT)
    qtbot.addWidget(race)
    _finish(qtbot, desk, dialog)
    assert race.table.rowCount() == 0
    assert race.bar.words.text() == ""
    assert dialog.results.table.rowCount() == 5
    assert desk.draft.facts is not None
    race.offer(desk.draft.facts.cells, desk.draft.experiment, 3200)
    race.start_asked.connect(desk.begin_race)
    race.bar.start.click()
    assert "A race is under way" in dialog.bar.words.text()
    assert not dialog.bar.start.isEnabled()
    assert dialog.curves.reason() == dialog.bar.start.toolTip() == desk.contest.under_way
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert (race.table.rowCount(), dialog.results.table.rowCount()) == (3, 0)
    assert dialog.bar.start.isEnabled()
    assert not dialog.results.save.isEnabled()
    _finish(qtbot, desk, dialog)
    assert (race.table.rowCount(), dialog.results.table.rowCount()) == (0, 5)


def test_the_forms_say_what_is_offered_and_closing_asks_during_a_sweep(bench: Bench) -> None:
    window = bench.window
    window.racing.open_sweep()
    dialog = window.racing.sweep_dialog
    assert dialog is not None
    choice = dialog.field.rows[0].choice
    names = [choice.itemData(at) for at in range(choice.count())]
    assert "training.learning_rate" in names
    assert "model.dropout" not in names  # of a network with one layer it has no effect
    dialog.bar.start.click()
    bench.until(lambda: bool(bench.backend.runs))
    loss = next(view for view in window.gallery.views if view.key == "loss")
    assert loss.reason().startswith("A sweep is under way.")  # where Run is off, nobody is told to press it
    asked: list[bool] = []

    def stay() -> bool:
        asked.append(True)
        return False

    window.ask_to_close = stay  # type: ignore[method-assign]
    assert not window.close()
    assert asked == [True]
    window.ask_to_close = lambda: True  # type: ignore[method-assign]


def test_a_grid_without_numbers_is_painted_and_says_so(qtbot: QtBot) -> None:
    grid = ValueGrid(LIGHT)
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show_values(("a", "b"), ("1", "2"), ("3",), np.array([[np.nan], [2.0]]), (1, 0))
    assert grid.words(0, 0) == "a 1, b 3: no result"
    before = grid.grab().toImage()
    grid.apply_theme(DARK)
    assert grid.grab().toImage() != before
