"""Undo and redo of settings, and finding commands by name."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.conftest import KnownBackend
from workbench.desk import Desk
from workbench.dialogs.fuzzy import score
from workbench.runs.state import State


def _read(desk: Desk, qtbot: QtBot) -> None:
    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready

    qtbot.waitUntil(ready)


@pytest.fixture
def desk(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(backend, tmp_path)
    desk.draft.open("known")

    _read(desk, qtbot)
    yield desk
    assert desk.close(10)


def test_what_was_opened_first_is_where_undo_ends(desk: Desk) -> None:
    assert not desk.undoing.stack.canUndo()


def test_settings_go_back_and_forth(desk: Desk) -> None:
    before = desk.draft.experiment
    desk.change("model.hidden_size", 8)
    desk.change("training.epochs", 3)
    assert desk.undoing.stack.undoText() == "Epochs"
    after = desk.draft.experiment
    desk.undo()
    desk.undo()
    assert desk.draft.experiment == before
    assert not desk.undoing.stack.canUndo()
    desk.undo(back=False)
    desk.undo(back=False)
    assert desk.draft.experiment == after


def test_quick_changes_of_one_field_are_one(desk: Desk) -> None:
    for size in (8, 16, 64):
        desk.change("model.hidden_size", size)
    desk.undo()
    assert desk.draft.experiment.model.hidden_size == 32


def test_of_quick_changes_that_end_where_they_began_nothing_is_undone(desk: Desk) -> None:
    desk.change("training.epochs", 3)
    for size in (8, 16, 32):  # as it was
        desk.change("model.hidden_size", size)
    assert desk.undoing.stack.undoText() == "Epochs"
    for size in (8, 32, 64):
        desk.change("model.hidden_size", size)
    gc.collect()
    desk.undo()
    assert (desk.draft.experiment.model.hidden_size, desk.draft.experiment.training.epochs) == (32, 3)
    desk.undo()
    assert desk.draft.experiment.training.epochs == 50
    assert not desk.undoing.stack.canUndo()


def test_slow_changes_of_one_field_are_several(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, size in ((0, 8), (1, 16), (60, 64)):
        monkeypatch.setattr("workbench.undo.time.monotonic", lambda seconds=seconds: seconds)
        desk.change("model.hidden_size", size)
    desk.undo()
    assert desk.draft.experiment.model.hidden_size == 16
    desk.undo()
    assert desk.draft.experiment.model.hidden_size == 32


def test_data_is_read_anew_when_undo_goes_back_to_it(desk: Desk, qtbot: QtBot) -> None:
    desk.change("data.look_back", 7)
    _read(desk, qtbot)
    desk.undo()
    assert desk.draft.loading
    _read(desk, qtbot)
    assert desk.draft.loaded_data is not None
    assert desk.draft.loaded_data.experiment.data.look_back == 24


def test_nothing_is_undone_under_a_run(desk: Desk, qtbot: QtBot) -> None:
    desk.change("model.hidden_size", 8)
    desk.run()
    said: list[str] = []
    desk.told.connect(said.append)
    desk.undo()
    assert desk.draft.experiment.model.hidden_size == 8
    assert "under way" in said[0]
    desk.session.stop()

    def ended() -> bool:
        desk.session.handle(desk.mailbox.drain().events)
        return desk.session.state is State.FINISHED

    qtbot.waitUntil(ended)


def test_what_may_be_changed_under_a_run_may_be_undone_under_it(desk: Desk, qtbot: QtBot) -> None:
    before = desk.draft.experiment.training.learning_rate
    desk.run()
    said: list[str] = []
    desk.told.connect(said.append)
    assert desk.change("training.learning_rate", 0.02) == ""
    desk.undo()
    assert desk.draft.experiment.training.learning_rate == before
    desk.undo(back=False)
    assert desk.draft.experiment.training.learning_rate == 0.02
    assert not said
    desk.session.stop()

    def ended() -> bool:
        desk.session.handle(desk.mailbox.drain().events)
        return desk.session.state is State.FINISHED

    qtbot.waitUntil(ended)


@pytest.mark.parametrize(
    ("typed", "name", "fits"),
    [
        ("", "Open", True),
        ("exp", "Export weights", True),
        ("ew", "Export weights", True),
        ("weights exp", "Export weights", False),
        ("LR", "Set Learning rate", True),
        ("xyz", "Export weights", False),
    ],
)
def test_letters_fit_names_in_their_order(typed: str, name: str, fits: bool) -> None:
    assert (score(typed, name) is not None) is fits


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("run", "Run", "Runs folder and more"),
        ("hid", "Hidden units", "The idea"),
        ("gn", "Gradient norms", "Signs"),
    ],
)
def test_the_better_fit_comes_first(typed: str, first: str, second: str) -> None:
    assert (score(typed, first) or 0) > (score(typed, second) or 0)
