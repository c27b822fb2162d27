"""What each column of a table is for, as the settings say."""

from __future__ import annotations

import dataclasses

from engine.config import DataConfig
from engine.data.inspection import Inspection

_SINGLE = {
    "time": "time_column",
    "label": "label",
    "text": "text_column",
    "split": "split_column",
}
_MANY = {"target": "targets", "input": "inputs", "sequence": "sequence_column"}


def role(name: str, data: DataConfig) -> str:
    """What the settings use a column for, one of `engine.config.ROLES`."""
    for found, field in _MANY.items():
        if name in getattr(data, field):
            return found
    return next((found for found, field in _SINGLE.items() if getattr(data, field) == name), "ignored")


def with_roles(found: Inspection, data: DataConfig) -> Inspection:
    """The inspection with the kind of data and the roles of columns that the settings give."""
    columns = tuple(dataclasses.replace(column, role=role(column.name, data)) for column in found.columns)
    return dataclasses.replace(found, kind=data.kind, columns=columns)


def assigned(roles: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    """Settings, by dotted name, that give columns these roles; a role that nobody has leaves its setting empty."""
    changes: dict[str, str | tuple[str, ...]] = {
        f"data.{field}": next((name for name, given in roles.items() if given == one), "")
        for one, field in _SINGLE.items()
    }
    many = {f"data.{field}": tuple(n for n, given in roles.items() if given == one) for one, field in _MANY.items()}
    return changes | many
