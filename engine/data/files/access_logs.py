"""Logs of web servers, as Apache and nginx write them by default: a row for each request."""

from __future__ import annotations

import re
from pathlib import Path

from engine.data.files.copies import Copied, Row, copied_by_line, first_lines
from engine.data.files.odd_rows import Rejected

_MOST = 0.9  # share of lines that are requests
_NAMES = ("host", "user", "time", "method", "path", "status", "bytes", "referrer", "agent")
_REQUEST = re.compile(
    r'(\S+) \S+ (\S+) \[([^\]]+)\] "(?:([A-Z]+) (\S+)(?: [^"]*)?|[^"]*)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)".*)?'
)
_OTHER = "no request"


def requests(plain: Path) -> Copied | None:
    """A copy with tabs, where nearly all of the first lines are requests; and lines that are none. None of others."""
    lines = [line.strip() for line in first_lines(plain) if line.strip()]
    if len(lines) < 2 or sum(bool(_REQUEST.fullmatch(line)) for line in lines) < _MOST * len(lines):
        return None
    return copied_by_line(plain, _cells, _NAMES)


def _cells(number: int, line: str) -> Row | None:
    if found := _REQUEST.fullmatch(line):
        return [cell or "" for cell in found.groups()]
    return Rejected(number, _OTHER, line) if line else None
