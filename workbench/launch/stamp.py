"""What an environment holds, written inside it: nothing while it is being made, the hashes of the locks at the end."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

NAME = "rnn-workbench.json"


@dataclass(frozen=True, slots=True)
class Stamp:
    """`base` is the interpreter the environment was made with, `locks` the SHA-256 of each installed lock by name.

    A stamp without locks marks a set-up that has not come to its end.
    """

    base: str = ""
    locks: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> Stamp:
    """The stamp in an environment; an empty one where there is none or none that can be read."""
    try:
        values = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Stamp(str(values["base"]), dict(values["locks"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Stamp()


def write(folder: Path, stamp: Stamp) -> None:
    """Put a stamp in place in one move, after everything before it has reached the disk."""
    fresh = folder / f"{NAME}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(stamp), indent=1), encoding="utf-8")
    if hasattr(os, "sync"):
        os.sync()
    os.replace(fresh, folder / NAME)


def lock_hash(lock: Path) -> str:
    """SHA-256 of a lock file, the same whatever line ends Git gave it."""
    return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
