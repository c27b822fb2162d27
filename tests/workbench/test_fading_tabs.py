"""Tabs that do not all fit."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget
from pytestqt.qtbot import QtBot

from workbench.gallery.fading_tabs import FadingTabs


def test_where_not_all_tabs_fit_those_that_are_cut_fade(qtbot: QtBot) -> None:
    tabs, bar = QTabWidget(), FadingTabs()
    tabs.setTabBar(bar)
    tabs.setDocumentMode(True)  # whose bars have arrows, not eliding
    qtbot.addWidget(tabs)
    for name in ("Overview", "Loss", "Network", "Gradient by time step", "Gradient norms", "Summing over time"):
        tabs.addTab(QTabWidget(), name)
    tabs.resize(330, 200)
    tabs.show()
    assert bar.seen < bar.width()  # the arrows
    right = bar.cut()[-1]
    assert right.right() + 1 == bar.seen
    tabs.setCurrentIndex(tabs.count() - 1)
    assert [place.left() for place in bar.cut()] == [0]
    ground, picture = bar.palette().shadow().color(), bar.grab().toImage()
    assert abs(picture.pixelColor(0, bar.height() // 2).lightness() - ground.lightness()) <= 2
    tabs.resize(3000, 200)
    assert not bar.cut()
