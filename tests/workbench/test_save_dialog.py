"""The dialog that asks where pictures and tables are written, with keys as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.save_dialog import SaveDialog, ask_where


@pytest.fixture
def parent(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    monkeypatch.setattr(SaveDialog, "_last", None)
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def asked(parent: QWidget, typed: str, end: Qt.Key = Qt.Key.Key_Return) -> tuple[Path | None, str, str]:
    """What is chosen, and the folder and the name that were proposed."""
    proposed: list[str] = []

    def type_in() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, SaveDialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        proposed.extend((dialog.directory().absolutePath(), line.text()))
        if typed:
            line.selectAll()
            QTest.keyClicks(line, typed)
        QTest.keyClick(line, end)

    QTimer.singleShot(200, parent, type_in)
    return ask_where(parent, "Export data", "loss.csv", "Comma-separated values (*.csv)"), proposed[0], proposed[1]


def test_a_name_without_ending_gets_it_and_the_folder_is_kept(parent: QWidget, tmp_path: Path) -> None:
    first, _, name = asked(parent, str(tmp_path / "mine"))
    assert (first, name) == (tmp_path / "mine.csv", "loss.csv")
    second, folder, _ = asked(parent, "")
    assert (second, folder) == (tmp_path / "loss.csv", str(tmp_path))
    assert asked(parent, "x", Qt.Key.Key_Escape)[0] is None
