"""The four steps of setting up, one open at a time, each with a line on what is chosen; help at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.later import later
from workbench.looks.theme import GRID
from workbench.panels.labels import Fold, column, frame, label
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.spoken import announce, tell_fold

_WIDTHS = 37 * GRID, 48 * GRID  # pixels: of the panel at least, and what its settings may ask for
_LINES = 2  # of a summary at most
_HELP_WHEN_IDLE = "What has focus is explained here."


class StepHeader(QPushButton):
    """Number, title and summary of one step; pressing it opens the step."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self.setObjectName(f"step_{title.lower()}")
        self.setProperty("role", "step")
        self.setWhatsThis("Opens this step of setting up, and folds the one that is open.")
        self.setMinimumHeight(5 * GRID)
        self._title = title
        self._number, self._name, self._summary = QLabel(str(number)), QLabel(title), ElidedLabel(lines=_LINES)
        self._number.setProperty("role", "title")
        self._name.setProperty("role", "strong")
        self._summary.setProperty("role", "small")
        self._lay_out()
        self.summarise("")

    def show_opened(self, opened: bool) -> None:
        """Say and show whether this is the step that is open."""
        self.setProperty("opened", opened)
        self.style().polish(self)
        tell_fold(self, opened)

    def summarise(self, text: str) -> None:
        """Say in a few words what is chosen."""
        self.setAccessibleName(f"{self._title}: {text}" if text else self._title)
        self.setToolTip(text)
        self._summary.setText(text)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take another number of lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as all lines need, whatever the size of text."""
        layout = self.layout()
        return QSize(0, layout.heightForWidth(self.width()) if layout is not None else 0)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._summary)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 3 // 2, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID * 3 // 2)
        row.addWidget(self._number)
        row.addLayout(texts, 1)
        for part in (self._number, self._name, self._summary):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class SetupPanel(QWidget):
    """Steps from top to bottom; the open one takes the room that the headings leave."""

    def __init__(self, steps: Sequence[tuple[str, QWidget]]) -> None:
        super().__init__()
        self.setObjectName("setup_panel")
        self.headers: list[StepHeader] = []
        self._pages: list[QScrollArea] = []
        layout = self._column = column(self, spacing=0)
        for number, (title, body) in enumerate(steps, 1):
            header, page = StepHeader(number, title), _page(title, body)
            header.clicked.connect(lambda _checked=False, at=number - 1: self.open(at))
            layout.addWidget(header)
            layout.addWidget(page, 1)
            self.headers.append(header)
            self._pages.append(page)
        layout.addWidget(self._help_area())
        self.open(0)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    def pin(self, message: QWidget) -> None:
        """Show `message` above all steps, whichever is open and however far it is scrolled, while it has to be seen."""
        place = QVBoxLayout()
        place.setContentsMargins(GRID, 0, GRID, 0)  # a margin above and below would stay while there is nothing to say
        place.addWidget(message)
        self._column.insertLayout(0, place)

    def open(self, index: int) -> None:
        """Show one step and fold the others."""
        for at, (header, page) in enumerate(zip(self.headers, self._pages, strict=True)):
            header.show_opened(at == index)
            page.setVisible(at == index)

    def show_data(self) -> None:
        """Show the first step from its top: name and picture of what is read."""
        self.open(0)
        self._pages[0].verticalScrollBar().setValue(0)

    def reveal(self, control: QWidget) -> None:
        """Open the step that holds `control`, and every fold around it, and put the focus there."""
        for at, page in enumerate(self._pages):
            if page.isAncestorOf(control):
                self.open(at)
                for fold in page.findChildren(Fold):
                    if fold.isAncestorOf(control):
                        fold.open()
                page.ensureWidgetVisible(control)
                control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_lock(self, reason: str) -> None:
        """Say at the foot that settings cannot be changed, why, and what to do: keys pass by what is locked."""
        self._lock.setText(f"Locked, but for learning rate and clip. {reason}" if reason else "")
        self._lock.setVisible(bool(reason))

    def _tell_lock(self) -> None:
        now = QApplication.focusWidget()
        if now is not None and self.isAncestorOf(now):
            announce(self, self._lock.text())

    def _help_area(self) -> QWidget:
        area = frame("card")
        self._help = label(_HELP_WHEN_IDLE, "small", "setup_help")
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._help.setMinimumHeight(5 * GRID + 4)
        self._lock = label("", "warning", "setup_lock")
        self._lock.hide()
        inside = column(area, GRID, GRID // 2)
        inside.addWidget(self._lock)
        inside.addWidget(self._help)
        return area

    @Slot(QWidget, QWidget)
    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            if self._lock.text() and not (before is not None and self.isAncestorOf(before)):
                later(0, self, self._tell_lock)  # keys that only pass, as a button elsewhere goes off, hear nothing
            self._help.setText(explanation(now) or _HELP_WHEN_IDLE)
            for page in self._pages:
                if page.isAncestorOf(now):
                    page.ensureWidgetVisible(now)  # Qt does so within a page, but not where one is entered
                    later(0, now, partial(_settle, page, now))  # when the explanation has its room


def _settle(page: QScrollArea, control: QWidget) -> None:
    """Bring a control into sight once everything has its size, as where a fold around it was opened."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    page.ensureWidgetVisible(control)


def explanation(widget: QWidget | None) -> str:
    """The help text of a widget, or of the nearest one around it that has any."""
    while widget is not None:
        if widget.whatsThis():
            return widget.whatsThis()
        widget = widget.parentWidget()
    return ""


class _Page(QScrollArea):
    """As wide as what is on it needs to be, within reason: beyond that it scrolls."""

    def minimumSizeHint(self) -> QSize:
        body, bar = self.widget(), self.verticalScrollBar().sizeHint().width()
        wide = body.minimumSizeHint().width() + bar if body is not None else 0
        return QSize(min(max(wide, _WIDTHS[0]), _WIDTHS[1]), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another width when what is on it does."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def _page(title: str, body: QWidget) -> QScrollArea:
    page = _Page()
    page.setObjectName(f"page_{title.lower()}")
    page.setAccessibleName(title)
    page.setWidgetResizable(True)
    page.setWidget(body)
    page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setProperty("role", "page")  # which needs no room for a line around what has the keys
    return page
