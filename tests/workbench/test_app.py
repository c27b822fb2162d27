"""The whole application in its own process: it starts, works and ends with status 0."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from workbench.app import collect_unless_reading

CODE = Path(__file__).parents[2]

_START = """
import signal
import sys
from PySide6.QtCore import QTimer
from workbench import app

def opened(window):
    window.ask_to_close = lambda: True
    def tick():
        {body}
    timer = QTimer(window)
    timer.timeout.connect(tick)
    timer.start(20)

sys.exit(app.main({arguments!r}, opened))
"""
_QUIT = "window.close()"
_WHEN_READ = "window.desk.draft.loaded_data and window.close()"
_MID_RUN = """
        session = window.desk.session
        if window.desk.draft.ready and session.state.value == "ready":
            window.run_bar.commands["run"].trigger()
        elif session.step > 3:
            window.close()
"""
_AS_VIEWS_ARE_BUILT = """
        session = window.desk.session
        if window.desk.draft.ready and session.state.value == "ready":
            window.run_bar.commands["run"].trigger()
        elif any(view._parts and not view._built for view in window.gallery.views):
            window.close()
"""
_INTERRUPTED = """
        if window.desk.draft.loaded_data:
            timer.stop()
            signal.raise_signal(signal.SIGINT)
"""
_LEFT_APART = """
        window.docks.runs.setFloating(True)
        window.close()
"""
_SHOWN_APART = """
        print("apart", window.docks.runs.isFloating(), window.docks.runs.isVisible())
        window.close()
"""
_HOW_LARGE = """
        screen = window.screen().availableSize()
        print("filled", window.isMaximized(), window.normalGeometry().height() < screen.height())
        window.close()
"""
_WHEN_REFUSED = "window.steps.data.message.text and window.desk.draft.ready and window.close()"


def _run(body: str, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    places = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"}
    code = _START.format(body=body, arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=CODE, env=environment, capture_output=True, text=True, timeout=240
    )


@pytest.mark.parametrize(
    "body",
    [_QUIT, _WHEN_READ, _MID_RUN, _AS_VIEWS_ARE_BUILT, _INTERRUPTED],
    ids=["at once", "when read", "mid run", "as views are built", "Ctrl+C"],
)
def test_a_start_ends_with_status_0(body: str, tmp_path: Path) -> None:
    result = _run(body, [], tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    logs = "".join(path.read_text() for path in tmp_path.rglob("*.log"))
    assert "Traceback" not in logs


def test_a_bad_file_on_the_command_line_is_refused_in_the_window(tmp_path: Path) -> None:
    bad = tmp_path / "empty.csv"
    bad.touch()
    result = _run(_WHEN_REFUSED, [str(bad)], tmp_path)
    assert result.returncode == 0, result.stderr


def test_a_pane_in_a_window_of_its_own_is_there_again_at_the_next_start(tmp_path: Path) -> None:
    assert _run(_LEFT_APART, [], tmp_path).returncode == 0
    result = _run(_SHOWN_APART, [], tmp_path)
    assert result.returncode == 0, result.stderr
    assert "apart True True" in result.stdout


def test_where_its_frame_has_no_room_the_window_fills_the_screen(tmp_path: Path) -> None:
    result = _run(_HOW_LARGE, [], tmp_path)  # the screen that is none has 800 × 800
    assert result.returncode == 0, result.stderr
    assert "filled True True" in result.stdout


@pytest.mark.parametrize(("loading", "collected"), [("airline.csv", 0), ("", 1)])
def test_what_is_imported_and_read_is_not_looked_through_for_garbage(loading: str, collected: int) -> None:
    window = SimpleNamespace(desk=SimpleNamespace(draft=SimpleNamespace(loading=loading)))
    with patch("workbench.app.collect_garbage") as collect:
        collect_unless_reading(window)  # type: ignore[arg-type]
    assert collect.call_count == collected
