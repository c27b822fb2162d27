"""A long reading is spoken of and can be left; what was read before is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import DataError
from tests.workbench.conftest import KnownBackend, KnownReader
from workbench.bars.reading import ReadingBar
from workbench.desk import Desk
from workbench.doors.answers import Loaded
from workbench.doors.reading_pace import HowFar


class SlowReader(KnownReader):
    """Reads what is called slow, and whatever looks back seven steps, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def open(self, source: Path | str, changes: Mapping[str, Any] | None = None) -> Loaded:
        if "slow" in str(source):
            self._wait()
        return super().open(source, changes)

    def load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        if experiment.data.look_back == 7:
            self._wait()
        return super().load(experiment, reasons)

    def _wait(self) -> None:
        self.told.wait(10)
        raise DataError("broken off")

    def reading_progress(self) -> float:
        return 0.25

    def stop_reading(self) -> None:
        self.told.set()


@pytest.fixture
def slow() -> SlowReader:
    return SlowReader()


@pytest.fixture
def desk(qtbot: QtBot, slow: SlowReader, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(KnownBackend(slow), tmp_path)
    desk.draft.open("known")

    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready

    qtbot.waitUntil(ready)
    yield desk
    slow.told.set()
    assert desk.close(10)


def test_a_long_reading_is_shown_and_left(qtbot: QtBot, desk: Desk, slow: SlowReader) -> None:
    bar = ReadingBar(desk.draft, slow)
    qtbot.addWidget(bar)
    bar.cancelled.connect(desk.leave_reading)
    before = desk.draft.experiment
    desk.draft.open(Path("slow.csv"))
    assert not bar.isVisible()  # most files are there at once
    qtbot.waitUntil(bar.isVisible)
    assert bar.row.words.text() == "Reading slow.csv…"
    assert bar.row.bar.value() == 250
    bar.button.click()
    assert not bar.isVisible()
    assert slow.told.is_set()
    assert desk.draft.ready
    assert desk.draft.experiment == before

    def over() -> bool:
        desk.jobs.collect()
        return not desk.jobs._threads

    qtbot.waitUntil(over)
    assert not desk.draft.problem  # of what was left nobody wants to hear


def test_settings_that_were_being_read_for_go_back(desk: Desk) -> None:
    before = desk.draft.experiment
    desk.change("data.look_back", 7)
    assert desk.draft.loading
    desk.draft.cancel()
    assert desk.draft.experiment == before
    assert desk.draft.ready


def test_a_run_that_waits_for_what_is_left_does_not_begin(desk: Desk) -> None:
    desk.draft.open(Path("slow.csv"))
    desk.run()
    assert desk.waiting is not None
    desk.leave_reading()
    QCoreApplication.sendPostedEvents(desk)
    assert desk.draft.ready
    assert not desk.session.alive


@pytest.mark.parametrize("settings", [False, True])
def test_what_is_read_next_does_not_wait_for_what_nobody_wants_any_more(
    qtbot: QtBot, desk: Desk, slow: SlowReader, settings: bool
) -> None:
    desk.draft.open(Path("slow.csv"))
    if settings:
        desk.change("data.look_back", 8)
    else:
        desk.draft.open("known")
    assert slow.told.is_set()

    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready

    qtbot.waitUntil(ready)
    assert not desk.draft.problem


def test_with_nothing_read_before_there_is_no_way_back(qtbot: QtBot, slow: SlowReader, tmp_path: Path) -> None:
    desk = Desk(KnownBackend(slow), tmp_path)
    bar = ReadingBar(desk.draft, slow)
    qtbot.addWidget(bar)
    desk.draft.open(Path("slow.csv"))
    qtbot.waitUntil(bar.isVisible)
    assert not bar.button.isEnabled()
    desk.draft.cancel()
    assert desk.draft.loading
    slow.told.set()
    assert desk.close(10)


def test_a_reading_that_outlives_the_window_is_spoken_of_no_more(qtbot: QtBot, desk: Desk, slow: SlowReader) -> None:
    bar = ReadingBar(desk.draft, slow)
    qtbot.addWidget(bar)
    (timer,) = bar.findChildren(QTimer)
    desk.draft.open("slow")
    assert timer.isActive()
    bar.end()
    assert not timer.isActive()
    desk.draft.activity_changed.emit()
    assert not timer.isActive()


def test_the_step_of_a_reading_and_the_time_left_are_said(
    qtbot: QtBot, desk: Desk, slow: SlowReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = ReadingBar(desk.draft, slow)
    qtbot.addWidget(bar)
    monkeypatch.setattr(slow, "how_far_reading", lambda: HowFar(3, 7, "what its columns are", 0.5, 12.4))
    desk.draft.open(Path("slow.csv"))
    qtbot.waitUntil(bar.isVisible)
    assert bar.row.words.text() == "Reading slow.csv: step 3 of 7, what its columns are, about 0:12 left"
    assert bar.row.bar.value() == 500
