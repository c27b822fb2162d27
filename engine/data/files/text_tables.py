"""Tables of text and of workbooks made ready: decoded, cells told apart, without the rows that are none."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.access_logs import requests
from engine.data.files.alignment import LINED_UP, lined_up
from engine.data.files.archives import archive_as_csv
from engine.data.files.dialect import Dialect, Reading, csv_relation, dialect_notes, dialect_remarks
from engine.data.files.encoding import LONGEST_LINE, Scan, scan
from engine.data.files.excel import sheet_as_csv
from engine.data.files.formats import refuse_page
from engine.data.files.framed import framed
from engine.data.files.headings import below_heading
from engine.data.files.keyed import keyed
from engine.data.files.odd_rows import EMPTY, Rejected, rows_at_the_end
from engine.data.files.prefixed import prefixed
from engine.data.files.rewriting import encoding_of, rewritten
from engine.data.files.sniffing import check_width, sniffed
from engine.data.files.source import Source, is_pattern
from engine.data.files.tagged import tagged
from engine.data.files.temporary import temporary_file
from engine.data.notation.numbers import DIGITS

_LINED_UP, _FRAMED = (lined_up, LINED_UP), (framed, "cells between bars")
_BY_WORDS = (
    (tagged, "words with a tag each, sentences between empty lines"),
    (requests, "log of a web server"),
    (keyed, "values that each line names"),
    (prefixed, "labels before each text, as fastText reads them"),
)
_LONGEST = 20_000  # bytes of a line in which words are looked for
_SHOWN = 40  # letters of a row
_TOLD = 3  # rows left out for the same reason that are each told


def text_table(path: Path, reading: Reading, head: bytes) -> Source:
    """A table in text.

    Raises:
        DataError: it cannot be read as one.
    """
    refuse_page(head, path.name)
    plain, source, found = path, Source("", path.stat().st_size), scan(path)
    _refuse_endless(path.name, found, reading)
    encoding = encoding_of(path, reading, head, found)
    source.other_digits = not set(DIGITS).isdisjoint(found.letters.decode(encoding, "replace"))
    if encoding != "utf-8" or not found.utf8 or found.mixed or found.unprinted or is_pattern(path):
        source.temporary = plain = rewritten(path, encoding, source)
    try:
        check_width(plain, path.name)
        words = _BY_WORDS if found.longest <= _LONGEST else ()
        for rewrite, how in () if reading.delimiter else (*words, _LINED_UP, _FRAMED):
            if found_cells := rewrite(plain):
                source.close()
                plain, source.left_out = found_cells
                source.temporary, source.converted = plain, True
                source.named = rewrite not in (lined_up, framed)
                source.notes.append(how)
                break
        reading = replace(reading, header="yes") if source.named else reading
        dialect = sniffed(plain, encoding.removesuffix("-sig"), path.name, reading)
        _take(source, plain, dialect)
        dialect = source.dialect or dialect
        source.notes = [*dialect_notes(dialect, source.named), *source.notes]
        source.remarks = [*dialect_remarks(dialect), *source.remarks]
    except BaseException:
        source.close()
        raise
    return source


def _refuse_endless(name: str, found: Scan, reading: Reading) -> None:
    """Lines that no row of a table is as long as, and cells that do not end."""
    if found.longest > LONGEST_LINE:
        raise DataError(
            f"{name}, byte {found.longest_at:,}: a line of {found.longest:,} bytes is more than the row of a "
            "table can be; check that it is a table, or open it as text."
        )
    if found.open_quote >= 0 and reading.quotes != "none":
        raise DataError(
            f"{name}, byte {found.open_quote:,}: a quotation mark opens a cell and is not closed in the next "
            f"{LONGEST_LINE >> 20} MB; set data.quotes to none, or close it."
        )


def _take(source: Source, plain: Path, dialect: Dialect) -> None:
    """Read a text table, without the rows that are none of it."""
    dialect, above = below_heading(plain, dialect)
    end, below, count = (0, (), 0) if dialect.comment else rows_at_the_end(plain, dialect)
    if below:
        if source.temporary is None:
            with temporary_file(plain.suffix) as copy:
                source.temporary = Path(copy.name)
            shutil.copyfile(plain, source.temporary)
        os.truncate(source.temporary, end)
    outside = source.left_out  # of what was rewritten
    source.left_out, source.dialect = (*outside, *above, *below), dialect
    source.left_out_rows = len(outside) + len(above) + count
    source.relation = csv_relation(source.temporary or plain, dialect)
    source.notes += _left_out_notes(source.left_out, count > len(below))


def _left_out_notes(rows: Sequence[Rejected], more: bool) -> Iterator[str]:
    """What is said of rows that are none of the table; of many with the same reason in one sentence."""
    for reason, group in itertools.groupby(rows, key=lambda row: row.reason):
        own = list(group)
        if len(own) > (1 if reason == EMPTY else _TOLD):
            further = " and more" if more and reason == EMPTY else ""
            yield f"{len(own):,} lines left out{further}, {reason} ({own[0].line:,} to {own[-1].line:,})"
        else:
            yield from (f"line {row.line:,} left out, {reason} ({row.text[:_SHOWN]!r})" for row in own)


def archive(path: Path, reading: Reading, head: bytes) -> Source:
    """A collection that declares its columns.

    Raises:
        DataError: it cannot be read as one.
    """
    plain, what = archive_as_csv(path, encoding_of(path, reading, head, scan(path)))
    source = Source("", plain.stat().st_size, None, True, plain, notes=[f"format: {what}"])
    try:
        source.dialect = sniffed(plain, what, path.name, Reading(delimiter=",", header="yes"))
        source.relation = csv_relation(plain, source.dialect)
    except BaseException:
        source.close()
        raise
    return source


def workbook(path: Path, reading: Reading) -> Source:
    """A sheet of a workbook.

    Raises:
        DataError: it cannot be read as one.
    """
    plain, sheet, sheets = sheet_as_csv(path, reading.sheet)
    source = Source("", plain.stat().st_size, None, True, plain, sheet=sheet, sheets=sheets)
    try:
        source.notes = [f"format: Excel, sheet {sheet!r}{f' of {len(sheets)}' if len(sheets) > 1 else ''}"]
        _take(source, plain, sniffed(plain, "Excel", path.name, Reading(delimiter=",", header=reading.header)))
    except BaseException:
        source.close()
        raise
    return source
