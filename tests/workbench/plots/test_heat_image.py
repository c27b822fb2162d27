from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.inside_records import Floats
from workbench.looks.theme import THEMES
from workbench.plots.heat.heat_image import HeatImage

SQUARE = 4  # pixels


def painted(image: HeatImage) -> list[list[QColor]]:
    """The colour in the middle of every square, painted onto nothing."""
    rect = image.boundingRect()
    paper = QImage(int(rect.width()) * SQUARE, int(rect.height()) * SQUARE, QImage.Format.Format_ARGB32)
    paper.fill(0)
    with QPainter(paper) as painter:
        painter.scale(SQUARE, SQUARE)
        painter.translate(-rect.left(), -rect.top())
        image.paint(painter)
    middles = [SQUARE // 2 + SQUARE * place for place in range(int(max(rect.width(), rect.height())))]
    return [[paper.pixelColor(x, y) for x in middles[: int(rect.width())]] for y in middles[: int(rect.height())]]


def f32(*rows: list[float]) -> Floats:
    return np.array(rows, np.float32)


@pytest.mark.parametrize("name", THEMES)
def test_numbers_have_the_colours_between_their_levels_and_beyond_those_at_the_ends(qtbot: QtBot, name: str) -> None:
    table = THEMES[name].color_table("magnitude")
    image = HeatImage()
    image.dress(table)
    image.show_data(f32([-9.0, 0.0, 1.0], [2.0, np.inf, np.nan]), (0.0, 2.0))
    (low, zero, half), (top, over, missing) = painted(image)
    for color, place in ((low, 0), (zero, 0), (half, 128), (top, 255), (over, 255)):
        assert [color.red(), color.green(), color.blue()] == table[place, :3].tolist()
    assert missing.alpha() == 0
    assert image.levels == (0.0, 2.0)


def test_other_numbers_other_levels_and_other_colours_are_painted(qtbot: QtBot) -> None:
    dark, light = (theme.color_table("diverging") for theme in THEMES.values())
    image = HeatImage()
    image.dress(light)
    image.show_data(f32([0.0, 1.0]), (0.0, 1.0))
    first = painted(image)
    image.show_data(f32([1.0, 0.0]), (0.0, 1.0))
    assert painted(image) == [first[0][::-1]]
    image.show_data(f32([1.0, 0.0]), (0.0, 2.0))
    assert painted(image)[0][0] not in first[0]
    image.dress(dark[::-1])
    color = painted(image)[0][1]
    assert [color.red(), color.green(), color.blue()] == dark[-1, :3].tolist()


def test_its_squares_are_around_whole_numbers_and_one_value_alone_is_a_colour(qtbot: QtBot) -> None:
    image = HeatImage()
    assert image.boundingRect().isEmpty()
    image.dress(THEMES["light"].color_table("magnitude"))
    image.show_data(f32([3.0, 3.0], [3.0, 3.0], [3.0, 3.0]), (3.0, 3.0))
    assert image.boundingRect() == QRectF(-0.5, -0.5, 2, 3)
    assert len({color.rgb() for row in painted(image) for color in row}) == 1
