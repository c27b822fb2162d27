"""Files that are neither table nor text, told by their first bytes."""

from __future__ import annotations

import json
import re
import stat
import zipfile
import zlib
from pathlib import Path

from engine.data.errors import DataError

_UNPACK = "unpack it and open what is in it"
_EXPORT = "export its content as CSV, Parquet, Excel or plain text and open that"
_FORMATS = (
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x1f\x9d", "an archive of compress (.Z)", _UNPACK),
    (b"%PDF", "a PDF document", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "save it as .xlsx or CSV and open that"),
    (b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (b"\x89HDF", "an HDF5 file", _EXPORT),
    (b"\x93NUMPY", "a NumPy array", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"GIF8", "a picture", _EXPORT),
    (b"RIFF", "a sound or a film", _EXPORT),
    (b"OggS", "a sound or a film", _EXPORT),
    (b"ID3", "a sound", _EXPORT),
    (b"\xff\xfb", "a sound", _EXPORT),
    (b"fLaC", "a sound", _EXPORT),
    (b"MThd", "a MIDI file", _EXPORT),
    (b"BM6\x00", "a picture", _EXPORT),
    (b"II*\x00", "a picture", _EXPORT),
    (b"MM\x00*", "a picture", _EXPORT),
    (b"ARROW1", "an Arrow or Feather file", _EXPORT),
    (b"FEA1", "a Feather file", _EXPORT),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"CDF\x01", "a NetCDF file", _EXPORT),
    (b"CDF\x02", "a NetCDF file", _EXPORT),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file", _EXPORT),
    (b"$FL2@(#)", "an SPSS file", _EXPORT),
    (b"<stata_dta>", "a Stata file", _EXPORT),
    (b"MZ\x90\x00", "a program", _EXPORT),
    (b"\xca\xfe\xba\xbe", "a program", _EXPORT),
    (b"\x7fELF", "a program", _EXPORT),
    (b"{\\rtf", "a rich text document", "save it as plain text and open that"),
)
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "xl/Workbook.xml")
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_ZIP, _OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def refuse_special(path: Path) -> None:
    """Refuse what has no end or cannot be read twice: pipes, devices, sockets; and names that are no text.

    Raises:
        DataError: it is one of these.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in str(path)):  # bytes that are no UTF-8
        name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raise DataError(f"{name}: the name is written in another encoding than UTF-8; give the file another name.")
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # whoever opens it says what is wrong
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise DataError(f"{path} is a pipe or a device, not a file; save what comes out of it to a file and open that.")


def refuse_foreign(head: bytes, name: str) -> None:
    """Refuse an archive, a document or a database by its first bytes.

    Raises:
        DataError: naming what it is.
    """
    for mark, what, cure in _FORMATS:
        if head.startswith(mark):
            raise DataError(f"{name} is a binary file, {what}; {cure}.")


def is_page(head: bytes) -> bool:
    """Whether a file begins like a web page or XML."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)


def refuse_page(head: bytes, name: str) -> None:
    """Refuse a web page or XML where a table is wanted.

    Raises:
        DataError: it is one.
    """
    if is_page(head):
        raise DataError(
            f"{name} is a web page or XML, not a table; open it in a spreadsheet and save it as .xlsx, or download the "
            "table itself."
        )


def is_json(head: bytes) -> bool:
    """Whether a file begins with a JSON object that has a key, or a list of these, whatever its name says."""
    plain = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00").replace(b"\x00", b"")  # whatever it is written in
    return re.match(rb'\s*(\[\s*)?\{\s*"[^"]*"\s*:', plain) is not None


def is_json_lines(head: bytes) -> bool:
    """Whether a file begins with lines that are a JSON record each, whatever its name says."""
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 2)[:2]
    return len(lines) == 2 and all(map(_is_record, lines))


def begins_with_record(head: bytes) -> bool:
    """Whether the first line of a file is a JSON record, so that each of the others should be one."""
    return _is_record(head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0])


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):  # nested too deep
        return False


def is_workbook(path: Path, head: bytes) -> bool:
    """Whether a file that begins with `head` is a workbook of Excel or LibreOffice, whatever its name says."""
    if not head.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (OSError, zipfile.BadZipFile, RuntimeError, zlib.error):
        return False
    return not names.isdisjoint(_WORKBOOKS) or kind.startswith(_SPREADSHEET)


def may_be_workbook(head: bytes) -> bool:
    """Whether a file that is named like a workbook may be one, rather than a table of another kind."""
    return head.startswith((_ZIP, _OFFICE))
