from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from engine.control import Control
from engine.events import IN_PASSING, Paused, Resumed, RunFailed, Snapshot, SnapshotRequest, StepDone
from engine.inside_records import Contributions
from tests.workbench.conftest import SERIES, KnownRun
from workbench.doors.mailbox import Mailbox
from workbench.jobs import Jobs
from workbench.pump import ANSWERED_MS, INTERVAL_MS, Pump
from workbench.runs.history import History
from workbench.session import Session

SHARES = Contributions(("a",), "a", None, (1,), np.ones(4), 4.0)


def seen(step: int, *names: str) -> Snapshot:
    """The answer to the request of the same number; without names, of all that the three viewers draw."""
    return Snapshot(
        step, 1, step, tuple((name, SHARES) for name in names or ("hidden", "prediction", "gradient_norms"))
    )


SHARE = 0.01  # of the run's time


class Viewer:
    def __init__(self, probes: set[str], active: bool = True) -> None:
        self.probes, self.gathers, self.active = frozenset(probes), frozenset[str](), active
        self.snapshots: list[Snapshot] = []
        self.histories = 0
        self.unbegun, self.follows, self.share = False, True, SHARE

    def refine(self, request: SnapshotRequest) -> SnapshotRequest:
        return dataclasses.replace(request, temperature=0.3)

    def begins_with(self, snapshot: Snapshot) -> bool:
        return self.unbegun and not self.snapshots

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot)

    def show_history(self, history: History) -> None:
        self.histories += 1


@pytest.fixture
def viewers() -> list[Viewer]:
    return [Viewer({"hidden"}), Viewer({"prediction"}), Viewer({"gradient_norms"}, active=False)]


class Bench:
    """A pump that is ticked by hand, over a run that waits for ever."""

    def __init__(self, viewers: list[Viewer]) -> None:
        self.mailbox, self.control = Mailbox(), Control()
        self.session = Session(self.mailbox, lambda name: None)
        self.pump = Pump(self.mailbox, self.session, Jobs(), lambda: viewers)
        self.session.run(SERIES, self._make)

    def _make(self, experiment: object, control: Control, folder: object) -> KnownRun:
        self.control = control
        return KnownRun(SERIES, control, None)

    def step(self, number: int) -> None:
        self.mailbox.post(StepDone(number, 1, 0.1, 0.1, 0.1))

    def asked(self, ticks: int) -> list[frozenset[str]]:
        """The probes of each request of a run that goes on and answers at once."""
        asked = []
        for step in range(1, ticks + 1):
            self.step(step)
            self.mailbox.post(Snapshot(step, 1, self.control.request.id, ()))
            self.pump.tick()
            asked.append(self.control.request.probes)
        return asked


@pytest.fixture
def bench(qtbot: QtBot, viewers: list[Viewer]) -> Iterator[Bench]:
    bench = Bench(viewers)
    qtbot.waitUntil(lambda: bool(bench.mailbox._events))
    yield bench
    bench.session.stop()
    assert bench.session.join(10)


def test_only_what_can_be_seen_is_asked_for(bench: Bench) -> None:
    bench.pump.tick()
    assert bench.control.request.probes == {"hidden", "prediction"}
    assert bench.control.request.temperature == 0.3


def test_what_is_asked_for_stands_until_something_else_is(bench: Bench, viewers: list[Viewer]) -> None:
    bench.pump.tick()
    first = bench.control.request
    assert first.every == ANSWERED_MS / 1000 < INTERVAL_MS / 1000
    bench.step(1)
    bench.mailbox.post(Snapshot(1, 1, first.id, ()))
    bench.pump.tick()
    assert bench.control.request is first
    viewers[1].active = False
    bench.step(2)
    bench.pump.tick()
    assert (bench.control.request.id, bench.control.request.probes) == (first.id + 1, frozenset({"hidden"}))


def test_what_was_not_answered_is_not_replaced_until_needs_change(bench: Bench, viewers: list[Viewer]) -> None:
    bench.pump.tick()
    first = bench.control.request
    viewers[1].active = False
    bench.step(1)
    bench.pump.tick()
    assert bench.control.request is first
    bench.pump.ask_anew()
    bench.pump.tick()
    assert bench.control.request.probes == {"hidden"}


def test_while_nothing_is_seen_nothing_is_measured_until_the_run_halts(bench: Bench, viewers: list[Viewer]) -> None:
    bench.pump.tick()
    for viewer in viewers:
        viewer.active = False
    bench.pump.ask_anew()
    bench.pump.tick()
    asked = bench.control.request
    assert (asked.probes, asked.every) == (frozenset({"hidden", "prediction"}), 0.0)  # once more, and shown at the end


def test_the_next_run_is_asked_what_the_one_before_was(bench: Bench) -> None:
    bench.pump.tick()
    before, control = bench.control.request, bench.control
    bench.session.stop()
    assert bench.session.join(10)
    bench.pump.tick()
    bench.session.run(SERIES, bench._make)
    bench.pump.tick()
    assert bench.control is not control
    assert dataclasses.replace(bench.control.request, id=before.id) == before


def test_hidden_views_are_asked_for_too_often_of_a_young_run_and_later_now_and_then(bench: Bench) -> None:
    asked = ["gradient_norms" in probes for probes in bench.asked(480)]
    assert not any(asked[:2])  # what is seen comes first
    assert 8 <= sum(asked[2:25]) <= 12
    assert sum(asked[-120:]) == 2


def test_what_a_hidden_view_gathers_is_asked_for_more_often_and_not_all_the_time(
    bench: Bench, viewers: list[Viewer]
) -> None:
    viewers.append(Viewer({"weights", "spectrum"}, active=False))
    viewers[-1].gathers = frozenset({"weights"})
    asked = bench.asked(480)[-120:]
    assert sum("weights" in probes for probes in asked) in (4, 5)
    assert sum("spectrum" in probes for probes in asked) == 2


def test_what_is_looked_at_in_full_may_cost_more_than_what_is_measured_in_passing(
    bench: Bench, viewers: list[Viewer]
) -> None:
    viewers[0].share = 0.1
    found: set[tuple[bool, float]] = set()
    for step in range(1, 161):
        bench.step(step)
        bench.mailbox.post(seen(bench.control.request.id))
        bench.pump.tick()
        asked = bench.control.request
        found.add(("gradient_norms" in asked.probes, asked.share))
    assert found == {(False, 0.1), (True, IN_PASSING), (True, 1 / 15)}  # more of a young run
    viewers[0].active = False
    bench.pump.ask_anew()
    bench.pump.tick()
    assert bench.control.request.share == SHARE


@pytest.mark.parametrize(
    ("share", "apart", "interval"), [(0.1, 0.04, 45), (SHARE, 0.04, INTERVAL_MS), (0.1, 0.01, INTERVAL_MS)]
)
def test_beside_a_network_that_takes_all_processors_what_is_looked_at_in_full_is_drawn_less_often(
    bench: Bench, viewers: list[Viewer], share: float, apart: float, interval: int
) -> None:
    viewers[0].share = share
    for step in range(1, 31):
        bench.mailbox.post(StepDone(step, 1, 0.1, 0.1, apart * step))
        bench.mailbox.post(seen(bench.control.request.id))
        bench.pump.tick()
    assert bench.pump._timer.interval() == interval


def test_a_run_that_stands_still_is_asked_again_when_more_can_be_seen(bench: Bench, viewers: list[Viewer]) -> None:
    bench.pump.tick()
    first = bench.control.request.id
    bench.mailbox.post(Snapshot(0, 1, first, ()))
    bench.pump.tick()
    bench.pump.tick()
    assert bench.control.request.id == first
    viewers[2].active = True  # as of a view that was scrolled into sight
    bench.pump.tick()
    bench.pump.tick()
    assert bench.control.request.id == first + 1
    assert "gradient_norms" in bench.control.request.probes


def test_every_view_gets_what_it_draws_of_snapshots_and_scalars(bench: Bench, viewers: list[Viewer]) -> None:
    viewers[1].follows = False
    for step, names in ((1, ("hidden", "gradient_norms")), (2, ("prediction", "gradient_norms"))):
        bench.step(step)
        bench.mailbox.post(seen(step, *names))
        bench.pump.tick()
        bench.pump.tick()
    assert [[shown.step for shown in viewer.snapshots] for viewer in viewers] == [[1], [2], [1, 2]]
    assert [viewer.histories for viewer in viewers] == [2, 1, 2]  # which it has, and which goes on growing


def test_scalars_are_handed_to_every_view_again_when_the_run_was_forgotten(bench: Bench, viewers: list[Viewer]) -> None:
    for viewer in viewers:
        viewer.follows = False
    bench.step(1)
    bench.pump.tick()
    bench.session.cleared.emit()
    bench.pump.tick()
    assert [viewer.histories for viewer in viewers] == [2, 2, 2]


def test_views_that_have_not_begun_do_so_one_after_the_other_with_the_newest(
    bench: Bench, viewers: list[Viewer], qtbot: QtBot
) -> None:
    for viewer in viewers[:2]:
        viewer.unbegun = True
    for step in (1, 2):
        bench.step(step)
        bench.mailbox.post(seen(step))
        bench.pump.tick()
    assert [len(viewer.snapshots) for viewer in viewers] == [0, 0, 2]
    qtbot.waitUntil(lambda: bool(viewers[0].snapshots))
    qtbot.waitUntil(lambda: bool(viewers[1].snapshots))
    assert [[shown.step for shown in viewer.snapshots] for viewer in viewers] == [[2], [2], [1, 2]]


def test_first_pictures_come_after_the_answer_that_is_waited_for_and_not_all_at_once(
    bench: Bench, viewers: list[Viewer], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off: list[Callable[[], object]] = []
    monkeypatch.setattr("workbench.pump.later", lambda _ms, _about, call: put_off.append(call))
    for viewer in viewers:
        viewer.unbegun = True
    bench.mailbox.post(seen(1))
    bench.pump.tick()
    assert bench.pump.begins
    bench.session.run(SERIES, bench._make)  # pauses
    qtbot.waitUntil(lambda: len(put_off) == len(viewers))
    bench.mailbox.post(Paused(1))
    bench.pump.tick()
    for call in put_off:  # all are due in the same turn
        call()
    assert not any(viewer.snapshots for viewer in viewers)
    qtbot.waitUntil(lambda: all(viewer.snapshots for viewer in viewers))
    assert not bench.pump.begins


def test_a_run_that_is_forgotten_begins_no_view(bench: Bench, viewers: list[Viewer], qtbot: QtBot) -> None:
    viewers[0].unbegun = True
    bench.mailbox.post(seen(1))
    bench.pump.tick()
    bench.session.cleared.emit()
    passed: list[bool] = []
    QTimer.singleShot(0, bench.pump, lambda: passed.append(True))
    qtbot.waitUntil(lambda: bool(passed))
    assert viewers[0].snapshots == []


def test_who_waits_for_the_answer_to_a_wish_hears_it_sooner(bench: Bench) -> None:
    timer = bench.pump.findChild(QTimer)
    assert timer is not None
    for heard in (Paused(1), Resumed(1)):
        bench.session.run(SERIES, bench._make)  # pauses, then goes on
        assert timer.interval() < INTERVAL_MS
        bench.mailbox.post(heard)
        bench.pump.tick()
        assert timer.interval() == INTERVAL_MS
    bench.session.stop()
    assert timer.interval() < INTERVAL_MS
    bench.mailbox.post(RunFailed("Trouble", "why", "cure", 1))
    bench.pump.tick()
    assert timer.interval() == INTERVAL_MS  # nobody waits for anything any more
    bench.session.reset()
    assert timer.interval() == INTERVAL_MS
