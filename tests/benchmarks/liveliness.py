"""How smooth the window is while it trains: ``xvfb-run -a python -m tests.benchmarks.liveliness [--sample NAME]``.

Opens the real window, walks through the phases of a run and prints, for each, how long the event loop was held up,
how often it drew, how fast the network trained, and which share of a processor the window took. Between two phases the
run waits, and the same training goes on without a window: speeds are told as shares of what it did before and after.
The views that were slowest in the first rounds are turned to more often, and judged by those turns alone: of a dozen
views measured once, on a machine that others use too, the slowest is the one that was disturbed most. Beside a longest
delay stands how much of it the window's thread computed: for the rest it waited, for a processor, another thread, or
pages of the program that the system had taken back and read from the disk anew, which are counted.
A frame is one for which a view that is seen has drawn something new. What takes long to measure is measured as often as
its share of the run's time allows, and drawn as often. The last line is the verdict. ``--cold`` begins with an empty
kernel cache, and compares no speeds; ``--blame`` shows what ran in the window's thread when it was held up.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.alone import Alone
from workbench.launch import system_libraries
from workbench.launch.start import leave_cores_to_the_run, make_ready

LONGEST_GOAL, P95_GOAL, FRAMES_GOAL, PAUSE_GOAL = 100.0, 33.0, 25.0, 100.0  # ms, ms, frames a second, ms
OVERVIEW_GOAL, DEEP_GOAL = 0.95, 0.85  # of the speed without a window
_FRESH = 0.8  # frames for each step of a slow network: two steps between two ticks make one
_TICK_MS = 5
_MOST_SECONDS = 120.0  # that anything is waited for
_TURNS, _ROUNDS = 24, 2  # of the overview; through all views
_SLOWEST, _AGAIN = 3, 12  # views turned to more often than the others, and how often
_SHORT, _SHORTER = 1 / 2, 1 / 3  # of the usual seconds: many near each other say more than few, as machines come and go
_DRAWS = {"loss": ("_draw",)}  # what draws beside `draw`, by view: not `draw_history`, which may put it off
_ALONE, _OVERVIEW, _VIEW, _SLOW_VIEW, _PAUSE = "without a window", "overview", "view: ", "slow view: ", "pause"


@dataclass(slots=True)
class Phase:
    """What was measured between two moments of a walk through the window."""

    name: str
    seconds: float
    delays: list[float] = field(default_factory=list)  # ms by which a 5 ms timer came late
    worst: tuple[float, float, int] = (0.0, 0.0, 0)  # the longest; ms that the window computed, pages read meanwhile
    frames: int = 0
    steps: int = 0
    began: float = field(default_factory=time.perf_counter)
    took: float = 0.0
    busy: float = field(default_factory=time.process_time)  # seconds of processor that the window took

    speed: float = 0.0  # steps a second
    share: float = 0.0  # of the speed without a window; 0 where they were not compared

    @property
    def p95(self) -> float:
        """ms."""
        return statistics.quantiles(self.delays, n=20)[-1] if len(self.delays) > 1 else 0.0

    @property
    def longest(self) -> float:
        """ms."""
        return self.worst[0]

    def delayed(self, late: float, computed: float, pages: int) -> None:
        """A timer came so many ms late, in which the window's thread computed so many, and so many pages were read."""
        self.worst = max(self.worst, (late, computed, pages))
        self.delays.append(late)

    def line(self) -> str:
        """One line of the report."""
        share = f"   {100 * self.share:5.1f} %" if self.share else ""
        late, (_, computed, pages) = sum(delay > LONGEST_GOAL for delay in self.delays), self.worst
        meanwhile = f"{computed:.0f} computed, {pages} pages, {late} over {LONGEST_GOAL:.0f}"
        return (
            f"{self.name:<28} {self.took:6.1f} s   delay p95 {self.p95:6.1f} ms, longest {self.longest:6.1f} ms"
            f" ({meanwhile})   {self.frames / self.took:5.1f} frames/s   {self.speed:8.1f} steps/s"
            f"   {100 * self.busy / self.took:4.1f} % of a core{share}"
        )


def walk(sample: str, seconds: float, blame: bool, alone: Alone | None) -> list[Phase]:
    """Open the window on a sample, go through all phases, close it; between them `alone` trains, where there is one."""
    make_ready()
    from PySide6.QtCore import QElapsedTimer, Qt, QTimer

    from workbench import app
    from workbench.bars.status import status
    from workbench.window import Window

    phases = [Phase("opening", 0.0)]
    watchdog, failed = _Watchdog(phases) if blame else None, list[str]()

    def opened(window: Window) -> None:
        window.resize(1440, 900)
        script = _script(window, seconds, phases, alone is not None)
        clock = QElapsedTimer()
        clock.start()
        timer = QTimer(window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        _count_frames(window, phases)
        waiting: list[Callable[[], bool]] = []
        spent = [_spent()]

        def tick() -> None:
            now = clock.nsecsElapsed() / 1e6
            clock.restart()
            phase = phases[-1]
            (computed, pages), spent[0] = spent[0], _spent()
            phase.delayed(max(0.0, now - _TICK_MS), 1000 * (spent[0][0] - computed), spent[0][1] - pages)
            if watchdog:
                watchdog.seen()
            passed = time.perf_counter() - phase.began
            if passed > phase.seconds + _MOST_SECONDS:
                failed.append(f"{phase.name}: nothing came of it; the window says {status(window.desk).text!r}")
                timer.stop()
                window.close()
                return
            if passed < phase.seconds or (waiting and not waiting[0]()):
                return
            phase.took, phase.busy = passed, time.process_time() - phase.busy
            phase.steps = window.desk.session.step - phase.steps
            phase.speed = phase.steps / passed
            if alone and phase.name == _ALONE:
                phase.speed = alone.speed()
            step = next(script, None)
            if step is None:
                timer.stop()
                window.close()
                return
            name, length, wait = step
            waiting[:] = [wait] if wait else []
            if alone and name == _ALONE:
                alone.go_on()
            phases.append(Phase(name, length, steps=window.desk.session.step))

        timer.timeout.connect(tick)
        timer.start(_TICK_MS)
        window.ask_to_close = lambda: True  # type: ignore[method-assign]

    left = app.main([], opened) if sample == "airline_passengers" else _open_sample(sample, opened)
    if left or failed:
        sys.exit("; ".join(failed) or f"the window ended with {left}")
    return phases


def _spent() -> tuple[float, int]:
    """Until now: seconds that this thread computed, and pages that the process had to wait for."""
    return time.thread_time(), resource.getrusage(resource.RUSAGE_SELF).ru_majflt


def _open_sample(sample: str, opened: Callable[..., None]) -> int:
    from workbench import app

    app.FIRST_SAMPLE = sample  # type: ignore[attr-defined]
    return app.main([], opened)


def _script(  # type: ignore[no-untyped-def]
    window, seconds: float, phases: list[Phase], beside: bool
) -> Iterator[tuple[str, float, Callable[[], bool] | None]]:
    """Phases in their order: name, least seconds, and what has to be true before the next."""
    session, draft, run = window.desk.session, window.desk.draft, window.run_bar.commands
    yield "reading", 0.0, lambda: draft.ready
    window.desk.apply({"training.epochs": 1_000_000})
    yield "preparing kernels", 0.2, lambda: draft.ready and not draft.preparing
    run["run"].trigger()
    yield "first step", 0.0, lambda: session.step > 0

    def without(seconds: float) -> Iterator[tuple[str, float, Callable[[], bool] | None]]:
        if not beside:
            return
        run["run"].trigger()
        yield _PAUSE, 0.0, lambda: session.state.value == "paused"
        yield _ALONE, seconds, None
        run["run"].trigger()
        yield "going on", 0.2, None

    def turn_to(kind: str, index: int, seconds: float) -> Iterator[tuple[str, float, Callable[[], bool] | None]]:
        window.tabs.setCurrentIndex(index)
        yield "turning to it", 0.3, None
        yield kind + names[index], seconds, None
        yield from without(seconds)

    yield from without(_SHORTER * seconds)
    for _ in range(_TURNS):
        yield _OVERVIEW, _SHORTER * seconds, None
        yield from without(_SHORTER * seconds)
    names = [window.tabs.tabText(index) for index in range(window.tabs.count())]
    for index in [*range(1, len(names))] * _ROUNDS:
        yield from turn_to(_VIEW, index, seconds)
    for name in [*_slowest(phases)] * _AGAIN if beside else ():
        yield from turn_to(_SLOW_VIEW, names.index(name), _SHORT * seconds)
    window.tabs.setCurrentIndex(0)
    for name in ("dark", "light"):
        window.appearance.choose_theme(name)
        yield f"theme to {name}", 1.0, None
    for way, what in ((1, "larger"), (0, "usual")):
        window.appearance.step_scale(way)
        yield f"text of {what} size", 1.0, None
    run["run"].trigger()
    yield _PAUSE, 0.0, lambda: session.state.value == "paused"
    run["run"].trigger()
    yield "resume", 0.5, None
    window.resize(1280, 720)
    yield "resize", 1.0, None
    run["finish"].trigger()
    yield "finish", 0.5, lambda: not session.alive


def _count_frames(window, phases: list[Phase]) -> None:  # type: ignore[no-untyped-def]
    """A frame is a tick of the pump after which some visible view has drawn something new."""
    drawn = [False]
    for view in window.gallery.views:
        for name in ("draw", *_DRAWS.get(view.key, ())):
            setattr(view, name, _noting(getattr(view, name), drawn))
    tick = window.pump.tick

    def counted() -> None:
        drawn[0] = False
        tick()
        phases[-1].frames += drawn[0]

    window.pump._timer.timeout.disconnect()
    window.pump._timer.timeout.connect(counted)


def _noting(draw: Callable[[object], None], drawn: list[bool]) -> Callable[[object], None]:
    def noted(news: object) -> None:
        drawn[0] = True
        draw(news)

    return noted


class _Watchdog:
    """Prints the stack of the window's thread when it has been held up for longer than half the limit."""

    def __init__(self, phases: list[Phase]) -> None:
        self._phases = phases
        self._thread, self._last, self._told = threading.main_thread().ident, time.perf_counter(), 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def seen(self) -> None:
        self._last = time.perf_counter()

    def _watch(self) -> None:
        while True:
            time.sleep(0.01)
            last = self._last
            if time.perf_counter() - last > LONGEST_GOAL / 2000 and last != self._told:
                self._told = last
                frame = sys._current_frames().get(self._thread or 0)
                late = 1000 * (time.perf_counter() - last)
                told = "".join(traceback.format_stack(frame)[-6:])
                print(f"--- {self._phases[-1].name}: held up for {late:.0f} ms so far\n{told}")


def main() -> int:
    """Measure, report, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", default="airline_passengers")
    parser.add_argument("--seconds", type=float, default=1.5, help="of training in each turn")
    parser.add_argument("--cold", action="store_true", help="begin with an empty kernel cache")
    parser.add_argument("--blame", action="store_true", help="show what held the window up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR"):
            os.environ[variable] = folder
        if options.cold:
            os.environ["RNN_WORKBENCH_CACHE"] = str(Path(folder) / "cache")
        leave_cores_to_the_run()
        system_libraries.require(os.environ.get("QT_QPA_PLATFORM", "xcb"))
        if options.cold:
            phases = walk(options.sample, options.seconds, options.blame, None)
        else:
            with Alone(options.sample) as alone:
                phases = walk(options.sample, options.seconds, options.blame, alone)
    _compare(phases)
    for phase in phases:
        print(phase.line())
    return _verdict(phases, goals=not options.cold)


def _slowest(phases: list[Phase]) -> list[str]:
    """Names of the views under which the least was trained so far."""
    _compare(phases)
    shares = _shares(phases, _VIEW)
    return sorted(shares, key=shares.__getitem__)[:_SLOWEST]


def _shares(phases: list[Phase], kind: str) -> dict[str, float]:
    """Of the speed without a window, by name of the view, the mean of all turns to it."""
    turns = [phase for phase in phases if phase.name.startswith(kind)]
    names = dict.fromkeys(phase.name.removeprefix(kind) for phase in turns)
    return {name: statistics.mean(turn.share for turn in turns if turn.name == kind + name) for name in names}


def _under_overview(phases: list[Phase]) -> tuple[float, float]:
    """Mean share of the speed without a window, and its standard error."""
    shares = [phase.share for phase in phases if phase.name == _OVERVIEW]
    return statistics.mean(shares), statistics.stdev(shares) / len(shares) ** 0.5


def _compare(phases: list[Phase]) -> None:
    """Of what trained under a view: the share of the speed without a window, just before and just after."""
    alone = [phase for phase in phases if phase.name == _ALONE]
    for before, after in itertools.pairwise(alone):
        speed = statistics.mean((before.speed, after.speed))
        for phase in phases[phases.index(before) + 1 : phases.index(after)]:
            phase.share = phase.speed / speed


def _together(phases: list[Phase]) -> list[Phase]:
    """One for all turns to the overview, and one for those to each view."""
    found: dict[str, Phase] = {}
    for phase in phases:
        if phase.name.startswith((_OVERVIEW, _VIEW, _SLOW_VIEW)):
            name = phase.name.removeprefix(_SLOW_VIEW).removeprefix(_VIEW)
            all_turns = found.setdefault(name, Phase(name, 0.0))
            all_turns.delays += phase.delays
            all_turns.frames += phase.frames
            all_turns.steps += phase.steps
            all_turns.took += phase.took
    return [*found.values()]


def _verdict(phases: list[Phase], goals: bool) -> int:
    views = _together(phases)
    longest = max(phases, key=lambda phase: phase.longest)
    p95 = max(view.p95 for view in views)
    pause = 1000 * max(phase.took for phase in phases if phase.name == _PAUSE)
    overview = next(view for view in views if view.name == _OVERVIEW)
    frames, fresh = overview.frames / overview.took, overview.steps / overview.took
    checks = [
        (
            f"longest delay {longest.longest:.0f} ms, {longest.worst[1]:.0f} computed, {longest.worst[2]} pages read"
            f" ({longest.name})",
            longest.longest <= LONGEST_GOAL,
        ),
        (f"p95 of delays {p95:.0f} ms", p95 <= P95_GOAL),
        (f"{frames:.1f} frames/s of the overview at {fresh:.0f} steps/s", frames >= min(FRAMES_GOAL, _FRESH * fresh)),
        (f"paused after {pause:.0f} ms at most", pause <= PAUSE_GOAL),
    ]
    if goals:
        speed, error = _under_overview(phases)
        shares = _shares(phases, _SLOW_VIEW)
        slowest = min(shares, key=shares.__getitem__)
        checks += [
            (f"speed under the overview {100 * speed:.0f} ± {100 * error:.0f} %", speed >= OVERVIEW_GOAL),
            (f"{100 * shares[slowest]:.0f} % under the slowest ({slowest})", shares[slowest] >= DEEP_GOAL),
        ]
    drawn = ", ".join(f"{view.name} {view.frames / view.took:.0f}" for view in views if view.frames)
    print(f"frames/s, as often as there was something new to draw: {drawn}")
    print("; ".join(f"{text}: {'holds' if held else 'MISSED'}" for text, held in checks))
    return int(not all(held for _, held in checks))


if __name__ == "__main__":
    sys.exit(main())
