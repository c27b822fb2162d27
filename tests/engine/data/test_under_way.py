"""Reading can be watched and broken off from another thread."""

from __future__ import annotations

import gc
import threading

import duckdb

from engine.data import reading_progress, stop_reading
from engine.data.opening import connect, open_table
from tests.engine.data.making import Write

ENDLESS = "SELECT count(*) FROM range(1_000_000_000_000) a WHERE hash(range) = 1"


def test_a_query_is_broken_off_and_the_connection_goes_on() -> None:
    connection, caught = connect(), list[duckdb.Error]()

    def work() -> None:
        try:
            connection.execute(ENDLESS).fetchall()
        except duckdb.Error as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():  # asked too early it would have nothing to break off
        stop_reading()
        assert reading_progress() <= 1.0
        thread.join(0.01)
    assert isinstance(caught[0], duckdb.InterruptException)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_nothing_is_known_of_nothing(write: Write) -> None:
    gc.collect()  # connections of other tests
    with open_table(write("a.csv", "a,b\n1,2\n")) as table:
        assert table.rows == 1
    assert reading_progress() < 0
    stop_reading()
