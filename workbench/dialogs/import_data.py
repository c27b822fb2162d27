"""How a file is read and what its columns are for: what was understood, and everything of it put right by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QTableWidgetItem,
    QWidget,
)

from engine.config import ROLES, field_info
from workbench.bars.how_far import HowFarRow
from workbench.dialogs.frame import Dialog, closing_row
from workbench.dialogs.import_words import odd, shown, summary, why_not
from workbench.doors.reading_pace import HowFar
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.spoken import announce
from workbench.widgets.reading_table import ReadingTable
from workbench.wording import date_form

if TYPE_CHECKING:
    from engine.data import Inspection

_FOUND_OUT, _FIRST_FILLED = "find out", "the first that holds a table"
_READING: dict[str, tuple[tuple[str, Any], ...]] = {
    "sheet": ((_FIRST_FILLED, ""),),  # and those of the file, once they are known
    "encoding": tuple((name or _FOUND_OUT, name) for name in (
        "", "utf-8", "cp1252", "cp1250", "cp1251", "iso8859-15", "koi8-r", "shift_jis", "gb18030", "big5", "utf-16",
    )),
    "delimiter": (
        (_FOUND_OUT, ""), ("comma ,", ","), ("semicolon ;", ";"), ("tab", "tab"), ("bar |", "|"), ("space", " "),
    ),
    "quotes": ((_FOUND_OUT, "auto"), ("none: marks are text", "none")),
    "decimal": ((_FOUND_OUT, "auto"), ("point", "point"), ("comma", "comma")),
    "header": ((_FOUND_OUT, "auto"), ("the first line names the columns", "yes"), ("there is none", "no")),
    "layout": ((_FOUND_OUT, "auto"), ("columns stay columns", "columns")),
    "first_year": (
        (_FOUND_OUT, 0), *((f"49 is {first + (49 - first) % 100}, 50 is {first + (50 - first) % 100}", first)
                           for first in (1900, 1950, 2000)),
    ),
    "no_value": (
        (_FOUND_OUT, ""), ("none: every number and word is a value", "none"),
        *((mark, mark) for mark in ("-9", "-99", "-999", "-9999", "99", "999", "9999")),
    ),
}  # fmt: skip
_UNSELECTED = QItemSelectionModel.SelectionFlag.NoUpdate
_PATIENCE_MS, _TICK_MS = 500, 200
_ONCE = ("time", "label", "text", "split")  # roles that one column has at most
_OF_CELLS = ("decimal", "layout", "first_year", "no_value")  # which stand in the second column
_OF_TEXT = ("encoding", "delimiter", "quotes")  # which a workbook has none of


class ImportDialog(Dialog):
    """Asks for the file to be read again with every change; says what was decided when it is to be opened."""

    asked = Signal(object)  # settings by dotted name: read it so, and show what is understood
    open_asked = Signal(object)  # settings by dotted name, roles included

    def __init__(self, path: Path, settings: dict[str, Any], parent: QWidget | None = None) -> None:
        """`settings` is what was decided for this file before."""
        super().__init__(parent)
        self.setObjectName("import_dialog")
        self.setWindowTitle(f"How {path.name} is read")
        self.resize_for_text(110 * GRID, 76 * GRID)
        self._known = settings
        self._choices: dict[str, QComboBox] = {}
        self._roles: dict[str, QComboBox] = {}
        self._chosen: dict[str, str] = {}  # roles given by hand, which hold whatever is found out anew
        self._all: dict[str, str] = {}  # roles of all columns, as they were found
        self._lost: dict[str, tuple[str, str]] = {}  # by column: the role that it had, and which column took it
        self.message = Message("import_message", "What cannot be read")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self._name, self._usable = path.name, False
        self._look: Callable[[], HowFar | None] = lambda: None
        self.progress = HowFarRow("import")
        self.progress.hide()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._show_progress)
        self.asked.connect(self._wait)
        self._found, self._rejected = label(name="import_found"), label(role="small", name="import_rejected")
        self.table = ReadingTable("import_table", "The first rows, with the role of each column in the row on top")
        self._forms = (QFormLayout(), QFormLayout())
        self._add_reading_rows()
        self._lay_out()

    def _lay_out(self) -> None:
        layout = column(self, 2 * GRID, GRID)
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(3 * GRID)
        for form in self._forms:
            form.setSpacing(GRID)
            side_by_side.addLayout(form, 1)
        layout.addLayout(side_by_side)
        for widget in (self.message, self.progress, self._found, self.table, self._rejected):
            layout.addWidget(widget)
        layout.setStretchFactor(self.table, 1)
        layout.addStretch()
        buttons = closing_row(self, "import")
        self.open_button = QPushButton("Open")
        self.open_button.setObjectName("import_open")
        self.open_button.setAccessibleName("Open the file so")
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        self.open_button.clicked.connect(self._accept)
        buttons.addButton(self.open_button, buttons.ButtonRole.AcceptRole)
        layout.addWidget(buttons)

    def reading(self) -> dict[str, Any]:
        """How the file is to be read, by dotted setting."""
        return {f"data.{name}": choice.currentData() for name, choice in self._choices.items()}

    def watch(self, look: Callable[[], HowFar | None]) -> None:
        """Show how far the reading is that `look` tells of, from now on and with every change."""
        self._look = look
        self._wait()

    def _wait(self) -> None:
        """What is understood is not known yet; what takes longer than a moment says how far it is."""
        self.open_button.setEnabled(False)
        self._clock.start(_PATIENCE_MS)

    def _show_progress(self) -> None:
        self._clock.setInterval(_TICK_MS)
        self.progress.show_state(self._name, self._look())
        self.progress.show()

    def _at_rest(self) -> None:
        self._clock.stop()
        self.progress.hide()

    def done(self, result: int) -> None:
        """Nobody looks any more."""
        self._at_rest()
        super().done(result)

    def show_inspection(self, found: Inspection) -> None:
        """Show what is understood of the file, read as was asked."""
        self._at_rest()
        self.message.say(why_not(found))
        self._usable = not found.problem
        self._allow()
        self._found.setText(understood := summary(found))
        announce(self, understood)
        self._offer_sheets(found.sheets)
        self._offer_words(found.kept_words)
        self._fill(found)
        self.table.show()
        remarks = odd(found)
        self._rejected.setText("\n".join(remarks))
        self._rejected.setVisible(bool(remarks))

    def show_problem(self, text: str) -> None:
        """It cannot be read so."""
        self._at_rest()
        self.message.say(text.replace(" empty to find out", f" at “{_FOUND_OUT}”"))  # as settings are left, elsewhere
        self.open_button.setEnabled(False)
        self._found.clear()
        for each in (self.table, self._rejected):
            each.hide()  # what it shows was read in another way

    def _add_reading_rows(self) -> None:
        for name, offered in _READING.items():
            choice = QComboBox()
            choice.setObjectName(f"import_{name}")
            info = field_info("data", name)
            choice.setAccessibleName(info.label)
            choice.setToolTip(info.help)
            for text, value in offered:
                choice.addItem(text, value)
            known = _as_text(self._known.get(f"data.{name}"))
            if known and name in ("no_value", "first_year") and choice.findData(known) < 0:
                choice.addItem(str(known), known)
            choice.setCurrentIndex(max(choice.findData(known), 0))
            choice.activated.connect(lambda _at: self.asked.emit(self.reading()))
            self._choices[name] = choice
            self._form_of(name).addRow(info.label, choice)
        if known := self._known.get("data.sheet"):
            self._choices["sheet"].addItem(known, known)
            self._choices["sheet"].setCurrentIndex(1)
        self._show_row("sheet", bool(known))

    def _form_of(self, name: str) -> QFormLayout:
        return self._forms[name in _OF_CELLS]

    def _show_row(self, name: str, shown: bool) -> None:
        self._form_of(name).setRowVisible(self._choices[name], shown)

    def _offer_sheets(self, names: tuple[str, ...]) -> None:
        """The sheets of a workbook that has several, with the chosen one still chosen."""
        choice = self._choices["sheet"]
        chosen = choice.currentData()
        choice.clear()
        for text, value in (*_READING["sheet"], *((name, name) for name in names)):
            choice.addItem(text, value)
        choice.setCurrentIndex(max(choice.findData(chosen), 0))
        self._show_row("sheet", len(names) > 1)
        for name in _OF_TEXT:
            self._show_row(name, not names)

    def _offer_words(self, words: tuple[str, ...]) -> None:
        """Words that were kept, to be taken for no value."""
        for word in words:
            if self._choices["no_value"].findData(word) < 0:
                self._choices["no_value"].addItem(word, word)

    def _fill(self, found: Inspection) -> None:
        places = shown(found)
        columns = [found.columns[place] for place in places]
        self._roles, self._all = {}, {each.name: each.role for each in found.columns}
        self._lost.clear()
        self.table.clear()
        self.table.setRowCount(0)
        self.table.setRowCount(len(found.head) + (1 if columns else 0))
        self.table.setColumnCount(max(len(columns), 1))
        self.table.setHorizontalHeaderLabels(
            [f"{c.name}\n{c.type} {date_form(c.format)}".strip() for c in columns] or ["text"]
        )
        self.table.setVerticalHeaderLabels(
            [*(["role"] if columns else []), *(str(n + 1) for n in range(len(found.head)))]
        )
        for place, each in enumerate(columns):
            self._roles[each.name] = self._role_choice(each.name, self._chosen.get(each.name, each.role))
            self.table.setCellWidget(0, place, self._roles[each.name])
        for row, cells in enumerate(found.head, 1 if columns else 0):
            for at, place in enumerate(places or [0]):
                self.table.setItem(row, at, QTableWidgetItem(cells[place][:200]))
        self.table.resizeColumnsToContents()
        self.table.setCurrentCell(1 if columns else 0, 0, _UNSELECTED)  # a role would take the keys at once
        before: QWidget = self.table
        for choice in self._roles.values():
            self.setTabOrder(before, choice)
            before = choice

    def _role_choice(self, name: str, role: str) -> QComboBox:
        choice = QComboBox()
        choice.setObjectName(f"import_role_{name}")
        choice.setAccessibleName(f"Role of {name}")
        choice.setAccessibleDescription(choice.accessibleName())  # a name is not said where no label stands beside it
        choice.addItems(list(ROLES))
        choice.setCurrentText(role)
        choice.activated.connect(lambda _at: self._make_way(name))
        return choice

    def _make_way(self, name: str) -> None:
        """A role that one column has at most is taken from the one that had it."""
        self._give_back(name)
        role = self._roles[name].currentText()
        for other, choice in self._roles.items():
            if role in _ONCE and other != name and choice.currentText() == role:
                self._lost[other] = role, name
                self._give(other, "ignored")
        self._give(name, role)
        self._allow()

    def _give_back(self, name: str) -> None:
        """Keys pass by roles on their way to another: what `name` took from a column in passing, that has again."""
        self._lost.pop(name, None)
        for other, (role, by) in tuple(self._lost.items()):
            if by == name:
                del self._lost[other]
                if all(choice.currentText() != role for choice in self._roles.values()):
                    self._give(other, role)

    def _give(self, name: str, role: str) -> None:
        self._roles[name].setCurrentText(role)
        self._chosen[name] = role

    def _allow(self) -> None:
        """Open what can be used, or may be with the roles that somebody gave it: whether it can, is seen then."""
        self.open_button.setEnabled(self._usable or bool(self._chosen))

    def roles(self) -> dict[str, str]:
        """The role of every column; empty for text, and for a wide table of which none was changed."""
        if len(self._roles) < len(self._all) and not self._chosen:
            return {}
        return self._all | {name: choice.currentText() for name, choice in self._roles.items()}

    def _accept(self) -> None:
        from engine.data import assigned

        roles = self.roles()
        self.open_asked.emit(self.reading() | (assigned(roles) if roles else {}))
        self.accept()

    def keyPressEvent(self, event: Any) -> None:
        """Return presses only the button that has the keys, so that a choice by keyboard does not open the file."""
        if self.button_with_keys is not None or event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _as_text(value: Any) -> Any:
    """Several words in the way in which they are typed."""
    return ", ".join(value) if isinstance(value, list | tuple) else value
