"""Letters can be read on every colour of every map."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from workbench.looks.theme import THEMES, Theme
from workbench.plots.frame.ink import ink_on


def _light(color: QColor) -> float:
    """Relative luminance, as WCAG has it."""
    parts = np.array([color.redF(), color.greenF(), color.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("role", ["magnitude", "diverging"])
def test_letters_have_the_contrast_of_text_on_every_colour_of_a_map(theme: Theme, role: str) -> None:
    for ground in theme.color_map(role).map(np.linspace(0, 1, 64), mode="qcolor"):
        low, high = sorted((_light(ground), _light(ink_on(ground))))
        assert (high + 0.05) / (low + 0.05) >= 4.5
