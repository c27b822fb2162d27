"""How numbers are written on axes, in keys and where they are read out."""

from __future__ import annotations

import re
from functools import lru_cache

_EXPONENT = re.compile(r"(?<=\d)e([+-])0*(?=\d)")
_NEGATIVE = re.compile(r"(?<![^\s(±])-(?=[\d.])")  # at the beginning of a number, not within a date or a name


def exponents(text: str) -> str:
    """Powers of ten in a text, short and with a true minus: 1e-07 as 1e−7, 1e+05 as 1e5."""
    return _EXPONENT.sub(lambda found: "e" if found[1] == "+" else "e−", text)


@lru_cache(256)  # the same words are asked for when they are laid out, painted and read out
def numerals(text: str) -> str:
    """The same of a text in which numbers may be negative, as in "unit 3 · −0.2"."""
    return _NEGATIVE.sub("−", exponents(text))


def numeral(text: str) -> str:
    """The same of a number alone."""
    return exponents(text).replace("-", "−")
