"""The window over a backend of known content: every state said, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.events import WITHDRAWN, Evaluated, Finding, RunStarted, Snapshot
from tests.workbench.bench import Bench
from tests.workbench.conftest import SERIES, KnownBackend
from tests.workbench.views import measured
from workbench.doors.answers import Loaded
from workbench.panels.findings import FindingCard
from workbench.runs.pace import duration
from workbench.runs.records import RunRecord
from workbench.runs.state import State
from workbench.settings import Settings


def test_a_run_that_goes_on_tells_the_views_again_what_it_has_to_beat(bench: Bench) -> None:
    gallery, start = bench.window.gallery, RunStarted(100, 10, 3, "RMSE", (("naive", 2.0),), "")
    for _ in range(2):
        gallery.reset()
        gallery.begin(7, start)
        assert all(view.start is start for view in gallery.views)


def test_after_the_end_of_a_run_nothing_is_offered_that_it_would_have_to_measure(bench: Bench) -> None:
    bench.train(10)
    assert not any(view.over for view in bench.window.gallery.views)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert all(view.over for view in bench.window.gallery.views)


def test_run_pause_go_on_finish(bench: Bench) -> None:
    bench.train(5)
    assert bench.window.run_bar.commands["run"].text() == "Pause"
    bench.command("run")
    bench.backend.runs[0].permits.release()
    bench.until(lambda: bench.session_state is State.PAUSED)
    assert "paused" in bench.window.run_bar._status.text()
    assert bench.window.runs.state_of(bench.window.desk.session.records[0]) == "paused"
    bench.command("run")
    bench.until(lambda: bench.session_state is State.TRAINING)
    bench.command("finish")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert "finished early" in bench.window.run_bar._status.text()


def test_a_score_that_comes_right_behind_another_is_listed(bench: Bench) -> None:
    bench.train(5)
    bench.command("run")
    bench.backend.runs[0].permits.release()
    bench.until(lambda: bench.session_state is State.PAUSED)
    session = bench.window.desk.session
    for loss, metric in ((0.02, 9.0), (0.01, 7.0)):
        session.handle([Evaluated(6, 1, 1.0, loss, metric, True)])
    row = bench.window.runs._rows[session.records[0].number]
    bench.until(lambda: row.text(2) == "7")


def test_a_file_that_is_named_at_the_start_is_opened_as_any_other(
    qtbot: QtBot, backend: KnownBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was to be read the last time; and dialogs begin where it lies."""
    asked: list[tuple[object, ...]] = []

    def opened(source: Path | str, changes: Mapping[str, Any] | None = None) -> Loaded:
        asked.append((source, changes))
        return backend.data.load(SERIES)

    monkeypatch.setattr(backend.data, "open", opened)
    file, decided = tmp_path / "data" / "table.csv", {"data.decimal": "comma"}
    file.parent.mkdir()
    settings = Settings(tmp_path)
    settings.remember_reading(file, decided)
    settings.save()
    bench = Bench(qtbot, backend, tmp_path, file)
    assert asked == [(file, decided)]
    assert Settings(tmp_path).folder == file.parent
    bench.window.close()
    assert bench.window.desk.close(10)


def test_run_pressed_while_the_data_is_read_waits_for_it(bench: Bench) -> None:
    bench.window.files.open("other")
    assert bench.window.run_bar.commands["run"].isEnabled()
    bench.command("run")
    assert "training begins then" in bench.window.run_bar._status.text()
    bench.until(lambda: bench.session_state is State.TRAINING)


def test_settings_are_locked_while_a_run_is_on_but_live_ones_are_not(bench: Bench) -> None:
    bench.train(1)
    assert not bench.number("model.hidden_size").isEnabled()
    assert "under way" in bench.number("model.hidden_size").toolTip()
    assert bench.number("training.learning_rate").isEnabled()
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert bench.number("model.hidden_size").isEnabled()


def test_a_value_out_of_range_is_refused_in_words_and_nothing_changes(bench: Bench) -> None:
    editor = bench.number("model.hidden_size")
    editor.lineEdit().setText("0")
    editor.commit()
    assert bench.window.desk.draft.experiment.model.hidden_size == 32
    assert editor.lineEdit().text() == "32"
    texts = [label.text() for label in bench.window.steps.model.form.findChildren(QWidget) if hasattr(label, "text")]
    assert any("“Hidden units” is 0; it takes 1 to 8192" in text for text in texts)


def test_parameters_follow_the_settings(bench: Bench) -> None:
    bench.number("model.hidden_size").stepBy(1)
    assert bench.window.steps.model._parameters.text() == "6,400 parameters"
    assert bench.window.steps.model._shared.text().endswith("feed-forward network: 76,800.")


def test_how_long_training_may_take_is_not_said_by_batches_that_waited_for_a_person(bench: Bench) -> None:
    bench.command("step")
    for step in range(1, 4):
        bench.until(lambda: bool(bench.backend.runs))
        bench.backend.runs[-1].permits.release(1)
        bench.until(lambda: bench.session_state is State.PAUSED and bench.window.desk.session.step == step)  # noqa: B023
        bench.command("step")
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert "about" not in bench.window.steps.training._steps.text()


def test_how_long_training_may_take_is_said_once_the_like_of_it_was_trained(bench: Bench) -> None:
    told = bench.window.steps.training._steps
    assert "in all" in told.text()
    assert "about" not in told.text()
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)  # a hundred steps a second
    steps = bench.window.desk.counts().steps_per_epoch * bench.window.desk.draft.experiment.training.epochs
    assert told.text().endswith(f"about {duration(steps / 100)}, as the last run went")
    bench.window.desk.apply({"model.hidden_size": 48})
    assert "about" not in told.text()


def test_a_source_that_cannot_be_opened_leaves_everything(bench: Bench) -> None:
    before = bench.window.desk.draft.loaded_data
    bench.window.files.open(Path("bad.csv"))
    message = bench.window.steps.data.message
    bench.until(lambda: "is empty" in message.text)
    assert message.isVisible()
    assert bench.window.desk.draft.loaded_data is before
    assert bench.window.desk.draft.ready
    message.close_button.click()
    assert not message.isVisible()


def test_data_that_is_opened_is_shown_from_its_name_on(bench: Bench) -> None:
    panel, bar = bench.window.steps.panel, bench.window.steps.panel._pages[0].verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    panel.open(2)
    bench.window.files.open("other")
    bench.until(lambda: bench.window.desk.draft.ready)
    assert panel._pages[0].isVisible()
    assert bar.value() == 0


def test_settings_that_do_not_fit_the_data_block_the_run_and_say_why(bench: Bench) -> None:
    editor = bench.number("data.look_back")
    editor.lineEdit().setText("500")
    editor.commit()
    bench.until(lambda: bench.window.desk.draft.blocked)
    assert "lower “Look-back”" in bench.window.steps.data.message.text
    assert not bench.window.run_bar.commands["run"].isEnabled()
    assert "failed" in bench.window.run_bar._status.text()
    panel, message = bench.window.steps.panel, bench.window.steps.data.message
    for step, page in enumerate(panel._pages):
        panel.open(step)
        page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
        bench.until(lambda: panel.rect().contains(message.geometry()) and not message.visibleRegion().isEmpty())
    editor.lineEdit().setText("50")
    editor.commit()
    bench.until(lambda: bench.window.desk.draft.ready)
    assert not bench.window.steps.data.message.isVisible()
    bench.until(lambda: panel.headers[0].y() == 0)
    assert bench.window.run_bar.commands["run"].isEnabled()


def test_a_dropped_file_comes_through_the_one_door(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path | str] = []
    monkeypatch.setattr(bench.window.files, "open", opened.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/a.csv"), QUrl.fromLocalFile("/data/b.csv")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, data, buttons, keys)
    event.setDropAction(Qt.DropAction.MoveAction)
    bench.window.dropEvent(event)
    assert opened == [Path("/data/a.csv")]
    assert event.dropAction() is Qt.DropAction.CopyAction


def test_nothing_is_opened_while_a_run_is_on(bench: Bench) -> None:
    bench.train(1)
    bench.window.files.open(Path("other.csv"))
    assert not bench.window.desk.draft.loading


def test_fix_it_sets_what_the_finding_proposes(bench: Bench) -> None:
    bench.train(10)
    bench.until(lambda: bench.window.findChild(FindingCard) is not None)
    card = bench.window.findChild(FindingCard)
    assert card is not None
    assert not card._fix.isEnabled()
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    card._fix.click()
    assert bench.window.desk.draft.experiment.training.seed == 7


@pytest.mark.parametrize("answer", [True, False])
def test_closing_mid_run_asks_first(bench: Bench, answer: bool) -> None:
    bench.train(3)
    bench.window.ask_to_close = lambda: answer  # type: ignore[method-assign]
    assert bench.window.close() is answer
    assert bench.window.isVisible() is not answer
    assert bench.window.desk.session.join(0.0 if not answer else 10) is answer
    bench.window.ask_to_close = lambda: True  # type: ignore[method-assign]


def test_a_window_that_closes_while_kernels_are_compiled_looks_no_more(bench: Bench) -> None:
    window = bench.window
    window.desk.draft.preparing = True
    window.display.show_status()
    ticking = [timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
    assert ticking
    assert window.close()
    window.display.show_status()  # as what the engine still says has it do
    assert not any(timer.isActive() for timer in ticking)


def test_reset_empties_views_and_findings(bench: Bench) -> None:
    bench.train(10)
    bench.until(lambda: bench.window.findChild(FindingCard) is not None)
    bench.command("reset")
    bench.until(lambda: bench.session_state is State.READY)
    assert bench.window.findings._cards == {}
    assert all(view.history is None and view.snapshot is None for view in bench.window.gallery.views)
    assert bench.window.run_bar._step.text() == ""


def test_findings_stand_in_the_order_of_their_weight(bench: Bench) -> None:
    panel = bench.window.findings
    for key, level, title in (
        ("a", "note", "clipped"), ("b", "good", "beats naive"), ("c", "warning", "by heart"), ("d", "problem", "NaN"),
        ("c", "good", f"{WITHDRAWN}by heart"), ("e", "warning", "jumps"), ("b", "good", "beats AR"),
    ):  # fmt: skip
        panel.show_finding(Finding(key, level, title, "because"))

    def shown() -> list[str]:
        cards = sorted(
            (card for card in panel.findChildren(FindingCard) if card.isVisible()), key=lambda card: card.y()
        )
        return [card.finding.key for card in cards]

    bench.until(lambda: shown() == ["d", "e", "b", "a", "c"])
    widget, met = panel.nextInFocusChain(), list[str]()
    while widget is not None and widget is not panel and widget.objectName() != "runs_list":
        met += [widget.objectName()] if widget.objectName().endswith("_why") else []
        widget = widget.nextInFocusChain()
    assert met == [f"finding_{key}_why" for key in shown()]  # and the list of runs comes after them


def test_a_per_cent_sign_of_a_finding_stands_beside_its_number(qtbot: QtBot) -> None:
    card = FindingCard(Finding("baseline", "good", "Beats naive by 64 %; AR is better", "64 % of it", "Take 5 % more."))
    qtbot.addWidget(card)
    said = [label.text() for label in card.findChildren(QLabel)]
    assert len(said) == 3
    assert all("\u00a0%" in text and " %" not in text for text in said)


def _ran(bench: Bench, sample: str) -> RunRecord:
    """A run on that sample that has ended."""
    desk = bench.window.desk
    desk.draft.adopt(SERIES.replace({"data.sample": sample}))
    bench.until(lambda: desk.draft.ready)
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert desk.session.record is not None
    return desk.session.record


def test_runs_on_other_data_are_not_drawn_beside(bench: Bench) -> None:
    first, second = _ran(bench, "known"), _ran(bench, "known")
    assert first.shown
    other = _ran(bench, "other")
    assert not first.shown
    bench.window.runs.show_beside(second, True)  # on purpose
    _ran(bench, "other")
    assert (second.shown, other.shown) == (True, True)


def test_a_run_that_is_brought_back_is_drawn_beside_one_on_its_own_data_only(bench: Bench) -> None:
    archive, others = bench.window.desk.archive, bench.window.gallery.views[0]
    first, second = _ran(bench, "known"), _ran(bench, "known")
    bench.window.runs.show_beside(second, True)  # on purpose
    archive.deletions.delete([first, second])
    _ran(bench, "other")
    archive.deletions.bring_back()
    assert (first.shown, second.shown) == (False, True)
    assert [run.number for run in others.others] == [second.number]
    archive.deletions.delete([first])
    _ran(bench, "known")
    archive.deletions.bring_back()
    assert first.shown
    bench.window.runs.show_beside(first, False)
    archive.deletions.delete([first])
    _ran(bench, "known")
    archive.deletions.bring_back()
    assert not first.shown  # as the person left it


def test_runs_on_another_file_of_the_same_name_are_not_drawn_beside(bench: Bench, tmp_path: Path) -> None:
    window = bench.window
    for folder in ("one", "other", "one"):
        window.desk.draft.adopt(SERIES.replace({"data.file": str(tmp_path / folder / "sales.csv")}))
        bench.until(lambda: window.desk.draft.ready)
        bench.train(1)
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
    assert [record.shown for record in window.desk.session.records] == [True, False, False]


def test_an_eye_that_a_person_shut_stays_shut_beside_later_runs(bench: Bench) -> None:
    window = bench.window
    for _ in range(2):
        bench.train(1)
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
    first, second = window.desk.session.records
    assert first.shown
    window.runs.show_beside(first, False)
    bench.train(1)
    assert (first.shown, second.shown) == (False, True)
    window.runs.show_beside(first, True)
    bench.command("reset")
    bench.until(lambda: bench.session_state is State.READY)
    bench.train(1)
    assert first.shown


def test_who_asks_for_a_step_sees_it(bench: Bench) -> None:
    bench.train(10)
    film = bench.window.gallery.film
    for step in (3, 6, 9):
        film.record(Snapshot(step, 1, 0, (("prediction", measured.TEXT),)))
    film.go(3)
    assert film.position == 3
    bench.command("step")
    assert film.position is None


def test_a_view_that_cannot_be_drawn_keeps_no_other_from_being_drawn(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = bench.window.gallery
    broken, *others = gallery.views[:4]  # the quarters of the overview, which are seen

    def fail(_news: object) -> None:
        raise ZeroDivisionError

    for name in ("draw", "draw_history"):
        monkeypatch.setattr(broken, name, fail)
    bench.train(10)
    for view in gallery.views[:4]:
        view.show_snapshot(measured.full_snapshot())
    bench.until(lambda: all(view._stack.currentWidget() is view.body for view in others))
    assert broken._stack.currentWidget() is broken._message
    assert broken.history is not None
    assert all(view.history is broken.history for view in others)


def test_views_are_built_before_they_are_seen_while_nobody_waits(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.gallery.gallery._PAUSE_MS", 0)
    monkeypatch.setattr("workbench.gallery.gallery._REST", 0)
    gallery, waits, done = bench.window.gallery, [True], list[str]()
    asked: list[bool] = []

    def waited_for() -> bool:
        asked.append(waits[0])
        return waits[0]

    gallery.prepare(waited_for, lambda: done.append("done"))
    bench.until(lambda: len(asked) > 2)
    unbuilt = [view for view in gallery.views if not view._built]
    assert {view.key for view in gallery.views} == {view.key for view in unbuilt}  # all of the tabs
    waits[0] = False
    bench.until(lambda: bool(done))
    assert [view for view in gallery.views if not view._built or view.make_more()] == []
