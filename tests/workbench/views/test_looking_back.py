"""Gone back to an earlier step of a run, pictures over training mark it, and keys tell its values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.views import measured
from workbench.looks.theme import DARK
from workbench.runs.history import History
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss
from workbench.views.weights import WeightMaps

Show = Callable[[Any], Any]


@pytest.fixture
def ten_steps() -> History:
    history = History()
    for name in ("loss", "gradient_norm", "validation_loss", "metric"):
        history.extend(name, np.arange(1.0, 11.0), np.arange(10.0, 0.0, -1.0))
    return history


@pytest.mark.parametrize(("moment", "value"), [(None, "1"), (4, "7")])
def test_keys_tell_the_values_of_the_moment(
    show: Show, ten_steps: History, qtbot: QtBot, moment: int | None, value: str
) -> None:
    loss, norms = show(Loss), show(GradientNormBoard)
    loss._window.setCurrentIndex(0)
    for view in (loss, norms):
        view.show_start(measured.STARTED)
        view.show_snapshot(measured.snapshot(measured.gradient_norms()))
        view.show_history(ten_steps)
        view.show_moment(moment)
    assert {f"training, each batch  {value}", f"validation  {value}"} <= set(loss._loss.legend.texts)
    qtbot.waitUntil(lambda: f"RMSE  {value}" in loss._metric.legend.texts)
    assert f"gradient norm, each batch  {value}" in norms._total.legend.texts


def _lines(view: LiveView) -> list[Any]:
    if isinstance(view, Loss):
        return [view._loss._moment, view._metric._moment]
    if isinstance(view, GradientNormBoard):
        return [view._moment]
    assert isinstance(view, GradientFlow)
    return [view._lives._moment]


@pytest.mark.parametrize("kind", [Loss, GradientNormBoard, GradientFlow])
def test_what_is_drawn_over_training_marks_the_moment(
    show: Show, ten_steps: History, qtbot: QtBot, kind: type[LiveView]
) -> None:
    view = show(kind)
    view.show_start(measured.STARTED)
    view.show_history(ten_steps)
    qtbot.waitUntil(lambda: not isinstance(view, Loss) or bool(view._metric.named))  # drawn a moment later
    probes = measured.gradient_norms(), measured.gradient_by_time()
    for moment in (None, 4, None):
        view.show_moment(moment)
        view.show_snapshot(measured.snapshot(*probes, step=moment or 10))
        assert [line.isVisible() for line in _lines(view)] == [moment is not None] * len(_lines(view))
        assert moment is None or {line.value() for line in _lines(view)} == {moment}


def test_a_half_life_is_told_of_the_moment(show: Show) -> None:
    view = show(GradientFlow)
    for step, life in ((1, np.inf), (5, 2.0), (9, np.inf)):
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=life, layers=1), step=step))
    view.rest(True)
    gaps = "no line: hardly shrinks, if at all"
    assert view._lives.legend.texts == ("layer 1  does not shrink now", gaps)
    for moment, told in ((6, "layer 1"), (2, "layer 1  does not shrink then")):
        view.show_moment(moment)
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=2.0, layers=1), step=5))
        assert view._lives.legend.texts == (told, gaps)
    view.apply_theme(DARK)
    assert view._lives.legend.texts[1:] == (gaps,)


def test_a_half_life_between_two_gaps_is_a_point(show: Show) -> None:
    view = show(GradientFlow)
    lives = [np.inf] * 30 + [5.0] + [np.inf] * 39 + [3.0, 4.0]
    for step, life in enumerate(lives, 1):
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=life, layers=1), step=step))
    view.rest(True)
    alone = view._lives._alone["layer 1"]
    assert (alone.xData.tolist(), alone.yData.tolist()) == ([31.0], [pytest.approx(math.log10(5.0))])
    view.reset()
    assert not view._lives._alone


def test_the_spread_of_the_weights_marks_the_moment(show: Show) -> None:
    view = show(WeightMaps)
    for step in (1, 5, 9):
        view.show_snapshot(measured.snapshot(measured.weights(4), step=step))
    for moment, column in ((7, 1), (None, None)):
        view.show_moment(moment)
        view.show_snapshot(measured.snapshot(measured.weights(4), step=5))
        assert view._spreads._cursor == column
