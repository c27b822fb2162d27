"""Threads that run tasks side by side, and end with whoever made them."""

from __future__ import annotations

import threading

import pytest

from engine.layers import threads
from engine.layers.threads import Workers


def test_every_task_is_done_however_many_there_are() -> None:
    workers, done = Workers(3), list[int]()
    for count in (1, 2, 7):
        done.clear()
        workers.run([(done.append, (number,)) for number in range(count)])
        assert sorted(done) == list(range(count))
    workers.close()


def test_the_first_error_is_raised_where_the_tasks_were_handed_out() -> None:
    workers = Workers(2)
    with pytest.raises(ZeroDivisionError):
        workers.run([(int, ("1",)), (divmod, (1, 0))])
    workers.close()


def test_what_is_not_worth_it_is_not_handed_out() -> None:
    workers, done = Workers(2), list[int]()
    workers.run([(done.append, (number,)) for number in range(4)], threads=1)
    assert done == [0, 1, 2, 3]
    assert not workers._started
    assert (workers.worth_apart(threads.SMALL // 3), workers.worth(threads.SMALL // 3)) == (1, 1)
    assert (workers.worth_apart(threads.SMALL // 2), workers.worth(threads.SMALL // 2)) == (2, 1)


def test_threads_end_with_workers_that_nobody_closed() -> None:
    before = set(threading.enumerate())
    workers = Workers(2)
    workers.run([(int, ("1",)), (int, ("2",))])
    (thread,) = set(threading.enumerate()) - before
    del workers
    thread.join(30)
    assert not thread.is_alive()
