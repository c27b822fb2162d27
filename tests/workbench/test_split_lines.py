"""Borders between the parts of a series, dragged with the mouse."""

from __future__ import annotations

from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config import DataConfig
from engine.data.splits import split_by_time
from tests.workbench.conftest import KnownBackend
from workbench.looks.theme import LIGHT
from workbench.panels.data import DataPanel
from workbench.panels.split_lines import split_changes
from workbench.settings import Places, Settings
from workbench.window import Window

ROWS = 120  # of the known series, whose parts begin at 84 and 96


@pytest.fixture
def panel(qtbot: QtBot, backend: KnownBackend, monkeypatch: pytest.MonkeyPatch) -> DataPanel:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # every move counts, also two in one millisecond
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    panel.show_loaded(backend.data.open("known"))
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def drag(panel: DataPanel, start: float, end: float) -> None:
    """From row to row, along the middle of the plot."""
    plot = panel.preview.series
    assert plot is not None
    box = plot.plotItem.vb
    middle = sum(box.viewRange()[1]) / 2

    def place(row: float) -> QPoint:
        found: QPoint = plot.mapFromScene(box.mapViewToScene(QPointF(row, middle)))
        return found

    under, button = plot.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseMove(under, place(start))
    QTest.mousePress(under, button, pos=place(start))
    for row in (start + (end - start) / 3, start + (end - start) * 2 / 3, end):
        QTest.mouseMove(under, place(row))
        QApplication.processEvents()
    QTest.mouseRelease(under, button, pos=place(end))


@pytest.mark.parametrize(
    ("start", "end", "parts"), [(84, 60, (36, 24)), (96, 110, (26, 10)), (84, 118, (0, 24)), (96, 20, (0, 36))]
)
def test_a_dragged_border_changes_the_parts_and_never_passes_the_other(
    panel: DataPanel, qtbot: QtBot, start: float, end: float, parts: tuple[int, int]
) -> None:
    with qtbot.waitSignal(panel.split_dragged) as caught:
        drag(panel, start, end)
    changes = caught.args[0]
    data = panel._loaded.experiment.data if panel._loaded else DataConfig()
    wanted = split_by_time(ROWS, changes["data.validation"], changes["data.test"])
    found = (wanted.validation_end - wanted.train_end, wanted.end - wanted.validation_end)
    assert found == pytest.approx(parts, abs=2)  # a pixel of the small picture is a row or so
    assert data.validation < 1


def test_the_window_takes_a_dragged_border_as_one_change(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> None:
    window = Window(backend, Settings(tmp_path), Places(tmp_path, tmp_path / "runs", tmp_path))
    window.ask_to_close = lambda: True  # type: ignore[method-assign]
    qtbot.addWidget(window)
    window.start("known")
    qtbot.waitUntil(lambda: window.desk.draft.ready)
    before = window.desk.draft.experiment
    window.steps.data.preview.split_moved.emit(60, 90)
    changed = window.desk.draft.experiment.data
    assert (changed.validation, changed.test) == (0.25, 0.25)
    window.desk.undo()
    assert window.desk.draft.experiment == before
    qtbot.waitUntil(lambda: window.desk.draft.ready)
    window.close()
    assert window.desk.close(10)


def test_a_locked_border_stays(panel: DataPanel, qtbot: QtBot) -> None:
    panel.lock("a run goes on")
    with qtbot.assertNotEmitted(panel.split_dragged):
        drag(panel, 84, 60)
    assert panel.preview.series is not None
    assert panel.preview.series.borders.lines[0].value() == 84


@pytest.mark.parametrize("rows", [10, 97, 144, 999, 12_345, 1_000_000])
@pytest.mark.parametrize(("validation", "test"), [(0.15, 0.15), (12.0, 48.0), (0.1, 30.0), (0.0, 0.2)])
def test_settings_put_the_borders_where_they_were_dragged(rows: int, validation: float, test: float) -> None:
    data = DataConfig(validation=validation, test=test)
    for borders in ((rows // 2, rows * 2 // 3), (rows // 3, rows // 3), (rows - 3, rows - 1)):
        changes = split_changes(data, borders, rows)
        found = split_by_time(rows, changes["data.validation"], changes["data.test"])
        assert (found.train_end, found.validation_end) == borders
