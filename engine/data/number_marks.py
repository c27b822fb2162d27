"""What stands beside all numbers of a column: a unit ("12.1 °C"), a currency ("CHF 12"), or K and M for thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.data.numbers import SPACES, number_sql

LOOKS = 6  # figures of a look
_LONGEST = 64  # letters of a cell that are looked at
SHARE = 0.9  # of the cells that are filled, and written alike
_UNIT = re.compile(r"#(;|[^\d\s.,;:()+−#-][^\d.,;:()+−#]{0,11}[23]?)")  # no digit but the last, as in m2
_CURRENCY = re.compile(
    r"(R\$|US\$|kr\.?|Fr\.?|Rs\.?|EUR|USD|GBP|CHF|JPY|CNY|INR|BRL|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|AUD|CAD|NZD|MXN|ZAR|KRW)\s*#"
)
_NUMBER = rf"[-+−]?\d[\d.,''’{SPACES}]*"
_TIMES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_LETTERS = "".join(_TIMES)


_FLAG = "[bcdefinprsuz]{1,3}"  # provisional, estimated, a break …: as Eurostat writes them
_FLAGS_TO_PLAIN = 4  # flagged numbers for each plain one at most: of 3 s and 5 d, with none plain, letters are units
_FLAGGED = rf"{_NUMBER}\s+{_FLAG}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is taken away from a column's cells before they are numbers; both empty for flags, K, M, B and T."""

    before: str
    behind: str
    flags: bool = False  # small letters behind some of the numbers, and no marks

    @property
    def words(self) -> str:
        """For a person."""
        if self.flags:
            return "small letters behind some of its numbers, as p or e, are taken for flags and left out"
        if mark := self.before or self.behind:
            return f"{mark!r} beside its numbers is left out"
        return "K, M, B and T behind its numbers are taken for thousands, millions, billions and trillions"

    def number(self, cell: str, decimal: str) -> str:
        """SQL that reads a text cell as DOUBLE, NULL where it is no number."""
        if self.flags:
            bare = f"regexp_replace({cell}, '^(.*\\d)\\s+{_FLAG}\\s*$', '\\1')"
            return number_sql(f"({bare})", decimal)
        if mark := self.before or self.behind:
            text = "'" + mark.replace("'", "''") + "'"
            cut = f"trim({cell}, ' ')"
            holds = f"starts_with({cut}, {text})" if self.before else f"ends_with({cut}, {text})"
            rest = f"substr({cut}, {len(mark) + 1})" if self.before else f"left({cut}, -{len(mark)})"
            return number_sql(f"(CASE WHEN {holds} THEN {rest} ELSE {cell} END)", decimal)
        last = f"right(rtrim({cell}), 1)"
        times = " ".join(f"WHEN '{letter}' THEN {factor}" for letter, factor in _TIMES.items())
        bare = f"CASE WHEN contains('{_LETTERS}', {last}) THEN left(rtrim({cell}), -1) ELSE {cell} END"
        return f"{number_sql(f'({bare})', decimal)} * CASE {last} {times} ELSE 1 END"


def look_sql(cell: str) -> str:
    """SQL of the figures that `mark_of` takes."""
    text = f"left(trim({cell}), {_LONGEST})"
    left = f"regexp_replace({text}, '{_NUMBER}', '#')"
    return (
        f"count(nullif(trim({cell}), '')), coalesce(list_max(map_values(histogram({left}))), 0), mode({left}), "
        f"count(*) FILTER (regexp_full_match({text}, '{_NUMBER}[{_LETTERS}]?')), "
        f"count(*) FILTER (regexp_full_match({text}, '{_FLAGGED}')), "
        f"count(*) FILTER (regexp_full_match({text}, '{_NUMBER}|:(\\s+{_FLAG})?'))"
    )


def mark_of(filled: int, alike: int, left: str | None, short: int, flagged: int, plain: int) -> Mark | None:
    """What stands beside the numbers of a column; None where nothing does, or not the same beside most of them.

    Args:
        filled: Cells that hold something.
        alike: Those in which the commonest of all marks stands beside a number.
        left: What is left of these with # in the number's place.
        short: Cells that are numbers, if K, M and such may stand behind them.
        flagged: Numbers with a small letter or two behind them.
        plain: Numbers with nothing behind them, and cells that say that there is none.
    """
    if not left:
        return None
    if left[1:] in _TIMES and short >= SHARE * filled:
        return Mark("", "")
    unit, currency = _UNIT.fullmatch(left), _CURRENCY.fullmatch(left)
    if (unit or currency) and alike >= SHARE * filled:
        return Mark("", unit[1].strip()) if unit else Mark(currency[1], "") if currency else None
    flags = 0 < flagged <= _FLAGS_TO_PLAIN * plain and flagged + plain >= SHARE * filled
    return Mark("", "", flags=True) if flags else None
