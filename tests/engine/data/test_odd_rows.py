"""Rows that are none of a table's data are left out, each with its line and reason; and no others."""

from __future__ import annotations

import pytest

from engine.data import load, peek, suggest
from engine.data.series.series_dataset import SeriesDataset
from engine.data.tables import opening
from tests.engine.data.making import Write
from tests.engine.data.test_excel import workbook

ROWS = [f"2020-01-{day:02d},{day}.5,{day % 3}" for day in range(1, 29)]
HEADER = "date,level,wind"
_KEPT, _READ_ANEW = 64 << 20, 0  # bytes of cells that a table may keep
LEFT_OUT = {
    "units": ([HEADER, "yyyy-mm-dd,m,m/s", *ROWS], {2: "units"}),
    "units without one for the date": ([HEADER, ",m,m/s", *ROWS], {2: "units"}),
    "units below a title": (["Levels", "", HEADER, ",cm²,°C", *ROWS], {4: "units"}),
    "names once more": ([HEADER, HEADER, *ROWS], {2: "units"}),
    "a total": ([HEADER, *ROWS, "Total,400,30"], {30: "total"}),
    "a total and a mean": ([HEADER, *ROWS, "Sum:,400,30", "Mean,14.3,1"], {30: "total", 31: "total"}),
    "a total in another column": ([HEADER, *ROWS, ",Grand total,30"], {30: "total"}),
    "a total in German": ([HEADER, *ROWS, "Summe,400,30"], {30: "total"}),
    "empty cells": ([HEADER, *ROWS, ",,", ",,", ", ,"], {30: "nothing", 31: "nothing", 32: "nothing"}),
    "blank lines between": ([HEADER, *ROWS, "", "Total,400,30", "", ""], {31: "total"}),
    "notes as wide as the table": (
        [HEADER, *ROWS, "Source: the office,,", "Note: revised figures,,"],
        {30: "words", 31: "words"},
    ),
    "totals of stretches": (
        [HEADER, *ROWS[:9], "Total January,50,9", *ROWS[9:20], "Total February,90,9", *ROWS[20:], "Total,400,30"],
        {11: "a total among", 23: "a total among", 32: "total"},
    ),
    "totals of stretches, said behind": (
        [HEADER, *ROWS[:9], "2019 Total,50,9", *ROWS[9:], "2020 Total,400,9"],
        {11: "among", 31: "among"},
    ),
    "totals as SAP marks them": ([HEADER, *ROWS[:9], "*,50,9", *ROWS[9:], "**,400,9"], {11: "among", 31: "among"}),
    "more rows than units": (
        [HEADER, ",level of the sea,the wind", "unit,m,m/s", "scale,one,one", "as of,18.09.2020 15:41:20 Uhr,", *ROWS],
        {2: "units", 3: "units", 4: "units", 5: "units"},
    ),
    "both ends": ([HEADER, ",m,m/s", *ROWS, "Total,400,30"], {2: "units", 31: "total"}),
}

TOLD = {  # notes on several rows at once
    "empty cells": 1, "totals of stretches": 2, "totals of stretches, said behind": 1, "totals as SAP marks them": 1,
    "more rows than units": 1,
}  # fmt: skip


@pytest.mark.sampled(7)
@pytest.mark.parametrize(
    ("end", "in_memory"),
    [("\n", _KEPT), ("\r\n", _READ_ANEW), ("\r", _KEPT), ("\r", _READ_ANEW)],
    ids=["LF, kept", "CR LF, read anew", "CR, kept", "CR, read anew"],
)
@pytest.mark.parametrize("name", LEFT_OUT)
def test_rows_that_are_none_are_left_out_with_line_and_reason(
    write: Write, monkeypatch: pytest.MonkeyPatch, name: str, end: str, in_memory: int
) -> None:
    monkeypatch.setattr(opening, "_IN_MEMORY", in_memory)
    lines, wanted = LEFT_OUT[name]
    path = write("a.csv", (end.join(lines) + end).encode())
    found = peek(path, 40)
    assert (found.rows, found.rejected_rows, found.frequency) == (28, len(wanted), "daily")
    assert {bad.line: True for bad in found.rejected} == dict.fromkeys(wanted, True)
    assert all(wanted[bad.line] in bad.reason for bad in found.rejected)
    assert [column.type for column in found.columns] == ["date", "number", "number"]
    assert [column.missing + column.unreadable for column in found.columns] == [0, 0, 0]
    suggestion = suggest(path)
    told = TOLD.get(name, len(wanted))
    assert sum("left out" in note for note in suggestion.notes) == told + ("title" in name)
    dataset = load(suggestion.experiment)
    assert isinstance(dataset, SeriesDataset)
    assert len(dataset.series.values) == 28
    assert path.read_bytes() == (end.join(lines) + end).encode()


KEPT = {
    "a first row with a gap": [HEADER, "2019-12-31,,NA", *ROWS],
    "a first row with one word": [HEADER, "2019-12-31,broken,2", *ROWS],
    "a first row with no word for a number": [HEADER, "unknown,1.5,2", *ROWS],
    "a total that comes every day": [
        "store,date,level", *(f"{store},{row[:14]}" for row in ROWS for store in ("north", "Total"))
    ],
    "totals that come for every day": [
        HEADER, *(f"{age},{day}.5,{day % 3}" for day in range(1, 20) for age in ("0-14", "15-64", "Total"))
    ],
    "a word that is no total": [HEADER, *ROWS, "Totalled,400,30"],
    "numbers at the end": [HEADER, *ROWS, "2020-01-29,,"],
}  # fmt: skip


@pytest.mark.parametrize("lines", KEPT.values(), ids=KEPT)
def test_rows_of_data_are_kept(write: Write, lines: list[str]) -> None:
    found = peek(write("a.csv", "\n".join(lines) + "\n"), 1)
    assert (found.rows, found.rejected) == (len(lines) - 1, ())


def test_words_have_no_totals(write: Write) -> None:
    lines = ["en,fr", *(f"word {n},mot {n}" for n in range(30)), "total,somme"]
    assert peek(write("a.csv", "\n".join(lines) + "\n"), 1).rows == 31


def test_lines_are_told_behind_a_row_of_units(write: Write) -> None:
    lines = [HEADER, ",m,m/s", *ROWS[:9], "2020-01-10,inf,1", *ROWS[10:]]
    path = write("a.csv", "\n".join(lines) + "\n")
    told = load(suggest(path).experiment.replace({"data.targets": ("level",)})).notes()
    assert "1 cell of 'level' infinite (line 12), taken as missing" in told


def test_a_sheet_has_units_and_totals_too(write: Write) -> None:
    figures: list[list[object]] = [[1960 + n, n % 7 + 0.25] for n in range(40)]
    sheet = workbook(one=[["year", "level"], ["", "m"], *figures, ["Total", 99]])
    found = peek(write("a.xlsx", sheet), 1)
    assert (found.rows, [bad.line for bad in found.rejected], found.columns[0].type) == (40, [2, 43], "date")


@pytest.mark.parametrize("count", [1, 35, 20_000])
@pytest.mark.parametrize("blank", [",,", ";;", " , , "])
def test_empty_rows_at_the_end_are_left_out_however_many(write: Write, count: int, blank: str) -> None:
    mark = ";" if ";" in blank else ","
    rows = "".join(f"2020-01-{day:02d}{mark}{day}{mark}{day % 5}\n" for day in range(1, 29))
    found = peek(write("a.csv", f"day{mark}v{mark}w\n{rows}" + f"{blank}\n" * count), 1)
    assert (found.rows, found.rejected_rows, found.frequency) == (28, count, "daily")
    assert len(found.rejected) == min(count, 10_000)
    assert {bad.line for bad in found.rejected} == set(range(30, 30 + len(found.rejected)))
