"""How numbers are written: decimal marks, groups of thousands, signs of currencies and per cent."""

from __future__ import annotations

import math

NO_VALUE = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "-", "?", "#N/A")
_SPACES = " \u00a0\u202f\u2009"
_SIGNS = "%€$£¥"


def number_sql(cell: str, decimal: str) -> str:
    """SQL that reads a text cell as DOUBLE, NULL where it is no number.

    What the database reads by itself is not looked at twice. Everything else has to be written as people write numbers:
    digits, perhaps in groups of three, the minus of typography, a currency or per cent before or after.
    """
    return f"coalesce({_plain(cell, decimal)}, {_written(cell, decimal)})"


def _plain(cell: str, decimal: str) -> str:
    if decimal == ".":
        return f"TRY_CAST({cell} AS DOUBLE)"
    return f"TRY_CAST(CASE WHEN contains({cell}, '.') THEN NULL ELSE replace({cell}, ',', '.') END AS DOUBLE)"


def _written(cell: str, decimal: str) -> str:
    group = ("." if decimal == "," else ",") + _SPACES + "''’"
    point = "," if decimal == "," else r"\."
    sign, blank = f"[{_SIGNS}]?", rf"[\s{_SPACES}]*"
    digits = rf"(\d{{1,3}}([{group}]\d{{3}})+|\d+)({point}\d*)?([eE][-+]?\d+)?"
    pattern = f"'{blank}[-+−]?{blank}{sign}{blank}[-+−]?{digits}{blank}{sign}{blank}'"
    kept = f"regexp_replace(replace({cell}, '−', '-'), '[^-+0-9eE{point}]', '', 'g')"
    return f"TRY_CAST(CASE WHEN regexp_full_match({cell}, {pattern}) THEN replace({kept}, ',', '.') END AS DOUBLE)"


def comma_pattern(delimiter: str) -> str:
    """SQL of a pattern for numbers with a decimal comma, as far as no thousands can be meant."""
    digits = r"\d{1,2}|\d{4,}" if delimiter == "," else r"\d+"
    return rf"'^[\s{_SPACES}]*[-+−]?(\d{{1,3}}([.{_SPACES}'']\d{{3}})+|\d+),({digits})[\s{_SPACES}]*[{_SIGNS}]?\s*$'"


def is_number(text: str) -> bool:
    """Whether a mark is a number, with a decimal point."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
