"""The numbers of forecasts and single values beside the truth, for snapshots of known content."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.prediction_records import (
    ClassPrediction,
    SeriesPrediction,
    ValuePrediction,
)
from tests.workbench.mouse import move_over
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32
from workbench.looks.theme import LIGHT
from workbench.plots.answers import residual_plots
from workbench.plots.answers.class_page import ClassPage
from workbench.plots.answers.forecast_page import ForecastPage, error_words
from workbench.plots.answers.scatter_page import ScatterPage
from workbench.runs.beside import Beside
from workbench.runs.history import History
from workbench.views.loss import Loss
from workbench.views.prediction import Prediction


@pytest.mark.parametrize(
    ("rmse", "words"),
    [(3.0, "+0.25"), (5.0, "−0.25"), (4.001, "0.00"), (3.999, "0.00"), (4.04, "−0.01"), (8e10, "−2e+10")],
)
def test_a_skill_is_told_to_two_places_and_one_too_small_without_a_sign(rmse: float, words: str) -> None:
    known = SeriesPrediction("test", "y", (), f32(), f32(), (), rmse, (("naive", 4.0),))
    error = f"RMSE {known.rmse:.4g}"
    assert error_words(known, compact=False) == f"{error}, skill {words} against naive"
    assert error_words(known, compact=True) == error


@pytest.mark.parametrize("compact", [False, True])
def test_a_forecast_of_some_windows_says_whose_error_it_tells(qtbot: QtBot, compact: bool) -> None:
    page = ForecastPage(LIGHT, compact=compact)
    qtbot.addWidget(page)
    page.draw(replace(measured.series_prediction(), excerpt="8 of 203 windows"))
    full, short = "validation part: 8 of 203 windows, whose RMSE stands above", "validation: RMSE of 8 of 203 windows"
    assert page.plot.bottom.labelText == (short if compact else full)


def test_without_a_validation_part_the_training_part_is_named_as_people_call_it(qtbot: QtBot) -> None:
    page = ForecastPage(LIGHT, compact=True)
    qtbot.addWidget(page)
    page.draw(replace(measured.series_prediction(), part="train"))
    assert page.plot.bottom.labelText == "training part"


def test_forecast_with_errors_and_skill_in_the_key(show: Show) -> None:
    view = show(Prediction)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b", "c"), f32(1.0, math.nan, 3.0), f32(1.5, 2.0, 3.0),
        (("naive", f32(0.0, 1.0, 2.0)), ("drift", f32(0.0, 1.0, 1.0))), 3.0, (("naive", 4.0), ("drift", 6.0)),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    curves = page.plot.curves
    assert_array_equal(curves["truth"].y, f32(1.0, math.nan, 3.0))
    assert_array_equal(curves["forecast"].y, f32(1.5, 2.0, 3.0))
    assert page.plot.legend.texts == (
        "truth",
        "forecast  RMSE 3, skill +0.25 against naive",
        "naive  RMSE 4",
        "drift  RMSE 6",
    )
    heights = [curves[name].item.zValue() for name in ("truth", "forecast", "naive")]
    assert heights == sorted(heights, reverse=True)
    assert page.plot.bottom.labelText == "validation part"
    page.plot.hovered.emit(1.9)
    assert view._readout.text() == "c · truth 3 · forecast 3 · naive 2 · drift 1"
    assert view.table()[1][0] == ("a", 1.0, 1.5, 0.0, 0.0)


def test_the_ends_of_intervals_are_read_out_beside_their_forecast(show: Show) -> None:
    view = show(Prediction)
    known = SeriesPrediction(
        "validation", "Change", ("a · 1", "a · 2"), f32(1.0, math.nan), f32(1.5, 2.0),
        (("naive", f32(0.0, 1.0)),), 3.0, (),
        ((0.8, f32(-0.5, math.nan), f32(3.5, 3.0)), (0.95, f32(-1.5, 0.5), f32(4.5, 3.5))),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    page.plot.hovered.emit(0.1)
    assert view._readout.text() == "a · 1 · truth 1 · forecast 1.5 · 80 % −0.5 to 3.5 · 95 % −1.5 to 4.5 · naive 0"
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view._readout.text().startswith("a · 2 · forecast 2 · 95 % 0.5 to 3.5 · naive 1")
    page.plot.hiding.toggle("95 % interval")
    page.plot.hovered.emit(0.1)
    assert "95 %" not in view._readout.text()


@pytest.mark.parametrize(("times", "whole"), [(1, True), (2, True), (5, False)])
def test_what_is_read_out_in_too_little_room_ends_in_dots(show: Show, times: int, whole: bool) -> None:
    view = show(Prediction)
    view.resize(500, 500)
    view.read_out(times * "1956-06 · truth 374 · forecast 367.3 · naive 318 · drift 320.3 · AR(12) 364.6 ")
    assert view._readout.fitting(view._readout.rect()).endswith("AR(12) 364.6 " if whole else "…")


def test_a_run_without_a_batch_beside_makes_no_empty_plot(show: Show) -> None:
    view = show(Loss)
    view.show_others((Beside(1, "gru-16", "RMSE", History()),))
    view.reset(beginning=True)
    assert "The run begins" in view._message.text()


def test_what_the_forecast_leaves_and_whether_it_trails(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    truth = np.sin(np.arange(40) / 3).astype(np.float32)
    known = SeriesPrediction(
        "validation", "Passengers", tuple(map(str, range(40))), truth[1:], truth[:-1], (), 3.0, (),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, labels=known.labels[:39])))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    assert page.left is not None
    residuals, lags = page.left.residuals, page.left.lags
    assert_allclose(residuals.curves["truth − forecast"].y, truth[1:] - truth[:-1])
    assert lags.curves["error"].y[1] == pytest.approx(0, abs=1e-6)
    assert lags.legend.texts == ("error  least 1 back: it trails the truth",)
    assert page.left._best.value() == 1
    page.plot.box.setXRange(5, 10, padding=0)
    qtbot.waitUntil(lambda: residuals.box.viewRange()[0] == pytest.approx([5, 10], abs=0.1))
    residuals.hovered.emit(7.2)
    assert view._readout.text().startswith("7 · truth − forecast ")
    residuals.canvas.doubled.emit()
    qtbot.waitUntil(lambda: residuals.box.viewRange()[0][1] > 37)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._readout.text() != "forecast in its place · error 0"
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, labels=known.labels[:39], forecast=truth[1:])))
    assert lags.legend.texts == ("error  least 0 back: it does not trail",)
    assert view._readout.text() == "forecast in its place · error 0"


def test_series_after_each_other_are_not_joined(show: Show) -> None:
    view = show(Prediction)
    labels = tuple(f"{shop} · 2020-01-{day:02}" for shop in ("North", "South · East") for day in range(1, 7))
    truth = np.arange(12, dtype=np.float32)
    view.show_snapshot(measured.snapshot(
        SeriesPrediction("validation", "sales", labels, truth, truth + 1, (("naive", truth),), 1.0, (("naive", 2.0),))
    ))  # fmt: skip
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    assert page.left is not None
    for curve in (page.plot.curves["truth"], page.plot.curves["naive"], page.left.residuals.curves["truth − forecast"]):
        assert_array_equal(np.flatnonzero(np.isnan(curve.y)), [6])
        assert curve.x[6] == 5.5
    assert [page.plot.curves["truth"].nearest(place) for place in (5, 6)] == [5, 6]


@pytest.mark.parametrize(
    ("errors", "lag", "told"),
    [
        ([1.0, 2.0], 0, "least 0 back: it does not trail"),
        ([1.0, 0.5], 1, "least 1 back: it trails the truth"),
        ([1.0, 0.9, 0.86], 0, "14 % less 2 back: too little to tell"),
        ([], 0, "least 0 back: it does not trail"),
    ],
)
def test_where_the_error_is_least_is_told_as_it_is(errors: list[float], lag: int, told: str) -> None:
    assert residual_plots._place(np.array(errors, np.float32), lag) == told


def test_in_a_small_place_the_naive_and_the_best_baseline_do(show: Show) -> None:
    page = ForecastPage(LIGHT, compact=True)
    values = f32(1.0, 2.0)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b"), values, values,
        (("naive", values), ("drift", values), ("AR(12)", values)), 3.0,
        (("naive", 4.0), ("drift", 6.0), ("AR(12)", 2.0)),
    )  # fmt: skip
    page.draw(known)
    assert tuple(page.plot.curves) == ("truth", "forecast", "naive", "AR(12)")
    assert page.table(known)[0] == ("time", "truth", "forecast", "naive", "drift", "AR(12)")
    page.deleteLater()


@pytest.mark.parametrize("points", [1, 2, 3, 6])
@pytest.mark.parametrize("compact", [True, False])
def test_of_few_points_the_dates_are_written_however_near_to_the_edges_they_lie(
    qtbot: QtBot, points: int, compact: bool
) -> None:
    page = ForecastPage(LIGHT, compact=compact)
    qtbot.addWidget(page)
    page.resize(420, 300)
    page.show()
    known = measured.series_prediction(12)
    few = {name: getattr(known, name)[:points] for name in ("labels", "truth", "forecast")}
    page.draw(replace(known, **few, baselines=(), bands=()))
    page.plot.settle()
    qtbot.waitUntil(lambda: page.plot.bottom.width() > 100)
    picture = QImage(1, 1, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    drawn = page.plot.bottom.generateDrawSpecs(painter)
    painter.end()
    assert len(drawn[2]) >= min(points, 2)
    page.clear()
    assert page.plot.box.childrenBounds()[0] is None


def test_intervals_are_drawn_where_they_are_known_and_stand_in_the_table(show: Show) -> None:
    view = show(Prediction)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b", "c"), f32(1.0, 2.0, 3.0), f32(1.5, 2.0, 3.0), (), 3.0, (),
        ((0.8, f32(1.0, math.nan, 2.5), f32(2.0, math.nan, 3.5)),),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    (area,) = page.intervals.areas
    lower, upper = (end.getData() for end in area._ends)
    assert_array_equal(lower[0], f32(0, 2))
    assert_array_equal(lower[1], f32(1.0, 2.5))
    assert_array_equal(upper[1], f32(2.0, 3.5))
    assert page.plot.legend.texts[-1] == "80 % interval"
    heads, rows = view.table()
    assert heads == ("time", "truth", "forecast", "80 % from", "80 % to")
    assert rows[2] == ("c", 3.0, 3.0, 2.5, 3.5)
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, bands=())))
    assert not page.intervals.areas
    assert page.plot.legend.texts[-1].startswith("forecast")


def test_a_value_a_sequence_is_a_point_beside_the_line_on_which_it_is_right(show: Show) -> None:
    view = show(Prediction)
    known = ValuePrediction(
        "validation", "sum", ("1", "2", "3"), f32(0.5, 1.0, 1.5), f32(0.75, 1.0, 1.0),
        (("constant 1", f32(1.0, 1.0, 1.0)),), 0.25, (("constant 1", 0.5),),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[ValuePrediction]
    assert isinstance(page, ScatterPage)
    points, right = page.plot.curves["answer"], page.plot.curves["right: answer = truth"]
    assert not points.line
    assert_array_equal(points.x, known.truth)
    assert_array_equal(points.y, known.forecast)
    assert_array_equal(right.x, right.y)
    assert page.plot.legend.texts == (
        "answer  RMSE 0.25, skill +0.50 against constant 1",
        "right: answer = truth",
        "constant 1  RMSE 0.5",
    )
    place = page.plot.box.mapViewToScene(QPointF(1.5, 1.0))
    page.plot.canvas.moved.emit(place)
    assert view._readout.text() == "3 · truth 1.5 · answer 1 · off by −0.5"
    assert view.table()[1][2] == ("3", 1.5, 1.0, 1.0)


def test_points_are_walked_by_keys_in_the_order_of_their_true_values(show: Show) -> None:
    view = show(Prediction)
    known = ValuePrediction("test", "sum", ("1", "2", "3"), f32(1.5, 0.5, 1.0), f32(1.0, 0.75, 1.0), (), 0.25, ())
    view.show_snapshot(measured.snapshot(known))
    for key, told in ((Qt.Key.Key_Right, "2"), (Qt.Key.Key_Right, "3"), (Qt.Key.Key_End, "1"), (Qt.Key.Key_Left, "3")):
        QTest.keyClick(view, key)
        assert view._readout.text().startswith(f"{told} · truth")
    ring = view.pages[ValuePrediction].plot.curves["sequence read out"]
    assert (ring.x.tolist(), ring.y.tolist()) == ([1.0], [1.0])
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, forecast=f32(1.0, 0.75, 2.0))))
    assert view._readout.text() == "3 · truth 1 · answer 2 · off by +1"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._readout.text(), len(ring.x)) == ("", 0)


def test_a_page_that_cannot_be_made_is_said_where_it_is_to_be_shown(
    show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_page: ClassPage) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(ClassPage, "build", fail)
        view = show(Prediction)
        view.show_snapshot(measured.snapshot(measured.series_prediction()))
        while view.make_more():
            pass
        view.turn_page()
        assert "ClassPrediction" in caplog.text
        assert (view.why_empty(), ClassPrediction in view.pages, len(view.pages)) == ("", False, 5)
        view.show_snapshot(measured.snapshot(measured.class_prediction()))
        assert "could not be drawn (ZeroDivisionError)" in view.why_empty()
        view.show_snapshot(measured.snapshot(measured.series_prediction()))
        assert view.why_empty() == ""
    view.show_snapshot(measured.snapshot(measured.class_prediction()))
    assert view.why_empty() == ""


def test_the_cell_that_keys_went_to_stays_when_the_mouse_leaves_the_other_picture(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    move_over(page.strips, page.strips.rect().center())
    QTest.keyClick(view, Qt.Key.Key_Down)
    QApplication.sendEvent(page.strips, QEvent(QEvent.Type.Leave))
    assert (page.matrix.walked.cell, view._readout.text()) == ((0, 0), page.matrix.words(0, 0))
