"""Names of columns, series and classes as they can stand in the remarks of a program, whatever they hold."""

from __future__ import annotations

import re
import textwrap

_WIDTH = 114  # of a line of a C comment


def comment(text: str) -> str:
    """Text as it can stand in a comment of C: no end of it, no trigraph, no line that goes on."""
    text = _visible(text).replace("*/", "* /").replace("/*", "/ *")
    return re.sub(r"\\(?=\s*(\n|$))", "/", re.sub(r"\?(?=\?)", "? ", text))


def block(text: str) -> str:
    """Text as a comment of C, in lines of a width that can be read."""
    lines = textwrap.wrap(comment(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "/* " + "\n * ".join(lines) + " */"


def harmless(text: str) -> str:
    """Text as it can stand in a docstring of Python, on one line."""
    return " ".join(_visible(text).replace("\\", "/").replace('"', "'").split())


def _visible(text: str) -> str:
    """Letters that control how others are shown, and those that are none, as the numbers that JSON writes for them."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else " " if letter.isspace() else f"\\u{ord(letter):04x}"
        for letter in text
    )
