"""Use of a trained model: the question, the answer, and the ways to save it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import load, sample, suggest
from engine.events import StepDone
from engine.training import TrainingRun
from tests.workbench.conftest import Listener
from workbench.dialogs.frame import Dialog
from workbench.dialogs.use import UseDialog
from workbench.doors.answers import Asked, Curve, Used
from workbench.doors.backend import Backend
from workbench.doors.model_use import four_digits
from workbench.looks.theme import DARK, LIGHT
from workbench.runs.records import RunRecord
from workbench.uses.answering import Answering
from workbench.uses.asking import DrawingAsking, FileAsking, PromptAsking, TextAsking, TypedAsking, VectorAsking
from workbench.uses.drawing import DrawingPad

KINDS = {
    "series": "airline_passengers",
    "classes": "handwritten_digits_by_rows",
    "text": "alice",
    "translation": "number_words",
    "caption": "handwritten_digits",
    "tune": "bach_chorales",
    "generated": "adding",
    "values": "freezing_of_gait",
    "texts": "product_reviews",
}
_STEPS = 2
Made = Callable[[str], tuple[UseDialog, Path]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Runs of a step or two, one for each kind, made when they are first asked for."""
    return {"": tmp_path_factory.mktemp("runs")}


def _folder(folders: dict[str, Path], kind: str) -> Path:
    if kind not in folders:
        small = {
            "model.hidden_size": 4, "training.threads": 1, "training.epochs": 1, "training.batch_size": 512,
            "training.memory_check": "never",
        }  # fmt: skip
        experiment: Experiment = (_tags(folders[""]) if kind == "tags" else sample(KINDS[kind]).experiment).replace(
            small
        )
        path = folders[kind] = folders[""] / kind
        run = TrainingRun(experiment, load(experiment), None, path)
        for event in run:  # of which, where no kernel lies on the disk, the first tell of compiling
            if isinstance(event, StepDone) and event.step == _STEPS:
                run.control.finish()
    return folders[kind]


def _tags(folder: Path) -> Experiment:
    path = folder / "tagged.conll"
    path.write_text("".join(f"the DT\n{'cat' if at % 2 else 'dog'} NN\nruns VB\n\n" for at in range(40)))
    return suggest(path).experiment


@pytest.fixture
def made(folders: dict[str, Path], qtbot: QtBot) -> Made:
    """A dialog over a run, whose questions are answered at once."""

    def make(kind: str) -> tuple[UseDialog, Path]:
        folder, backend = _folder(folders, kind), Backend()
        dialog = UseDialog(RunRecord(1, "small", Experiment(), folder), LIGHT, folder)
        qtbot.addWidget(dialog)

        def answer(asked: Asked) -> None:
            try:
                dialog.show_used(backend.use(folder, asked))
            except (ValueError, OSError) as error:
                dialog.show_problem(str(error))

        dialog.asked.connect(answer)
        try:
            dialog.show_usable(backend.usable(folder))
        except ValueError as error:
            dialog.show_problem(str(error))
        dialog.show()
        return dialog, folder

    return make


def _words(dialog: UseDialog) -> str:
    return f"{dialog.answering.words.text()} {dialog.answering.further.text()}".strip()


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    ("value", "told"), [(444.6611, "444.7"), (-6.14159, "-6.142"), (123456.7, "123,457"), (0.00012345, "0.0001234")]
)
def test_four_digits_of_a_number_are_told_and_all_before_the_point(value: float, told: str) -> None:
    assert four_digits(value) == told


def test_a_forecast_goes_beyond_the_last_row_and_is_saved(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("series")
    assert isinstance(dialog.asking, FileAsking)
    assert _words(dialog).startswith("Next, 1961-01")
    said = re.search(r"Passengers ([\d.]+)\.( |$)", _words(dialog))
    assert said is not None
    assert len(said[1].replace(".", "")) <= 4  # no digits that the interval around it makes nothing of
    assert "rows" not in dialog.answering.words.text()  # the first sentence alone is in bold
    assert dialog.answering.plot.isVisible()
    assert dialog.answering.table.isVisible()
    dialog.answering.save_csv(tmp_path / "a.csv")
    rows = _rows(tmp_path / "a.csv")
    assert (rows[-1]["date"], rows[-1]["part"]) == ("1961-01", "ahead")
    short = tmp_path / "short.csv"
    short.write_text("month,passengers\n1949-01,112\n")
    dialog.asking.take(short)
    dialog.asking.ask()
    assert dialog.answering.message.isVisible()


def test_a_file_is_classified_with_probabilities(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("classes")
    assert "accuracy" in _words(dialog)
    assert dialog.asking is not None
    assert dialog.asking.button.text() == "Classify"
    shown = dialog.answering.table.model()
    texts = [str(shown.index(row, shown.columnCount() - 2).data()) for row in range(20)]
    assert max(map(len, texts)) <= len("0.1234")
    dialog.answering.save_csv(tmp_path / "a.csv")
    row = _rows(tmp_path / "a.csv")[0]
    chances = [float(value) for name, value in row.items() if name.startswith("p(")]
    assert sum(chances) == pytest.approx(1, abs=1e-5)


def test_the_words_of_a_sentence_that_is_typed_are_tagged(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("tags")
    assert isinstance(dialog.asking, TypedAsking)
    assert dialog.answering.table.model().rowCount() == 120  # the run's own
    dialog.asking.typed.setText("the zebra runs.")
    QTest.keyClick(dialog.asking.typed, Qt.Key.Key_Return)
    dialog.answering.save_csv(tmp_path / "a.csv")
    rows = _rows(tmp_path / "a.csv")
    assert [row["word"] for row in rows] == ["the", "zebra", "runs", "."]
    assert {row["answer"] for row in rows} <= {"DT", "NN", "VB"}
    (tmp_path / "a.txt").write_text("the dog runs\n")
    dialog.asking.take(tmp_path / "a.txt")
    dialog.asking.ask()
    assert dialog.answering.table.model().rowCount() == 3


def test_a_text_that_is_typed_is_classified(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("texts")
    assert isinstance(dialog.asking, TypedAsking)
    assert "on the test part" in _words(dialog)  # the run's own
    dialog.asking.typed.setText("a wonderful phone")
    QTest.keyClick(dialog.asking.typed, Qt.Key.Key_Return)
    said = dialog.answering.words.text().rstrip(".")
    dialog.answering.save_csv(tmp_path / "a.csv")
    (row,) = _rows(tmp_path / "a.csv")
    assert (row["answer"], row["part"]) == (said, "given")
    (tmp_path / "a.txt").write_text("poor sound\n\nvery good\n")
    dialog.asking.take(tmp_path / "a.txt")
    dialog.asking.ask()
    assert dialog.answering.table.model().rowCount() == 2


def test_a_number_for_each_step_is_not_classified(made: Made) -> None:
    dialog, _ = made("values")
    assert dialog.asking is not None
    assert dialog.asking.button.text() == "Answer"
    assert "MAE" in _words(dialog)


def test_what_is_generated_has_no_file_to_answer(made: Made) -> None:
    dialog, _ = made("generated")
    assert dialog.asking is None
    assert _words(dialog) == ""
    assert "are generated" in dialog.answering.message.text


def test_a_prompt_is_gone_on_from(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("text")
    assert isinstance(dialog.asking, PromptAsking)
    assert "Nothing was asked yet" in dialog.answering.words.text()
    dialog.asking.prompt.setPlainText("Alice ")
    dialog.asking.length.setValue(20)
    dialog.asking.ask()
    assert len(dialog.answering.text.toPlainText()) == 20
    dialog.answering.save_text(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text().startswith("Alice ")
    dialog.asking.prompt.setPlainText("Alice Ω")
    dialog.asking.ask()
    assert dialog.answering.words.text() == "Characters the network does not know, read as unknown: 'Ω'."


def test_what_is_typed_is_translated_and_the_attention_shown(made: Made) -> None:
    dialog, _ = made("translation")
    assert isinstance(dialog.asking, TextAsking)
    dialog.asking.choosing.method.setCurrentIndex(2)
    assert dialog.asking.choosing.kept.isVisible()
    assert not dialog.asking.choosing.top_k.isVisible()
    typed = dialog.findChild(QLineEdit, "use_text")
    assert typed is not None
    QTest.keyClicks(typed, "ninety-nine")
    QTest.keyClick(typed, Qt.Key.Key_Return)
    assert "robability" in _words(dialog)
    matrix = dialog.answering.matrix
    assert dialog.answering.pictures.currentWidget() is matrix
    assert matrix.weights.sum(axis=1) == pytest.approx(np.ones(len(matrix.written)), abs=1e-4)


def test_the_attention_of_a_trained_model_is_walked_by_keys(made: Made, qtbot: QtBot) -> None:
    dialog, _ = made("translation")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    typed = dialog.findChild(QLineEdit, "use_text")
    assert typed is not None
    QTest.keyClicks(typed, "ninety-nine")
    QTest.keyClick(typed, Qt.Key.Key_Return)
    matrix, told = dialog.answering.matrix, dialog.answering._hover
    qtbot.waitUntil(matrix.isVisible)
    without_keys = matrix.grab().toImage()
    for _ in range(20):
        if not matrix.hasFocus():
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    with_keys = matrix.grab().toImage()
    assert with_keys != without_keys
    for key, cell in (("Right", (0, 0)), ("Right", (0, 1)), ("Down", (1, 1))):
        QTest.keyClick(matrix, Qt.Key[f"Key_{key}"])
        assert matrix.walked.cell == cell
        assert told.text() == matrix.words(*cell)
    QTest.keyClick(matrix, Qt.Key.Key_Escape)
    assert (matrix.walked.cell, told.text(), dialog.isVisible()) == (None, "", True)
    assert matrix.grab().toImage() == with_keys


def test_the_end_of_a_forecast_is_seen_with_its_intervals(made: Made) -> None:
    dialog, _ = made("series")
    assert isinstance(dialog.asking, FileAsking)
    dialog.asking.ask()
    answering = dialog.answering
    assert answering._used is not None
    curve = answering._used.curve
    assert curve is not None
    assert [area.name for area in answering.intervals.areas] == [
        f"{level * 100:g} % interval" for level, *_ in curve.bands
    ]
    for _, lower, upper in curve.bands:
        assert not np.any((lower > curve.forecast) | (curve.forecast > upper))  # the first have none yet
        assert lower[-1] < curve.forecast[-1] < upper[-1]
    low, high = answering.plot.shown()
    assert low > 0
    assert low < len(curve.labels) - curve.ahead < high
    answering.plot.show_everything()
    assert answering.plot.shown()[0] == -np.inf


def test_a_forecast_fills_the_height_with_the_steps_that_are_shown(qtbot: QtBot) -> None:
    made = Answering(LIGHT)
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    rises = np.arange(1000.0)
    band = (0.8, rises - 5, rises + 5)
    curve = Curve("y", tuple(map(str, range(1000))), rises, rises, 1, (band,))
    made.show_used(Used(("y",), (), "Next.", curve=curve))
    qtbot.waitUntil(made.plot.isVisible)
    made.plot.box.updateAutoRange()
    low, high = made.plot.box.viewRange()[1]
    assert 850 < low < 900
    assert 1000 < high < 1050
    made.plot.show_everything()
    made.plot.box.updateAutoRange()
    assert made.plot.box.viewRange()[1][0] < 0


def test_an_answer_is_said(qtbot: QtBot, listener: Listener) -> None:
    made = Answering(LIGHT)
    qtbot.addWidget(made)
    made.show_used(Used(("y",), ((1.5,), (2.5,)), "Two."))
    assert listener.heard == ["Two."]


def test_the_table_of_answers_follows_the_size_of_text(qtbot: QtBot) -> None:
    made = Answering(LIGHT)
    qtbot.addWidget(made)
    made.show_used(Used(("y",), ((1.5,), (2.5,)), "Two."))
    made.show()
    for pixels, high in ((24, 48), (12, 24)):
        font = made.font()
        font.setPixelSize(pixels)
        made.setFont(font)
        assert made.table.font().pixelSize() == pixels
        assert made.table.rowHeight(0) == high


def test_a_dialog_opens_as_large_as_its_text_asks_for(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = Dialog()
    qtbot.addWidget(dialog)
    monkeypatch.setattr(dialog, "screen", lambda: MagicMock(availableSize=lambda: QSize(1000, 600)))
    sizes = []
    for pixels in (12, 18, 24):
        font = dialog.font()
        font.setPixelSize(pixels)
        dialog.setFont(font)
        dialog.resize_for_text(600, 400)
        sizes.append((dialog.width(), dialog.height()))
    assert sizes == [(600, 400), (900, 600), (1000, 600)]


def test_a_drawn_digit_is_captioned(made: Made, folders: dict[str, Path]) -> None:
    dialog, folder = made("caption")
    asking = dialog.asking
    assert isinstance(asking, DrawingAsking)
    asking.pad.setFocus()
    QTest.keyClick(asking.pad, Qt.Key.Key_Space)
    values = [float(value) for value in asking.question().typed.split(",")]
    assert (len(values), max(values), sum(values)) == (64, 16.0, 16.0)
    assert dialog.answering.text.toPlainText() == Backend().use(folder, asking.question()).text
    assert "robability" in _words(dialog)


def test_a_tune_is_written_drawn_and_saved(made: Made, tmp_path: Path) -> None:
    dialog, _ = made("tune")
    asking = dialog.asking
    assert isinstance(asking, VectorAsking)
    assert asking.choosing.method.currentData() == "sampled"
    form, rows = asking.choosing.form, [*asking.editors, asking.choosing.method]  # so that they stand below each other
    assert all(form.labelForField(row) for row in rows)
    asking.ask()
    assert dialog.answering.pictures.currentWidget() is dialog.answering.roll
    dialog.answering.save_midi(tmp_path / "a.mid")
    assert (tmp_path / "a.mid").read_bytes().startswith(b"MThd")


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_has_a_name_and_both_themes_are_worn(made: Made, kind: str) -> None:
    dialog, _ = made(kind)
    for button in dialog.findChildren(QPushButton):
        assert button.objectName()
        assert button.accessibleName()
    for theme in (DARK, LIGHT):
        dialog.apply_theme(theme)
        assert not dialog.grab().isNull()


def test_the_pad_is_drawn_on_with_the_mouse_and_by_keys(qtbot: QtBot) -> None:
    pad = DrawingPad(8, LIGHT)
    qtbot.addWidget(pad)
    pad.resize(324, 324)  # squares of 40 pixels, 2 pixels from the edge
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(22, 22))
    assert pad.ink[0, 0] > 0.6
    assert pad.ink[3:].sum() == 0
    QTest.mouseClick(pad, Qt.MouseButton.RightButton, pos=QPoint(22, 22))
    assert pad.ink.sum() == 0
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(pad, key)
    assert pad.ink[5, 5] == 1
    assert pad.ink.sum() == 1
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.ink.sum() == 0


def test_of_several_series_the_first_is_drawn_and_told(tmp_path: Path) -> None:
    from engine.model import Model
    from engine.network import Network
    from tests.engine.data.test_panel import panel, sales
    from workbench.doors.model_use import _forecast

    path = tmp_path / "a.csv"
    path.write_text(sales())
    dataset = panel(path)
    settings = {"file": str(path), "time_column": "date", "sequence_column": "store", "targets": "sales"}
    settings |= {"look_back": "4", "validation": "6", "test": "6"}
    chosen = Experiment().replace({f"data.{name}": value for name, value in settings.items()})
    network = Network(chosen.model, dataset.input_size, 1, seed=1, threads=1)
    used = _forecast(Model(chosen, network, dataset.metadata()), Asked())
    assert used.words.startswith("Next, east, 2004-05: sales ")
    assert used.curve is not None
    assert used.curve.ahead == 1
    assert used.curve.labels[-1] == "2004-05"
