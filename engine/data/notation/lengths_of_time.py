"""How lengths of time are written: 1:23:45, 5:03, 2h 05m, PT5M, 1 days 02:03:04; and how many seconds they are.

Exported Python files hold this very text, so it imports nothing of the workbench.
"""

from __future__ import annotations

import re

WHOLE_CLOCK, DECIMALS = r"\d{1,5}:[0-5]?\d:[0-5]\d", r"([.,]\d+)?"
WITH_DAYS = rf"\d+ (days?|d|Tage?|jours?),? [-+]?\d\d?:\d\d(:\d\d{DECIMALS})?|\d+\.\d\d:\d\d:\d\d{DECIMALS}"
IN_ISO = rf"P(\d+D)?T(\d+{DECIMALS}[HMS])+"
UNIT = r"(d|h|m|s|(day|hour|minute)s?|hrs?|(min|sec|second)s?|tage?|jours?|std|stunden?|heures?|(minut|sekund)en)[.,]?"
PARTS = rf"\d+ ?{UNIT}( ?\d+{DECIMALS} ?{UNIT})+|\d+ ?h ?[0-5]\d"
CLOCK = r"[-+]?\d{1,4}:[0-5]\d"  # hours and minutes, or minutes and seconds
LASTS = rf"(?i)[-+]?({WHOLE_CLOCK}{DECIMALS}|\d{{1,4}}:[0-5]\d[.,]\d+|{WITH_DAYS})|{IN_ISO}|{PARTS}"
ALONE = rf"\d+{DECIMALS} ?{UNIT}"  # may be something else, as 5 m
ALIKE = (  # one after the other, until all are written in one way
    (r",(\d)", r".\1"),
    (r"^P(\d+D)?T", r"\1"),
    (r"^([-+]?\d+)\.(\d\d:\d\d:)", r"\1 d \2"),
    (r"^([-+]?)(\d+):(\d\d(\.\d+)?)$", r"\1\2 m \1\3 s"),
    (r" \+", " "),
    (r"(?i)^(\d+ ?h ?\d\d)$", r"\1 m"),
    (r"(?i)std|stunden?", "h"),
    (r"(?i)tage?|jours?", "d"),
    (r"(?i)([dhms])[^\W\d_]*[.,]?", r"\1 "),
)
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
PIECE = re.compile(r"(?i)([-+]?)(?:(\d+(?:\.\d+)?) ?([dhms])\b|(\d+):(\d\d?)(?::(\d\d?(?:\.\d+)?))?)")
MOST = 0.9  # of the cells of a column that are filled


def seconds(text: str) -> float:
    """How long that lasts, NaN where it is no length of time. Of a clock of two parts the first are minutes."""
    text = text.strip()
    if not re.fullmatch(f"{LASTS}|{CLOCK}|{ALONE}", text):
        return float("nan")
    for pattern, put in ALIKE:
        text = re.sub(pattern, put, text)
    total = 0.0
    for sign, number, unit, hours, minutes, rest in PIECE.findall(text):
        own = (
            float(number) * SECONDS[unit.lower()] if unit else int(hours) * 3600 + int(minutes) * 60 + float(rest or 0)
        )
        total += -own if sign == "-" else own
    return total


def are_lengths(cells: list[str]) -> bool:
    """Whether nearly all filled cells of a column are lengths of time, and some cannot be anything else."""
    some = any(re.fullmatch(f"{LASTS}|{CLOCK}", text.strip()) for text in cells)
    return some and sum(seconds(text) == seconds(text) for text in cells) >= MOST * len(cells)
