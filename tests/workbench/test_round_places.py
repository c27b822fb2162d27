"""Rows at which a year, a month, a day or a hundred begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from workbench.doors.round_places import RoundPlaces


def dates(first: str, count: int, step: int, unit: str) -> list[str]:
    stamps = np.datetime64(first) + step * np.arange(count).astype(f"timedelta64[{unit}]")
    return [str(text).replace("T", " ") for text in np.datetime_as_string(stamps)]


@pytest.mark.parametrize(
    ("labels", "row", "expected"),
    [
        (dates("1958-03-29", 2284, 7, "D"), 100, ["1960", "1970", "1980", "1990", "2000"]),
        (dates("1990-10-06", 104, 7, "D"), 1.5, ["1991-01", "1991-04", "1991-07", "1991-10", "1992-01"]),
        (dates("2012-01-30T18", 120, 1, "h"), 2, ["2012-01-31", "2012-02-01", "2012-02-02"]),
        (dates("1949-01", 144, 1, "M"), 4, ["1950", "1952", "1954"]),
        ([str(year) for year in range(1700, 1989)], 10, ["1700", "1750", "1800", "1850", "1900", "1950"]),
        ([str(row) for row in range(1, 100)], 30, []),
    ],
)
def test_what_begins_is_named(labels: list[str], row: float, expected: list[str]) -> None:
    found = RoundPlaces(labels).within(0, len(labels) - 1, lambda letters: row * letters)
    texts = [text for _, text in found]
    assert texts[: len(expected) or None] == expected
    assert all(labels[place].startswith(text[:4]) for place, text in found)


@pytest.mark.parametrize(
    "labels", [["a", "b", "c"], ["1990-01", "1989-12", "1990-02"], ["1990-01"], [], ["1990-01", "x"]]
)
def test_what_is_no_date_or_falls_has_no_round_places(labels: Sequence[str]) -> None:
    assert RoundPlaces(labels).within(0, max(len(labels) - 1, 0), lambda letters: 0.1) == []


def test_where_rows_are_missing_names_do_not_touch() -> None:
    labels = [*dates("2000-01", 12, 1, "M"), *dates("2001-12", 25, 1, "M")]
    found = RoundPlaces(labels).within(0, len(labels) - 1, lambda letters: 2 * letters)
    assert [text for _, text in found] == ["2000", "2001", "2003"]
