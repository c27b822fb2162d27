"""Strips of tags name what they show in text of any size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.workbench.views import measured
from workbench.plots.tag_strips import TagStrips
from workbench.theme import LIGHT


def strips(qtbot: QtBot) -> TagStrips:
    tagged = measured.class_prediction(tagged=True)
    assert tagged.track is not None
    made = TagStrips(LIGHT)
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show_track(tagged.track, tagged.classes)
    made.show()
    return made


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_names_are_whole_in_text_of_any_size(qtbot: QtBot, scale: float) -> None:
    made = strips(qtbot)
    low = made.sizeHint().height()
    theme = replace(LIGHT, scale=scale)
    made.apply_theme(theme)
    image = made.grab().toImage()
    edge = {image.pixelColor(x, y).name() for x in range(4) for y in range(image.height())}
    assert len(edge) == 1  # no letter is cut there
    assert (made.sizeHint().height() > low) is (scale > 1)
    assert made._rect(0, 0).left() == made._left
