import threading

import pytest

from engine.config import ConfigError
from engine.control import Control
from engine.events import SnapshotRequest


def test_steps_are_counted_and_used_up() -> None:
    control = Control()
    control.step_once()
    control.step_once()
    assert not control.paused
    control.take_step()
    assert control.stepping
    control.take_step()
    assert control.paused
    assert not control.stepping


def test_pausing_forgets_steps_and_resuming_goes_on() -> None:
    control = Control()
    control.step_once()
    control.pause()
    assert control.paused
    control.resume()
    assert not control.paused


@pytest.mark.parametrize(
    ("asked", "ending"),
    [(["stop"], "stop"), (["finish"], "finish"), (["finish", "stop"], "stop"), (["stop", "finish"], "stop")],
)
def test_stop_is_more_urgent_than_finish(asked: list[str], ending: str) -> None:
    control = Control()
    for name in asked:
        getattr(control, name)()
    assert control.ending == ending


def test_an_ending_is_not_held_up_by_a_pause() -> None:
    control = Control()
    control.pause()
    control.stop()
    assert not control.paused


def test_a_request_with_a_lower_id_is_ignored() -> None:
    control = Control()
    control.request = SnapshotRequest(5, frozenset({"hidden"}))
    control.request = SnapshotRequest(4, frozenset({"prediction"}))
    assert control.request.probes == {"hidden"}


def test_live_changes_are_checked_converted_and_handed_out_once() -> None:
    control = Control()
    control.set("training.learning_rate", "0.5")
    assert control.take_changes() == {"training.learning_rate": 0.5}
    assert control.take_changes() == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("training.learning_rate", 99.0, "it takes 1e-08 to 10"),
        ("model.hidden_size", 3, "cannot be changed during a run"),
        ("training.nonsense", 3, "unknown field"),
    ],
)
def test_other_changes_are_refused(name: str, value: object, message: str) -> None:
    control = Control()
    with pytest.raises(ConfigError, match=message):
        control.set(name, value)
    assert control.take_changes() == {}


@pytest.mark.parametrize(
    "wake",
    [
        lambda control: control.resume(),
        lambda control: control.step_once(),
        lambda control: control.stop(),
        lambda control: control.finish(),
        lambda control: control.set("training.clip_norm", 2),
        lambda control: setattr(control, "request", SnapshotRequest(1, frozenset())),
    ],
)
def test_everything_that_is_asked_wakes_a_paused_run(wake: object) -> None:
    assert callable(wake)
    control = Control()
    control.pause()
    waiting = threading.Thread(target=control.wait, args=(0,))
    waiting.start()
    wake(control)
    waiting.join(5)
    assert not waiting.is_alive()
