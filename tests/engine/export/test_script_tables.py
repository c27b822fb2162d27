"""The exported script reads tables as they come: in any order of rows, with dates in any writing."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from engine import data
from engine.data.sequences.labelled_text import LabelledTextPreparation
from engine.export.numpy_dates import as_iso, in_order
from engine.export.numpy_tables import digits, numbers_of, print_rows, read_table
from engine.export.targets import target
from tests.engine.export.examples import exportable

Rows = list[list[str]]


def rows_of(sample: str) -> Rows:
    path = data.sample(sample).path
    assert path is not None
    with path.open(newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The airline network as a script."""
    path = tmp_path_factory.mktemp("script") / "airline.py"
    target("python_script").write(exportable(), path)
    return path


@pytest.fixture(scope="module")
def table() -> Rows:
    """The airline table, its header first."""
    return rows_of("airline_passengers")


def said(script: Path, tmp_path: Path, rows: Rows, delimiter: str = ",") -> subprocess.CompletedProcess[str]:
    with (tmp_path / "table.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    command = [sys.executable, str(script), str(tmp_path / "table.csv")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def dated(written: str) -> Callable[[Rows], Rows]:
    return lambda rows: [[datetime.strptime(row[0], "%Y-%m").strftime(written), *row[1:]] for row in rows]


def shuffled(rows: Rows) -> Rows:
    return random.Random(1).sample(rows, len(rows))


WRITINGS: dict[str, Callable[[Rows], Rows]] = {
    "shuffled": shuffled,
    "newest first": lambda rows: rows[::-1],
    "German": dated("%d.%m.%Y"),
    "American, shuffled": lambda rows: shuffled(dated("%m/%d/%Y")(rows)),
    "by name of month": dated("%b %Y"),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_any_order_and_writing_gives_the_same(script: Path, tmp_path: Path, table: Rows, writing: str) -> None:
    plain = said(script, tmp_path, table).stdout.splitlines()
    other = said(script, tmp_path, [table[0], *WRITINGS[writing](table[1:])])
    assert other.stderr == ""
    (day, value), (wanted_day, wanted) = (line.split(",") for line in (other.stdout.splitlines()[1], plain[1]))
    assert value == wanted
    assert day.startswith(wanted_day)


@pytest.mark.parametrize("above", [["Passengers, by month"], ["# of 1,000", "", "Box; Jenkins; Reinsel"]])
def test_lines_above_the_header_are_passed_over(script: Path, tmp_path: Path, table: Rows, above: list[str]) -> None:
    (tmp_path / "table.csv").write_text("\n".join([*above, *map(",".join, table)]))
    command = [sys.executable, str(script), str(tmp_path / "table.csv")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == said(script, tmp_path, table).stdout != ""


def test_dates_that_cannot_be_read_are_said(script: Path, tmp_path: Path, table: Rows) -> None:
    other = said(script, tmp_path, [table[0], *([f"no {at}", *row[1:]] for at, row in enumerate(table[1:]))])
    assert "not all of 'Date' can be read as dates; rows stay in their order" in other.stderr
    assert other.stdout.splitlines()[1].startswith("+1,")


def test_what_looks_like_a_number_and_is_none_is_said_and_not_lost_in_silence(
    script: Path, tmp_path: Path, table: Rows
) -> None:
    changed = [*table[:50], [table[50][0], "1.234 EUR"], [table[51][0], "n/a"], *table[52:]]
    other = said(script, tmp_path, changed, ";")
    assert other.returncode == 0
    note = "column 'Passengers': 1 cell is no plain number (first '1.234 EUR'), taken as missing"
    assert note in other.stderr
    assert "no plain number" not in said(script, tmp_path, table, ";").stderr


@pytest.mark.parametrize(
    ("separator", "cells", "wanted"),
    [
        (";", ["1.063,27", "999,5", "12.345", "-1.234.567,8"], [1063.27, 999.5, 12345.0, -1234567.8]),
        (";", ["0,5", "0.500", "2"], [0.5, 0.5, 2.0]),
        (";", ["1.063", "2.5"], [1.063, 2.5]),
        (";", ["1,063.27", "999", "2,000"], [1063.27, 999.0, 2000.0]),
        (",", ["1,063.27", "2,000", "1.5"], [1063.27, 2000.0, 1.5]),
        ("\t", ["1.5e3", "1,5e3"], [1500.0, 1500.0]),
    ],
)
def test_marks_of_thousands_and_decimals(separator: str, cells: list[str], wanted: list[float]) -> None:
    assert numbers_of(cells, separator) == wanted
    assert np.isnan(numbers_of(["", "x", "1.2.3", "1,2,3"], separator)).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_names_may_hold_separators_and_files_come_in_several_encodings(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    lines = (['"Größe, in cm; netto | brutto"', "Tag"], ["1", "Übermorgen"])
    text = "".join(f"{separator.join(cells)}\r\n" for cells in lines)
    (tmp_path / "t.csv").write_text(text, encoding=encoding, newline="")
    header, rows, found = read_table(tmp_path / "t.csv")
    assert (header, rows) == (["Größe, in cm; netto | brutto", "Tag"], [["1", "Übermorgen"]])
    assert found == separator


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_numbers_keep_their_digits_however_small(size: float) -> None:
    assert [float(text) for text in digits([size / 3])] == [pytest.approx(size / 3, rel=1e-8)]


def test_what_has_no_logarithm_is_said(script: Path, tmp_path: Path, table: Rows) -> None:
    other = said(script, tmp_path, [*table[:50], [table[50][0], "0"], *table[51:]])
    assert other.returncode == 1
    assert "column 'Passengers' holds 0, which has no logarithm" in other.stderr


def test_zones_become_utc_and_hours_that_come_twice_stay(tmp_path: Path) -> None:
    assert as_iso(["2024-10-27T02:00+02:00", "2024-10-27 02:00:30Z"]) == ["2024-10-27 00:00", "2024-10-27 02:00:30"]
    start = datetime(2024, 10, 26)
    local = [start + timedelta(minutes=30 * at) for at in range(54)]
    twice = [f"{date:%Y-%m-%d %H:%M}" for date in (*local, *local[-2:])]
    assert in_order(tmp_path, "date", twice) == list(range(len(twice)))
    assert in_order(tmp_path, "date", twice[::-1]) != list(range(len(twice)))


def test_days_and_months_are_told_apart_by_how_evenly_they_run() -> None:
    days = [datetime(2024, 2, 1) + timedelta(days=at) for at in range(12)]
    for written in ("%d/%m/%Y", "%m/%d/%Y"):
        found = as_iso([f"{day:{written}}" for day in days])
        assert found == [f"{day:%Y-%m-%d}" for day in days]


def test_steps_of_sequences_are_put_in_order(tmp_path: Path) -> None:
    source = exportable("vowels", bidirectional=False)
    assert not isinstance(source.model.preparation, LabelledTextPreparation)
    experiment = source.model.experiment
    path = tmp_path / "vowels.py"
    target("python_script").write(source, path)
    rows = rows_of("japanese_vowels")
    (column,) = experiment.data.sequence_column
    keys = rows[0].index(column)
    assert experiment.data.time_column
    first = dict.fromkeys(row[keys] for row in rows[1:])
    some = [row for row in rows[1:] if row[keys] in list(first)[:3]]
    mixed = [row for key in list(first)[:3] for row in shuffled([row for row in some if row[keys] == key])]
    plain, other = (said(path, tmp_path, [rows[0], *each]).stdout for each in (some, mixed))
    assert plain == other
    assert len(plain.splitlines()) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_goes_away_ends_it_silently(script: Path, tmp_path: Path, table: Rows) -> None:
    said(script, tmp_path, table)
    command = [sys.executable, str(script), str(tmp_path / "table.csv")]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (["1700000000", "1700003600"], ["2023-11-14 22:13:20", "2023-11-14 23:13:20"]),
        (["1700000000000", "1700000001000"], ["2023-11-14 22:13:20", "2023-11-14 22:13:21"]),
        (["45000", "45001"], ["2023-03-15", "2023-03-16"]),
        (["45000.5", "45001"], ["2023-03-15 12:00:00", "2023-03-16 00:00:00"]),
        (["200112", "200201"], ["2001-12", "2002-01"]),
        (["20011229", "20011230"], ["20011229", "20011230"]),
        (["1949", "1950"], ["1949", "1950"]),
        (["200112291830", "200112291900"], ["2001-12-29 18:30:00", "2001-12-29 19:00:00"]),
        (["2001122918", "2001122919"], ["2001-12-29 18:00:00", "2001-12-29 19:00:00"]),
        (["11/30/68", "12/31/69"], ["1968-11-30", "1969-12-31"]),
    ],
)
def test_dates_that_are_numbers(dates: list[str], wanted: list[str]) -> None:
    assert as_iso(dates) == wanted


def test_what_is_printed_is_no_formula_for_a_spreadsheet(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([["=1+1", 3, "-0.5"]])
    assert capsys.readouterr().out == "'=1+1,3,-0.5\n"


SEVERAL_FORMS = {
    "Germany and ISO": (["01.02.2020", "2020-02-02", "03.02.2020"], ["2020-02-01", "2020-02-02", "2020-02-03"]),
    "days of Excel among them": (["31.01.2020", "43862", "02.02.2020"], ["2020-01-31", "2020-02-01", "2020-02-02"]),
    "one that may be two dates": (["2020-02-01", "2/3/2020", "2020-02-03"], ["2020-02-01", "2/3/2020", "2020-02-03"]),
    "one that is none": (["01.02.2020", "soon"], ["01.02.2020", "soon"]),
}


@pytest.mark.parametrize(("dates", "wanted"), SEVERAL_FORMS.values(), ids=SEVERAL_FORMS.keys())
def test_dates_of_several_forms_in_one_column_are_read(dates: list[str], wanted: list[str]) -> None:
    assert as_iso(dates) == wanted
