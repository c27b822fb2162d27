"""Which of many points lies under the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from engine.inside_records import Floats
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.states.principal import Plane

_REACH = 12  # pixels: how near to a point the mouse has to be


def nearest(plot: CurvePlot, places: Plane | Floats, place: QPointF) -> int | None:
    """The index of the point among `places` (N, 2) that lies under the mouse at `place` in the scene."""
    if not len(places):
        return None
    point, (wide, high) = plot.box.mapSceneToView(place), plot.box.viewPixelSize()
    away = np.hypot((places[:, 0] - point.x()) / wide, (places[:, 1] - point.y()) / high)
    at = int(np.nan_to_num(away, nan=np.inf).argmin())
    return at if away[at] <= _REACH else None
