"""What a screen reader is told of that is seen elsewhere than where the keys are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.config import field_info
from engine.events import Finding
from engine.lessons import lessons
from tests.workbench.bench import Bench
from tests.workbench.conftest import Listener
from tests.workbench.views import measured
from workbench.forms.slide import Slide
from workbench.panels.findings import FindingCard
from workbench.panels.labels import ScrolledText
from workbench.panels.lesson import LessonPanel
from workbench.panels.message import Message
from workbench.runs.state import LOCKED, State

_KEY = Qt.Key


def test_the_slider_of_the_run_says_its_step(bench: Bench, listener: Listener) -> None:
    film, slider = bench.window.gallery.film, bench.window.gallery.scrubber.slider
    assert slider.accessibleName() == "Training step that all views show: Nothing measured yet"
    for step in (10, 20, 30):
        film.record(measured.full_snapshot(step))
    bench.window.activateWindow()
    slider.setFocus()
    bench.until(slider.hasFocus)
    QTest.keyClick(slider, _KEY.Key_Left)
    assert slider.accessibleName() == "Training step that all views show: Step 20 of 30"
    assert listener.heard[-1] == "Step 20 of 30"


def test_a_slider_of_a_setting_says_its_value(bench: Bench, listener: Listener) -> None:
    info = field_info("data", "noise")
    slide = Slide(info, whole=False)
    bench.qtbot.addWidget(slide)
    slide.show_value(0.25)
    assert slide.accessibleName() == f"{info.label}, as a slider: 0.25"
    assert not listener.heard
    slide.show()
    slide.activateWindow()
    slide.setFocus()
    bench.until(slide.hasFocus)
    before = slide.value()
    QTest.keyClick(slide, _KEY.Key_Right)
    assert slide.value() == before + 1
    assert listener.heard == [f"{slide.value_at(before + 1):.12g}"]


def test_it_is_said_when_a_run_begins_waits_and_ends(bench: Bench, listener: Listener) -> None:
    bench.train(3)
    bench.command("run")
    bench.backend.runs[-1].permits.release(1)
    bench.until(lambda: bench.session_state is State.PAUSED)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    states = [text.split()[0].rstrip(":") for text in listener.heard]
    assert states == ["training", "paused", "training", "finished"]
    assert listener.heard[-1] == "finished: stopped"


def test_buttons_are_called_by_what_they_say(bench: Bench) -> None:
    """Also where that changes, as from Run to Pause."""
    button = bench.window.run_bar.findChild(QToolButton, "runButton")
    assert button is not None
    assert button.accessibleName() == "Run"
    bench.train(3)
    assert button.text() == button.accessibleName() == "Pause"
    bench.window.gallery.open("loss")
    bench.until(bench.drawn)
    box = bench.window.findChild(QCheckBox, "loss.log")
    assert box is not None
    assert box.accessibleName() == "Loss: logarithmic"
    card = FindingCard(Finding("non-finite", "problem", "NaN", "why", "cure", (("training.clip_norm", "1"),), True))
    bench.qtbot.addWidget(card)
    assert [button.accessibleName() for button in card.buttons] == ["Why: NaN", "Go on from good weights: NaN"]


def test_a_fold_is_a_button_that_says_what_it_folds_and_whether_it_is_open(bench: Bench, listener: Listener) -> None:
    names = {"model_more": "More settings of the model", "training_more": "More settings of training"}
    bench.window.activateWindow()
    for name, title in names.items():
        button = bench.window.findChild(QToolButton, name)
        assert button is not None
        assert as_told(button) == (QAccessible.Role.Button, title, "hidden")  # not a check box
        bench.window.steps.panel.reveal(button)  # which opens it
        bench.until(button.hasFocus)
        for said in ("hidden", "shown"):
            QTest.keyClick(button, _KEY.Key_Space)
            assert as_told(button)[2] == listener.heard[-1] == said


def test_a_step_of_the_set_up_is_a_button_that_says_whether_it_is_open(bench: Bench, listener: Listener) -> None:
    data, _, model, _ = bench.window.steps.panel.headers
    assert as_told(data)[::2] == (QAccessible.Role.Button, "shown")
    bench.window.activateWindow()
    model.setFocus()
    bench.until(model.hasFocus)
    QTest.keyClick(model, _KEY.Key_Space)
    assert [as_told(each)[2] for each in (data, model)] == ["hidden", "shown"]
    assert listener.heard == ["shown"]  # and nothing of the one that was folded for it


def test_who_comes_to_the_set_up_by_keys_hears_why_most_of_it_is_locked(bench: Bench, listener: Listener) -> None:
    setup, elsewhere = bench.window.steps.panel, bench.window.findChild(QWidget, "views_list")
    said = f"Locked, but for learning rate and clip. {LOCKED}"
    bench.window.activateWindow()
    bench.train(1)
    lock = bench.window.findChild(QLabel, "setup_lock")
    assert elsewhere is not None
    assert lock is not None
    assert lock.text() == said  # also for who has no screen reader, as tool tips need a mouse
    elsewhere.setFocus()
    bench.until(elsewhere.hasFocus)
    listener.heard.clear()
    setup.headers[0].setFocus()
    bench.until(lambda: said in listener.heard)
    setup.headers[1].setFocus()
    QApplication.processEvents()
    assert listener.heard.count(said) == 1  # once is enough


def test_help_is_said_and_explains_what_folds(bench: Bench, listener: Listener) -> None:
    """What a fold is described by to screen readers, its state, explains nothing."""
    window, panel = bench.window, bench.window.steps.panel
    more = window.findChild(QToolButton, "model_more")
    assert more is not None
    window.activateWindow()
    for widget, words in ((panel.headers[2], "Opens this step"), (more, "Shows or hides"), (panel, "order of work")):
        panel.reveal(widget)
        widget.setFocus()
        window.explain()
        assert words in listener.heard[-1]
        assert "<" not in listener.heard[-1]
        window.help_card.close()


def test_why_of_a_finding_is_a_button_that_says_whether_it_is_open(qtbot: QtBot, listener: Listener) -> None:
    card = FindingCard(Finding("non-finite", "problem", "NaN", "why", "cure"))
    qtbot.addWidget(card)
    card.show()
    card.activateWindow()
    why = card.buttons[0]
    assert as_told(why) == (QAccessible.Role.Button, "Why: NaN", "hidden")
    why.setFocus()
    qtbot.waitUntil(why.hasFocus)
    QTest.keyClick(why, _KEY.Key_Space)
    assert listener.heard == ["shown", "why cure"]
    assert as_told(why)[2] == "shown"
    QTest.keyClick(why, _KEY.Key_Space)
    assert as_told(why)[2] == listener.heard[-1] == "hidden"


def test_a_step_of_a_lesson_is_said(qtbot: QtBot, listener: Listener) -> None:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    lesson = lessons()[0]
    panel.begin(lesson)
    panel._next.click()
    said = listener.heard[-1]
    assert said == as_told(panel)[2]
    assert said.startswith(f"{lesson.title}\nStep 2 of {len(lesson.steps)}")
    assert "Watch." in said
    assert "<b>" not in said


def test_a_message_is_said_once_and_as_it_is(qtbot: QtBot, listener: Listener) -> None:
    message = Message("data_message", "What is wrong")
    qtbot.addWidget(message)
    for text in ("No column <b>.", "No column <b>.", "", "No column <b>."):
        message.say(text)
    assert listener.heard == ["No column <b>."] * 2  # the second time it is news again
    assert message._text.textFormat() is Qt.TextFormat.PlainText


def test_why_a_value_is_refused_is_said(bench: Bench, listener: Listener) -> None:
    bench.window.steps.refuse("data.look_back", "It takes 1 to 100.", bench.window.desk.draft.experiment)
    assert listener.heard == ["It takes 1 to 100."]


def as_told(widget: QWidget) -> tuple[QAccessible.Role, str, str]:
    """Role, name and description."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.role(), told.text(QAccessible.Text.Name), told.text(QAccessible.Text.Description)


def test_a_topology_is_one_of_several_and_says_in_plain_words_why_it_does_not_fit(bench: Bench) -> None:
    task = bench.window.steps.task
    for choice in task._choices:
        told = QAccessible.queryAccessibleInterface(choice)
        assert told.role() is QAccessible.Role.RadioButton
        assert "<" not in told.text(QAccessible.Text.Description)
    unusable = next(choice for choice in task._choices if "<b>" in choice._text.text())
    why = unusable._text.text().partition("<b>")[2].removesuffix("</b>")
    assert unusable.accessibleDescription().endswith(f" {why}")


def test_what_is_said_of_the_chosen_run_goes_with_the_keys_that_come_there(bench: Bench) -> None:
    """A frame that scrolls is read by its name and description, not by the label in it."""
    area = bench.window.findChild(ScrolledText, "run_details_area")
    assert area is not None
    assert area.accessibleDescription() == "Every run is kept here, and in a folder of its own."
    bench.train(3)
    assert area.accessibleDescription() == "not scored yet\ndefault settings"


def test_what_the_foot_of_the_window_says_is_spoken(bench: Bench, listener: Listener) -> None:
    bench.window.foot.tell("Nothing was written.")
    assert listener.heard == ["Nothing was written."]


def test_nothing_is_made_for_nobody(bench: Bench, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "isActive", lambda: False)
    assert QApplication.instance() is not None
    bench.window.foot.tell("Nothing was written.")
    assert not listener.heard
