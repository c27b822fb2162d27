"""JSON that is one document rather than records: the records in it, found and written as a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine.data.files.temporary import temporary_file

_LARGEST = 64 << 20  # bytes; a larger document is left to the database
_DEPTH = 6
_NAMED = 3  # other tables
_FEWEST = 3  # records, or values of a column
_NAMES_OF = {2: ["time", "value"]}  # of rows without names
_DATED = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?|\d{4}")


def is_document(head: bytes) -> bool:
    """Whether a file begins with one object, a list of lists, or a list of one object and a list."""
    plain = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00").replace(b"\x00", b"")  # whatever it is written in
    return re.match(rb"\s*(\{|\[\s*\[|\[\s*\{[^{}]*\}\s*,\s*\[)", plain) is not None


def records_in(path: Path, encoding: str) -> tuple[Path, list[str]] | None:
    """A temporary file with the most records that a document holds, and what is said of it; None of any other."""
    if path.stat().st_size > _LARGEST:
        return None
    try:
        document = json.loads(path.read_text(encoding), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    tables = [(place, records) for place, records in _tables(document, (), 0) if records]
    if not tables:
        return None
    at, found = max(tables, key=lambda table: len(table[1]))
    with temporary_file(".json") as file:
        json.dump(found, file)
    others = [f"{len(own):,} in {'.'.join(place)!r}" for place, own in tables if place != at and len(own) > 1]
    beside = [f"left out: {', '.join(others[:_NAMED])}{' and more' if len(others) > _NAMED else ''}"] if others else []
    return Path(file.name), [*([f"records: those in {'.'.join(at)!r}"] if at else []), *beside]


def _tables(value: Any, place: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Everything in a document that is a table: records, rows, columns side by side, values by date."""
    if isinstance(value, list):
        found = _rows_within(value) or _rows(value)
        yield place, found
        for own in value if not found and len(value) < _FEWEST and depth < _DEPTH else ():
            yield from _tables(own, place, depth + 1)
    if not isinstance(value, dict):
        return
    if named := _named_rows(value):
        yield place, named
        return
    columns = {key: own for key, own in value.items() if _is_column(own)}
    columns = dict(_columns_within(value)) if len(columns) == 1 else columns
    if len({len(own) for own in columns.values()}) == 1 and len(columns) > 1:
        yield place, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if records := _by_key(value):
        yield place, records
    elif len(value) >= _FEWEST and all(map(_DATED.fullmatch, value)):
        yield place, [{"time": key, **(own if isinstance(own, dict) else {"value": own})} for key, own in value.items()]
    elif depth < _DEPTH:
        for key, own in value.items():
            yield from _tables(own, (*place, key), depth + 1)


def _columns_within(value: Any) -> Iterator[tuple[str, list[Any]]]:
    """The columns in a document and in what it holds once, as where times stand beside a record of values."""
    if isinstance(value, list) and len(value) == 1:
        yield from _columns_within(value[0])
    for key, own in value.items() if isinstance(value, dict) else ():
        if _is_column(own):
            yield key, own
        else:
            yield from _columns_within(own)


def _named_rows(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows beside a list of the names of their columns, as pandas and data services write."""
    rows = [own for own in value.values() if _are_rows(own)]
    if len(rows) != 1:
        return []
    width = len(rows[0][0])
    names = [
        own for own in value.values() if _is_row(own) and len(own) == width and all(isinstance(n, str) for n in own)
    ]
    return [dict(zip(names[0], row, strict=True)) for row in rows[0]] if len(names) == 1 else []


def _by_key(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a table that pandas wrote: of each column, or of each row, an object with the same keys."""
    inner = [own for own in value.values() if isinstance(own, dict)]
    if len(inner) < max(2, len(value)) or any(own.keys() != inner[0].keys() for own in inner):
        return []
    if any(isinstance(cell, dict | list) for own in inner for cell in own.values()):
        return []
    if len(inner[0]) > len(inner) and _counts(inner[0]):
        return [{key: own[row] for key, own in value.items()} for row in inner[0]]
    return inner if _counts(value) else []


def _counts(keys: Iterable[str]) -> bool:
    """Whether keys are the numbers of rows."""
    return all(key == str(number) for number, key in enumerate(keys))


def _rows(value: list[Any]) -> list[dict[str, Any]]:
    if len(value) < _FEWEST:
        return []
    if all(isinstance(row, dict) for row in value):
        return value
    lengths = {len(row) if _is_row(row) else 0 for row in value}
    if len(lengths) == 1 and lengths != {0}:
        return [{f"column{k}": cell for k, cell in enumerate(row)} for row in value]
    return []


def _rows_within(value: list[Any]) -> list[dict[str, Any]]:
    """Rows that each of some records holds as a list of lists, with its labels, as Prometheus and InfluxDB write."""
    found = []
    for record in value:
        inner = [key for key, own in record.items() if _are_rows(own)] if isinstance(record, dict) else []
        if len(inner) != 1:
            return []
        labels = {key: own for key, own in _flat(record) if not isinstance(own, list)}
        width, named = len(record[inner[0]][0]), record.get("columns")
        names = named if isinstance(named, list) and len(named) == width else _NAMES_OF.get(width)
        names = names or [f"column{k}" for k in range(width)]
        found += [{**labels, **dict(zip(names, row, strict=True))} for row in record[inner[0]]]
    return found


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a record says of itself, and what records in it say."""
    for key, own in record.items():
        if isinstance(own, dict):
            yield from _flat(own)
        else:
            yield key, own


def _are_rows(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < _FEWEST or not all(map(_is_row, value)):
        return False
    return len({len(row) for row in value}) == 1 and bool(value[0])


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(cell, list | dict) for cell in value)


def _is_column(value: Any) -> bool:
    return _is_row(value) and len(value) >= _FEWEST
