"""How long a reading may take yet: as the last time, or by the pace of what is done; nothing before that."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data import heard, load, suggest, understand
from workbench.doors.reading_pace import _USUAL, LOADING, LOOKING, HowFar, ReadingPace, UnderWay


class Clock:
    """Set by hand."""

    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def through(under_way: UnderWay, clock: Clock, *steps: tuple[str, float]) -> None:
    for what, seconds in steps:
        under_way.tell(what)
        clock.now += seconds


def test_nothing_is_said_of_the_time_before_there_is_a_pace(clock: Clock) -> None:
    under_way = UnderWay(ReadingPace(clock), "a.csv", LOOKING, LOADING)
    assert under_way.look() is None
    under_way.tell("how it is written")
    assert under_way.look() == HowFar(1, 7, "how it is written", 0.0, None)
    clock.now += 0.3
    under_way.tell("its rows")
    assert under_way.look() == HowFar(2, 7, "its rows", 1 / 7, None)  # too short to tell


def test_the_rest_is_expected_by_the_pace_of_what_is_done(clock: Clock) -> None:
    under_way = UnderWay(ReadingPace(clock), "a.csv", LOOKING, LOADING)
    twice = 2 * _USUAL[LOOKING, 0]
    through(under_way, clock, ("how it is written", twice))
    under_way.tell("its rows")
    found = under_way.look()
    assert found is not None
    rest = 2 * (sum(_USUAL.values()) - _USUAL[LOOKING, 0])
    assert found.left == pytest.approx(rest)
    assert found.share == pytest.approx(twice / (twice + rest))
    clock.now += 1.0
    found = under_way.look()
    assert found is not None
    assert found.left == pytest.approx(rest - 1)
    clock.now += 1000.0  # the step takes far longer than that: what is known is of no use
    found = under_way.look()
    assert found is not None
    assert found.left is None


def test_the_same_source_takes_as_long_as_the_last_time(clock: Clock) -> None:
    pace = ReadingPace(clock)
    first = UnderWay(pace, "a.csv", LOOKING, LOADING)
    through(first, clock, *((what, 3.0) for what in (*LOOKING, *LOADING)))
    first.end_step()
    again = UnderWay(pace, "a.csv", LOADING)
    again.tell("how it is written")
    assert again.look() == HowFar(1, 3, "how it is written", 0.0, 9.0)


def test_steps_that_are_not_to_come_are_none(clock: Clock) -> None:
    """A table that is opened tells of its values, which are read another time where it is looked at alone."""
    looked = UnderWay(ReadingPace(clock), "a.csv", LOOKING, LOADING)
    through(looked, clock, ("how it is written", 1.0), ("its rows", 1.0), ("its values", 0.0))
    found = looked.look()
    assert found is not None
    assert (found.step, found.what) == (2, "its rows")
    through(looked, clock, ("what is in them", 1.0), ("how it is written", 1.0))
    found = looked.look()
    assert found is not None
    assert (found.step, found.what) == (5, "how it is written")


def test_the_engine_tells_of_these_steps(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("day,value\n" + "".join(f"2024-01-{day:02},{day}.5\n" for day in range(1, 31)))
    told: list[str] = []
    with heard(told.append):
        found = understand(file, {})
        assert [what for what in told if what != "its values"] == list(LOOKING)
        told.clear()
        assert found.suggestion is not None
        load(found.suggestion.experiment)
        assert told == list(LOADING)
    told.clear()
    suggest(file)
    assert not told
