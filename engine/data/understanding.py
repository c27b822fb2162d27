"""A file looked at once: what is understood of it, and what it suggests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.data.dialect import Reading
from engine.data.errors import DataError
from engine.data.guess import Suggestion
from engine.data.inspection import Inspection, inspected, peek
from engine.data.roles import with_roles
from engine.data.suggestion import is_text, suggest, suggested
from engine.data.tables import open_table


def understand(path: Path, changes: Mapping[str, Any], rows: int = 0) -> tuple[Inspection, tuple[str, ...]]:
    """What is understood of a file that is read as `changes` say, with the roles that suit its columns and its first
    `rows` rows; and why it is understood so, or why nothing in it can be predicted.

    Raises:
        DataError: it cannot be read.
    """
    path, experiment = path.expanduser(), Experiment().replace(changes)
    reading = Reading.of(experiment.data)
    if is_text(path, reading):
        found = peek(path, rows, reading)
        return _with_suggestion(found, changes, lambda: suggest(path, experiment))
    with open_table(path, reading) as table:
        opened = list(table.notes)
        found = inspected(table, rows)
        table.notes[:] = opened  # a suggestion has its own words for the rest
        return _with_suggestion(found, changes, lambda: suggested(table, experiment))


def _with_suggestion(
    found: Inspection, changes: Mapping[str, Any], ask: Callable[[], Suggestion]
) -> tuple[Inspection, tuple[str, ...]]:
    try:
        suggestion = ask()
    except DataError as error:  # it can be read, but there is nothing in it to predict
        return found, (str(error),)
    return with_roles(found, suggestion.experiment.replace(changes).data), suggestion.notes
