"""Compressed files and archives, told by their first bytes, unpacked into a folder of this process.

How much may come out is bounded by what goes in, so that a few bytes made to unpack without end are refused in time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from engine.data.errors import DataError
from engine.data.files.excel import EXCEL
from engine.data.files.formats import is_workbook, refuse_special
from engine.data.files.packed_members import Member, Members, candidates, chosen, common_folder, inner_name, members_of
from engine.data.files.temporary import temporary_folder
from engine.data.files.unpacked import Unpacked, keep, kept, state_of
from engine.data.under_way import breakable

_LEAST, _TIMES, _MOST = 256 << 20, 200, 8 << 30  # bytes that may come out: so many, times what goes in, at most
_SPARED = 1 << 30  # bytes left free on the disk
_DEEPEST = 3  # archives within archives
_HEAD = 512  # bytes that tell what a file is
_STREAMS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_ZIP, _TAR, _TAR_AT = (b"PK\x03\x04", b"PK\x05\x06"), b"ustar", 257


def packed(path: Path) -> str:
    """What a file is packed with, by its first bytes: "gzip", "ZIP" and such; "" where it is not, as for workbooks.

    Raises:
        DataError: it is a pipe or a device.
    """
    refuse_special(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""  # whoever opens it says what is wrong
    if head.startswith(_ZIP):
        return "" if is_workbook(path, head) or path.suffix.lower() in EXCEL else "ZIP"
    if head[_TAR_AT:].startswith(_TAR):
        return "tar"
    return next((what for mark, what in _STREAMS.items() if head.startswith(mark)), "")


def name_within(path: Path, sheet: str) -> str:
    """The name that what is in a file has, or its own where it is not packed; "" where that is a folder.

    Raises:
        DataError: as `unpack` does.
    """
    what = packed(path)
    if what == "ZIP":
        with members_of(path, what) as members:
            taken = chosen(path, members, sheet)
            return taken[0].name if len(taken) == 1 else ""
    if what and (what == "tar" or inner_name(path).endswith(".tar")):
        with unpacked(path, sheet) as inner:
            return "" if inner.path.is_dir() else inner.path.name
    return inner_name(path) if what else path.name


@contextmanager
def unpacked(path: Path, sheet: str = "") -> Iterator[Unpacked]:
    """What is in a file, for as long as the ``with`` block takes.

    Raises:
        DataError: as `unpack` does.
    """
    found = unpack(path, sheet)
    try:
        yield found
    finally:
        found.close()


def unpack(path: Path, sheet: str = "") -> Unpacked:
    """What is in a file; `sheet` may name one of several, or a sheet of a workbook in it.

    Raises:
        DataError: it is damaged or protected, unpacks to far too much, or does not hold what `sheet` names.
    """
    found, what = Unpacked(path, sheet), packed(path)
    if not what:
        return found
    state = state_of(path, sheet)
    if again := kept(state):
        return again
    found.folder = temporary_folder()
    try:
        limit = _limit(path, found.folder)
        for depth in range(_DEEPEST):
            _unpack(found, what, found.folder / str(depth), limit)
            if found.path.is_dir() or not (what := packed(found.path)):
                return keep(state, found)
        raise DataError(f"{path.name} is an archive of archives of archives; unpack it and open what is in it.")
    except BaseException:
        found.close()
        raise


def _unpack(found: Unpacked, what: str, folder: Path, limit: int) -> None:
    """Go one archive further in."""
    outer = found.path
    with members_of(outer, what) as members:
        taken = chosen(outer, members, found.sheet)
        common = common_folder(taken)
        for member in taken:
            target = folder / _inside(PurePosixPath(member.name).relative_to(common))
            limit -= _written(member, target, limit, outer.name)
        found.path = folder if len(taken) > 1 else target
        found.notes += (_note(what, taken, members),)
        found.sheet = "" if found.sheet == taken[0].name else found.sheet
        if len(taken) == 1 and len(data := candidates(members)) > 1:
            found.members, found.member = tuple(member.name for member in data), taken[0].name


def _inside(name: PurePosixPath) -> Path:
    """A path within a folder, whatever an archive says."""
    return Path(*(part for part in name.parts if part not in ("..", name.anchor)))


def _written(member: Member, target: Path, limit: int, name: str) -> int:
    """Bytes of a member that were written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with breakable() as check, target.open("wb") as file:
        for piece in member.pieces():
            check()
            size += file.write(piece)
            if size > limit:
                raise DataError(
                    f"{name} unpacks to far more than it takes itself, or than there is room for; unpack it, look at "
                    "what is in it, and open that."
                )
    return size


def _limit(path: Path, folder: Path) -> int:
    """Bytes that may come out of a file."""
    free = shutil.disk_usage(folder).free - _SPARED
    return min(max(_LEAST, _TIMES * path.stat().st_size), _MOST, free)


def _note(what: str, taken: Members, members: Members) -> str:
    if len(taken) > 1:
        return f"unpacked: {len(taken):,} files out of {what}"
    others = [member.name for member in members if member is not taken[0]]
    beside = f"; beside it: {', '.join(others[:3])}{' and more' if len(others) > 3 else ''}" if others else ""
    choice = "; set data.sheet to the name of another" if len(candidates(members)) > 1 else ""
    return f"unpacked: {taken[0].name} out of {what}{beside}{choice}"
