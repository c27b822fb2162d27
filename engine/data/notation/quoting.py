"""Names and texts as SQL."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"
