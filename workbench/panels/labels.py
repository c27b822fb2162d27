"""Labels and frames as every panel uses them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontDatabase, QResizeEvent, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.looks.theme import GRID
from workbench.spoken import tell_fold


def label(text: str = "", role: str = "", name: str = "") -> QLabel:
    """A label that wraps; `role` is "muted", "small", "title", "strong" or "problem"."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(True)
    made.setObjectName(name)
    if name:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def column(widget: QWidget, margin: int = 0, spacing: int = GRID) -> QVBoxLayout:
    """A vertical layout on the grid."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def frame(role: str) -> QFrame:
    """A frame in the colours of its role: "card", "message", or "notice"."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def fixed_font(beside: QWidget) -> QFont:
    """The system's font of letters of one width, as large as the text of `beside`."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(beside.fontInfo().pixelSize())
    return font


def rename(button: QAbstractButton, text: str) -> None:
    """Another text on a button, which screen readers say too."""
    button.setText(text)
    button.setAccessibleName(text)


class ScrolledText(QScrollArea):
    """A text that is as high as its lines while there is room, and scrolls where there is not."""

    def __init__(self, role: str, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_area")
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._text = label("", role, name)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._text)
        for ground in (self._text, self.viewport()):
            ground.setAutoFillBackground(False)  # it stands on the panel like any label

    def setText(self, text: str) -> None:  # noqa: N802  # as labels have it
        """Say something else."""
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleDescription(QTextDocumentFragment.fromHtml(text).toPlainText())
            self.updateGeometry()
            self._fit_bar()

    def sizeHint(self) -> QSize:
        """As high as the text is at the present width."""
        line = self.width() - self.contentsRect().width()  # around it, on both sides
        return QSize(super().sizeHint().width(), self._text.heightForWidth(self.width() - line) + line)

    def minimumSizeHint(self) -> QSize:
        """Two lines."""
        return QSize(0, 2 * self._text.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width asks for another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._fit_bar()

    def _fit_bar(self) -> None:
        """Without a bar where all fits without one: Qt keeps one that is there if the text is too high beside it."""
        inside = self.contentsRect()
        fits = self._text.heightForWidth(inside.width()) <= inside.height()
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if policy is not self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(policy)


class Fold(QWidget):
    """A heading that shows or hides what is below it."""

    def __init__(self, title: str, body: QWidget, name: str, *, whole: str = "", open_at_first: bool = False) -> None:
        """`whole` is what a screen reader calls it, where the title says enough only to who sees what is around it."""
        super().__init__()
        self._body = body
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setObjectName(name)
        self.button.setAccessibleName(whole or title)
        self.button.setWhatsThis(f"Shows or hides what lies below “{title}”.")
        self.button.setProperty("role", "fold")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.clicked.connect(self._toggle)
        layout = column(self, spacing=GRID // 2)
        layout.addWidget(self.button)
        layout.addWidget(body)
        self.open(open_at_first)

    def open(self, opened: bool = True) -> None:
        """Show what is below the heading, or hide it."""
        self._opened = opened
        self._body.setVisible(opened)
        self.button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        tell_fold(self.button, opened)

    @Slot()
    def _toggle(self) -> None:
        self.open(not self._opened)
