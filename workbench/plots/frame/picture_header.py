"""The line above a picture: what it is called, of which moment it is, what can be chosen, and its menu."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.plots.frame.still_label import BETWEEN, StillLabel
from workbench.widgets.elided_box import ElidedBox
from workbench.widgets.flow import Flow

_TITLE = 14 * GRID  # pixels of a title that do not give way to choices
_STEP = "step 10,000,000"  # of the stamp, what stays where choices can be narrower, before there is one
_LEAST_LETTERS = 5  # of a choice, where there is no room for its longest


class PictureHeader(QHBoxLayout):
    """Where it is narrow choices have as much room as what is chosen needs, then the stamp goes, then choices go on
    below; last the title is cut.
    """

    def __init__(self, picture: QWidget, key: str, menu: QMenu, *, compact: bool) -> None:
        """Of a `picture` that has its accessible name and description; `compact` leaves out choices."""
        super().__init__()
        self._picture, self._key, self._compact = picture, key, compact
        self._name = picture.accessibleName()
        self.title, self.badge = ElidedLabel(self._name), QLabel()
        self.title.setProperty("role", "title")
        self.title.setToolTip(picture.accessibleDescription())
        self.badge.setProperty("role", "strong")
        self.stamp = StillLabel(BETWEEN.join((_STEP, "epoch 10,000")), role="small")
        self.stamp.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # its end gives way first
        if compact:  # it stands on a card, which is painted with it, up to the window, unless it fills its ground
            self.stamp.label.setAutoFillBackground(True)
        self.choices, self.more = Flow(2 * GRID, self.beside_title), self._make_button(menu)
        self._controls: list[tuple[str, QWidget]] = []  # behind their labels
        self._step = _STEP
        self.setSpacing(GRID)
        for widget, stretch in ((self.title, 0), (self.stamp, 1), (self.badge, 0)):
            self.addWidget(widget, stretch)
        self.addWidget(self.choices)
        self.addWidget(self.more)

    def _make_button(self, menu: QMenu) -> QToolButton:
        more = QToolButton()
        more.setText("⋯")
        more.setProperty("role", "more")
        more.setToolTip("Save, copy, export, show as table")
        more.setObjectName(f"{self._key}.menu")
        more.setAccessibleName(f"{self._name}: menu")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(menu)
        return more

    @contextmanager
    def as_file(self) -> Iterator[None]:
        """Meanwhile without menu and choices, but with words on what is chosen, behind the stamp."""
        shown, stamp = [part for part in (self.choices, self.more) if not part.isHidden()], self.stamp.text()
        self.stamp.show_text(BETWEEN.join(filter(None, (stamp, *self._chosen()))), at_once=True)
        keys = QApplication.focusWidget()  # which Qt gives to another one when it is hidden
        for part in shown:
            part.hide()
        try:
            yield
        finally:
            for part in shown:
                part.show()
            if keys is not None:
                keys.setFocus()
            self.stamp.show_text(stamp, at_once=True)

    def _chosen(self) -> list[str]:
        """What every choice says that can be made of the picture now."""
        seen = [(label, _said(control)) for label, control in self._controls if control.isVisibleTo(self._picture)]
        return [f"{label}: {said}" if label else said for label, said in seen if said]

    def beside_title(self) -> int:
        """Pixels for choices in one row: more would cut the title or, where they can be narrower for it, the step."""
        beside = sum(part.sizeHint().width() for part in (self.title, self.badge, self.more))
        step = self.stamp.label.fontMetrics().horizontalAdvance(self._step)
        room = self._picture.width() - beside - 6 * GRID  # margins, and what is between them
        return room - step if self.choices.suits(room - step, room) else room

    def show_moment(self, words: str) -> None:
        """Of which moment of the run the picture is: choices leave room for as many digits as its step has."""
        step = words.partition(BETWEEN)[0]
        if len(step) != len(self._step):
            self._step = step
            self.choices.updateGeometry()
        self.stamp.show_text(words)

    def fit_text(self, theme: Theme) -> None:
        """The text has another size."""
        self.title.room = round((4 * GRID if self._compact else _TITLE) * theme.scale)

    def add(self, label: str, control: QWidget, name: str) -> QWidget:
        """A control behind its `label`, both as one; it is hidden where there is no room for any."""
        self._controls.append((label, control))
        control.setObjectName(f"{self._key}.{name}")
        own = control.text() if isinstance(control, QAbstractButton) else ""
        control.setAccessibleName(f"{self._name}: {label or own or name}")
        if isinstance(control, QComboBox):
            if not label:  # on Linux the name of a list is what is chosen in it
                control.setAccessibleDescription(control.accessibleName())
            control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # names come with the run
            control.setMinimumContentsLength(_LEAST_LETTERS)
        both, caption = QWidget(self._picture), QLabel(label)
        caption.setBuddy(control)
        layout = QHBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        if label:
            layout.addWidget(caption)
        layout.addWidget(control)
        if self._compact:
            both.hide()
        elif isinstance(control, ElidedBox):
            self.choices.add(both, lambda: both.sizeHint().width() - control.spare)
            control.currentTextChanged.connect(lambda _text: both.updateGeometry())
        else:
            self.choices.add(both)
        return both


def _said(control: QWidget) -> str:
    """What is chosen in a control; of a box to tick its name, where it is ticked."""
    if isinstance(control, QComboBox):
        return control.currentText()
    if isinstance(control, QAbstractSpinBox):
        return control.text()
    return control.text() if isinstance(control, QAbstractButton) and control.isChecked() else ""
