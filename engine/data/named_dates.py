"""Dates that no pattern of clocks and calendars reads: quarters, halves, weeks, fiscal years, months by their names."""

from __future__ import annotations

from engine.data.months import month_sql
from engine.data.quoting import literal

QUARTER, HALF, FISCAL, MONTH_NAME = "year and quarter", "year and half", "fiscal year", "day, name of month and year"
WEEK, WEEK_NUMBER, MONTHS = "year and ISO week", "year and number of week", "first and last month"
_QUARTERS = (
    r"(?:FY ?)?\d{4}[-/: ]?[QqTt][1-4]|[QqTt][1-4][-/: ]?(?:FY ?)?\d{4}|[QqTt][1-4][-/ ]?'?\d{2}"
    r"|[1-4][QqTt][-/ ]?'?(?:\d{4}|\d{2})|\d{4}[-/: ][1-4]|[1-4][.]? ?(Quartal|[Tt]rimestre|[Qq]uarter) \d{4}"
)
_HALVES = r"\d{4}[-/: ]?[HhSs][12]|[HhSs][12][-/: ]?\d{4}"
_WEEK_WORD = r"(?:W|KW|CW|[Ww][Kk]|[Ww]eek|Woche|[Ss]emaine|[Ss]emana)[. -]?"
_WEEKS = rf"\d{{4}}[-/, ]*{_WEEK_WORD}(\d{{2}}-?[1-7]|\d{{1,2}})|{_WEEK_WORD}\d{{1,2}}[-/, ]+\d{{4}}"
_CLOCK = r"(?:[01]?\d|2[0-4])(?::[0-5]\d){0,2}(?:\.\d+)?(?: ?[AaPp][Mm])?"
_TOLD = r"([01]?\d|2[0-4])(?::([0-5]\d))?(?::([0-5]\d(?:\.\d+)?))?(?: ?([AaPp])[Mm])?"
_NAMED_DAY = rf"^(?:(\d{{1,2}})[. /-]+(?:de )?)?(\pL{{3,}})[. /-]+(?:de )?(\d{{4}}|\d{{2}})(?:[ ,]+{_TOLD})?$"
_NAME_FIRST = rf"^(\pL{{3,}})[. -]+(\d{{1,2}})[, -]+(\d{{4}})((?:[ ,]+{_CLOCK})?)$"
_PARTS = ("day", "name", "year", "hour", "minute", "second", "half")
_MONTH_NAMES = r"(\pL{3,})[.]? ?[-–/] ?(\pL{3,})[.]?"


def of_this_century(read: str) -> str:
    """Two digits of a year are those up to 2049, as spreadsheets and .NET take them; the database goes to 2068."""
    return f"(CASE WHEN {read} < '2050-01-01' THEN {read} ELSE {read} - INTERVAL 100 YEAR END)"


def _quarter_sql(text: str) -> str:
    part = f"TRY_CAST(regexp_extract({text}, '(?:^|[QqTt]|\\d{{4}}[-/: ])([1-4])(?:\\D|$)', 1) AS INTEGER)"
    return _begins(text, _QUARTERS, f"{part} * 3 - 2")


def _half_sql(text: str) -> str:
    return _begins(text, _HALVES, f"TRY_CAST(regexp_extract({text}, '[HhSs]([12])', 1) AS INTEGER) * 6 - 5")


def _months_sql(text: str) -> str:
    """The first of the three months that a quarter, also one that rolls on, is named by; the year is the last one's."""
    first, last = (month_sql(f"regexp_extract({text}, {literal(_MONTH_NAMES)}, {group})") for group in (1, 2))
    known = rf"\d{{4}} {_MONTH_NAMES}|{_MONTH_NAMES} \d{{4}}"
    return f"({_begins(text, known, f'CASE WHEN {last} = ({first} + 1) % 12 + 1 THEN {last} END')} - INTERVAL 2 MONTH)"


def _begins(text: str, known: str, month: str) -> str:
    """SQL of the first day of a month, of a text with a year that is written as is known."""
    short = f"TRY_CAST(regexp_extract({text}, '\\d\\d$') AS INTEGER)"
    year = f"coalesce(TRY_CAST(regexp_extract({text}, '\\d{{4}}') AS INTEGER), {short} + if({short} < 50, 2000, 1900))"
    known = f"regexp_full_match({text}, {literal(known)})"
    return f"CASE WHEN {known} THEN make_timestamp({year}, {month}, 1, 0, 0, 0) END"


def _week_sql(text: str) -> str:
    part = f"regexp_extract({text}, {literal(_WEEK_WORD + '([0-9]{1,2})')}, 1)"
    day = f"coalesce(nullif(regexp_extract({text}, '\\d\\d-?([1-7])$', 1), ''), '1')"
    day = f"if(regexp_matches({text}, '^\\d{{4}}.*\\d\\d-?[1-7]$'), {day}, '1')"
    return _monday(text, _WEEKS, part, day)


def _week_number_sql(text: str) -> str:
    return _monday(text, r"\d{4}-\d{2}", f"right({text}, 2)", "'1'")


def _monday(text: str, known: str, week: str, day: str) -> str:
    """SQL of a day of an ISO week."""
    year = f"regexp_extract({text}, '\\d{{4}}')"
    read = f"TRY_STRPTIME({year} || lpad({week}, 2, '0') || {day}, '%G%V%u')"
    return f"CASE WHEN regexp_full_match({text}, {literal(known)}) THEN {read} END"


def _month_name_sql(text: str) -> str:
    """Day, name and year, or the name first, perhaps with a clock behind; taken apart once, as that takes long."""
    text = f"regexp_replace({text}, {literal(_NAME_FIRST)}, '\\2 \\1 \\3\\4')"
    said = f"regexp_extract({text}, {literal(_NAMED_DAY)}, {[*_PARTS]})"
    day, name, year, hour, minute, second, half = (f"{said}['{part}']" for part in _PARTS)
    long = (
        f"TRY_CAST({year} AS INTEGER) + CASE WHEN length({year}) > 2 THEN 0 WHEN {year} < '50' THEN 2000 ELSE 1900 END"
    )
    date = f"TRY_STRPTIME(({long}) || '-' || {month_sql(name)} || '-' || coalesce(nullif({day}, ''), '1'), '%Y-%m-%d')"
    twelve = f"TRY_CAST({hour} AS INTEGER) % 12 + if(lower({half}) = 'p', 12, 0)"
    hours = f"if({half} = '', TRY_CAST({hour} AS INTEGER), {twelve})"
    seconds = f"coalesce(TRY_CAST({minute} AS INTEGER), 0) * 60 + coalesce(TRY_CAST({second} AS DOUBLE), 0)"
    clock = f"CASE WHEN {hour} = '' THEN 0 ELSE ({hours}) * 3600 + {seconds} END"
    return f"CASE WHEN {name} <> '' THEN {date} + to_microseconds(CAST(({clock}) * 1000000 AS BIGINT)) END"


def _fiscal_sql(text: str) -> str:
    """FY2019, or 2019/20 and 2019-2020 by the year that it begins in."""
    long = f"TRY_CAST(regexp_extract({text}, '\\d{{4}}') AS INTEGER)"
    short = f"TRY_CAST(regexp_extract({text}, '\\d\\d') AS INTEGER)"
    year = f"coalesce({long}, {short} + if({short} < 50, 2000, 1900))"
    end = f"TRY_CAST(regexp_extract({text}, '[-/–](?:\\d\\d)?(\\d\\d)$', 1) AS INTEGER)"
    known = f"regexp_full_match({text}, 'FY ?(\\d{{4}}|''?\\d{{2}})|(FY ?)?\\d{{4}} ?[-/–] ?(\\d{{2}}|\\d{{4}})')"
    follows = f"coalesce({end}, ({long} + 1) % 100, 0) = coalesce(({long} + 1) % 100, 0)"
    return f"CASE WHEN {known} AND {follows} THEN make_timestamp({year}, 1, 1, 0, 0, 0) END"


NAMED = {
    QUARTER: _quarter_sql,
    HALF: _half_sql,
    WEEK: _week_sql,
    WEEK_NUMBER: _week_number_sql,
    MONTH_NAME: _month_name_sql,
    MONTHS: _months_sql,
    FISCAL: _fiscal_sql,
}
WORDED = (QUARTER, HALF, WEEK, MONTH_NAME, MONTHS, FISCAL)  # in which there is a letter
UNWORDED = (FISCAL, QUARTER, WEEK_NUMBER)  # in which there need not be
