"""Lengths of time, as watches, phones and programs write them, are numbers."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pytest

from engine.data import peek, suggest
from engine.data.tables.columns import read_numbers
from engine.data.tables.opening import open_table
from engine.export.numpy_tables import numbers_of
from tests.engine.data.making import Write, beside

ROWS = 40
FORMS: dict[str, tuple[Callable[[int], str], Callable[[int], float]]] = {  # and how many seconds they are
    "h:mm:ss": (lambda n: f"{n % 3}:{n:02d}:05", lambda n: n % 3 * 3600 + n * 60 + 5),
    "with days, as pandas writes them": (
        lambda n: f"{n % 3} days 01:{n:02d}:00.250000",
        lambda n: n % 3 * 86400 + 3600 + n * 60 + 0.25,
    ),
    "below none, as pandas writes them": (lambda n: f"-1 days +23:{59 - n}:50", lambda n: -3600 + (59 - n) * 60 + 50),
    "with days, as Python writes them": (
        lambda n: f"{'1 day, ' * (n % 2)}2:{n:02d}:00",
        lambda n: n % 2 * 86400 + 7200 + n * 60,
    ),
    "with days, as .NET writes them": (
        lambda n: f"{n % 3}.04:{n:02d}:00.5000000",
        lambda n: n % 3 * 86400 + 4 * 3600 + n * 60 + 0.5,
    ),
    "minutes and decimals": (lambda n: f"{n:02d}:12.5", lambda n: n * 60 + 12.5),
    "minutes and decimals behind a comma": (lambda n: f"{n:02d}:12,5", lambda n: n * 60 + 12.5),
    "hours where there are any": (
        lambda n: f"{'1:' * (n > 30)}{n + 10}:07",
        lambda n: 3600 * (n > 30) + (n + 10) * 60 + 7,
    ),
    "with units": (lambda n: f"{n % 2}h {n:02d}m", lambda n: n % 2 * 3600 + n * 60),
    "with units where they are needed": (
        lambda n: ("45m", "2h", "1h 5m", "30s")[n % 4],
        lambda n: (2700, 7200, 3900, 30)[n % 4],
    ),
    "in words": (lambda n: f"{1 + n % 3} hours, {n} minutes", lambda n: (1 + n % 3) * 3600 + n * 60),
    "in German": (lambda n: f"{n % 3} Std. {n} Min.", lambda n: n % 3 * 3600 + n * 60),
    "in French": (lambda n: f"{n % 3} h {n:02d}", lambda n: n % 3 * 3600 + n * 60),
    "ISO 8601": (lambda n: ("PT5M", "PT1H5M", "P1DT2H", "PT2.5S")[n % 4], lambda n: (300, 3900, 93_600, 2.5)[n % 4]),
    "below none": (lambda n: f"{'-' * (n % 2)}0:{n:02d}:10", lambda n: (1 - 2 * (n % 2)) * (n * 60 + 10)),
    "minutes and seconds, or hours and minutes": (lambda n: f"{n + 80}:07", lambda n: (n + 80) * 60 + 7),
    "with gaps": (lambda n: "--" if n % 5 == 0 else f"{n:02d}:12.5", lambda n: np.nan if n % 5 == 0 else n * 60 + 12.5),
}
NONE = {
    "times from when to when": [f"{n % 9:02d}:00-{n % 9 + 1:02d}:00" for n in range(ROWS)],
    "scores": [f"{n % 4}:{n % 3}" for n in range(ROWS)],
    "words": ["late" if n % 4 == 0 else f"{n}:30" for n in range(ROWS)],
    "addresses": [f"{n:02x}:0c:29:ab" for n in range(ROWS)],
    "metres": [f"{n} m" for n in range(ROWS)],
}


def test_lengths_of_time_are_seconds(write: Write) -> None:
    cells = [[written(n) for n in range(ROWS)] for written, _ in FORMS.values()]
    with open_table(write("a.csv", beside(cells))) as table:
        for name, (form, (_, seconds)) in zip(table.names, FORMS.items(), strict=False):
            meant = [seconds(n) for n in range(ROWS)]
            np.testing.assert_allclose(read_numbers(table, [name])[:, 0], meant, err_msg=form)
        said = [remark for remark in table.remarks if "lengths of time" in remark or "60 times" in remark]
    assert len(said) == len(FORMS)


def test_what_only_looks_like_a_length_of_time_is_none(write: Write) -> None:
    with open_table(write("a.csv", beside(list(NONE.values())))) as table:
        assert [name for name in table.names if table.lasts(name)] == []


@pytest.mark.parametrize("last", ["5:03", "00:05:03"])
def test_a_length_of_time_is_no_target_unless_asked_for(write: Write, last: str) -> None:
    rows = "".join(f"2023-01-{n + 1:02d},{20 + n % 5}.5,{last}\n" for n in range(28))
    path = write("a.csv", f"date,km,time\n{rows}")
    assert suggest(path).experiment.data.targets == ("km",)
    assert [column.type for column in peek(path).columns] == ["date", "number", "number"]


def test_a_clock_beside_a_date_stays_part_of_the_time(write: Write) -> None:
    rows = "".join(f"2023-01-{1 + n // 24:02d};{n % 24:02d}:00:00;{n % 5}.5\n" for n in range(90))
    found = peek(write("a.csv", f"date;time;v\n{rows}"))
    assert [(column.name, column.type, column.role) for column in found.columns[1:]] == [
        ("time", "text", "ignored"), ("v", "number", "target"), ("date time", "date", "time"),
    ]  # fmt: skip


def test_lengths_of_time_in_parquet_are_seconds(write: Write) -> None:
    path = write("a.parquet", b"")
    cells = "to_seconds(i * 37) AS lasted, TIME '00:00:00' + to_seconds(i * 60) AS clock"
    duckdb.execute(f"COPY (SELECT {cells} FROM range(30) t(i)) TO '{path}' (FORMAT parquet)")
    with open_table(path) as table:
        np.testing.assert_array_equal(read_numbers(table, table.names), np.outer(np.arange(30), [37, 60]))
        assert any("seconds" in remark for remark in table.remarks)


@pytest.mark.parametrize(("write_one", "wanted"), FORMS.values(), ids=FORMS.keys())
def test_the_exported_script_reads_them_too(write_one: Callable[[int], str], wanted: Callable[[int], float]) -> None:
    cells = [write_one(n) for n in range(ROWS)]
    np.testing.assert_allclose(numbers_of(cells, ";"), [wanted(n) for n in range(ROWS)])


@pytest.mark.parametrize("cells", [*NONE.values(), ["5 m"] * 9], ids=[*NONE, "metres alone"])
def test_the_exported_script_takes_nothing_else_for_them(cells: list[str]) -> None:
    assert np.isnan(numbers_of(cells, ";")).all()
