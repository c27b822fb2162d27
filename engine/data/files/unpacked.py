"""What came out of an archive; that of the last one is kept while its file stays the same, since each look opens it."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from engine.data.files.temporary import goes_with_process

_MOST_KEPT = 1 << 30  # bytes

State = tuple[Path, str, int, int, int]  # of a file, and what was asked of it


@dataclass(slots=True)
class Unpacked:
    """What came out of a file, or the file itself where it is not packed."""

    path: Path  # a file, or a folder with a file for each sequence
    sheet: str  # that is still to be chosen of it
    member: str = ""  # that was chosen of an archive of several
    members: tuple[str, ...] = ()  # of such an archive, all that may be chosen
    notes: tuple[str, ...] = ()
    folder: Path | None = None  # of this process, which holds it

    def close(self) -> None:
        """Remove what came out, unless it is kept or still used elsewhere."""
        folder, self.folder = self.folder, None
        if folder is not None:
            _let_go(folder)


_lock = threading.Lock()
_used: Counter[Path] = Counter()  # folders, by how often what is in them is open
_last: dict[State, Unpacked] = {}  # at most one


def state_of(path: Path, sheet: str) -> State | None:
    """A file as it is now, and what is asked of it; None where it has gone."""
    try:
        now = path.stat()
    except OSError:
        return None
    return path.resolve(), sheet, now.st_ino, now.st_size, now.st_mtime_ns


def kept(state: State | None) -> Unpacked | None:
    """What came out of the same file last, if the same was asked for; to be closed as any other."""
    with _lock:
        found = _last.get(state) if state else None
        if found is None or found.folder is None or not found.path.exists():
            return None
        _used[found.folder] += 1
        return replace(found)


def keep(state: State | None, found: Unpacked) -> Unpacked:
    """Keep what came out in the place of what came out before, if it is not too much."""
    folder = found.folder
    if state is None or folder is None or not goes_with_process(folder):
        return found
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    with _lock:
        _used[folder] += 1
        before = [own.folder for own in _last.values() if own.folder and not _used[own.folder]]
        _last.clear()
        if size <= _MOST_KEPT:
            _last[state] = replace(found)
    for unused in before:
        shutil.rmtree(unused, ignore_errors=True)
    return found


def _let_go(folder: Path) -> None:
    with _lock:
        _used[folder] -= 1
        if _used[folder] > 0 or any(own.folder == folder for own in _last.values()):
            return
        del _used[folder]
    shutil.rmtree(folder, ignore_errors=True)
