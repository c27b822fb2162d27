"""Files that leave a picture: whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.plots.frame.saving import SaveError, picture, png_bytes, save, svg_bytes


def test_picture_has_the_pixels_of_its_scale(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    label.resize(40, 20)
    label.setStyleSheet("background: #ff0000")
    image = picture(label, 2.0)
    assert (image.width(), image.height()) == (80, 40)
    assert image.pixelColor(40, 20) == QColor("#ff0000")
    assert QImage.fromData(png_bytes(label)).size() == image.size()


def test_svg_is_named_and_complete(qtbot: QtBot) -> None:
    label = QLabel("∂L/∂h")
    qtbot.addWidget(label)
    text = svg_bytes(label, "A title").decode()
    assert "<title>A title</title>" in text
    assert text.rstrip().endswith("</svg>")


def test_failed_save_says_why_and_leaves_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    missing = tmp_path / "no folder" / "a.csv"
    with pytest.raises(SaveError, match=r"a\.csv was not written: .+ Choose another"):
        save(missing, b"x")
    assert list(tmp_path.iterdir()) == []


def test_save_replaces_the_file_that_was_there(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old and longer")
    save(path, b"new")
    assert path.read_bytes() == b"new"
