"""How numbers are written on axes and in keys."""

from __future__ import annotations

import re

_EXPONENT = re.compile(r"(?<=\d)e([+-])0*(?=\d)")


def exponents(text: str) -> str:
    """Powers of ten in a text, short and with a true minus: 1e-07 as 1e−7, 1e+05 as 1e5."""
    return _EXPONENT.sub(lambda found: "e" if found[1] == "+" else "e−", text)


def numeral(text: str) -> str:
    """The same of a number alone, which may be negative itself."""
    return exponents(text).replace("-", "−")
