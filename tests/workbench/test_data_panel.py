"""The data panel shows the settings that have a meaning for the data at hand, and no others."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from tests.workbench.conftest import SERIES, KnownBackend, KnownData
from workbench.doors.answers import SeriesPreview
from workbench.forms.several_editor import SeveralEditor
from workbench.looks.theme import LIGHT
from workbench.panels.data import DataPanel, counts_text
from workbench.panels.preview import Preview

_SEVERAL = {"data.steps": 6, "data.inputs": "price"}


@pytest.mark.parametrize(
    ("changes", "shown", "hidden"),
    [
        ({}, {"horizon", "steps"}, {"strategy", "known_inputs", "label", "scaled_by"}),
        ({"data.steps": 6}, {"steps", "strategy"}, {"horizon", "known_inputs"}),
        ({"data.inputs": "price"}, {"horizon", "steps", "known_inputs"}, {"strategy"}),
        (_SEVERAL, {"steps", "strategy", "known_inputs"}, {"horizon"}),
        ({**_SEVERAL, "model.topology": "encoder_decoder"}, {"steps", "known_inputs"}, {"strategy", "horizon"}),
        ({"data.kind": "text", "data.steps": 6}, {"tokens"}, {"steps", "strategy", "horizon", "known_inputs"}),
        ({"data.sequence_column": "shop"}, {"scaled_by", "steps"}, {"strategy"}),
    ],
)
def test_fields_that_have_a_meaning_are_shown(
    qtbot: QtBot, changes: dict[str, Any], shown: set[str], hidden: set[str]
) -> None:
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_experiment(Experiment().replace(changes))
    visible = {name for form in panel._forms for name, row in form._rows.items() if not row.editor.isHidden()}
    assert shown <= visible
    assert not hidden & visible


@pytest.mark.parametrize("by", ["data", "a problem"])
def test_settings_come_with_the_data_or_with_what_is_wrong_with_it(
    qtbot: QtBot, backend: KnownBackend, by: str
) -> None:  # fmt: skip
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_experiment(SERIES)
    panel.show_problem("", dismissible=False)
    parts = (*panel._settings, panel._more)
    assert all(part.isHidden() for part in parts)
    if by == "data":
        panel.show_loaded(backend.data.load(SERIES))
    else:
        panel.show_problem("a window does not fit; lower data.look_back.", dismissible=False)
    panel.show_experiment(SERIES)
    assert not any(part.isHidden() for part in parts)


def test_what_was_read_is_named_and_described(qtbot: QtBot, backend: KnownBackend) -> None:
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    loaded = backend.data.load(SERIES)
    panel.show_loaded(loaded)
    title, about = (panel.findChild(QLabel, name) for name in ("data_title", "data_about"))
    assert title is not None
    assert about is not None
    assert (title.text(), about.text(), about.isHidden()) == ("Known", "made for tests", False)
    notes = ("29 texts longer than data.sequence_length", "3 symbols, as <unk>")
    panel.show_loaded(dataclasses.replace(loaded, title="Other", about="", notes=notes))
    assert "29 texts longer than “Sequence length”" in panel._notes.text()
    assert "&lt;unk&gt;" in panel._notes.text()
    assert (title.text(), about.text(), about.isHidden()) == ("Other", "", True)


@pytest.mark.parametrize(
    ("apart", "told", "role"), [(True, "✓ nothing leaks", "badge"), (False, "✕ the parts overlap", "problem")]
)
def test_a_badge_says_whether_anything_leaks(
    qtbot: QtBot, backend: KnownBackend, apart: bool, told: str, role: str
) -> None:
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_loaded(dataclasses.replace(backend.data.load(SERIES), apart=apart))
    badge = panel.findChild(QLabel, "data_apart")
    assert badge is not None
    assert (badge.text(), badge.property("role")) == (told, role)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"data.kind": "series", "data.look_back": 24}, "24 → 1"),
        ({"data.kind": "text"}, "characters"),
        ({"data.kind": "pairs", "data.inputs": "en", "data.targets": "fr"}, "en → fr"),
        ({"data.kind": "pairs", "data.inputs": "p0,p1,p2", "data.targets": "caption"}, "3 columns → caption"),
        ({"data.kind": "sequences", "data.label": "speaker"}, "speaker"),
    ],
)
def test_the_heading_tells_what_goes_in_by_the_kind_of_data(qtbot: QtBot, changes: dict[str, Any], told: str) -> None:
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    assert panel.shape(Experiment().replace(changes).data) == told


@pytest.mark.parametrize(("count", "told"), [(1, "1 window to train on"), (70, "70 windows to train on")])
def test_one_window_is_no_windows(
    backend: KnownBackend, monkeypatch: pytest.MonkeyPatch, count: int, told: str
) -> None:  # fmt: skip
    monkeypatch.setattr(KnownData, "count", lambda _self, _part: count)
    assert counts_text(backend.data.load(SERIES)).startswith(told)


def _editor(panel: DataPanel, name: str) -> SeveralEditor:
    editor = panel.findChild(SeveralEditor, f"data.{name}")
    assert editor is not None
    return editor


def test_without_a_ticked_target_one_is_found(qtbot: QtBot) -> None:
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_experiment(Experiment())
    shown = {name: _editor(panel, name).currentText() for name in ("targets", "inputs")}
    assert shown == {"targets": "automatic", "inputs": "none"}


@pytest.mark.parametrize(("scale", "width", "years"), [(1.0, 270, 6), (1.5, 270, 3), (1.5, 500, 6), (2.0, 200, 2)])
def test_as_many_years_are_named_as_do_not_touch(
    qtbot: QtBot, backend: KnownBackend, scale: float, width: int, years: int
) -> None:
    shown = backend.data.load(SERIES).preview
    assert isinstance(shown, SeriesPreview)
    preview = Preview(dataclasses.replace(LIGHT, scale=scale))
    qtbot.addWidget(preview)
    preview.show_data(
        dataclasses.replace(shown, rows=144, ticks=tuple((12 + 24 * n, f"{1950 + 2 * n}") for n in range(6)))
    )
    preview.resize(width, preview.height())
    preview.show()
    assert preview.series is not None
    axis = preview.series.getAxis("bottom")
    ticks, font = axis._tickLevels[0], QFontMetrics(axis.style["tickFont"])
    assert len(ticks) == years
    box = preview.series.getViewBox()
    middles = [box.mapViewToDevice(QPointF(row, 0)).x() for row, _ in ticks]
    assert all(after - before > font.horizontalAdvance("1950") for before, after in pairwise(middles))


@pytest.mark.parametrize(("stride", "bars", "told"), [(1, 0, "one window"), (5, 3, "stride 5")])
def test_the_stride_is_drawn_as_windows_that_far_apart(
    qtbot: QtBot, backend: KnownBackend, stride: int, bars: int, told: str
) -> None:
    shown = backend.data.load(SERIES).preview
    assert isinstance(shown, SeriesPreview)
    windows = dataclasses.replace(shown, look_back=10, stride=stride, starts=tuple(73 - stride * n for n in range(3)))
    preview = Preview(LIGHT)
    qtbot.addWidget(preview)
    preview.show_data(windows)
    assert preview.series is not None
    drawn = preview.series.listDataItems()[3:]  # behind the three parts
    found = [tuple(map(int, item.getData()[0])) for item in drawn]
    assert found == [each for n in range(bars) for each in ((73 - 5 * n, 82 - 5 * n), (83 - 5 * n, 83 - 5 * n))]
    assert len({float(item.getData()[1][0]) for item in drawn}) == bars
    assert told in preview._legend.text().replace("&nbsp;", " ")
