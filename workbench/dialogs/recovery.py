"""At the start: a run that was broken off, the report of a crash, and what cannot be kept where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.dialogs.question import Question
from workbench.runs.records import RunRecord

_CRASHED = "The program ended unexpectedly last time."
_REPORT = 20_000  # characters of a report that are shown, the last ones


def offer_to_go_on(
    record: RunRecord, wanted: Callable[[], object], declined: Callable[[], object], parent: QWidget
) -> Question:
    """Ask whether a run that was broken off shall go on; nobody has to answer at once."""
    reached = record.history.latest_step("metric")
    where = f"It was last scored at step {reached:,}." if reached else "It had not been scored yet."
    box = Question(
        "go_on_question",
        f"Run {record.number}, {record.name}, was broken off.",
        f"{where} It goes on from its last save and comes to the same weights as without the break. Otherwise it stays "
        "in the list, where “Go on” does the same later.",
        parent,
    )
    box.offer("Go on with it", QMessageBox.ButtonRole.AcceptRole).clicked.connect(lambda: wanted())
    box.leave("Not now").clicked.connect(lambda: declined())
    box.ask()
    return box


def show_crash(report: Path, open_folder: Callable[[], object], parent: QWidget) -> Question:
    """Say that the program ended unexpectedly the last time, with what is known; nothing is sent anywhere.

    Where a question on what was broken off is open already, it is said there: one box, not two.
    """
    box = next((asked for asked in parent.findChildren(Question) if asked.isVisible()), None)
    if box is not None:
        box.setText(f"{_CRASHED} {box.text()}")
    else:
        known = "Finished saves are safe. What is known is below and in the log; it stays on this computer."
        box = Question("crash_report", _CRASHED, known, parent, QMessageBox.Icon.Warning)
        box.leave("Close")
    box.show_details(_tail(report))
    box.offer_beside("Open log folder", open_folder)
    box.ask()
    return box


def show_instead(text: str, parent: QWidget) -> Question:
    """Say which folders of this person cannot be made, and what stands in for them."""
    title = "Not everything can be kept where it belongs."
    more = f"{text}\nWhat is temporary may be gone after the next start of the computer."
    box = Question("places_instead", title, more, parent, QMessageBox.Icon.Warning)
    box.leave("Close")
    box.ask()
    return box


def _tail(report: Path) -> str:
    try:
        return report.read_text(encoding="utf-8", errors="replace")[-_REPORT:]
    except OSError as error:
        return f"{report} cannot be read: {error.strerror}"
