"""Keeps a thread that computes without pause on the processor where it is, as long as it alone computes.

A window beside it wakes thirty times a second, on whichever processor the system finds. Where that is the network's,
the network waits or moves, and leaves the caches that hold its weights: kept in place in every other stretch of three
or four seconds, the airline sample with the overview shown trained 1 to 9 % faster, and 2 to 4 % more where the window
was kept away from there, too (two processors, Linux). Two threads that compute gained nothing that could be told from
chance: they are moved about as the system likes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from engine.layers.threads import processors

_LOOK_SECONDS = 0.5
_OWN_SHARE = 0.6  # of a processor that it has to itself, at least; somebody else computes there otherwise
_TOGETHER = 1.2  # processors at most that all threads of the process use; another one computes too otherwise
_PROCESSOR = 36  # place in /proc/…/stat, counted behind the name (proc(5), field 39)


class Spent(NamedTuple):
    """Seconds: gone by, computed by this thread, and by all threads of the process."""

    wall: float
    own: float
    all: float


def spent() -> Spent:
    """Until now, each from a beginning of its own."""
    return Spent(time.monotonic(), time.thread_time(), time.process_time())


class Placement:
    """Of the thread that calls `look` again and again. Does nothing where the system has no such thing."""

    def __init__(self, clock: Callable[[], Spent] = spent) -> None:
        self._clock, self._last = clock, clock()
        self._kept = False

    def look(self) -> None:
        """Stay, or be moved again; decided by what was computed since the last time, twice a second."""
        now = self._clock()
        wall = now.wall - self._last.wall
        if wall < _LOOK_SECONDS:
            return
        alone = now.own - self._last.own > _OWN_SHARE * wall and now.all - self._last.all < _TOGETHER * wall
        self._last = now
        if alone and not self._kept:
            self._stay()
        elif self._kept and not alone:
            self.leave()

    def _stay(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # there is no /proc, or no choice
            stat = Path("/proc/thread-self/stat").read_text(encoding="utf-8", errors="replace")
            here = {int(stat.rpartition(")")[2].split()[_PROCESSOR])}
            os.sched_setaffinity(0, here)
            self._kept = True
            elsewhere = processors() - here
            if (window := _window()) and elsewhere:
                put(window, elsewhere)

    def leave(self) -> None:
        """Go wherever the system likes, with all threads that were started meanwhile, here or by the window."""
        if self._kept:
            self._kept = False
            put(os.getpid(), processors())
            if window := _window():
                put(window, processors())


def put(process: int, places: Collection[int]) -> None:
    """Have all threads of a process run on these processors."""
    with contextlib.suppress(OSError, AttributeError):  # it has gone, or the system has no such thing
        for thread in os.listdir(f"/proc/{process}/task"):
            with contextlib.suppress(OSError):  # it has ended, or those processors have gone
                os.sched_setaffinity(int(thread), places)


def _window() -> int:
    """The process that started this one for itself; 0 where there is none."""
    parent = multiprocessing.parent_process()
    known = parent.pid if parent is not None else None
    return known if known is not None and known == os.getppid() else 0  # else it has gone, and another took its place
