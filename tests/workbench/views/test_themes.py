"""After a change of theme a view looks as one that has worn it from the start: no colour of the one before is left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.events import Probe
from tests.workbench.views import measured
from workbench.plots.equation import Equation
from workbench.theme import DARK, LIGHT, Theme
from workbench.views import discover
from workbench.views.live_view import LiveView

VIEWS = {view.key: view for view in discover()}
PREDICTIONS: dict[str, Callable[[], Probe]] = {
    "text": lambda: measured.TEXT,
    "classes": measured.class_prediction,
    "classes by step": lambda: measured.class_prediction(tagged=True),
}
SCENES = [*((key, "") for key in VIEWS), *(("prediction", name) for name in PREDICTIONS)]
_SEEN = 24  # difference of red, green and blue together that an eye may see at the edge of a letter


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
    qtbot.waitUntil(lambda: unlike(picture(changed), picture(always)) == 0, timeout=20_000)
    assert unlike(before, picture(always)) > 0.01 * before.size / 3


def picture(view: LiveView) -> NDArray[np.int16]:
    """(height, width, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].astype(np.int16)


def unlike(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    """How many points differ."""
    return int((np.abs(one - other).sum(axis=-1) > _SEEN).sum())
