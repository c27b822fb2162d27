"""Letters on colours that stand for values."""

from __future__ import annotations

from PySide6.QtGui import QColor

_GAMMA = 2.2
_MIDDLE = 0.18  # of the light of white: as far from black as from white, for the eye


def ink_on(ground: QColor) -> QColor:
    """Black or white, whichever is read better: of amber and teal the eye sees more than their lightness says."""
    red, green, blue = ground.redF() ** _GAMMA, ground.greenF() ** _GAMMA, ground.blueF() ** _GAMMA
    return QColor("#000000" if 0.21 * red + 0.72 * green + 0.07 * blue > _MIDDLE else "#ffffff")
