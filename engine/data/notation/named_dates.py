"""Dates that no pattern of clocks and calendars reads: quarters, halves, weeks, fiscal years, months by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.data.notation.months import month_sql
from engine.data.notation.quoting import literal

QUARTER, HALF, FISCAL, MONTH_NAME = "year and quarter", "year and half", "fiscal year", "day, name of month and year"
POINTED_QUARTER, POINTED_MONTH = "year and quarter behind a point", "year and month behind a point"
POINTED_WEEK, TENTHS = "year and week behind a point", ", a last zero left out"
RUN_QUARTER, RUN_WEEK = "year and quarter, run together", "year and week, run together"
WEEK, WEEK_NUMBER, MONTHS = "year and ISO week", "year and number of week", "first and last month"
_QUARTERS = (
    r"(?:FY ?)?\d{4}[-/: ]?[QqTt][1-4]|[QqTt][1-4][-/: ]?(?:FY ?)?\d{4}|[QqTt][1-4][-/ ]?'?\d{2}"
    r"|[1-4][QqTt][-/ ]?'?(?:\d{4}|\d{2})|\d{4}[-/: ][1-4]|[1-4][.]? ?(?:Quartal|[Tt]rimestre|[Qq]uarter) \d{4}"
)
_HALVES = r"\d{4}[-/: ]?[HhSs][12]|[HhSs][12][-/: ]?\d{4}"
_WEEK_WORD = r"(?:W|KW|CW|[Ww][Kk]|[Ww]eek|Woche|[Ss]emaine|[Ss]emana)[. -]?"
_WEEKS = rf"\d{{4}}[-/, ]*{_WEEK_WORD}(?:\d{{2}}-?[1-7]|\d{{1,2}})|{_WEEK_WORD}\d{{1,2}}[-/, ]+\d{{4}}"
_FISCAL = r"FY ?(?:\d{4}|'?\d{2})|(?:FY ?)?\d{4} ?[-/–] ?(?:\d{2}|\d{4})"
_TWO_MONTHS = r"(\pL{3,})[.]? ?[-–/] ?(\pL{3,})[.]?"
_CLOCK = r"(?:[01]?\d|2[0-4])(?::[0-5]\d){0,2}(?:\.\d+)?(?: ?[AaPp][Mm])?"
_DAY_FIRST = r"(\d{1,2})[. /-]+(?:de )?(\pL{3,})[. /-]+(?:de )?(\d{4}|\d{2})"
_NAME_FIRST = r"(\pL{3,})[. -]+(\d{1,2})[, -]+(\d{4})"
_YEAR_FIRST = r"(\d{4})[. /-]+(\pL{3,})[. /-]+(\d{1,2})\.?"
_YEAR_NAME = r"(\d{4})[. /-]+(\pL{3,})\.?"
_NAME_ALONE = r"(\pL{3,})[. /-]+(?:de )?(\d{4}|\d{2})"
_NAMED_DAYS = rf"(?:{'|'.join((_DAY_FIRST, _NAME_FIRST, _YEAR_FIRST, _YEAR_NAME, _NAME_ALONE))})(?:[ ,]+{_CLOCK})?"
_ALIKE = (  # one after the other, until all are a day, a name, a long year, and perhaps a clock
    (rf"^{_NAME_FIRST}", r"\2 \1 \3"),
    (rf"^{_YEAR_FIRST}", r"\3 \2 \1"),
    (rf"^{_YEAR_NAME}$", r"1 \2 \1"),
    (r"^(\pL)", r"1 \1"),
    (r"^(\d+\PL+(?:de )?\pL+[. /-]+(?:de )?)([0-4]\d)(\D|$)", r"\1 20\2\3"),
    (r"^(\d+\PL+(?:de )?\pL+[. /-]+(?:de )?)(\d\d)(\D|$)", r"\1 19\2\3"),
    (r" ?([AaPp][Mm])$", r" \1"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %H", " %I:%M %p", " %I:%M:%S %p", " %I %p")
_MIDNIGHT = r" 24((?::00)*)$"  # of the next day


class _Form(NamedTuple):
    known: str  # how all of a cell is written
    sql: Callable[[str], str]  # of a cell that is written so


def of_this_century(read: str) -> str:
    """Two digits of a year are those up to 2049, as spreadsheets and .NET take them; the database goes to 2068."""
    return f"(CASE WHEN {read} < '2050-01-01' THEN {read} ELSE {read} - INTERVAL 100 YEAR END)"


def named_sql(text: str, written: str) -> str:
    """SQL that reads a text of one of the forms in `named_forms` as TIMESTAMP, NULL where it is none."""
    form = (_FORMS | _TOLD_BY_STEPS)[written]
    return f"CASE WHEN regexp_full_match({text}, {literal(form.known)}) THEN {form.sql(text)} END"


def named_forms(cells: Sequence[str], share: float) -> list[str]:
    """The forms that at least a share of some cells have."""
    return [name for name, known in _KNOWN.items() if sum(map(bool, map(known.fullmatch, cells))) >= share * len(cells)]


def is_named(written: str) -> bool:
    """Whether a form is one of these."""
    return written in _FORMS or written in _TOLD_BY_STEPS


def _first_of(text: str, month: str) -> str:
    """SQL of the first day of a month, of a text with a year in four digits, or in two at its end."""
    short = f"TRY_CAST(regexp_extract({text}, '\\d\\d$') AS INTEGER)"
    year = f"coalesce(TRY_CAST(regexp_extract({text}, '\\d{{4}}') AS INTEGER), {short} + if({short} < 50, 2000, 1900))"
    return f"make_timestamp({year}, {month}, 1, 0, 0, 0)"


def _quarter_sql(text: str) -> str:
    part = f"TRY_CAST(regexp_extract({text}, '(?:^|[QqTt]|\\d{{4}}[-/: ])([1-4])(?:\\D|$)', 1) AS INTEGER)"
    return _first_of(text, f"{part} * 3 - 2")


def _half_sql(text: str) -> str:
    return _first_of(text, f"TRY_CAST(regexp_extract({text}, '[HhSs]([12])', 1) AS INTEGER) * 6 - 5")


def _months_sql(text: str) -> str:
    """The first of the three months that a quarter, also one that rolls on, is named by; the year is the last one's."""
    first, last = (month_sql(f"regexp_extract({text}, {literal(_TWO_MONTHS)}, {group})") for group in (1, 2))
    return f"({_first_of(text, f'CASE WHEN {last} = ({first} + 1) % 12 + 1 THEN {last} END')} - INTERVAL 2 MONTH)"


def _fiscal_sql(text: str) -> str:
    """FY2019, or 2019/20 and 2019-2020 by the year that it begins in."""
    end = f"TRY_CAST(regexp_extract({text}, '[-/–] ?(?:\\d\\d)?(\\d\\d)$', 1) AS INTEGER)"
    following = f"(TRY_CAST(regexp_extract({text}, '\\d{{4}}') AS INTEGER) + 1) % 100"
    return f"CASE WHEN {end} IS NULL OR {end} = {following} THEN {_first_of(text, '1')} END"


def _week_sql(text: str) -> str:
    part = f"regexp_extract({text}, {literal(_WEEK_WORD + '([0-9]{1,2})')}, 1)"
    day = f"coalesce(nullif(regexp_extract({text}, '^\\d{{4}}.*\\d\\d-?([1-7])$', 1), ''), '1')"
    return _day_of_week(text, part, day)


def _week_number_sql(text: str) -> str:
    return _day_of_week(text, f"right({text}, 2)", "'1'")


def _day_of_week(text: str, week: str, day: str) -> str:
    return f"TRY_STRPTIME(regexp_extract({text}, '\\d{{4}}') || lpad({week}, 2, '0') || {day}, '%G%V%u')"


def _behind(text: str) -> str:
    return f"split_part({text}, '.', 2)"


def _tenths_behind(text: str) -> str:
    return f"rpad({_behind(text)}, 2, '0')"


def _month_behind(text: str, month: str) -> str:
    return f"TRY_STRPTIME(left({text}, 4) || '-' || {month}, '%Y-%m')"


def _quarter_behind(text: str, quarter: str) -> str:
    return _first_of(f"left({text}, 4)", f"CAST({quarter} AS INTEGER) * 3 - 2")


def _month_name_sql(text: str) -> str:
    """Day, name and year in any order, perhaps with a clock behind."""
    for pattern, put in _ALIKE:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(put)})"
    rest = f"regexp_replace({text}, {literal(rf'^{_DAY_FIRST}[ ,]*')}, '-\\1-\\3 ')"
    rest = f"trim(regexp_replace({rest}, {literal(_MIDNIGHT)}, ' 00\\1'))"
    forms = ", ".join(literal(f"%m-%d-%Y{clock}") for clock in _CLOCKS)
    month = month_sql(f"regexp_extract({text}, '\\pL{{3,}}')")
    read = f"TRY_STRPTIME({month} || {rest}, [{forms}])"
    return f"({read} + to_days(CAST(regexp_matches({text}, {literal(_MIDNIGHT)}) AS INTEGER)))"


_FORMS = {
    FISCAL: _Form(_FISCAL, _fiscal_sql),
    QUARTER: _Form(_QUARTERS, _quarter_sql),
    HALF: _Form(_HALVES, _half_sql),
    WEEK: _Form(_WEEKS, _week_sql),
    WEEK_NUMBER: _Form(r"\d{4}-\d{2}", _week_number_sql),
    MONTH_NAME: _Form(_NAMED_DAYS, _month_name_sql),
    MONTHS: _Form(rf"\d{{4}} {_TWO_MONTHS}|{_TWO_MONTHS} \d{{4}}", _months_sql),
}
_POINT = r"\d{4}[.]\d{1,2}"
_TOLD_BY_STEPS = {  # what else is written so are numbers
    RUN_QUARTER: _Form(r"\d{4}[1-4]", lambda text: _quarter_behind(text, f"right({text}, 1)")),
    RUN_WEEK: _Form(r"\d{6}", _week_number_sql),
    POINTED_QUARTER: _Form(r"\d{4}[.][1-4]", lambda text: _quarter_behind(text, _behind(text))),
    POINTED_MONTH: _Form(_POINT, lambda text: _month_behind(text, _behind(text))),
    POINTED_MONTH + TENTHS: _Form(_POINT, lambda text: _month_behind(text, _tenths_behind(text))),
    POINTED_WEEK: _Form(_POINT, lambda text: _day_of_week(text, _behind(text), "'1'")),
    POINTED_WEEK + TENTHS: _Form(_POINT, lambda text: _day_of_week(text, _tenths_behind(text), "'1'")),
}
_KNOWN = {name: re.compile(form.known.replace(r"\pL", r"[^\W\d_]")) for name, form in _FORMS.items()}
