from __future__ import annotations

import pytest

from workbench.runs.pace import Pace, Unbroken, duration


def test_pace_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    for i in range(1000):
        pace.note(i, i * 0.1)
    for i in range(1000):
        pace.note(1000 + i * 10, 100 + i * 0.1)
    assert pace.steps_per_second == pytest.approx(100, rel=0.01)
    assert pace.remaining(500) == pytest.approx(5, rel=0.01)


def test_nothing_is_claimed_before_there_is_anything_to_tell() -> None:
    pace = Pace()
    pace.note(1, 0.5)
    assert (pace.steps_per_second, pace.remaining(10)) == (0.0, 0.0)
    pace.note(2, 0.6)
    pace.break_off()
    assert pace.steps_per_second == 0.0


def test_batches_that_waited_for_a_person_say_nothing_of_how_long_one_takes() -> None:
    unbroken = Unbroken()
    for step in range(1, 5):
        unbroken.note([(step, 0.1 * step)])
        unbroken.break_off()
    assert unbroken.seconds_a_step == 0.0
    unbroken.note([(5, 1.0), (15, 1.1)])
    unbroken.note([(35, 1.3)])
    unbroken.break_off()
    unbroken.note([(36, 1.9)])
    assert unbroken.seconds_a_step == pytest.approx(0.01)


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:01"), (32, "0:32"), (61, "1:01"), (3723, "1:02:03")])
def test_time_left_reads_as_a_clock(seconds: float, text: str) -> None:
    assert duration(seconds) == text
