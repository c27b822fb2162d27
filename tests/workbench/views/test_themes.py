"""After a change of theme a view looks as one that has worn it from the start: no colour of the one before is left."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.events import Probe
from tests.workbench.views import measured
from workbench.looks.theme import DARK, LIGHT, Theme
from workbench.plots.curves.curve import Curve, baseline_stroke
from workbench.plots.key.curve_item import CurveItem
from workbench.plots.network.equation import Equation
from workbench.views import discover
from workbench.views.live_view import LiveView

VIEWS = {view.key: view for view in discover()}
PREDICTIONS: dict[str, Callable[[], Probe]] = {
    "text": lambda: measured.TEXT,
    "classes": measured.class_prediction,
    "classes by step": lambda: measured.class_prediction(tagged=True),
}
SCENES = [*((key, "") for key in VIEWS), *(("prediction", name) for name in PREDICTIONS)]
_VISIONS = {  # what reaches the eye of red, green and blue (Machado, Oliveira and Fernandes 2009)
    "all hues": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no blue": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
_TO_XYZ = np.array([[0.434, 0.376, 0.190], [0.213, 0.715, 0.072], [0.018, 0.109, 0.873]])  # of white: 1, 1, 1
_SEEN = 24  # difference of red, green and blue together that an eye may see at the edge of a letter
_ROUNDED = 8  # points: ends of dashes that lie between two points, and fall to one or the other


@pytest.mark.parametrize(("key", "prediction"), SCENES)
def test_nothing_keeps_the_colours_of_the_theme_before(qtbot: QtBot, key: str, prediction: str) -> None:
    def shown(theme: Theme) -> LiveView:
        view = VIEWS[key](theme)
        qtbot.addWidget(view)
        view.resize(700, 500)
        view.show()
        qtbot.waitUntil(lambda: view.on_screen and view.body.updatesEnabled(), timeout=20_000)
        view.show_start(measured.STARTED)
        probes = PREDICTIONS[prediction]() if prediction else None
        view.show_snapshot(measured.snapshot(probes) if probes else measured.full_snapshot())
        view.show_history(measured.history(200))
        qtbot.waitUntil(lambda: all(each.ready for each in view.findChildren(Equation)), timeout=20_000)
        return view

    changed = shown(DARK)
    before = picture(changed)
    changed.apply_theme(LIGHT)
    always = shown(LIGHT)
    qtbot.waitUntil(lambda: unlike(picture(changed), picture(always)) <= _ROUNDED, timeout=20_000)
    assert unlike(before, picture(always)) > 0.01 * before.size / 3


def picture(view: LiveView) -> NDArray[np.int16]:
    """(height, width, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].astype(np.int16)


def unlike(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    """How many points differ."""
    return int((np.abs(one - other).sum(axis=-1) > _SEEN).sum())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", _VISIONS)
def test_lines_beside_each_other_are_told_apart_whoever_looks(theme: Theme, vision: str) -> None:
    simple = [Curve("", baseline_stroke(index), CurveItem(), False, True, False).pen(theme) for index in range(5)]
    pens = [*map(theme.pen, ("truth", "forecast", "validation")), *simple]
    lines, ground = [_light(pen.color().name()) for pen in pens], _light(theme.plot)
    assert len({(pen.style(), *pen.dashPattern()) for pen in pens[2:]}) == 6  # dashed each in its own way, too
    for line in lines:
        low, high = sorted(float(_TO_XYZ[1] @ light) for light in (line, ground))
        assert (high + 0.05) / (low + 0.05) > 3.5  # WCAG asks 3 of what is no text
    seen = [_lab(_VISIONS[vision] @ line) for line in lines]
    assert all(np.linalg.norm(one - other) > 15 for one, other in combinations(seen, 2))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", _VISIONS)
def test_twelve_classes_are_told_apart_whoever_looks(theme: Theme, vision: str) -> None:
    colors, ground = [color.name() for color in theme.class_colors(12)], _light(theme.plot)
    for light in map(_light, colors):
        low, high = sorted(float(_TO_XYZ[1] @ each) for each in (light, ground))
        assert (high + 0.05) / (low + 0.05) > 3
    seen = [_lab(_VISIONS[vision] @ _light(color)) for color in colors]
    assert all(np.linalg.norm(one - other) > 18 for one, other in combinations(seen, 2))
    many = [color.name() for color in theme.class_colors(20)]
    assert len(set(many)) == 20


def _light(color: str) -> NDArray[np.float64]:
    """Red, green and blue as amounts of light."""
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.asarray(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4))


def _lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lightness, green to red, blue to yellow: 2 apart is just seen (CIE 1976)."""
    x, y, z = np.cbrt(np.maximum(_TO_XYZ @ light.clip(0, 1), 1e-3))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
