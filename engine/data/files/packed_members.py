"""What is in an archive, and which of it is the data."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from engine.data.errors import DataError, nearest
from engine.data.files.folders import SUFFIXES, named

PIECE = 1 << 20  # bytes that come out at a time
_MEMORY = 256 << 20  # bytes that a file of xz may ask for
_INNER = {".gz": "", ".gzip": "", ".bz2": "", ".xz": "", ".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}
_DAMAGED = (EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)
_JUNK = re.compile(r"(^|.*/)(\.[^/]*|__MACOSX/.*|Thumbs\.db|desktop\.ini)", re.DOTALL)  # what systems leave behind
_ABOUT = re.compile(  # names of what tells of the data
    r"(read.?me|licen[cs]e|copying|metadata|change.?log|about|description|documentation|codebook|index|notes)([\W_].*)?"
    r"|.*\.(md|pdf|html?|names|rtf|docx?|xml|png|jpe?g|svg|py|r|ipynb|url)",
    re.IGNORECASE | re.DOTALL,
)
_TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".json", ".xlsx", ".xls", ".ods", ".arff")
_WORDS = (".txt", ".info")  # of what may stand beside a table
_DOCUMENTS = ("word/document.xml", "ppt/presentation.xml", "content.xml")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    name: str  # with its folders
    size: int  # bytes that come out, as the archive says
    pieces: Callable[[], Iterator[bytes]]


Members = Sequence[Member]


@contextmanager
def members_of(path: Path, what: str) -> Iterator[Members]:
    """The files in an archive, or the one that was compressed; they can be read within the ``with`` block.

    Args:
        path: Of the archive.
        what: It is, as `packed` says.

    Raises:
        DataError: it is damaged, protected, or a document.
    """
    try:
        if what == "ZIP":
            with zipfile.ZipFile(path) as archive:
                yield _of_zip(path.name, archive)
        elif what == "tar":
            with tarfile.open(path, "r:") as tape:
                yield _of_tar(tape)
        else:
            yield [Member(inner_name(path), 0, partial(_STREAMS[what], path))]
    except _DAMAGED as error:
        raise DataError(
            f"{path.name} begins like {what} but cannot be unpacked ({str(error).strip('.') or 'damaged'}); fetch it "
            "again, or unpack it and open what is in it."
        ) from None


def inner_name(path: Path) -> str:
    """The name of what was compressed."""
    suffix = path.suffix.lower()
    return f"{path.stem}{_INNER[suffix]}" if suffix in _INNER else path.name


def chosen(path: Path, members: Members, wanted: str) -> Members:
    """The one that is `wanted` or is the data, or all where each is a sequence of a class; of several the largest.

    Raises:
        DataError: there is none, or none of that name.
    """
    data = [member for member in members if member.name == wanted] or candidates(members)
    if not data:
        raise DataError(f"{path.name} has no file in it; choose one that holds data.")
    meant = data if len(data) == 1 else _beside_words(data) or (() if wanted else _sequences(data))
    if meant:
        return meant
    if wanted:
        raise DataError(
            f"{path.name} has no file {wanted!r} in it; {nearest(wanted, [member.name for member in data])}"
        )
    return [max(data, key=lambda member: member.size)]


def candidates(members: Members) -> Members:
    """Those that may be the data, by their names."""
    return [member for member in members if not _ABOUT.fullmatch(PurePosixPath(member.name).name)] or members


def _beside_words(data: Members) -> Members:
    """The one table, where all others are called texts."""
    tables = [member for member in data if PurePosixPath(member.name).suffix.lower() in _TABLES]
    others = {PurePosixPath(member.name).suffix.lower() for member in data if member not in tables}
    return tables if len(tables) == 1 and others.issubset(_WORDS) else ()


def _sequences(data: Members) -> Members:
    """All of them, where they are of one kind, and their folders or names say a class each."""
    paths = [Path(member.name) for member in data]
    if len({path.suffix.lower() for path in paths}) > 1 or paths[0].suffix.lower() not in SUFFIXES:
        return ()
    try:
        named(common_folder(data), tuple(paths))
    except DataError:
        return ()
    return data


def common_folder(members: Members) -> Path:
    """The folder in an archive that all of these are in."""
    return Path(os.path.commonpath([str(PurePosixPath(member.name).parent) for member in members]))


def _of_zip(name: str, archive: zipfile.ZipFile) -> Members:
    infos = [info for info in archive.infolist() if _kept(info.filename) and not info.is_dir()]
    if any(info.filename in _DOCUMENTS for info in infos):
        raise DataError(f"{name} is a document of an office program, not a table; save it as CSV or plain text.")
    if any(info.flag_bits & 1 for info in infos):
        raise DataError(f"{name} is a ZIP archive under a password; unpack it and open what is in it.")
    return [
        Member(_relative(info.filename), info.file_size, partial(_read, partial(archive.open, info))) for info in infos
    ]


def _of_tar(tape: tarfile.TarFile) -> Members:
    infos = [info for info in tape if info.isfile() and _kept(info.name)]
    return [Member(_relative(info.name), info.size, partial(_read, partial(tape.extractfile, info))) for info in infos]


def _relative(name: str) -> str:
    """A name from the archive on, which some give from the root of a disk on."""
    return name.lstrip("/") or name


def _kept(name: str) -> bool:
    return name != "" and _JUNK.fullmatch(name) is None


def _read(open_it: Callable[[], Any]) -> Iterator[bytes]:
    with open_it() as file:
        yield from iter(partial(file.read, PIECE), b"")


def _read_xz(path: Path) -> Iterator[bytes]:
    """What the library's own reader does, but with a bound on what a file may ask of memory."""
    with path.open("rb") as file:
        while data := file.read(PIECE).lstrip(b"\x00"):  # which may stand between two streams
            reader = lzma.LZMADecompressor(memlimit=_MEMORY)
            while not reader.eof:
                yield reader.decompress(data, PIECE)
                data = file.read(PIECE) if reader.needs_input else b""
                if reader.needs_input and not data:
                    raise EOFError("it ends before its end")
            file.seek(-len(reader.unused_data), os.SEEK_CUR)


_STREAMS: dict[str, Callable[[Path], Iterator[bytes]]] = {
    "gzip": lambda path: _read(partial(gzip.open, path)),
    "bzip2": lambda path: _read(partial(bz2.open, path)),
    "xz": _read_xz,
}
