"""Copies in UTF-8, with one kind of line end, of files that the database cannot read as they are."""

from __future__ import annotations

from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.files.encoding import MARK, Scan, by_letters, decode_as, detect, unread_notes
from engine.data.files.source import Source
from engine.data.files.temporary import temporary_file

HEAD = 1 << 16  # bytes that tell what a file is
_NO_LETTERS = dict.fromkeys(map(ord, ("\x00", "\x1a", MARK)))
_PIECE = 1 << 22  # letters rewritten at a time


def encoding_of(path: Path, reading: Reading, head: bytes, found: Scan) -> str:
    """What a file is written in: what was said, what its first bytes say, or what its letters tell."""
    if reading.encoding:
        decode_as(head if len(head) < HEAD else b"", reading.encoding, path.name)  # refuses what is no encoding
        return "utf-8-sig" if reading.encoding.lower() in ("utf-8", "utf8") else reading.encoding
    encoding = detect(head, path.name)
    if encoding.startswith(("utf-16", "utf-32", "iso2022")) or encoding == "utf-8-sig":
        return encoding
    return "utf-8" if found.utf8 else by_letters(found.letters)


def rewritten(path: Path, encoding: str, source: Source, suffix: str = ".csv") -> Path:
    """A copy in UTF-8 with one kind of line end, made piece by piece."""
    strict = "replace" if encoding in ("utf-8", "utf-8-sig") and source.dialect is None else "strict"
    nothing = broken = marks = 0
    with temporary_file(suffix) as file:
        try:
            with path.open(encoding=encoding, errors=strict, newline=None) as text:
                while piece := text.read(_PIECE):
                    nothing, broken = nothing + piece.count("\x00"), broken + piece.count("\ufffd")
                    marks += piece.count(MARK)
                    file.write(piece.translate(_NO_LETTERS))
        except (UnicodeError, ValueError) as error:
            file.close()
            Path(file.name).unlink()
            where = f"byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else "its beginning"
            where = "its last byte" if "truncated" in str(error) else where
            raise DataError(
                f"{path.name} is not written in {encoding}: {where} does not fit it; save it again as UTF-8, or set "
                "data.encoding."
            ) from None
    source.remarks += unread_notes(nothing, broken if strict == "replace" else 0, marks)
    return Path(file.name)
