"""Settings forms made from the schema: one row a field, with its unit, its help, and why a value was refused."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.config import ConfigError, Experiment, FieldInfo, field_info, matters
from workbench.forms.editors import ChoiceEditor, Editor, editor_for
from workbench.forms.number_editors import NumberEditor, NumbersEditor
from workbench.forms.several_editor import SeveralEditor
from workbench.forms.slide import Slide
from workbench.looks.theme import GRID
from workbench.plots.axes.numerals import numeral
from workbench.spoken import announce
from workbench.wording import for_people, words

_NAMES = 13 * GRID  # pixels of a column of names at least
_LINES = 4  # of the grid that a field may take: name, editor, slider, why a value was refused
_WIDEST = 43 * GRID  # pixels that a name and its editor may take beside each other: what the panel has at most


@dataclass(slots=True)
class _Row:
    info: FieldInfo
    at: int  # line of the grid
    label: QLabel
    editor: Editor
    unit: QLabel | None
    slide: Slide | None
    error: QLabel | None = None  # why a value was refused, once one was; hidden while it is empty
    shown: object = None
    tried: object = None  # what was entered last, taken or not
    applies: bool = True


class Form(QWidget):
    """Some fields of one section of the schema, in the order given."""

    edited = Signal(str, object)  # dotted name and the raw value, to be checked by the schema

    def __init__(self, section: str, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.section = section
        self.setObjectName(f"form_{section}_{names[0]}")
        self._rows: dict[str, _Row] = {}
        self._lock, self._stacked = "", False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(1, 1)
        self.aligned: Sequence[Form] = (self,)  # those whose editors stand below one another
        defaults = getattr(Experiment(), section)
        for name in names:
            self._add(name, getattr(defaults, name))

    def event(self, event: QEvent) -> bool:
        """A part asks for another size, which of hidden ones is not told: large names stand above what they name."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._arrange()
        return super().event(event)

    def has(self, name: str) -> bool:
        """Whether the form shows the field."""
        return name in self._rows

    def show_values(self, experiment: Experiment, fields: Collection[str] | None = None) -> None:
        """Show what is set, and no field that has no effect with the others, or is not among `fields`.

        A message about a refused value goes away when the value changes, or would be taken now.
        """
        values = getattr(experiment, self.section)
        for name, row in self._rows.items():
            if row.info.needs or fields is not None:
                self.set_applies(name, (fields is None or name in fields) and matters(values, name))
            value = getattr(values, name)
            self._show(row, value)
            if value != row.shown or self._outdated(row, name, experiment):
                self._say(row, "")
            row.shown = value

    def show_value(self, name: str) -> None:
        """Go back to the value that holds, from one that was chosen and not taken."""
        row = self._rows[name]
        self._show(row, row.shown)

    def show_options(self, name: str, options: Sequence[tuple[str, str]]) -> None:
        """What a choice offers, where the data decides: value and words."""
        editor = self._rows[name].editor
        assert isinstance(editor, ChoiceEditor | SeveralEditor)
        editor.show_options(options)

    def offer(self, name: str, choices: Sequence[str]) -> None:
        """Offer some of a field's choices, in their usual words; the field goes where there is nothing to choose."""
        self.show_options(name, [(key, words(key)) for key in choices])
        self.set_applies(name, len(choices) > 1)

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken, and go back to the one that holds."""
        row = self._rows[name]
        self._show(row, getattr(getattr(experiment, self.section), name))
        self._say(row, message)
        announce(row.editor, message)

    def set_applies(self, name: str, applies: bool) -> None:
        """Show or hide a field that has a meaning only with other settings."""
        row = self._rows[name]
        if row.applies == applies:
            return
        row.applies = applies
        for widget in filter(None, (row.label, row.editor, row.unit, row.slide)):
            widget.setVisible(applies)
        if row.error:
            row.error.setVisible(applies and bool(row.error.text()))

    def disable(self, name: str, reason: str) -> None:
        """Switch one field off and say why in its tool tip; an empty reason switches it on."""
        row = self._rows[name]
        row.editor.setProperty("reason", reason)
        self._refresh(row)

    def lock(self, reason: str) -> None:
        """Switch off what cannot be changed during a run; an empty reason switches it on again."""
        if reason == self._lock:
            return
        self._lock = reason
        for row in self._rows.values():
            self._refresh(row)

    def _on_edited(self, row: _Row, dotted: str, value: object) -> None:
        self._say(row, "")
        row.tried = value
        self.edited.emit(dotted, value)

    def _outdated(self, row: _Row, name: str, experiment: Experiment) -> bool:
        """Whether what was refused would be taken now, with other settings around it, or be refused in other words."""
        if row.error is None or not row.error.text() or row.tried is None:
            return False
        try:
            experiment.replace({f"{self.section}.{name}": row.tried})
        except ConfigError as error:
            return for_people(str(error)) != row.error.text()
        return True

    def _say(self, row: _Row, text: str) -> None:
        if row.error is None and text:
            row.error = QLabel(wordWrap=True)
            row.error.setTextFormat(Qt.TextFormat.PlainText)  # names of columns in it are as they are
            row.error.setProperty("role", "problem")
            self._place_error(row, row.error)
        if row.error:
            row.error.setText(text)
            row.error.setVisible(bool(text))

    def _refresh(self, row: _Row) -> None:
        own = str(row.editor.property("reason") or "")
        reason = own or ("" if row.info.live else self._lock)
        row.editor.setEnabled(not reason)
        tip = _tip(row.info)
        row.editor.setToolTip(f"{reason}<br><br>{tip}" if reason else tip)
        if row.slide:
            row.slide.setEnabled(not reason)

    @staticmethod
    def _show(row: _Row, value: Any) -> None:
        row.editor.show_value(value)
        if row.slide:
            row.slide.show_value(value)

    def _add(self, name: str, default: object) -> None:
        info = field_info(self.section, name)
        slide = Slide(info, whole=isinstance(default, int)) if info.slides else None
        unit = QLabel(info.unit) if info.unit else None
        row = _Row(info, _LINES * len(self._rows), QLabel(info.label), editor_for(info, default), unit, slide)
        dotted = f"{self.section}.{name}"
        row.editor.setObjectName(dotted)
        row.editor.setMinimumHeight(3 * GRID)
        row.editor.setAccessibleName(info.label)
        row.editor.setAccessibleDescription(info.help)
        row.editor.setToolTip(_tip(info))
        row.editor.setWhatsThis(f"<b>{info.label}.</b> {info.help} {_range(info)}")
        row.label.setBuddy(row.editor)
        row.label.setToolTip(_tip(info))
        if unit:
            unit.setProperty("role", "small")
        row.editor.edited.connect(lambda value: self._on_edited(row, dotted, value))
        if isinstance(row.editor, NumberEditor | NumbersEditor):  # what was refused is being put right
            row.editor.textEdited.connect(lambda: self._say(row, ""))
        if slide:
            slide.setObjectName(f"{dotted}.slide")
            slide.setToolTip(_tip(info))
            slide.setAccessibleDescription(info.help)
            slide.setWhatsThis(row.editor.whatsThis())
            slide.shown.connect(row.editor.show_value)
            slide.edited.connect(lambda value: self._on_edited(row, dotted, value))
        self._rows[name] = row
        self._place(row)

    def _place(self, row: _Row) -> None:
        """From its line of the grid on: beside its name, or below it."""
        at, below, column = row.at, int(self._stacked), 0 if self._stacked else 1
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(row.label, at, 0, 1, 1 + 2 * below, left)
        self._grid.addWidget(row.editor, at + below, column, 1, (1 if row.unit else 2) + below)
        if row.unit:
            self._grid.addWidget(row.unit, at + below, 2)
        if row.slide:
            self._grid.addWidget(row.slide, at + below + 1, column, 1, 2 + below)
        if row.error:
            self._place_error(row, row.error)

    def _place_error(self, row: _Row, error: QLabel) -> None:
        below, column = int(self._stacked), 0 if self._stacked else 1
        self._grid.addWidget(error, row.at + below + 2, column, 1, 2 + below)

    @property
    def _widest_name(self) -> int:
        """Pixels of the longest name that is seen."""
        return max(
            (row.label.sizeHint().width() for row in self._rows.values() if not row.editor.isHidden()), default=0
        )

    def _arrange(self) -> None:
        """Beside each other where the widest name and the widest editor have room."""
        seen = [row for row in self._rows.values() if not row.editor.isHidden()]
        names = self._widest_name
        units = max((row.unit.sizeHint().width() + GRID for row in seen if row.unit), default=0)
        editors = units + max((row.editor.minimumSizeHint().width() for row in seen), default=0)
        stacked = names + GRID + editors > _WIDEST
        least = max([_NAMES, *(form._widest_name for form in self.aligned)])
        if least != self._grid.columnMinimumWidth(0):  # which has all laid out anew, and this called again
            self._grid.setColumnMinimumWidth(0, least)
        if stacked != self._stacked:
            self._stacked = stacked
            for row in self._rows.values():
                for widget in filter(None, (row.label, row.editor, row.unit, row.slide, row.error)):
                    self._grid.removeWidget(widget)
                self._place(row)


def _range(info: FieldInfo) -> str:
    bounded = math.isfinite(info.minimum) and math.isfinite(info.maximum)
    return f"Takes {_number(info.minimum)} to {_number(info.maximum)}." if bounded else ""


def _number(value: float) -> str:
    """Whole ones in full: a million is no 1e+06 to who types it."""
    return f"{value:,.0f}" if float(value).is_integer() else numeral(f"{value:g}")


def _tip(info: FieldInfo) -> str:
    return f"<p>{' '.join(filter(None, (info.help, _range(info))))}</p>"
