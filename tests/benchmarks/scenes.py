"""What a run has left behind when a picture is taken: made of formulas, or of a real run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.control import Control
from engine.data import load, sample
from engine.events import PROBES, Evaluated, Probe, RunStarted, Snapshot, SnapshotRequest, StepDone
from engine.training import TrainingRun
from tests.workbench.views import measured
from workbench.runs.history import History
from workbench.views.live_view import LiveView

_EVERY = 20  # steps between two snapshots of a real run


@dataclass(frozen=True)
class Scene:
    """Everything the window would have handed to a view."""

    name: str
    start: RunStarted
    history: History
    snapshots: Sequence[Snapshot]

    def show(self, view: LiveView) -> None:
        """Hand it over."""
        view.show_start(self.start)
        for snapshot in self.snapshots:
            view.show_snapshot(snapshot)
        view.show_history(self.history)


def made() -> Iterator[Scene]:
    """An LSTM at the end of its run, a deep bidirectional network without gates, and a text."""
    flow = [
        measured.snapshot(measured.gradient_by_time(half_life=2 + 3 * step / 1000), step=step)
        for step in range(0, 1000, 40)
    ]
    yield Scene("lstm", measured.STARTED, measured.history(), [*flow, measured.full_snapshot()])
    deep = measured.snapshot(
        measured.trace(steps=60, units=64, layers=3, reverse=True, gates=False, cell=False),
        measured.gradient_norms(3, reverse=True),
        measured.gradient_by_time(60, 3, 2.0, reverse=True),
        measured.series_prediction(1500),
    )
    yield Scene("deep", measured.STARTED, measured.history(60_000), [deep])
    yield Scene("text", measured.STARTED, measured.history(200), [measured.snapshot(measured.TEXT, *_text())])


def _text() -> tuple[Probe, Probe]:
    """What is looked at of a text of some length."""
    return measured.trace(steps=100, units=64), measured.reading(100, asked=9)


def trained() -> Iterator[Scene]:
    """Short real runs of samples: a series with each kind of cell, and a text."""
    yield _run("airline", "airline_passengers", {"training.epochs": 60})
    deep = {"model.cell": "elman", "model.num_layers": 2, "model.bidirectional": True, "training.epochs": 30}
    yield _run("sunspots", "sunspots", deep)
    yield _run("weather", "seattle_weather", {"model.cell": "gru", "training.epochs": 5})
    yield _run("text", "as_you_like_it", {"training.epochs": 1, "model.hidden_size": 64}, most=300)


def _run(name: str, key: str, changes: Mapping[str, object], most: int = 1500) -> Scene:
    experiment = sample(key).experiment.replace(changes)
    control, history, snapshots = Control(), History(), list[Snapshot]()
    start = measured.STARTED
    for event in TrainingRun(experiment, load(experiment), control):
        if isinstance(event, RunStarted):
            start = event
        elif isinstance(event, StepDone):
            history.extend("loss", [event.step], [event.loss])
            history.extend("gradient_norm", [event.step], [event.gradient_norm])
            if event.step % _EVERY == 0:
                control.request = SnapshotRequest(event.step, frozenset(PROBES))
            if event.step == most:
                control.stop()
        elif isinstance(event, Evaluated):
            for column in ("training_loss", "validation_loss", "metric"):
                history.extend(column, [event.step], [getattr(event, column)])
        elif isinstance(event, Snapshot):
            snapshots.append(event)
    return Scene(name, start, history, snapshots)
