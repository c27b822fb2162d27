"""A thread that computes alone is kept where it is; one that shares its processor, or its work, is not."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection

import pytest

from engine.layers.placement import Placement, Spent
from engine.layers.threads import Workers, processors

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no thread can be kept in place here")


class Clock:
    """Time that a test lets go by, and what was computed in it."""

    def __init__(self) -> None:
        self.now = Spent(0.0, 0.0, 0.0)

    def __call__(self) -> Spent:
        return self.now

    def go(self, wall: float, own: float, everybody: float) -> None:
        self.now = Spent(self.now.wall + wall, self.now.own + own, self.now.all + everybody)


@pytest.fixture
def everywhere() -> Iterator[set[int]]:
    """Where this thread may be, before and after the test."""
    before = set(processors())
    yield before
    os.sched_setaffinity(0, before)


def here() -> set[int]:
    return os.sched_getaffinity(0)


@pytest.mark.parametrize(
    ("wall", "own", "everybody", "kept"),
    [(1.0, 0.98, 1.0, True), (1.0, 0.3, 0.4, False), (1.0, 0.95, 1.8, False), (0.1, 0.1, 0.1, False)],
    ids=["alone", "waits or shares", "two compute", "too early to say"],
)
def test_where_it_stays(everywhere: set[int], wall: float, own: float, everybody: float, kept: bool) -> None:
    clock = Clock()
    placement = Placement(clock)
    clock.go(wall, own, everybody)
    placement.look()
    assert len(here()) == (1 if kept else len(everywhere))
    placement.leave()
    assert here() == everywhere


def test_it_leaves_with_the_threads_it_started_when_another_one_computes(everywhere: set[int]) -> None:
    clock = Clock()
    placement = Placement(clock)
    clock.go(1.0, 1.0, 1.0)
    placement.look()
    workers = Workers(2)
    workers.run([here] * 2)
    begun = [thread.native_id for thread in threading.enumerate() if thread.native_id]
    assert sum(len(os.sched_getaffinity(thread)) == 1 for thread in begun) >= 2
    clock.go(1.0, 0.9, 1.9)
    placement.look()
    assert all(os.sched_getaffinity(thread) == everywhere for thread in begun)
    workers.close()


def compute_alone(pipe: Connection) -> None:
    clock = Clock()
    placement = Placement(clock)
    clock.go(1.0, 1.0, 1.0)
    placement.look()
    pipe.send(os.sched_getaffinity(0))
    pipe.recv()
    placement.leave()
    pipe.send(os.sched_getaffinity(0))


@pytest.mark.skipif(len(processors()) < 2, reason="there is one processor")
def test_the_window_leaves_the_processor_to_its_engine_until_that_leaves_it(everywhere: set[int]) -> None:
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=compute_alone, args=(theirs,), daemon=True)
    process.start()
    kept = ours.recv()
    assert here() == everywhere - kept
    ours.send("leave")
    left = ours.recv()
    assert here() == left == everywhere
    process.join()


def test_networks_made_meanwhile_have_as_many_threads_as_ever(everywhere: set[int]) -> None:
    os.sched_setaffinity(0, {min(everywhere)})
    assert Workers().count == len(everywhere)
