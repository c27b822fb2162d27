"""Between the training thread and the window: the newest of every probe, and every scalar."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass

from engine.events import Event, Snapshot


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was waiting: all events in their order, and the last snapshot if one came since."""

    events: tuple[Event, ...]
    snapshot: Snapshot | None


class Mailbox:
    """Snapshots become one; everything else is kept until somebody drains. One lock, no Qt."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._snapshot: Snapshot | None = None

    def post(self, event: Event) -> None:
        """Leave one event; never waits for the reader."""
        with self._lock:
            if isinstance(event, Snapshot):
                self._snapshot = _together(self._snapshot, event)
            else:
                self._events.append(event)

    def drain(self) -> Delivery:
        """Take all that is there."""
        with self._lock:
            events, self._events = self._events, []
            snapshot, self._snapshot = self._snapshot, None
        return Delivery(tuple(events), snapshot)


def _together(earlier: Snapshot | None, later: Snapshot) -> Snapshot:
    """The later one, with what the earlier one alone brings."""
    if earlier is None:
        return later
    values = dict(earlier.values) | dict(later.values)
    before = {name: earlier.measured_at(name) for name in values.keys() - dict(later.values).keys()}
    return dataclasses.replace(later, values=tuple(values.items()), earlier=(*later.earlier, *before.items()))
