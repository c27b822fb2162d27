"""SQL of the seconds in lengths of time."""

from __future__ import annotations

from engine.data.notation.lengths_of_time import ALIKE, ALONE, CLOCK, LASTS
from engine.data.notation.quoting import literal


def seconds_sql(cell: str) -> str:
    """SQL of the seconds in a text cell, NULL where it is no length of time.

    Of a clock of two parts they are minutes, if these are hours and minutes.
    """
    text = f"trim({cell})"
    for pattern, put in ALIKE:  # until the database takes it for an interval
        text = f"regexp_replace({text}, {literal(_of_letters(pattern))}, {literal(put)}, 'g')"
    known = f"regexp_full_match(trim({cell}), {literal(f'{LASTS}|{CLOCK}|{ALONE}')})"
    return f"CASE WHEN {known} THEN epoch(TRY_CAST({text} AS INTERVAL)) END"


def _of_letters(pattern: str) -> str:
    """A pattern of Python as the database takes it."""
    return pattern.replace(r"[^\W\d_]", r"\pL")
