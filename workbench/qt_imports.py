"""Qt, and what draws with it, imported without the work that nobody here has any use of.

PySide makes a class when its name is first asked for. pyqtgraph and qtpy, through which qtawesome sees Qt, ask for all
names, to have them in modules of their own: five hundred classes more, which took 0.1 s of the 1.4 s of a start. They
are given such modules here, which look a name up when it is used.

PySide also reads the source of every module that is imported after it, to see whether it uses Qt and with which names
(its `__feature__`). Nothing here asks for other names than Qt's own, and the source of six hundred modules took 0.13 s.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterable
from types import ModuleType

_MODULES = ("QtCore", "QtGui", "QtWidgets")
_READERS = {"pyqtgraph": "pyqtgraph.Qt", "qtawesome": "qtpy"}  # where each library keeps its copies


class Mirror(ModuleType):
    """Has every name that a module of PySide has, and whatever a library adds to it."""

    def __init__(self, name: str, source: ModuleType) -> None:
        super().__init__(name)
        self.__source = source

    def __getattr__(self, name: str) -> object:
        """Called for what is not here yet; once found, it is."""
        value = getattr(self.__source, name)
        setattr(self, name, value)
        return value


def import_plot_libraries() -> None:
    """Import Qt and both for the first time; who imports them later finds them."""
    plain = builtins.__import__
    sources = {name: importlib.import_module(f"PySide6.{name}") for name in _MODULES}
    builtins.__import__ = plain
    for library, copies in _READERS.items():
        if library not in sys.modules:
            mirrors = {name: Mirror(f"{copies}.{name}", source) for name, source in sources.items()}
            sys.modules.update({mirror.__name__: mirror for mirror in mirrors.values()})
            _import_without_names(library, sources.values())


def _import_without_names(library: str, sources: Iterable[ModuleType]) -> None:
    usual = [(vars(source), vars(source).get("__dir__", source.__dir__)) for source in sources]
    for names, _ in usual:
        names["__dir__"] = list  # PEP 562: there is nothing to be copied
    try:
        importlib.import_module(library)
    finally:
        for names, told in usual:
            names["__dir__"] = told
