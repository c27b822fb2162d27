"""Logs of web servers, as Apache and nginx write them by default: a row for each request."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

from engine.data.odd_rows import Rejected
from engine.data.temporary import temporary_file

_LOOKED_AT = 200  # lines
_MOST = 0.9  # share of lines that are requests
_NAMES = ("host", "user", "time", "method", "path", "status", "bytes", "referrer", "agent")
_REQUEST = re.compile(
    r'(\S+) \S+ (\S+) \[([^\]]+)\] "(?:([A-Z]+) (\S+)(?: [^"]*)?|[^"]*)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)".*)?'
)
_OTHER = "no request"


def requests(plain: Path) -> tuple[Path, tuple[Rejected, ...]] | None:
    """A copy with tabs, where nearly all of the first lines are requests; and lines that are none. None of others."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    if len(lines) < 2 or sum(bool(_REQUEST.fullmatch(line)) for line in lines) < _MOST * len(lines):
        return None
    outside = []
    with (
        temporary_file(".tsv") as target,
        plain.open(encoding="utf-8", errors="replace") as file,
    ):
        write = csv.writer(target, delimiter="\t", lineterminator="\n").writerow
        write(_NAMES)
        for number, line in enumerate(map(str.strip, file), 1):
            if found := _REQUEST.fullmatch(line):
                write(cell or "" for cell in found.groups())
            elif line:
                outside.append(Rejected(number, _OTHER, line))
    return Path(target.name), tuple(outside)
