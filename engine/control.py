"""What a person may ask of a run while it runs: pause, step, stop, look inside, change a rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from engine.config import ConfigError, Experiment, field_info
from engine.events import SnapshotRequest

_NOTHING_ASKED = SnapshotRequest(id=0, probes=frozenset())


class Control:
    """The one thing a window and a training thread share. Every method may be called from any thread.

    Commands take effect between two batches. `finish` and `stop` both end the run with its best weights;
    `finish` also scores the weights of this moment first, so that they have their chance to be the best.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._pause_asked = 0.0
        self._steps = 0
        self._ending = ""
        self._request = _NOTHING_ASKED
        self._changes: dict[str, Any] = {}
        self._asked: list[tuple[str, tuple[Any, ...]]] = []  # until somebody follows
        self._follower: Callable[[str, tuple[Any, ...]], None] | None = None

    # --- elsewhere ---

    def follow(self, follower: Callable[[str, tuple[Any, ...]], None]) -> None:
        """Hand on all that was asked and will be, as the arguments of another control's `obey`."""
        with self._changed:
            self._follower = follower
            asked, self._asked = self._asked, []
            for name, arguments in asked:
                follower(name, arguments)

    def obey(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Do what another control was asked."""
        if name == "request":
            (self.request,) = arguments
        else:
            getattr(self, name)(*arguments)

    def _note(self, name: str, *arguments: Any) -> None:
        if self._follower is not None:
            self._follower(name, arguments)
        else:
            self._asked = [item for item in self._asked if item[0] != "request"] + [(name, arguments)]

    # --- asked from outside ---

    def pause(self) -> None:
        """Wait after the batch at hand; where somebody looks inside, after a short one more, which is watched."""
        with self._changed:
            self._paused = True
            self._pause_asked = time.monotonic()
            self._steps = 0
            self._note("pause")
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._paused = False
            self._note("resume")
            self._changed.notify_all()

    def step_once(self) -> None:
        """Train one batch, then wait; pauses a run that is not paused yet."""
        with self._changed:
            self._paused = True
            self._steps += 1
            self._note("step_once")
            self._changed.notify_all()

    def stop(self) -> None:
        """End after the batch at hand; the best weights are kept."""
        self._end("stop")

    def finish(self) -> None:
        """End after the batch at hand, score it, and keep the best weights."""
        self._end("finish")

    def abandon(self) -> None:
        """End after the batch at hand, saved but without a result: whoever asked for the run is gone."""
        self._end("abandon")

    def set(self, name: str, value: Any) -> None:
        """Change a field of the running experiment, as in ``set("training.learning_rate", 1e-4)``.

        Raises:
            ConfigError: the field cannot be changed during a run, or the value is out of its range.
        """
        section, _, field = name.partition(".")
        if not field_info(section, field).live:
            raise ConfigError(f"{name} cannot be changed during a run; it takes effect with the next one")
        checked = getattr(getattr(Experiment().replace({name: value}), section), field)
        with self._changed:
            self._changes[name] = checked
            self._note("set", name, checked)
            self._changed.notify_all()

    @property
    def request(self) -> SnapshotRequest:
        """What the visible views need; a request with a higher `id` replaces the one before."""
        with self._changed:
            return self._request

    @request.setter
    def request(self, request: SnapshotRequest) -> None:
        with self._changed:
            if request.id > self._request.id:
                self._request = request
                self._note("request", request)
                self._changed.notify_all()

    # --- looked at by the run, between two batches ---

    @property
    def ending(self) -> str:
        """ "stop", "finish" or "abandon" once that was asked, empty before."""
        with self._changed:
            return self._ending

    @property
    def paused(self) -> bool:
        """Whether the next batch has to wait."""
        with self._changed:
            return self._paused and not self._steps and not self._ending

    @property
    def pause_asked(self) -> float:
        """When `pause` was called last, by `time.monotonic`."""
        with self._changed:
            return self._pause_asked

    @property
    def stepping(self) -> bool:
        """Whether single steps are still to be done."""
        with self._changed:
            return self._steps > 0

    def take_step(self) -> None:
        """Use up one of the steps that `step_once` allowed, if any."""
        with self._changed:
            self._steps = max(0, self._steps - 1)

    def take_changes(self) -> dict[str, Any]:
        """Fields to change now, by dotted name; each is handed out once."""
        with self._changed:
            changes, self._changes = self._changes, {}
            return changes

    def wait(self, answered: int) -> None:
        """Block while paused, until something is asked; `answered` is the id of the last request served."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    not self._paused
                    or bool(self._steps or self._ending or self._changes)
                    or self._request.id > answered
                )
            )

    def _end(self, how: str) -> None:
        with self._changed:
            # A stop is more urgent than a finish, and neither is taken back by somebody's going.
            if not self._ending or (self._ending == "finish" and how == "stop"):
                self._ending = how
            self._note(how)
            self._changed.notify_all()
