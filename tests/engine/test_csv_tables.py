import csv
from pathlib import Path

import pytest

from engine.storage.csv_tables import Cell, GrowingTable, csv_text, write_csv
from engine.storage.spreadsheets import safe_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t", "\r", "\n", "\0"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert safe_text(f"{start}x1") == f"'{start}x1"


@pytest.mark.parametrize("text", ["-0.9", "+3", "-1,5", "-2.5e-07"])
def test_a_number_stays_one(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize("text", ["-1+1", "-1|x", "+1\n", "-A1", "-1.", "--1", "-٣"])
def test_what_only_begins_like_a_number_is_made_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (1 / 3, "0.333333333"),
        (-2.5, "-2.5"),
        (7, "7"),
        ("plain", "plain"),
        ("-x", "'-x"),
    ],
)
def test_cells(cell: Cell, text: str) -> None:
    assert csv_text(["a", "b"], [[cell, 1]]) == f"a,b\n{text},1\n"


def test_quotes_commas_and_lines_come_back_as_they_were(tmp_path: Path) -> None:
    row = ['say "so"', "a,b", "two\nlines"]
    write_csv(tmp_path / "t.csv", ["=x", "y", "z"], [row])
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["'=x", "y", "z"], row]


def test_a_growing_table_makes_the_text_of_a_row_once() -> None:
    names = ["step", "who"]
    rows: list[list[Cell]] = [[1, "=a"], [2, float("nan")], [3, "b"]]
    table = GrowingTable(names)
    table.extend(rows[:1])
    assert (table.rows, table.text()) == (1, csv_text(names, rows[:1]))
    table.extend(iter(rows[1:]))
    assert (table.rows, table.text()) == (3, csv_text(names, rows))
