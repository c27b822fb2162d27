"""Shares as people read them."""

from __future__ import annotations

_ROUNDING = 1e-6  # of float32: by as much all may fall short of 1


def percent(share: float, decimals: int | None = 0) -> str:
    """A share in per cent, as in "80 %"; with None as many decimals as it has, as in "97.5 %".

    "0 %" is said of nothing and "100 %" of all: what only rounds to them gets a decimal, as in "0.4 %", or a bound.
    """
    sign, size = "−" if share < 0 else "", abs(share)
    number = f"{100 * size:g}" if decimals is None else f"{100 * size:.{decimals}f}"
    if 0 < size < 1 - _ROUNDING and float(number) in (0, 100):
        number = f"{100 * size:.1f}"
        number = {"0.0": "< 0.1", "100.0": "> 99.9"}.get(number, number)
    return f"{sign}{number} %"
