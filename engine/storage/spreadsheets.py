"""Text that a spreadsheet takes for text. Exported Python files hold this very text, so it imports nothing else."""

from __future__ import annotations

import re

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")  # some take wide letters too
_PLAIN_NUMBER = re.compile(r"[+-]\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)


def safe_text(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula; a number is none."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text) else text
