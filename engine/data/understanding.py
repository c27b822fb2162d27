"""A file looked at once: what is understood of it, and what it suggests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.guess import Suggestion
from engine.data.inspection import Inspection, inspected, peek
from engine.data.roles import with_roles
from engine.data.suggestion import is_text, suggest, suggested
from engine.data.tables.opening import open_table
from engine.data.under_way import begin_step


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file is, and what to do with it."""

    inspection: Inspection  # with the roles that suit its columns
    suggestion: Suggestion | None  # None where nothing in it can be predicted
    notes: tuple[str, ...]  # why it is understood so, or why nothing can be predicted


def understand(path: Path, changes: Mapping[str, Any], rows: int = 0) -> Understood:
    """What is understood of a file that is read as `changes` say, with its first `rows` rows.

    Raises:
        DataError: it cannot be read.
    """
    path, experiment = path.expanduser(), Experiment().replace(changes)
    reading = Reading.of(experiment.data)
    if is_text(path, reading):
        return _understood(peek(path, rows, reading), changes, _suggestion(lambda: suggest(path, experiment)))
    with open_table(path, reading) as table:
        begin_step("what its columns are")
        suggestion = _suggestion(lambda: suggested(table, experiment))  # first: it tells what stands for no value
        begin_step("what is in them")
        return _understood(inspected(table, rows), changes, suggestion)


def _suggestion(ask: Callable[[], Suggestion]) -> Suggestion | str:
    """What is suggested, or why nothing is: it can be read, but there is nothing in it to predict."""
    try:
        return ask()
    except DataError as error:
        return str(error)


def _understood(found: Inspection, changes: Mapping[str, Any], suggestion: Suggestion | str) -> Understood:
    if isinstance(suggestion, str):
        return Understood(dataclasses.replace(found, problem=suggestion), None, (suggestion, *found.remarks))
    data = suggestion.experiment.replace(changes).data
    notes = (*suggestion.notes, *(remark for remark in found.remarks if remark not in suggestion.notes))
    return Understood(with_roles(found, data), suggestion, notes)
