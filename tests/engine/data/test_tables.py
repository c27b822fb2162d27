from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.files.temporary import temporary_file
from engine.data.notation.decimal_marks import decimal_mark
from engine.data.tables import seen_numbers
from engine.data.tables.columns import read_numbers
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

ROWS = [(str(year), f"{year / 7:.3f}") for year in range(1990, 2010)]


def lines(delimiter: str, *, quote: str = "", decimal: str = ".") -> str:
    cells = [("year", "level"), *((y, v.replace(".", decimal)) for y, v in ROWS)]
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in cells)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_every_dialect_gives_the_same_numbers(write: Write, delimiter: str, quote: str) -> None:
    with open_table(write("a.csv", lines(delimiter, quote=quote))) as table:
        assert table.names == ("year", "level")
        np.testing.assert_array_equal(read_numbers(table, ["level"])[:, 0], [float(v) for _, v in ROWS])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_are_numbers(write: Write, delimiter: str) -> None:
    with open_table(write("a.csv", lines(delimiter, decimal=","))) as table:
        assert table.decimal == ","
        np.testing.assert_array_equal(read_numbers(table, ["level"])[:, 0], [float(v) for _, v in ROWS])


def test_thousands_points_beside_decimal_commas(write: Write) -> None:
    with open_table(write("a.csv", "day;sum\n1;1.234,5\n2;12.345,25\n3;7,0\n")) as table:
        np.testing.assert_array_equal(read_numbers(table, ["sum"])[:, 0], [1234.5, 12345.25, 7.0])


def test_rows_that_do_not_fit_are_named_not_dropped_in_silence(write: Write) -> None:
    with open_table(write("a.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n9,10\n")) as table:
        assert table.rows == 3
        assert [(bad.line, bad.text) for bad in table.rejected] == [(3, "3"), (4, "4,5,6")]
        assert table.rejected[1].reason == "3 cells where the table has 2 columns"
        assert any("2 rows could not be read" in note for note in table.notes)


def test_a_bad_cell_costs_the_cell_and_not_its_row(write: Write) -> None:
    cells = [str(n) for n in range(50)]
    cells[20] = "broken"
    with open_table(write("a.csv", "a,b\n" + "".join(f"{c},1\n" for c in cells))) as table:
        numbers = read_numbers(table, ["a", "b"])
        assert len(numbers) == 50
        assert np.flatnonzero(np.isnan(numbers[:, 0])).tolist() == [20]
        assert any("1 cell of 'a' no number ('broken')" in note for note in table.notes)


def test_of_several_bad_cells_one_is_told_as_one_of_them(write: Write) -> None:
    cells = [str(n) for n in range(50)]
    cells[20], cells[30] = "broken", "closed"
    with open_table(write("a.csv", "a,b\n" + "".join(f"{c},1\n" for c in cells))) as table:
        read_numbers(table, ["a", "b"])
        [told] = [note for note in table.notes if "no number" in note]
        assert told.startswith("2 cells of 'a' no number ('")
        assert told.endswith("', for one), taken as missing")


@pytest.mark.parametrize("blank", ["", "NA", "NaN", "nan", "null", "-", "?", "N/A"])
def test_words_for_no_value_are_missing(write: Write, blank: str) -> None:
    with open_table(write("a.csv", f"a,b\n1,2\n{blank},3\n4,5\n")) as table:
        np.testing.assert_array_equal(read_numbers(table, ["a"])[:, 0], [1, np.nan, 4])


def test_a_table_without_header_numbers_its_columns(write: Write) -> None:
    with open_table(write("a.csv", "1,2\n3,4\n5,6\n")) as table:
        assert table.names == ("column0", "column1")
        assert table.rows == 3


def test_one_column_of_numbers_is_a_table(write: Write) -> None:
    with open_table(write("a.csv", "value\n1\n2\n3\n")) as table:
        np.testing.assert_array_equal(read_numbers(table, ["value"])[:, 0], [1, 2, 3])


@pytest.mark.parametrize("name", ["a[1].csv", "what?.csv", "star*.csv", "it's.csv", 'say "hi".csv', "ünï.csv"])
def test_odd_file_names_are_only_names(write: Write, name: str) -> None:
    with open_table(write(name, "a,b\n1,2\n")) as table:
        assert table.rows == 1


@pytest.mark.parametrize("name", ['say "hi"', "it's", "a b", "select", "größe"])
def test_odd_column_names_are_only_names(write: Write, name: str) -> None:
    header = '"' + name.replace('"', '""') + '"'
    with open_table(write("a.csv", f"{header},b\n1,2\n3,4\n")) as table:
        assert read_numbers(table, [name])[:, 0].tolist() == [1, 3]


def test_duplicate_headers_stay_two_columns(write: Write) -> None:
    with open_table(write("a.csv", "a,a\n1,2\n3,4\n")) as table:
        assert len(set(table.names)) == 2


def test_quoted_line_breaks_and_delimiters_are_part_of_the_cell(write: Write) -> None:
    with open_table(write("a.csv", 'a,b\n1,"x, y\nz"\n2,"he said ""no"""\n')) as table:
        assert [row[1] for row in table.head(9)] == ["x, y\nz", 'he said "no"']


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_typed_files_read_like_text(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    form = {"parquet": "PARQUET", "jsonl": "JSON"}[kind]
    with duckdb.connect() as connection:
        rows = "SELECT i AS n, i / 4 AS level, 'w' || i AS word FROM range(8) t(i)"
        connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT {form})")
    with open_table(path) as table:
        assert table.names == ("n", "level", "word")
        np.testing.assert_array_equal(read_numbers(table, ["level"])[:, 0], np.arange(8) / 4)
        with pytest.raises(DataError, match="holds text"):
            read_numbers(table, ["word"])


def test_dates_in_parquet_need_no_format(tmp_path: Path) -> None:
    from engine.data.tables.dates import read_stamps

    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        rows = "SELECT DATE '2020-01-01' + i::INTEGER AS day, i AS n FROM range(5) t(i)"
        connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT PARQUET)")
    with open_table(path) as table:
        assert read_stamps(table, "day")[4].astype(datetime.datetime) == datetime.datetime(2020, 1, 5)


def test_temporary_files_are_removed(write: Write) -> None:
    path = write("a.csv", "a,b\n1,2\n".encode("utf-16"))
    with temporary_file(".csv") as file:
        folder, other = Path(file.name).parent, Path(file.name)
    before = set(folder.iterdir())
    with open_table(path):
        assert len(set(folder.iterdir()) - before) == 1
    assert set(folder.iterdir()) == before
    other.unlink()


def test_words_are_not_searched_for_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixty columns of words that took seconds, and half a gigabyte for the patterns."""
    asked = list[str]()

    def noted(one: Callable[..., tuple[Any, ...]], cells: Sequence[str], delimiter: str) -> tuple[str, str]:
        asked.extend(cells)
        return decimal_mark(one, cells, delimiter)

    monkeypatch.setattr(seen_numbers, "decimal_mark", noted)
    path = tmp_path / "some.csv"
    path.write_text(
        "when,word,price,other\n" + "".join(f"2024-01-{day:02},red,{day}.5 kg,blue\n" for day in range(1, 20))
    )
    with open_table(path) as table:
        assert (asked, list(table.marks)) == (['"when"', '"price"'], ["price"])
    path.write_text("one,two\n" + "red,blue\nblue,red\n" * 9)
    with open_table(path, Reading(decimal="comma")) as table:
        assert (asked[2:], table.decimal) == ([], ",")
