"""Bytes of unknown encoding as text, and what was found out about them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from charset_normalizer import from_bytes

from engine.data.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18
_PIECE = 1 << 22
_FEW = 200  # letters beyond ASCII from which their frequencies tell the encoding
_BEFORE_LETTERS = "°©®«“‘„‚¡¿£€§–—…·"
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27}) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the encoding it was read with."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a file finds out, without holding it in memory."""

    utf8: bool
    mixed: bool  # line ends of more than one kind
    longest: int  # bytes of the longest line
    longest_at: int  # the byte it begins at, from 0


def scan(path: Path) -> Scan:
    """Go through a file in pieces: is it UTF-8, which line ends has it, how long are its lines."""
    reader, utf8 = codecs.getincrementaldecoder("utf-8")(), True
    feeds, returns, pairs, longest, longest_at, begun, place = 0, 0, 0, 0, 0, 0, 0
    last = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            utf8 = utf8 and _decodes(reader, piece)
            codes = np.frombuffer(piece, np.uint8)
            feeds, returns = feeds + piece.count(b"\n"), returns + piece.count(b"\r")
            pairs += piece.count(b"\r\n") + (last == b"\r" and piece.startswith(b"\n"))
            marks = np.flatnonzero((codes == 10) | (codes == 13))
            borders = np.concatenate([[begun], place + marks, [place + len(piece)]])
            lengths = np.diff(borders)
            if lengths.max() > longest:
                longest, longest_at = int(lengths.max()), int(borders[lengths.argmax()])
            begun, place, last = int(borders[-2]), place + len(piece), piece[-1:]
    return Scan(utf8, not (returns == 0 or feeds == 0 or pairs == returns == feeds), longest, longest_at)


def _decodes(reader: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        reader.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def read_bytes(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        DataError: the file is missing, is a folder, cannot be read, or is empty.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; check the path.") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; choose a file in it.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None
    if not data.strip(b"\x00\x1a \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DataError(f"{path.name} is empty; choose a file that holds data.")
    return data


def decode(data: bytes, name: str) -> Decoded:
    """Find the encoding of `data` and decode it; `name` is for the message.

    Raises:
        DataError: the bytes are not text.
    """
    encoding = detect(data, name)
    try:
        return Decoded(data.decode(encoding), "utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        if encoding in ("utf-16", "utf-32", "utf-8-sig"):
            raise DataError(
                f"{name} starts like {encoding} but byte {error.start:,} does not fit it; "
                "the file is damaged, save it again as UTF-8."
            ) from None
        return Decoded(data.decode("latin-1"), "latin-1")


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
    if wide := _wide(data[:_SAMPLE]):
        return wide
    if is_binary(data):
        raise DataError(
            f"{name} is a binary file, not text; export it as CSV, Parquet, Excel or plain text and open that."
        )
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return _one_byte(data[:_SAMPLE])


def _one_byte(sample: bytes) -> str:
    """The likeliest encoding with a byte a letter; the western one wherever it gives the same letters, or where
    there are too few to tell and it gives words."""
    if sum(byte > 127 for byte in sample) < _FEW and _western(sample):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        return "latin-1"
    same = {best.encoding, *best.could_be_from_charset}
    return "cp1252" if same & {"cp1252", "latin_1"} else best.encoding


def _western(sample: bytes) -> bool:
    """Whether cp1252 makes words of the bytes: accented letters one or two at a time, capitals and signs in place."""
    try:
        text = f" {sample.decode('cp1252')} "
    except UnicodeDecodeError:
        return False
    for before, letter, after, second in zip(text, text[1:], text[2:], f"{text[3:]} ", strict=False):
        if letter.isascii():
            continue
        if not after.isascii() and not second.isascii():
            return False
        capital = letter.isupper() and before.islower()
        sign = not letter.isalpha() and after.isalpha() and letter not in _BEFORE_LETTERS
        if capital or sign:
            return False
    return True


def is_binary(data: bytes) -> bool:
    """Whether `data` holds bytes that no text in a one-byte encoding or UTF-8 has."""
    sample = data[:_SAMPLE]
    return b"\x00" in sample or len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 200


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of western text is 0."""
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.05 * half else ""
