"""Pictures of every view and drawing, to be looked at: ``python -m tests.benchmarks.pictures --out DIR [--only KEY]``.

Numbers are made of formulas; ``--train`` takes them from short real runs of samples instead.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from engine.config import TOPOLOGIES
from tests.benchmarks.scenes import Scene, made, trained
from workbench.diagrams import TopologyDrawing
from workbench.gallery.overview import QUARTERS, Overview
from workbench.looks.theme import THEMES, Theme
from workbench.looks.wardrobe import Wardrobe
from workbench.plots.frame.saving import picture
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.views import discover
from workbench.views.live_view import LiveView

FULL, NARROW, QUARTER = QSize(1000, 680), QSize(720, 520), QSize(480, 330)


def main() -> None:
    """Draw everything in both themes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="key of one view, 'overview' or 'drawings'")
    parser.add_argument("--train", action="store_true", help="take the numbers from real runs")
    options = parser.parse_args()
    scenes = list(trained() if options.train else made())
    options.out.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    application.setStyle("Fusion")
    wardrobe = Wardrobe(application)
    for theme in THEMES.values():
        wardrobe.wear(theme)
        for name, widget in _widgets(theme, scenes, options.only):
            widget.show()
            application.processEvents()
            application.processEvents()
            picture(widget, 1.0).save(str(options.out / f"{name}_{theme.name}.png"))
            widget.close()
            widget.deleteLater()


def _widgets(theme: Theme, scenes: Sequence[Scene], only: str) -> Iterator[tuple[str, QWidget]]:
    for kind in discover():
        if only in ("", kind.key):
            yield from _pictures_of(kind, theme, scenes)
    if only in ("", "overview"):
        for scene in scenes:
            yield f"overview_{scene.name}", _overview(theme, scene)
    if only in ("", "drawings"):
        yield "drawings", _drawings(theme)


def _pictures_of(kind: type[LiveView], theme: Theme, scenes: Sequence[Scene]) -> Iterator[tuple[str, QWidget]]:
    empty = kind(theme)
    empty.resize(QUARTER)
    yield f"{kind.key}_empty", empty
    for scene in scenes:
        for size, label in ((FULL, "full"), (NARROW, "narrow")):
            view = kind(theme, TimeCursor())
            view.resize(size)
            view.show()
            scene.show(view)
            view.time.pin(9)
            yield f"{kind.key}_{scene.name}_{label}", view


def _overview(theme: Theme, scene: Scene) -> QWidget:
    kinds = {kind.key: kind for kind in discover()}
    views = [kinds[key](theme, compact=True) for key in QUARTERS]
    overview = Overview(views)
    overview.resize(FULL)
    overview.show()
    for view in views:
        scene.show(view)
    return overview


def _drawings(theme: Theme) -> QWidget:
    page = QWidget()
    grid = QGridLayout(page)
    for column, key in enumerate(TOPOLOGIES):
        grid.addWidget(TopologyDrawing(key, theme), 0, column)
        grid.addWidget(TopologyDrawing(key, theme, bidirectional=True), 1, column)
        large = TopologyDrawing(key, theme)
        large.setMinimumSize(190, 150)
        grid.addWidget(large, 2, column)
        small = TopologyDrawing(key, theme)
        small.setFixedSize(72, 48)
        grid.addWidget(small, 3, column)
    return page


if __name__ == "__main__":
    main()
