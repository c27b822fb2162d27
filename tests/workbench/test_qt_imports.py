"""Qt and what draws with it: whole, made as it is used, and imported once."""

from __future__ import annotations

import sys
from subprocess import run

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtWidgets
import pytest

from workbench.qt_imports import Mirror, import_plot_libraries

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


_START = """
import builtins, sys
plain = builtins.__import__
from workbench.qt_imports import import_plot_libraries
import_plot_libraries()
assert builtins.__import__ is plain, "each later import is looked into"
from PySide6.QtCore import QObject
made = QObject(objectName="made")
assert made.objectName() == "made"
"""


def test_what_is_imported_after_qt_is_not_read_once_more() -> None:
    run([sys.executable, "-W", "error", "-c", _START], check=True)
