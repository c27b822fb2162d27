"""Step 2: how a sequence goes in and an answer comes out, drawn."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from engine.config import Experiment
from engine.topologies import TopologySpec, describe, fit, topologies
from workbench.diagrams import TopologyDrawing
from workbench.later import later
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label

_NARROWEST = 32 * GRID
_FADED = 0.45


class TaskPanel(QWidget):
    """One button a topology: its drawing, what it means for the data at hand, or why it cannot be had."""

    edited = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._choices = [TopologyChoice(spec, theme) for spec in topologies()]
        self._locked = ""
        self._page: QScrollArea | None = None
        self._follows = False  # keeps the chosen one in sight, until somebody scrolls
        layout = column(self, GRID)
        for choice in self._choices:
            self._group.addButton(choice)
            choice.clicked.connect(self._on_clicked)
            layout.addWidget(choice)
        layout.addStretch(1)

    def show_experiment(self, experiment: Experiment) -> None:
        """Tell what each topology does with this data, and mark the chosen one."""
        for choice in self._choices:
            choice.show_experiment(experiment, self._locked)

    def lock(self, reason: str, experiment: Experiment) -> None:
        """Let nothing be chosen, and say why; an empty reason unlocks."""
        self._locked = reason
        self.show_experiment(experiment)

    def summary(self, experiment: Experiment) -> str:
        """The chosen topology in words."""
        return next(choice.spec.title for choice in self._choices if choice.spec.key == experiment.model.topology)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour the drawings."""
        for choice in self._choices:
            choice.drawing.apply_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """In a low window the chosen one may lie below what is seen."""
        super().showEvent(event)
        if self._page is None:
            self._page = _page_around(self)
            if self._page is not None:
                bar = self._page.verticalScrollBar()
                bar.rangeChanged.connect(self._on_room)
                bar.actionTriggered.connect(self._on_scrolled)
        self._follows = True
        self._on_room()

    @Slot()
    def _on_room(self) -> None:
        """The heights settle one after another, and again at another size of text: see to it after each."""
        if self._follows:
            later(0, self, self._scroll_to_chosen)

    @Slot()
    def _on_scrolled(self) -> None:
        self._follows = False

    def _scroll_to_chosen(self) -> None:
        chosen = self._group.checkedButton()
        if self._page is not None and self._follows and chosen is not None:
            self._page.ensureWidgetVisible(chosen, 0, GRID)

    def _on_clicked(self) -> None:
        chosen = self._group.checkedButton()
        if isinstance(chosen, TopologyChoice):
            self.edited.emit("model.topology", chosen.spec.key)


def _page_around(panel: QWidget) -> QScrollArea | None:
    page = panel.parent()
    while isinstance(page, QWidget) and not isinstance(page, QScrollArea):
        page = page.parent()
    return page if isinstance(page, QScrollArea) else None


class TopologyChoice(QPushButton):
    """A button with a drawing and words."""

    def __init__(self, spec: TopologySpec, theme: Theme) -> None:
        super().__init__()
        self.spec = spec
        self.setObjectName(f"topology_{spec.key}")
        self.setProperty("role", "choice")
        self.setCheckable(True)
        self.setAutoExclusive(True)  # as its group does; of this alone screen readers know that it is one of several
        self.setAccessibleName(spec.title)
        self.setWhatsThis(f"<b>{spec.title}.</b> {spec.meaning} Used for {spec.example}.")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.drawing = TopologyDrawing(spec.key, theme)
        self.drawing.setFixedSize(11 * GRID, 8 * GRID)
        self._fade = QGraphicsOpacityEffect(self.drawing)
        self.drawing.setGraphicsEffect(self._fade)
        self._title, self._text = label(spec.title, "strong"), label(spec.meaning, "small")
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._lay_out()

    def show_experiment(self, experiment: Experiment, locked: str) -> None:
        """Whether and how it fits the data of `experiment`."""
        data, usable = experiment.data, fit(self.spec, experiment.data.kind)
        words = describe(self.spec, data)
        chosen = experiment.model.topology == self.spec.key
        why = "" if usable.usable else f"<br><b>{usable.text}</b>"
        self._text.setText(html.escape(words, quote=False) + why)
        self.setChecked(chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)  # arrows go on from it
        self.drawing.set_bidirectional(chosen and experiment.model.bidirectional)
        self.setEnabled(usable.usable and not locked)
        self._fade.setOpacity(1.0 if usable.usable else _FADED)
        self.setToolTip(locked or f"{self.spec.meaning} Used for {self.spec.example}.")
        self.setAccessibleDescription(words if usable.usable else f"{words} {usable.text}")
        if self.isVisible():  # else when it comes to be seen: to break its lines takes a millisecond
            self.setMinimumHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As high as the words need at this width."""
        layout, width = self.layout(), max(self.width(), _NARROWEST) if self.isVisible() else _NARROWEST
        return QSize(_NARROWEST, layout.heightForWidth(width)) if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Narrow panels wrap the words."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower button needs more lines."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """It may have become wider while it was hidden."""
        super().showEvent(event)
        self.setMinimumHeight(self.sizeHint().height())

    def _lay_out(self) -> None:
        texts = column(words := QWidget(), spacing=2)
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(words, 1)
        for part in (self.drawing, words, self._title, self._text):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
