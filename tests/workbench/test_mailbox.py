from __future__ import annotations

import threading

import numpy as np

from engine.events import Snapshot, StepDone
from engine.inside_records import GradientByTime
from workbench.doors.mailbox import Mailbox


def _step(number: int) -> StepDone:
    return StepDone(number, 1, 0.5, 1.0, 0.1)


def test_the_newest_step_is_told() -> None:
    box = Mailbox()
    for step in range(5):
        box.post(Snapshot(step, 1, step, ()))
    delivery = box.drain()
    assert delivery.snapshot is not None
    assert delivery.snapshot.step == 4
    assert box.drain().snapshot is None


def test_scalars_come_all_and_in_order() -> None:
    box = Mailbox()
    for step in range(100):
        box.post(_step(step))
        box.post(Snapshot(step, 1, step, ()))
    assert [event.step for event in box.drain().events if isinstance(event, StepDone)] == list(range(100))
    assert box.drain().events == ()


def test_nothing_is_lost_between_threads() -> None:
    box, seen = Mailbox(), 0

    def write() -> None:
        for number in range(2000):
            box.post(_step(number))

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen += len(box.drain().events)
    seen += len(box.drain().events)
    assert seen == 6000


def test_snapshots_between_two_looks_are_one() -> None:
    first, second = (GradientByTime((), np.zeros((0, 0), np.float32), ()) for _ in range(2))
    box = Mailbox()
    box.post(Snapshot(1, 1, 1, (("gradient_by_time", first), ("hidden", first))))
    box.post(Snapshot(2, 1, 2, (("gradient_by_time", second),)))
    delivered = box.drain().snapshot
    assert delivered is not None
    assert (delivered.step, delivered.request) == (2, 2)
    values = dict(delivered.values)
    assert values["gradient_by_time"] is second
    assert (delivered.measured_at("gradient_by_time"), delivered.measured_at("hidden")) == ((2, 1), (1, 1))
    assert values["hidden"] is first
