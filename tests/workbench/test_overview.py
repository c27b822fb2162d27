"""Four views at once, and the drawings of the five topologies."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.config import TOPOLOGIES
from tests.workbench.views import measured
from workbench.diagrams import WIRINGS, TopologyDrawing
from workbench.gallery.overview import QUARTERS, Overview
from workbench.looks.theme import DARK, LIGHT, Theme
from workbench.plots.key.keys import Key
from workbench.plots.key.legend import Legend
from workbench.views import discover


@pytest.fixture
def overview(qtbot: QtBot) -> Overview:
    kinds = {kind.key: kind for kind in discover()}
    made = Overview([kinds[key](LIGHT, compact=True) for key in QUARTERS])
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitUntil(lambda: all(view.on_screen for view in made.views))
    return made


def test_quarters_show_a_run(overview: Overview) -> None:
    for view in overview.views:
        view.show_start(measured.STARTED)
        view.show_snapshot(measured.full_snapshot())
        view.show_history(measured.history(100))
        assert view._stack.currentWidget() is view.body


class _Painted(QObject):
    """Counts how often widgets are painted."""

    def __init__(self, *watched: QWidget) -> None:
        super().__init__()
        self.counts: Counter[QObject] = Counter()
        for widget in watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.counts[watched] += event.type() is QEvent.Type.Paint
        return False


def test_numbers_that_change_many_times_a_second_are_painted_without_what_they_stand_on(
    overview: Overview, qtbot: QtBot
) -> None:
    view = overview.views[QUARTERS.index("gradient_flow")]
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.full_snapshot())
    qtbot.waitUntil(view.body.updatesEnabled)
    legend = view.findChild(Legend)
    assert legend is not None
    painted = _Painted(legend, view._header.stamp.label, view, overview)
    for number in range(3):
        painted.counts.clear()
        view.stamp(7 + number, 1)
        legend.show_items(LIGHT, [Key("layer 1", LIGHT.pen("train"), str(number))])
        qtbot.waitUntil(lambda: painted.counts[legend] > 0 and painted.counts[view._header.stamp.label] > 0)
    assert not painted.counts[view]
    assert not painted.counts[overview]


def test_double_click_on_a_heading_opens_the_view(overview: Overview, qtbot: QtBot) -> None:
    view = overview.views[1]
    with qtbot.waitSignal(overview.opened) as asked:
        QTest.mouseDClick(view._header.title, Qt.MouseButton.LeftButton)
    assert asked.args == ["gradient_flow"]


def test_borders_are_kept(overview: Overview) -> None:
    overview._columns.setSizes([500, 200])
    sizes, layout = overview._columns.sizes(), overview.save_layout()
    overview._columns.setSizes([200, 500])
    overview.restore_layout(layout)
    assert overview._columns.sizes() == sizes
    overview.restore_layout("nonsense")
    assert overview._columns.sizes() == sizes


def test_quarters_are_even_again_after_one_took_more_unless_a_person_wants_them_so(overview: Overview) -> None:
    def uneven() -> int:
        return max(max(sizes) - min(sizes) for sizes in (s.sizes() for s in (overview._columns, *overview._rows)))

    overview._columns.setSizes([500, 200])
    overview._rows[0].setSizes([300, 600])
    overview.share_evenly()
    assert uneven() <= 1
    overview._columns.setSizes([500, 200])
    overview._columns.splitterMoved.emit(500, 1)
    sizes = overview._columns.sizes()
    overview.share_evenly()
    assert overview._columns.sizes() == sizes


@pytest.mark.parametrize(
    ("width", "scale", "below"), [(1000, 1.0, False), (400, 1.0, True), (660, 1.5, True), (700, 2.0, True)]
)
def test_quarters_that_would_be_too_small_to_read_stand_below_each_other(
    overview: Overview, qtbot: QtBot, width: int, scale: float, below: bool
) -> None:
    overview._columns.setSizes([500, 200])
    overview._columns.splitterMoved.emit(500, 1)
    sizes, layout = overview._columns.sizes(), overview.save_layout()
    for view in overview.views:
        view.apply_theme(dataclasses.replace(LIGHT, scale=scale))
    overview.resize(width, 500)
    qtbot.waitUntil(lambda: (overview.views[0].width() > 0.8 * width) is below)
    least = min(view.height() for view in overview.views)
    assert not below or least > 160 * scale
    assert overview.views[0].on_screen
    assert overview.views[3].on_screen is not below
    assert overview.save_layout() == layout or not below  # that of the wide one is kept
    for view in overview.views:
        view.apply_theme(LIGHT)
    overview.resize(1000, 700)
    qtbot.waitUntil(lambda: overview.views[3].on_screen)
    qtbot.waitUntil(lambda: overview._columns.sizes() == pytest.approx(sizes, abs=2))


def test_values_under_the_mouse_stand_over_the_picture_and_take_no_room(overview: Overview, qtbot: QtBot) -> None:
    view = overview.views[0]
    view.show_start(measured.STARTED)
    view.show_history(measured.history(100))
    body = view.body.geometry()
    assert not view._readout.isVisible()
    view.read_out("step 3 · training 0.5")
    assert view._readout.isVisible()
    assert view.rect().contains(view._readout.geometry())
    assert view.body.geometry() == body
    view.read_out("")
    assert not view._readout.isVisible()


def picture_of(drawing: TopologyDrawing, scale: int = 1) -> QImage:
    image = QImage(drawing.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(QColor("#ff00ff"))
    drawing.render(image)
    return image


def columns_of(drawing: TopologyDrawing, color: str, row: float) -> int:
    """How many boxes of `color` a line across the drawing meets, at `row` of its height."""
    image = picture_of(drawing)
    line = [image.pixelColor(x, int(row * image.height())) == QColor(color) for x in range(image.width())]
    return sum(here and not before for before, here in zip([False, *line], line, strict=False))


def test_every_topology_has_a_drawing() -> None:
    assert set(WIRINGS) == set(TOPOLOGIES)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("key", "cells", "decoder"),
    [
        ("one_to_one", 1, 0),
        ("one_to_many", 4, 0),
        ("many_to_one", 4, 0),
        ("many_to_many", 4, 0),
        ("encoder_decoder", 3, 3),
    ],
)
def test_cells_stand_in_a_row(qtbot: QtBot, theme: Theme, key: str, cells: int, decoder: int) -> None:
    drawing = TopologyDrawing(key, theme)
    qtbot.addWidget(drawing)
    drawing.resize(400, 200)
    at = 0.5 - 0.02  # a little above the arrows between the cells
    assert columns_of(drawing, theme.accent, at) == cells
    assert columns_of(drawing, theme.pens["validation"].color, at) == decoder


@pytest.mark.parametrize("key", TOPOLOGIES)
@pytest.mark.parametrize("size", [QSize(48, 40), QSize(72, 48), QSize(300, 200), QSize(1200, 300)])
@pytest.mark.parametrize("both", [False, True])
def test_nothing_is_cut_off(qtbot: QtBot, key: str, size: QSize, both: bool) -> None:
    drawing = TopologyDrawing(key, LIGHT, bidirectional=both)
    qtbot.addWidget(drawing)
    drawing.resize(size)
    image = picture_of(drawing)
    ground = image.pixelColor(0, 0)
    edges = [(x, y) for x in range(image.width()) for y in (0, image.height() - 1)]
    edges += [(x, y) for y in range(image.height()) for x in (0, image.width() - 1)]
    assert all(image.pixelColor(x, y) == ground for x, y in edges)


@pytest.mark.parametrize("key", TOPOLOGIES)
def test_both_directions_only_where_the_future_is_known(qtbot: QtBot, key: str) -> None:
    drawing = TopologyDrawing(key, LIGHT)
    qtbot.addWidget(drawing)
    drawing.resize(200, 120)
    one = picture_of(drawing)
    drawing.set_bidirectional(True)
    assert (picture_of(drawing) != one) is (key in ("many_to_one", "many_to_many", "encoder_decoder"))
    assert "backward" in drawing.accessibleDescription()


def test_unavailable_drawing_is_muted(qtbot: QtBot) -> None:
    drawing = TopologyDrawing("many_to_one", LIGHT)
    qtbot.addWidget(drawing)
    drawing.resize(200, 120)
    assert columns_of(drawing, LIGHT.accent, 0.48) == 4
    drawing.setEnabled(False)
    assert columns_of(drawing, LIGHT.accent, 0.48) == 0
