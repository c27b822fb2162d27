from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from engine.config import Experiment, field_info
from workbench.forms.editors import ChoiceEditor, SwitchEditor, editor_for
from workbench.forms.number_editors import NumberEditor, NumbersEditor
from workbench.forms.several_editor import SeveralEditor


def _number(qtbot: QtBot, dotted: str) -> NumberEditor:
    section, _, name = dotted.partition(".")
    value = getattr(getattr(Experiment(), section), name)
    editor = editor_for(field_info(section, name), value)
    assert isinstance(editor, NumberEditor)
    qtbot.addWidget(editor)
    editor.show_value(value)
    return editor


@pytest.mark.parametrize(
    ("field", "start", "up", "down"),
    [
        ("model.hidden_size", 32, 64, 16),
        ("model.hidden_size", 48, 64, 32),
        ("model.hidden_size", 1, 2, 1),
        ("model.hidden_size", 8192, 8192, 4096),
        ("model.num_layers", 1, 2, 1),
        ("training.learning_rate", 0.001, 0.002, 0.0005),
        ("training.learning_rate", 0.003, 0.005, 0.002),
        ("training.learning_rate", 1e-8, 2e-8, 1e-8),
        ("data.validation", 0.15, 0.2, 0.1),
        ("data.validation", 12, 13, 11),
        ("training.weight_decay", 0.0, 1e-5, 0.0),
        ("training.weight_decay", 1e-5, 2e-5, 0.0),
        ("training.weight_decay", 1e-4, 2e-4, 5e-5),
        ("training.seed", 2**32 - 1, 2**32 - 1, 2**32 - 2),
    ],
)
def test_arrows_go_where_a_person_would(qtbot: QtBot, field: str, start: float, up: float, down: float) -> None:
    for way, expected in ((1, up), (-1, down)):
        editor, seen = _number(qtbot, field), list[Any]()
        editor.show_value(start)
        editor.edited.connect(seen.append)
        editor.stepBy(way)
        assert float(editor.lineEdit().text()) == pytest.approx(expected)
        assert [float(value) for value in seen] == ([pytest.approx(expected)] if expected != start else [])


def test_what_is_typed_goes_on_as_it_is(qtbot: QtBot) -> None:
    editor, seen = _number(qtbot, "model.hidden_size"), list[Any]()
    editor.edited.connect(seen.append)
    editor.lineEdit().setText("0")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert seen == ["0"]


def test_what_has_not_changed_is_not_handed_on(qtbot: QtBot) -> None:
    editor, seen = _number(qtbot, "training.learning_rate"), list[Any]()
    editor.edited.connect(seen.append)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert seen == []


def test_a_decimal_comma_is_understood(qtbot: QtBot) -> None:
    editor, seen = _number(qtbot, "training.learning_rate"), list[Any]()
    editor.edited.connect(seen.append)
    editor.lineEdit().setText("0,5")
    editor.commit()
    assert seen == ["0.5"]


@pytest.mark.parametrize(("typed", "handed_on"), [("1,000", "1000"), ("12,000,000", "12000000"), ("1,5", "1,5")])
def test_of_whole_numbers_a_comma_parts_thousands_alone(qtbot: QtBot, typed: str, handed_on: str) -> None:
    editor, seen = _number(qtbot, "model.hidden_size"), list[Any]()
    editor.edited.connect(seen.append)
    editor.lineEdit().setText(typed)
    editor.commit()
    assert seen == [handed_on]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("data.targets", SeveralEditor),
        ("data.time_column", ChoiceEditor),
        ("data.kind", ChoiceEditor),
        ("model.bidirectional", SwitchEditor),
        ("training.clip_norm", NumberEditor),
        ("training.quantiles", NumbersEditor),
        ("model.hidden_sizes", NumbersEditor),
    ],
)
def test_every_kind_of_field_has_its_input(qtbot: QtBot, field: str, kind: type) -> None:
    section, _, name = field.partition(".")
    editor = editor_for(field_info(section, name), getattr(getattr(Experiment(), section), name))
    qtbot.addWidget(editor)
    assert type(editor) is kind


def test_several_numbers_are_typed_with_commas(qtbot: QtBot) -> None:
    editor, seen = NumbersEditor(), list[Any]()
    qtbot.addWidget(editor)
    editor.edited.connect(seen.append)
    editor.show_value((0.1, 0.5))
    editor.commit()
    assert seen == []
    editor.setText("0.2, 0.8")
    editor.commit()
    assert seen == ["0.2, 0.8"]


def test_columns_are_ticked(qtbot: QtBot) -> None:
    editor, seen = SeveralEditor(), list[Any]()
    qtbot.addWidget(editor)
    editor.edited.connect(seen.append)
    editor.show_options([("a", "a (number)"), ("b", "b (number)")])
    editor.show_value(("a",))
    assert editor.currentText() == "a"
    editor.showPopup()
    tick(editor, 1)
    assert seen == [("a", "b")]
    tick(editor, 0)
    assert seen[1:] == [("b",)]
    QTest.keyClick(editor._popup.list, Qt.Key.Key_Space)
    assert seen[2:] == [("a", "b")]
    assert editor._popup._head.isHidden(), "two need no search"


def tick(editor: SeveralEditor, row: int) -> None:
    index, role = editor.columns.index(row), Qt.ItemDataRole.CheckStateRole
    on = index.data(role) == Qt.CheckState.Unchecked
    editor.columns.setData(index, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked, role)


def test_of_many_columns_those_with_a_name_are_ticked_at_once(qtbot: QtBot) -> None:
    editor, seen = SeveralEditor(), list[Any]()
    qtbot.addWidget(editor)
    editor.edited.connect(seen.append)
    editor.show_options([(f"c{k}", f"c{k}  (number)") for k in range(10_000)])
    editor.show_value(("c3", "gone"))
    editor.showPopup()
    popup = editor._popup
    QTest.keyClicks(popup.search, "C999")
    assert popup.list.model().rowCount() == 11
    for name, ticked in (("columns_all", 12), ("columns_none", 1)):
        button = popup.findChild(QPushButton, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert len(seen[-1]) == ticked
    assert seen[-1] == ("c3",)
    editor.show_value(tuple(f"c{k}" for k in range(10_000)))
    assert editor.currentText() == "c0 and 9,999 more"
    editor.hidePopup()
    editor.showPopup()
    assert popup.list.model().rowCount() == 10_000, "what was looked for is forgotten"


@pytest.mark.parametrize(("width", "shown"), [(400, "trunk_vertical  (number)"), (130, "trunk_vertical"), (60, "…")])
def test_a_column_is_named_without_its_kind_before_its_name_is_cut(qtbot: QtBot, width: int, shown: str) -> None:
    editor = ChoiceEditor()
    qtbot.addWidget(editor)
    editor.show_options([("trunk_vertical", "trunk_vertical  (number)")])
    editor.show_value("trunk_vertical")
    editor.resize(width, 24)
    option = QStyleOptionComboBox()
    editor.initStyleOption(option)
    text = editor.shown_text(option)
    assert text == shown if width > 60 else text.endswith(shown)


def test_a_choice_that_is_not_offered_is_still_shown(qtbot: QtBot) -> None:
    editor = ChoiceEditor()
    qtbot.addWidget(editor)
    editor.show_options([("lstm", "LSTM")])
    editor.show_value("new_cell")
    assert editor.currentData() == "new_cell"


@pytest.mark.parametrize(
    ("width", "chosen", "shown"),
    [
        (400, ("ankle_horizontal", "b", "c"), "ankle_horizontal and 2 more"),
        (130, ("ankle_horizontal", "b", "c"), "3 columns"),
        (60, ("ankle_horizontal",), "…"),
        (400, ("b",), "b"),
    ],
)
def test_what_does_not_fit_into_a_box_is_shown_to_go_on(
    qtbot: QtBot, width: int, chosen: tuple[str, ...], shown: str
) -> None:
    editor = SeveralEditor()
    qtbot.addWidget(editor)
    editor.show_value(chosen)
    editor.resize(width, 24)
    option = QStyleOptionComboBox()
    editor.initStyleOption(option)
    text = editor.shown_text(option)
    assert shown in text
    assert editor.fontMetrics().horizontalAdvance(text) < width
    assert not editor.grab().isNull()
