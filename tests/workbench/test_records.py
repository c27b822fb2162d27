"""What the window keeps of a run."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.events import (
    CheckpointSaved,
    Compiling,
    Evaluated,
    Finding,
    Paused,
    RunFailed,
    RunFinished,
    RunStarted,
    StepDone,
)
from workbench.panels.run_list import runs_list
from workbench.panels.run_rows import COLUMNS, RunRow, best_words
from workbench.runs.records import RunRecord

ENDED = RunFinished("stopped", 1, 1, 1, 0.5, (), (), 1.0)
FAILED = RunFailed("Out of memory", "", "", 1)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return RunRecord(1, "lstm-32", Experiment(), tmp_path)


def test_the_best_score_is_that_of_the_best_weights(record: RunRecord) -> None:
    record.take_scores([Evaluated(10, 1, 0.9, 0.8, 3.0, True), Evaluated(20, 2, 0.7, 0.6, 2.0, True)])
    record.take_scores([])
    record.take_scores([Evaluated(30, 3, 0.5, 0.9, 1.0, False)])
    assert (record.best_loss, record.best_metric) == (0.6, 2.0)
    assert [record.history.count(name) for name in ("training_loss", "validation_loss", "metric")] == [3, 3, 3]
    assert [record.history.latest(name) for name in ("training_loss", "validation_loss", "metric")] == [0.5, 0.9, 1.0]


def test_what_a_run_says_is_kept(record: RunRecord, tmp_path: Path) -> None:
    past = (Evaluated(10, 1, 0.9, 0.8, 3.0, True),)
    finding, saved = Finding("flat", "note", "flat", ""), CheckpointSaved(12, str(tmp_path / "refuge/weights"))
    started = RunStarted(9, 10, 2, "RMSE", (), "", step=10, past=past)
    for event in (Compiling("lstm"), started, finding, saved, Paused(11), ENDED):
        record.take(event)
    record.take_steps([StepDone(11, 2, 0.5, 1.5, 0.1)])
    assert (record.started, record.outcome, record.saved) == (started, ENDED, True)
    assert record.folder == tmp_path / "refuge"
    assert record.findings == {"flat": finding}
    assert (record.best_loss, record.best_metric) == (0.8, 3.0)
    assert [record.history.latest(name) for name in ("loss", "gradient_norm", "metric")] == [0.5, 1.5, 3.0]


def test_how_long_a_step_takes_is_known_of_those_that_nobody_waited_with(record: RunRecord) -> None:
    for step in range(1, 5):
        record.take_steps([StepDone(step, 1, 0.5, 1.5, 0.1 * step)])
        record.take(Paused(step))
    record.take(ENDED)
    assert record.seconds_a_step == 0.0
    record.take_steps([StepDone(step, 1, 0.5, 1.5, 0.5 + 0.01 * step) for step in range(5, 10)])
    assert record.seconds_a_step == pytest.approx(0.01)


@pytest.mark.parametrize(("reason", "seconds"), [("all epochs done", 0.02), ("stopped", 0.0), ("finished early", 0.0)])
def test_of_an_earlier_run_it_is_known_where_it_trained_to_the_end(
    record: RunRecord, reason: str, seconds: float
) -> None:
    record.earlier, record.outcome = True, RunFinished(reason, 50, 1, 1, 0.5, (), (), 1.0)
    assert record.seconds_a_step == seconds


def test_one_that_failed_is_gone_when_its_folder_is_unless_it_never_had_one(record: RunRecord, tmp_path: Path) -> None:
    never = RunRecord(2, "lstm-32", Experiment(), tmp_path / "never")
    for each in (record, never):
        each.take(FAILED)
        assert each.gone == ""
    tmp_path.rmdir()
    assert record.gone == f"Run 1, lstm-32, is no longer on disk: {tmp_path} was moved or deleted."
    assert never.gone == ""


def test_one_that_begins_again_forgets_what_it_said(record: RunRecord) -> None:
    record.take_scores([Evaluated(10, 1, 0.9, 0.8, 3.0, True)])
    record.findings["flat"] = Finding("flat", "note", "flat", "")
    record.outcome, record.earlier = FAILED, True
    record.begin_again()
    assert record.alive
    assert not record.findings
    assert not record.history.names()
    assert record.best_loss == float("inf")


@pytest.mark.parametrize(
    ("changes", "standing", "alive", "can_go_on"),
    [
        ({}, "running", True, False),
        ({"paused": True}, "paused", True, False),
        ({"outcome": ENDED}, "stopped", False, True),
        ({"outcome": FAILED}, "failed", False, True),
        ({"outcome": ENDED, "folder": None}, "stopped", False, False),
        ({"outcome": ENDED, "folder": Path("/nowhere/at/all")}, "stopped", False, False),
        ({"earlier": True}, "broken off", False, True),
        ({"earlier": True, "elsewhere": True}, "running elsewhere", False, False),
    ],
)
def test_a_run_says_where_it_stands(
    record: RunRecord, changes: dict[str, object], standing: str, alive: bool, can_go_on: bool
) -> None:
    for name, value in changes.items():
        setattr(record, name, value)
    assert (record.standing, record.alive, record.can_go_on) == (standing, alive, can_go_on)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (math.inf, "not scored yet"),
        (math.nan, "no validation part"),
        (0.5, "best validation loss\u00a00.5, metric\u00a02"),
    ],
)
def test_what_the_best_weights_reach_is_told_in_words(record: RunRecord, loss: float, told: str) -> None:
    record.best_loss, record.best_metric = loss, 2.0
    assert best_words(record).startswith(told)


def test_the_heading_of_numbers_stands_where_they_do(qtbot: QtBot, record: RunRecord) -> None:
    runs = runs_list()
    qtbot.addWidget(runs)
    runs.addTopLevelItem(row := RunRow(record))
    numbers = [place for place, column in enumerate(COLUMNS) if column.number]
    assert [COLUMNS[place].title for place in numbers] == ["Best", "Test", "Parameters", "Seconds"]
    for place in numbers:
        assert runs.headerItem().textAlignment(place) == row.textAlignment(place) != row.textAlignment(1)
