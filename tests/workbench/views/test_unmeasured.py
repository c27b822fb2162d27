"""What a view says where nothing was measured for it, and what it holds of what was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.workbench.views import measured
from workbench.views._measured import Measured
from workbench.views._unmeasured import Unmeasured

WAITING = "Press Run (F5)."
COURSES: dict[str, tuple[tuple[Callable[[Unmeasured], None], ...], str]] = {
    "before any run": ((), WAITING),
    "on its way": ((lambda run: run.reset(beginning=True),), "The run begins"),
    "begun": ((lambda run: run.begin(),), "measured with the next batch"),
    "ended": ((lambda run: run.begin(), lambda run: run.end(untrained=False, failed=False)), "ended before"),
    "failed": ((lambda run: run.begin(), lambda run: run.end(untrained=False, failed=True)), "failed before"),
    "scored": ((lambda run: run.begin(), lambda run: run.end(untrained=True, failed=False)), "“Go on…” below"),
    "forgotten": ((lambda run: run.end(untrained=True, failed=True), lambda run: run.reset(beginning=False)), WAITING),
    "held off": ((lambda run: run.hold_off("A race goes on."),), "A race goes on.\nThen press Run"),
    "no longer": ((lambda run: run.hold_off("A race goes on."), lambda run: run.hold_off("")), WAITING),
}


@pytest.mark.parametrize("course", COURSES)
def test_it_says_what_to_do_at_every_stage_of_a_run(course: str) -> None:
    run, (changes, said) = Unmeasured(WAITING), COURSES[course]
    for change in changes:
        change(run)
    assert said in run.words(at_moment=False)
    assert ("later step" in run.words(at_moment=True)) is (course != "on its way")
    assert run.over is (course in ("ended", "failed", "scored"))


def test_of_each_probe_the_newest_is_held_and_what_is_older_than_the_picture_is_told() -> None:
    held = Measured(frozenset({"weights", "structure", "spectrum"}))
    everything = measured.full_snapshot()
    whole, mine = dict(everything.values), ("weights", "structure", "spectrum")
    assert held.take(everything, of_moment=False)
    assert set(held.newest) == set(mine)
    assert not held.take(measured.snapshot(whole["hidden"], step=2 * everything.step), of_moment=False)
    held.take(measured.snapshot(whole["weights"], step=2 * everything.step), of_moment=False)
    parts = {"weights": "weights", "spectrum": "spectrum"}
    assert held.older(2 * everything.step, parts) == f"spectrum of step {everything.step:,}"
    held.take(measured.snapshot(whole["weights"], step=5), of_moment=True)
    assert set(held.newest) == {"weights", "structure"}  # what was measured later is put aside, but for what lasts
    assert set(held.since) == {"weights", "structure"}
    past = replace(measured.snapshot(whole["weights"], whole["spectrum"], step=90), earlier=(("spectrum", (70, 4)),))
    held.take(past, of_moment=True)
    assert held.older(90, parts) == "spectrum of step 70"
    held.clear()
    assert (held.newest, held.since) == ({}, {})
