"""The window over a backend of known content, worked as a person would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.forms.number_editors import NumberEditor
from workbench.runs.state import State
from workbench.settings import Places, Settings
from workbench.window import Window

if TYPE_CHECKING:
    from tests.workbench.conftest import KnownBackend


class Bench:
    """A window that has read the known data and knows what the engine offers."""

    def __init__(self, qtbot: QtBot, backend: KnownBackend, folder: Path, source: Path | str = "known") -> None:
        self.qtbot, self.backend, self.folder = qtbot, backend, folder
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyleSheet("")  # as at a start of the program, where a window comes to be twice as fast
        self.window = Window(backend, Settings(folder), Places(folder, folder / "runs", folder))
        self.window.ask_to_close = lambda: True  # type: ignore[method-assign]
        self.window.show()
        self.window.start(source)
        self.until(lambda: self.window.desk.draft.ready and self.window.desk.draft.facts is not None and self.drawn())

    @property
    def session_state(self) -> State:
        return self.window.desk.session.state

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def drawn(self) -> bool:
        """Whether every view that is seen has been built and shows the newest."""
        return not any(view._behind for view in self.window.gallery.views if view.active)

    def command(self, name: str) -> None:
        self.window.run_bar.commands[name].trigger()

    def train(self, steps: int) -> None:
        """Run, and let exactly so many steps be done."""
        self.command("run")
        self.until(lambda: bool(self.backend.runs))
        self.backend.runs[-1].permits.release(steps)
        self.until(lambda: self.window.desk.session.step == steps)

    def number(self, name: str) -> NumberEditor:
        editor = self.window.findChild(NumberEditor, name)
        assert editor is not None
        return editor
