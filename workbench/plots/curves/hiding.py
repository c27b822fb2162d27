"""Which parts of a plot are hidden: by name, so that it is remembered when curves go and come again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.plots.axes.steady_box import SteadyBox
from workbench.plots.key.keys import Key, Scale


class Hiding(QObject):
    """Hides and shows what belongs to a name of the key; what is hidden does not count in the range."""

    changed = Signal()

    def __init__(self, parent: QObject, box: SteadyBox) -> None:
        super().__init__(parent)
        self._box, self._hidden = box, set[str]()
        self._owned: dict[str, list[Any]] = {}

    def own(self, name: str, *items: Any) -> None:
        """`items` go and come with `name`."""
        self._owned.setdefault(name, []).extend(items)
        for item in items:
            item.setVisible(name not in self._hidden)

    def disown(self, name: str, *items: Any) -> None:
        """`items` were taken off the plot; whether `name` is hidden is remembered."""
        rest = [item for item in self._owned.pop(name, []) if item not in items]
        if rest:
            self._owned[name] = rest

    def hides(self, name: str) -> bool:
        """Whether `name` is hidden now."""
        return name in self._hidden

    def toggle(self, name: str) -> None:
        """Hide what is shown, show what is hidden."""
        if name not in self._owned:
            return
        self._hidden ^= {name}
        for item in self._owned[name]:
            item.setVisible(name not in self._hidden)
        self._box.loosen()
        self.changed.emit()

    def marked(self, items: Iterable[Key | Scale]) -> tuple[Key | Scale, ...]:
        """The entries of a key with what can be hidden and what is; a single one stays."""
        several = tuple(items)
        if sum(item.name in self._owned for item in several) < 2:
            return several
        return tuple(
            dataclasses.replace(item, hides=True, hidden=item.name in self._hidden)
            if isinstance(item, Key) and item.name in self._owned
            else item
            for item in several
        )
