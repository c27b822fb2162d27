"""Where the runs of a race or a sweep are kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.comparing.kept import memberships
from engine.comparing.race_messages import Entrant, Key
from engine.events import CheckpointSaved, Event, Finding
from engine.storage.contest_file import Membership
from workbench.runs.records import run_name

NewFolder = Callable[[str], Path]


class Keeping:
    """Gives each run its folder. Told of by the thread of the race; asked by the window's thread, too."""

    def __init__(self, field: Sequence[Entrant] = (), new_folder: NewFolder | None = None) -> None:
        """Without a `new_folder`, which gives a run's folder from its name, nothing is kept."""
        self._new_folder = new_folder
        self._of = dict(zip(field, memberships(field, time.time()), strict=True))
        self._folders: dict[Entrant, Path] = {}
        self._troubles: dict[Entrant, str] = {}  # why runs could not be kept

    def place(self, entrant: Entrant) -> tuple[Path | None, Membership | None]:
        """The folder of a run that begins, and what the run says there of the race."""
        if self._new_folder is None:
            return None, None
        self._folders[entrant] = folder = self._new_folder(run_name(entrant.experiment))
        return folder, self._of[entrant]

    def hear(self, entrant: Entrant, event: Event) -> None:
        """What a run says of its folder."""
        if isinstance(event, CheckpointSaved):
            self._folders[entrant] = Path(event.path).parent  # elsewhere, where its own could not take it
        elif isinstance(event, Finding) and event.key == "saving":
            self._troubles.pop(entrant, None)
            if event.level == "problem":
                self._troubles[entrant] = event.why

    def folder(self, entrant: Entrant) -> Path | None:
        """Where a run is kept that has begun."""
        return self._folders.get(entrant)

    def runs(self, key: Key) -> set[Membership]:
        """What the runs that are kept of one that is compared say of themselves, as far as they have begun."""
        return {self._of[entrant] for entrant in tuple(self._folders) if entrant.key == key}

    @property
    def troubles(self) -> str:
        """How many runs could not be kept where they belong, and why, in a sentence; "" where all were."""
        if not self._troubles:
            return ""
        several = f"{len(self._troubles)} runs" if len(self._troubles) > 1 else "1 run"
        return f"{several} could not be kept where runs belong: {next(iter(self._troubles.values()))}"
