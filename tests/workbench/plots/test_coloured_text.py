from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import DARK, LIGHT, Theme
from workbench.plots.heat import coloured_text
from workbench.plots.heat.coloured_text import ColouredText

LARGE = dataclasses.replace(LIGHT, scale=1.5)


def text(qtbot: QtBot, theme: Theme) -> ColouredText:
    widget = ColouredText(theme)
    qtbot.addWidget(widget)
    widget.resize(200, 200)
    guesses = (("b", "x"), ("c", "a"), ("x", "c"))
    widget.show_text("abc", guesses, np.array([[0.9, 0.1], [0.5, 0.4], [1.0, 0.0]], np.float32))
    return widget


@pytest.mark.parametrize("theme", [DARK, LARGE], ids=["dark", "large"])
def test_guesses_that_were_written_in_other_looks_are_written_anew(qtbot: QtBot, theme: Theme) -> None:
    widget = text(qtbot, LIGHT)
    before = widget.grab().toImage()
    widget.apply_theme(theme)
    after = widget.grab().toImage()
    assert after != before
    assert after == text(qtbot, theme).grab().toImage()


def test_the_right_guess_after_the_last_letter_is_marked_too(qtbot: QtBot) -> None:
    widget = text(qtbot, LIGHT)
    widget.grab()
    assert ("c", True) in widget._written  # after b
    assert ("x", True) not in widget._written
    widget.show_text("abc", widget._guesses, widget._chances, then="x")
    widget.grab()
    assert ("x", True) in widget._written


def test_writings_of_many_words_are_not_kept_for_ever(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coloured_text, "_MOST_WRITTEN", 3)
    widget = text(qtbot, LIGHT)
    first = widget.grab().toImage()
    assert len(widget._written) == 5
    widget.show_text("ab", (("u", "v"), ("w", "a")), np.ones((2, 2), np.float32))
    widget.grab()
    assert len(widget._written) == 4
    assert text(qtbot, LIGHT).grab().toImage() == first
