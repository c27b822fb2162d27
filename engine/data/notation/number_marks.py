"""What stands beside the numbers of a column: a unit ("12.1 °C"), a currency, K for thousands, an interval, a flag."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.data.notation.durations import seconds_sql
from engine.data.notation.lengths_of_time import ALONE, CLOCK, LASTS
from engine.data.notation.numbers import NO_VALUE, SPACES, number_sql
from engine.data.notation.quoting import literal

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
_ASIDE = {  # what may stand beside some or all numbers of a column, and what is said of it
    rf"({_NUMBER})\s+{_FLAG}": "small letters behind some of its numbers, as p or e, are taken for flags and left out",
    rf"({_NUMBER})\s*(?:\[[^\[\]]*\]|\([^()]*\d[^()]*\)|(?:±|\+/-).*)": (
        "what is in brackets or behind ± beside its numbers, as an interval, is left out"
    ),
    rf"[<>≤≥]\s*({_NUMBER})": "< and > before some of its numbers are left out: each is taken for its bound",
    r"([-+]?\d{4,6}),\w": "the mark of quality behind the comma of each of its numbers is left out",
}
_PLAIN = rf"{_NUMBER}|:(?:\s+{_FLAG})?"
_PADDED = r"[-+]?(0\d{3,5}|9{4,6}),\w"
_TIME = (CLOCK, LASTS, f"{LASTS}|{CLOCK}|{ALONE}")
_IN_SECONDS = "lengths of time are read as seconds"
_OF_CLOCKS = "clocks are read as 60 times the first number plus the second, so that 5:03 is 303"
LOOKS = 6 + len(_ASIDE) + len(_TIME)  # figures of a look


@dataclass(frozen=True, slots=True)
class Mark:
    """What is taken away from a column's cells before they are numbers; all empty for K, M, B and T."""

    before: str = ""
    behind: str = ""
    aside: str = ""  # a pattern of a cell, with its number
    lasts: str = ""  # what is said of lengths of time

    @property
    def words(self) -> str:
        """For a person."""
        if self.lasts:
            return self.lasts
        if self.aside:
            return _ASIDE[self.aside]
        if mark := self.before or self.behind:
            return f"{mark!r} beside its numbers is left out"
        return "K, M, B and T behind its numbers are taken for thousands, millions, billions and trillions"

    def number(self, cell: str, decimal: str) -> str:
        """SQL that reads a text cell as DOUBLE, NULL where it is no number."""
        if self.lasts:
            return seconds_sql(cell)
        if self.aside:
            pattern = rf"^\s*{self.aside}\s*$"
            bare = f"regexp_replace({cell}, {literal(pattern)}, '\\1')"
            return number_sql(f"({bare})", decimal)
        if mark := self.before or self.behind:
            text = literal(mark)
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
    left = f"regexp_replace({text}, {literal(_NUMBER)}, '#')"
    filled = f"trim({cell}) NOT IN ({', '.join(map(literal, NO_VALUE))})"
    patterns = (f"{_NUMBER}[{_LETTERS}]?", _PLAIN, _PADDED, *_ASIDE, *_TIME)
    return (
        f"count(*) FILTER ({filled}), coalesce(list_max(map_values(histogram({left}))), 0), mode({left}), "
        + ", ".join(f"count(*) FILTER (regexp_full_match({text}, {literal(pattern)}))" for pattern in patterns)
    )


def mark_of(filled: int, alike: int, left: str | None, short: int, plain: int, padded: int, *aside: int) -> Mark | None:
    """What stands beside the numbers of a column; None where nothing does, or not the same beside most of them.

    Args:
        filled: Cells that hold something.
        alike: Those in which the commonest of all marks stands beside a number.
        left: What is left of these with # in the number's place.
        short: Cells that are numbers, if K, M and such may stand behind them.
        plain: Numbers with nothing behind them, and cells that say that there is none.
        padded: Numbers with zeros before them and a mark of quality behind a comma.
        aside: Cells that are numbers with each of what else may stand beside them; and that are lengths of time.
    """
    if not left:
        return None
    if left[1:] in _TIMES and short >= SHARE * filled:
        return Mark()
    unit, currency = _UNIT.fullmatch(left), _CURRENCY.fullmatch(left)
    if (unit or currency) and alike >= SHARE * filled:
        return Mark("", unit[1].strip()) if unit else Mark(currency[1], "") if currency else None
    flags, noted, bounds, coded, clocks, lasting, lengths = aside
    if (clocks or lasting) and lengths >= SHARE * filled:
        return Mark(lasts=_IN_SECONDS if lasting else _OF_CLOCKS)
    few = 0 < flags <= _FLAGS_TO_PLAIN * plain
    fits = zip(_ASIDE, (few * flags, noted, bounds * (plain > 0), coded * (padded > 0)), strict=True)
    return next((Mark(aside=pattern) for pattern, count in fits if count > 0 and count + plain >= SHARE * filled), None)
