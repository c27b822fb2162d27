"""The weights beside a script, and windows of rows from its table, in NumPy and nothing else.

Exported Python files hold this very text, so it imports nothing of the workbench.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.export.numpy_dates import as_iso, in_order, with_missing_dates
from engine.export.numpy_tables import (
    digits,
    indicator_of,
    places_of,
    print_rows,
    read_table,
    say_what_is_no_number,
    values_of,
)
from engine.export.numpy_units import known_places


def load(script: Path, series: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights by name and the description of the model, from the files beside the script.

    Of several series with scalers of their own the description has that of `series`; without one that of the first.
    """
    with np.load(script.with_suffix(".npz"), allow_pickle=False) as file:
        weights = {name: file[name] for name in file.files}
    about = json.loads(script.with_suffix(".json").read_text(encoding="utf-8"))
    scalers = {name: own for name, *own in about["data"].get("scalers") or ()}
    if series and scalers:
        if series not in scalers:
            raise ValueError("the network was not trained on it, and each series has a scaler of its own")
        about["data"] |= dict(zip(("input_scaler", "output_scaler"), scalers[series], strict=True))
    return weights, about


def check_logarithm(data: dict[str, Any], rows: Any) -> None:
    """See that logarithms can be taken.

    Raises:
        ValueError: a target is zero or less.
    """
    for name, column in zip(data["targets"], rows.T, strict=False):
        if "log" in data["transform"] and (column <= 0).any():
            raise ValueError(f"column {name!r} holds {column[column <= 0][0]:g}, which has no logarithm")


def filled(rows: Any, method: str, season: int) -> Any:
    """Rows without gaps: along a line, from the last season, or from the last value."""
    rows = rows[np.argmax(~np.isnan(rows).any(axis=1)) :].copy()
    numbers = np.arange(len(rows))
    for column in rows.T:
        known = ~np.isnan(column)
        last = np.maximum.accumulate(np.where(known, numbers, 0))
        if method == "linear":
            column[:] = np.interp(numbers, numbers[known], column[known])
            continue
        before = column.copy()
        for row in numbers[~known]:
            again = method == "seasonal" and 1 < season <= row
            column[row] = column[row - season] if again else before[last[row]]
    return rows


def led(data: dict[str, Any], rows: Any) -> Any:
    """Rows in which columns known ahead say what they will be so many rows later, as the network reads them."""
    ahead, places = data["led"], known_places(data)
    if not (ahead and places):
        return rows
    moved = rows.copy()
    moved[:, places] = np.nan
    moved[:-ahead, places] = rows[ahead:, places]
    moved[0, places] = np.where(np.isnan(moved[0, places]), rows[0, places], moved[0, places])
    return moved


def end_of(data: dict[str, Any], rows: Any, steps: int) -> int:
    """The row after the last target; says so where the table does not tell what is known of so many rows from there."""
    measured = np.flatnonzero(~np.isnan(rows[:, : len(data["targets"])]).all(axis=1))
    end = int(measured[-1]) + 1 if len(measured) else 0
    if data["known"] and len(rows) < end + steps:
        print(f"note: {', '.join(data['known'])} taken to stay as it was last", file=sys.stderr)
    return end


def known_after(data: dict[str, Any], rows: Any, end: int, steps: int) -> Any:
    """What is known ahead in so many rows from `end` on, or was last known, (steps, columns)."""
    past = filled(rows, "forward" if data["missing"] == "linear" else data["missing"], data["season"])
    return past[np.minimum(np.arange(end, end + steps) - len(rows), -1)][:, known_places(data)]


def read_rows(path: Path, data: dict[str, Any]) -> dict[str, tuple[list[str], Any]]:
    """The dates and the columns that the network reads, from a CSV file with a header, by series; one has no name.

    Rows are put in the order of time.
    """
    header, table, separator = read_table(path, [*data["targets"], *data["inputs"], data["time_column"]])
    named = places_of(path, header, data["sequence_column"])
    columns = [indicator_of(header, name) for name in (*data["targets"], *data["inputs"])]
    places = places_of(path, header, [name for name, _ in columns])
    cells = [[row[place].strip() for row in table] for place in places]
    values = [values_of(some, word, separator) for some, (_, word) in zip(cells, columns, strict=True)]
    dated = header.index(data["time_column"]) if data["time_column"] in header else None
    unnamed = "row " if data["time_column"] else ""  # put together of other columns: no number of a row is a date
    dates = [f"{unnamed}{at}" for at in range(1, len(table) + 1)]
    if dated is not None:
        dates = as_iso([row[dated] for row in table], data["frequency"])
    names = [" · ".join(row[place].strip() for place in named) for row in table]
    rows = np.array(values, np.float64).reshape(len(places), -1).T
    for place, written, column in zip(places, cells, rows.T, strict=True):
        if table and np.isnan(column).all():
            raise SystemExit(
                f"error: {path}: column {header[place]!r} holds no plain numbers (first {written[0]!r}); "
                "write them with a point for decimals and nothing beside them"
            )
        say_what_is_no_number(path, header[place], written, column)
    own: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        own.setdefault(name, []).append(at)
    for name, some in own.items() if dated is not None else ():
        own[name] = [some[at] for at in in_order(path, data["time_column"], [dates[at] for at in some])]
    return {name: ([dates[at] for at in some], rows[some]) for name, some in own.items()}


def print_ahead(script: Path, path: Path, ahead: Any) -> None:
    """Print as CSV the dates and forecasts that `ahead` finds for the name, dates and rows of each series of a table.

    One of several that it raises a ValueError for is left out, and named on standard error.
    """
    data = load(script)[1]["data"]
    several = data["sequence_column"]
    print_rows([[*several, "date", *data["targets"]]])
    for name, (dates, rows) in read_rows(path, data).items():
        try:
            check_logarithm(data, rows)
            found = list(ahead(name, *with_missing_dates(data, dates, rows)))
        except ValueError as error:
            if not several:
                raise SystemExit(f"error: {path}: {error}") from None
            print(f"note: {name} left out: {error}", file=sys.stderr)
            continue
        keys = name.split(" · ") if len(several) > 1 else [name] * len(several)
        print_rows([*keys, date, *digits(own)] for date, own in found)


def window_before(data: dict[str, Any], rows: Any, end: int) -> Any:
    """The rows (length, columns) that the network reads before row `end`: gaps filled, and marked where asked for."""
    named = [*data["targets"], *data["inputs"]]
    marks = np.isnan(rows[:end, [named.index(name) for name in data["marked"]]]).astype(float)
    length = data["look_back"] + data["lead"]
    window = filled(rows[:end], data["missing"], data["season"])[-length:]
    if len(window) < length:
        raise ValueError(f"the network reads {length} rows; give it more of the past")
    return np.concatenate([window, marks[-length:]], axis=1)
