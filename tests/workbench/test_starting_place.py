"""Where dialogs begin that ask for a file."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from workbench.doors.answers import Usable
from workbench.looks.theme import LIGHT
from workbench.uses.asking import asking_for
from workbench.widgets.starting_place import starting_place


@pytest.mark.parametrize(
    ("path", "place"),
    [("there.csv", "there.csv"), ("gone.csv", "."), ("gone/a.csv", None), ("", "."), ("/no/where/a.csv", None)],
)
def test_a_dialog_begins_at_what_is_there_still(tmp_path: Path, path: str, place: str | None) -> None:
    (tmp_path / "there.csv").touch()
    assert starting_place(tmp_path / path, Path("/else")) == (Path("/else") if place is None else tmp_path / place)


def test_where_nothing_is_left_a_dialog_begins_in_the_home_folder() -> None:
    assert starting_place(Path("relative/a.csv")) == Path.home()
    assert starting_place(Path("")) == Path.home()


@pytest.mark.parametrize("kind", ["series", "pairs"])
def test_a_file_to_be_answered_is_looked_for_where_the_last_one_was(
    kind: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def choose(_parent: object, _title: str, start: str) -> tuple[str, str]:
        begun.append(start)
        return str(tmp_path / "a.csv"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    asking = asking_for(Usable(kind), LIGHT)
    qtbot.addWidget(asking)
    asked: list[Path | None] = []
    button = asking.findChild(QPushButton, "use_other")
    assert button is not None
    asking.asked.connect(lambda question: asked.append(question.data))
    for _ in range(2):
        button.click()
    assert begun == [str(Path.home()), str(tmp_path)]
    assert asked == [tmp_path / "a.csv"] * 2
