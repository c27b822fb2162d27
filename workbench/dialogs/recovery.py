"""At the start: a run that was broken off, the report of a crash, and what cannot be kept where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.records import RunRecord

_CRASHED = "The program ended unexpectedly last time."
_REPORT = 20_000  # characters of a report that are shown, the last ones


def offer_to_go_on(
    record: RunRecord, wanted: Callable[[], object], declined: Callable[[], object], parent: QWidget
) -> QMessageBox:
    """Ask whether a run that was broken off shall go on; nobody has to answer at once."""
    box = _box("go_on_question", QMessageBox.Icon.Question, parent)
    box.setText(f"Run {record.number}, {record.name}, was broken off.")
    reached = record.history.latest_step("metric")
    where = f"It was last scored at step {reached:,}." if reached else "It had not been scored yet."
    box.setInformativeText(
        f"{where} It goes on from its last save and comes to the same weights as without the break. Otherwise it stays "
        "in the list, where “Go on” does the same later."
    )
    yes = box.addButton("Go on with it", QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton("Not now", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(yes)
    yes.clicked.connect(lambda: wanted())
    no.clicked.connect(lambda: declined())
    box.open()
    return box


def show_crash(report: Path, open_folder: Callable[[], object], parent: QWidget) -> QMessageBox:
    """Say that the program ended unexpectedly the last time, with what is known; nothing is sent anywhere.

    Where a question on what was broken off is open already, it is said there: one box, not two.
    """
    box = next((asked for asked in parent.findChildren(QMessageBox) if asked.isVisible()), None)
    if box is not None:
        box.setText(f"{_CRASHED} {box.text()}")
    else:
        box = _box("crash_report", QMessageBox.Icon.Warning, parent)
        box.setText(_CRASHED)
        box.setInformativeText(
            "Finished saves are safe. What is known is below and in the log; it stays on this computer."
        )
        box.setDefaultButton(box.addButton("Close", QMessageBox.ButtonRole.RejectRole))
    box.setDetailedText(_tail(report))
    folder = box.addButton("Open log folder", QMessageBox.ButtonRole.ActionRole)
    folder.clicked.connect(lambda: open_folder())
    box.open()
    return box


def show_instead(text: str, parent: QWidget) -> QMessageBox:
    """Say which folders of this person cannot be made, and what stands in for them."""
    box = _box("places_instead", QMessageBox.Icon.Warning, parent)
    box.setText("Not everything can be kept where it belongs.")
    box.setInformativeText(f"{text}\nWhat is temporary may be gone after the next start of the computer.")
    box.setDefaultButton(box.addButton("Close", QMessageBox.ButtonRole.RejectRole))
    box.open()
    return box


def _box(name: str, icon: QMessageBox.Icon, parent: QWidget) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setIcon(icon)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def _tail(report: Path) -> str:
    try:
        return report.read_text(encoding="utf-8", errors="replace")[-_REPORT:]
    except OSError as error:
        return f"{report} cannot be read: {error.strerror}"
