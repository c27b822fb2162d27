"""A file made ready for DuckDB: which reader takes it, in which dialect, from which path.

DuckDB reads UTF-8 only, takes `*` and `[` in a path for patterns, and knows no old Excel. Whatever it cannot
read as it is, is rewritten into a temporary UTF-8 file first.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.data.files.archives import is_archive
from engine.data.files.dialect import FOUND_OUT, Reading
from engine.data.files.encoding import NOTHING, read_bytes
from engine.data.files.excel import EXCEL
from engine.data.files.folder_tables import folder_table
from engine.data.files.formats import is_json, is_workbook, may_be_workbook
from engine.data.files.json_tables import json_table
from engine.data.files.packed import packed, unpack
from engine.data.files.rewriting import HEAD
from engine.data.files.source import Source, plain_path
from engine.data.files.text_tables import archive, text_table, workbook
from engine.data.files.xml_tables import is_xml, xml_table
from engine.data.notation.quoting import literal

_JSON = (".jsonl", ".ndjson", ".json", ".geojson")


def prepare_source(path: Path, reading: Reading = FOUND_OUT) -> Source:
    """Find out what `path` is.

    Raises:
        DataError: missing, empty, binary, or no table.
    """
    if packed(path):
        return _of_packed(path, reading)
    if path.is_dir():
        return folder_table(path, reading)
    head = _head(path)
    suffix = path.suffix.lower()
    if head.startswith(b"PAR1"):
        return Source(f"read_parquet({literal(plain_path(path))})", path.stat().st_size, notes=["format: Parquet"])
    if is_workbook(path, head) or (suffix in EXCEL and may_be_workbook(head)):
        return workbook(path, reading)
    if suffix in _JSON or is_json(head):
        return json_table(path, reading, head)
    if is_xml(path, head):
        return xml_table(path)
    if is_archive(head):
        return archive(path, reading, head)
    return text_table(path, reading, head)


def _of_packed(path: Path, reading: Reading) -> Source:
    """What is in an archive; its files may be chosen among as the sheets of a workbook are."""
    inner = unpack(path, reading.sheet)
    try:
        source = prepare_source(inner.path, replace(reading, sheet=inner.sheet))
    except BaseException:
        inner.close()
        raise
    source.unpacked = inner
    source.notes = [*inner.notes, *source.notes]
    if not source.sheets:
        source.sheet, source.sheets = inner.member, inner.members
    return source


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        head = b""
    return head if head.strip(NOTHING) else read_bytes(path)
