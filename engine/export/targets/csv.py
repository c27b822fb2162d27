"""The weights as a table for spreadsheets and statistics: parameter, row, column, value; everything else as JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export import by_formula
from engine.export.beside import read_particulars, write_particulars
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.model import Model
from engine.storage.csv_tables import Cell, write_csv

_HEADER = ("parameter", "row", "column", "value")


def fit(model: Model) -> Fit:
    """Every network's weights can be written."""
    return Fit(True, "Exact weights: nine digits hold a float32. To look at, not to compute with.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the table and the JSON beside it.

    Raises:
        OSError: the folder cannot be written.
    """
    write_csv(path, _HEADER, _rows(source.model.network.state_dict()))
    return path, write_particulars(source, path)


def _rows(weights: dict[str, NDArray[Any]]) -> Iterator[tuple[Cell, ...]]:
    """One number a row; rows and columns count from 0, a vector has no column."""
    for name, values in weights.items():
        for place, value in np.ndenumerate(values):
            row, column = (*place, None)[:2]
            yield name, row, column, float(value)


def run(path: Path, data: HeldOut) -> Answers:
    """What both files together come to."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    weights: dict[str, NDArray[Any]] = {}
    for name in dict.fromkeys(row[0] for row in rows):
        values = np.array([row[3] for row in rows if row[0] == name], np.float32)
        columns = [row[2] for row in rows if row[0] == name]
        weights[name] = values if columns[0] == "" else values.reshape(-1, int(columns[-1]) + 1)
    return by_formula.answers(weights, read_particulars(path), data)


TARGET = Target(
    key="csv",
    title="CSV of the weights",
    order=7,
    suffix=".csv",
    beside=(".json",),
    summary="Every weight with its name, row and column, for a spreadsheet; scaler, vocabulary and settings beside it.",
    fit=fit,
    write=write,
    runner=by_formula.runner,
    run=run,
    usage={
        "": """\
parameter, row, column, value
Rows and columns count from 0; a vector has no column.""",
    },
)
