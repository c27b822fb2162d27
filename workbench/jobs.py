"""Work that takes longer than a frame and belongs to no run: reading files, preparing kernels, exporting."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    lane: str
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Jobs:
    """Lanes of background work. In each lane one job runs and the newest waits; a newer job silences older ones.

    Answers are handed out by `collect`, which the window's timer calls, so callbacks run in the window's thread.
    """

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[tuple[_Job, Any, Exception | None]] = queue.SimpleQueue()
        self._newest: dict[str, _Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._stops: dict[str, Callable[[], None]] = {}  # of lanes whose running job nobody wants any more
        self._closed = self._held = False

    def hold(self) -> None:
        """Begin nothing until `release`."""
        self._held = True

    def release(self) -> None:
        """Begin what was held."""
        self._held = False
        for lane, job in self._newest.items():
            if lane not in self._threads:
                self._begin(job)

    def submit(
        self,
        lane: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do `work` in a thread, then `done(result)` or `failed(error)` in the thread that collects."""
        if self._closed:
            return
        job = _Job(lane, work, done, failed)
        self._newest[lane] = job
        if lane not in self._threads and not self._held:
            self._begin(job)

    def busy(self, lane: str) -> bool:
        """Whether an answer in `lane` is still to come."""
        return lane in self._newest

    def forget(self, lane: str, stop: Callable[[], None] | None = None) -> None:
        """Tell nobody of what is under way in `lane`: whoever asked is gone.

        `stop` breaks off what the job is at; it is called until the job has ended, as more may follow.
        """
        self._newest.pop(lane, None)
        if stop is not None and lane in self._threads:
            self._stops[lane] = stop
            stop()

    def collect(self) -> None:
        """Hand out the answers that have come; those of jobs that were overtaken are dropped."""
        for stop in self._stops.values():
            stop()
        while True:
            try:
                job, result, error = self._answers.get_nowait()
            except queue.Empty:
                return
            self._threads.pop(job.lane).join()
            self._stops.pop(job.lane, None)
            newest = self._newest.get(job.lane)
            if newest is None:
                continue
            if newest is not job:
                self._begin(newest)
                continue
            del self._newest[job.lane]
            if error is not None:
                job.failed(error)
            else:
                job.done(result)

    def stop(self) -> None:
        """Take no more work. What fails from now on may do so because its means are being taken away."""
        self._closed = True
        self._newest.clear()

    def join(self, seconds: float) -> bool:
        """Wait at most so long for what runs; True when nothing runs any more."""
        end = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads.values())

    def _begin(self, job: _Job) -> None:
        thread = threading.Thread(target=self._work, args=(job,), name=f"job-{job.lane}", daemon=False)
        self._threads[job.lane] = thread
        thread.start()

    def _work(self, job: _Job) -> None:
        result, error = None, None
        try:
            result = job.work()
        except BaseException as caught:  # a panic in a library's Rust is no Exception, and the lane would wait for ever
            if self._closed or self._newest.get(job.lane) is not job:  # what it worked with was taken from it
                _log.info("background work %r was broken off: %s", job.lane, caught)
            elif not isinstance(caught, ValueError | OSError):
                _log.exception("background work %r failed", job.lane)
            else:
                _log.warning("background work %r: %s", job.lane, caught, exc_info=True)
            error = caught if isinstance(caught, Exception) else RuntimeError(f"{type(caught).__name__}: {caught}")
        self._answers.put((job, result, error))
