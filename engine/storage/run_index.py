"""An index of the runs in a folder, so that thousands are listed at once: SQLite, beside the run folders.

The folders are the truth. A row holds only as long as the stamps of the files that it was made from, and a checksum
of the row; whatever is missing, damaged, locked or cannot be written is read from the folders, and the index is made
anew. Nothing is lost with it, so nobody waits for the disk.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

NAME = ".index.sqlite"
_VERSION = 2  # of the rows; others are thrown away
_LARGEST = 1_000_000_000  # bytes of an index that is looked at
_BUSY_SECONDS, _LONGEST_SECONDS = 0.2, 10.0
_LOOK_EVERY = 100_000  # of SQLite's instructions
_TABLE = "CREATE TABLE IF NOT EXISTS runs (name TEXT PRIMARY KEY, stamp TEXT, facts TEXT, checksum TEXT) WITHOUT ROWID"
_log = logging.getLogger(__name__)


class RunIndex:
    """What was known of the runs in `folder` the last time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._rows = self._read()

    def facts(self, name: str, stamp: str) -> Any:
        """What is known of a run whose files have this stamp; None where that is nothing."""
        row = self._rows.get(name)
        if row is None or row[0] != stamp or row[2] != _checksum(name, stamp, row[1]):
            return None
        return json.loads(row[1])

    def update(self, found: Mapping[str, tuple[str, Any]], names: set[str]) -> None:
        """Keep the stamp and the facts of runs that were read from their folders; of `names` only, others are gone."""
        gone = self._rows.keys() - names
        if not found and not gone:
            return
        rows = []
        for name, (stamp, facts) in found.items():
            text = json.dumps(facts)
            rows.append((name, stamp, text, _checksum(name, stamp, text)))
        try:
            with self._connected() as connection, connection:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.executemany("DELETE FROM runs WHERE name = ?", [(name,) for name in gone])
                connection.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            _log.info("the index of runs is not kept: %s", error)

    def _read(self) -> dict[str, tuple[str, str, str]]:
        try:
            if not self._path.is_file() or self._path.stat().st_size > _LARGEST:
                return {}
            with self._connected() as connection:
                if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                    raise sqlite3.DatabaseError("rows of another version")
                rows = connection.execute("SELECT name, stamp, facts, checksum FROM runs").fetchall()
                if not all(isinstance(value, str) for row in rows for value in row):
                    raise sqlite3.DatabaseError("rows that are no text")
                return {name: (stamp, facts, checksum) for name, stamp, facts, checksum in rows}
        except sqlite3.OperationalError as error:  # locked, or slow: as good as it was
            _log.info("the index of runs cannot be read now: %s", error)
        except (sqlite3.Error, OSError, ValueError, OverflowError) as error:
            _log.warning("the index of runs is made anew: %s", error)
            with suppress(OSError):
                self._path.unlink()
        return {}

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Nothing in a strange file may call functions, or keep us long."""
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection:
            end = time.monotonic() + _LONGEST_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > end, _LOOK_EVERY)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            yield connection


def _checksum(name: str, stamp: str, facts: str) -> str:
    return hashlib.blake2b(f"{name}\n{stamp}\n{facts}".encode(), digest_size=16).hexdigest()
