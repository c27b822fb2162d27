"""The database that tables are read with: one for the whole process, as to begin one takes longer than a small file."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

import duckdb

_lock = threading.Lock()
_begun: list[duckdb.DuckDBPyConnection] = []


def connect() -> duckdb.DuckDBPyConnection:
    """A connection with temporary tables and settings of its own, to be closed, for use in any one thread.

    It is to make temporary tables only: others would outlive it. An error of the database itself ends that for all who
    read at the time, and not for those who come then.
    """
    with _lock:
        if not (_begun and _answers(_begun[0])):
            _begun[:] = [_begin()]
        return _begun[0].cursor()


def _answers(connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.execute("SELECT 1")
    except duckdb.Error:
        return False
    return True


def _begin() -> duckdb.DuckDBPyConnection:
    """In memory; it fetches nothing from the network and writes nothing into the working folder."""
    database = duckdb.connect()
    database.execute("SET autoinstall_known_extensions = false")
    # It joins a table's first rows with themselves, which takes four times as long over ten thousand columns.
    database.execute("SET disabled_optimizers = 'late_materialization'")
    # One for each user, as nobody else may write into it; what a process that was killed left there, the next removes.
    folder = Path(tempfile.gettempdir()) / f"duckdb-{getattr(os, 'getuid', int)()}"
    database.execute("SET temp_directory = $folder", {"folder": str(folder)})
    return database
