"""What stands above and below the rows of a table in files of banks, offices and services."""

from __future__ import annotations

import pytest

from engine.data import inspect_file, peek, suggest
from engine.data.files.encoding import LONGEST_LINE
from tests.engine.data.making import Write
from tests.engine.data.test_excel import workbook

DAYS = [f"2020-{n // 28 + 1:02d}-{n % 28 + 1:02d}" for n in range(60)]
ROWS = [f"{day},{n * 7 % 5}.5,{n % 9}" for n, day in enumerate(DAYS)]
PLAIN = ["day", "level", "wind"]
ABOVE = {
    "a title": ("Statement of account,,\nday,level,wind\n", PLAIN, 0),
    "titles and units": ("Report,,\nmade 2020,,\n,,\nday,level,wind\n,m,m/s\n", PLAIN, 1),
    "merged cells": (",North,\nday,level,level\n", ["day", "North level", "North level_1"], 0),
    "groups": (",North,South\nday,level,level\n", ["day", "North level", "South level"], 0),
    "kinds below": (",Tokyo,Tokyo\nday,level,level\n,,quality\n", ["day", "Tokyo level", "Tokyo level quality"], 1),
}
ABOVE_LINES = {
    "another table": ("latitude,longitude,height,zone\n5.5,4.5,30,UTC\n\nday,level,wind\n", PLAIN, 0),
    "names and values": ("Latitude:\t45.0\nLongitude:\t8.0\n\nday,level,wind\n", PLAIN, 0),
    "a header among remarks": ("# of a station\n#\n# day, level, wind\n#\n", PLAIN, 0),
}


@pytest.mark.parametrize(
    ("kind", "above", "names", "left_out"),
    [(kind, *case) for kind in ("csv", "xlsx") for case in ABOVE.values()]
    + [("csv", *case) for case in ABOVE_LINES.values()],
)
def test_a_table_begins_below_its_heading(write: Write, kind: str, above: str, names: list[str], left_out: int) -> None:
    text = above + "\n".join(ROWS) + "\n"
    cells: list[list[object]] = [[*line.split(",")] for line in text.splitlines()]
    found = peek(write("a.csv", text) if kind == "csv" else write("a.xlsx", workbook(one=cells)), 1)
    assert [column.name for column in found.columns] == names
    assert (found.rows, found.rejected_rows, found.frequency) == (60, left_out, "daily")
    assert found.head[0][0] == DAYS[0]


def test_a_row_below_a_heading_is_told_by_its_line(write: Write) -> None:
    rows = [*ROWS[:20], "2020-01-21,x,3", *ROWS[21:]]
    path = write("a.csv", "Report,,\n,,\nday,level,wind\n,m,m/s\n" + "\n".join(rows) + "\nyesterday,1,2\n")
    odd = [(row.line, row.reason) for row in peek(path).rejected]
    assert odd == [(4, odd[0][1]), (65, "no date of the form %Y-%m-%d in 'day'")]


BELOW = {
    "a remark with a comma": ("Note: all of it is preliminary, see there,\n", 1),
    "a remark below a total": ("Mean,5.1,3.2\nSource: an office\n", 2),
    "remarks below an empty line": ("\nlevel: in metres\nwind: mean, highest\n", 2),
    "a total and an empty row": ("Total,5,3\n,,\n", 2),
}


@pytest.mark.parametrize(("below", "left_out"), BELOW.values(), ids=BELOW)
def test_a_table_ends_above_what_is_written_below_it(write: Write, below: str, left_out: int) -> None:
    path = write("a.csv", "day,level,wind\n" + "\n".join(ROWS) + "\n" + below)
    found = inspect_file(path)
    assert (found.rows, found.rejected_rows, found.frequency) == (60, left_out, "daily")
    assert all(row.reason and row.line > 61 for row in found.rejected)
    assert suggest(path).experiment.data.time_column == "day"


KEPT = {
    "a word in a column of numbers": "day,level,wind\n" + "\n".join(ROWS) + "\n2020-03-05,ill,calm\n",
    "a class in each row": "level,wind,kind\n" + "".join(f"{n}.5,{n},{'ab'[n % 2]}\n" for n in range(61)),
    "few words at first": "word,code,n\n" + "".join(f"w{n % 7},c{n % 3},{n}\n" for n in range(61)),
    "a first value that is missing": "day,level,wind\n2019-12-31,-,NA\n" + "\n".join(ROWS) + "\n",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_rows_that_are_data_stay(write: Write, text: str) -> None:
    found = inspect_file(write("a.csv", text))
    assert (found.rows, found.rejected_rows) == (61, 0)


def test_years_may_name_columns(write: Write) -> None:
    years = ",".join(str(year) for year in range(1960, 1990))
    rows = "".join(f"Land {n},{','.join(f'{n * 7 % 5}.{k}' for k in range(30))}\n" for n in range(9))
    assert inspect_file(write("a.csv", f"country,{years}\n{rows}")).header
    assert not inspect_file(write("a.csv", rows)).header


def test_a_cell_longer_than_a_line_of_most_is_no_year(write: Write) -> None:
    long = "x" * 200_000
    found = inspect_file(
        write(
            "a.csv",
            f"{long},1\n{long}y,2\n{long}z,3\n{long},4\n",
        )
    )
    assert (found.header, found.rows) == (False, 4)


def test_tabs_part_cells_that_hold_commas(write: Write) -> None:
    text = "".join(f"{['ham', 'spam'][n % 2]}\tWell, {n} times, or so\n" for n in range(40))
    found = inspect_file(write("a.tsv", text))
    assert (found.delimiter, [column.role for column in found.columns], found.rows) == ("\t", ["ignored"] * 2, 40)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("remark", ["", "# station 5\n# in 0.1 degrees\n"])
def test_cells_lined_up_by_blanks_may_be_missing_or_hold_blanks(write: Write, missing: bool, remark: str) -> None:
    names = ["North Sea", "East", "the far West"]
    rows = [f"{names[n % 3]:<14}{day}  {'' if missing and n == 7 else n % 9:>5}" for n, day in enumerate(DAYS)]
    text = f"{remark}{'where':<14}{'day':<12}{'level':>5}\n" + "\n".join(rows) + "\n"
    found = peek(write("a.txt", text), 1)
    assert [(column.name, column.missing) for column in found.columns] == [
        ("where", 0), ("day", 0), ("level", int(missing)),
    ]  # fmt: skip
    assert (found.rows, found.kind, found.head[0]) == (60, "series", ("North Sea", DAYS[0], "0"))


def test_verse_is_no_table(write: Write) -> None:
    text = "Full fathom five thy father lies;\nOf his bones are coral made;\nThose are pearls that were his eyes:\n" * 9
    assert inspect_file(write("a.txt", text.replace(";", "").replace(":", ""))).kind == "text"


def test_a_sheet_of_remarks_is_passed_over(write: Write) -> None:
    sheet: list[list[object]] = [["day", "level"], *([day, n] for n, day in enumerate(DAYS))]
    path = write("a.xlsx", workbook(about=[["Levels of a river"], ["", "2020"]], data=sheet, more=sheet[:5]))
    assert (inspect_file(path).sheet, inspect_file(path).rows) == ("data", 60)
    path = write("b.xlsx", workbook(about=[["level"], [5], [6]], more=[["x"]]))
    assert inspect_file(path).sheet == "about"


def test_a_long_line_does_not_stop_the_look_at_a_heading(write: Write) -> None:
    long = "x" * (LONGEST_LINE // 4)
    assert inspect_file(write("a.csv", f"day,level,note\n{ROWS[0]}\n2020-01-02,4.5,{long}\n")).rows == 2


def test_lines_of_thousands_of_words_are_no_cells(write: Write) -> None:
    """As many blanks stand in each: a table of as many columns would take minutes to be told."""
    found = inspect_file(write("a.txt", "".join("a " * 20_000 + f"{n:8d}\n" for n in range(20))))
    assert (found.kind, found.rows) == ("text", 20)
