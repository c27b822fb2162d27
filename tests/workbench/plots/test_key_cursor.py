"""A place on an axis that keys walk to is read out in the words of the mouse, one at a time."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.key_cursor import ReadCursor


def test_a_place_is_read_by_keys_by_the_mouse_and_anew(qtbot: QtBot) -> None:
    plot, said = CurvePlot(LIGHT, bottom="step", left="loss"), list[str]()
    qtbot.addWidget(plot)
    plot.add_curve("loss", "train")
    plot.show_curve("loss", [1, 2, 3], [3.0, 2.0, 1.0])
    cursor = ReadCursor(plot, lambda place: plot.describe(place, f"step {place:.0f}"), said.append)
    cursor.read_again()
    assert not said
    for by, told in ((1, "step 1 · loss 3"), (1, "step 2 · loss 2"), (9, "step 3 · loss 1")):
        cursor.walk(by, plot.curves["loss"].x)
        assert said[-1] == told
    plot.show_curve("loss", [1, 2, 3], [3.0, 2.0, 0.5])
    cursor.read_again()
    assert said[-1] == "step 3 · loss 0.5"
    cursor.hover(2.2)
    assert (cursor.place, said[-1]) == (None, "step 2 · loss 2")
    count = len(said)
    cursor.read_again()
    assert cursor.walk(1, []) is None
    assert len(said) == count
    cursor.hover(None)
    assert said[-1] == ""
