"""How many there are, in words."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """``counted(1, "gap")`` is "1 gap", ``counted(2, "gap")`` "2 gaps"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
