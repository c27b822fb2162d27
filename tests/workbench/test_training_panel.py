"""The form of the training: only what matters is shown, and the schedule is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from engine.config import Experiment, field_info, field_names, matters
from engine.config.training import OPTIMIZERS, SCHEDULES
from workbench.doors.backend import Backend
from workbench.looks.theme import DARK, LIGHT
from workbench.panels.training import TrainingPanel

NUMBERS = ("mse", "mae", "huber", "quantile")
FIELDS = [name for name in field_names() if name.startswith("training.")]


def panel_of(qtbot: QtBot, experiment: Experiment, losses: tuple[str, ...] = NUMBERS) -> TrainingPanel:
    panel = TrainingPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_experiment(experiment, losses)
    panel.show_counts(10, experiment, Backend().rates(experiment, 10))
    return panel


def shown(panel: TrainingPanel) -> set[str]:
    return {editor.objectName() for editor in panel.findChildren(QWidget) if editor.objectName() in FIELDS} - {
        editor.objectName() for editor in panel.findChildren(QWidget) if editor.isHidden()
    }


@pytest.mark.parametrize(
    "changes",
    [
        *({"training.optimizer": name} for name in OPTIMIZERS),
        *({"training.schedule": name} for name in SCHEDULES),
        *({"training.loss": name} for name in NUMBERS),
    ],
    ids=lambda changes: "-".join(changes.values()),
)
def test_only_what_has_an_effect_is_shown(qtbot: QtBot, changes: dict[str, str]) -> None:
    experiment = Experiment().replace(changes)
    wanted = {name for name in FIELDS if matters(experiment.training, name.partition(".")[2])}
    of_others = {"training.class_weights", "training.teacher_forcing"}  # numbers have no classes, one answer no words
    assert shown(panel_of(qtbot, experiment)) == wanted - of_others


def test_all_that_is_usually_set_stands_in_one_column(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, Experiment())
    panel.resize(300, 600)
    panel.show()
    editors = [panel.findChild(QWidget, f"training.{name}") for name in ("optimizer", "clip_norm", "epochs")]
    qtbot.waitUntil(lambda: len({editor.x() for editor in editors if editor is not None}) == 1)


def test_a_network_that_writes_has_settings_of_its_own(qtbot: QtBot) -> None:
    writes = {"model.topology": "encoder_decoder", "training.teacher_forcing": "linear"}
    assert shown(panel_of(qtbot, Experiment().replace(writes))) >= {"training.teacher_forcing", "training.told_at_end"}


def test_what_decides_over_others_is_a_choice_of_the_same_section() -> None:
    for name in FIELDS:
        for other, values in field_info("training", name.partition(".")[2]).needs:
            assert set(values) <= set(field_info("training", other).choices)


def test_one_loss_alone_is_no_choice(qtbot: QtBot) -> None:
    found = shown(panel_of(qtbot, Experiment(), ("cross_entropy",)))
    assert "training.loss" not in found
    assert "training.class_weights" in found


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_that_changes_the_rate_by_itself_is_drawn(qtbot: QtBot, name: str) -> None:
    experiment = Experiment().replace({"training.schedule": name, "training.learning_rate": 0.01})
    panel = panel_of(qtbot, experiment)
    assert panel.curve.isHidden() is (name in ("constant", "plateau"))
    if not panel.curve.isHidden():
        assert max(panel.curve.rates) == pytest.approx(0.01, rel=0.01)
        assert "0.01 at most" in panel.curve.accessibleName()
    panel.curve.apply_theme(DARK)
    panel.resize(300, 800)
    assert not panel.grab().isNull()


def test_a_warm_up_is_drawn_too(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, Experiment().replace({"training.warmup_steps": 100}))
    assert panel.curve.rates[0] < 0.1 * panel.curve.rates[-1]


def test_nothing_can_be_tried_while_a_run_is_on(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, Experiment())
    assert panel.find_rate.isEnabled()
    panel.lock("A run is under way.")
    assert not panel.find_rate.isEnabled()
    assert "under way" in panel.find_rate.toolTip()


def test_weights_to_begin_from_are_drawn_or_of_a_file(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, Experiment())
    box = panel.findChild(QComboBox, "training.start_weights")
    assert isinstance(box, QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == ["Drawn anew", "From a file…"]
    assert box.currentText() == "Drawn anew"
    edits: list[object] = []
    panel.edited.connect(lambda _name, value: edits.append(value))
    box.setCurrentIndex(1)
    with qtbot.waitSignal(panel.weights_asked):
        box.activated.emit(1)
    assert (box.currentText(), edits) == ("Drawn anew", [])
    panel.show_experiment(Experiment().replace({"training.start_weights": "/there/theirs.onnx"}), NUMBERS)
    assert box.currentText() == "theirs.onnx"
    box.activated.emit(0)
    assert edits == [""]
