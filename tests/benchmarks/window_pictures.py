"""Pictures of the real window with every view in turn: ``python -m tests.benchmarks.window_pictures --out DIR``.

Trains a sample for some seconds, pauses, and takes each tab in both themes at every size of ``SIZES``; with ``--state``
before the run, while it trains, at its end, back in its middle, or after a series has failed. ``--scale 2`` draws as on
a screen of twice the density, ``--text 150`` with larger text.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

Script: TypeAlias = Callable[[Any, argparse.Namespace], Iterator[Callable[[], bool]]]  # when each step is done
SIZES = ((1440, 900), (1280, 720), (2560, 1440))
_SETTLE_MS = 800  # plots and equations come one after the other
_MOST_MS = 120_000
_FAILS = {
    "model.cell": "elman",
    "model.activation": "relu",
    "training.optimizer": "sgd",
    "training.learning_rate": 10.0,
    "training.clip_norm": 0.0,
}  # of a series: its numbers are soon not finite


def main() -> None:
    """Open, train, take pictures, close."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sample", default="airline_passengers")
    parser.add_argument("--seconds", type=float, default=5.0, help="of training before the pictures")
    parser.add_argument(
        "--state", choices=("before", "training", "paused", "ended", "back", "failed"), default="paused"
    )
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--text", type=int, default=100, help="size of text in per cent")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the run")
    options = parser.parse_args()
    play(options, _script)


def play(options: argparse.Namespace, script_of: Script) -> None:
    """Open the window with nobody's settings, do what a script says step by step, close."""
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            os.environ[name] = home
        _open(options, script_of)


def _open(options: argparse.Namespace, script_of: Script) -> None:
    from PySide6.QtCore import QTimer

    from workbench import app

    failed: list[str] = []

    def opened(window: Any) -> None:
        script = script_of(window, options)
        timer, done, waited = QTimer(window), [lambda: True], [0]

        def tick() -> None:
            waited[0] += _SETTLE_MS
            if not done[0]() and waited[0] < _MOST_MS:
                return
            following = None
            try:
                following = next(script, None)
            except ValueError as error:  # which the window would only log
                failed.append(str(error))
            if following is None:
                timer.stop()
                window.close()
                return
            done[0], waited[0] = following, 0

        timer.timeout.connect(tick)
        timer.start(_SETTLE_MS)
        window.ask_to_close = lambda: True

    app.FIRST_SAMPLE = options.sample  # type: ignore[attr-defined]
    app.main([], opened)
    if failed:
        sys.exit(failed[0])


def _script(window: Any, options: argparse.Namespace) -> Iterator[Callable[[], bool]]:
    """What is done one after the other; each says when it is done."""
    session, draft, run = window.desk.session, window.desk.draft, window.run_bar.commands
    yield lambda: bool(draft.ready)
    window.appearance.choose_scale(options.text)
    changes = {"training.epochs": 100_000} | (_FAILS if options.state == "failed" else {})
    refused = window.desk.apply(changes | dict(item.split("=", 1) for item in options.set))
    if refused:
        raise ValueError(refused)
    yield lambda: bool(draft.ready) and not draft.preparing
    if options.state != "before":
        run["run"].trigger()
    if options.state == "failed":
        yield lambda: session.state.value == "failed"
    elif options.state != "before":
        yield lambda: session.state.value in ("finished", "failed") or _trained(window) > options.seconds
        if options.state != "training" and session.alive:  # it may have come to its end by itself
            run["run" if options.state == "paused" else "finish"].trigger()
            yield lambda: session.state.value in ("paused", "finished")
    if options.state == "back":
        steps = window.gallery.film.steps
        window.gallery.film.go(steps[len(steps) // 2])
    for wide, high in SIZES:
        window.resize(wide, high)
        for theme in ("light", "dark"):
            window.appearance.choose_theme(theme)
            for index in range(window.tabs.count()):
                window.tabs.setCurrentIndex(index)
                yield lambda: window.updatesEnabled() and _at_rest(window)  # not before the theme is another
                name = window.tabs.tabText(index).lower().replace(" ", "_")
                window.grab().save(str(options.out / f"{name}_{wide}_{theme}_{options.scale:g}x.png"))


def _at_rest(window: Any) -> bool:
    """Whether all that can be seen has caught up and may be painted; on a busy machine that takes its time."""
    seen = [view for view in window.gallery.views if view.on_screen]
    return all(not view._behind and view.body.updatesEnabled() for view in seen)


def _trained(window: Any) -> float:
    """Seconds that the run has trained."""
    samples = window.desk.session.pace._samples
    return float(samples[-1][1]) if samples else 0.0


if __name__ == "__main__":
    main()
