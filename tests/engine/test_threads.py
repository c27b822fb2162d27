"""Threads that run tasks side by side, and end with whoever made them."""

from __future__ import annotations

import threading
import time
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.layers import threads
from engine.layers.shares import Share
from engine.layers.threads import Task, Workers


def test_every_task_is_done_however_many_there_are() -> None:
    workers, done = Workers(3), list[int]()
    for count in (1, 2, 7):
        done.clear()
        workers.run([partial(done.append, number) for number in range(count)])
        assert sorted(done) == list(range(count))
    workers.close()


def test_the_first_error_is_raised_where_the_tasks_were_handed_out() -> None:
    workers = Workers(2)
    with pytest.raises(ZeroDivisionError):
        workers.run([partial(int, "1"), partial(divmod, 1, 0)])
    workers.close()


def until_asked(both: threading.Barrier, asked: NDArray[np.int64]) -> int:
    """Work as long as nobody asks to share, once two threads have begun; how many steps are done then."""
    both.wait(30)
    end = time.monotonic() + 30
    while not asked[0]:
        assert time.monotonic() < end
    return 1


@pytest.mark.parametrize("whose", ["the one that handed out", "another"])
def test_half_of_a_share_goes_to_a_thread_that_has_nothing_left_to_do(whose: str) -> None:
    workers, done = Workers(2), dict[tuple[int, int], int]()
    both, given = threading.Barrier(2), threading.Event()

    def work(first: int, last: int, steps: int, asked: NDArray[np.int64]) -> int:
        if not steps:
            return until_asked(both, asked)
        done[first, last] = threading.get_ident()
        if first:
            given.set()
        assert given.wait(30)
        return 0

    tasks: list[Task] = [Share(work, 0, 9, steps=2, cost=threads.SMALL, whole=2), partial(both.wait, 30)]
    workers.run(tasks if whose == "another" else tasks[::-1])
    assert list(done) in ([(0, 4), (4, 9)], [(4, 9), (0, 4)])
    assert len(set(done.values())) == 2
    workers.close()


def test_what_has_little_left_is_not_given_away() -> None:
    workers, done = Workers(2), list[tuple[int, int]]()
    both = threading.Barrier(2)

    def work(first: int, last: int, steps: int, asked: NDArray[np.int64]) -> int:
        if not steps:
            return until_asked(both, asked)
        done.append((first, last))
        return 0

    workers.run([Share(work, 0, 9, steps=2, cost=threads.SMALL // 10), partial(both.wait, 30)])
    assert done == [(0, 9)]
    workers.close()


def test_an_error_in_what_was_given_away_is_raised_as_well() -> None:
    workers, both = Workers(2), threading.Barrier(2)

    def work(first: int, last: int, steps: int, asked: NDArray[np.int64]) -> int:
        if not steps:
            return until_asked(both, asked)
        return 0 // (0 if first else 1)

    with pytest.raises(ZeroDivisionError):
        workers.run([partial(both.wait, 30), Share(work, 0, 9, steps=2, cost=threads.SMALL)])
    workers.close()


def test_what_is_not_worth_it_is_not_handed_out() -> None:
    workers, done = Workers(2), list[int]()
    workers.run([partial(done.append, number) for number in range(4)], threads=1)
    assert done == [0, 1, 2, 3]
    assert not workers._started
    assert (workers.worth_apart(threads.SMALL // 3), workers.worth(threads.SMALL // 3)) == (1, 1)
    assert (workers.worth_apart(threads.SMALL // 2), workers.worth(threads.SMALL // 2)) == (2, 1)


def test_threads_end_with_workers_that_nobody_closed() -> None:
    before = set(threading.enumerate())
    workers = Workers(2)
    workers.run([partial(int, "1"), partial(int, "2")])
    (thread,) = set(threading.enumerate()) - before
    del workers
    thread.join(30)
    assert not thread.is_alive()
