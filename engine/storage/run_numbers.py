"""Which number each run in a folder of runs has: given once, never to another run, and kept beside them.

A person who wrote "compare with run 7" finds that run under 7 for as long as its folder keeps its name. The file is for
programs; where it is lost or cannot be written, runs are numbered by their age again, and nothing else is lost, so
nobody waits until it is on the disk.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.storage.atomic import write_atomically

NAME = ".numbers.json"
_LONGEST = 100_000_000  # bytes of a file that is looked at
_HIGHEST = 1_000_000_000
_log = logging.getLogger(__name__)


def numbers_of(runs: Path, names: Sequence[str]) -> list[int]:
    """The numbers of runs in the folder `runs`; those that have none yet get the next ones, in their order."""
    kept = _read(runs)
    last = max(kept.values(), default=0)
    new = [name for name in names if name not in kept]
    given = {name: last + place for place, name in enumerate(new, 1)}
    if given:
        _write(runs, kept | given)
    return [kept.get(name) or given[name] for name in names]


def new_number(folder: Path, above: int = 0) -> int:
    """The number of a run that begins in `folder`: beyond those of all runs beside it so far, and beyond `above`."""
    kept = _read(folder.parent)
    number = 1 + max(above, *kept.values(), 0)
    _write(folder.parent, kept | {folder.name: number})
    return number


def keep_numbers(runs: Path, numbers: Mapping[str, int]) -> None:
    """Runs that came to the folder `runs` have these numbers there too."""
    if numbers:
        _write(runs, _read(runs) | dict(numbers))


def _read(runs: Path) -> dict[str, int]:
    path = runs / NAME
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST:
            return {}
        held = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("the numbers of runs are given anew: %s", error)
        return {}
    return {name: number for name, number in held.items() if _is_number(number)} if isinstance(held, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _HIGHEST


def _write(runs: Path, numbers: Mapping[str, int]) -> None:
    try:
        runs.mkdir(parents=True, exist_ok=True)
        write_atomically(runs / NAME, json.dumps(numbers).encode(), wait=False)
    except OSError as error:
        _log.info("the numbers of runs are not kept: %s", error)
