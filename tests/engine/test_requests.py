from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.control import Control
from engine.events import Snapshot, SnapshotRequest
from engine.training_loop.requests import Requests

PROBES = frozenset({"hidden"})
EVERY = 0.03


class Measured:
    """Probes that take no time, and rest where they are told to."""

    rests = False

    def lacks(self, _: SnapshotRequest) -> bool:
        return False

    def answer(
        self, request: SnapshotRequest, step: int, epoch: int, paused: bool, _hurried: Callable[[], bool]
    ) -> Snapshot | None:
        return None if self.rests and not paused else Snapshot(step, epoch, request.id, ())


class Bench:
    def __init__(self) -> None:
        self.now, self.step, self.control, self.measured = 0.0, 0, Control(), Measured()
        self.requests = Requests(self.control, self.measured, 10, lambda: self.now)  # type: ignore[arg-type]

    def ask(self, number: int, every: float) -> None:
        self.control.request = SnapshotRequest(number, PROBES, every=every)

    def answers(self, batches: int, seconds: float = 0.01) -> int:
        """To so many batches of a run that goes on."""
        count = 0
        for _ in range(batches):
            self.step, self.now = self.step + 1, self.now + seconds
            count += len([*self.requests.answer(self.step, paused=False)])
        return count

    def answers_in_pause(self) -> int:
        return len([*self.requests.answer(self.step, paused=True)])


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_request_is_answered_once(bench: Bench) -> None:
    bench.ask(1, 0.0)
    assert bench.answers(10) == 1
    assert bench.answers_in_pause() == 0


def test_one_that_stands_is_answered_again_and_again_until_another_comes(bench: Bench) -> None:
    bench.ask(1, EVERY)
    assert bench.answers(1) == 1
    assert bench.answers(2) == 0
    assert bench.answers(31) in (10, 11)
    bench.ask(2, 0.0)
    assert bench.answers(1) == 1
    assert bench.answers(100) == 0


@pytest.mark.parametrize(("batch", "rate"), [(0.001, 33), (0.028, 32), (0.032, 31), (0.1, 10)])
def test_it_is_answered_so_often_on_average_however_long_batches_take(bench: Bench, batch: float, rate: float) -> None:
    bench.ask(1, EVERY)
    seconds = 20
    assert bench.answers(round(seconds / batch), batch) / seconds == pytest.approx(rate, abs=1)


def test_what_rests_when_it_is_due_is_answered_as_soon_as_it_does_not(bench: Bench) -> None:
    bench.ask(1, EVERY)
    bench.measured.rests = True
    assert bench.answers(10) == 0
    bench.measured.rests = False
    assert bench.answers(1) == 1


def test_one_that_is_due_by_the_end_of_a_batch_is_known_before_it(bench: Bench) -> None:
    bench.ask(1, EVERY)
    bench.answers(1)
    assert bench.requests.open(0.9 * EVERY) is None
    assert bench.requests.open(1.1 * EVERY) is not None
    bench.ask(2, 0.0)
    bench.answers(1)
    assert bench.requests.open(1.1 * EVERY) is None


def test_in_a_pause_one_that_stands_is_answered_once_at_each_place(bench: Bench) -> None:
    bench.ask(1, EVERY)
    for _ in range(2):
        bench.answers(1)  # measured in passing, and so not all
        assert bench.answers_in_pause() == 1
        assert bench.answers_in_pause() == 0


def test_where_nobody_looks_nothing_is_measured(bench: Bench) -> None:
    bench.ask(1, EVERY)
    bench.control.request = SnapshotRequest(2, frozenset())
    assert bench.answers(10) == 0
