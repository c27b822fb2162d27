"""A race in the window: bands, table, cancel, and what it keeps from beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.conftest import KnownBackend
from workbench.contest import Terms
from workbench.desk import RACING, Desk
from workbench.dialogs.race import RaceDialog
from workbench.status import status
from workbench.theme import DARK, LIGHT


@pytest.fixture
def desk(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(backend, tmp_path)
    desk.draft.open("known")
    desk.draft.learn_facts()

    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready and desk.draft.facts is not None

    qtbot.waitUntil(ready, timeout=20_000)
    yield desk
    assert desk.close(10)


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> RaceDialog:
    dialog = RaceDialog(desk.contest, LIGHT)
    qtbot.addWidget(dialog)
    assert desk.draft.facts is not None
    dialog.offer(desk.draft.facts.cells, desk.draft.experiment, 3200)
    dialog.start_asked.connect(desk.begin_race)
    dialog.show()
    return dialog


def test_a_race_ends_with_bands_and_a_table(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    backend.free = True
    dialog.seeds.show_value(2)
    dialog._start.click()
    assert dialog._start.text() == "Cancel"
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert len(backend.runs) == 6
    assert {run.experiment.training.seed for run in backend.runs} == {0, 1}
    assert dialog._words.text() == "all have arrived"
    assert dialog.table.rowCount() == 3
    band = desk.contest.band("lstm")
    assert list(band.middle) == pytest.approx([1.5 / step for step in range(10, 101, 10)])
    header, rows = dialog.picture.table()
    assert header[0] == "cell"
    assert len(rows) == 30
    dialog.apply_theme(DARK)
    dialog.table.selectRow(0)
    used: list[tuple[str, int]] = []
    dialog.use_asked.connect(lambda cell, units: used.append((cell, units)))
    dialog._use.click()
    assert used == [(dialog.table._places[0].cell, dialog.table._places[0].hidden_size)]


def test_a_race_can_be_cancelled_and_keeps_a_run_from_beginning(
    qtbot: QtBot, backend: KnownBackend, desk: Desk, dialog: RaceDialog
) -> None:
    dialog._start.click()
    qtbot.waitUntil(lambda: bool(backend.runs), timeout=20_000)
    assert status(desk).why_not["run"] == RACING
    desk.run()
    assert not desk.session.alive
    dialog._start.click()
    qtbot.waitUntil(lambda: not desk.contest.alive, timeout=20_000)
    assert dialog._words.text() == "broken off"
    assert status(desk).why_not["run"] == ""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda dialog: dialog.seeds.lineEdit().setText("0"), "it takes a whole number from 1 to 50"),
        (lambda dialog: dialog.budget.lineEdit().setText("many"), "Parameters is 'many'"),
        (lambda dialog: dialog.cells.clear(), "Tick at least one cell"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_words(
    desk: Desk, dialog: RaceDialog, spoil: Callable[[RaceDialog], None], words: str
) -> None:
    spoil(dialog)
    dialog._start.click()
    assert words in dialog.message.text
    assert not desk.contest.alive


def test_no_race_begins_under_a_run(desk: Desk) -> None:
    desk.run()
    assert "under way" in desk.begin_race(Terms(("lstm",), 1, 100, 1))
