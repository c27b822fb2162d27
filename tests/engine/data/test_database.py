from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from engine.data import database
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write


def test_what_one_connection_makes_and_sets_no_other_sees() -> None:
    with database.connect() as one, database.connect() as other:
        one.execute("CREATE TEMP TABLE cells AS SELECT 1 AS a; SET TimeZone = 'UTC'")
        assert one.execute("FROM cells").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException):
            other.execute("FROM cells")


def test_two_tables_are_open_at_once_each_with_the_rows_it_refused(write: Write) -> None:
    good, paths = "a,b\n" + "1,2\n" * 30, list[Path]()
    for count in (1, 2):
        paths.append(write(f"{count}.csv", good + "3\n" * count))
    with open_table(paths[0]) as one, open_table(paths[1]) as two:
        assert [(table.rows, table.rejected_rows) for table in (one, two)] == [(30, 1), (30, 2)]
        assert one.one("count(a), max(b)") == two.one("count(a), max(b)") == (30, "2")


def test_after_an_error_of_the_database_itself_another_is_begun(write: Write) -> None:
    database.connect().close()
    database._begun[0].close()
    with open_table(write("a.csv", "a,b\n1,2\n")) as table:
        assert table.rows == 1


def test_it_is_read_in_several_threads(write: Write) -> None:
    path, found = write("a.csv", "a,b\n" + "1,2\n" * 500), list[int]()

    def read() -> None:
        with open_table(path) as table:
            found.append(table.rows)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [500] * 6
