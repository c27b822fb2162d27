"""TOML from anywhere: the standard library's reader, kept from names that would take it hours."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_ENDLESS = re.compile(
    rf"""(?<![\w"'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{40}}"""
)  # the reader's time grows with its square


def read_toml(text: str) -> dict[str, Any]:
    """The tables in a text.

    Raises:
        ValueError: not TOML, a name of more than forty parts, or a number of thousands of digits.
    """
    if found := _ENDLESS.search(text):
        raise ValueError(f"a name of more than forty parts: {found.group()[:40]}…")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:  # brackets of thousands of levels
        raise ValueError("brackets that are too deep") from error
    except ValueError as error:
        raise ValueError("a number of thousands of digits") from error
