"""`contest.json` in a run folder: the race or sweep that the run belongs to."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTEST = "contest.json"
_LARGEST, _LONGEST = 100_000, 10_000  # bytes of a file that is looked at; letters of its words


@dataclass(frozen=True, slots=True)
class Membership:
    """What a run says of the race or sweep that it was made for; runs of one `kind` that `began` at once are one's."""

    kind: str  # "race" or "sweep"
    began: float  # seconds since 1970, when the first of them did
    title: str  # of the whole, as in "Race of 6 cells"
    runs: int  # of the whole, as it was set up
    cell: str
    entrant: str  # what tells this one from others of its cell and seed: a strategy, or the values of what varies
    seed: int

    @property
    def key(self) -> tuple[str, float]:
        """What its runs have in common, and no others."""
        return self.kind, self.began

    def text(self) -> str:
        """What the file holds."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Its fields, by name."""
        return dataclasses.asdict(self)


def read_membership(folder: Path) -> dict[str, Any] | None:
    """The fields of what a run folder says; None where it says nothing, or nothing that makes sense."""
    path = folder / CONTEST
    with suppress(OSError, ValueError, RecursionError):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            found = membership(json.loads(path.read_text(encoding="utf-8")))
            return found.to_dict() if found else None
    return None


def membership(fields: Any) -> Membership | None:
    """What these fields say; None where they make no sense."""
    if not isinstance(fields, Mapping):
        return None
    values: dict[str, Any] = {field.name: fields.get(field.name) for field in dataclasses.fields(Membership)}
    words, whole = (values[name] for name in ("kind", "title", "cell", "entrant")), (values["runs"], values["seed"])
    began = values["began"]
    plain = all(isinstance(word, str) and len(word) <= _LONGEST for word in words)
    plain = plain and all(type(number) is int and 0 <= number < 2**63 for number in whole)
    if not plain or type(began) not in (int, float) or not math.isfinite(began):
        return None
    return Membership(**{**values, "began": float(began)})
