"""Tables that are being read: how far that is, and how it is broken off, asked from any thread."""

from __future__ import annotations

import threading
import weakref

import duckdb

_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
_lock = threading.Lock()


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


def reading_progress() -> float:
    """Share of the query at work that is done, from 0 to 1; negative where none is known. Quick."""
    with _lock:
        return max((connection.query_progress() / 100 for connection in _open), default=-1.0)


def stop_reading() -> None:
    """Break off every query at work: a table that is being opened is refused, later queries raise. Quick."""
    with _lock:
        for connection in _open:
            connection.interrupt()
