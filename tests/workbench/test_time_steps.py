"""Walking the time cursor from the foot of the window: a step at a time, and by itself there and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.workbench.bench import Bench
from workbench.gallery.time_steps import TimeSteps
from workbench.looks.theme import LIGHT
from workbench.plots.frame.time_cursor import TimeCursor


def made(qtbot: QtBot, length: int) -> tuple[TimeSteps, TimeCursor]:
    cursor = TimeCursor()
    steps = TimeSteps(cursor, lambda: length)
    qtbot.addWidget(steps)
    return steps, cursor


def test_one_step_later_and_earlier(qtbot: QtBot) -> None:
    steps, cursor = made(qtbot, 12)
    for button, position in ((steps.later, 0), (steps.later, 1), (steps.later, 2), (steps.earlier, 1)):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert cursor.position == position
    assert steps.told == "time step 2 of 12, pinned"


def test_a_step_that_is_pinned_says_so_and_how_it_is_let_go(qtbot: QtBot) -> None:
    steps, cursor = made(qtbot, 12)
    cursor.hover(4)
    assert (steps.told, steps._told.toolTip()) == ("time step 5 of 12", "")
    cursor.pin(4)  # where the mouse is
    assert steps.told == "time step 5 of 12, pinned"
    assert "Escape" in steps._told.toolTip()
    cursor.pin(4)
    assert (steps.told, steps._told.toolTip()) == ("Time step", "")


def test_buttons_that_have_nothing_to_walk_through_are_named_too(qtbot: QtBot) -> None:
    steps, _ = made(qtbot, 0)
    assert steps.told == "Time step"
    assert not any(part.isEnabled() for part in (steps._told, steps.earlier, steps.later, steps.walk))


def test_forward_to_the_last_step_then_backward_to_the_first(qtbot: QtBot) -> None:
    steps, cursor = made(qtbot, 4)
    seen: list[tuple[int | None, str]] = []
    cursor.moved.connect(lambda: seen.append((cursor.position, steps.told.partition(":")[0])))
    steps.walk.click()
    for _ in range(12):
        steps._timer.timeout.emit()
    assert [place for place, _ in seen] == [0, 1, 2, 3, 2, 1, 0]
    assert [way for _, way in seen][1:-1] == ["Forward"] * 3 + ["Backward"] * 2
    assert not steps._timer.isActive()


@pytest.mark.parametrize("length", [64, 1000, 5000])
def test_a_long_sequence_is_walked_in_strides_to_its_very_ends(qtbot: QtBot, length: int) -> None:
    steps, cursor = made(qtbot, length)
    steps.walk.click()
    places = []
    for _ in range(400):
        steps._timer.timeout.emit()
        places.append(cursor.position)
    assert max(place for place in places if place is not None) == length - 1
    assert places[-1] == 0
    assert not steps._timer.isActive()


def test_it_stops_where_a_person_goes_elsewhere(qtbot: QtBot) -> None:
    steps, cursor = made(qtbot, 12)
    steps.walk.click()
    cursor.pin(7)
    assert not steps._timer.isActive()
    assert cursor.position == 7


def test_the_button_says_that_it_walks_and_stops(qtbot: QtBot) -> None:
    """By its name, its tip and its picture; also where it comes to its end, or a person goes elsewhere."""
    steps, cursor = made(qtbot, 4)
    steps.apply_theme(LIGHT)
    at_rest = steps.walk.icon().pixmap(16).toImage()

    def walk_on() -> None:
        for _ in range(12):
            steps._timer.timeout.emit()

    for end in (steps.walk.click, lambda: cursor.pin(2), walk_on):
        assert steps.walk.accessibleName().startswith("Forward through all")
        steps.walk.click()
        assert steps.walk.accessibleName().startswith("Stop")
        assert steps.walk.toolTip() == "Stop walking through the time steps, in every view with a time axis (Alt+W)"
        assert steps.walk.icon().pixmap(16).toImage() != at_rest
        end()
    assert steps.walk.accessibleName().startswith("Forward through all")
    assert steps.walk.icon().pixmap(16).toImage() == at_rest


def test_nothing_to_walk_is_said_by_what_cannot_be_pressed(qtbot: QtBot) -> None:
    steps, _ = made(qtbot, 0)
    assert not any(button.isEnabled() for button in (steps.earlier, steps.later, steps.walk))


@pytest.mark.parametrize(
    ("changes", "pinned"), [({}, True), ({"training.epochs": 7}, True), ({"data.look_back": 5}, False)]
)
def test_a_step_stays_pinned_while_the_data_are_the_same(bench: Bench, changes: dict[str, int], pinned: bool) -> None:
    cursor, desk = bench.window.gallery.views[0].time, bench.window.desk
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not desk.session.alive)
    cursor.pin(3)
    desk.apply(changes)
    bench.until(lambda: desk.draft.ready)
    bench.command("run")
    bench.until(lambda: len(bench.backend.runs) == 2)
    assert (cursor.pinned, cursor.position) == ((True, 3) if pinned else (False, None))
