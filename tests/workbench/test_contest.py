"""A race in the window: bands, table, cancel, and what it keeps from beginning."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.comparing.race_messages import STRATEGIES, Place
from engine.config import Experiment
from engine.control import Control
from engine.events import Compiling, Event, RunFailed
from tests.workbench.bench import Bench
from tests.workbench.conftest import KnownBackend, KnownRun, Listener
from workbench.bars.status import status
from workbench.contests.terms import Terms
from workbench.desk import Desk
from workbench.dialogs.race import RaceDialog
from workbench.doors import comparisons
from workbench.looks.theme import DARK, LIGHT
from workbench.plots.key.keys import swatch
from workbench.runs.records import RunRecord
from workbench.runs.state import LOCKED


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> RaceDialog:
    dialog = RaceDialog(desk.contest, LIGHT)
    qtbot.addWidget(dialog)
    assert desk.draft.facts is not None
    dialog.offer(desk.draft.facts.cells, desk.draft.experiment, 3200)
    dialog.start_asked.connect(desk.begin_race)
    dialog.show()
    return dialog


def test_while_kernels_are_compiled_it_says_how_far_they_are(desk: Desk, dialog: RaceDialog) -> None:
    for look, words in ((Compiling("k", 0.0, 2, 9, 31.0), "preparing kernels: 2 of 9, about 0:31 left"), (None, "")):
        desk.contest._take(look or Compiling("k", 40.0))
        assert dialog.bar._how_far() == (words or "preparing…")


def test_a_race_ends_with_bands_and_a_table(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog, listener: Listener
) -> None:
    backend.free = True
    dialog.seeds.show_value(2)
    dialog.bar.start.click()
    assert dialog.bar.start.text() == "Cancel"
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert len(backend.runs) == 6
    assert {run.experiment.training.seed for run in backend.runs} == {0, 1}
    assert dialog.bar.words.text() == listener.heard[-1] == "all runs are done"
    assert dialog.table.rowCount() == 3
    assert not dialog.table.horizontalHeader().highlightSections()
    band = desk.contest.tally.band(("lstm", ""))
    assert list(band.middle) == pytest.approx([1.5 / step for step in range(10, 101, 10)])
    header, rows = dialog.picture.table()
    assert header[0] == "compared"
    assert len(rows) == 30
    dialog.apply_theme(DARK)
    assert dialog.table.chosen is dialog.table._places[0]
    used: list[Place] = []
    dialog.use_asked.connect(used.append)
    dialog._use.click()
    assert used == [dialog.table._places[0]]
    assert dialog.steps.isHidden()


def test_who_races_is_told_apart_without_colours_in_the_picture_and_in_the_table(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    keys = [curve.key(LIGHT) for curve in dialog.picture.plot.curves.values()]
    assert len({key.shape for key in keys}) == 3
    for theme in (LIGHT, DARK):
        dialog.apply_theme(theme)
        for at, place in enumerate(dialog.table._places):
            key = dialog.picture.plot.curves[dialog._titles[place.key]].key(theme)
            first = dialog.table.item(at, 0)
            assert first is not None
            assert first.icon().pixmap(24, 16).toImage() == swatch(key, theme).pixmap(24, 16).toImage()
    dialog._forget()
    assert not dialog.table._samples


def test_a_race_can_be_cancelled_and_keeps_a_run_from_beginning(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    assert dialog.picture.reason().startswith("Press Start.")
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: bool(backend.runs), timeout=20_000)
    assert dialog.picture.reason() == "Each curve is drawn here with the first epochs."
    busy = "A race is under way. Wait for its end, or cancel it in its window (menu Run)."
    assert status(desk).why_not["run"] == status(desk).why_not["step"] == desk.busy == busy
    told: list[str] = []
    desk.told.connect(told.append)
    desk.go_on(RunRecord(1, "lstm-8", desk.draft.experiment, None))  # nor does another run go on beside it
    assert told == [busy]
    for words in ("training: a race", "paused: a race", "training: a race"):
        assert status(desk).text == words
        dialog.bar.pause.click()
    desk.run()
    assert not desk.session.alive
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert dialog.bar.words.text() == "You cancelled it before a run was done: there is no result."
    assert not dialog.message.text
    assert [
        place for place in desk.contest.tally.places() if place.arrived
    ] == []  # a run that was stopped is no result
    assert dialog.picture.reason() == "No run came to the end of an epoch."
    assert status(desk).text == "ready"
    assert status(desk).why_not["run"] == ""


def test_runs_that_failed_are_counted_and_say_why(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    def make(experiment: Experiment, control: Control, folder: Path | None) -> Iterable[Event]:
        gru = experiment.model.cell == "gru"
        return (
            [RunFailed("It broke", "There is a reason.", "Mend it.", 3)]
            if gru
            else KnownRun(experiment, control, folder)
        )

    backend.free, backend.make = True, make
    dialog.seeds.show_value(2)
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert dialog.bar.words.text() == "all runs have ended, 2 of 6 failed"
    assert dialog.message.text == "Failed: GRU. It broke. There is a reason. Mend it."
    backend.make = KnownRun
    dialog.bar.start.click()
    assert not dialog.message.text


def test_an_error_of_the_race_itself_leads_to_the_log(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    def make(experiment: Experiment, control: Control, folder: Path | None) -> Iterable[Event]:
        raise OSError("no room")

    backend.make = make
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert dialog.bar.words.text() == "An error ended it: no room. The log has the details (Help, Open log folder)."


def test_a_race_that_may_not_begin_leaves_what_the_one_before_came_to(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(1)
    dialog.bar.start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    before = dialog.picture.table()
    backend.free = False
    desk.run()
    dialog.bar.start.click()
    assert dialog.table.rowCount() == 3
    assert dialog.picture.table() == before


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda dialog: dialog.seeds.lineEdit().setText("0"), "it takes a whole number from 1 to 50"),
        (lambda dialog: dialog.budget.lineEdit().setText("many"), "Parameters is 'many'"),
        (lambda dialog: dialog.field.cells.clear(), "Tick at least one cell"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_words(
    desk: Desk, dialog: RaceDialog, spoil: Callable[[RaceDialog], None], words: str
) -> None:
    spoil(dialog)
    dialog.bar.start.click()
    assert words in dialog.message.text
    assert not desk.contest.alive


def several(desk: Desk) -> Experiment:
    return desk.draft.experiment.replace({"data.kind": "series", "data.steps": 3})


def test_strategies_are_offered_where_several_steps_are_forecast(desk: Desk, dialog: RaceDialog) -> None:
    ticks = dialog.field.strategies
    assert ticks.isHidden()
    assert desk.draft.facts is not None
    dialog.offer(desk.draft.facts.cells, several(desk), 100)
    assert not ticks.isHidden()
    assert ticks.chosen == {"direct": "direct"}
    asked: list[Terms] = []
    dialog.start_asked.disconnect()
    dialog.start_asked.connect(asked.append)
    for at in range(ticks.count()):
        ticks.item(at).setCheckState(Qt.CheckState.Checked)
    dialog.bar.start.click()
    assert asked[0].strategies == tuple(STRATEGIES)
    assert ("lstm", "recursive") in dialog.field.titles
    assert dialog.field.titles["gru", "encoder_decoder"].endswith(", encoder–decoder")
    for at in range(ticks.count()):
        ticks.item(at).setCheckState(Qt.CheckState.Unchecked)
    dialog.bar.start.click()
    assert "Tick at least one strategy" in dialog.message.text
    dialog.offer(desk.draft.facts.cells, desk.draft.experiment, 100)
    assert ticks.isHidden()


def test_errors_by_step_stand_side_by_side(dialog: RaceDialog) -> None:
    rows = {
        name: [
            {"step": step, "RMSE": error * step, "MAE": error, "MASE": 0.5, "skill": 0.0, "AR": 7.0}
            for step in (1.0, 2.0)
        ]
        for name, error in (("LSTM, direct", 2.0), ("LSTM, recursive", 3.0))
    }
    dialog.steps.show_scores(rows)
    table = dialog.steps
    assert not table.isHidden()
    items = [[table.item(at, place) for place in range(table.columnCount())] for at in range(table.rowCount())]
    cells = [[item.text() if item else "" for item in row] for row in items]
    assert cells[:3] == [
        ["RMSE", "LSTM, direct", "2", "4"],
        ["RMSE", "LSTM, recursive", "3", "6"],
        ["RMSE", "AR", "7", "7"],
    ]
    assert cells[-1] == ["MASE", "LSTM, recursive", "0.5", "0.5"]
    table.show_scores({})
    assert table.isHidden()


def test_the_settings_of_a_strategy_are_taken(desk: Desk) -> None:
    place = Place("gru", "encoder_decoder", 7, 100, 1, 0, "RMSE", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 1.0)
    changes = comparisons.strategy_changes(desk.draft.experiment, place.strategy)
    assert changes == {"model.topology": "encoder_decoder"}
    assert comparisons.strategy_changes(desk.draft.experiment.replace(changes), "direct") == {
        "model.topology": "many_to_one",
        "data.strategy": "direct",
    }
    assert desk.use_place(dataclasses.replace(place, strategy="")) == ""
    assert desk.draft.experiment.model.hidden_size == 7
    desk.run()
    assert desk.use_place(place) == LOCKED


def test_no_race_begins_under_a_run_and_what_to_do_is_said(desk: Desk, dialog: RaceDialog) -> None:
    desk.run()
    dialog.start_asked.disconnect()
    dialog.start_asked.connect(lambda terms: dialog.refuse(desk.begin_race(terms)))
    dialog.bar.start.click()
    assert dialog.message.text == LOCKED == "A run is under way. Stop or reset it first."


def test_who_takes_the_settings_of_a_row_is_told_where_they_are(bench: Bench) -> None:
    bench.backend.free = True
    bench.window.racing.open()
    dialog = bench.window.racing.dialog
    assert dialog is not None
    dialog.seeds.show_value(1)
    dialog.bar.start.click()
    bench.until(lambda: not bench.window.desk.contest.alive)
    dialog.table.selectRow(2)
    assert dialog.table.chosen is not None
    dialog._use.click()
    assert bench.window.desk.draft.experiment.model.cell == dialog.table.chosen.cell
    assert dialog.bar.words.text().startswith("They are in the set-up now: Run (F5)")
