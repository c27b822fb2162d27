"""Which century the years of a column are of, where they are written with two digits: told by the column itself."""

from __future__ import annotations

import numpy as np

from engine.data.notation.centuries import first_year
from engine.data.notation.stamps import OR, has_short_years, in_century, short_sql, stamp_sql
from engine.data.tables.tables import Table

_LOOK = 1_000_000  # rows
_USUAL = 1950  # from where on two digits are read where nothing else is said


def with_century(table: Table, name: str, text: str, written: str) -> tuple[str, str]:
    """A form with the hundred years that its years of two digits belong to, where these are not the usual ones.

    And what is to be said of it; `data.first_year` goes before what the column tells.
    """
    short = _short_years(table, text, written)
    if not len(short):
        return written, ""
    first = table.first_year or first_year(short)
    years = first + (short - first) % 100
    remark = f"{name!r}: years of two digits are taken for {years.min()} to {years.max()}"
    remark += "" if table.first_year else "; if they are others, set data.first_year to the first that may come"
    usual = _USUAL + (years - _USUAL) % 100
    return written if (usual == years).all() else in_century(first, written), remark


def _short_years(table: Table, text: str, written: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Years of two digits, in the order of the rows, each once for as long as it stays."""
    parts = [one for one in written.split(OR) if has_short_years(one)]
    years = ", ".join(f"CASE WHEN {short_sql('t', one)} THEN year({stamp_sql('t', one)}) END" for one in parts)
    rows = f"SELECT coalesce({years}) % 100 AS y FROM (SELECT {text} AS t FROM cells LIMIT {_LOOK})"
    changes = f"SELECT y, lag(y) OVER () AS b FROM ({rows}) WHERE y IS NOT NULL"
    found = table.connection.execute(f"SELECT y FROM ({changes}) WHERE y IS DISTINCT FROM b").fetchnumpy()
    return np.asarray(found["y"], np.int64)
