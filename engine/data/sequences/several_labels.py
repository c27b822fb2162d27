"""Whether a table says of each sequence or text any number of labels at once: how that looks."""

from __future__ import annotations

from engine.config import DataConfig
from engine.data.notation.quoting import quoted
from engine.data.sequences.column_looks import ColumnLook
from engine.data.sequences.label_sets import separator_of
from engine.data.tables.tables import Table

_LOOK = 100_000  # rows
_NAMED = 6  # columns that are each told


def is_several(table: Table, name: str, rows: int) -> bool:
    """Whether cells of a column hold several labels, over the first rows."""
    found = f"SELECT CAST({quoted(name)} AS VARCHAR) AS v FROM cells LIMIT {rows}"
    cells = table.connection.execute(f"SELECT trim(v) FROM ({found}) WHERE v IS NOT NULL").fetchall()
    return bool(separator_of([cell for (cell,) in cells]))


def several_told(names: tuple[str, ...]) -> str:
    """What is said of columns that each are one of several labels."""
    shown = ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"any number of labels at once: {shown}"


def are_labels(table: Table, said: DataConfig) -> bool:
    """Whether the targets that were said are labels of texts or sequences: columns of 1 and 0, beside none."""
    if said.label or len(said.targets) < 2 or not (said.text_column or said.channels or said.sequence_column):
        return False
    flags = (f"coalesce(bool_and({table.number(name)} IN (0, 1)), false)" for name in said.targets)
    if not all(table.one(", ".join(flags))):
        return False
    return not said.sequence_column or all(constant(table, said.sequence_column, name) for name in said.targets)


def constant(table: Table, sequence: tuple[str, ...], name: str, rows: int = _LOOK) -> bool:
    """Whether a column has one value in each sequence."""
    varied = table.connection.execute(
        f"SELECT count(*) FROM (SELECT count(DISTINCT {quoted(name)}) AS n FROM (SELECT * FROM cells LIMIT {rows}) "
        f"GROUP BY {', '.join(map(quoted, sequence))}) WHERE n > 1"
    ).fetchone()
    return varied is not None and varied[0] == 0


def flags(table: Table, columns: list[ColumnLook]) -> list[ColumnLook]:
    """Those of the columns that hold nothing but 1 and 0."""
    two = [c for c in columns if c.number and c.different == len((0, 1))]
    told = (f"coalesce(bool_and({table.number(c.name)} IN (0, 1)), false)" for c in two)
    return [c for c, told in zip(two, table.one(", ".join(told), rows=_LOOK), strict=True) if told] if two else []
