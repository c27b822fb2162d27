"""The main window: its parts connected, from the start to the last question before it closes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.storage.project_file import SUFFIX, Layout
from workbench.commands import fill
from workbench.dialogs.question import Question
from workbench.dialogs.rate_finder import RateFinder
from workbench.doors.backend import Backend
from workbench.draft import FIRST_SAMPLE
from workbench.files import dropped
from workbench.forms.number_editors import commit
from workbench.later import in_turn, later
from workbench.looks.icons import icon
from workbench.looks.painting import paint_in_turn
from workbench.looks.theme import Theme
from workbench.panels.data import fill_samples
from workbench.plots.network.equation import get_ready_to_typeset
from workbench.run_display import RunDisplay
from workbench.runs.state import LOCKED
from workbench.settings import Places, Settings
from workbench.workspace import Workspace

_log = logging.getLogger(__name__)
_JOIN_SECONDS = 5.0
_SETTLED_MS = 1500  # after the start; by then the sample is there


class Window(Workspace):
    """Connects the parts; how a run stands is shown in them by `RunDisplay`."""

    closed = Signal()

    def __init__(self, backend: Backend, settings: Settings, places: Places) -> None:
        super().__init__(backend, settings, places)
        self._settings_due = False
        fill(self.menus, self)
        self.display = RunDisplay(self)
        self._connect()
        views = (view.apply_theme for view in self.gallery.views)
        self.appearance.dress(
            self, self.run_bar.apply_theme, self.steps.apply_theme, *views, self.gallery.apply_theme,
            self.shelf.apply_theme, self.racing.apply_theme, self.files.apply_theme, self._follow_theme,
        )  # fmt: skip
        self.appearance.dressed.connect(self._paint_in_turn)
        self.docks.restore(settings)
        self.display.show_status()

    def start(self, source: Path | str) -> None:
        """Begin to work: read `source`, learn what the engine offers, tick."""
        self.pump.start()
        opened = isinstance(source, Path) and source.name.endswith(SUFFIX) and self.projects.open(source)
        if not opened:
            project = isinstance(source, Path) and source.name.endswith(SUFFIX)
            self.files.open(FIRST_SAMPLE if project else source)
            self.desk.archive.load()
        self.desk.draft.learn_facts()
        later(_SETTLED_MS, self.tabs, self._prepare)

    @Slot()
    def _prepare(self) -> None:
        """Do while nobody waits for it what would hold the window up when it is needed."""
        self.gallery.prepare(self._waited_for, get_ready_to_typeset)

    def _waited_for(self) -> bool:
        """Whether somebody waits for what comes next: data, a run, its first pictures, its answer."""
        draft, session = self.desk.draft, self.desk.session
        return bool(draft.loading) or draft.preparing or session.awaited or self.pump.begins

    @Slot()
    def _paint_in_turn(self) -> None:
        """In another theme or size of text: each pane, and each view that is seen."""
        paint_in_turn(self, (*self.docks.inside, *(view for view in self.gallery.views if view.isVisible())))

    # --- connections ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        desk, steps, commands = self.desk, self.steps, self.run_bar.commands
        for name, call in (
            ("run", desk.run), ("step", desk.step), ("stop", desk.session.stop),
            ("finish", desk.session.finish), ("reset", desk.session.reset),
        ):  # fmt: skip
            commands[name].triggered.connect(lambda _checked=False, call=call: self._command(call))
        commands["step"].triggered.connect(lambda: self.gallery.film.go(None))  # to be seen
        steps.edited.connect(self._on_edited)
        steps.open_asked.connect(self.files.ask)
        steps.sample_asked.connect(self.files.open)
        steps.data.message.dismissed.connect(desk.draft.dismiss)
        steps.data.split_dragged.connect(self._on_split)
        self.reading.cancelled.connect(desk.leave_reading)
        steps.training.rate_asked.connect(self.find_rate)
        steps.training.weights_asked.connect(self.files.ask_import)
        desk.draft.changed.connect(self._show_settings)
        desk.session.ended.connect(self._show_settings)  # it is known how long training takes
        desk.draft.loaded.connect(self._on_loaded)
        desk.draft.facts_known.connect(self._on_facts)
        self.appearance.changing.connect(self.docks.note_widths)
        self.tabs.currentChanged.connect(self.appearance.dress_what_is_seen)
        self.files.opening.connect(self.steps.panel.show_data)
        for speaker in (self, desk, desk.archive, self.files, self.projects, self.preferring):
            speaker.told.connect(self.foot.tell)
        self.runs.menu.refused.connect(self.foot.tell)
        self._connect_project()

    def _connect_project(self) -> None:
        self.files.project_asked.connect(self.projects.open)
        self.projects.recent_changed.connect(
            lambda: self.menus.fill_projects(self.settings.recent_projects, self.projects.open)
        )
        self.document.opened.connect(self._on_project)
        self.desk.archive.found.connect(self._draw_again)
        self.runs.shown_changed.connect(self.document.note_change)

    @Slot(object)
    def _on_project(self, layout: Layout) -> None:
        """The window as the project was left."""
        self.docks.take(layout)
        self.gallery.open(layout.view)

    @Slot()
    def _draw_again(self) -> None:
        """The runs that were drawn when the project was saved."""
        self.shelf.draw_again(self.document.show_drawn())

    def _command(self, call: Any) -> None:
        commit(QApplication.focusWidget())
        call()

    @Slot(str, object)
    def _on_edited(self, name: str, value: object) -> None:
        message = self.desk.change(name, value)
        if message:
            self.steps.refuse(name, message, self.desk.draft.experiment)

    @Slot(object)
    def _on_split(self, changes: Mapping[str, float]) -> None:
        self.foot.tell(self.desk.apply(changes))

    @Slot()
    def _on_loaded(self) -> None:
        draft = self.desk.draft
        assert draft.loaded_data is not None
        self.steps.show_loaded(draft.loaded_data)
        self.foot.show_data(draft.loaded_data.title)
        self._settings_due = True
        in_turn(self, self._show_due_settings)
        file = draft.loaded_data.experiment.data.file
        if file:
            self.settings.remember_file(Path(file))
            self.menus.fill_recent(self.settings.recent, self.files.open)

    @Slot()
    def _on_facts(self) -> None:
        facts = self.desk.draft.facts
        assert facts is not None
        self.steps.show_facts(facts)
        self.teaching.offer(facts.lessons, self.menus, self.docks)
        fill_samples(self.menus.samples, facts.samples, self.files.open)
        self._show_settings()

    # --- what is shown ----------------------------------------------------------------------------------

    def _show_due_settings(self) -> None:
        """Of data that has been read, unless they have changed with it and are shown already."""
        if self._settings_due:
            self._show_settings()

    @Slot()
    def _show_settings(self) -> None:
        self._settings_due = False
        counts = self.desk.counts()
        self.steps.show_experiment(self.desk.draft.experiment, counts)
        self.foot.show_threads(counts.threads)

    def _follow_theme(self, theme: Theme) -> None:
        self.menus.by_name[f"theme_{self.settings.theme}"].setChecked(True)
        self.setWindowIcon(icon("application", theme, "accent"))
        self.docks.apply_theme(theme)
        self.docks.follow(theme.scale)
        later(0, self, self.docks.make_room_for_lesson)  # when the text has its size
        self.display.show_status()

    # --- finding a rate, dropping a file ------------------------------------------------------------------------

    @Slot()
    def find_rate(self) -> None:
        """Try learning rates, and take the one that is suggested."""
        if self.desk.session.alive or not self.desk.draft.ready:
            self.foot.tell(LOCKED if self.desk.session.alive else "There is no data to try rates on yet.")
            return
        self.rate_finder = finder = RateFinder(self.desk.rate_test, self.appearance.theme, self)
        finder.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.appearance.changed.connect(finder.apply_theme)
        finder.taken.connect(lambda rate: self._on_edited("training.learning_rate", rate))
        finder.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, and leave them where they are: a source that is told of a move may delete them."""
        if dropped(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.files.drop(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Back from elsewhere, where another window may have begun a run."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.desk.archive.look_again()

    # --- the end ----------------------------------------------------------------------------------------

    def ask_to_close(self) -> bool:
        """Whether what is under way may be stopped: a run, a race or a sweep."""
        racing = self.desk.contest.alive
        title = "A race or a sweep is under way." if racing else "A run is under way."
        kept = "Its best weights so far are kept in its folder."
        if racing:
            runs = "its runs are kept" if self.desk.contest.keeps else "its runs are not kept"
            kept = f"Its table is lost unless it was saved; {runs}."
        box = Question("close_question", title, f"Stop it and close? {kept}", self)
        stop = box.offer("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.leave("Go on training")
        box.exec()
        return box.clickedButton() is stop

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, stop, wait a little, remember the layout."""
        busy = self.desk.session.alive or self.desk.contest.alive
        stays = busy and not self.ask_to_close()
        if stays or not self.projects.may_leave():
            event.ignore()
            return
        self.pump.stop()
        self.display.end()
        self.reading.end()
        if not self.desk.close(_JOIN_SECONDS):
            _log.warning("work in the background goes on after the window has closed")
        self.document.close()
        self.docks.remember(self.settings)
        self.settings.save()
        event.accept()
        self.closed.emit()
