"""What a run says on a terminal: a progress bar and a summary, or one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol

from tqdm import tqdm

from engine.config import Experiment
from engine.events import Compiling, Evaluated, Event, Finding, RunFinished, RunStarted, Snapshot, StepDone
from engine.findings.summary import summary
from engine.runs import plain

_SECONDS_APART = 5.0
_KERNELS = (
    "preparing {desc} |{bar}| {n} of {total}{postfix}"  # the last of them take longest, so tqdm has no say in time
)
_PAIRS = (  # fields that hold names and values
    "baselines", "test_metrics", "test_baselines", "validation_baselines", "changes",
)  # fmt: skip


class Reporter(Protocol):
    """Is shown every event of a run, in order."""

    def show(self, event: Event) -> None:
        """Take in one event."""

    def close(self) -> None:
        """The run is over, however it ended."""


class JsonReporter:
    """One JSON object a line on standard output; see `event_to_dict`. Snapshots are left out."""

    def show(self, event: Event) -> None:
        """See `Reporter`."""
        if not isinstance(event, Snapshot):
            print(json.dumps(event_to_dict(event), ensure_ascii=False, allow_nan=False), flush=True)

    def close(self) -> None:
        """See `Reporter`."""


class BarReporter:
    """Progress on standard error, and a summary on standard output once the run has finished.

    On a terminal bars show it, of kernels that have to be compiled and of steps; into a file or a pipe go lines, of
    epochs that are seconds apart.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._bar: Any = None
        self._started: RunStarted | None = None
        self._findings: dict[str, Finding] = {}
        self._said = -_SECONDS_APART  # when the last line was written

    def show(self, event: Event) -> None:
        """See `Reporter`."""
        if isinstance(event, StepDone):
            self._bar.update(event.step - self._bar.n)
        elif isinstance(event, Compiling) and event.needed:
            self._compiling(event)
        elif isinstance(event, RunStarted):
            self.close()
            self._started, self._bar = event, _bar(event)
        elif isinstance(event, Evaluated) and self._started:
            self._evaluated(event, self._started)
        elif isinstance(event, Finding):
            self._findings[event.key] = event
        elif isinstance(event, RunFinished) and self._started:
            self.close()
            print(summary(self._experiment, self._started, event, list(self._findings.values())))

    def _compiling(self, event: Compiling) -> None:
        if self._bar is None:
            self._bar = tqdm(
                desc=event.what, total=event.needed, file=sys.stderr, disable=None, leave=False, bar_format=_KERNELS,
                dynamic_ncols=True,
            )  # fmt: skip
        self._bar.n = event.done
        self._bar.set_postfix_str(f"about {tqdm.format_interval(event.left)} left" if event.left else "")

    def _evaluated(self, event: Evaluated, started: RunStarted) -> None:
        epoch, scores = f"epoch {event.epoch}/{started.epochs}", _scores(event, started.metric)
        self._bar.set_description_str(epoch, refresh=False)
        self._bar.set_postfix_str(scores, refresh=False)
        due = time.monotonic() - self._said >= _SECONDS_APART or event.epoch == started.epochs
        if self._bar.disable and due:
            self._said = time.monotonic()
            print(f"{epoch}, {scores}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """See `Reporter`."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def event_to_dict(event: Event) -> dict[str, Any]:
    """An event as JSON can hold it.

    The class's name under "event" and each field under its own. Pairs of name and value become an object,
    numbers that are not finite null: ``{"event": "StepDone", "step": 1, "epoch": 1, "loss": 0.5, …}``. What a run
    that goes on was scored before is left out: it is in the run's folder.
    """
    fields: Mapping[str, Any] = {item.name: getattr(event, item.name) for item in dataclasses.fields(event)}
    named = {name: dict(value) if name in _PAIRS else value for name, value in fields.items() if name != "past"}
    return {"event": type(event).__name__, **plain(named)}


def _bar(start: RunStarted) -> Any:
    """A bar over all steps; none where no terminal shows it."""
    total = start.steps_per_epoch * start.epochs
    return tqdm(total=total, initial=start.step, unit=" steps", file=sys.stderr, disable=None, dynamic_ncols=True)


def _scores(event: Evaluated, metric: str) -> str:
    if math.isnan(event.validation_loss):
        return f"loss {event.training_loss:.4g}, no validation part"
    return f"loss {event.training_loss:.4g}, validation {event.validation_loss:.4g}, {metric} {event.metric:.4g}"
