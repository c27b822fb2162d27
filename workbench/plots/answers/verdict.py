"""An answer in a table that is right or wrong: by a sign as well as by its colour, which not everybody tells apart."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QTableWidgetItem

from workbench.looks.theme import Theme


def judge(item: QTableWidgetItem, answer: str, right: bool, theme: Theme) -> None:
    """Show `answer` in a cell, as right or wrong; screen readers say it in a word."""
    item.setText(f"{'✓' if right else '✕'}\u00a0{answer}")
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{verdict(right)}: {answer}")
    item.setForeground(QBrush(theme.color("good" if right else "problem")))


def verdict(right: bool) -> str:
    """In a word."""
    return "right" if right else "wrong"
