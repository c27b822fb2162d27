from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import DataError
from engine.events import Compiling, RunFailed, RunStarted
from engine.loading import stamp
from tests.workbench.conftest import KnownBackend
from workbench.bars.runbar import RunBar
from workbench.bars.status import Stage, status
from workbench.desk import Desk
from workbench.doors.answers import Loaded
from workbench.doors.engine_process import EngineGoneError
from workbench.looks.theme import LIGHT
from workbench.runs.records import RunRecord
from workbench.runs.state import LOCKED, Command, State


@pytest.fixture
def desk(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(backend, tmp_path)
    desk.draft.learn_facts()
    desk.draft.open("known")

    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready and desk.draft.facts is not None

    qtbot.waitUntil(ready)
    yield desk
    assert desk.close(10)


@pytest.mark.parametrize(
    ("steps", "activation"),
    [
        ([("model.cell", "minlstm")], "identity"),
        ([("model.cell", "minlstm"), ("model.cell", "lstm")], "tanh"),
        ([("model.cell", "elman"), ("model.activation", "relu"), ("model.cell", "lstm")], "relu"),
        ([("model.cell", "elman"), ("model.activation", "relu"), ("model.cell", "minlstm")], "identity"),
    ],
)
def test_a_cell_brings_its_usual_activation(desk: Desk, steps: list[tuple[str, str]], activation: str) -> None:
    for name, value in steps:
        assert desk.change(name, value) == ""
    assert desk.draft.experiment.model.activation == activation


@pytest.mark.parametrize(
    ("state", "stage", "color", "text"),
    [
        (State.READY, Stage.READY, "good", "ready"),
        (State.TRAINING, Stage.TRAINING, "accent", "training: beginning…"),
        (State.PAUSED, Stage.PAUSED, "warning", "paused at step 1,234"),
        (State.ENDING, Stage.TRAINING, "accent", "training: ending…"),
    ],
)
def test_the_status_says_where_a_run_is(
    desk: Desk, qtbot: QtBot, state: State, stage: Stage, color: str, text: str
) -> None:
    def prepared() -> bool:
        desk.jobs.collect()
        return not desk.draft.preparing

    qtbot.waitUntil(prepared)
    desk.session.state, desk.session.step = state, 1234
    told = status(desk)
    assert (told.stage, told.color, told.text) == (stage, color, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Step 3: weight_hh_l0 is not finite", "failed: step 3: weight_hh_l0 is not finite"),
        ("NaN in the data", "failed: NaN in the data"),
        ("", "failed: "),
    ],
)
def test_a_failure_is_told_behind_the_colon_in_small_letters(
    desk: Desk, backend: KnownBackend, qtbot: QtBot, title: str, text: str
) -> None:
    backend.make = lambda *_: [RunStarted(100, 10, 10, "RMSE", (), ""), RunFailed(title, "", "", 3)]
    desk.run()

    def failed() -> bool:
        desk.session.handle(desk.mailbox.drain().events)
        return desk.session.state is State.FAILED

    qtbot.waitUntil(failed)
    assert (status(desk).stage, status(desk).color, status(desk).text) == (Stage.FAILED, "problem", text)


@pytest.mark.parametrize(("state", "text"), [(State.READY, "ready"), (State.TRAINING, "training: beginning…")])
def test_kernels_that_are_compiled_are_told_before_the_first_batch(desk: Desk, state: State, text: str) -> None:
    desk.session.state = state
    desk.draft.preparing = True
    told = status(desk)
    assert (told.stage, told.color, told.text) == (Stage.PREPARING, "warning", "preparing kernels…")
    desk.draft.preparing = False
    assert status(desk).text == text
    desk.session.state = State.READY
    desk.session.state = State.READY


def test_runs_of_one_second_do_not_share_a_folder(desk: Desk, tmp_path: Path) -> None:
    first = desk._new_folder("lstm-32")
    first.mkdir()
    assert desk._new_folder("lstm-32") != first


def test_settings_that_cannot_be_are_refused_and_nothing_changes(desk: Desk) -> None:
    before = desk.draft.experiment
    assert "it takes" in desk.change("training.epochs", "many")
    assert desk.draft.experiment is before


@pytest.mark.parametrize(("file", "read"), [("changed", True), ("ruined", True), ("as it was", False), ("gone", False)])
def test_a_file_that_has_changed_is_read_again_before_a_run(
    desk: Desk, qtbot: QtBot, backend: KnownBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    file: str, read: bool,
) -> None:  # fmt: skip
    path, loads, said = tmp_path / "own.csv", list[Experiment](), list[str]()
    path.write_text("value\n1\n")
    desk.told.connect(said.append)
    desk.draft.experiment = desk.draft.experiment.replace({"data.file": str(path)})
    assert desk.draft.loaded_data is not None
    desk.draft.loaded_data = replace(desk.draft.loaded_data, stamp=stamp(str(path)))
    load = backend.data.load

    def again(experiment: Experiment) -> Loaded:
        loads.append(experiment)
        if file == "ruined":
            raise DataError("nothing is in it")
        return load(experiment)  # whose stamp is another: what is written all the time is read once

    monkeypatch.setattr(backend.data, "load", again)
    if file == "gone":
        path.unlink()
    elif file != "as it was":
        path.write_text("value\n1\n2\n")
    desk.run()

    def settled() -> bool:
        desk.jobs.collect()
        return not desk.draft.loading and desk.waiting is None

    qtbot.waitUntil(settled)
    assert len(loads) == read
    assert [text for text in said if "own.csv has changed" in text] == said[: int(read)]
    assert desk.session.alive is (file != "ruined")
    assert desk.draft.ready


@pytest.mark.parametrize(
    ("source", "presses", "state"),
    [("known", 1, State.TRAINING), ("known", 2, State.READY), ("bad.csv", 1, State.READY)],
)
def test_a_run_asked_for_too_early_waits_for_the_data(
    desk: Desk, qtbot: QtBot, source: str, presses: int, state: State
) -> None:
    said: list[str] = []
    desk.told.connect(said.append)
    desk.draft.open(source)
    for _ in range(presses):
        desk.run()
    assert desk.session.state is State.READY
    assert (desk.waiting is not None) == (presses == 1)

    def settled() -> bool:
        desk.jobs.collect()
        return not desk.draft.loading and desk.waiting is None and desk.session.state is state

    qtbot.waitUntil(settled)
    assert bool(said) == (source == "bad.csv")


def test_data_is_read_anew_only_where_it_matters(desk: Desk) -> None:
    desk.change("training.epochs", "3")
    assert not desk.draft.loading
    desk.change("data.look_back", "7")
    assert desk.draft.loading


def test_an_engine_that_is_not_there_is_not_called_ready(
    desk: Desk, backend: KnownBackend, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_experiment: Experiment, _tell: object) -> None:
        raise EngineGoneError("It ended with status 1.")

    def shows(words: str) -> bool:
        desk.jobs.collect()
        return status(desk).text.startswith(words)

    monkeypatch.setattr(backend, "warm_up", gone)
    desk.draft.open("known")
    qtbot.waitUntil(lambda: shows("failed: the engine"))
    assert "It ended with status 1. Run tries to start it again." in status(desk).detail
    assert not status(desk).why_not["run"]
    monkeypatch.undo()
    desk.draft.open("known")
    qtbot.waitUntil(lambda: shows("ready"))
    monkeypatch.setattr(backend, "warm_up", gone)
    desk.draft.open("known")
    qtbot.waitUntil(lambda: shows("failed: the engine"))
    desk.run()  # in which the engine turns out to be there
    assert not desk.draft.engine_problem
    caplog.clear()  # it was to fail


def test_what_is_being_read_is_broken_off_at_the_end(
    desk: Desk, backend: KnownBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    monkeypatch.setattr(backend.data, "stop_reading", asked.set)
    desk.jobs.submit("data", lambda: asked.wait(20), lambda _: None, lambda _: None)
    assert desk.close(10)
    assert asked.is_set()


@pytest.mark.parametrize(
    ("compiling", "words", "share"),
    [
        (None, "preparing kernels…", None),
        (Compiling("kernels"), "preparing kernels…", None),
        (Compiling("kernels", 0.0, 0, 12), "preparing kernels: 0 of 12", 0.0),
        (Compiling("kernels", 0.0, 3, 12, 7.2), "preparing kernels: 3 of 12, about 0:07 left", 0.25),
    ],
)
def test_how_far_the_kernels_are_is_said(
    desk: Desk, qtbot: QtBot, compiling: Compiling | None, words: str, share: float | None
) -> None:
    bar = RunBar(LIGHT)
    qtbot.addWidget(bar)
    desk.draft.preparing, desk.draft.compiling = True, compiling
    found = status(desk)
    assert (found.text, found.share) == (words, share)
    bar.show_status(found)
    bar.show_progress(0, 0, 0, 0, 0.0, 0.0)
    assert [each.value() for each in bar.findChildren(QProgressBar)] == [round(1000 * (share or 0))]
    desk.draft.preparing = False
    assert status(desk).share is None


def test_inside_a_run_that_was_kept_its_best_weights_are_looked_at_as_a_run_that_trains_nothing(
    desk: Desk, qtbot: QtBot, backend: KnownBackend, tmp_path: Path
) -> None:
    told, folder = list[str](), tmp_path / "gru"
    desk.told.connect(told.append)
    past = RunRecord(7, "gru-9", desk.draft.experiment.replace({"model.hidden_size": 9}), folder, earlier=True)
    desk.look_inside(past)
    assert told == ["This run has kept no weights."]
    folder.mkdir()
    (folder / "weights.safetensors").touch()
    desk.look_inside(past)
    (judged,) = backend.imported
    assert judged == past.experiment.replace({"training.start_weights": str(folder / "weights.safetensors")})
    assert desk.session.record is not None
    assert (desk.session.record.experiment, desk.session.record.untrained) == (judged, True)
    desk.look_inside(past)
    assert told[-1] == LOCKED


def test_who_looked_inside_a_run_trains_anew_after_it(
    desk: Desk, qtbot: QtBot, backend: KnownBackend, tmp_path: Path
) -> None:
    weights = tmp_path / "weights.safetensors"
    weights.touch()
    other = desk.draft.experiment.replace({"data.sample": "other"})
    past = RunRecord(7, "gru-9", other, tmp_path, earlier=True)

    def ended() -> bool:
        desk.jobs.collect()
        desk.session.handle(desk.mailbox.drain().events)
        return desk.session.state is State.FINISHED

    backend.free = True
    desk.look_inside(past)
    assert desk.waiting is Command.IMPORT  # its data is read first
    qtbot.waitUntil(ended)
    assert [experiment.training.start_weights for experiment in backend.imported] == [str(weights)]
    assert desk.draft.experiment == past.experiment
    desk.run()
    qtbot.waitUntil(ended)
    trained = desk.session.record
    assert trained is not None
    assert (trained.experiment, trained.untrained) == (past.experiment, False)
    desk.look_inside(replace(past, experiment=backend.imported[0]))  # the run that was made to look
    qtbot.waitUntil(ended)
    assert desk.draft.experiment == past.experiment


def test_the_bar_goes_with_the_words_of_a_run_that_is_over_while_kernels_are_compiled_for_the_next(
    desk: Desk, qtbot: QtBot, backend: KnownBackend
) -> None:
    bar = RunBar(LIGHT)
    qtbot.addWidget(bar)
    (progress,) = bar.findChildren(QProgressBar)

    def ended() -> bool:
        desk.session.handle(desk.mailbox.drain().events)
        return desk.session.state is State.FINISHED

    backend.free = True
    desk.run()
    qtbot.waitUntil(ended)
    bar.show_progress(100, 100, 20, 20, 0.0, 0.0)
    desk.draft.preparing, desk.draft.compiling = True, Compiling("kernels", 0.0, 8, 12)
    bar.show_status(status(desk))
    assert (status(desk).text, progress.value()) == ("finished: all epochs done", 1000)
    desk.session.reset()
    bar.show_status(status(desk))
    assert (status(desk).text, progress.value()) == ("preparing kernels: 8 of 12", 667)
    desk.draft.preparing = False
    bar.show_status(status(desk))
    assert (status(desk).text, progress.value()) == ("ready", 1000)
    bar.show_progress(0, 0, 0, 0, 0.0, 0.0)
    assert progress.value() == 0
