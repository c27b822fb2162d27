"""Which version this is, what it stands on, and where it keeps its things."""

from __future__ import annotations

import platform

from PySide6.QtWidgets import QWidget

from workbench import __version__
from workbench.dialogs.frame import TextDialog, closing_row
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.settings import Places

_STANDS_ON = ("PySide6-Essentials", "pyqtgraph", "numpy", "numba", "duckdb", "safetensors")


class AboutDialog(TextDialog):
    """A text that can be copied into a report."""

    def __init__(self, places: Places, parent: QWidget | None = None) -> None:
        super().__init__(56 * GRID, parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle("About RNN Workbench")
        layout = column(self, 2 * GRID, GRID)
        layout.addWidget(label(f"RNN Workbench {__version__}", "title"))
        layout.addWidget(
            label("Recurrent networks: build them, train them, see inside while they learn, take them home.")
        )
        layout.addWidget(
            label(
                f"Python {platform.python_version()} · {platform.platform()}<br>{_versions()}",
                "small",
                "about_versions",
            )
        )
        layout.addWidget(
            label(f"Runs: {places.runs}<br>Settings: {places.config}<br>Log: {places.logs}", "small", "about_places")
        )
        layout.addWidget(closing_row(self, "about"))


def _versions() -> str:
    import importlib.metadata  # a hundredth of a start, at which nobody asks

    found = []
    for name in _STANDS_ON:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return " · ".join(found)
