from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from workbench.jobs import Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.stop()
    assert jobs.join(10)


def _until_idle(qtbot: QtBot, jobs: Jobs) -> None:
    def idle() -> bool:
        jobs.collect()
        return not jobs.busy("data") and not jobs.busy("other")

    qtbot.waitUntil(idle)


def test_answers_come_in_the_thread_that_collects(qtbot: QtBot, jobs: Jobs) -> None:
    threads: list[threading.Thread] = []
    jobs.submit("data", threading.current_thread, threads.append, lambda error: None)
    jobs.submit("other", lambda: None, lambda _: threads.append(threading.current_thread()), lambda error: None)
    _until_idle(qtbot, jobs)
    assert {thread is threading.main_thread() for thread in threads} == {True, False}


def test_a_newer_job_silences_the_older_ones(qtbot: QtBot, jobs: Jobs) -> None:
    gate, answers, ran = threading.Event(), list[str](), list[str]()

    def work(name: str) -> str:
        ran.append(name)
        gate.wait(10)
        return name

    for name in ("first", "second", "third"):
        jobs.submit("data", lambda name=name: work(name), answers.append, lambda error: None)  # type: ignore[misc]
    gate.set()
    _until_idle(qtbot, jobs)
    assert answers == ["third"]
    assert ran == ["first", "third"]


def test_what_is_held_begins_when_it_is_released(qtbot: QtBot, jobs: Jobs) -> None:
    ran, answers = list[str](), list[str]()

    def work(name: str) -> str:
        ran.append(name)
        return name

    jobs.hold()
    for lane, name in (("data", "overtaken"), ("data", "newest"), ("other", "beside")):
        jobs.submit(lane, lambda name=name: work(name), answers.append, lambda error: None)  # type: ignore[misc]
    jobs.collect()
    assert ran == []
    jobs.release()
    _until_idle(qtbot, jobs)
    assert sorted(ran) == sorted(answers) == ["beside", "newest"]


def test_what_was_forgotten_is_told_to_nobody(qtbot: QtBot, jobs: Jobs) -> None:
    gate, answers = threading.Event(), list[str]()
    jobs.submit("data", lambda: gate.wait(10), lambda _: answers.append("gone"), lambda error: None)
    jobs.forget("data")
    jobs.submit("data", lambda: "new", answers.append, lambda error: None)
    gate.set()
    _until_idle(qtbot, jobs)
    assert answers == ["new"]


def test_what_was_forgotten_is_broken_off_until_it_has_ended(qtbot: QtBot, jobs: Jobs) -> None:
    """And no longer: the next job of its lane is wanted."""
    gate, stops, answers = threading.Event(), list[str](), list[str]()
    jobs.submit("data", lambda: gate.wait(10), lambda _: answers.append("gone"), lambda error: None)
    jobs.forget("data", lambda: stops.append("stop"))
    jobs.collect()
    assert len(stops) == 2
    jobs.submit("data", lambda: "new", answers.append, lambda error: None)
    gate.set()
    _until_idle(qtbot, jobs)
    before = len(stops)
    jobs.collect()
    assert len(stops) == before
    assert answers == ["new"]


@pytest.mark.parametrize("error", [ValueError("not a table"), RuntimeError("a fault of ours")])
def test_failures_are_handed_over_and_logged(
    qtbot: QtBot, jobs: Jobs, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise error

    failures: list[Exception] = []
    jobs.submit("data", fail, lambda _: None, failures.append)
    _until_idle(qtbot, jobs)
    assert failures == [error]
    assert str(error) in caplog.text
    caplog.clear()  # it was to fail


def test_a_panic_is_handed_over_too(qtbot: QtBot, jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    """As those of libraries in Rust, which are no `Exception`: the lane must not wait for ever."""

    class PanicException(BaseException):
        pass

    def panic() -> None:
        raise PanicException("index out of bounds")

    failures: list[Exception] = []
    jobs.submit("data", panic, lambda _: None, failures.append)
    _until_idle(qtbot, jobs)
    assert [str(failure) for failure in failures] == ["PanicException: index out of bounds"]
    assert "index out of bounds" in caplog.text
    caplog.clear()  # it was to fail


def test_what_breaks_off_at_the_end_is_no_fault(qtbot: QtBot, jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    ended = threading.Event()

    def lose_the_means() -> None:
        ended.wait(10)
        raise RuntimeError("the means are gone")

    jobs.submit("data", lose_the_means, lambda _: None, lambda error: None)
    jobs.stop()
    ended.set()
    assert jobs.join(10)
    assert not caplog.records


def test_nothing_begins_after_the_end(jobs: Jobs) -> None:
    jobs.stop()
    jobs.submit("data", lambda: None, lambda _: None, lambda error: None)
    assert not jobs.busy("data")
