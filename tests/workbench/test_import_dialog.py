"""How a file is read: shown, put right, remembered."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import Reading, assigned, peek, suggest
from tests.engine.data.test_excel import workbook
from tests.workbench.conftest import KnownBackend, Listener
from workbench.desk import Desk
from workbench.dialogs.import_data import ImportDialog
from workbench.doors.backend import Backend
from workbench.doors.data_reader import DataReader
from workbench.doors.reading_pace import HowFar
from workbench.files import Files
from workbench.looks.theme import LIGHT
from workbench.settings import Settings

ROWS = "".join(f"2020-01-{day:02d};{day},5;{day}\n" for day in range(1, 29))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("day;amount;guests\n" + ROWS + "x;1\n")
    return path


@pytest.fixture
def dialog(table: Path, qtbot: QtBot) -> ImportDialog:
    made = ImportDialog(table, {})
    qtbot.addWidget(made)
    backend = Backend()

    def answer(changes: dict[str, Any]) -> None:
        made.show_inspection(backend.data.inspect(table, changes))

    made.asked.connect(answer)
    answer(made.reading())
    return made


def choose(dialog: ImportDialog, name: str, text: str) -> None:
    column = name.removeprefix("import_role_")
    box = dialog._roles[column] if name != column else dialog.findChild(QComboBox, name)
    assert isinstance(box, QComboBox)
    place = box.findText(text, Qt.MatchFlag.MatchContains)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_what_was_understood_is_shown(dialog: ImportDialog) -> None:
    assert dialog.roles() == {"day": "time", "amount": "ignored", "guests": "target"}
    assert "28 rows and 3 columns" in dialog._found.text()
    assert "Line 30" in dialog._rejected.text()
    item = dialog.table.item(1, 1)
    assert item is not None
    assert item.text() == "1,5"
    assert dialog.open_button.isEnabled()


def test_a_german_table_below_a_title_is_shown_as_it_is_read(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "nord.csv"
    rows = "".join(f"{day:02d}.01.2021;{day},50;1.{100 + day},25\n" for day in range(1, 29))
    path.write_text(f"Messwerte Nord;;\nErstellt am 02.02.2021;;\n\nDatum;Temperatur;Menge\n{rows}", encoding="cp1252")
    made = ImportDialog(path, {})
    qtbot.addWidget(made)
    made.show_inspection(DataReader().inspect(path, made.reading()))
    heads = [made.table.horizontalHeaderItem(at) for at in range(3)]
    assert [head.text() for head in heads if head] == ["Datum\ndate DD.MM.YYYY", "Temperatur\nnumber", "Menge\nnumber"]
    assert made.roles() == {"Datum": "time", "Temperatur": "ignored", "Menge": "target"}
    first = [made.table.item(1, at) for at in range(3)]
    assert [cell.text() for cell in first if cell] == ["01.01.2021", "1,50", "1.101,25"]
    assert "decimal mark ','" in made._found.text()
    assert "3 lines before the table left out" in made._rejected.text()


def test_the_preview_follows_what_is_chosen(dialog: ImportDialog, listener: Listener) -> None:
    choose(dialog, "import_header", "there is none")
    assert "29 rows" in dialog._found.text() == listener.heard[-1]
    assert list(dialog.roles()) == ["column0", "column1", "column2"]
    choose(dialog, "import_delimiter", "bar")
    assert list(dialog.roles()) == ["column0"]
    assert "30 rows and 1 column:" in dialog._found.text()


def test_which_column_a_role_is_chosen_for_is_told(dialog: ImportDialog) -> None:
    """On Linux the name of a list is what is chosen in it, and no label stands beside this one."""
    role = QAccessible.queryAccessibleInterface(dialog._roles["amount"])
    assert role.text(QAccessible.Text.Description) == "Role of amount"


def test_roles_that_one_column_has_change_hands(dialog: ImportDialog) -> None:
    choose(dialog, "import_role_amount", "target")
    choose(dialog, "import_role_guests", "label")
    choose(dialog, "import_role_amount", "label")
    assert dialog.roles() == {"day": "time", "amount": "label", "guests": "ignored"}


def test_a_role_that_keys_pass_by_stays_where_it_was(dialog: ImportDialog) -> None:
    """A role that one column has at most is taken from another as soon as it is passed by."""
    column = dialog._roles["amount"]
    for key, role, day in ((Qt.Key.Key_Home, "time", "ignored"), (Qt.Key.Key_Down, "target", "time")):
        QTest.keyClick(column, key)
        assert dialog.roles() == {"day": day, "amount": role, "guests": "target"}


def test_what_was_decided_is_what_is_opened(dialog: ImportDialog, table: Path) -> None:
    choose(dialog, "import_decimal", "comma")
    choose(dialog, "import_role_amount", "target")
    choose(dialog, "import_role_guests", "input")
    opened: list[dict[str, Any]] = []
    dialog.open_asked.connect(opened.append)
    dialog.open_button.click()
    data = DataReader().open(table, opened[0]).experiment.data
    assert (data.decimal, data.time_column, data.targets, data.inputs) == ("comma", "day", ("amount",), ("guests",))


def test_what_cannot_be_read_cannot_be_opened(dialog: ImportDialog) -> None:
    dialog.show_problem("sales.csv is not written in utf-16; leave “Encoding” empty to find out.")
    assert not dialog.open_button.isEnabled()
    assert not dialog.message.isHidden()
    assert "leave “Encoding” at “find out”." in dialog.message.text


def test_what_was_decided_is_remembered_for_the_file(tmp_path: Path, table: Path, qtbot: QtBot) -> None:
    settings = Settings(tmp_path)
    assert settings.reading(table) == {}
    settings.remember_reading(table, {"data.decimal": "comma", "data.targets": ("amount",)})
    settings.save()
    known = Settings(tmp_path).reading(table)
    assert known == {"data.decimal": "comma", "data.targets": ["amount"]}
    dialog = ImportDialog(table, known)
    qtbot.addWidget(dialog)
    assert dialog.reading()["data.decimal"] == "comma"


@pytest.mark.parametrize("chosen", ["", "south"])
def test_the_sheet_of_a_workbook_is_chosen(tmp_path: Path, qtbot: QtBot, chosen: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(north=[["level"], [1], [2]], south=[["depth"], [1], [2]]))
    dialog = ImportDialog(path, {"data.sheet": chosen})
    qtbot.addWidget(dialog)
    dialog.show_inspection(peek(path, 5, Reading(sheet=chosen)))
    sheets = dialog.findChild(QComboBox, "import_sheet")
    assert isinstance(sheets, QComboBox)
    assert not sheets.isHidden()
    assert [sheets.itemData(place) for place in range(sheets.count())] == ["", "north", "south"]
    assert dialog.reading()["data.sheet"] == chosen
    assert {n for n, choice in dialog._choices.items() if choice.isHidden()} == {"encoding", "delimiter", "quotes"}
    with qtbot.waitSignal(dialog.asked) as asked:
        QTest.keyClick(sheets, Qt.Key.Key_Up if chosen else Qt.Key.Key_Down)
    assert asked.args[0]["data.sheet"] == "north"


def test_a_file_without_sheets_offers_none(dialog: ImportDialog) -> None:
    sheets = dialog.findChild(QComboBox, "import_sheet")
    assert isinstance(sheets, QComboBox)
    assert sheets.isHidden()


def test_what_is_odd_is_said_in_the_words_of_the_form(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"2020-01-{day:02d},{-999 if day % 9 == 0 else 300 + day % 7},{day}\n" for day in range(1, 29))
    path.write_text(f"day,level,wind\n,m,m/s\n{rows}Total,8000,300\n")
    dialog = ImportDialog(path, {})
    qtbot.addWidget(dialog)
    assert dialog._rejected.text() == ""
    dialog.show_inspection(DataReader().inspect(path, dialog.reading()))
    lines = dialog._rejected.text().splitlines()
    assert lines[0].startswith("2 rows are left out. Line 2: words where")
    assert "line 31: a total" in lines[0]
    assert lines[1].startswith("-999 in 3 cells of 'level'")
    assert lines[1].endswith("set “No value” to none.")
    choose(dialog, "import_no_value", "none")
    dialog.show_inspection(DataReader().inspect(path, dialog.reading()))
    assert len(dialog._rejected.text().splitlines()) == 1
    dialog.show_problem("It is gone.")
    assert dialog.table.isHidden()
    assert dialog._rejected.isHidden()
    assert dialog._found.text() == ""


@pytest.mark.parametrize("known", ["-99999", ["-99999"], ["no reading", "-1"]])
def test_what_stands_for_no_value_is_remembered_however_it_is_written(
    table: Path, qtbot: QtBot, known: str | list[str]
) -> None:
    dialog = ImportDialog(table, {"data.no_value": known})
    qtbot.addWidget(dialog)
    wanted = known if isinstance(known, str) else ", ".join(known)
    assert dialog.reading()["data.no_value"] == wanted


def test_a_table_of_words_is_offered_with_why_it_cannot_be_used(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "words.csv"
    row = "ann,said,red\nbob,said,blue\ncyd,told,red\n"
    path.write_text(f"who,how,what\n{row * 20}")
    dialog = ImportDialog(path, {})
    qtbot.addWidget(dialog)
    dialog.show_inspection(DataReader().inspect(path, dialog.reading()))
    assert dialog.message.text.startswith(
        "words.csv has no column of numbers to predict; columns are 'who', 'how', 'what'."
    )
    assert dialog.message.text.endswith("text to that of the texts, label to that of their classes.")
    assert not dialog.open_button.isEnabled()
    choose(dialog, "import_role_who", "text")
    choose(dialog, "import_role_what", "label")
    assert dialog.open_button.isEnabled()
    named = Experiment().replace({"data.file": str(path), **dialog.reading(), **assigned(dialog.roles())})
    assert suggest(path, named).experiment.data.label == "what"


def test_one_column_of_words_cannot_be_opened(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "one.csv"
    path.write_text("word\n" + "apple\npear\n" * 20)
    dialog = ImportDialog(path, {})
    qtbot.addWidget(dialog)
    dialog.show_inspection(DataReader().inspect(path, dialog.reading()))
    assert dialog.message.text == (
        "one.csv has no column of numbers to predict; its only column is 'word'. Choose a file that has one, or a text."
    )
    assert not dialog.open_button.isEnabled()


def test_a_role_given_to_a_column_of_a_wide_table_holds(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.csv"
    row = ",".join(str(k % 7) for k in range(200))
    path.write_text(",".join(f"c{k}" for k in range(200)) + "\n" + f"{row}\n" * 40)
    dialog = ImportDialog(path, {})
    qtbot.addWidget(dialog)
    dialog.show_inspection(DataReader().inspect(path, dialog.reading()))
    assert "of which the first 60 are shown" in dialog._found.text()
    assert list(dialog._roles) == [*(f"c{k}" for k in range(60)), "c199"]
    assert dialog.roles() == {}
    item = dialog.table.item(1, 60)
    assert item is not None
    assert item.text() == str(199 % 7)
    choose(dialog, "import_role_c3", "target")
    choose(dialog, "import_role_c199", "input")
    roles = dialog.roles()
    assert len(roles) == 200
    assert {name: given for name, given in roles.items() if given != "ignored"} == {"c3": "target", "c199": "input"}


def test_a_long_look_says_how_far_it_is_and_is_broken_off_with_the_dialog(
    desk: Desk, qtbot: QtBot, backend: KnownBackend, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    monkeypatch.setattr(backend.data, "inspect", lambda *_: told.wait(10))
    monkeypatch.setattr(backend.data, "stop_reading", told.set)
    monkeypatch.setattr(backend.data, "how_far_inspecting", lambda: HowFar(2, 4, "its rows", 0.3, 65.0))
    window = QWidget()
    qtbot.addWidget(window)
    files = Files(desk, Settings(tmp_path), LIGHT, window)
    files.show_reading(table)
    dialog = files.import_dialog
    assert dialog is not None
    assert not dialog.progress.isVisible()  # most files are there at once
    qtbot.waitUntil(dialog.progress.isVisible)
    assert dialog.progress.words.text() == "Reading sales.csv: step 2 of 4, its rows, about 1:05 left"
    assert dialog.progress.bar.value() == 300
    assert not dialog.open_button.isEnabled()
    dialog.reject()
    assert told.is_set()
    assert not dialog._clock.isActive()
