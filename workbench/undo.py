"""Undo and redo of settings: every state of the draft, with a word on how it differs from the one before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.config import Experiment, field_info, field_names
from workbench.draft import Draft, source_name

_TOGETHER = 1.5  # seconds within which changes of one field are one
_LIMIT = 200


class Undo(QObject):
    """Watches the draft. To everybody else, undoing is one more change, made as a person makes it."""

    def __init__(self, draft: Draft, take: Callable[[dict[str, Any]], str]) -> None:
        """`take` changes settings by dotted name and says why not, or nothing."""
        super().__init__()
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_LIMIT)
        self._draft, self._take = draft, take
        self._last: Experiment | None = None
        self._moving = False
        draft.changed.connect(self._on_changed)

    def live(self, back: bool) -> bool:
        """Whether what comes next on the way back, or on again, may be changed while a run is on."""
        command = self.stack.command(self.stack.index() - 1 if back else self.stack.index())
        return isinstance(command, _Change) and all(field_info(*name.split(".")).live for name in command.names)

    def begin_anew(self) -> None:
        """What comes next is the set-up of something else: nothing leads back from it."""
        self.stack.clear()
        self._last = None

    @Slot()
    def _on_changed(self) -> None:
        before, self._last = self._last, self._draft.experiment
        if before is not None and before != self._last and not self._moving:
            self.stack.push(_Change(before, self._last, self._go_to))

    def _go_to(self, experiment: Experiment) -> None:
        now = self._draft.experiment
        self._moving = True
        try:
            self._take({name: _value(experiment, name) for name in differences(now, experiment)})
        finally:
            self._moving = False


class _Change(QUndoCommand):
    def __init__(self, before: Experiment, after: Experiment, go_to: Callable[[Experiment], None]) -> None:
        super().__init__(_words(before, after))
        self._before, self._after, self._go_to = before, after, go_to
        self.names, self._made = differences(before, after), time.monotonic()
        self._done = True  # the change itself was made before it came here

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(other, _Change) or len(self.names) != 1 or other.names != self.names:
            return False
        if other._made - self._made > _TOGETHER:
            return False
        self._after, self._made = other._after, other._made
        self.setObsolete(self._after == self._before)  # back where it began: the stack takes it away
        return True

    def undo(self) -> None:
        self._done = False
        self._go_to(self._before)

    def redo(self) -> None:
        if not self._done:
            self._go_to(self._after)


def differences(before: Experiment, after: Experiment) -> tuple[str, ...]:
    """Dotted names of the fields that are not the same."""
    return tuple(name for name in field_names() if _value(before, name) != _value(after, name))


def _value(experiment: Experiment, name: str) -> Any:
    section, _, field = name.partition(".")
    return getattr(getattr(experiment, section), field)


def _words(before: Experiment, after: Experiment) -> str:
    names = differences(before, after)
    if {"data.file", "data.sample"} & set(names):
        return f"opening {source_name(after)}"
    if len(names) == 1:
        return field_info(*names[0].split(".")).label
    return f"{len(names)} settings"
