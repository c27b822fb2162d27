"""What the runs of a race or a sweep that are kept say of it. Quick to import."""

from __future__ import annotations

from collections.abc import Sequence

from engine.comparing.race_messages import STRATEGIES, Entrant, value_words
from engine.config import field_info
from engine.storage.contest_file import Membership
from engine.wording.counting import counted

_FIXED, _ENTRIES, _SAVES = 24_000, 4 * (1 + 4), 4 * 4  # bytes of a run folder: of any; a parameter; in the save before


def memberships(field: Sequence[Entrant], began: float) -> list[Membership]:
    """What each run says; `began` is in seconds since 1970."""
    kind = "sweep" if any(entrant.settings for entrant in field) else "race"
    title = _title(field)
    return [
        Membership(kind, began, title, len(field), entrant.cell, _told_apart(entrant), entrant.seed)
        for entrant in field
    ]


def bytes_kept(runs: int, parameters: int) -> int:
    """About how much room so many runs of networks of this size take at most, with two checkpoints each."""
    return runs * (_FIXED + parameters * (_ENTRIES + _SAVES))


def _told_apart(entrant: Entrant) -> str:
    values = " · ".join(value_words(value) for _, value in entrant.settings)  # of what the title names
    return values or STRATEGIES.get(entrant.strategy, "")


def _title(field: Sequence[Entrant]) -> str:
    """As in "Race of 2 cells, 3 strategies", or "Sweep of learning rate, hidden units"."""
    if field and field[0].settings:
        return f"Sweep of {', '.join(field_info(*name.split('.')).label.lower() for name, _ in field[0].settings)}"
    cells, strategies = ({getattr(entrant, name) for entrant in field} - {""} for name in ("cell", "strategy"))
    parts = [counted(len(cells), "cell"), counted(len(strategies), "strategy", "strategies") if strategies else ""]
    return f"Race of {', '.join(filter(None, parts))}"
