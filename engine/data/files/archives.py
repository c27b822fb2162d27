"""Formats of collections whose head declares what follows "@data": ARFF of Weka, .ts of sktime, .tsf of Monash."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.errors import DataError
from engine.data.files.temporary import temporary_file
from engine.data.frequency import Frequency, stamp_texts

_HEAD = re.compile(rb"^\s*@(relation|problemname)\b", re.IGNORECASE | re.MULTILINE)
_ATTRIBUTE = re.compile(r"@attribute\s+('[^']*'|\"[^\"]*\"|\S+)\s+(.*)", re.IGNORECASE)
_PIECE = re.compile(r"(?:(\d+)_)?(second|minute|minutely|half_hourly|hourly|daily|weekly|monthly|quarterly|yearly)s?")
_STEPS = {
    "second": (1_000_000, False), "minute": (60_000_000, False), "minutely": (60_000_000, False),
    "half_hourly": (1_800_000_000, False), "hourly": (3_600_000_000, False), "daily": (86_400_000_000, False),
    "weekly": (604_800_000_000, False), "monthly": (1, True), "quarterly": (3, True), "yearly": (12, True),
}  # fmt: skip

Rows = Iterator[Sequence[Any]]


def is_archive(head: bytes) -> bool:
    """Whether a file begins like one of these."""
    return _HEAD.search(head) is not None


def archive_as_csv(path: Path, encoding: str) -> tuple[Path, str]:
    """A temporary CSV file with the same rows, or a row for each step; and what it was.

    Raises:
        DataError: it declares what is not read here, or has a row that does not fit.
    """
    with path.open(encoding=encoding, errors="replace") as lines:
        kept = (line.strip() for line in lines)
        head = list(itertools.takewhile(lambda line: line.lower() != "@data", kept))
        rows = (line for line in kept if line and not line.startswith(("%", "#")))
        said = {line.split()[0].lower(): line.split()[1:] for line in head if line.startswith("@")}
        attributes = [(found[1], found[2]) for line in head if (found := _ATTRIBUTE.fullmatch(line))]
        what, made = _format(path, said, attributes, rows)
        with temporary_file(".csv") as file:
            try:
                csv.writer(file, lineterminator="\n").writerows(made)
            except (ValueError, IndexError, csv.Error) as error:
                Path(file.name).unlink()
                raise DataError(f"{path.name} begins like {what}, but a row of it cannot be read: {error}.") from None
    return Path(file.name), what


def _format(
    path: Path, said: dict[str, list[str]], attributes: list[tuple[str, str]], rows: Iterator[str]
) -> tuple[str, Rows]:
    kinds: list[tuple[str, bool, Callable[[], Rows]]] = [
        ("a collection of Monash (.tsf)", "@frequency" in said, lambda: _monash(said["@frequency"], attributes, rows)),
        ("a collection of sktime (.ts)", "@problemname" in said, lambda: _sktime(said, rows)),
        ("ARFF", bool(attributes), lambda: _arff(attributes, rows)),
    ]
    for what, fits, read in kinds:
        if fits:
            return what, read()
    raise DataError(f"{path.name} begins like ARFF but declares no attributes; save it as CSV.")


def _arff(attributes: list[tuple[str, str]], rows: Iterator[str]) -> Rows:
    yield [name.strip("'\"") for name, _ in attributes]
    for line in rows:
        if line.startswith("{"):
            raise ValueError("it is sparse; save it as CSV")
        yield next(csv.reader([line], quotechar="'" if "'" in line else '"', skipinitialspace=True))


def _sktime(said: dict[str, list[str]], rows: Iterator[str]) -> Rows:
    """A row for each step, with the number of its case, its label and its channels."""
    if said.get("@timestamps", ["false"])[0].lower() == "true":
        raise ValueError("it has time stamps; save it as CSV")
    labelled = said.get("@classlabel", said.get("@targetlabel", ["false"]))[0].lower() == "true"
    for case, line in enumerate(rows, 1):
        parts = line.split(":")
        channels = [part.split(",") for part in (parts[:-1] if labelled else parts)]
        if case == 1:
            yield ["sequence", "label", "step", *(f"x{k}" for k in range(len(channels)))]
        for step, values in enumerate(zip(*channels, strict=True), 1):
            yield [case, parts[-1].strip() if labelled else "", step, *values]


def _monash(frequency: list[str], attributes: list[tuple[str, str]], rows: Iterator[str]) -> Rows:
    """A row for each value, with the name of its series and its time."""
    names = [name for name, _ in attributes]
    yield ["series", "time", "value"]
    found = _PIECE.fullmatch(frequency[0].lower()) if frequency else None
    size, months = _STEPS[found[2]] if found else (0, False)
    step = Frequency(size * int(found[1] or 1), months) if found else None
    for line in rows:
        *about, values = line.split(":")
        said = dict(zip(names, about, strict=True))
        cells = ["" if value == "?" else value for value in values.split(",")]
        yield from zip(itertools.repeat(about[0]), _times(said, step, len(cells)), cells)


def _times(said: dict[str, str], step: Frequency | None, count: int) -> Sequence[Any]:
    start = said.get("start_timestamp")
    if not start or step is None:
        return range(1, count + 1)
    first = np.datetime64(datetime.strptime(start, "%Y-%m-%d %H-%M-%S"), "us")
    return stamp_texts(np.concatenate([[first], step.after(first, count - 1)]), "s")
