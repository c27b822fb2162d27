"""How lengths of time are written: 1:23:45, 5:03, 2h 05m, PT5M, 1 days 02:03:04."""

from __future__ import annotations

from engine.data.notation.quoting import literal

_WHOLE, _DECIMALS = r"\d{1,5}:[0-5]?\d:[0-5]\d", r"([.,]\d+)?"
_DAYS = rf"\d+ (days?|d|Tage?|jours?),? [-+]?\d\d?:\d\d(:\d\d{_DECIMALS})?|\d+\.\d\d:\d\d:\d\d{_DECIMALS}"
_ISO = rf"P(\d+D)?T(\d+{_DECIMALS}[HMS])+"
_UNIT = r"(d|h|m|s|(day|hour|minute)s?|hrs?|(min|sec|second)s?|tage?|jours?|std|stunden?|heures?|(minut|sekund)en)[.,]?"
_PARTS = rf"\d+ ?{_UNIT}( ?\d+{_DECIMALS} ?{_UNIT})+|\d+ ?h ?[0-5]\d"
CLOCK = r"[-+]?\d{1,4}:[0-5]\d"  # hours and minutes, or minutes and seconds
LASTS = rf"(?i)[-+]?({_WHOLE}{_DECIMALS}|\d{{1,4}}:[0-5]\d[.,]\d+|{_DAYS})|{_ISO}|{_PARTS}"
ALONE = rf"(?i)\d+{_DECIMALS} ?{_UNIT}"  # may be something else, as 5 m
_ALIKE = (  # one after the other, until the database takes it for an interval
    (r",(\d)", r".\1"),
    (r"^P(\d+D)?T", r"\1"),
    (r"^([-+]?\d+)\.(\d\d:\d\d:)", r"\1 d \2"),
    (r"^([-+]?)(\d+):(\d\d(\.\d+)?)$", r"\1\2 m \1\3 s"),
    (r" \+", " "),
    (r"(?i)^(\d+ ?h ?\d\d)$", r"\1 m"),
    (r"(?i)std|stunden?", "h"),
    (r"(?i)tage?|jours?", "d"),
    (r"(?i)([dhms])\pL*[.,]?", r"\1 "),
)


def seconds_sql(cell: str) -> str:
    """SQL of the seconds in a text cell, NULL where it is no length of time.

    Of a clock of two parts they are minutes, if these are hours and minutes.
    """
    text = f"trim({cell})"
    for pattern, put in _ALIKE:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(put)}, 'g')"
    known = f"regexp_full_match(trim({cell}), {literal(f'{LASTS}|{CLOCK}|{ALONE}')})"
    return f"CASE WHEN {known} THEN epoch(TRY_CAST({text} AS INTERVAL)) END"
