"""XML made ready: the element that is repeated most is a row."""

from __future__ import annotations

from pathlib import Path

from engine.data.files.source import Source
from engine.data.files.xml_records import xml_as_json
from engine.data.notation.quoting import literal, quoted

TRACKS = (".gpx", ".tcx")  # of watches
_BEGIN = b"<?xml"
_NO_TABLES = (b"<html", b"<!doctype html", b"urn:schemas-microsoft-com:office:spreadsheet")  # in the first bytes


def is_xml(path: Path, head: bytes) -> bool:
    """Whether a file is XML that may hold records: not a web page, nor a workbook of 2003."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    begins = plain.startswith(_BEGIN) or (plain.startswith(b"<") and path.suffix.lower() in (*TRACKS, ".xml"))
    return begins and not any(mark in plain[:2000].lower() for mark in _NO_TABLES)


def xml_table(path: Path) -> Source:
    """A table of XML.

    Raises:
        DataError: it is none, or holds no records.
    """
    plain, names, notes = xml_as_json(path)
    options = "format = 'newline_delimited', sample_size = -1, map_inference_threshold = -1"
    relation = f"read_json_auto({literal(plain)}, {options})"
    if len({name.lower() for name in names}) == len(names):  # others are told apart by the database
        relation = f"(SELECT {', '.join(map(quoted, names))} FROM {relation})"
    return Source(relation, plain.stat().st_size, None, True, plain, notes=["format: XML", *notes])
