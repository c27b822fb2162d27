"""What the window does with weights: export, import, and use of a trained model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from engine.export.beside import write_arrays
from tests.workbench.bench import Bench
from tests.workbench.conftest import SERIES, Listener
from workbench.bars.status import status
from workbench.desk import Desk
from workbench.dialogs.export import ExportDialog
from workbench.dialogs.weights import WeightsDialog
from workbench.doors.answers import Exported, ForeignWeights
from workbench.doors.export_pace import UnderWay
from workbench.runs.records import RunRecord
from workbench.runs.state import State
from workbench.uses.asking import PromptAsking


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


def test_commands_of_the_menu_follow_the_run_that_is_chosen_in_the_list(bench: Bench) -> None:
    runs, menus = bench.window.runs, bench.window.menus.by_name
    with_weights = RunRecord(7, "gru-8", SERIES, None, earlier=True, saved=True)
    runs.add_earlier([with_weights, RunRecord(8, "gru-8", SERIES, None, earlier=True)])
    for number, enabled in ((7, True), (8, False), (7, True)):
        runs._list.choose(runs._rows[number])  # whatever keys a test before left pressed
        assert [menus[name].isEnabled() for name in ("export", "use")] == [enabled, enabled]


def test_runs_are_listed_and_can_be_exported_and_used_again(bench: Bench, tmp_path: Path, listener: Listener) -> None:
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
    assert "A reader says the same." in listener.heard
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
    taken = bench.window.files.weights_dialog
    assert taken is not None
    assert taken.isVisible()
    assert "1 layer of gru, 5 units" in taken._title.text()
    assert "readout starts anew" in taken._text.text()
    taken.close()
    path.write_bytes(b"no weights")
    bench.window.files.ask_import()
    refused = bench.window.files.weights_dialog
    assert refused is not None
    bench.until(refused.isVisible)
    assert "is not an NPZ file" in refused._text.text()
    assert not refused._code.isVisible()
    assert bench.window.desk.draft.experiment == experiment
    refused.close()


def gru_file(path: Path, numbers: int = 1) -> Path:
    """Of five units over so many numbers, with a layer that answers."""
    shapes = {"weight_ih_l0": (15, numbers), "weight_hh_l0": (15, 5), "fc.weight": (1, 5), "fc.bias": (1,)}
    write_arrays({name: np.ones(shape, np.float32) for name, shape in shapes.items()}, path)
    return path


@pytest.mark.parametrize("loading", [False, True])
def test_weights_that_answer_are_a_run_to_use_and_export(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loading: bool
) -> None:
    path, desk = gru_file(tmp_path / "gru.npz"), bench.window.desk
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    if loading:
        desk.apply({"data.look_back": 7})
    said: list[str] = []
    desk.session.status_changed.connect(lambda: said.append(status(desk).text))
    bench.window.files.ask_import()
    bench.until(lambda: desk.session.state is State.FINISHED)
    taken = bench.window.files.weights_dialog
    assert taken is not None
    assert "use it or export it as it is" in taken._text.text()
    taken.close()
    (experiment,) = bench.backend.imported
    assert (experiment.model.cell, experiment.model.hidden_size) == ("gru", 5)
    assert experiment.training.start_weights == str(path)
    assert desk.waiting is None
    assert all(bench.window.menus.by_name[name].isEnabled() for name in ("use", "export"))
    assert not bench.backend.runs
    assert "preparing: scoring the weights…" in said
    assert not any(text.startswith("training") for text in said)
    bar = bench.window.run_bar
    assert said[-1] == "finished: weights scored as they came"
    assert bar._epoch.text() == bar._step.text() == ""
    assert not bar._parts["progress"].isVisible()
    assert all("scored as they came" in view.unmeasured for view in bench.window.gallery.views)
    bench.train(2)
    assert not any("scored as they came" in view.unmeasured for view in bench.window.gallery.views)
    bench.command("stop")
    assert bench.backend.runs[0].experiment.training.start_weights == str(path)


def test_weights_that_come_during_a_run_leave_it_alone(bench: Bench, tmp_path: Path) -> None:
    path, desk = gru_file(tmp_path / "gru.npz"), bench.window.desk
    answer = WeightsDialog()
    bench.qtbot.addWidget(answer)
    desk.weights_in.bring(path, answer)
    bench.command("run")
    bench.until(answer.isVisible)
    assert "A run is under way" in answer._text.text()
    answer.close()
    assert desk.session.state is State.TRAINING
    assert desk.draft.experiment.model.cell == "lstm"
    assert not bench.backend.imported


@pytest.mark.parametrize("loading", [False, True])
def test_weights_that_do_not_fit_the_data_are_refused_in_their_dialog_and_leave_no_run(
    bench: Bench, tmp_path: Path, loading: bool
) -> None:
    desk = bench.window.desk
    answer = WeightsDialog()
    bench.qtbot.addWidget(answer)
    if loading:
        desk.apply({"data.look_back": 7})
    before = desk.draft.experiment
    desk.weights_in.bring(gru_file(tmp_path / "gru.npz", numbers=3), answer)
    bench.until(answer.isVisible)
    said = answer._text.text()
    for words in (
        "read 3 numbers a step, and this data gives 1",
        "rnn.weight_ih_l0 is 15 × 3, not 15 × 1",
        "choose as many columns (“Targets”, then “Inputs”)",
        "Nothing was changed",
    ):
        assert words in said
    answer.close()
    assert desk.draft.experiment == before
    assert not desk.session.records
    assert desk.session.state is State.READY


@pytest.mark.parametrize(
    ("file", "again", "taken"), [("a.csv", False, True), ("a.csv", True, False), ("", False, False)]
)
def test_weights_say_how_a_series_is_prepared_where_a_file_only_suggests_it(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, again: bool, taken: bool
) -> None:
    start = {"training.start_weights": "w.npz"}
    desk.draft.adopt(SERIES.replace({"data.transform": "difference", "data.file": file, **(start if again else {})}))
    found = ForeignWeights(start, ("w.npz",), {"data.transform": "none"}, answer=False)
    monkeypatch.setattr(desk.errands, "import_weights", lambda _path, done, _failed: done(found))
    answer = MagicMock()
    desk.weights_in.bring(tmp_path / "w.npz", answer)

    def told() -> bool:
        desk.jobs.collect()
        return bool(answer.show_taken.called)

    qtbot.waitUntil(told, timeout=20_000)
    assert desk.draft.experiment.data.transform == ("none" if taken else "difference")


def test_weights_that_are_not_read_show_the_way_here(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"PK")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    bench.window.files.ask_import()
    dialog = bench.window.files.weights_dialog
    assert dialog is not None
    bench.until(dialog.isVisible)
    lines = dialog._code.toPlainText().splitlines()
    assert lines[:2] == ["import torch", "from safetensors.torch import save_file"]
    compile(dialog._code.toPlainText(), "code", "exec")
    dialog.close()


def export_of_a_run(bench: Bench) -> ExportDialog:
    """The dialog, once it knows what a run of one step can leave in."""
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: dialog._list.topLevelItemCount() == 3 and dialog._write.isEnabled())
    return dialog


def test_of_a_run_whose_folder_was_taken_away_that_is_said(bench: Bench) -> None:
    window = bench.window
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    record = window.desk.session.records[0]
    assert record.folder is not None
    record.folder.rmdir()
    told: list[str] = []
    for speaker in (window.files, window.desk, window.desk.archive):
        speaker.told.connect(told.append)
    window.ask_export()
    window.ask_use()
    window.shelf.ask_to_go_on(record)
    window.desk.go_on(record)
    gone = f"Run 1, lstm-32, is no longer on disk: {record.folder} was moved or deleted."
    assert told == [gone] * 4
    assert window.files.export_dialog is None
    assert window.files.use_dialog is None
    window.desk.archive.note(record, "the first try")
    window.files.show_folder(record.folder)
    assert told[4:] == [f"{gone} The notes stay as long as the window.", f"There is no folder {record.folder}."]


def test_where_no_run_is_chosen_that_is_said_instead_of_that_there_is_none(bench: Bench) -> None:
    window, told = bench.window, []  # type: ignore[var-annotated]
    window.files.told.connect(told.append)
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    window.desk.session.records[0].saved = True
    window.runs._list.clearSelection()
    window.ask_export()
    window.ask_use()
    assert told == ["No run is chosen: choose one in the list of runs first."] * 2


def test_where_no_form_can_be_offered_none_is_looked_for_any_more(bench: Bench, tmp_path: Path) -> None:
    dialog = ExportDialog(RunRecord(1, "lstm-32", SERIES, tmp_path), tmp_path, bench.window)
    assert "Looking" in dialog._about.text()
    dialog.show_problem("The weights are damaged.")
    assert dialog._about.text() == ""


def test_an_export_that_fails_says_so_in_the_dialog(bench: Bench, tmp_path: Path) -> None:
    dialog = export_of_a_run(bench)
    dialog._path.setText(str(tmp_path / "missing" / "weights"))
    dialog._write.setFocus()  # which it loses again with what it says
    dialog._path.setFocus()
    QTest.keyClick(dialog._path, Qt.Key.Key_Return)
    bench.until(lambda: "cannot be written" in dialog.message.text)
    dialog._path.setText(str(tmp_path / "bent"))
    dialog._write.click()
    bench.until(lambda: "NOT" in dialog.message.text)
    assert dialog._done.text() == ""
    dialog.close()


def slow_export(bench: Bench, path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ExportDialog, threading.Event]:
    """A dialog whose export is at its first step until it is let go."""
    let_go = threading.Event()
    export = bench.window.desk.errands._backend.export

    def slowly(run_folder: Path, key: str, target: Path, tell: Callable[[str], None]) -> Exported:
        tell("Writing the files")
        assert let_go.wait(60)
        tell("Putting the files in place")
        return export(run_folder, key, target, tell)

    monkeypatch.setattr(bench.window.desk.errands._backend, "export", slowly)
    dialog = export_of_a_run(bench)
    dialog._path.setText(str(path))
    dialog._write.click()
    bench.until(lambda: dialog._done.text().startswith("Writing the files… "))
    return dialog, let_go


def test_an_export_goes_on_behind_no_closed_dialog(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, let_go = slow_export(bench, tmp_path / "weights", monkeypatch)
    told: list[str] = []
    bench.window.files.told.connect(told.append)
    dialog.close()
    assert told == ["The export was cancelled: its dialog was closed. Nothing was written."]
    let_go.set()
    again = export_of_a_run(bench)
    again._path.setText(str(tmp_path / "another"))
    again._write.click()
    bench.until(lambda: again._done.text() == "A reader says the same.")
    assert not list(tmp_path.glob("weights*"))
    again.close()


def test_an_export_can_be_cancelled(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, let_go = slow_export(bench, tmp_path / "weights", monkeypatch)
    assert dialog._write.text() == dialog._write.accessibleName() == "Cancel"
    assert not dialog._path.isEnabled()
    assert dialog._done.text().endswith(" s, time left not known yet")
    assert (dialog._bar.isVisible(), dialog._bar.maximum()) == (True, 0)
    monkeypatch.setattr(UnderWay, "left", 90.0)
    dialog._show_step()
    assert dialog._done.text().endswith(" s, about 1:30 left")
    assert 0 <= dialog._bar.value() < dialog._bar.maximum() / 2
    dialog._write.click()
    assert dialog._done.text() == "Cancelled: nothing was written."
    assert not dialog._bar.isVisible()
    let_go.set()
    assert dialog._write.text() == "Export"
    dialog._write.click()
    bench.until(lambda: dialog._done.text() == "A reader says the same.")
    dialog.close()


def test_an_export_writes_over_nothing_unasked(bench: Bench, tmp_path: Path) -> None:
    dialog = export_of_a_run(bench)
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
    dialog = export_of_a_run(bench)
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
