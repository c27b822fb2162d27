"""Reading can be watched and broken off from another thread."""

from __future__ import annotations

import gc
import gzip
import itertools
import threading
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from engine.data import DataError, reading_progress, stop_reading
from engine.data.files import excel, packed_members
from engine.data.tables.opening import connect, open_table
from engine.data.under_way import stoppable
from tests.engine.data.making import Write
from tests.engine.data.test_excel import workbook

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


def test_short_questions_are_broken_off_too() -> None:
    caught: list[DataError] = []

    def work() -> None:
        try:
            with stoppable() as connection:
                connection.execute(ENDLESS).fetchall()
        except DataError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        stop_reading()
        assert reading_progress() < 0
        thread.join(0.01)
    assert "broken off" in str(caught[0])


def test_nothing_is_known_of_nothing(write: Write) -> None:
    gc.collect()  # connections of other tests
    with open_table(write("a.csv", "a,b\n1,2\n")) as table:
        assert table.rows == 1
    assert reading_progress() < 0
    stop_reading()


def _broken_off(path: Path) -> DataError:
    """What a file is refused with that is being opened when that is to be broken off."""
    caught = list[DataError]()

    def work() -> None:
        try:
            open_table(path)
        except DataError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        stop_reading()
        thread.join(0.01)
    return caught[0]


def test_a_workbook_is_not_waited_for_when_nobody_wants_it_any_more(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, known = threading.Event(), excel._chosen
    monkeypatch.setattr(excel, "_chosen", lambda *asked: never.wait() and known(*asked))
    try:
        assert "broken off" in str(_broken_off(write("a.xlsx", workbook(a=[["a", "b"], [1, 2], [3, 4]]))))
    finally:
        never.set()


@pytest.mark.parametrize(
    ("module", "name", "content"),
    [
        (excel, "_rows", workbook(a=[["a", "b"], [1, 2], [3, 4]])),
        (packed_members, "_read", gzip.compress(b"a,b\n1,2\n")),
    ],
    ids=["writing a sheet", "unpacking"],
)
def test_what_is_taken_out_of_a_file_piece_by_piece_is_broken_off(
    write: Write, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, content: bytes
) -> None:
    monkeypatch.setattr(module, name, lambda *_: itertools.repeat([b"1", b"2"] if name == "_rows" else b"1,2\n"))
    assert "broken off" in str(_broken_off(write("a", content)))
