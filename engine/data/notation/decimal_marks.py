"""Whether a point or a comma stands before the decimals of a table's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.data.notation.numbers import SPACES, number_sql

_LOOK = 2_000  # rows
_POINTS = r"[1-9]\d{0,2}([.]\d{3}){2,}"
_CLEAR = (
    rf"\d{{1,3}}([.{SPACES}'']\d{{3}})+,\d+|(0|[1-9]\d*),(\d{{1,2}}|\d{{4,}})|(0|[1-9]\d{{3,}}),\d+"
    rf"|\d+,\d+[eE][-+]?\d+|{_POINTS}"
)
# 1.234,5 says of 1.234 that it is no decimal, and so does 1.234.567.
_BOTH = rf"\d{{1,3}}([.{SPACES}'']\d{{3}})+,\d+|{_POINTS}"
_GROUPED = r"'\s*[-+]?[1-9]\d{0,2}([.]\d{3})+\s*'"
_CODED = r"'[-+]?0\d{3,5},\w'"  # no number begins so: what is behind the comma is a mark of quality
_DOUBTFUL = r"[1-9]\d{0,2},\d{3}"  # 1,234 may be both
_THOUSANDS = r"'-?([1-9]\d{0,2}|\d{1,3}(,\d{3}){2,})'"  # 987 and 1,234,567 beside 1,234 say that it is not


def decimal_mark(one: Callable[..., tuple[Any, ...]], cells: Sequence[str], delimiter: str) -> tuple[str, str]:
    """The mark, and what is said of it where it is doubtful.

    A comma is one where more numbers are written with it than with a point. Between commas, and beside whole numbers
    below 1,000, three digits behind every comma are thousands.

    Args:
        one: Asks for one row of aggregates, as `Table.one`.
        cells: SQL of the columns of texts.
        delimiter: What parts the cells of a text table; empty of others.
    """
    commas = [f"count(*) FILTER (regexp_matches({c}, {_anywhere(_CLEAR)}))" for c in cells]
    points = [f"count({number_sql(c, '.')}) FILTER ({c} LIKE '%.%' AND {c} NOT LIKE '%,%')" for c in cells]
    doubts = [f"list({c}) FILTER (regexp_matches({c}, {_anywhere(_DOUBTFUL)}))" for c in cells]
    both = [f"count(*) FILTER (regexp_matches({c}, {_anywhere(_BOTH)}))" for c in cells]
    grouped = [f"count(*) FILTER (regexp_full_match({c}, {_GROUPED}))" for c in cells]
    coded = [f"count(*) FILTER (regexp_full_match({c}, {_CODED}))" for c in cells]
    found, count = one(", ".join([*commas, *points, *both, *grouped, *coded, *doubts]), rows=_LOOK), len(cells)
    clear, pointed, together, thousands, codes = (sum(found[k * count : (k + 1) * count]) for k in range(5))
    pointed += codes - (thousands if together else 0)
    doubts_found = found[5 * count :]
    doubtful = [cell for own in doubts_found for cell in own or ()]
    if delimiter == "," or not doubtful or clear:
        more = len(doubtful) if delimiter != "," else 0
        return ("," if clear + more > pointed else "."), ""
    mixed = [cell for cell, own in zip(cells, doubts_found, strict=True) if own]
    whole = (f"count(*) FILTER (regexp_full_match(trim({c}), {_THOUSANDS}))" for c in mixed)
    decimals = len(doubtful) > pointed and not sum(one(", ".join(whole), rows=_LOOK))
    meant, other = ("decimals", "point") if decimals else ("thousands", "comma")
    remark = (
        f"the comma in numbers such as {doubtful[0].strip()!r} is taken to stand before {meant}; if it does not, set "
        f"data.decimal to {other}"
    )
    return ("," if decimals else "."), remark


def _anywhere(digits: str) -> str:
    """SQL of a pattern for such digits with a sign, a currency or a unit about them."""
    return rf"'^[^\d.,]{{0,6}}({digits})([^\d.,]{{0,12}}|[^\d.,]{{0,10}}[^\d.,\s][23])$'"
