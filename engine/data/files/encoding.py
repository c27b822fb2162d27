"""Bytes of unknown encoding as text, and what was found out about them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from charset_normalizer import from_bytes

from engine.data.errors import DataError
from engine.data.files.formats import refuse_foreign, refuse_special
from engine.data.notation.letters import likeliest
from engine.wording.counting import counted

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHIFTS = ((b"\x1b$B", "iso2022_jp_ext"), (b"\x1b$@", "iso2022_jp_ext"), (b"\x1b$)C", "iso2022_kr"))
NOTHING = b"\x00\x1a \t\r\n\xef\xbb\xbf\xff\xfe"  # bytes of which a whole file may be made that is empty
MARK = "\ufeff"  # of byte order, where it does not begin a file
_SAMPLE = 1 << 18
_PIECE = 1 << 23
LONGEST_LINE = 4 << 20  # bytes; DuckDB takes minutes over lines and cells much longer
_LETTERS = 1 << 12  # bytes of lines beyond ASCII that tell the encoding
_BROKEN = 20  # letters that are good UTF-8 for each byte that is not
_CONTROL = bytes(set(range(1, 32)) - {1, 9, 10, 12, 13, 26, 27, 31}) + b"\x7f"  # 1 and 31 part cells


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the encoding it was read with."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()  # what was left out or could not be read


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a file finds out, without holding it in memory."""

    utf8: bool
    mixed: bool  # line ends of more than one kind, or CR alone as of old Macs
    longest: int  # bytes of the longest line
    longest_at: int  # the byte it begins at, from 0
    letters: bytes = b""  # the first lines that are not plain ASCII
    unprinted: int = 0  # NUL bytes, byte order marks of UTF-8, and end marks of DOS
    open_quote: int = -1  # the byte of a quote that opens a cell and is not closed for long


def scan(path: Path) -> Scan:
    """Go through a file in pieces: is it UTF-8, which line ends has it, how long are its lines."""
    reader, utf8 = codecs.getincrementaldecoder("utf-8")(), True
    feeds, returns, pairs, longest, longest_at, begun, place = 0, 0, 0, 0, 0, 0, 0
    last, ends, letters, unprinted, quotes = b"", b"", b"", 0, _Quotes()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            utf8 = utf8 and _decodes(reader, piece)
            if not piece.isascii() and len(letters) < _LETTERS:
                letters += letter_lines(piece)
            codes = np.frombuffer(piece, np.uint8)
            between = (ends + piece[:2]).count(codecs.BOM_UTF8)
            unprinted += piece.count(b"\x00") + piece.count(b"\x1a") + piece.count(codecs.BOM_UTF8) + between
            ends = (ends + piece)[-2:]
            quotes.follow(piece, last, place)
            feeds, returns = feeds + piece.count(b"\n"), returns + piece.count(b"\r")
            pairs += piece.count(b"\r\n") + (last == b"\r" and piece.startswith(b"\n"))
            marks = np.flatnonzero((codes == 10) | (codes == 13))
            borders = np.concatenate([[begun], place + marks, [place + len(piece)]])
            lengths = np.diff(borders)
            if lengths.max() > longest:
                longest, longest_at = int(lengths.max()), int(borders[lengths.argmax()])
            begun, place, last = int(borders[-2]), place + len(piece), piece[-1:]
    utf8 = utf8 and _decodes(reader, b"", final=True)
    mixed = returns > 0 and not pairs == returns == feeds
    return Scan(utf8, mixed, longest, longest_at, letters[:_LETTERS], unprinted, quotes.found(place))


class _Quotes:
    """Looks for a quote that opens a cell and has no other after it for longer than a cell can be."""

    def __init__(self) -> None:
        self._open, self._found = -1, -1

    def follow(self, piece: bytes, before: bytes, place: int) -> None:
        """Look at the next piece, which begins at byte `place` of the file, after the byte `before`."""
        first = piece.find(b'"')
        if first < 0:
            return
        self.found(place + first)
        self._open = -1
        gap_from = first
        while gap_from >= 0 and gap_from + LONGEST_LINE < len(piece):  # gaps within the piece
            following = piece.find(b'"', gap_from + 1)
            end = following if following >= 0 else len(piece)
            if end - gap_from > LONGEST_LINE and self._opens(piece, gap_from, before):
                self._found = place + gap_from if self._found < 0 else self._found
            gap_from = following
        final = piece.rfind(b'"')
        if self._opens(piece, final, before):
            self._open = place + final

    def found(self, end: int) -> int:
        """Where a quote stands that was not closed for long before byte `end`; -1 where there is none."""
        if self._found < 0 <= self._open and end - self._open > LONGEST_LINE:
            self._found = self._open
        return self._found

    @staticmethod
    def _opens(piece: bytes, at: int, before: bytes) -> bool:
        ahead = piece[at - 1 : at] if at else before
        behind = piece[at + 1 : at + 2]
        return (not ahead or ahead in b",;\t|\n\r ") and bool(behind) and behind not in b",;\t|\n\r"


def letter_lines(piece: bytes) -> bytes:
    """The first lines of a piece of a file that are not plain ASCII, without the two that the piece's ends may cut."""
    lines = re.split(rb"[\r\n]+", piece[:_SAMPLE] if not piece[:_SAMPLE].isascii() else piece)
    found, size = [], 0
    for line in lines[1:-1] if len(lines) > 3 else lines:
        if not line.isascii():
            found.append(line)
            size += len(line)
        if size > _LETTERS:
            break
    return b"\n".join(found or lines)[: 4 * _LETTERS]


def _decodes(reader: codecs.IncrementalDecoder, piece: bytes, final: bool = False) -> bool:
    try:
        reader.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def read_bytes(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        DataError: the file is missing, is a folder, a pipe or a device, cannot be read, or is empty.
    """
    refuse_special(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise DataError(f"{path} is a link to {path.readlink()}, which is not there; check the link.") from None
        raise DataError(f"{path}: there is no such file; check the path.") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; choose a file in it.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from None
    if not data.strip(NOTHING):
        raise DataError(f"{path.name} is empty; choose a file that holds data.")
    return data


def decode(data: bytes, name: str) -> Decoded:
    """Find the encoding of `data` and decode it; `name` is for the message.

    Raises:
        DataError: the bytes are not text.
    """
    encoding = detect(data, name)
    try:
        return _cleaned(data.decode(encoding), "utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        if encoding in ("utf-16", "utf-32"):
            raise DataError(
                f"{name} starts like {encoding} but byte {error.start:,} does not fit it; "
                "the file is damaged, save it again as UTF-8."
            ) from None
        if encoding in ("utf-8", "utf-8-sig"):
            return _cleaned(data.decode(encoding, "replace"), "utf-8", broken_bytes(data))
        return _cleaned(data.decode("latin-1"), "latin-1")


def _cleaned(text: str, encoding: str, broken: int = 0) -> Decoded:
    """Without what is no letter; what was left out is said."""
    nothing, marks = text.count("\x00"), text.count(MARK)
    if nothing or marks:
        text = text.replace("\x00", "").replace(MARK, "")
    return Decoded(text, encoding, unread_notes(nothing, broken, marks))


def unread_notes(nothing: int, broken: int, marks: int) -> tuple[str, ...]:
    """What is said of `nothing` NUL bytes, of `broken` bytes that are no UTF-8, and of `marks` of byte order."""
    notes = []
    if marks:
        notes.append(
            f"{counted(marks, 'byte order mark')} (U+FEFF) within the file left out, as where files were joined"
        )
    if nothing:
        notes.append(f"{counted(nothing, 'NUL byte')} left out")
    if broken:
        notes.append(f"{counted(broken, 'byte')} not of UTF-8, shown as \ufffd")
    return tuple(notes)


def broken_bytes(data: bytes) -> int:
    """Stretches of bytes that are no UTF-8."""
    return data.decode("utf-8", "replace").count("\ufffd") - data.count("\ufffd".encode())


def decode_as(data: bytes, encoding: str, name: str) -> Decoded:
    """Decode `data` with the encoding that somebody named.

    Raises:
        DataError: there is no such encoding, or the bytes are not written in it.
    """
    try:
        return Decoded(data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding), encoding)
    except LookupError:
        raise DataError(f"{encoding!r} is no encoding; set data.encoding to one such as utf-8 or cp1252.") from None
    except (UnicodeError, ValueError) as error:
        where = f"byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else "its beginning"
        raise DataError(
            f"{name} is not written in {encoding}: {where} does not fit it; leave data.encoding empty to find out."
        ) from None


def detect(data: bytes, name: str) -> str:
    """Python's name of the encoding of `data`.

    Raises:
        DataError: the bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    refuse_foreign(data, name)
    if found := _wide(data[:_SAMPLE]) or _shifted(data[:_SAMPLE]):
        return found
    if is_binary(data):
        raise DataError(
            f"{name} is a binary file, not text; export it as CSV, Parquet, Excel or plain text and open that."
        )
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return by_letters(letter_lines(data))


def by_letters(sample: bytes) -> str:
    """The encoding of lines that are not all UTF-8: UTF-8 all the same where few bytes are broken."""
    text = sample[:_LETTERS].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(not letter.isascii() for letter in text) - broken >= _BROKEN * broken:
        return "utf-8"
    if found := likeliest(sample[:_LETTERS]):
        return found
    best = from_bytes(sample).best()  # knows rarer encodings, and needs more text
    return best.encoding if best else "latin-1"


def is_binary(data: bytes) -> bool:
    """Whether `data` holds bytes that no text in a one-byte encoding or UTF-8 has."""
    sample = data[:_SAMPLE].replace(b"\x00", b"")
    nothing = data[:_SAMPLE].rstrip(b"\x00").count(b"\x00")  # as cells of a fixed width are filled up with
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return control > len(sample) // 200 or nothing > len(sample) // (4 if control == 0 and b"\n" in sample else 200)


def _wide(sample: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: the bytes of line ends, digits and delimiters have zeros in fixed places."""
    for size, names in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        units = np.frombuffer(sample[: len(sample) // size * size], np.uint8).reshape(-1, size)
        if len(units) < 2:
            continue
        for name, plain, rest in ((names[0], 0, slice(1, None)), (names[1], size - 1, slice(0, -1))):
            ascii_units = (units[:, rest] == 0).all(axis=1) & (units[:, plain] > 0) & (units[:, plain] < 127)
            reversed_units = (units[:, ::-1][:, rest] == 0).all(axis=1) & (units[:, ::-1][:, plain] > 0)
            if ascii_units.mean() > 0.2 and reversed_units.mean() < 0.05 and _decodable(sample, size, name):
                return name
    return ""


def _shifted(sample: bytes) -> str:
    """ISO 2022, which says by escapes of plain ASCII that pairs of bytes are letters from now on."""
    return next((name for escape, name in _SHIFTS if escape in sample and sample.isascii()), "")


def _decodable(sample: bytes, size: int, name: str) -> bool:
    """Whether all units of a sample are letters; its last one may be half of a letter."""
    try:
        text = sample[: (len(sample) // size - 1) * size].decode(name)
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
