"""JSON made ready: one record a line, or all in a list or a document."""

from __future__ import annotations

from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.files.encoding import LONGEST_LINE, NOTHING, scan
from engine.data.files.formats import begins_with_record, is_json_lines
from engine.data.files.json_records import is_document, records_in
from engine.data.files.rewriting import HEAD, encoding_of, rewritten
from engine.data.files.source import Source, is_pattern
from engine.data.notation.quoting import literal

_MOST_FIELDS = 4_000  # of a kind that a record may have; the database takes fewer for one field with keys of its own
_LEAST_BUFFER = 1 << 24  # bytes in which JSON is read; each thread has several


def json_table(path: Path, reading: Reading, head: bytes) -> Source:
    """JSON, one record a line or all in a list; every record is looked at for its keys before the first is read."""
    found, size = scan(path), path.stat().st_size
    if found.longest > LONGEST_LINE and not head.lstrip().startswith(b"["):
        raise DataError(
            f"{path.name}, byte {found.longest_at:,}: a record of {found.longest:,} bytes is more than the row of a "
            "table can be; leave out its long field, or save it as a table."
        )
    encoding = encoding_of(path, reading, head, found)
    source = Source("", size, notes=["format: JSON", *([f"encoding: {encoding}"] if encoding != "utf-8" else [])])
    plain, records = path, None if is_json_lines(head) or not is_document(head) else records_in(path, encoding)
    if records:
        source.temporary, plain, source.converted = records[0], records[0], True
        source.notes += records[1]
    elif encoding != "utf-8" or not found.utf8 or found.unprinted or is_pattern(path):
        source.temporary = plain = rewritten(path, encoding, source, ".json")
    longest = max(_LEAST_BUFFER, found.longest) if is_json_lines(head) else 16 * LONGEST_LINE
    if not is_json_lines(head):
        _check_end(plain, path.name)
    source.records = plain if begins_with_record(head) else None
    options = f"sample_size = -1, maximum_object_size = {longest}, map_inference_threshold = {_MOST_FIELDS}"
    source.relation = f"read_json_auto({literal(plain)}, {options})"
    return source


def _check_end(plain: Path, name: str) -> None:
    """Refuse a list that is cut off, of which the database would read what is there without a word."""
    with plain.open("rb") as file:
        first = file.read(HEAD).lstrip(NOTHING)[:1]
        file.seek(max(0, plain.stat().st_size - HEAD))
        last = file.read().rstrip(NOTHING)[-1:]
    if first == b"[" and last != b"]":
        raise DataError(f"{name} is cut off: the list in it is not closed; fetch or write it again.")
