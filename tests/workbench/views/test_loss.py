"""The numbers of the loss and the metric, for histories of known content."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.workbench.views import measured
from tests.workbench.views.known import Show
from workbench.looks.theme import DARK, LIGHT
from workbench.plots.curves import loss_plot
from workbench.runs.beside import Beside
from workbench.runs.history import History
from workbench.views.loss import Loss


@pytest.fixture
def short_run() -> History:
    history = History()
    history.extend("loss", np.arange(1.0, 7.0), np.array([4.0, 2.0, 2.0, 1.0, 1.0, 0.5]))
    for step, training, validation, metric in ((2, 3.0, 2.5, 40.0), (4, 1.5, 1.25, 30.0), (6, 0.75, 1.5, 35.0)):
        for name, value in (("training_loss", training), ("validation_loss", validation), ("metric", metric)):
            history.extend(name, [step], [value])
    return history


def test_other_runs_are_drawn_beside_the_one_at_hand(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    assert view.reason()
    squared = replace(measured.STARTED, loss="mse")
    view.show_others((Beside(3, "gru-16", "RMSE", short_run), Beside(4, "lstm-8", "MSE", short_run, "mse")))
    qtbot.waitUntil(lambda: "3 gru-16" in view._loss.curves)
    assert "4 lstm-8" not in view._loss.curves  # with none at hand, the first is what others are held against
    view.show_others((Beside(3, "gru-16", "RMSE", short_run, "mse"), Beside(4, "lstm-8", "MSE", short_run, "mse")))
    assert view.reason() == ""
    qtbot.waitUntil(lambda: "4 lstm-8" in view._loss.curves)
    assert_array_equal(view._loss.curves["3 gru-16"].y, [2.5, 1.25, 1.5])
    qtbot.waitUntil(lambda: "3 gru-16" in view._metric.curves)  # drawn in a turn of its own at first
    assert_array_equal(view._metric.curves["3 gru-16"].y, [40, 30, 35])
    assert "3 gru-16  1.5" in view._loss.legend.texts  # the last, as of the run at hand
    assert "3 gru-16  35" in view._metric.legend.texts  # where more may be better, the lowest would be the worst
    assert "4 lstm-8" not in view._metric.curves  # measured in something else
    assert view._metric.legend.texts[-2:] == ("4 lstm-8  not drawn: another metric", "3 gru-16  35")
    shapes = {name: curve.key(LIGHT).shape for name, curve in view._loss.curves.items()}
    assert shapes["validation"] == "" != shapes["3 gru-16"] != shapes["4 lstm-8"]  # colour does not stand alone
    own, other = (view._loss.curves[name].item.zValue() for name in ("validation", "3 gru-16"))
    assert other < own  # of the same seed it would hide it
    assert view._header.stamp.text() == ""
    view.show_history(short_run)
    assert view._header.stamp.text() == "step 6"
    told = [text.partition("  ")[0] for text in view._loss.legend.texts]
    assert told[-2:] == ["3 gru-16", "4 lstm-8"]  # behind all that is the run's own, should there be no room
    assert told[-3].startswith("best: ")
    view.reset()
    assert view._header.stamp.text() == ""
    qtbot.waitUntil(lambda: len(view._loss.curves["3 gru-16"].y) == 3)
    view.show_start(squared)  # a second run begins while the first is still drawn
    view.show_history(short_run)
    qtbot.waitUntil(lambda: {name for name, _ in measured.STARTED.baselines} <= set(view._metric.curves))
    view.show_others(())
    qtbot.waitUntil(lambda: "3 gru-16" not in view._loss.curves)


def test_of_a_run_that_goes_on_the_epochs_before_are_drawn(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    view.show_history(short_run)
    assert not any(text.startswith("training, epoch") for text in view._loss.legend.texts)  # batches tell more
    gone_on = History()
    for name in ("training_loss", "validation_loss", "metric"):
        gone_on.extend(name, *short_run.raw(name))
    gone_on.extend("loss", [5, 6], [1.0, 0.5])
    view.reset()
    view.show_start(measured.STARTED)
    view.show_history(gone_on)
    drawn = view._loss.curves["training, epoch"]
    assert_array_equal((drawn.x, drawn.y), ([2, 4], [3, 1.5]))
    assert "training, epoch" in view._loss.legend.texts
    baseline, _ = measured.STARTED.baselines[0]
    qtbot.waitUntil(lambda: baseline in view._metric.curves and len(view._metric.curves[baseline].x) > 0)
    assert view._metric.curves[baseline].x[0] == 2


def test_the_table_holds_the_runs_that_are_drawn_beside_the_one_at_hand(show: Show, short_run: History) -> None:
    view, other = show(Loss), History()
    for step, name, value in ((3, "validation_loss", 2.0), (4, "validation_loss", 1.0), (4, "metric", 9.0)):
        other.extend(name, [step], [value])
    view.show_others((Beside(3, "gru-16", "RMSE", other, "mse"), Beside(4, "lstm-8", "MSE", other, "mse")))
    assert view.table()[0] == ("step", "3 gru-16, validation loss", "3 gru-16, RMSE", "4 lstm-8, validation loss")
    view.show_start(replace(measured.STARTED, metric="RMSE", loss="mse"))
    view.show_history(short_run)
    header, rows = view.table()
    assert header[-4:] == (
        "baseline: drift",
        "3 gru-16, validation loss",
        "3 gru-16, RMSE",
        "4 lstm-8, validation loss",
    )
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert_array_equal(rows[2][-3:], [2, math.nan, 2])
    assert_array_equal(rows[3][-3:], [1, 9, 1])


def test_the_table_holds_all_that_is_drawn_of_the_run(show: Show, short_run: History) -> None:
    view = show(Loss)
    view.show_start(replace(measured.STARTED, metric="RMSE"))
    view.show_history(short_run)
    header, rows = view.table()
    losses = [f"training loss, {what}" for what in ("each batch", "smoothed over 10 steps", "epoch")]
    baselines = [f"baseline: {name}" for name, _ in measured.STARTED.baselines]
    assert header == ("step", *losses, "validation loss", "RMSE", *baselines)
    columns = np.array(rows[:]).T
    assert_array_equal(columns[0], np.arange(1, 7))
    assert_array_equal(columns[1], [4, 2, 2, 1, 1, 0.5])
    assert_array_equal(columns[2], view._loss.curves["training, smoothed"].y)
    ends = [math.nan, 3, math.nan, 1.5, math.nan, 0.75]
    assert_array_equal(columns[3], ends)
    assert_array_equal(columns[4:6, 1::2], [[2.5, 1.25, 1.5], [40, 30, 35]])
    assert_array_equal(columns[6:, 3], [value for _, value in measured.STARTED.baselines])
    view._window.setCurrentIndex(0)
    assert losses[1] not in view.table()[0]


def test_the_table_of_a_long_run_is_smoothed_to_its_end(
    show: Show, short_run: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_plot, "_SMOOTHED_AT_ONCE", 2)
    view = show(Loss)
    view.show_history(short_run)
    assert len(view._loss.curves["training, smoothed"].x) < 6
    assert not np.isnan([row[2] for row in view.table()[1]]).any()


def test_beyond_the_end_of_a_run_the_others_alone_are_read_out(show: Show, short_run: History, qtbot: QtBot) -> None:
    view, other = show(Loss), History()
    for name in ("validation_loss", "metric"):
        other.extend(name, np.arange(2.0, 41.0, 2.0), np.ones(20))
    view.show_others((Beside(3, "gru-16", "RMSE", other, "mse"),))
    view.show_start(replace(measured.STARTED, metric="RMSE", loss="mse", baselines=()))
    view.show_history(short_run)
    qtbot.waitUntil(lambda: "3 gru-16" in view._metric.curves and len(view._metric.curves["3 gru-16"].x) > 0)
    assert view._words(5.1).startswith("step 5 · training, each batch 1 · training, smoothed")
    assert view._words(20.0) == "step 20 · 3 gru-16 1 · 3 gru-16 1"


BESIDE = {
    "mse": ("RMSE", "mse"), "scored in another way": ("MSE", "mse"), "mae": ("RMSE", "mae"),
    "characters": ("bits per character", "cross_entropy"), "never told": ("RMSE", ""),
    "never told, of other answers": ("accuracy", ""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("own", "drawn"),
    [
        ("mse", ("mse", "scored in another way", "never told")),
        ("cross_entropy", ("characters", "never told, of other answers")),
        ("", ("mse", "mae", "never told")),
    ],
)
def test_of_runs_beside_the_one_at_hand_only_those_are_drawn_whose_loss_is_the_same_and_the_key_names_the_others(
    show: Show, short_run: History, own: str, drawn: tuple[str, ...]
) -> None:
    view = show(Loss)
    view.show_start(replace(measured.STARTED, metric="accuracy" if own == "cross_entropy" else "RMSE", loss=own))
    names = {name: f"{number} {name}" for number, name in enumerate(BESIDE, 1)}
    view.show_others(
        tuple(
            Beside(number, name, metric, short_run, loss)
            for number, (name, (metric, loss)) in enumerate(BESIDE.items(), 1)
        )
    )
    view.show_history(short_run)
    assert [name for name in BESIDE if names[name] in view._loss.curves] == list(drawn)
    assert [name for name in BESIDE if f"{names[name]}, validation loss" in view.table()[0]] == list(drawn)
    left_out = ", ".join(names[name] for name in BESIDE if name not in drawn)
    assert f"{left_out}  not drawn: another loss" in view._loss.legend.texts


def test_loss_curves_and_best_epoch(show: Show, short_run: History) -> None:
    view = show(Loss)
    view.show_start(replace(measured.STARTED, steps_per_epoch=2))
    view.show_history(short_run)
    curves = view._loss.curves
    assert_array_equal(curves["training, each batch"].y, [4, 2, 2, 1, 1, 0.5])
    assert_array_equal(curves["validation"].x, [2, 4, 6])
    assert_array_equal(curves["validation"].y, [2.5, 1.25, 1.5])
    assert curves["training, smoothed"].y[1] == pytest.approx((0.9 * 4 + 2) / 1.9)
    assert view.lowest_validation() == (4, 1.25)
    assert view._loss.lowest_validation == 4
    assert "best: epoch 2  1.25" in view._loss.legend.texts
    view.show_start(replace(measured.STARTED, steps_per_epoch=100))  # and the run was ended in the first
    view.show_history(short_run)
    assert "best: step 4  1.25" in view._loss.legend.texts


def test_a_long_curve_is_smoothed_in_parts_to_its_end(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_plot, "_SMOOTHED_AT_ONCE", 10)
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 96.0), np.ones(95))
    view.show_history(history)
    smooth = view._loss.curves["training, smoothed"]
    assert smooth.x[-1] < 95
    qtbot.waitUntil(lambda: smooth.x[-1] == 95)


def test_metric_stands_beside_its_baselines(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    view.show_start(replace(measured.STARTED, steps_per_epoch=2))
    view.show_history(short_run)
    qtbot.waitUntil(lambda: bool(view._metric.legend.texts))
    assert view._metric.legend.texts == ("RMSE  35", "naive  33.7", "seasonal naive  41.9", "drift  34.1")
    assert_array_equal(view._metric.curves["naive"].y, [33.7, 33.7])
    short_run.extend("loss", np.array([short_run.latest_step("loss") + 1.0]), np.ones(1))
    view.show_history(short_run)
    assert view._metric.legend.texts[0] == "RMSE  35 after epoch 3"
    view.reset()
    assert view._metric.curves == {}


def test_a_baseline_that_was_learned_at_the_end_joins_the_others(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    view.show_start(measured.STARTED)
    view.show_history(short_run)
    qtbot.waitUntil(lambda: "naive" in view._metric.curves)
    view.show_end(baselines=(*measured.STARTED.baselines, ("feed-forward (8)", 33.0)))
    assert_array_equal(view._metric.curves["feed-forward (8)"].y, [33.0, 33.0])
    assert view._metric.legend.texts[-1] == "feed-forward (8)  33"


def noted(calls: list[str], name: str, call: Callable[..., object], *given: object) -> None:
    calls.append(name)
    call(*given)


def test_the_metric_is_drawn_anew_where_something_was_scored_and_the_key_as_often_as_it_can_be_read(
    show: Show, short_run: History, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = show(Loss)
    view.show_start(measured.STARTED)
    view.show_history(short_run)
    qtbot.waitUntil(lambda: "RMSE" in view._metric.curves and len(view._metric.curves["RMSE"].y) == 3)
    drawn: list[str] = []
    for plot, name in ((view._metric, "show_curve"), (view._metric, "show_key"), (view._loss, "show_key")):
        which = "loss" if plot is view._loss else "metric"
        monkeypatch.setattr(plot, name, partial(noted, drawn, f"{which}: {name}", getattr(plot, name)))
    short_run.extend("loss", [1000], [0.7])
    view.show_history(short_run)
    view._telling.ask()  # now, and what follows has to wait
    drawn.clear()
    for step in (1001, 1002):
        short_run.extend("loss", [step], [0.5])
        view.show_history(short_run)
    assert not drawn  # straight lines reach so far already
    qtbot.waitUntil(lambda: "loss: show_key" in drawn)
    assert "training, each batch  0.5" in view._loss.legend.texts
    drawn.clear()
    short_run.extend("metric", [1002], [20.0])
    view.show_history(short_run)
    assert "metric: show_curve" in drawn
    assert "metric: show_key" in drawn


def test_a_metric_that_is_still_to_come_is_in_the_key_beside_what_it_has_to_beat(show: Show, qtbot: QtBot) -> None:
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 4.0), np.ones(3))
    view.show_start(measured.STARTED)
    view.show_history(history)
    qtbot.waitUntil(lambda: bool(view._metric.legend.texts))
    assert view._metric.legend.texts[-1] == "RMSE  none before an epoch ends"
    view.apply_theme(DARK)
    assert view._metric.legend.texts[-1] == "RMSE  none before an epoch ends"
    assert view._metric.legend._items[-1].pen.color() == DARK.color("validation")
    history.extend("metric", np.array([3.0]), np.array([35.0]))
    view.show_history(history)
    assert [text for text in view._metric.legend.texts if text.startswith("RMSE")] == ["RMSE  35"]


def test_loss_before_the_first_epoch(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 4.0), np.array([3.0, math.nan, 1.0]))
    view.show_history(history)
    assert math.isnan(view.lowest_validation()[0])
    assert not view._loss._lowest.isVisible()
    assert view.table()[0] == ("step", "training loss, each batch", "training loss, smoothed over 10 steps")
    assert not any(text.startswith("validation") for text in view._loss.legend.texts)


@pytest.mark.parametrize("steps", [10, 100_000])
def test_long_history_is_drawn_with_few_points_and_keeps_its_peaks(show: Show, steps: int) -> None:
    view, history = show(Loss), History()
    values = np.ones(steps)
    values[steps // 2] = 99.0
    history.extend("loss", np.arange(1.0, steps + 1), values)
    view.show_history(history)
    curve = view._loss.curves["training, each batch"]
    assert len(curve.x) <= min(steps, 8 * view._loss.pixels + 16)
    assert curve.y.max() == 99.0


def counted(view: Loss, monkeypatch: pytest.MonkeyPatch) -> list[History]:
    """What is drawn from now on."""
    drawn: list[History] = []
    draw = view._draw

    def noted(history: History) -> None:
        drawn.append(history)
        draw(history)

    monkeypatch.setattr(view, "_draw", noted)
    return drawn


def test_in_a_small_place_a_loss_that_grows_by_less_than_a_pixel_is_drawn_less_often_and_to_its_end(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    view, run = Loss(LIGHT, compact=True), History()
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen)
    for step in range(1, 5001):
        run.extend("loss", [step], [1 / step])
    view.show_history(run)
    drawn = counted(view, monkeypatch)
    for step in range(5001, 5009):
        run.extend("loss", [step], [0.1])
        view.show_history(run)
    assert len(drawn) < 8
    qtbot.waitUntil(lambda: view._drawn == 5008)
    run.extend("loss", [9000], [0.1])
    before = len(drawn)
    view.show_history(run)
    assert len(drawn) == before + 1


def test_the_loss_is_drawn_once_a_frame_and_again_where_it_is_zoomed(
    show: Show, short_run: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = show(Loss)
    view.show_history(short_run)
    drawn = counted(view, monkeypatch)
    short_run.extend("loss", [short_run.latest_step("loss") + 50], [0.1])
    view.show_history(short_run)
    assert len(drawn) == 1
    view._loss.box.setXRange(1, 5, padding=0)
    assert len(drawn) == 2
    assert view._loss.curves["training, each batch"].x.max() <= 7
    view._loss.show_everything()
    assert len(drawn) == 3


def test_logarithm_and_smoothing_are_choices(show: Show, short_run: History) -> None:
    view = show(Loss)
    view.show_history(short_run)
    view._log.setChecked(True)
    assert view._loss.axes.log == (False, True)
    view._window.setCurrentIndex(0)
    assert len(view._loss.curves["training, smoothed"].x) == 0


@pytest.mark.parametrize(("least", "log"), [(0.5, False), (0.02, False), (0.001, True), (0.0, False), (-1.0, False)])
def test_a_loss_that_falls_by_decades_is_logarithmic_until_a_person_chooses(
    show: Show, least: float, log: bool
) -> None:  # fmt: skip
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    history.extend("validation_loss", [1.0, 3.0], [1.0, least])
    view.show_history(history)
    assert view._loss.axes.log == (False, log)
    view._log.click()
    view.show_history(history)
    assert view._loss.axes.log == (False, not log)
    view.reset()
    assert view._loss.axes.log == (False, not log)


def test_an_axis_that_is_zoomed_stays_as_it_is(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    view.show_history(history)
    view._loss.box.setXRange(1, 2, padding=0)
    history.extend("validation_loss", [1.0, 2.0], [1.0, 1e-6])
    view.show_history(history)
    assert view._loss.axes.log == (False, False)
    view.reset_zoom()
    assert view._loss.axes.log == (False, True)


def test_a_run_begins_with_a_linear_axis(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0], [1.0, 1.0])
    history.extend("validation_loss", [1.0, 2.0], [1.0, 1e-6])
    view.show_history(history)
    view.reset()
    assert view._loss.axes.log == (False, False)


def test_in_a_small_place_the_key_of_the_loss_is_short(qtbot: QtBot) -> None:
    view = Loss(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen)
    view.show_history(measured.history(200))
    assert [text.split("  ")[0] for text in view._loss.legend.texts][:2] == ["training, smoothed", "validation"]


def test_the_loss_follows_every_run_after_the_first_and_after_a_double_click(show: Show) -> None:
    view = show(Loss)
    for _ in range(2):
        view.reset()
        history = History()
        for step in range(1, 201):
            history.extend("loss", [step], [1 / step])
            for name in ("training_loss", "validation_loss", "metric") if step % 5 == 0 else ():
                history.extend(name, [step], [2 / step])
            if step in (1, 6, 40, 200):
                view.show_history(history)
                QApplication.processEvents()
        for plot in (view._loss, view._metric):
            low, high = plot.box.viewRange()[0]
            assert low <= 1
            assert high >= 200
        view._metric.box.setXRange(50, 60)
        view._metric.canvas.doubled.emit()
    assert view._loss.shown() == (-math.inf, math.inf)
