"""Between the training thread and the window: the newest snapshot, and every scalar."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from engine.events import Event, Snapshot


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was waiting: all events in their order, and the last snapshot if one came since."""

    events: tuple[Event, ...]
    snapshot: Snapshot | None


class Mailbox:
    """Snapshots replace one another; everything else is kept until somebody drains. One lock, no Qt."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._snapshot: Snapshot | None = None

    def post(self, event: Event) -> None:
        """Leave one event; never waits for the reader."""
        with self._lock:
            if isinstance(event, Snapshot):
                self._snapshot = event
            else:
                self._events.append(event)

    def drain(self) -> Delivery:
        """Take all that is there."""
        with self._lock:
            events, self._events = self._events, []
            snapshot, self._snapshot = self._snapshot, None
        return Delivery(tuple(events), snapshot)
