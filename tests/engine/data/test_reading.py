"""Tables in all the ways they are written: found out, or said by a person; and what each column is for."""

from __future__ import annotations

import pytest

from engine.config import DataConfig, Experiment
from engine.data import DataError, Reading, assigned, inspect_file, load, peek, suggest, with_roles
from engine.data.roles import role
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

# The cases of csv-spectrum: how cells, quotes and line ends may be written, and what stands in them.
SPECTRUM = {
    "comma in quotes": (
        'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n',
        [("John", "Doe", "120 any st.", "Anytown, WW", "08123")],
    ),
    "empty": ('a,b,c\n1,"",""\n2,3,4\n', [("1", "", ""), ("2", "3", "4")]),
    "empty, CR LF": ('a,b,c\r\n1,"",""\r\n2,3,4\r\n', [("1", "", ""), ("2", "3", "4")]),
    "escaped quotes": ('a,b\n1,"ha ""ha"" ha"\n3,4\n', [("1", 'ha "ha" ha'), ("3", "4")]),
    "JSON": (
        'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        [("1", '{"type": "Point", "coordinates": [102.0, 0.5]}')],
    ),
    "newlines": (
        'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        [("1", "2", "3"), ("Once upon \na time", "5", "6"), ("7", "8", "9")],
    ),
    "newlines, CR": ("a,b,c\r1,2,3\r4,5,6\r", [("1", "2", "3"), ("4", "5", "6")]),
    "newlines, CR LF": (
        'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
        [("1", "2", "3"), ("Once upon \r\na time", "5", "6"), ("7", "8", "9")],
    ),
    "quotes and newlines": ('a,b\n1,"ha \n""ha"" \nha"\n3,4\n', [("1", 'ha \n"ha" \nha'), ("3", "4")]),
    "simple": ("a,b,c\n1,2,3\n", [("1", "2", "3")]),
    "simple, CR LF": ("a,b,c\r\n1,2,3\r\n", [("1", "2", "3")]),
    "null": ('a,b,c\n1,,2\n3,"NULL",4\n5,NULL,6\n', [("1", "", "2"), ("3", "NULL", "4"), ("5", "NULL", "6")]),
    "a quote inside a cell": (
        "Contact Phone Number,Location Coordinates,Cities,Counties\n"
        "02095257564,37\ufffd36'37.8\"N 121\ufffd2'17.9\"W,Modesto,Stanislaus",
        [("02095257564", "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W", "Modesto", "Stanislaus")],
    ),
    "UTF-8": ("a,b,c\n1,2,3\n4,5,ʤ\n", [("1", "2", "3"), ("4", "5", "ʤ")]),
}


@pytest.mark.parametrize("case", SPECTRUM)
def test_cells_are_read_as_they_were_meant(write: Write, case: str) -> None:
    text, rows = SPECTRUM[case]
    found = peek(write("a.csv", text.encode()), 10)
    assert [column.name for column in found.columns] == text.split("\n")[0].split("\r")[0].split(",")
    assert list(found.head) == rows
    assert not found.rejected


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a,b,c\n1,2,3\n4,5,©\n", ("3", "©")),
        ("place,count\nMälmö,1\nÅrhus,2\nKøge,3\n", ("1", "2", "3")),
    ],
    ids=["a sign", "letters"],
)
def test_latin_1_is_found_out(write: Write, text: str, cells: tuple[str, ...]) -> None:
    found = peek(write("a.csv", text.encode("latin-1")), 10)
    assert tuple(row[-1] for row in found.head) == cells
    assert found.rows == len(cells)


STRAY = 'text,label\nhe said "no,1\nfine,0\n5" wide,1\nyes,0\n'


@pytest.mark.parametrize(
    ("text", "reading", "head"),
    [
        ("a;b\n1,5;2\n3,5;4\n", Reading(delimiter=","), (("1", "5;2"),)),
        ("1|2\n3|4\n", Reading(delimiter="|", header="yes"), (("3", "4"),)),
        ("a|b\n3|4\n", Reading(delimiter="|", header="no"), (("a", "b"), ("3", "4"))),
        ("a\tb\n1\t2\n", Reading(delimiter="tab"), (("1", "2"),)),
        (STRAY, Reading(quotes="none"), (('he said "no', "1"), ("fine", "0"), ('5" wide', "1"), ("yes", "0"))),
    ],
    ids=["comma", "first line names", "first line counts", "tab", "stray quotes"],
)
def test_what_somebody_says_goes_before_what_is_found(
    write: Write, text: str, reading: Reading, head: tuple[tuple[str, ...], ...]
) -> None:
    assert peek(write("a.csv", text), len(head), reading).head == head


def test_a_decimal_mark_that_is_said(write: Write) -> None:
    rows = "".join(f"{day};1.{day:03d}\n" for day in range(1, 40))
    path = write("a.csv", "day;amount\n" + rows)
    base = Experiment().replace({"data.decimal": "comma", "data.delimiter": ";"})
    dataset = load(suggest(path, base).experiment)
    assert dataset.series.values[0, 0] == 1001.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["utf-8", "no such", "idna", "base64"])
def test_an_encoding_that_does_not_fit_is_refused_in_words(write: Write, encoding: str) -> None:
    with pytest.raises(DataError, match="encoding"):
        inspect_file(write("a.csv", "a,b\n1,2\nü,3\n".encode("cp1252")), Reading(encoding=encoding))


def test_an_encoding_that_is_said_is_used(write: Write) -> None:
    path = write("a.csv", "name,value\nпривет,1\n".encode("koi8-r"))
    assert peek(path, 1, Reading(encoding="koi8-r")).head == (("привет", "1"),)


def test_columns_have_the_roles_that_the_settings_give(write: Write) -> None:
    path = write("a.csv", "day,x,y,z\n" + "".join(f"2020-01-{day:02d},{day},{day},{day}\n" for day in range(1, 29)))
    found = with_roles(inspect_file(path), suggest(path).experiment.data)
    assert {column.name: column.role for column in found.columns} == {
        "day": "time", "x": "ignored", "y": "ignored", "z": "target",
    }  # fmt: skip
    changed = Experiment().replace(assigned({"day": "time", "x": "target", "y": "input", "z": "ignored"})).data
    assert (changed.time_column, changed.targets, changed.inputs) == ("day", ("x",), ("y",))
    assert [role(name, changed) for name in ("day", "x", "y", "z")] == ["time", "target", "input", "ignored"]
    assert role("x", DataConfig()) == "ignored"


_ROWS = "".join(f"2020-01-{day:02d},{day}.5\n" for day in range(1, 29))


@pytest.mark.parametrize(
    ("preface", "names"),
    [
        ("# made by a logger\n# at Y, place\ndate,value\n", ["date", "value"]),
        ("# station, 7\n# two, words\ndate,value\n", ["date", "value"]),
        ("# made by a logger\n#date,value\n", ["date", "value"]),
        ("sep=,\ndate,value\n", ["date", "value"]),
    ],
)
def test_what_is_marked_before_a_table_is_none_of_it(write: Write, preface: str, names: list[str]) -> None:
    found = inspect_file(write("a.csv", preface + _ROWS))
    assert [column.name for column in found.columns] == names
    assert (found.rows, found.rejected_rows, found.frequency) == (28, 0, "daily")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 3, "b": ', "not JSON: expecting value, character 14"),
        ("hello", "not JSON: expecting value, character 1"),
        ("[" * 100_000, "not JSON that can be read: it is nested too deep"),
    ],
    ids=["cut off", "words", "nested"],
)
@pytest.mark.parametrize("at", [1, 3, 5])
def test_a_line_that_is_no_record_is_left_out_with_its_reason(write: Write, line: str, reason: str, at: int) -> None:
    lines = [f'{{"a": {n}, "b": {n}.5}}' for n in range(5)]
    with open_table(write("a.jsonl", "\n".join([*lines[:at], line, *lines[at:]]) + "\n")) as table:
        assert table.rows == 5
        assert [(row.line, row.reason) for row in table.rejected] == [(at + 1, reason)]
        assert table.rejected_rows == 1
        assert any(f"left out, the first is line {at + 1} ({reason})" in remark for remark in table.remarks)
        assert not table.source.records or table.source.records.exists()
    assert not table.source.records or not table.source.records.exists()
