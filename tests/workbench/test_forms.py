"""What a form shows and hides."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.cells import specifications
from engine.config import Experiment
from tests.workbench.bench import Bench
from workbench.forms.forms import Form
from workbench.forms.number_editors import NumberEditor, NumbersEditor
from workbench.forms.slide import Slide
from workbench.panels.model import ModelPanel


@pytest.mark.parametrize(("section", "name"), [("model", "activation"), ("model", "embedding_size")])
def test_a_field_that_comes_back_stays_within_its_form(qtbot: QtBot, section: str, name: str) -> None:
    form = Form(section, [name])
    qtbot.addWidget(form)
    form.show()
    form.set_applies(name, False)
    form.set_applies(name, True)
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [form]


OPTIONS: list[tuple[dict[str, Any], dict[str, bool]]] = [
    ({}, {"hidden_sizes": False, "merge": False, "residual": False, "dropout": False, "zoneout_cell": True}),
    ({"model.num_layers": 2}, {"hidden_sizes": True, "residual": True, "dropout": True, "merge": False}),
    ({"model.bidirectional": True}, {"merge": True}),
    ({"model.cell": "gru"}, {"zoneout_cell": False, "zoneout": True, "recurrent_dropout": True}),
    ({"model.cell": "mingru"}, {"recurrent_dropout": False, "zoneout": True, "learned_state": True}),
    ({"model.cell": "feedforward"}, {"recurrent_dropout": False, "zoneout": False}),
]


@pytest.mark.parametrize(("changes", "shown"), OPTIONS)
def test_options_of_the_model_are_shown_where_they_have_an_effect(
    qtbot: QtBot, changes: dict[str, Any], shown: dict[str, bool]
) -> None:
    panel = ModelPanel()
    qtbot.addWidget(panel)
    panel.show_cells(specifications())
    panel.show_experiment(Experiment().replace(changes), tokens=False, forward_only="")
    for name, visible in shown.items():
        editor = panel.more.findChild(QWidget, f"model.{name}")
        assert editor is not None
        assert editor.isHidden() != visible, name


def test_widths_that_do_not_fit_are_refused_beside_their_field(qtbot: QtBot) -> None:
    panel = ModelPanel()
    qtbot.addWidget(panel)
    experiment = Experiment().replace({"model.num_layers": 2, "model.hidden_sizes": (8, 4)})
    panel.show_experiment(experiment, tokens=False, forward_only="")
    editor = panel.more.findChild(NumbersEditor, "model.hidden_sizes")
    assert editor is not None
    assert editor.text() == "8, 4"
    editor.setText("8, 4, 2")
    panel.refuse("hidden_sizes", "names 3 layers", experiment)
    assert "names 3 layers" in [label.text() for label in panel.more.findChildren(QLabel)]
    assert editor.text() == "8, 4"
    assert panel.summary(experiment) == "lstm · 8, 4 units · 2 layers"


@pytest.mark.parametrize(("section", "name"), [("training", "learning_rate"), ("model", "hidden_sizes")])
def test_a_refusal_goes_when_the_value_is_put_right(qtbot: QtBot, section: str, name: str) -> None:
    """Also where what holds is typed once more, and nothing changes."""
    form = Form(section, [name])
    qtbot.addWidget(form)
    form.show_values(Experiment())
    form.refuse(name, "is 99; it takes 1e-08 to 10", Experiment())
    editor = form.findChild(QLineEdit)
    assert editor is not None
    assert "is 99; it takes 1e-08 to 10" in [label.text() for label in form.findChildren(QLabel)]
    QTest.keyClicks(editor, "1")
    assert "is 99; it takes 1e-08 to 10" not in [label.text() for label in form.findChildren(QLabel)]


def test_a_refusal_goes_once_other_settings_would_let_the_value_be(bench: Bench) -> None:
    desk = bench.window.desk

    def refused() -> set[str]:
        labels = bench.window.steps.training.findChildren(QLabel)
        return {each.text() for each in labels if each.property("role") == "problem" and each.text()}

    assert desk.change("model.bidirectional", True) == ""
    for name in ("training.truncate_every", "training.truncate_to"):
        bench.number(name).edited.emit("5")
    words = refused()
    assert [text for text in sorted(words) if "it takes 0 where “Both directions” is on" in text] == sorted(words)
    assert len(words) == 2
    assert desk.change("training.epochs", 7) == ""
    assert refused() == words
    assert desk.change("model.bidirectional", False) == ""
    assert not refused()


SLIDES = {"length": (50, 100.0, int), "noise": (0.1, 0.4, float)}


@pytest.mark.parametrize("name", SLIDES)
def test_a_slider_hands_on_where_it_was_left(qtbot: QtBot, name: str) -> None:
    """While it is dragged the number follows, and nothing is made anew."""
    form, seen = Form("data", [name]), list[Any]()
    qtbot.addWidget(form)
    held, wanted, kind = SLIDES[name]
    experiment = Experiment().replace({f"data.{name}": held})
    form.show_values(experiment)
    form.edited.connect(lambda dotted, value: seen.append((dotted, value)))
    slide, number = form.findChild(Slide), form.findChild(NumberEditor)
    assert slide is not None
    assert number is not None
    assert slide.value_at(slide.value()) == pytest.approx(held, rel=0.05)
    place = min(range(slide.maximum() + 1), key=lambda at: abs(slide.value_at(at) - wanted))
    slide.setSliderDown(True)
    slide.setSliderPosition(place)
    assert float(number.lineEdit().text()) == slide.value_at(place)
    assert not seen
    slide.setSliderDown(False)
    assert seen == [(f"data.{name}", slide.value_at(place))]
    changed = experiment.replace({f"data.{name}": seen[0][1]})
    assert isinstance(getattr(changed.data, name), kind)
    form.show_values(experiment)
    assert float(number.lineEdit().text()) == held
    assert len(seen) == 1


def test_a_number_beyond_the_slider_stays_what_it_is(qtbot: QtBot) -> None:
    form = Form("data", ["length"])
    qtbot.addWidget(form)
    form.show_values(Experiment().replace({"data.length": 90_000}))
    slide, number = form.findChild(Slide), form.findChild(NumberEditor)
    assert slide is not None
    assert number is not None
    assert slide.value() == slide.maximum()
    assert number.lineEdit().text() == "90000"


def test_a_slider_goes_and_is_locked_with_its_number(qtbot: QtBot) -> None:
    form = Form("data", ["noise"])
    qtbot.addWidget(form)
    slide = form.findChild(Slide)
    assert slide is not None
    form.lock("A run is under way.")
    assert not slide.isEnabled()
    form.lock("")
    assert slide.isEnabled()
    form.set_applies("noise", False)
    assert slide.isHidden()


def test_names_stand_above_their_fields_where_text_is_large(qtbot: QtBot) -> None:
    form = Form("training", ("batch_size", "clip_norm"))
    qtbot.addWidget(form)
    form.show()
    row = form._rows["clip_norm"]
    qtbot.waitUntil(lambda: row.editor.y() < row.label.geometry().bottom())
    narrow = form.minimumSizeHint().width()
    form.setStyleSheet("QWidget { font-size: 26px; }")
    qtbot.waitUntil(lambda: row.editor.y() > row.label.geometry().bottom())
    assert form.minimumSizeHint().width() < 2 * narrow
    form.setStyleSheet("")
    qtbot.waitUntil(lambda: row.editor.y() < row.label.geometry().bottom())


def test_a_refusal_shows_names_in_angle_brackets_as_they_are(qtbot: QtBot) -> None:
    form = Form("training", ["epochs"])
    qtbot.addWidget(form)
    form.refuse("epochs", "it is <b>not</b> so.", Experiment())
    found = [label for label in form.findChildren(QLabel) if label.property("role") == "problem"]
    assert [(label.text(), label.textFormat()) for label in found] == [
        ("it is <b>not</b> so.", Qt.TextFormat.PlainText)
    ]


def test_the_range_of_a_number_is_written_as_it_is_typed(qtbot: QtBot) -> None:
    form = Form("training", ["epochs", "learning_rate"])
    qtbot.addWidget(form)
    assert "Takes 1 to 1,000,000." in form._rows["epochs"].editor.whatsThis()
    assert "e+" not in form._rows["learning_rate"].editor.whatsThis()
