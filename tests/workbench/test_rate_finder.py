"""Finding a learning rate from the window: over a backend whose losses are known, and over the engine's own."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine import data
from engine.config import Experiment
from engine.rate_search import RateCurve, Tried
from tests.workbench.conftest import RATES, KnownBackend, Listener
from workbench.desk import Desk
from workbench.dialogs.rate_finder import RateFinder
from workbench.doors.backend import Backend
from workbench.looks.theme import DARK, LIGHT
from workbench.rate_test import RateTest


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Any) -> Iterator[Desk]:
    desk = Desk(KnownBackend(), tmp_path)
    desk.draft.open("known")
    desk.draft.learn_facts()
    qtbot.waitUntil(lambda: collected(desk) and desk.draft.ready and desk.draft.facts is not None)
    yield desk
    assert desk.close(10)


def collected(desk: Desk) -> bool:
    desk.jobs.collect()
    return True


def finder(qtbot: QtBot, desk: Desk) -> RateFinder:
    made = RateFinder(desk.rate_test, LIGHT)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: collected(desk) and not desk.rate_test.running)
    return made


def test_the_suggestion_can_be_taken(qtbot: QtBot, desk: Desk, listener: Listener) -> None:
    made, rates = finder(qtbot, desk), list[float]()
    made.taken.connect(rates.append)
    assert made.take.text().startswith("Take 0.00")
    assert "falls most steeply" in made._words.text() == listener.heard[-1]
    assert len(made.plot.curves["smoothed"].x) == RATES
    made.take.click()
    assert math.log10(rates[0]) == pytest.approx(-2.5, abs=0.1)
    assert not made.isVisible()


def test_it_can_be_run_once_more_and_stopped(qtbot: QtBot, desk: Desk) -> None:
    made = finder(qtbot, desk)
    assert made.again.text() == "Once more"
    assert made.plot.canvas.isVisible()
    made.again.click()
    assert (made.again.text(), made.take.isEnabled()) == ("Stop", False)
    assert (made.again.accessibleName(), made.take.accessibleName()) == ("Stop", "Take this rate")
    assert not made.plot.canvas.isVisible()
    assert "the curve begins" in made._words.text()
    made.again.click()
    qtbot.waitUntil(lambda: collected(desk) and not desk.rate_test.running)
    assert made.again.text() == "Once more"
    assert made.found is not None


class HesitantBackend(KnownBackend):
    """Waits after so many rates until it is told to go on."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.go_on = after, threading.Event()

    def find_rate(
        self, experiment: Experiment, dataset: Any, tell: Callable[[Tried], None], stopped: Callable[[], bool]
    ) -> RateCurve:
        def told(each: Tried) -> None:
            tell(each)
            if each.step == self.after:
                self.go_on.wait(20)

        return super().find_rate(experiment, dataset, told, stopped)


def test_it_says_how_long_it_takes_yet_and_how_far_it_came_when_it_is_stopped(
    qtbot: QtBot, desk: Desk, listener: Listener
) -> None:
    slow = HesitantBackend(after=20)
    test = RateTest(slow, desk.jobs, desk.draft, itertools.count(step=3).__next__)
    made = RateFinder(test, LIGHT)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made._words.text() == "Step 20 of 120, about 5:00 left")
    made.again.click()
    slow.go_on.set()
    qtbot.waitUntil(lambda: collected(desk) and not test.running)
    assert made._words.text() == listener.heard[-1]
    assert made._words.text().startswith("Stopped after 20 of 120 steps, at a rate of 1e-05")
    assert not made.take.isEnabled()


def test_what_went_wrong_is_said_in_the_dialog(qtbot: QtBot, desk: Desk) -> None:
    assert desk.change("training.optimizer", "sgd") == ""
    made = finder(qtbot, desk)
    assert made.message.text == "this cannot be tried"
    assert made._words.text() == ""
    assert not made.take.isEnabled()


def test_closing_it_stops_the_test(qtbot: QtBot, desk: Desk) -> None:
    made = finder(qtbot, desk)
    made.again.click()
    made.reject()
    qtbot.waitUntil(lambda: collected(desk) and not desk.rate_test.running)
    assert desk.rate_test._stop.is_set()


def test_the_engine_is_asked_step_by_step(qtbot: QtBot) -> None:
    changes = {"data.length": 160, "data.look_back": 8, "data.season": 40, "training.threads": 1}
    experiment = data.sample("noisy_sine").experiment.replace({**changes, "model.hidden_size": 4})
    told: list[Tried] = []
    found = Backend().find_rate(experiment, data.load(experiment), told.append, lambda: len(told) >= 9)
    assert [each.step for each in told] == list(range(1, 10))
    assert (len(found.rates), found.stopped) == (9, True)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_it_is_drawn_in_both_themes(qtbot: QtBot, desk: Desk, theme: Any) -> None:
    made = finder(qtbot, desk)
    made.apply_theme(theme)
    assert made.plot.canvas.backgroundBrush().color() == theme.color("plot")
    assert made.plot.legend.texts[-1] == f"suggested: {made.found.suggestion:g}"  # type: ignore[union-attr]
    assert not made.grab().isNull()
