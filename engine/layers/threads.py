"""A few Python threads that run kernels side by side.

Kernels release the GIL, so plain threads suffice; Numba's own parallel loops are not used, since two Python
threads inside them abort the process where the machine lacks an OpenMP library.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from typing import TypeAlias

from engine.layers.shares import Share

# Below so many multiply-adds, to divide them among threads costs more than it saves. Products that are apart need no
# dividing, and are worth it where each takes a third; below, it saves less than a tenth, and whoever looks on has more
# of the other processor. Measured on two.
SMALL, _UNDIVIDED = 20_000_000, 3

Task: TypeAlias = Callable[[], object]  # a `Share` gives half of itself to a thread that has nothing left to do


class Workers:
    """Runs lists of tasks on the calling thread and ``count - 1`` others; daemons that only ever wait or compute."""

    def __init__(self, count: int = 0) -> None:
        """`count` threads; 0 takes as many as the process may use processors."""
        self.count = count or len(processors())
        self._queue: _Queue = SimpleQueue()
        self._started = False
        self._lock = threading.Lock()

    def worth(self, work: int) -> int:
        """How many threads a product of `work` multiply-adds is worth, which has to be divided among them."""
        return 1 if work < SMALL else self.count

    def worth_apart(self, work: int) -> int:
        """The same of products that are apart, where each takes `work`."""
        return 1 if _UNDIVIDED * work < SMALL else self.count

    def run(self, tasks: Sequence[Task], *, threads: int = 0) -> None:
        """Run every task and return when all are done; the first exception is raised here.

        `threads` is how many they are worth together, 1 where they are not to be handed out.
        """
        if len(tasks) == 1 or self.count == 1 or threads == 1:
            for task in tasks:
                task()
            return
        self._start()
        round_ = _Round(len(tasks), self._queue)
        for task in tasks[1:]:
            self._queue.put((task, round_))
        round_.do(tasks[0])
        self._help()
        round_.wait()

    def _help(self) -> None:
        """Do what no other thread has taken yet."""
        with suppress(Empty):
            while (item := self._queue.get_nowait()) is not None:
                task, round_ = item
                round_.do(task)
            self._queue.put(None)  # which was meant for one of them

    def _start(self) -> None:
        with self._lock:
            if self._started:
                return
            self._started = True
            self._end = weakref.finalize(self, _let_end, self._queue, self.count - 1)  # nobody has to remember to close
            for number in range(self.count - 1):
                threading.Thread(target=_serve, args=(self._queue,), name=f"engine-{number + 1}", daemon=True).start()

    def close(self) -> None:
        """Let the threads end."""
        with self._lock:
            if self._started:
                self._end()
            self._started = False


class _Round:
    """Counts down the tasks of one `run`, and what was given away of them meanwhile."""

    def __init__(self, count: int, queue: _Queue) -> None:
        self._left, self._queue = count, queue
        self._lock = threading.Lock()
        self._given: SimpleQueue[Task | None] = SimpleQueue()  # to the thread that waits for the end; None is the end
        self._waits = False
        self._shares: list[Share] = []  # that are at work
        self._error: BaseException | None = None

    def do(self, task: Task) -> None:
        error: BaseException | None = None
        try:
            if isinstance(task, Share):
                self._share(task)
            else:
                task()
        except BaseException as raised:  # handed to the thread that asked
            error = raised
        with self._lock:
            self._left -= 1
            self._error = self._error or error
            last = self._left == 0
        if last:
            self._given.put(None)

    def _share(self, share: Share) -> None:
        """Do it, but for what is given to those who ask."""
        self._shares.append(share)
        try:
            while share.go_on():
                half = share.halve() if share.left >= SMALL else None
                if half is not None:
                    self._give(half)
        finally:
            self._shares.remove(share)

    def _give(self, task: Task) -> None:
        with self._lock:
            self._left += 1
            waits, self._waits = self._waits, False
        if waits:
            self._given.put(task)
        else:
            self._queue.put((task, self))

    def ask(self) -> None:
        """Have the largest share that is at work given away in part, for a thread that has nothing else to do."""
        unasked = [share for share in tuple(self._shares) if not share.asked[0]]
        if unasked:
            max(unasked, key=lambda share: share.left).asked[0] = 1

    def wait(self) -> None:
        """Until all is done; works on what others give away."""
        while True:
            self._waits = True
            self.ask()
            if (task := self._given.get()) is None:
                break
            self.do(task)
        if self._error is not None:
            raise self._error


_Queue: TypeAlias = "SimpleQueue[tuple[Task, _Round] | None]"


def _let_end(queue: _Queue, count: int) -> None:
    for _ in range(count):
        queue.put(None)


def _serve(queue: _Queue) -> None:
    while (item := queue.get()) is not None:
        task, round_ = item
        round_.do(task)
        if queue.empty():
            round_.ask()
        del item, task, round_  # while this waits, the arrays of the last task may go


@cache
def processors() -> frozenset[int]:
    """Those that the process may use, asked once: a thread may keep to one of them later."""
    affinity = getattr(os, "sched_getaffinity", None)
    return frozenset(affinity(0) if affinity else range(os.cpu_count() or 1))
