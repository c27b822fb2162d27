"""Every view in turn, over what real runs measured: series and text, shallow and deep, in one direction and both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.control import Control
from engine.data import load, sample
from engine.events import PROBES, Evaluated, Paused, RunStarted, Snapshot, SnapshotRequest, StepDone
from engine.training import TrainingRun
from workbench.looks.theme import LIGHT
from workbench.runs.history import History
from workbench.views import discover
from workbench.views.live_view import LiveView

_STEPS = 3
_SMALL: dict[str, Any] = {"model.hidden_size": 4, "training.threads": 1}
RUNS = {
    "lstm": sample("airline_passengers").experiment.replace(_SMALL),
    "deep elman": sample("noisy_sine").experiment.replace(
        _SMALL | {"model.cell": "elman", "model.num_layers": 2, "model.bidirectional": True, "training.epochs": 2}
    ),
    "no recurrent matrix": sample("noisy_sine").experiment.replace(_SMALL | {"model.cell": "mingru"}),
    "text": sample("as_you_like_it").experiment.replace(_SMALL | {"model.embedding_size": 3}),
    "classes": sample("japanese_vowels").experiment.replace(_SMALL),
    "pairs": sample("number_words").experiment.replace(_SMALL | {"model.embedding_size": 3}),
}
Shown = tuple[RunStarted, Snapshot, History]


@pytest.fixture(scope="module")
def shown() -> Callable[[str], Shown]:
    """What a run has told by its third step; each is trained once."""
    known: dict[str, Shown] = {}

    def of(name: str) -> Shown:
        if name not in known:
            known[name] = _train(RUNS[name])
        return known[name]

    return of


def _train(experiment: Experiment) -> Shown:
    control, history, start, snapshot = Control(), History(), None, None
    for _ in range(_STEPS):
        control.step_once()
    for event in TrainingRun(experiment, load(experiment), control):
        if isinstance(event, RunStarted):
            start = event
        elif isinstance(event, StepDone):
            history.extend("loss", [event.step], [event.loss])
            history.extend("gradient_norm", [event.step], [event.gradient_norm])
        elif isinstance(event, Evaluated):
            for name in ("training_loss", "validation_loss", "metric"):
                history.extend(name, [event.step], [getattr(event, name)])
        elif isinstance(event, Snapshot):
            snapshot = event
            control.stop()
        elif isinstance(event, Paused):
            control.request = SnapshotRequest(1, frozenset(PROBES), character=1)
    assert start is not None
    assert snapshot is not None
    return start, snapshot, history


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("kind", discover(), ids=lambda kind: kind.key)
def test_every_view_shows_what_a_real_run_measured(
    shown: Callable[[str], Shown], qtbot: QtBot, kind: type[LiveView], run: str
) -> None:
    start, snapshot, history = shown(run)
    view = kind(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen and view.body.updatesEnabled())
    view.show_start(start)
    view.show_snapshot(snapshot)
    view.show_history(history)
    view.time.pin(1)
    view.grab()
    words = view._message.text() if view._stack.currentWidget() is view._message else ""
    assert words != view.waiting or not view.probes & dict(snapshot.values).keys()
    header, rows = view.table()
    assert words or rows
    assert all(len(row) == len(header) for row in rows)
