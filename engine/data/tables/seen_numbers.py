"""How the numbers of a table are written: in which digits, with which marks, or as lengths of time."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.files.dialect import Reading
from engine.data.notation.decimal_marks import decimal_mark
from engine.data.notation.number_marks import LOOKS, look_sql, mark_of
from engine.data.notation.numbers import in_our_digits_sql, other_digits_sql
from engine.data.notation.quoting import quoted
from engine.data.tables.tables import Table

_TEXTS = 64  # columns of which it is found out how numbers are written
_WRITTEN = 2_000  # rows that tell how numbers are written
_LASTING = ("INTERVAL", "TIME")  # the database's types of lengths of time, and of times of day


def read_digits(table: Table) -> None:
    """Columns of figures in the digits of another script, as 0 to 9."""
    texts = table.names[:_TEXTS]
    some = table.one(", ".join(other_digits_sql(quoted(name)) for name in texts), rows=_WRITTEN)
    if names := [name for name, other in zip(texts, some, strict=True) if other]:
        cells = ", ".join(f"{in_our_digits_sql(quoted(name))} AS {quoted(name)}" for name in names)
        table.replace(lambda source: f"SELECT * REPLACE ({cells}) FROM {source}", kept=False)
        table.notes.append(f"digits of another script read as 0 to 9 in {', '.join(map(repr, names))}")


def read_lengths_of_time(table: Table) -> None:
    """Columns that a file itself calls lengths of time, or times of day, as seconds."""
    names = [name for name, kind in zip(table.names, table.types, strict=True) if kind in _LASTING]
    if names:
        cells = ", ".join(f"epoch({quoted(name)}) AS {quoted(name)}" for name in names)
        table.replace(lambda source: f"SELECT * REPLACE ({cells}) FROM {source}", kept=False)
        table.types = tuple("DOUBLE" if kind in _LASTING else kind for kind in table.types)
        told = f"lengths of time are read as seconds in {', '.join(map(repr, names))}"
        table.remarks.append(told)
        table.notes.append(told)


def _with_figures(table: Table) -> list[str]:
    """Columns of texts that hold a figure: to look for numbers in sixty columns of words takes seconds."""
    texts = [n for n, t in zip(table.names, table.types, strict=True) if t == "VARCHAR"][:_TEXTS]
    holds = (f"bool_or(translate({quoted(name)}, '0123456789', '') <> {quoted(name)})" for name in texts)
    found = table.one(", ".join(holds), rows=_WRITTEN) if texts else ()
    return [name for name, any_figure in zip(texts, found, strict=True) if any_figure]


def see_numbers(table: Table, reading: Reading, times: Sequence[str]) -> None:
    """How the numbers of a text table are written, but for columns that make up the `times` together."""
    delimiter = table.dialect.delimiter if table.dialect else ""
    said = {"point": ".", "comma": ","}.get(reading.decimal)
    table.decimal = said or table.decimal
    texts = _with_figures(table)
    if not texts:
        return
    table.decimal, remark = (said, "") if said else decimal_mark(table.one, list(map(quoted, texts)), delimiter)
    remarks = [remark] if remark else []
    numbers = (f"count({table.written(n)}) < count(nullif(trim({quoted(n)}), ''))" for n in texts)
    some = table.one(", ".join(numbers), rows=_WRITTEN)
    texts = [name for name, worth in zip(texts, some, strict=True) if worth and name not in times]
    looks = table.one(", ".join(look_sql(quoted(n)) for n in texts), rows=_WRITTEN) if texts else ()
    for place, name in enumerate(texts):
        if found := mark_of(*looks[LOOKS * place : LOOKS * (place + 1)]):
            table.marks[name] = found
            remarks.append(f"{name!r}: {found.words}")
    table.remarks += remarks
    table.notes += remarks
