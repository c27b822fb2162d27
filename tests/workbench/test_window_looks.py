"""How the window looks: text, theme and places, in every size, and remembered."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QFrame,
    QLabel,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.events import Finding
from tests.workbench.bench import Bench
from tests.workbench.conftest import KnownBackend
from workbench.bars.runbar import RunBar
from workbench.bars.status import Stage, Status
from workbench.bars.statusbar import StatusBar
from workbench.forms.editors import ChoiceEditor
from workbench.forms.number_editors import NumberEditor, NumbersEditor
from workbench.later import later
from workbench.looks.theme import GRID, LIGHT
from workbench.panels.setup import StepHeader
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.runs.state import State
from workbench.settings import Places, Settings
from workbench.widgets.path_line import PathLine
from workbench.window import Window


def test_preferences_hold_at_once(bench: Bench, tmp_path: Path) -> None:
    bench.window.show_preferences()
    dialog = bench.window.preferring.dialog
    assert dialog is not None
    dialog._threads.lineEdit().setText("3")
    dialog._threads.commit()
    assert bench.window.desk.draft.experiment.training.threads == 3
    assert Settings(tmp_path).threads == 3
    dialog._threads.lineEdit().setText("1000")
    dialog._threads.commit()
    assert "0 to 256" in dialog.message.text
    (tmp_path / "file").touch()
    dialog._runs.setText(str(tmp_path / "file" / "runs"))
    dialog._on_runs()
    assert "Choose another folder" in dialog.message.text
    assert dialog._runs.text() == str(bench.window.desk.archive.folder)
    dialog._runs.setText(str(tmp_path / "elsewhere"))
    dialog._on_runs()
    assert bench.window.desk.archive.folder == tmp_path / "elsewhere" == Settings(tmp_path).runs
    dialog.close()


def test_a_window_opens_in_the_size_of_text_that_was_chosen(
    qtbot: QtBot, backend: KnownBackend, tmp_path: Path
) -> None:
    settings = Settings(tmp_path)
    settings.text_scale = 150
    window = Window(backend, settings, Places(tmp_path, tmp_path / "runs", tmp_path))
    qtbot.addWidget(window)
    window.show()
    panes = window.steps.panel, window.runs, window.findings, window.gallery.widget
    buttons = [button for pane in panes for button in pane.findChildren(QPushButton) if button.isVisible()]
    assert {button.font().pixelSize() for button in buttons} == {window.appearance.theme.body}
    window.close()
    assert window.desk.close(10)


@pytest.mark.parametrize("before", [100, 200], ids=["grown while open", "opened large"])
def test_no_word_of_the_preferences_is_cut_at_any_size_of_text(bench: Bench, before: int) -> None:
    bench.window.appearance.choose_scale(before)
    bench.window.show_preferences()
    dialog = bench.window.preferring.dialog
    assert dialog is not None
    bench.until(dialog.isVisible)
    dialog.scale_chosen.emit(150 if before == 100 else before)
    bench.until(lambda: bench.window.gallery.theme == bench.window.appearance.theme)
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisible() and label.wordWrap()]
    assert len(labels) >= 2
    bench.until(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels))
    assert dialog.width() >= 64 * GRID * bench.window.appearance.theme.scale
    dialog.close()
    bench.window.appearance.choose_scale(100)


@pytest.mark.parametrize("scale", [100, 150])
def test_what_is_said_of_a_run_can_be_read_in_the_least_room(bench: Bench, scale: int) -> None:
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.appearance.choose_scale(scale)
    runs = bench.window.docks.runs
    runs.setFloating(True)
    runs.resize(runs.minimumSizeHint())
    said = runs.findChild(QLabel, "run_details")
    assert said is not None
    bench.window.runs._about.details.setText(said.text() + " and of settings that differ" * 20)
    bench.until(lambda: said.height() >= said.heightForWidth(said.width()))
    chosen = bench.window.runs._list
    bench.until(lambda: chosen.viewport().rect().contains(chosen.visualItemRect(chosen.currentItem())))
    runs.setFloating(False)
    bench.window.appearance.choose_scale(100)


def test_a_path_that_does_not_fit_shows_its_beginning_and_its_end(qtbot: QtBot) -> None:
    path = "/home/somebody/work/forecasts/of this year/runs"
    window = QWidget()
    qtbot.addWidget(window)
    line, whole = PathLine(path), PathLine("/home")
    for at, each in enumerate((line, whole)):
        each.setParent(window)
        each.setGeometry(0, 4 * GRID * at, 20 * GRID, 3 * GRID)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    shown = line.fitting(18 * GRID)
    assert (shown[:5], shown[-4:], "…" in shown) == (path[:5], path[-4:], True)
    assert (line.text(), line.toolTip()) == (path, path)
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    typed = line.grab().toImage()
    whole.setFocus()
    qtbot.waitUntil(whole.hasFocus)
    assert line.grab().toImage() != typed


def _lines_of(label: QLabel) -> int:
    """Pixels that the text of a label needs."""
    return label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()


def test_what_is_chosen_in_a_step_is_said_in_two_lines_where_one_is_too_short(bench: Bench) -> None:
    bench.window.resize(1280, 720)
    header = bench.window.steps.panel.headers[0]
    summary = header.findChildren(ElidedLabel)[0]
    header.summarise("numbers")
    bench.until(lambda: summary.height() < 2 * summary.fontMetrics().lineSpacing())
    words = "Captions for handwritten digits · 64 columns → caption"
    header.summarise(words)
    bench.until(lambda: summary.height() >= 2 * summary.fontMetrics().lineSpacing())
    assert summary.fitting(summary.contentsRect()) == words
    assert header.rect().contains(summary.geometry())
    assert all(each.height() >= 5 * GRID for each in bench.window.steps.panel.headers)


def test_a_step_is_as_high_as_its_words_need_when_the_pane_gets_narrower(qtbot: QtBot) -> None:
    pane, header = QWidget(), StepHeader(1, "Data")
    layout = QVBoxLayout(pane)
    layout.addWidget(header)
    layout.addStretch(1)
    qtbot.addWidget(pane)
    header.summarise("Bible verses, English to Spanish · en → es, and some words more")
    pane.resize(800, 300)
    pane.show()
    QCoreApplication.processEvents()
    wide = header.height()
    pane.resize(220, 300)
    qtbot.waitUntil(lambda: header.height() > wide)
    assert header.height() == header.sizeHint().height()


@pytest.mark.parametrize("scale", [100, 150])
def test_set_up_is_as_wide_as_its_settings(bench: Bench, scale: int) -> None:
    bench.window.resize(1280, 720)
    bench.window.appearance.choose_scale(scale)
    for at, page in enumerate(bench.window.steps.panel._pages):
        bench.window.steps.panel.open(at)
        bench.until(lambda shown=page: shown.viewport().width() >= shown.widget().minimumSizeHint().width())  # type: ignore[misc]
    for header in bench.window.steps.panel.headers:
        labels = header.findChildren(QLabel)
        assert all(label.height() >= _lines_of(label) for label in labels)
        assert header.rect().contains(labels[-1].geometry())
    assert bench.window.minimumSizeHint().width() <= 1280
    bench.window.appearance.choose_scale(100)


def test_tasks_are_as_high_as_their_words_and_the_chosen_one_is_seen(bench: Bench) -> None:
    bench.window.resize(1280, 720)
    bench.window.appearance.choose_scale(150)
    assert not bench.window.desk.apply({"model.topology": "encoder_decoder"})
    panel, task = bench.window.steps.panel, bench.window.steps.task
    panel.open(3)  # the widest
    bench.until(lambda: panel._pages[3].viewport().width() >= panel._pages[3].minimumSizeHint().width() - 2 * GRID)
    panel.open(1)
    chosen = task._choices[-1]
    bench.until(
        lambda: chosen.isChecked() and chosen.visibleRegion().boundingRect().height() >= min(chosen.height(), 80)
    )
    layouts = [(choice, choice.layout()) for choice in task._choices]
    bench.until(lambda: all(each.height() == inside.heightForWidth(each.width()) for each, inside in layouts if inside))
    bench.window.appearance.choose_scale(100)


def test_the_chosen_task_stays_in_sight_as_words_grow_until_one_scrolls(bench: Bench) -> None:
    bench.window.resize(1280, 720)
    bench.window.appearance.choose_scale(100)
    assert not bench.window.desk.apply({"model.topology": "encoder_decoder"})
    panel, task = bench.window.steps.panel, bench.window.steps.task
    panel.open(1)
    chosen, bar = task._choices[-1], panel._pages[1].verticalScrollBar()

    def seen() -> int:
        return chosen.visibleRegion().boundingRect().height()

    bench.until(lambda: seen() >= min(chosen.height(), 80))
    bench.window.appearance.choose_scale(150)
    bench.until(lambda: bench.window.gallery.theme.scale == 1.5 and seen() >= min(chosen.height(), 80))
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    below = bar.maximum()
    bench.window.appearance.choose_scale(200)
    bench.until(lambda: bench.window.gallery.theme.scale == 2 and bar.maximum() > below)
    turned: list[bool] = []
    later(0, task, lambda: turned.append(True))  # had it followed, then before this
    bench.until(lambda: bool(turned))
    assert bar.value() == 0
    bench.window.appearance.choose_scale(100)


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_finding_is_wider_than_its_pane(bench: Bench, scale: int) -> None:
    bench.window.resize(1280, 720)
    bench.window.appearance.choose_scale(scale)
    cure = (("training.clip_norm", "1"),)
    bench.window.findings.show_finding(Finding("nan", "problem", "not finite", "why", "cure", cure, goes_on=True))
    bench.window.docks.show_findings()
    bench.until(lambda: bench.window.findings.isVisible() and bench.window.gallery.theme.scale == scale / 100)
    pane = bench.window.findings
    inside = pane.widget()
    assert inside is not None
    bench.until(lambda: pane.viewport().width() >= inside.minimumSizeHint().width())
    bench.window.appearance.choose_scale(100)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_numbers_are_as_high_as_choices(bench: Bench, scale: int, theme: str) -> None:
    bench.window.appearance.choose_theme(theme)
    bench.window.appearance.choose_scale(scale)
    panel = bench.window.steps.panel
    for step, page in enumerate(panel._pages):
        panel.open(step)
        inputs = [each for kind in (ChoiceEditor, NumberEditor, NumbersEditor) for each in page.findChildren(kind)]
        bench.until(lambda inputs=inputs: len({each.height() for each in inputs if each.isVisible()}) <= 1)  # type: ignore[misc]
    bench.window.appearance.choose_scale(100)


def test_the_window_is_no_wider_than_a_small_screen_with_text_twice_as_large_and_goes_back(bench: Bench) -> None:
    window = bench.window
    window.resize(1280, 720)
    bench.train(10)
    docks = window.docks.setup, window.docks.runs
    before = [dock.width() for dock in docks]
    window.appearance.choose_scale(200)
    bench.until(lambda: window.docks.runs.width() > before[1] and window.docks.setup.width() > before[0])
    bench.until(lambda: window.minimumSizeHint().width() <= 1280)
    window.appearance.choose_scale(100)
    bench.until(lambda: [dock.width() for dock in docks] == before)


@pytest.mark.parametrize("sizes", [(80, 200, 100), (80, 100, 125, 200, 150, 100)])
def test_panes_are_as_wide_as_before_whatever_sizes_text_had_meanwhile(bench: Bench, sizes: tuple[int, ...]) -> None:
    window = bench.window
    docks = window.docks.setup, window.docks.runs
    before = [dock.width() for dock in docks]
    for size in sizes:
        window.appearance.choose_scale(size)
        bench.until(lambda: window.gallery.theme == window.appearance.theme and window.updatesEnabled())
        if size == 200:
            bench.until(lambda: all(dock.width() > width for dock, width in zip(docks, before, strict=True)))
    bench.until(lambda: [dock.width() for dock in docks] == before)


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_no_step_is_wider_than_its_place(bench: Bench, size: tuple[int, int]) -> None:
    bench.window.resize(*size)
    bench.window.docks.reset()
    for index, page in enumerate(bench.window.steps.panel._pages):
        bench.window.steps.panel.open(index)
        QCoreApplication.processEvents()
        body = page.widget()
        assert body is not None
        assert body.width() <= page.viewport().width()


def test_text_grows_and_shrinks_with_its_plots_and_is_remembered(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    before = bench.window.gallery.views[0].fontMetrics().height()
    bench.window.appearance.choose_scale(150)
    bench.until(lambda: bench.window.gallery.views[0].theme.small == 16)
    assert bench.window.gallery.views[0].fontMetrics().height() > before
    bench.window.settings.save()
    assert Settings(tmp_path).text_scale == 150
    bench.window.appearance.step_scale(1)
    assert Settings(tmp_path).text_scale == 175
    bench.window.appearance.step_scale(0)
    bench.until(lambda: bench.window.gallery.views[0].fontMetrics().height() == before)
    bench.until(bench.window.updatesEnabled)


def test_themes_chosen_one_upon_the_other_end_with_the_last(bench: Bench) -> None:
    window, appearance = bench.window, bench.window.appearance
    told: list[str] = []
    appearance.changed.connect(lambda theme: told.append(theme.name))
    before = appearance.theme.name
    for name in ("dark", "light", "dark", "light", "dark"):
        appearance.choose_theme(name)
    assert not window.updatesEnabled()
    assert appearance.theme.name == "dark"
    bench.until(lambda: window.updatesEnabled() and {view.theme.name for view in window.gallery.views} == {"dark"})
    assert len(told) <= 2, "those between are left out"
    appearance.choose_theme(before)
    bench.until(window.updatesEnabled)


def test_a_tab_that_is_shown_after_another_theme_wears_it_at_once(bench: Bench) -> None:
    window = bench.window
    window.gallery.open("overview")
    window.gallery.open("explain")
    window.appearance.choose_theme("dark")
    window.gallery.open("overview")
    card = window.gallery.overview.findChildren(QFrame)[0]
    assert card.grab().toImage().pixelColor(8, card.height() - 8).lightness() < 60
    window.appearance.choose_theme("light")


def test_themes_change_at_run_time_and_are_remembered(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    for name in ("dark", "light", "dark"):
        bench.window.appearance.choose_theme(name)
        assert bench.window.appearance.theme.name == name
        bench.until(lambda name=name: all(view.theme.name == name for view in bench.window.gallery.views))  # type: ignore[misc]
    bench.window.settings.save()
    assert Settings(tmp_path).theme == "dark"


def test_a_theme_is_painted_whatever_was_about_to_be_painted_when_it_was_chosen(bench: Bench) -> None:
    """As below a menu that has just closed."""
    window, painted = bench.window, list[QEvent.Type]()

    class Paints(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint and window.appearance.theme.name == "dark":
                painted.append(event.type())
            return False

    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)
    paints = Paints()
    window.menuBar().installEventFilter(paints)
    window.menuBar().update()
    window.appearance.choose_theme("dark")
    bench.until(lambda: bool(painted))
    window.menuBar().removeEventFilter(paints)


def test_docks_can_be_moved_and_put_back(bench: Bench) -> None:
    dock = bench.window.docks.runs
    dock.setFloating(True)
    bench.window.docks.setup.hide()
    bench.window.docks.reset()
    assert not dock.isFloating()
    assert bench.window.docks.setup.isVisible()


def test_a_pane_in_a_window_of_its_own_comes_after_the_window_and_is_painted_at_once(
    bench: Bench, tmp_path: Path
) -> None:
    docks, settings = bench.window.docks, Settings(tmp_path)
    docks.runs.setFloating(True)
    docks.remember(settings)
    docks.restore(settings)  # as the next window does before it is shown
    assert docks.runs.isHidden()
    assert docks.runs not in docks.inside
    docks.show_apart()
    assert docks.runs.isVisible()
    assert docks.runs.isFloating()


def test_layout_is_remembered_by_its_version(bench: Bench, tmp_path: Path) -> None:
    bench.window.docks.findings.hide()
    bench.window.close()
    again = Settings(tmp_path)
    assert again.layout() is not None
    again._store.setValue("layout/version", 999)
    assert again.layout() is None


def test_lines_grow_with_the_density_of_the_screen_that_the_window_is_moved_to(bench: Bench) -> None:
    window = bench.window
    window.appearance.follow(window.windowHandle())
    before = window.gallery.theme.pen("smooth").widthF()
    window.appearance.renew_on(SimpleNamespace(devicePixelRatio=lambda: 2.0))  # type: ignore[arg-type]
    bench.until(lambda: window.gallery.theme.pen("smooth").widthF() == 2 * before)
    assert {view.theme.density for view in window.gallery.views} == {2.0}
    window.appearance.choose_theme("dark")
    bench.until(lambda: window.gallery.theme.dark)
    assert window.gallery.theme.density == 2.0


@pytest.mark.parametrize("width", [900, 1230, 1440, 1530])
def test_a_status_however_long_is_in_the_bar_and_says_more_than_empty_numbers(qtbot: QtBot, width: int) -> None:
    window, bar = QMainWindow(), RunBar(LIGHT)
    qtbot.addWidget(window)
    window.addToolBar(bar)
    window.resize(width, 100)
    window.show()
    bar.show_progress(3, 400, 1, 100, 90.0, 4.0)
    bar.show_status(Status(Stage.FAILED, "failed: " + "the loss is not finite " * 5))
    bar.show_progress(3, 400, 1, 100, 0.0, 0.0)
    status = window.findChild(QLabel, "status")
    assert status is not None
    qtbot.waitUntil(lambda: status.isVisible() and bar.rect().contains(_place(status, bar)))
    qtbot.waitUntil(lambda: (status.width() >= status.sizeHint().width()) is (width > 900))
    assert bar._parts["step"].isVisible() >= bar._parts["left"].isVisible()
    assert status.text() in status.toolTip()
    bar.show_status(Status(Stage.READY, "ready"))
    qtbot.waitUntil(lambda: bar.width() - 2 * GRID <= _place(status, bar).right() < bar.width())


@pytest.mark.parametrize("size", [12, 18])
def test_run_has_room_for_pause_and_the_commands_beside_it_stay_where_they_are(qtbot: QtBot, size: int) -> None:
    window, bar = QMainWindow(), RunBar(LIGHT)
    qtbot.addWidget(window)
    window.setStyleSheet(f"QToolButton {{ font-size: {size}px; padding: 4px 12px }}")
    window.addToolBar(bar)
    window.resize(1440, 100)
    window.show()
    button, step = (bar.widgetForAction(bar.commands[name]) for name in ("run", "step"))
    bar.show_status(Status(Stage.READY, "ready"))
    qtbot.waitUntil(lambda: step.x() > button.geometry().right() and button.width() >= button.minimumWidth() > 0)
    wide, place = button.width(), step.x()
    bar.show_status(Status(Stage.TRAINING, "training", running=True))
    assert bar.commands["run"].text() == "Pause"
    assert button.width() >= button.sizeHint().width()  # before anything is laid out anew
    layout = bar.layout()
    assert layout is not None
    layout.activate()
    assert (button.width(), step.x()) == (wide, place)


@pytest.mark.parametrize("size", [12, 18])
def test_numbers_of_the_run_bar_stand_apart_however_long_they_are(qtbot: QtBot, size: int) -> None:
    window, bar = QMainWindow(), RunBar(LIGHT)
    qtbot.addWidget(window)
    window.setStyleSheet(f"QLabel {{ font-size: {size}px }}")
    window.addToolBar(bar)
    window.resize(2400, 100)
    window.show()
    bar.show_progress(123_456_789, 400_000_000_000, 23_456, 100_000, 12_345.0, 99_999.0)
    labels = [window.findChild(QLabel, f"run_{name}") for name in ("epoch", "step", "pace", "left")]
    numbers = [label for label in labels if label is not None]

    def gaps() -> list[int]:
        """Pixels between the end of what is written and the next number."""
        written = [number.x() + number.fontMetrics().horizontalAdvance(number.text()) for number in numbers]
        return [after.x() - end for end, after in zip(written, numbers[1:], strict=False)]

    qtbot.waitUntil(lambda: len(numbers) == 4 and all(number.isVisible() for number in numbers))
    qtbot.waitUntil(lambda: min(gaps()) >= GRID)
    foot = StatusBar()
    qtbot.addWidget(foot)
    foot.show_pace(0.66)
    pace = foot.findChild(QLabel, "status_pace")
    assert pace is not None
    wide = pace.fontMetrics().horizontalAdvance(pace.text()) + GRID
    for rate in (0.67, 0.68):
        foot.show_pace(rate)
        assert pace.width() == wide  # it grows no further


def _place(widget: QWidget, bar: QWidget) -> QRect:
    return QRect(widget.mapTo(bar, widget.rect().topLeft()), widget.size())


class _Layouts(QObject):
    """Counts what is laid out anew."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.asked.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.mark.parametrize("step", range(4))
def test_a_window_comes_to_rest_and_lays_nothing_out_anew(bench: Bench, step: int) -> None:
    bench.window.steps.panel.open(step)
    application, layouts = QApplication.instance(), _Layouts()
    assert application is not None

    def rests() -> bool:
        layouts.asked.clear()
        for _ in range(20):
            QCoreApplication.processEvents()
        return not layouts.asked

    application.installEventFilter(layouts)
    try:
        bench.until(rests)
    finally:
        application.removeEventFilter(layouts)


@pytest.mark.parametrize(("width", "percent"), [(1024, 100), (1280, 150), (1440, 100), (2560, 100)])
def test_the_status_is_always_seen_and_numbers_as_far_as_there_is_room(bench: Bench, width: int, percent: int) -> None:
    window, bar = bench.window, bench.window.run_bar
    window.resize(width, 700)
    window.appearance.choose_scale(percent)
    bench.until(lambda: window.updatesEnabled() and window.gallery.theme.scale == percent / 100)
    bench.train(3)
    status = window.findChild(QLabel, "status")
    assert status is not None
    bench.until(lambda: bar.rect().contains(_place(status, bar)) and status.width() >= status.sizeHint().width())
    shown = {name for name, action in bar._parts.items() if action.isVisible()}
    assert "epoch" in shown
    assert (shown == set(bar._parts)) is (width >= 1440)
    assert window.gallery.scrubber.slider.width() >= 10 * GRID


def test_text_that_was_large_from_the_start_becomes_smaller_without_a_word_of_qt(bench: Bench, qtlog: Any) -> None:
    docks = bench.window.docks
    docks.follow(1.5)
    docks.follow(1.0)
    QCoreApplication.processEvents()
    assert not [record.message for record in qtlog.records if "resizeDocks" in record.message]


def test_in_another_theme_each_pane_and_each_view_is_painted_in_a_turn_of_its_own(bench: Bench) -> None:
    window, covered, painted = bench.window, list[int](), list[int]()
    parts = [*window.docks.inside, *(view for view in window.gallery.views if view.isVisible())]
    assert len(parts) > 4

    def count() -> bool:
        painted.append(sum(part.updatesEnabled() for part in parts))
        return painted[-1] < len(parts)

    window.appearance.dressed.connect(lambda: covered.append(sum(not part.updatesEnabled() for part in parts)))
    window.appearance.choose_theme("dark")
    bench.until(lambda: covered == [len(parts)])
    bench.until(window.updatesEnabled)
    bench.until(lambda: not count())
    assert painted == sorted(painted)
