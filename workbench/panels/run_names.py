"""How the names of runs are written in their list where there is no room for all of a name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem


class RunNames(QStyledItemDelegate):
    """Of a run of a race or a sweep the end stays, too: it is the seed that tells it from others of the same name."""

    def initStyleOption(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """With the ellipsis within, or else at the end."""
        super().initStyleOption(option, index)
        if index.parent().isValid():
            option.textElideMode = Qt.TextElideMode.ElideMiddle
