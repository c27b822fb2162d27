"""Years that are not counted from the birth of Christ: of Thailand, Japan and Taiwan."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.data.notation.quoting import literal

ERA = "years of another era, "  # before the form that is left
_DAY = r"[./-]\d{1,2}[./-]\d{1,2}"
_ERAS = (  # how a year is written, and what is to be added to it
    (rf"(?:令和(元|\d{{1,2}})年|^R\.?(\d{{1,2}}){_DAY})", 2018),
    (rf"(?:平成(元|\d{{1,2}})年|^H\.?(\d{{1,2}}){_DAY})", 1988),
    (rf"(?:昭和(元|\d{{1,2}})年|^S\.?(\d{{1,2}}){_DAY})", 1925),
    (rf"(?:民[國国](元|\d{{1,3}})年|^(\d{{3}}){_DAY})", 1911),
    (r"(?:^|\D)()(2[4-6]\d\d)(?:\D|$)", -543),
)
_NAMES = r"令和|平成|昭和|(中華)?民[國国]|^[RHS]\.?"
_BUDDHIST = 2443  # in which our twentieth century begins


def of_other_eras(cells: Sequence[str]) -> bool:
    """Whether the year of each cell is counted otherwise; years to come are none of these."""
    return all(map(_is_other, cells))


def _is_other(cell: str) -> bool:
    found = next((match for pattern, _ in _ERAS if (match := re.search(pattern, cell))), None)
    year = (found[1] or found[2]) if found else ""
    return bool(year) and not (len(year) == 4 and int(year) < _BUDDHIST)


def era_sql(text: str) -> str:
    """SQL of a date with its year as we count it."""
    found, bare = text, f"regexp_replace({text}, {literal(_NAMES)}, '')"
    for pattern, more in reversed(_ERAS):
        number = "".join(f"regexp_extract({text}, {literal(pattern)}, {group}) || " for group in (1, 2)) + "''"
        year = f"CAST(TRY_CAST(replace({number}, '元', '1') AS INTEGER) + {more} AS VARCHAR)"
        place = literal(r"2[4-6]\d\d" if more < 0 else r"^(元|\d+)")
        found = f"CASE WHEN {number} <> '' THEN regexp_replace({bare}, {place}, {year}) ELSE {found} END"
    return found
