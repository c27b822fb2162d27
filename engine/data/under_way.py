"""What is being read: how far that is, and how it is broken off, asked from any thread."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import duckdb

from engine.data.database import connect
from engine.data.errors import DataError

Check = Callable[[], None]
Result = TypeVar("Result")

_BROKEN_OFF = "the reading was broken off, so nothing of it is kept; open the file again."
_WAIT = 0.05  # seconds from one check to the next
_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
_asked: set[threading.Event] = set()  # of what is at work without the database, set where it is to end
_lock = threading.Lock()
_hearing = threading.local()


def watched(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same connection, which `reading_progress` and `stop_reading` know from now on, as long as it lives."""
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    with _lock:
        _open.add(connection)
    return connection


def unwatched(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget a connection, before it is closed."""
    with _lock:
        _open.discard(connection)


@contextmanager
def stoppable() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for short questions, which `stop_reading` breaks off too; how far they are is not told."""
    with connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        with _lock:
            _open.add(connection)
        try:
            yield connection
        except duckdb.InterruptException as error:
            raise DataError(_BROKEN_OFF) from error
        finally:
            unwatched(connection)


@contextmanager
def breakable() -> Iterator[Check]:
    """What is done in the ``with`` block can be broken off: its check raises a `DataError` once that was asked for."""
    asked = threading.Event()

    def check() -> None:
        if asked.is_set():
            raise DataError(_BROKEN_OFF)

    with _lock:
        _asked.add(asked)
    try:
        yield check
    finally:
        with _lock:
            _asked.discard(asked)


def awaited(work: Callable[[Check], Result]) -> Result:
    """What long work comes to that cannot be broken off itself; where that is asked for, it is no longer waited for.

    It is given a check that raises a `DataError` from then on, and must not hold the interpreter's lock throughout.
    """
    pool = ThreadPoolExecutor(1)
    try:
        with breakable() as check:
            outcome = pool.submit(work, check)
            while wait((outcome,), _WAIT).not_done:
                check()
        return outcome.result()
    finally:
        pool.shutdown(wait=False)


@contextmanager
def heard(hear: Callable[[str], None]) -> Iterator[None]:
    """What is read by this thread in the ``with`` block tells `hear` of each of its steps, when it begins."""
    _hearing.hear = hear
    try:
        yield
    finally:
        _hearing.hear = None


def begin_step(what: str) -> None:
    """Tell who hears this thread what is found out next."""
    if hear := getattr(_hearing, "hear", None):
        hear(what)


def reading_progress() -> float:
    """Share of the query at work that is done, from 0 to 1; negative where none is known. Quick."""
    with _lock:
        return max((connection.query_progress() / 100 for connection in _open), default=-1.0)


def stop_reading() -> None:
    """Break off all that is at work: a table that is being opened is refused, later queries raise. Quick."""
    with _lock:
        for asked in _asked:
            asked.set()
        for connection in _open:
            connection.interrupt()
