"""The copies of Qt's modules that pyqtgraph and qtawesome have: whole, and made as they are used."""

from __future__ import annotations

import sys

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtWidgets
import pytest

from workbench.qt_mirrors import Mirror, import_plot_libraries

SOURCES = {"QtCore": PySide6.QtCore, "QtGui": PySide6.QtGui, "QtWidgets": PySide6.QtWidgets}
MIRRORS = [f"{copies}.{name}" for copies in ("pyqtgraph.Qt", "qtpy") for name in SOURCES]


@pytest.mark.parametrize("name", MIRRORS)
def test_a_mirror_has_what_qt_has(name: str) -> None:
    mirror, source = sys.modules[name], SOURCES[name.rpartition(".")[2]]
    assert isinstance(mirror, Mirror)
    names = [each for each in dir(source) if each[0] == "Q" and each.isidentifier()]  # nested ones are told with a dot
    assert len(names) > 150
    assert all(getattr(mirror, each) is getattr(source, each) for each in names[::20])
    with pytest.raises(AttributeError, match="QNothing"):
        _ = mirror.QNothing


def test_names_that_nobody_uses_are_not_looked_up() -> None:
    for name in ("pyqtgraph.Qt.QtWidgets", "qtpy.QtWidgets"):
        assert not {"QWizard", "QFontDialog", "QUndoView"} & vars(sys.modules[name]).keys()


def test_a_second_import_changes_nothing() -> None:
    before = [sys.modules[name] for name in MIRRORS]
    import_plot_libraries()
    assert [sys.modules[name] for name in MIRRORS] == before
