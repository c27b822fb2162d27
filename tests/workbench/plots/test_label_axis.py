"""What stands at an axis: what it is called, and which names and numbers have room."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.axes.label_axis import LabelAxis
from workbench.plots.axes.step_names import visible
from workbench.plots.curves.curves import CurvePlot


def test_what_an_axis_is_called_ends_in_an_ellipsis_where_it_is_short(qtbot: QtBot) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="half-life, steps")
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.show()
    assert plot.left.label.toPlainText().strip() == "half-life, steps"
    plot.resize(300, 110)
    qtbot.waitUntil(lambda: "…" in plot.left.label.toPlainText())
    assert plot.left.label.boundingRect().width() <= plot.left.height() + 10
    assert plot.left.labelText == "half-life, steps"
    plot.resize(300, 300)
    qtbot.waitUntil(lambda: plot.left.label.toPlainText().strip() == "half-life, steps")


@pytest.mark.parametrize("name", ["component 2: < 0.1 % of the variance", "R&D <k€>", "x &lt; y"])
def test_an_axis_is_called_as_it_is_whatever_marks_are_in_its_name(qtbot: QtBot, name: str) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.resize(600, 600)
    plot.show()
    plot.left.setLabel(name, **plot.left.labelStyle)
    assert plot.left.label.toPlainText().strip() == name


def test_names_on_an_axis_do_not_touch(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"step {step}" for step in range(50, 100)])
    [(spacing, places)] = axis.tickValues(-0.5, 49.5, 400)
    assert spacing >= 5
    pixel, first = 400 / 50, int(places[0])
    assert axis.tickStrings(places, 1.0, spacing)[:2] == [f"step {50 + first}", f"step {50 + first + int(spacing)}"]
    assert (first + 0.5) * pixel >= QFontMetrics(axis.font()).horizontalAdvance("step 50") / 2 > (first - 1) * pixel


@pytest.mark.parametrize(("size", "second"), [(900, "GRU (reset before the product)"), (240, "GRU (rese…")])
def test_of_choices_each_is_named_and_cut_short_where_there_is_no_room(qtbot: QtBot, size: float, second: str) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels(["Elman", "GRU (reset before the product)", "LSTM"], each=True)
    [(spacing, places)] = axis.tickValues(-0.5, 2.5, size)
    assert axis.tickStrings(places, 1.0, spacing) == ["Elman", second, "LSTM"]


@pytest.mark.parametrize(
    ("high", "pixels", "names"),
    [
        (47.5, 600, ["1950-01", "1950-07", "1951-01"]),
        (119.5, 450, ["1950", "1951", "1952"]),
        (5.5, 500, ["1949-07", "1949-08"]),
    ],
)
def test_dates_on_an_axis_are_round(qtbot: QtBot, high: float, pixels: int, names: list[str]) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"{1949 + (month + 6) // 12}-{(month + 6) % 12 + 1:02}" for month in range(120)])
    [(spacing, places)] = axis.tickValues(-0.5, high, pixels)
    assert axis.tickStrings(places, 1.0, spacing)[: len(names)] == names
    width = QFontMetrics(axis.font()).horizontalAdvance(names[0])
    assert (places[-1] + 0.5) * pixels / (high + 0.5) <= pixels - width / 3  # the last one does not stand out


def test_nought_stands_on_an_axis_of_few_numbers(qtbot: QtBot) -> None:
    [(_, places)] = LabelAxis("bottom").tickValues(-1.9, 2.6, 150)
    assert 0 in places


@pytest.mark.parametrize(
    ("orientation", "low", "high", "size", "log", "names"),
    [
        ("bottom", -2.07, 2.07, 207, False, {"−1", "0", "1"}),  # a spectrum in a narrow place
        ("bottom", -10.5, 10.5, 140, False, {"−5", "0", "5"}),
        ("left", -30, 206, 62, False, {"0", "100"}),  # an error moved back, in a low one
        ("left", -3.3, 1.1, 62, True, {"0.01", "1"}),
        ("bottom", -1.215, -0.747, 333, True, {"0.07", "0.08", "0.1", "0.15"}),  # less than a decade around one power
    ],
)
def test_an_axis_has_more_than_one_number_off_its_edges(
    qtbot: QtBot, orientation: str, low: float, high: float, size: float, log: bool, names: set[str]
) -> None:
    axis = LabelAxis(orientation)
    axis.setLogMode(log)
    [(spacing, places)] = axis.tickValues(low, high, size)
    texts = dict(zip(axis.tickStrings(places, 1.0, spacing), places, strict=True))
    half = 6 if orientation == "left" else 12
    assert names == {
        text for text, place in texts.items() if half <= (place - low) * size / (high - low) <= size - half
    }


@pytest.mark.parametrize(("width", "said"), [(400, "time step · written from 11 on"), (100, "time step"), (30, "tim…")])
def test_what_more_is_said_of_an_axis_goes_whole_where_it_does_not_fit(qtbot: QtBot, width: int, said: str) -> None:
    axis = LabelAxis("bottom")
    axis.setLabel("time step · written from 11 on")
    axis.resize(width, 40)
    assert said in axis.label.toPlainText()
    assert axis.label.toPlainText().strip().endswith(said[-3:])


def test_a_logarithmic_axis_has_as_many_numbers_as_fit(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.logMode = True
    [(_, places)] = axis.tickValues(-5.12, -2.98, 224)
    assert axis.tickStrings(places, 1.0, 1.0)[:3] == ["1e−5", "3e−5", "0.0001"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([5.0, 5.000001, 5.000002], ["5", "5.000001", "5.000002"]),
        ([0.000121, 0.000132], ["1.2e−4", "1.3e−4"]),
        ([100_000.0, 200_000.0], ["100000", "200000"]),
        ([10_000_000.0, 20_000_000.0], ["1e7", "2e7"]),
    ],
)
def test_numbers_of_an_axis_are_told_apart(qtbot: QtBot, values: list[float], written: list[str]) -> None:
    assert LabelAxis("left").tickStrings(values, 1.0, values[1] - values[0]) == written


@pytest.mark.parametrize(("high", "places"), [(2.5, [1, 2]), (5.5, [1, 2, 3, 4, 5]), (0.9, [])])
def test_nothing_stands_between_two_steps(qtbot: QtBot, high: float, places: list[float]) -> None:
    axis = LabelAxis("bottom", whole=True)
    assert [place for _, level in axis.tickValues(0.5, high, 800) for place in level] == places


def test_a_narrow_axis_names_more_than_its_middle(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"1956-{month:02d}" for month in range(1, 13)])
    [(_, places)] = axis.tickValues(-0.5, 11.5, 144)
    names = axis.tickStrings(places, 1.0, 1.0)
    half = QFontMetrics(axis.font()).horizontalAdvance("1956-01") / 2
    assert sum(half <= (place + 0.5) * 12 <= 144 - half for place in places) >= 2
    assert len(names) == len(places)


@pytest.mark.parametrize("orientation", ["bottom", "left"])
def test_other_words_stand_in_the_middle_of_an_axis_too(qtbot: QtBot, orientation: str) -> None:
    axis = LabelAxis(orientation)
    axis.setLabel("time step")
    axis.resize(600, 600)
    for called in ("steps from the end of each sequence", "step"):
        axis.setLabel(called)
        middle = axis.label.mapRectToParent(axis.label.boundingRect()).center()
        assert (middle.x() if orientation == "bottom" else middle.y()) == pytest.approx(300, abs=1)


@pytest.mark.parametrize("words", ["no picture : hopefully you still have the remote control .", " it was\nso he"])
def test_where_not_all_words_fit_the_steps_are_counted(qtbot: QtBot, words: str) -> None:
    axis = LabelAxis("bottom")
    labels = words.split(" ") if ":" in words else list(words)
    axis.set_labels(labels, of_steps=True)
    for size, named in ((1200, True), (len(labels) * 9, False)):
        [(spacing, places)] = axis.tickValues(-0.5, len(labels) - 0.5, size)
        shown = axis.tickStrings(places, 1.0, spacing)
        assert shown == [visible(label) for label in labels] if named else all(name.isdecimal() for name in shown)
        assert named or [int(name) for name in shown] == [place + 1 for place in places]


def test_an_axis_of_rows_shows_round_numbers_of_their_scale(qtbot: QtBot) -> None:
    axis = LabelAxis("left")
    axis.set_ramp(1.5 * 47 / 48, -1.5 / 24)
    ((_, places),) = axis.tickValues(47.5, -0.5, 120)
    assert places == pytest.approx([39.5, 23.5, 7.5])
    assert axis.tickStrings(places, 1.0, 1.0) == ["−1", "0", "1"]


@pytest.mark.parametrize("reach", [0.0556, 0.0601, 0.123, 1.7])
def test_nothing_is_written_as_nothing_on_values_that_run_downward(qtbot: QtBot, reach: float) -> None:
    axis = LabelAxis("left")
    axis.set_ramp(reach * (1 - 1 / 48), -2 * reach / 48)
    ((spacing, places),) = axis.tickValues(47.5, -0.5, 120)
    texts = axis.tickStrings(places, 1.0, spacing)
    assert not any("e" in text for text in texts)
    assert [text for text in texts if float(text.replace("−", "-")) == 0] in (["0"], ["0.0"], ["0.00"])


@pytest.mark.parametrize(("orientation", "by", "expected"), [("bottom", 1, "20"), ("left", 1, "5"), ("left", 6, "0")])
def test_numbered_names_are_written_where_they_are_round(
    qtbot: QtBot, orientation: str, by: int, expected: str
) -> None:  # fmt: skip
    axis = LabelAxis(orientation)
    axis.set_labels([str(by * at) for at in range(int(by == 1), 131)])
    [(spacing, places)] = axis.tickValues(-0.5, 129.5, 400)
    names = [int(name) for name in axis.tickStrings(places, 1.0, spacing)]
    assert str(names[0]) == expected
    assert {name % int(by * spacing) for name in names} == {0}


def test_steps_counted_back_to_nought_are_named_where_they_are_round(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([*(f"−{back}" for back in range(52, 0, -1)), "0"])
    [(spacing, places)] = axis.tickValues(-0.5, 52.5, 200)
    assert axis.tickStrings(places, 1.0, spacing) == ["−50", "−40", "−30", "−20", "−10", "0"]


def test_axis_that_runs_downward(qtbot: QtBot) -> None:
    axis = LabelAxis("left")
    axis.set_labels(["a", "b", "c"])
    assert axis.tickValues(2.5, -0.5, 300) == [(1.0, [0.0, 1.0, 2.0])]


@pytest.mark.parametrize(
    ("low", "high", "size", "expected"),
    [
        (-3, 0, 500, ["0.001", "0.01", "0.1", "1"]),
        (-5, -3, 1000, ["1e−5", "0.0001", "0.001"]),
        (-20, 0, 200, ["1e−20"]),
    ],
)
def test_logarithmic_axis_shows_round_numbers(
    qtbot: QtBot, low: float, high: float, size: float, expected: list[str]
) -> None:
    axis = LabelAxis("bottom")
    axis.setLogMode(True)
    [(_, places)] = axis.tickValues(low, high, size)
    assert set(expected) <= set(axis.tickStrings(places, 1.0, 1.0))
    assert len(places) <= size / 56 + 1


@pytest.mark.parametrize("text", [11, 16, 22])
def test_long_logarithmic_numbers_side_by_side_have_a_gap(qtbot: QtBot, text: int) -> None:
    axis, font = LabelAxis("bottom"), QFont()
    axis.setLogMode(True)
    font.setPixelSize(text)
    axis.setStyle(tickFont=font)
    for size in range(200, 1000, 40):
        [(_, places)] = axis.tickValues(-4.0, -1.9, size)
        ends = [QFontMetrics(font).horizontalAdvance(name) / 2 for name in axis.tickStrings(places, 1.0, 1.0)]
        middles = [(place + 4.0) * size / 2.1 for place in places]
        pairs = pairwise(zip(middles, ends, strict=True))
        assert all(after - half - (before + other) >= 4 for (before, other), (after, half) in pairs)


@pytest.mark.parametrize(("orientation", "size", "most"), [("left", 1200, 15), ("bottom", 2400, 40)])
def test_a_high_plot_is_not_ruled_like_paper(qtbot: QtBot, orientation: str, size: int, most: int) -> None:
    [(_, places)] = LabelAxis(orientation).tickValues(0.0, 0.37, size)
    assert most / 3 < len(places) <= most


@pytest.mark.parametrize("orientation", ["bottom", "left"])
@pytest.mark.parametrize(("low", "high"), [(-2, -0.6), (-0.5, 0.4), (-3, 3)])
@pytest.mark.parametrize("size", [150, 300, 500])
def test_logarithmic_numbers_do_not_touch(
    qtbot: QtBot, orientation: str, low: float, high: float, size: int
) -> None:  # fmt: skip
    axis = LabelAxis(orientation)
    axis.setLogMode(True)
    [(_, places)] = axis.tickValues(low, high, size)
    names = axis.tickStrings(places, 1.0, 1.0)
    metrics = QFontMetrics(axis.font())
    wide = [metrics.height() - 2 if orientation == "left" else metrics.horizontalAdvance(name) for name in names]
    for at in range(1, len(places)):
        apart = (places[at] - places[at - 1]) * size / (high - low)
        assert apart >= (wide[at] + wide[at - 1]) / 2
