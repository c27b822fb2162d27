"""The window over a backend of known content: every control named, every state said, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.events import WITHDRAWN, Finding, RunStarted
from engine.export.beside import write_arrays
from tests.workbench.conftest import SERIES, KnownBackend
from workbench.answers import Exported
from workbench.dialogs.help import help_on
from workbench.docks import holds
from workbench.number_editors import NumberEditor
from workbench.panels.findings import FindingCard
from workbench.records import RunRecord
from workbench.run_state import State
from workbench.settings import Places, Settings
from workbench.theme import GRID
from workbench.uses.asking import PromptAsking
from workbench.window import Window

_CONTROLS = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QAbstractItemView,
    QSlider,
    QTabBar,
    QScrollArea,
)


class Bench:
    def __init__(self, qtbot: QtBot, backend: KnownBackend, folder: Path) -> None:
        self.qtbot, self.backend = qtbot, backend
        self.window = Window(backend, Settings(folder), Places(folder, folder / "runs", folder))
        self.window.ask_to_close = lambda: True  # type: ignore[method-assign]
        self.window.show()
        self.window.start("known")
        self.until(lambda: self.window.desk.draft.ready and self.window.desk.draft.facts is not None)

    @property
    def session_state(self) -> State:
        return self.window.desk.session.state

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def command(self, name: str) -> None:
        self.window.run_bar.commands[name].trigger()

    def train(self, steps: int) -> None:
        """Run, and let exactly so many steps be done."""
        self.command("run")
        self.until(lambda: bool(self.backend.runs))
        self.backend.runs[-1].permits.release(steps)
        self.until(lambda: self.window.desk.session.step == steps)

    def number(self, name: str) -> NumberEditor:
        editor = self.window.findChild(NumberEditor, name)
        assert editor is not None
        return editor


@pytest.fixture
def bench(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, backend, tmp_path)
    yield bench
    bench.window.close()
    assert bench.window.desk.close(10)
    bench.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _path(widget: QWidget) -> str:
    return " > ".join(p.objectName() or type(p).__name__ for p in _parents(widget))


def _ours(widget: QWidget) -> bool:
    """Controls that Qt makes inside of others are theirs to name."""
    inside = isinstance(widget.parentWidget(), QAbstractSpinBox | QTabBar | QAbstractItemView)
    popup = any(isinstance(parent, QComboBox) for parent in _parents(widget))
    return not inside and not popup and not widget.objectName().startswith("qt_")


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _nameless(parent: QWidget) -> str:
    return "\n".join(
        f"{type(widget).__name__} {widget.objectName()!r} {widget.accessibleName()!r} in {_path(widget)}"
        for kind in _CONTROLS
        for widget in parent.findChildren(kind)
        if _ours(widget) and not (widget.objectName() and widget.accessibleName())
    )


def test_every_control_has_a_name_for_tests_and_one_for_people(bench: Bench) -> None:
    for view in bench.window.gallery.views:
        bench.window.gallery.open(view.key)
        bench.until(lambda: not view._behind)  # noqa: B023 (asked at once)
    bench.train(20)
    assert _nameless(bench.window) == ""


def test_controls_of_dialogs_have_names_too(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    window = bench.window
    for opened in (window.show_preferences, window.show_palette, window.ask_export, window.explain):
        opened()
        assert _nameless(window) == ""
    table = tmp_path / "table.csv"
    table.write_text("day,value\n" + "".join(f"2020-01-{day:02d},{day}\n" for day in range(1, 29)))
    openers = (
        window.racing.open,
        window.find_rate,
        window.menus.by_name["about"].trigger,
        lambda: window.files.show_reading(table),
        lambda: window.runs.compare_asked.emit(window.runs.chosen),
    )
    before = len(window.findChildren(QDialog))
    for number, opened in enumerate(openers, 1):
        opened()
        assert len(window.findChildren(QDialog)) >= before + number
        assert _nameless(window) == ""
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_every_command_of_the_menus_is_in_the_palette_and_is_found_by_its_letters(bench: Bench) -> None:
    bench.window.show_palette()
    palette = bench.window.palette_dialog
    names = palette.names
    assert {"Open", "Export weights", "Reset", "Set Hidden units (model)", "Explain what has focus"} <= set(names)
    assert {"Theme: Dark", "Size of text: 150 %", "Open sample: Sunspots"} <= set(names)
    palette._line.setText("hidun")
    assert palette.names[0] == "Set Hidden units (model)"
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    bench.until(lambda: bench.number("model.hidden_size").isVisible())


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


@pytest.mark.parametrize("before", [100, 200], ids=["grown while open", "opened large"])
def test_no_word_of_the_preferences_is_cut_at_any_size_of_text(bench: Bench, before: int) -> None:
    bench.window.appearance.choose_scale(before)
    bench.window.show_preferences()
    dialog = bench.window.preferring.dialog
    assert dialog is not None
    bench.until(dialog.isVisible)
    dialog.scale_chosen.emit(150 if before == 100 else before)
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
    bench.window.runs._details.setText(said.text() + " and of settings that differ" * 20)
    bench.until(lambda: said.height() >= said.heightForWidth(said.width()))
    chosen = bench.window.runs._list
    bench.until(lambda: chosen.viewport().rect().contains(chosen.visualItemRect(chosen.currentItem())))
    runs.setFloating(False)
    bench.window.appearance.choose_scale(100)


@pytest.mark.parametrize("scale", [100, 150])
def test_set_up_is_as_wide_as_its_settings(bench: Bench, scale: int) -> None:
    bench.window.resize(1280, 720)
    bench.window.appearance.choose_scale(scale)
    for at, page in enumerate(bench.window.steps.panel._pages):
        bench.window.steps.panel.open(at)
        bench.until(lambda shown=page: shown.viewport().width() >= shown.widget().minimumSizeHint().width())  # type: ignore[misc]
    for header in bench.window.steps.panel.headers:
        labels = header.findChildren(QLabel)
        assert all(label.height() >= label.sizeHint().height() for label in labels)
        assert header.rect().contains(labels[-1].geometry())
    assert bench.window.minimumSizeHint().width() <= 1280
    bench.window.appearance.choose_scale(100)


def test_a_run_that_goes_on_tells_the_views_again_what_it_has_to_beat(bench: Bench) -> None:
    gallery, start = bench.window.gallery, RunStarted(100, 10, 3, "RMSE", (("naive", 2.0),), "")
    for _ in range(2):
        gallery.reset()
        gallery.begin(7, start)
        assert all(view.start is start for view in gallery.views)


def test_after_the_end_of_a_run_nothing_is_offered_that_it_would_have_to_measure(bench: Bench) -> None:
    bench.train(10)
    assert not any(view.over for view in bench.window.gallery.views)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert all(view.over for view in bench.window.gallery.views)


def test_tab_goes_through_the_window_in_the_order_of_work(bench: Bench) -> None:
    window = bench.window
    panes = [window.docks.setup.widget(), window.tabs, window.docks.findings.widget(), window.docks.runs.widget()]
    widget, met = window.run_bar.nextInFocusChain(), list[QWidget]()
    while widget is not None and widget is not window.run_bar:
        met += [pane for pane in panes if holds(pane, widget) and pane not in met]
        widget = widget.nextInFocusChain()
    assert met == panes


def test_f6_goes_from_pane_to_pane(bench: Bench) -> None:
    bench.window.activateWindow()
    seen = []
    for _ in range(4):
        bench.window.docks.next_pane()
        focused: QWidget | None = bench.window.focusWidget()
        panes = (bench.window.docks.setup, bench.window.tabs, bench.window.docks.findings, bench.window.docks.runs)
        seen += [pane.objectName() for pane in panes if focused is not None and pane.isAncestorOf(focused)]
    assert len(set(seen)) >= 3


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


def test_object_names_are_unique_where_they_are_stored(bench: Bench) -> None:
    names = [editor.objectName() for editor in bench.window.findChildren(NumberEditor)]
    assert len(names) == len(set(names))


def test_no_shortcut_is_taken_twice(bench: Bench) -> None:
    shortcuts = [action.shortcut().toString() for action in bench.window.findChildren(QAction)]
    shortcuts = [text for text in shortcuts if text]
    assert len(shortcuts) == len(set(shortcuts))
    assert {"F5", "F10", "Shift+F5", "Ctrl+O", "Ctrl+E", "F1", "Ctrl+1", "Ctrl+2"} <= set(shortcuts)


def test_run_pause_go_on_finish(bench: Bench) -> None:
    bench.train(5)
    assert bench.window.run_bar.commands["run"].text() == "Pause"
    bench.command("run")
    bench.backend.runs[0].permits.release()
    bench.until(lambda: bench.session_state is State.PAUSED)
    assert "paused" in bench.window.run_bar._status.text()
    assert bench.window.runs.state_of(bench.window.desk.session.records[0]) == "paused"
    bench.command("run")
    bench.until(lambda: bench.session_state is State.TRAINING)
    bench.command("finish")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert "finished early" in bench.window.run_bar._status.text()


def test_run_pressed_while_the_data_is_read_waits_for_it(bench: Bench) -> None:
    bench.window.files.open("other")
    assert bench.window.run_bar.commands["run"].isEnabled()
    bench.command("run")
    assert "training begins then" in bench.window.run_bar._status.text()
    bench.until(lambda: bench.session_state is State.TRAINING)


def test_text_grows_and_shrinks_with_its_plots_and_is_remembered(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    before = bench.window.gallery.views[0].fontMetrics().height()
    bench.window.appearance.choose_scale(150)
    assert bench.window.gallery.views[0].theme.small == 16
    assert bench.window.gallery.views[0].fontMetrics().height() > before
    bench.window.settings.save()
    assert Settings(tmp_path).text_scale == 150
    bench.window.appearance.step_scale(1)
    assert Settings(tmp_path).text_scale == 175
    bench.window.appearance.step_scale(0)
    assert bench.window.gallery.views[0].fontMetrics().height() == before


def test_settings_are_locked_while_a_run_is_on_but_live_ones_are_not(bench: Bench) -> None:
    bench.train(1)
    assert not bench.number("model.hidden_size").isEnabled()
    assert "under way" in bench.number("model.hidden_size").toolTip()
    assert bench.number("training.learning_rate").isEnabled()
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert bench.number("model.hidden_size").isEnabled()


def test_a_value_out_of_range_is_refused_in_words_and_nothing_changes(bench: Bench) -> None:
    editor = bench.number("model.hidden_size")
    editor.lineEdit().setText("0")
    editor.commit()
    assert bench.window.desk.draft.experiment.model.hidden_size == 32
    assert editor.lineEdit().text() == "32"
    texts = [label.text() for label in bench.window.steps.model.form.findChildren(QWidget) if hasattr(label, "text")]
    assert any("“Hidden units” is 0; it takes 1 to 8192" in text for text in texts)


def test_parameters_follow_the_settings(bench: Bench) -> None:
    bench.number("model.hidden_size").stepBy(1)
    assert bench.window.steps.model._parameters.text() == "6,400 parameters"
    assert bench.window.steps.model._shared.text().endswith("feed-forward network: 76,800.")


def test_a_source_that_cannot_be_opened_leaves_everything(bench: Bench) -> None:
    before = bench.window.desk.draft.loaded_data
    bench.window.files.open(Path("bad.csv"))
    message = bench.window.steps.data.message
    bench.until(lambda: "is empty" in message.text)
    assert message.isVisible()
    assert bench.window.desk.draft.loaded_data is before
    assert bench.window.desk.draft.ready
    message.close_button.click()
    assert not message.isVisible()


def test_settings_that_do_not_fit_the_data_block_the_run_and_say_why(bench: Bench) -> None:
    editor = bench.number("data.look_back")
    editor.lineEdit().setText("500")
    editor.commit()
    bench.until(lambda: bench.window.desk.draft.blocked)
    assert "lower “Look-back”" in bench.window.steps.data.message.text
    assert not bench.window.run_bar.commands["run"].isEnabled()
    assert "failed" in bench.window.run_bar._status.text()
    editor.lineEdit().setText("50")
    editor.commit()
    bench.until(lambda: bench.window.desk.draft.ready)
    assert not bench.window.steps.data.message.isVisible()
    assert bench.window.run_bar.commands["run"].isEnabled()


def test_a_dropped_file_comes_through_the_one_door(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path | str] = []
    monkeypatch.setattr(bench.window.files, "open", opened.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/a.csv"), QUrl.fromLocalFile("/data/b.csv")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    bench.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    assert opened == [Path("/data/a.csv")]


def test_nothing_is_opened_while_a_run_is_on(bench: Bench) -> None:
    bench.train(1)
    bench.window.files.open(Path("other.csv"))
    assert not bench.window.desk.draft.loading


def test_fix_it_sets_what_the_finding_proposes(bench: Bench) -> None:
    bench.train(10)
    bench.until(lambda: bench.window.findChild(FindingCard) is not None)
    card = bench.window.findChild(FindingCard)
    assert card is not None
    assert not card._fix.isEnabled()
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    card._fix.click()
    assert bench.window.desk.draft.experiment.training.seed == 7


def test_the_model_of_a_run_is_used(bench: Bench) -> None:
    assert not bench.window.menus.by_name["use"].isEnabled()
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    button = bench.window.findChild(QPushButton, "run_model")
    assert button is not None
    bench.window.menus.by_name["use"].trigger()
    dialog = bench.window.files.use_dialog
    assert dialog is not None
    bench.until(lambda: dialog.asking is not None)
    asking = dialog.asking
    assert isinstance(asking, PromptAsking)
    asking.ask()
    bench.until(lambda: dialog.answering.text.toPlainText() == "known")
    asking.prompt.setPlainText("bad")
    asking.ask()
    bench.until(dialog.answering.message.isVisible)
    bench.window.appearance.choose_theme("dark")
    button.click()
    assert bench.window.files.use_dialog is not dialog


def test_runs_are_listed_and_can_be_exported_and_used_again(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    record = bench.window.runs.current
    assert record is not None
    assert record.name == "lstm-32"
    bench.number("model.hidden_size").stepBy(1)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    assert not dialog._write.isEnabled()
    bench.until(lambda: dialog._write.isEnabled())
    assert Path(dialog._path.text()).suffix == ".paper"  # the first that is possible
    dialog._path.setText(str(tmp_path / "weights"))
    dialog._write.click()
    bench.until(lambda: dialog._done.text() == "A reader says the same.")
    assert (tmp_path / "weights.paper").read_text() == "paper"
    assert dialog._usage.toPlainText().splitlines() == [
        str(tmp_path / "weights.paper"), str(tmp_path / "weights.json"), "", "read weights.paper",
    ]  # fmt: skip
    dialog.close()
    bench.window.runs.use_asked.emit(record)
    assert bench.window.desk.draft.experiment.model.hidden_size == 32


def test_weights_from_elsewhere_set_up_their_network(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gru.npz"
    shapes = {"weight_ih_l0": (15, 1), "weight_hh_l0": (15, 5), "bias_ih_l0": (15,), "bias_hh_l0": (15,)}
    write_arrays({name: np.ones(shape, np.float32) for name, shape in shapes.items()}, path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    bench.window.files.ask_import()
    bench.until(lambda: bench.window.desk.draft.experiment.model.cell == "gru")
    experiment = bench.window.desk.draft.experiment
    assert experiment.model.hidden_size == 5
    assert experiment.training.start_weights == str(path)
    path.write_bytes(b"no weights")
    told: list[str] = []
    bench.window.desk.told.connect(told.append)
    bench.window.files.ask_import()
    bench.until(lambda: bool(told))
    assert "is not an NPZ file" in told[0]
    assert bench.window.desk.draft.experiment == experiment


def test_an_export_that_fails_says_so_in_the_dialog(bench: Bench, tmp_path: Path) -> None:
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: dialog._write.isEnabled())
    dialog._path.setText(str(tmp_path / "missing" / "weights"))
    dialog._write.click()
    bench.until(lambda: "cannot be written" in dialog.message.text)
    dialog._path.setText(str(tmp_path / "bent"))
    dialog._write.click()
    bench.until(lambda: "NOT" in dialog.message.text)
    assert dialog._done.text() == ""
    dialog.close()


def test_an_export_can_be_cancelled(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    export = bench.window.desk.errands._backend.export

    def slowly(run_folder: Path, key: str, target: Path, tell: Callable[[str], None]) -> Exported:
        tell("Writing the files")
        assert let_go.wait(60)
        tell("Putting the files in place")
        return export(run_folder, key, target, tell)

    monkeypatch.setattr(bench.window.desk.errands._backend, "export", slowly)
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: dialog._write.isEnabled())
    dialog._path.setText(str(tmp_path / "weights"))
    dialog._write.click()
    bench.until(lambda: dialog._done.text().startswith("Writing the files… "))
    assert dialog._write.text() == "Cancel"
    assert not dialog._path.isEnabled()
    dialog._write.click()
    assert dialog._done.text() == "Cancelled: nothing was written."
    let_go.set()
    assert dialog._write.text() == "Export"
    dialog._write.click()
    bench.until(lambda: dialog._done.text() == "A reader says the same.")
    dialog.close()


def test_an_export_writes_over_nothing_unasked(bench: Bench, tmp_path: Path) -> None:
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: dialog._write.isEnabled())
    dialog._list.setCurrentIndex(dialog._list.model().index(2, 0))
    (tmp_path / "package.json").write_text("of somebody else")
    dialog._path.setText(str(tmp_path / "package.py"))
    dialog._write.click()
    assert "package.json" in dialog.message.text
    assert dialog._write.text() == "Replace"
    dialog._path.textEdited.emit("another name")
    assert (dialog.message.text, dialog._write.text()) == ("", "Export")
    assert not (tmp_path / "package.py").exists()
    for _ in range(2):
        dialog._write.click()
    bench.until(lambda: dialog._done.text() == "A reader says the same.")
    assert dialog._usage.isVisibleTo(dialog)
    dialog._list.setCurrentIndex(dialog._list.model().index(1, 0))
    assert dialog._done.text() == ""
    assert not dialog._usage.isVisibleTo(dialog)
    dialog.close()


def test_the_export_dialog_says_what_is_not_possible_and_why(bench: Bench, tmp_path: Path) -> None:
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: dialog._list.topLevelItemCount() == 3)
    stone, _, script = (dialog._list.topLevelItem(place) for place in range(3))
    assert stone is not None
    assert script is not None
    assert stone.text(2) == "not possible"
    dialog._path.setText(str(tmp_path / "old.paper"))
    dialog._list.setCurrentItem(stone)
    assert not dialog._write.isEnabled()
    assert dialog._about.text() == "For those who come after. Nothing is hard enough."
    dialog._list.setCurrentItem(script)
    assert dialog._path.text() == str(tmp_path / "old.py")
    assert dialog._write.isEnabled()
    dialog.close()


@pytest.mark.parametrize("answer", [True, False])
def test_closing_mid_run_asks_first(bench: Bench, answer: bool) -> None:
    bench.train(3)
    bench.window.ask_to_close = lambda: answer  # type: ignore[method-assign]
    assert bench.window.close() is answer
    assert bench.window.isVisible() is not answer
    assert bench.window.desk.session.join(0.0 if not answer else 10) is answer
    bench.window.ask_to_close = lambda: True  # type: ignore[method-assign]


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
        assert all(view.theme.name == name for view in bench.window.gallery.views)
    bench.window.settings.save()
    assert Settings(tmp_path).theme == "dark"


def test_docks_can_be_moved_and_put_back(bench: Bench) -> None:
    dock = bench.window.docks.runs
    dock.setFloating(True)
    bench.window.docks.setup.hide()
    bench.window.docks.reset()
    assert not dock.isFloating()
    assert bench.window.docks.setup.isVisible()


def test_layout_is_remembered_by_its_version(bench: Bench, tmp_path: Path) -> None:
    bench.window.docks.findings.hide()
    bench.window.close()
    again = Settings(tmp_path)
    assert again.layout() is not None
    again._store.setValue("layout/version", 999)
    assert again.layout() is None


def test_reset_empties_views_and_findings(bench: Bench) -> None:
    bench.train(10)
    bench.until(lambda: bench.window.findChild(FindingCard) is not None)
    bench.command("reset")
    bench.until(lambda: bench.session_state is State.READY)
    assert bench.window.findings._cards == {}
    assert all(view.history is None and view.snapshot is None for view in bench.window.gallery.views)
    assert bench.window.run_bar._step.text() == ""


def test_lines_grow_with_the_density_of_the_screen_that_the_window_is_moved_to(bench: Bench) -> None:
    window = bench.window
    window.appearance.follow(window.windowHandle())
    before = window.gallery.theme.pen("smooth").widthF()
    window.appearance.renew_on(SimpleNamespace(devicePixelRatio=lambda: 2.0))  # type: ignore[arg-type]
    assert window.gallery.theme.pen("smooth").widthF() == 2 * before
    assert {view.theme.density for view in window.gallery.views} == {2.0}
    window.appearance.choose_theme("dark")
    assert window.gallery.theme.density == 2.0


def test_ctrl_z_in_a_number_takes_back_what_was_typed_and_then_settings(bench: Bench) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    draft = bench.window.desk.draft
    bench.window.steps.panel.open(2)
    editor = bench.number("model.hidden_size")
    before = draft.experiment.model.hidden_size
    bench.window.activateWindow()
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "24")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert draft.experiment.model.hidden_size == 24
    editor.selectAll()
    QTest.keyClicks(editor, "7")
    QTest.keyClick(editor, Qt.Key.Key_Z, control)  # letters that nobody has confirmed
    assert (editor.text(), draft.experiment.model.hidden_size) == ("24", 24)
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert draft.experiment.model.hidden_size == before
    QTest.keyClick(editor, Qt.Key.Key_Z, control | shift)
    assert draft.experiment.model.hidden_size == 24


def test_findings_stand_in_the_order_of_their_weight(bench: Bench) -> None:
    panel = bench.window.findings
    for key, level, title in (
        ("a", "note", "clipped"), ("b", "good", "beats naive"), ("c", "warning", "by heart"), ("d", "problem", "NaN"),
        ("c", "good", f"{WITHDRAWN}by heart"), ("e", "warning", "jumps"), ("b", "good", "beats AR"),
    ):  # fmt: skip
        panel.show_finding(Finding(key, level, title, "because"))

    def shown() -> list[str]:
        cards = sorted(
            (card for card in panel.findChildren(FindingCard) if card.isVisible()), key=lambda card: card.y()
        )
        return [card.finding.key for card in cards]

    bench.until(lambda: shown() == ["d", "e", "b", "a", "c"])


def test_runs_on_other_data_are_not_drawn_beside(bench: Bench) -> None:
    window = bench.window

    def ran(sample: str) -> RunRecord:
        window.desk.draft.adopt(SERIES.replace({"data.sample": sample}))
        bench.until(lambda: window.desk.draft.ready)
        bench.train(1)
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
        assert window.desk.session.record is not None
        return window.desk.session.record

    first = ran("known")
    second = ran("known")
    assert first.shown
    other = ran("other")
    assert not first.shown
    window.runs.show_beside(second, True)  # on purpose
    ran("other")
    assert (second.shown, other.shown) == (True, True)


def test_help_explains_what_has_focus(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.window.steps.panel.open(2)
    editor = bench.number("model.hidden_size")
    bench.window.steps.panel._on_focus(None, editor)
    assert "Numbers the network remembers" in bench.window.steps.panel._help.text()
    for widget, words in (
        (editor, "Numbers the network remembers"),
        (bench.window.gallery.views[0], "Does the network learn"),
        (bench.window.findChild(QToolButton, "stopButton"), "No run is under way"),
        (None, "Left to right is the order of work"),
    ):
        assert words in help_on(widget)[1]
    assert help_on(editor)[0] == "Hidden units"
    assert "Hidden units" not in help_on(editor)[1]


def test_toolbar_buttons_tell_why_they_are_off(bench: Bench) -> None:
    button = bench.window.findChild(QToolButton, "stopButton")
    assert button is not None
    assert not button.isEnabled()
    assert "No run" in bench.window.run_bar.commands["stop"].toolTip()
