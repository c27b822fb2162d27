"""Shares as people read them."""

from __future__ import annotations


def percent(share: float, decimals: int | None = 0) -> str:
    """A share in per cent, as in "80 %"; with None as many decimals as it has, as in "97.5 %"."""
    number = f"{100 * share:g}" if decimals is None else f"{100 * share:.{decimals}f}"
    return f"{number} %"
