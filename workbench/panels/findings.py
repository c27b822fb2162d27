"""What the run says about itself, in plain words: why, and what would mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from engine.events import WITHDRAWN, Finding
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.spoken import announce, tell_fold
from workbench.wording import named, setting_words

_SIGNS = {"problem": "✕", "warning": "⚠", "good": "✓", "note": "•"}  # in the order that they are shown in
_EMPTY = (
    "What the run shows about itself appears here: gradients that vanish, a forecast worse than the naive one, "
    "and the like."
)


class FindingsPanel(QScrollArea):
    """One card a finding; a newer one of the same key takes the place of the older."""

    fix_asked = Signal(object)  # Finding
    news = Signal(object)  # a Finding that was not there, or weighs otherwise than before
    emptied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findings_panel")
        self.setAccessibleName("Findings")
        self.setWidgetResizable(True)
        self._cards: dict[str, FindingCard] = {}
        self._lock = ""
        inside = QWidget()
        self._column: QVBoxLayout = column(inside, GRID)
        self._empty = label(_EMPTY, "muted")
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_finding(self, finding: Finding, opened: bool = False) -> None:
        """Add a card, or replace the one of the same key: in its place while it is of the same weight."""
        card = FindingCard(finding)
        card.fix_asked.connect(self.fix_asked)
        card.lock(self._lock)
        card.open(opened)
        old = self._cards.get(finding.key)
        same = old is not None and _rank(old.finding) == _rank(finding)
        if old and same:
            self._column.replaceWidget(old, card)
        else:
            self._column.insertWidget(self._place(finding), card)
        if old:
            card.open(old.opened)
            card.take_keys_of(old)
            self._column.removeWidget(old)
            old.deleteLater()
        self._cards[finding.key] = card
        self._empty.hide()
        self._order_tabs()
        if not same:
            self.news.emit(finding)

    def show_first(self) -> None:
        """Scroll to what weighs most."""
        self.verticalScrollBar().setValue(0)

    def clear(self) -> None:
        """Forget all."""
        for card in self._cards.values():
            self._column.removeWidget(card)
            card.hide()  # the keys that it has go on now
            card.deleteLater()
        self._cards.clear()
        self._empty.show()
        self.emptied.emit()

    def lock(self, reason: str) -> None:
        """Settings cannot be changed now; live ones still can."""
        self._lock = reason
        for card in self._cards.values():
            card.lock(reason)

    def _order_tabs(self) -> None:
        """From this panel through its cards from above, wherever they came from in time, and on from there."""
        before: QWidget = self
        for card in sorted(self._cards.values(), key=self._column.indexOf):
            for button in card.buttons:
                self.setTabOrder(before, button)
                before = button

    def _place(self, finding: Finding) -> int:
        """Behind all that weigh as much or more."""
        before = [card for card in self._cards.values() if _rank(card.finding) <= _rank(finding)]
        return len(before) + 1


def _rank(finding: Finding) -> int:
    """Problems first, then what was reached, then remarks; last what is no longer so."""
    return len(_SIGNS) if finding.title.startswith(WITHDRAWN) else list(_SIGNS).index(finding.level)


class FindingCard(QFrame):
    """Title, and on demand the reason and the cure."""

    fix_asked = Signal(object)

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self.setObjectName(f"finding_{finding.key}")
        self.setAccessibleName(finding.title)
        self.setProperty("role", f"finding-{finding.level}")
        self._why = label(_unbroken(named(finding.why)), "muted")
        self._cure = label(_unbroken(named(finding.cure)))
        self._toggle = QToolButton()
        self._toggle.setText("Why")
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setObjectName(f"finding_{finding.key}_why")
        self._toggle.setAccessibleName(f"Why: {finding.title}")
        self._toggle.setWhatsThis("Shows or hides the reason, and what would mend it.")
        self._toggle.clicked.connect(self._on_toggled)
        # With its parent from the beginning: shown before it had one, it would be a window, and take the keys.
        self._fix = QPushButton("Go on from good weights" if finding.goes_on else "Fix it", self)
        self._fix.setObjectName(f"finding_{finding.key}_fix")
        self._fix.setAccessibleName(f"{self._fix.text()}: {finding.title}")
        self._fix.setVisible(bool(finding.changes))
        self._fix.clicked.connect(lambda: self.fix_asked.emit(self.finding))
        self._lay_out()
        self.open(False)

    @property
    def buttons(self) -> tuple[QWidget, QWidget]:
        """In the order of Tab."""
        return self._toggle, self._fix

    @property
    def opened(self) -> bool:
        """Whether the reason is shown."""
        return self._opened

    def take_keys_of(self, other: FindingCard) -> None:
        """Where one of the buttons of a card that goes has the keys, the same one of this has them then."""
        for mine, theirs in zip(self.buttons, other.buttons, strict=True):
            if theirs.hasFocus():
                self.show()
                mine.setFocus(Qt.FocusReason.OtherFocusReason)

    def open(self, opened: bool) -> None:
        """Show or hide the reason."""
        self._opened = opened
        self._toggle.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        tell_fold(self._toggle, opened)
        self._why.setVisible(opened)
        self._cure.setVisible(opened and bool(self.finding.cure))

    def _on_toggled(self) -> None:
        self.open(not self.opened)
        if self.opened:  # the keys stay at the button
            announce(self, f"{self._why.text()} {self._cure.text()}".rstrip())

    def lock(self, reason: str) -> None:
        """Switch "Fix it" off with the reason, or on with what it would set."""
        sets = ", ".join(f"{named(name)} to {setting_words(name, value)}" for name, value in self.finding.changes)
        self._fix.setEnabled(not reason)
        begins = "Goes on from the last good weights, and sets" if self.finding.goes_on else "Sets"
        self._fix.setToolTip(reason or f"{begins} {sets}")

    def _lay_out(self) -> None:
        layout = column(self, GRID, GRID // 2)
        layout.addWidget(label(_unbroken(f"{_SIGNS[self.finding.level]}  {self.finding.title}"), "strong"))
        layout.addWidget(self._why)
        layout.addWidget(self._cure)
        buttons = QHBoxLayout()
        buttons.addWidget(self._toggle)
        if not self.finding.goes_on:
            buttons.addWidget(self._fix)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        if self.finding.goes_on:  # its words are too long to stand beside another button in a narrow dock
            layout.addWidget(self._fix, 0, Qt.AlignmentFlag.AlignLeft)


def _unbroken(text: str) -> str:
    """Per cent signs stay on the lines of their numbers."""
    return text.replace(" %", "\u00a0%")
