"""How dates are written, and the SQL that reads them."""

from __future__ import annotations

import re

from engine.data.notation.eras import ERA, era_sql
from engine.data.notation.named_dates import is_named, named_sql, of_this_century
from engine.data.notation.plain_dates import PLAIN, plain_sql
from engine.data.notation.quoting import literal

_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%YM%m", "%Y%m", "%Y")
_DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%y-%m-%d", "%y/%m/%d", "%d-%m-%y")
MONTHS_SHORT = ("%y-%m", "%y/%m", "%m-%y", "%m/%y")  # which are dates only under the name of one, or where they run on
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m/%Y")
_NAMED = (
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y",
    "%Y-%b", "%a, %d %b %Y", "%d/%b/%Y", "%d/%b/%y", "%A, %B %d, %Y", "%a %b %d %H:%M:%S %Y",
    "%d-%b-%y %I.%M.%S.%f %p", "%d-%b-%y %I.%M.%S %p",
    "%d%b%Y", "%d%b%y", "%b%Y", "%b%y", "%d%b%Y:%H:%M:%S", "%d%b%Y:%H:%M:%S.%f", "%d%b%y:%H:%M:%S",
)  # fmt: skip
_EASTERN = (
    "%Y年%m月%d日",
    "%Y年%m月",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H時",
    "%Y년 %m월 %d일",
)
_CLOCKS = (
    " %H:%M:%S.%f", " %H:%M:%S", " %H:%M", "T%H:%M:%S.%f", "T%H:%M:%S", "T%H:%M",
    " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p", " %I %p", " %I%p", " %H.%M", " %H.%M.%S", " %H:%M:%S,%f",
)  # fmt: skip
_DAYS = (
    *_YEAR_FIRST[:4], *_DAY_FIRST, *_MONTH_FIRST[:3], *_NAMED[:6], "%d/%b/%Y", "%d/%b/%y", "%b %d %Y", "%B %d %Y",
)  # fmt: skip
_RUN_TOGETHER = (
    "%Y %m %d", "%Y:%m:%d %H:%M:%S", "%Y-%m-%d-%H-%M-%S",
    "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M", "%Y%m%dT%H%M%SZ", "%Y%m%d:%H%M",
    "%a, %d %b %Y %H:%M:%S GMT",
)  # fmt: skip
ZONED = ("%Y-%m-%d %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z", "%d.%m.%Y %H:%M:%S %z")
FORMATS = (
    *_YEAR_FIRST,
    *_DAY_FIRST,
    *MONTHS_SHORT,
    *_MONTH_FIRST,
    *_NAMED,
    *_EASTERN,
    *(day + clock for day in _DAYS for clock in _CLOCKS),
    *_RUN_TOGETHER,
)
DIGITS_ONLY = {  # the least and the largest number that is a date of the form
    "%Y": (1000, 2500),
    "%Y%m": (100001, 250012),
    "%Y%m%d": (10000101, 25001231),
    "%Y%j": (1800001, 2200366),
    "%Y%m%d%H": (1800010100, 2200123123),
    "%Y%m%d%H%M": (180001010000, 220012312359),
    "%Y%m%d%H%M%S": (18000101000000, 22001231235959),
}
ISO = "ISO 8601"
EXCEL = "days since 1899-12-30, as in Excel"
COUNTED = {  # how a number becomes microseconds, and between which such stamps lie
    "seconds since 1970": ("* 1000000", 1e8, 5e9),
    "milliseconds since 1970": ("* 1000", 1e11, 5e12),
    "microseconds since 1970": ("", 1e14, 5e15),
    "nanoseconds since 1970": ("/ 1000", 1e17, 5e18),
    EXCEL: ("* 86400 - 2209161600", 15_000, 80_000),
}
DECIMAL_YEAR = "years with decimals"
OR = " or "  # between the forms of a column that has several
CENTURY = re.compile(r"years from (\d{4}), ")  # before the form, where two digits of a year are those of these hundred
_FIRST_YEAR = "'1000-01-01'"  # the database reads two digits as a year of the first century


def stamp_sql(text: str, written: str) -> str:
    """SQL that reads a text as TIMESTAMP, in UTC where it names a zone."""
    if century := CENTURY.match(written):
        return (
            f"coalesce({', '.join(_within(text, one, int(century[1])) for one in written[century.end() :].split(OR))})"
        )
    if OR in written:
        return f"coalesce({', '.join(stamp_sql(text, one) for one in written.split(OR))})"
    if written.startswith(PLAIN):
        return stamp_sql(plain_sql(text), written.removeprefix(PLAIN))
    if written.startswith(ERA):
        return stamp_sql(era_sql(text), written.removeprefix(ERA))
    if written == ISO:
        return f"(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    if is_named(written):
        return named_sql(text, written)
    if written == DECIMAL_YEAR:  # 2000.083 and 2000.085 are the first of February, 2000.042 the middle of January
        return f"(DATE '0001-01-01' + to_months(CAST(floor(TRY_CAST({text} AS DOUBLE) * 12 + 0.1) AS INTEGER) - 12))"
    if written == EXCEL:
        return f"make_timestamp(1000000 * TRY_CAST(round(TRY_CAST({text} AS DOUBLE) {COUNTED[written][0]}) AS BIGINT))"
    if written in COUNTED:
        return f"make_timestamp(TRY_CAST(TRY_CAST({text} AS DECIMAL(38, 9)) {COUNTED[written][0]} AS BIGINT))"
    read = f"TRY_STRPTIME({text}, {literal(written)})"
    if "%H:%M" in written:  # the end of a day is the beginning of the next
        midnight = f"regexp_replace({text}, '\\b24([:]00)', '00\\1')"
        read = f"coalesce({read}, TRY_STRPTIME({midnight}, {literal(written)}) + INTERVAL 1 DAY)"
    if "%y" in written:
        return of_this_century(read)
    read = f"({read} AT TIME ZONE 'UTC')" if written in ZONED else read
    return f"CASE WHEN {read} >= {_FIRST_YEAR} THEN {read} END" if "%Y" in written else read


def has_short_years(written: str) -> bool:
    """Whether years may have two digits in a form."""
    return any("%y" in one or is_named(one.removeprefix(PLAIN)) for one in written.split(OR))


def in_century(first: int, written: str) -> str:
    """A form, with years of two digits in the hundred that begin with `first`."""
    return f"years from {first}, {written}"


def short_sql(text: str, written: str) -> str:
    """SQL of whether a year has but two digits in a cell of such a form."""
    return "true" if "%y" in written else f"NOT regexp_matches({text}, '\\d{{4}}')"


def _within(text: str, written: str, first: int) -> str:
    """SQL of a time whose year is brought into the hundred years that begin with `first`, if it has two digits."""
    read = stamp_sql(text, written)
    if not has_short_years(written):
        return read
    moved = (
        f"WHEN {read} < '{first}-01-01' THEN {read} + INTERVAL 100 YEAR "
        f"WHEN {read} >= '{first + 100}-01-01' THEN {read} - INTERVAL 100 YEAR"
    )
    known = "" if "%y" in written else f"WHEN NOT ({short_sql(text, written)}) THEN {read} "
    return f"(CASE {known}{moved} ELSE {read} END)"
