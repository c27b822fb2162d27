"""How numbers are written: decimal marks, groups of thousands, signs of currencies and per cent."""

from __future__ import annotations

import math

NO_VALUE = (
    "", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "-", "?", "#N/A", ".", "..", ":",
    "***", "--", "---", "–", "—", "N.A.", "n.a.", "k.A.", "<NA>", "NaT", "(null)", "\\N", "#VALUE!", "#DIV/0!", "#REF!",
    "#NUM!", "#NAME?", "#NULL!",
)  # fmt: skip
BY_MACHINES = (  # of these, those that nobody means as a word
    "NaN", "nan", "NAN", "#N/A", "<NA>", "NaT", "(null)", "\\N", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?",
    "#NULL!",
)  # fmt: skip
SPACES = " \u00a0\u202f\u2009"
_SIGNS = "%€$£¥￥₹₩₽₺₴₪₫฿"


DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９"  # of other scripts, ten each
_MARKS, _OURS = "٫٬．，／－：", ".,.,/-:"
_FIGURES = rf"[0-9{DIGITS}\s.,:/+\-−年月日時分%٪{_MARKS}]*"


def in_our_digits_sql(cell: str) -> str:
    """SQL of a cell with the digits of other scripts as 0 to 9."""
    return f"translate({cell}, '{DIGITS}{_MARKS}', '{'0123456789' * (len(DIGITS) // 10)}{_OURS}')"


def other_digits_sql(cell: str) -> str:
    """SQL of whether all cells of a column are figures, as far as they are filled, some in digits of other scripts."""
    figures = f"regexp_full_match({cell}, '{_FIGURES}')"
    return f"coalesce(bool_and({figures}) AND bool_or(regexp_matches({cell}, '[{DIGITS}]')), false)"


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
    """A chain in which nothing comes twice: the database computes what does for all cells, needed or not."""
    group = ("." if decimal == "," else ",") + SPACES + "''’"
    point, lakh = (",", "") if decimal == "," else (r"\.", r"|\d{1,2}(,\d{2})+,\d{3}")
    sign, blank = f"[{_SIGNS}]?", rf"[\s{SPACES}]*"
    digits = rf"(\d{{1,3}}([{group}]\d{{3}})+{lakh}|\d+)({point}\d*)?([eEdD][-+]?\d+)?"
    signs = f"[-+−–]?{blank}{sign}{blank}[-+−–]?"
    whole = f"regexp_extract({cell}, '^{blank}[(]?{signs}{digits}{blank}{sign}{blank}[-−–)]?{blank}$')"
    # Accounts and SAP write what is owed as (1,234.50) and 1.234,50-; a bracket that is alone stays, and is no number.
    owed = f"regexp_replace({whole}, '^{blank}(?:[(]([^()]*)[)]|([^-−–()]*)[-−–]){blank}$', '-\\1\\2')"
    kept = f"regexp_replace(translate({owed}, '−–dD', '--ee'), '[^-+0-9eE{point}()]', '', 'g')"
    return f"TRY_CAST(replace({kept}, ',', '.') AS DOUBLE)"


def is_number(text: str) -> bool:
    """Whether a mark is a number, with a decimal point."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
