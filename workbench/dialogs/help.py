"""Help on what has focus: a card beside it, put away by Escape, a click or the next key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.spoken import announce

GENERAL = (
    "<b>Left to right is the order of work:</b> data, task, model, training; then run, see, findings.<br><br>"
    "<b>F5</b> runs and pauses, <b>F10</b> trains one batch, <b>Shift+F5</b> goes back to an untrained network. "
    "<b>Ctrl+O</b> opens a file, <b>Ctrl+E</b> saves the weights, <b>Ctrl+1 … 9</b> show the views, <b>F6</b> and "
    "<b>Shift+F6</b> go from pane to pane, <b>Alt+Shift</b> with an arrow makes one wider or higher, <b>Tab</b> goes "
    "from control to control. In a view <b>arrows</b> walk the time steps, <b>+</b> and "
    "<b>−</b> zoom, and <b>Shift</b> with an arrow moves what is seen.<br><br>"
    "<b>Ctrl+Shift+P</b> finds every command by name. F1 on a control explains that control."
)
_WIDTH = 46 * GRID


class HelpCard(QFrame):
    """A text in a frame that goes as soon as anything else is done."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("help_card")
        self.setAccessibleName(f"Help: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setFixedWidth(_WIDTH)
        layout = column(self, 3 * GRID // 2, GRID // 2)
        layout.addWidget(label(title, "title"))
        self.words = label(text, "", "help_text")
        self.setAccessibleDescription(QTextDocumentFragment.fromHtml(text).toPlainText())
        layout.addWidget(self.words)

    def show_at(self, widget: QWidget) -> None:
        """Below `widget`, or above it where there is no room; always on the screen."""
        self.adjustSize()
        screen = widget.screen().availableGeometry()
        place = widget.mapToGlobal(QPoint(0, widget.height() + GRID // 2))
        if place.y() + self.height() > screen.bottom():
            place.setY(max(widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - GRID // 2, screen.top()))
        place.setX(min(max(place.x(), screen.left()), screen.right() - self.width()))
        self.move(place)
        self.show()
        announce(widget, self.accessibleDescription())  # which keeps the keys


def help_on(widget: QWidget | None) -> tuple[str, str]:
    """Title and text on a widget, or on the nearest one around it of which something is known."""
    while widget is not None and not widget.isWindow():
        text = _text(widget)
        if text:
            title = widget.accessibleName() or widget.objectName().replace("_", " ")
            return title, text.removeprefix(f"<b>{title}.</b> ")
        widget = widget.parentWidget()
    return "RNN Workbench", GENERAL


def _text(widget: QWidget) -> str:
    parts = [widget.whatsThis() or widget.accessibleDescription()]
    if isinstance(widget, QToolButton) and widget.defaultAction() is not None:
        parts.append(widget.defaultAction().statusTip())
    reason = str(widget.property("reason") or "")
    if not any(parts) or (not widget.isEnabled() and not reason):
        parts.append(widget.toolTip())
    return "<br><br>".join(part for part in (*parts, reason) if part)
