"""What is said beside a score that rests on so few examples that it may be chance."""

from __future__ import annotations

from engine.wording.counting import counted

_FEW = 10  # examples below which a score says little
_NOUNS = {"series": "window", "text": "symbol", "pairs": "pair"}  # by the kind of data; of all others sequences


def on_few(kind: str, count: int) -> str:
    """As in "on 2 windows only"; empty of enough, and where nobody counted (0)."""
    return f"on {counted(count, _NOUNS.get(kind, 'sequence'))} only" if 0 < count < _FEW else ""


def caution(kind: str, count: int) -> str:
    """The sentence beside a score on so many examples, as in "Scored on 2 windows only: this may be chance."."""
    few = on_few(kind, count)
    return f"Scored {few}: this may be chance." if few else ""
