"""Names of columns, and lines above them, where they do not look as the reader of tables expects it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.data import Inspection, peek
from engine.data.tables.columns import read_numbers
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

DAYS = [date(2021, 1, 1) + timedelta(at) for at in range(40)]
LINES = [f"{day},{at}.5" for at, day in enumerate(DAYS)]


def rows(start: str = "", between: str = ",", end: str = "\n") -> str:
    return "".join(start + line.replace(",", between) + end for line in LINES)


FILES = {
    "R leaves out its own name": ("date v\n" + "".join(f"{at + 1} {line}\n" for at, line in enumerate(LINES)), ","),
    "R writes a table": ('"date" "v"\n' + "".join(f'"{n}" "{x[:10]}" {x[11:]}\n' for n, x in enumerate(LINES)), ""),
    "an index without a name": ("date,v\n" + "".join(f"{at},{line}\n" for at, line in enumerate(LINES)), ""),
    "SAP begins with empty columns": ("list\t1\n\n\t\tdate\tv\n\n" + rows("\t\t", "\t"), ""),
    "a title with a comma": (
        "Anomalies, January-December\nUnits: degrees\nBase: 1901-2000\nMissing: -999\ndate,v\n" + rows(), "",
    ),
    "remarks in the middle": ("# made by hand\n" + "\n".join([*LINES[:9], "# stopped", *LINES[9:], ""]), "numbered"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "how"), FILES.values(), ids=FILES)
def test_no_row_and_no_name_is_lost_above_a_table(write: Write, text: str, how: str) -> None:
    if how == ",":
        text = text.replace(",", " ")
    found = peek(write("a.csv", text), 1)
    names = [column.name for column in found.columns if column.type in ("date", "number")]
    assert (found.rows, found.rejected_rows, found.frequency) == (40, 0, "daily")
    assert how == "numbered" or names[-2:] == ["date", "v"]


def _values(write: Write, text: str) -> tuple[Inspection, list[float]]:
    path = write("a.csv", text)
    with open_table(path) as table:
        return peek(path, 1), read_numbers(table, [table.names[-1]])[:, 0].tolist()


def test_a_comma_in_the_only_column_stands_before_decimals(write: Write) -> None:
    found, values = _values(write, "v\n" + "".join(f"{at * 7 % 10},5\n" for at in range(40)))
    assert ([column.name for column in found.columns], found.decimal, found.rows) == (["v"], ",", 40)
    assert values[:2] == [0.5, 7.5]
    found, values = _values(write, "v\n" + "".join(f"{at + 1},{at * 7 % 10}\n" for at in range(40)))
    assert (len(found.columns), values[:2]) == (2, [0, 7])  # counted rows, as R writes them


@pytest.mark.parametrize("places", [[25], [1, 2, 39], list(range(10, 35, 5))])
@pytest.mark.parametrize("odd", [[], [5, 30]])
def test_a_header_that_comes_again_is_left_out(write: Write, places: list[int], odd: list[int]) -> None:
    lines, at = ["date,v"], 0
    for at, line in enumerate(LINES):
        lines += ["date,v"] * (at in places) + [line] + ["x"] * (at in odd)
    path = write("a.csv", "\n".join(lines) + "\n")
    found = peek(path, 1)
    assert (found.rows, found.rejected_rows, found.frequency) == (40, len(places) + len(odd), "daily")
    again = [bad.line for bad in found.rejected if bad.reason == "the header again"]
    assert again == [number for number, line in enumerate(lines, 1) if line == "date,v" and number > 1]


def test_the_names_below_several_heads_are_found(write: Write) -> None:
    heads = "Measurement\t\nSeparator\tTab\n***End***\t\n\t\nChannels\t2\t\t\nSamples\t1\t1\t\n***End***\t\t\t\n"
    body = "".join(f"{at / 10:.3f}\t{at * 7 % 11}.5\t{at}.25\t\n" for at in range(100)).replace(".", ",")
    found = peek(write("a.lvm", f"{heads}X_Value\tVoltage\tCurrent\tComment\n{body}"), 1)
    assert [column.name for column in found.columns] == ["X_Value", "Voltage", "Current", "Comment"]
    assert (found.rows, found.rejected_rows, found.decimal, found.head[0][1]) == (100, 0, ",", "0,5")


@pytest.mark.parametrize("first", ["yellow,lemon", "word,other"])
def test_a_row_of_words_that_comes_again_is_no_header(write: Write, first: str) -> None:
    text = "red,apple\ngreen,pear\nred,apple\nyellow,lemon\n" * 10
    found = peek(write("a.csv", f"{first}\n{text}"), 1)
    assert (found.rows, found.rejected_rows, found.header) == (41 - found.header, 0, first == "word,other")


def test_words_and_values_above_the_names_are_no_rows(write: Write) -> None:
    found = peek(write("a.csv", "Device,Logger 5\nSerial,12345\nInterval,60\ndate,v\n" + rows()), 1)
    assert ([column.name for column in found.columns], found.rows, found.frequency) == (["date", "v"], 40, "daily")


def test_names_above_rows_of_widths_are_found(write: Write) -> None:
    body = "".join(f"USGS\t0146\t{line.replace(',', chr(9))}\n" for line in LINES)
    found = peek(write("a.rdb", f"# USGS\n#\nagency\tsite_no\tdatetime\t14n\n5s\t15s\t20d\t14n\n{body}"), 1)
    assert (found.column("time"), found.rows, found.rejected_rows, found.frequency) == ("datetime", 40, 1, "daily")


def test_three_years_name_columns_too(write: Write) -> None:
    found = peek(write("a.csv", "geo,2019,2020,2021\n" + "".join(f"L{n},{n},{n}.5,7\n" for n in range(40))), 1)
    assert ([column.name for column in found.columns], found.rows) == (["geo", "2019", "2020", "2021"], 40)


def test_remarks_below_do_not_hide_what_parts_the_cells(write: Write) -> None:
    found = peek(write("a.csv", f"date,v\n{rows()}\nSource: somebody\nDownloaded: 2021-05-05\n"), 1)
    assert ([column.name for column in found.columns], found.rows, found.rejected_rows) == (["date", "v"], 40, 2)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("head", "mark"),
    [
        *((head, mark) for head in ("date,v\n", "# by hand\ndate,v\n") for mark in ("# stopped", "# so, again", "odd")),
        *(("# by hand\n# date,v\n", mark) for mark in ("# stopped", "odd")),
    ],
)
@pytest.mark.parametrize("places", [[3], [30, 150]])
@pytest.mark.parametrize("name", ["a.csv", "a.log"])
def test_remarks_in_the_middle_cost_neither_rows_nor_names(
    write: Write, name: str, places: list[int], head: str, mark: str
) -> None:
    days = [date(2021, 1, 1) + timedelta(at) for at in range(200)]
    text = head + "".join(f"{mark}\n" * (at in places) + f"{day},{at % 50}.5\n" for at, day in enumerate(days))
    found = peek(write(name, text), 1)
    assert (found.kind, found.rows, found.frequency, found.head[0]) == ("series", 200, "daily", ("2021-01-01", "0.5"))
    assert [column.name for column in found.columns] == ["date", "v"]
    assert found.rejected_rows == (0 if "#" in mark else len(places))
