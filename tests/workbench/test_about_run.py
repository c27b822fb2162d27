"""What is told of the chosen run, and to which run notes go."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from workbench.panels.about_run import AboutRun
from workbench.runs.records import RunRecord


@pytest.fixture
def about(qtbot: QtBot) -> AboutRun:
    made = AboutRun()
    qtbot.addWidget(made)
    return made


def test_notes_go_to_the_run_that_they_were_written_on(about: AboutRun, tmp_path: Path) -> None:
    first, second = (RunRecord(number, name, Experiment(), tmp_path) for number, name in ((1, "a"), (2, "b")))
    noted = list[tuple[str, str]]()
    about.noted.connect(lambda record, text: noted.append((record.name, text)))
    about.show_run(first, "")
    about.notes.setText("slow")
    about.show_run(second, "")
    assert (noted, about.notes.text()) == ([("a", "slow")], "")
    about.notes.setText("lost")
    about.forget(second)
    about.show_run(first, "")
    assert len(noted) == 1


def test_without_a_run_it_says_why_and_takes_no_notes(about: AboutRun, tmp_path: Path) -> None:
    about.show_run(None, "No run is chosen.")
    assert (about.details._text.text(), about.notes.isHidden()) == ("No run is chosen.", True)
    about.show_run(RunRecord(1, "a", Experiment(), tmp_path), "No run is chosen.")
    assert not about.notes.isHidden()
    assert "chosen" not in about.details._text.text()
