"""When a picture is drawn: when something of its own has come and somebody can see it, or as soon as somebody can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from engine.events import Snapshot
from workbench.calm import Calm
from workbench.later import in_turn, later
from workbench.looks.theme import Theme
from workbench.runs.history import History
from workbench.views._built_in_parts import BuiltInParts

_FRAME_MS = 10  # after which what is around the picture has been painted: Qt gathers what to paint for five


class DrawnWhenSeen(BuiltInParts):
    """What is hidden, minimised or held draws nothing, and catches up when it is seen.

    What goes wrong while it draws is said in its place and goes no further.
    """

    needs_changed = Signal()  # what it would ask for is different now

    def __init__(self, theme: Theme, *, compact: bool, parent: QWidget | None) -> None:
        super().__init__(theme, compact=compact, parent=parent)
        self.snapshot: Snapshot | None = None
        self.history: History | None = None
        self._held = False
        self._behind: set[str] = set()

    def draw(self, snapshot: Snapshot) -> None:
        """Show `snapshot`, which holds at least one of the `probes`."""

    def draw_history(self, history: History) -> None:
        """Show the scalars."""

    # --- whether it is seen -----------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """True when somebody can see it change: only then does it need anything."""
        return self.on_screen and not self._held

    @property
    def on_screen(self) -> bool:
        """True when some part of it is visible."""
        return self.isVisible() and not self.window().isMinimized() and not self.visibleRegion().isEmpty()

    def hold(self, held: bool) -> None:
        """Keep the picture as it is while the run goes on, or let go and catch up."""
        self._held = held
        super().hold(held)
        self.needs_changed.emit()
        self._catch_up()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`, now or when the view is next seen."""
        super().apply_theme(theme)
        self._catch_up("theme")

    # --- what is drawn in turns -------------------------------------------------------------------------

    @property
    def in_turns(self) -> bool:
        """Whether what is drawn now may come in turns: what failed so is drawn whole, and the words on it stay."""
        return self.takes_turns and not self._failing.retries

    def draw_in_turn(self, call: Callable[[], object], part: str = "picture") -> None:
        """Draw what is still to come of the picture, or of the "history", as `later.in_turn` does.

        What fails there is said in the view's place, too.
        """
        in_turn(self, partial(self._draw_rest, part, call))

    def calm(self, call: Callable[[], object], part: str = "picture", **rest: int) -> Calm:
        """For what is drawn less often than it is asked for; what fails there is said in the view's place, too."""
        return Calm(self, partial(self._draw_rest, part, call), **rest)

    # --- when to draw -----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Build what was never seen; it catches up, and is painted, each in a turn of the event loop of its own."""
        super().showEvent(event)
        if not self.takes_turns:
            self.make()
        self.body.setUpdatesEnabled(False)
        in_turn(self, self._come_into_sight)
        self.needs_changed.emit()

    def _come_into_sight(self) -> bool:
        """Whether there is more to do."""
        if self.make_part():
            return True
        self._catch_up()
        later(_FRAME_MS, self, partial(self.body.setUpdatesEnabled, True))
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing any more."""
        super().hideEvent(event)
        self.needs_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Catch up when something that covered the view has gone."""
        super().paintEvent(event)
        if self._behind and not self._held:
            later(0, self, self._catch_up)

    def _catch_up(self, news: str = "") -> None:
        if news:
            self._behind.add(news)
        if not self.on_screen or not self._built:
            return
        attempt = self._failing.attempt
        if "theme" in self._behind:
            self._behind.discard("theme")
            attempt("colours", self.recolour)
        if self._held:
            return
        if "history" in self._behind and self.history is not None:
            attempt("history", partial(self.draw_history, self.history))
        if "snapshot" in self._behind and self.snapshot is not None:
            attempt("picture", partial(self._draw_snapshot, self.snapshot))
        self._behind.clear()
        self._turn_page()

    def _draw_snapshot(self, snapshot: Snapshot) -> None:
        self.draw(snapshot)

    def _turn_page(self) -> None:
        if not self._failing.attempt("page", self.turn_page):
            self.turn_page()  # to the words on why

    def _draw_rest(self, part: str, call: Callable[[], object]) -> bool:
        """Whether there is more to do."""
        more: list[object] = []
        self._failing.attempt(part, lambda: more.append(call()))
        if more == [True]:
            return True
        self._turn_page()
        return False
