"""Running text from a file: decoded, with one kind of line end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.files.encoding import decode, decode_as, read_bytes
from engine.data.files.formats import is_page
from engine.data.files.packed import unpacked
from engine.wording.counting import counted

_PAGE = "it is a web page or XML, read as text with all its marks; to use a table in it, save that as CSV or .xlsx"
_HEAD = 1000  # bytes that tell that
_END_OF_FILE = "\x1a"  # CP/M and DOS wrote it after the last line


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text and what was done to it."""

    text: str
    encoding: str
    notes: tuple[str, ...]
    remarks: tuple[str, ...] = ()  # of the notes, those on what is odd


def read_text(path: Path, encoding: str = "", member: str = "") -> Text:
    """Read a text file in whatever encoding, or in the one that is named; line ends become a single newline.

    `member` names the file of an archive of several; without it the largest is read.

    Raises:
        DataError: missing, empty or binary, or an archive that cannot be read.
    """
    with unpacked(path, member) as inner:
        data = read_bytes(inner.path)
    decoded = decode_as(data, encoding, path.name) if encoding else decode(data, path.name)
    text, notes = decoded.text, [*inner.notes, f"encoding: {decoded.encoding}", *decoded.notes]
    if windows := text.count("\r\n"):
        text = text.replace("\r\n", "\n")
        notes.append(f"{counted(windows, 'line end')} CR LF made LF")
    if old := text.count("\r"):
        text = text.replace("\r", "\n")
        notes.append(f"{counted(old, 'line end')} CR made LF")
    if text.endswith(_END_OF_FILE):
        text = text.rstrip(_END_OF_FILE)
        notes.append("end-of-file character 0x1A at the end left out")
    odd = (_PAGE,) if is_page(data[:_HEAD]) else ()
    return Text(text, decoded.encoding, (*notes, *odd), odd)
