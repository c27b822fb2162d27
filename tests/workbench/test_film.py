"""Going back through a run: what was measured is kept, thinned, and shown as it was."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.events import RunFailed, RunFinished, Snapshot
from engine.inside_records import Contributions
from tests.workbench.views import measured
from workbench.gallery.gallery import Gallery
from workbench.looks.theme import LIGHT
from workbench.runs.film import Film, same, size
from workbench.runs.records import RunRecord
from workbench.views.live_view import LiveView


def shares(step: int, length: int = 4) -> Contributions:
    return Contributions(("a",), "a", None, (1,), np.full(length, float(step)), float(step))


def moment(step: int, **probes: object) -> Snapshot:
    return Snapshot(step, 1 + step // 10, 1, tuple((probes or {"contributions": shares(step)}).items()))  # type: ignore[arg-type]


def value(film: Film) -> float:
    shown = film.shown()
    assert shown is not None
    return dict(shown.values)["contributions"].total  # type: ignore[union-attr]


def test_views_follow_until_a_moment_is_gone_to(qtbot: QtBot) -> None:
    film = Film()
    assert film.record(moment(1))
    assert film.record(moment(5))
    with qtbot.waitSignal(film.moved):
        film.go(3)
    assert (film.position, value(film)) == (1, 1.0)
    assert not film.record(moment(9))
    assert value(film) == 1.0
    film.go(None)
    assert (film.position, value(film)) == (None, 9.0)


def test_at_the_end_the_best_weights_are_shown_again_though_they_are_of_an_earlier_step() -> None:
    film = Film()
    for step, total in ((10, 1.0), (50, 2.0), (100, 3.0), (50, 4.0)):  # the last are the best, measured at the end
        film.record(moment(step, contributions=shares(int(total))))
    film.record(moment(100, weights=measured.weights(4)))
    film.go(100)
    assert value(film) == 3.0
    film.go(None)
    assert value(film) == 4.0
    shown = film.shown({"contributions"})
    assert shown is not None
    assert shown.step == 50


def test_each_probe_as_it_was_last_measured() -> None:
    film = Film()
    film.record(moment(1, contributions=shares(1), weights=measured.weights(4)))
    film.record(moment(2))
    film.record(moment(3, weights=measured.weights(8)))
    film.go(2)
    shown = film.shown()
    assert shown is not None
    found = dict(shown.values)
    assert (shown.step, found["contributions"].total) == (2, 2.0)  # type: ignore[union-attr]
    assert len(found["weights"].parameters[0].values) == 16  # type: ignore[union-attr]


def test_what_was_measured_earlier_bears_its_own_step() -> None:
    film = Film(most=3)
    for step in (1, 10, 11, 100, 200):
        others = {"weights": measured.weights(step)} if step in (1, 10) else {}
        film.record(moment(step, contributions=shares(step), **others))

    def steps() -> list[int]:
        return [shown.step for name in ("weights", "contributions") if (shown := film.shown({name})) is not None]

    assert film.steps == [1, 11, 200]  # what the tenth knew was handed on
    film.go(11)
    assert steps() == [10, 11]
    film.go(None)
    assert steps() == [10, 200]
    nothing = film.shown({"hidden"})
    assert nothing is not None
    assert nothing.values == ()
    for position, then in ((11, 11), (None, 200)):
        film.go(position)
        both = film.shown({"weights", "contributions"})
        assert both is not None
        assert (both.measured_at("weights"), both.measured_at("contributions")) == ((10, 2), (then, 1 + then // 10))


def test_what_is_too_much_goes_where_it_is_missed_least() -> None:
    film = Film(most=20)
    for step in range(1, 1001):
        film.record(moment(step))
    steps = np.array(film.steps)
    assert len(steps) == 20
    assert (steps[0], steps[-1]) == (1, 1000)
    ratios = steps[1:] / steps[:-1]
    assert ratios.max() < 4
    assert np.diff(steps)[10:].min() > np.diff(steps)[:3].max()


def test_what_a_dropped_moment_knew_is_handed_on() -> None:
    film = Film(most=3)
    film.record(moment(1))
    film.record(moment(10, weights=measured.weights(4)))
    film.record(moment(11))
    film.record(moment(100))
    assert film.steps == [1, 11, 100]
    film.go(11)
    shown = film.shown()
    assert shown is not None
    assert "weights" in dict(shown.values)


def test_memory_is_bounded() -> None:
    film = Film(most_bytes=100_000)
    for step in range(1, 60):
        film.record(moment(step, contributions=shares(step, length=1000)))
    assert film.bytes <= 100_000
    assert film.steps[-1] == 59


def test_a_probe_that_rests_is_kept_once() -> None:
    film, weights = Film(), measured.weights()
    for step in range(1, 20):
        film.record(moment(step, weights=copy.deepcopy(weights)))
    assert film.bytes == size(weights)
    assert same(weights, copy.deepcopy(weights))
    assert not same(weights, measured.weights(spread=0.3))


def test_a_new_run_is_followed() -> None:
    film = Film()
    film.record(moment(1))
    film.go(1)
    film.clear()
    assert (film.steps, film.position, film.shown()) == ([], None, None)


def test_bytes_are_those_of_what_is_kept() -> None:
    film, made = Film(most=7), [shares(step, length=4 + step % 5) for step in range(60)]
    chance = np.random.default_rng(0)
    for step in sorted(chance.integers(0, 40, size=60).tolist()):
        film.record(moment(step, contributions=made[chance.integers(60)], weights=made[chance.integers(60)]))
        kept: dict[int, Any] = {}
        for each in film.steps:  # each probe is shown at the moment that keeps it
            film.go(each)
            shown = film.shown()
            assert shown is not None
            kept |= {id(probe): probe for _, probe in shown.values}
        assert film.bytes == sum(size(probe) for probe in kept.values())


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    made = Gallery(LIGHT)
    qtbot.addWidget(made.widget)
    made.widget.resize(900, 600)
    made.widget.show()
    return made


def test_every_view_follows_the_slider(gallery: Gallery, qtbot: QtBot) -> None:
    for step in (100, 200, 300):
        snapshot = measured.full_snapshot(step)
        if gallery.film.record(snapshot):
            for view in gallery.views:
                view.show_snapshot(snapshot)
    scrubber = gallery.widget.findChild(type(gallery.scrubber))
    assert scrubber is not None
    assert not scrubber.live.isEnabled()
    QTest.keyClick(scrubber.slider, Qt.Key.Key_Left)
    assert scrubber._told.text() == "Step 200 of 300"
    assert all(view.snapshot.step == 200 for view in gallery.views if view.probes and view.snapshot)
    assert all(view.moment == 200 for view in gallery.views)
    assert not gallery.film.record(measured.full_snapshot(400))
    assert scrubber._told.text() == "Step 200 of 400"
    scrubber.live.click()
    assert all(view.snapshot.step == 400 for view in gallery.views if view.probes and view.snapshot)
    assert all(view.moment is None for view in gallery.views)


@pytest.mark.parametrize(
    ("failed", "step", "words", "earlier"),
    [
        (True, 300, "The end, step 300", "Step 200 of 300"),
        (True, 301, "Step 300 of 301, the last measured", "Step 200 of 301"),
        (False, 301, "The end, step 301", "Step 200 of 301"),  # what was measured then are the best weights, of before
    ],
)
def test_at_the_end_it_is_told_which_step_is_shown(
    gallery: Gallery, failed: bool, step: int, words: str, earlier: str
) -> None:
    for each in (200, 300):
        gallery.film.record(measured.full_snapshot(each))
    record = RunRecord(1, "lstm-32", Experiment(), None)
    record.outcome = RunFailed("", "", "", step) if failed else RunFinished("stopped", step, 4, 3, 0.1, (), (), 1.0)
    gallery.end(record)
    assert all(("failed" in view.unmeasured) is failed for view in gallery.views)
    assert gallery.scrubber._told.text() == words
    gallery.film.go(200)
    assert gallery.scrubber._told.text() == earlier
    gallery.reset()
    assert gallery.scrubber._told.text() == "Nothing measured yet"


def test_where_it_is_narrow_it_is_told_in_fewer_words_rather_than_cut(gallery: Gallery) -> None:
    scrubber = gallery.scrubber
    scrubber.resize(280, scrubber.height())
    assert scrubber._told.text() == "Nothing yet"
    for each in (12_200, 12_300):
        gallery.film.record(measured.full_snapshot(each))
    whole, short = ("Live, from step 12,200 on", "Step 12,200 of 12,300"), ("Live", "Step 12,200")
    for wide, (live, before) in ((600, whole), (280, short)):
        scrubber.resize(wide, scrubber.height())
        assert scrubber._told.text() == live
        gallery.film.go(12_200)
        assert scrubber._told.text() == before
        assert scrubber.slider.accessibleName().endswith("Step 12,200 of 12,300")
        gallery.film.go(None)


def test_the_first_moment_is_told_of_at_once(gallery: Gallery) -> None:
    gallery.film.record(measured.full_snapshot(1))
    assert gallery.scrubber._told.text() == "Live, from step 1 on"
    assert not gallery.scrubber.slider.isEnabled()  # there is no other to go to


def test_time_steps_can_be_walked_from_the_first_picture_on(gallery: Gallery, qtbot: QtBot) -> None:
    only = measured.full_snapshot(1)
    gallery.film.record(only)
    qtbot.waitUntil(lambda: all(view.on_screen for view in gallery.overview.findChildren(LiveView)))
    assert not gallery.time_steps.later.isEnabled()
    for view in gallery.views:
        view.show_snapshot(only)  # in a turn of its own, and nothing comes after it
    assert gallery.time_steps.later.isEnabled()
    assert gallery.time_steps.told == "Time step"


def test_a_run_is_played_again_and_then_followed(gallery: Gallery, qtbot: QtBot) -> None:
    scrubber, seen = gallery.scrubber, []
    assert not scrubber.play.isEnabled()  # there is nothing yet
    for step in (100, 200, 300, 400):
        gallery.film.record(measured.full_snapshot(step))
    gallery.film.moved.connect(lambda: seen.append(gallery.film.position))
    scrubber.play.click()
    qtbot.waitUntil(lambda: not scrubber.playing, timeout=20_000)
    assert seen == [100, 200, 300, 400, None]
    gallery.film.go(300)
    scrubber.play.click()  # from where it stands
    qtbot.waitUntil(lambda: not scrubber.playing, timeout=20_000)
    assert seen[5:] == [300, 400, None]


@pytest.mark.parametrize("how", ["the slider", "the button", "a new run"])
def test_playing_ends_when_somebody_goes_elsewhere(gallery: Gallery, how: str) -> None:
    for step in (100, 200, 300, 400):
        gallery.film.record(measured.full_snapshot(step))
    scrubber = gallery.scrubber
    scrubber.play.click()
    assert scrubber.playing
    assert scrubber.play.accessibleName() == "Stop playing the run"
    if how == "the slider":
        QTest.keyClick(scrubber.slider, Qt.Key.Key_End)
    elif how == "the button":
        scrubber.play.click()
    else:
        gallery.reset()
    assert not scrubber.playing
    assert gallery.film.position == {"the slider": None, "the button": 100, "a new run": None}[how]


def test_every_view_is_in_the_list(gallery: Gallery) -> None:
    corner = gallery.tabs.cornerWidget()
    actions = {action.text(): action for action in corner.menu().actions() if action.text()}  # type: ignore[attr-defined]
    assert len(actions) == gallery.tabs.count()
    actions["Gates"].trigger()
    assert gallery.tabs.tabText(gallery.tabs.currentIndex()) == "Gates"
