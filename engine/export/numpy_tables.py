"""A CSV file as rows of text, and its cells as numbers, in NumPy and nothing else.

Exported Python files hold this very text, so it imports nothing of the workbench.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.notation.lengths_of_time import are_lengths, seconds
from engine.storage.spreadsheets import safe_text

MISSING = ("", "na", "n/a", "nan", "null", "none", "nil")


_ABOVE = 50  # lines that may stand above a header: a title, remarks


def read_table(path: Path, names: Sequence[str] = ()) -> tuple[list[str], list[list[str]], str]:
    """The header, the rows and the separator of a CSV file, in UTF-8, UTF-16 or the code page of Western Europe.

    Lines above the one that holds most of `names` are passed over.
    """
    try:
        content = path.read_bytes()
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            text = content.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeError:
            text = content.decode("cp1252")
        text, separator = _from_header(text, names)
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except (OSError, UnicodeError, csv.Error) as error:
        raise SystemExit(f"error: {path}: {getattr(error, 'strerror', None) or error}") from None
    if not table:
        raise SystemExit(f"error: {path} is empty")
    for at, row in enumerate(table, 1):
        if len(row) < len(table[0]):
            raise SystemExit(f"error: {path}: row {at} has {len(row)} cells, and the header {len(table[0])}")
    return [name.strip() for name in table[0]], table[1:], separator


def _from_header(text: str, names: Sequence[str]) -> tuple[str, str]:
    """What begins with the header, and the separator in it."""
    lines = text.splitlines(keepends=True)
    found = [
        {cell.strip() for cell in next(csv.reader([line], delimiter=_separator(line)), ())} for line in lines[:_ABOVE]
    ]
    at = max(range(len(found)), key=lambda at: len(found[at] & {*names}), default=0)  # the first of equals
    return "".join(lines[at:]), _separator("".join(lines[at : at + 1]))


def _separator(line: str) -> str:
    return max(",;\t|", key=re.sub('"[^"]*("|$)', "", line).count)  # names may hold separators


def places_of(path: Path, header: list[str], names: list[str]) -> list[int]:
    """Where in a row the columns `names` stand."""
    missing = [name for name in names if name not in header]
    if missing:
        raise SystemExit(f"error: {path}: there is no column {missing[0]!r}; it has {', '.join(header)}")
    return [header.index(name) for name in names]


def indicator_of(header: list[str], name: str) -> tuple[str, str | None]:
    """A column, and the word that an input named "column=word" asks of it; no word where the name is a column's own."""
    ends = [at for at, letter in enumerate(name) if letter == "=" and name[:at] in header]
    return (name, None) if name in header or not ends else (name[: ends[0]], name[ends[0] + 1 :])


def values_of(cells: list[str], word: str | None, separator: str) -> list[float]:
    """Numbers; or 1 where a cell holds `word`, 0 where another one, NaN where none."""
    if word is None:
        return numbers_of(cells, separator)
    return [float(text == word) if text else float("nan") for text in cells]


def numbers_of(cells: list[str], separator: str) -> list[float]:
    """The cells of a column as numbers, NaN where there is none.

    Decimals stand behind the last of both marks where a cell has both, or behind a comma where none parts cells; the
    other mark then parts thousands. Lengths of time are seconds.
    """
    filled = [text for text in cells if text.strip().strip("-?.").lower() not in MISSING]
    if are_lengths(filled):
        return [seconds(text) for text in cells]
    both = [text for text in cells if "," in text and "." in text]
    comma = both[0].rfind(",") > both[0].rfind(".") if both else separator != "," and any("," in text for text in cells)
    other, mark = (r"\.", ",") if comma else (",", r"\.")
    grouped = re.compile(rf"[+-]?[1-9]\d{{0,2}}({other}\d{{3}})+({mark}\d*)?")
    found = []
    for text in cells:
        plain = text.replace(other[-1], "") if (comma or both) and grouped.fullmatch(text) else text
        try:
            found.append(float(plain.replace(",", ".") if comma else plain))
        except ValueError:
            found.append(float("nan"))
    return found


def say_what_is_no_number(path: Path, name: str, cells: list[str], values: Any) -> None:
    """Name on standard error what was left out as missing and does not look like it."""
    strange = [text for text, value in zip(cells, values, strict=True) if np.isnan(value) and text.strip()]
    strange = [text for text in strange if text.strip().strip("-?.<>()").lower() not in MISSING]
    if strange:
        count = f"{len(strange)} cells are" if len(strange) > 1 else "1 cell is"
        told = f"{count} no plain number (first {strange[0]!r}), taken as missing"
        print(f"note: {path}: column {name!r}: {told}", file=sys.stderr)


def digits(values: Any) -> list[str]:
    """Numbers as they are printed: a float32 has no more digits than these, however large or small it is."""
    return [f"{value:.9g}" for value in values]


def print_rows(rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV that a spreadsheet may open."""
    csv.writer(sys.stdout, lineterminator="\n").writerows([safe_text(str(cell)) for cell in row] for row in rows)
