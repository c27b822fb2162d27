"""How dates are written, and the SQL that reads them."""

from __future__ import annotations

from engine.data.months import month_sql
from engine.data.quoting import literal

_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%YM%m", "%Y%m", "%Y")
_DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%y-%m-%d", "%y/%m/%d", "%d-%m-%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m/%Y")
_NAMED = (
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y",
    "%Y-%b", "%a, %d %b %Y", "%d/%b/%Y", "%d/%b/%y", "%A, %B %d, %Y", "%a %b %d %H:%M:%S %Y",
    "%d-%b-%y %I.%M.%S.%f %p",
)  # fmt: skip
_EASTERN = ("%Y年%m月%d日", "%Y年%m月", "%Y年%m月%d日 %H:%M", "%Y년 %m월 %d일")
_CLOCKS = (
    " %H:%M:%S.%f", " %H:%M:%S", " %H:%M", "T%H:%M:%S.%f", "T%H:%M:%S", "T%H:%M",
    " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p", " %H.%M", " %H.%M.%S", " %H:%M:%S,%f",
)  # fmt: skip
_DAYS = (*_YEAR_FIRST[:4], *_DAY_FIRST, *_MONTH_FIRST[:3], *_NAMED[:3], "%d/%b/%Y", "%d/%b/%y")
_RUN_TOGETHER = (
    "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M", "%Y%m%dT%H%M%SZ", "%Y%m%d:%H%M",
    "%a, %d %b %Y %H:%M:%S GMT",
)  # fmt: skip
_ZONED = ("%Y-%m-%d %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z", "%d.%m.%Y %H:%M:%S %z")
FORMATS = (
    *_YEAR_FIRST,
    *_DAY_FIRST,
    *_MONTH_FIRST,
    *_NAMED,
    *_EASTERN,
    *(day + clock for day in _DAYS for clock in _CLOCKS),
    *_RUN_TOGETHER,
    *_ZONED,
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
ISO, QUARTER, WEEK, MONTH_NAME = "ISO 8601", "year and quarter", "year and ISO week", "day, name of month and year"
FISCAL = "fiscal year"
_QUARTERS = r"\d{4}[-/: ]?[QqTt][1-4]|[QqTt][1-4][-/: ]?\d{4}|[1-4][.]? ?(Quartal|[Tt]rimestre|[Qq]uarter) \d{4}"
_WEEKS = r"\d{4}[- ]?W\d{2}(-?[1-7])?"
_MONTH_NAMES = r"(?:(\d{1,2})[. ]+(?:de )?)?(\pL{3,})[.]?[ -]+(?:de )?(\d{4}|\d{2})"
UNNAMED = (QUARTER, WEEK, MONTH_NAME)  # no strptime reads them
EXCEL = "days since 1899-12-30, as in Excel"
COUNTED = {  # how a number becomes microseconds, and between which such stamps lie
    "seconds since 1970": ("* 1000000", 1e8, 5e9),
    "milliseconds since 1970": ("* 1000", 1e11, 5e12),
    "microseconds since 1970": ("", 1e14, 5e15),
    "nanoseconds since 1970": ("/ 1000", 1e17, 5e18),
    EXCEL: ("* 86400 - 2209161600", 15_000, 80_000),
}


def stamp_sql(text: str, written: str) -> str:
    """SQL that reads a text as TIMESTAMP, in UTC where it names a zone."""
    if written == ISO:
        return f"(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    if written in _UNNAMED_SQL:
        return _UNNAMED_SQL[written](text)
    if written == EXCEL:
        return f"make_timestamp(1000000 * TRY_CAST(round(TRY_CAST({text} AS DOUBLE) {COUNTED[written][0]}) AS BIGINT))"
    if written in COUNTED:
        return f"make_timestamp(TRY_CAST(TRY_CAST({text} AS DECIMAL(38, 9)) {COUNTED[written][0]} AS BIGINT))"
    read = f"TRY_STRPTIME({text}, {literal(written)})"
    if "%y" in written:
        return _of_this_century(read)
    return f"({read} AT TIME ZONE 'UTC')" if written in _ZONED else read


def _of_this_century(read: str) -> str:
    """Two digits of a year are those up to 2049, as spreadsheets and .NET take them; the database goes to 2068."""
    return f"(CASE WHEN {read} < '2050-01-01' THEN {read} ELSE {read} - INTERVAL 100 YEAR END)"


def _quarter_sql(text: str) -> str:
    year, part = f"regexp_extract({text}, '\\d{{4}}')", f"regexp_extract({text}, '(?:^|[QqTt])([1-4])(?:\\D|$)', 1)"
    known = f"regexp_full_match({text}, {literal(_QUARTERS)})"
    return f"CASE WHEN {known} THEN make_timestamp({year}::INTEGER, {part}::INTEGER * 3 - 2, 1, 0, 0, 0) END"


def _week_sql(text: str) -> str:
    year, part = f"regexp_extract({text}, '\\d{{4}}')", f"regexp_extract({text}, 'W(\\d\\d)', 1)"
    day = f"coalesce(nullif(regexp_extract({text}, 'W\\d\\d-?(\\d)', 1), ''), '1')"
    known = f"regexp_full_match({text}, {literal(_WEEKS)})"
    return f"CASE WHEN {known} THEN TRY_STRPTIME({year} || {part} || {day}, '%G%V%u') END"


def _month_name_sql(text: str) -> str:
    whole = literal(f"^{_MONTH_NAMES}$")
    day, name, year = (f"regexp_extract({text}, {whole}, {group})" for group in (1, 2, 3))
    put = f"{year} || '-' || {month_sql(name)} || '-' || coalesce(nullif({day}, ''), '1')"
    long, short = (f"TRY_STRPTIME({put}, '{written}-%m-%d')" for written in ("%Y", "%y"))
    return f"CASE length({year}) WHEN 4 THEN {long} WHEN 2 THEN {_of_this_century(short)} END"


def _fiscal_sql(text: str) -> str:
    """FY2019, or 2019/20 by the year that it begins in."""
    year, end = (
        f"regexp_extract({text}, '\\d{{4}}')::INTEGER",
        f"nullif(regexp_extract({text}, '[/-](\\d\\d)$', 1), '')",
    )
    known = f"regexp_full_match({text}, 'FY ?\\d{{4}}|(FY ?)?\\d{{4}}[/-]\\d\\d')"
    follows = f"coalesce({end}::INTEGER, ({year} + 1) % 100) = ({year} + 1) % 100"
    return f"CASE WHEN {known} AND {follows} THEN make_timestamp({year}, 1, 1, 0, 0, 0) END"


_UNNAMED_SQL = {QUARTER: _quarter_sql, WEEK: _week_sql, MONTH_NAME: _month_name_sql, FISCAL: _fiscal_sql}
