"""A picture that is built when it is first seen, or before, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from workbench.looks.theme import Theme
from workbench.plots.frame.frame import PictureFrame
from workbench.plots.frame.tab_order import order_tabs
from workbench.views._failing import Failing

_AHEAD = "what is made ahead"


class BuiltInParts(PictureFrame):
    """What `build` makes comes in its colours and its room; what fails is said in its place."""

    def __init__(self, theme: Theme, *, compact: bool, parent: QWidget | None) -> None:
        super().__init__(theme, compact=compact, parent=parent)
        self.takes_turns = False  # in a window at work: each part is built in a turn of the event loop of its own
        self._built = False
        self._parts: Iterator[None] | None = None  # of building it, those to come
        self._stuck = False  # making more ahead of time has failed
        self._failing = Failing(self.key)

    def build(self) -> Iterator[None] | None:
        """Make the widgets, once, into `body`, when the view is first seen or while nobody waits for anything.

        One that takes as long as a frame yields between its parts, which may then be made in turns of the event loop.
        """

    def recolour(self) -> None:
        """Set every pen, brush and ground from `theme`."""

    def make(self) -> None:
        """Build it now, unless it is."""
        while self.make_part():
            pass

    def make_part(self) -> bool:
        """Build one part of it, unless all is there; True when there was something to do."""
        if self._built:
            return False
        self._failing.attempt("making", self._make_part)
        return True

    def make_more(self) -> bool:
        """Build a further part of what may be needed, unless all is there; True when there was something to do.

        After one that fails no more are built ahead: it is tried again, and said, when it is needed.
        """
        more: list[bool] = []
        if not self._stuck:
            self._stuck = not self._failing.attempt(_AHEAD, lambda: more.append(self.make_ahead()))
            self._failing.excuse(_AHEAD)
        return more == [True]

    def make_ahead(self) -> bool:
        """Make one thing more that a picture may need, unless all is there; True when there was something to do."""
        return False

    def _make_part(self) -> None:
        self._parts = self._parts or self._in_parts()
        try:
            next(self._parts, None)
        except Exception:
            self._built = True
            raise
        finally:
            self._adopt()

    def _in_parts(self) -> Iterator[None]:
        yield from self.build() or ()
        yield
        self._built = True
        self.fit_room()
        self.recolour()
        order_tabs(self)

    def _adopt(self) -> None:
        """What is in no layout yet belongs to the view: closed between two parts, Qt has to take it apart in order."""
        for part in vars(self).values():
            if isinstance(part, QWidget) and part.parent() is None:
                part.setParent(self.body)
