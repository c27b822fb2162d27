"""The main window: puts the panels, the views and the run bar in their places and connects them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox

from engine.project_file import SUFFIX, Layout
from workbench.appearance import Appearance
from workbench.backend import Backend
from workbench.commands import fill, palette_entries
from workbench.desk import Desk
from workbench.dialogs.help import HelpCard, help_on
from workbench.dialogs.palette import Palette
from workbench.dialogs.rate_finder import RateFinder
from workbench.docks import Docks
from workbench.document import Document
from workbench.draft import FIRST_SAMPLE
from workbench.files import Files, dropped
from workbench.gallery import Gallery
from workbench.icons import icon
from workbench.menus import Menus
from workbench.number_editors import commit
from workbench.panels.data import fill_samples
from workbench.panels.findings import FindingsPanel
from workbench.panels.runs import RunsPanel
from workbench.panels.steps import Steps
from workbench.plots.equation import ready_to_typeset
from workbench.preferring import Preferring
from workbench.projects import Projects
from workbench.pump import Pump
from workbench.racing import Racing
from workbench.reading import ReadingBar
from workbench.run_display import RunDisplay
from workbench.run_state import LOCKED
from workbench.runbar import RunBar
from workbench.settings import Places, Settings
from workbench.shelf import Shelf
from workbench.statusbar import StatusBar
from workbench.teaching import Teaching
from workbench.theme import Theme

_log = logging.getLogger(__name__)
_JOIN_SECONDS = 5.0
_SETTLED_MS = 1500  # after the start; by then the sample is there


class Window(QMainWindow):
    """Composition only: work is done by `Desk`, pictures by `Gallery`, settings by `Steps`, runs by `RunDisplay`."""

    closed = Signal()
    told = Signal(str)  # a sentence for the status bar, from any thread

    def __init__(self, backend: Backend, settings: Settings, places: Places) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings, self.places = settings, places
        self.appearance = Appearance(settings)
        theme = self.appearance.theme
        self.desk = Desk(backend, settings.runs or places.runs, self)
        self.desk.draft.threads = settings.threads
        self.files = Files(self.desk, settings, theme, self)
        self.gallery = Gallery(theme)
        self.steps = Steps(theme)
        self.findings, self.runs = FindingsPanel(), RunsPanel(theme)
        self.shelf = Shelf(self.desk, self.runs, self.gallery, self.files, self)
        self.racing = Racing(self.desk, theme, self.steps.shows, self)
        self.teaching = Teaching(self.desk, self.gallery, settings, self)
        self.run_bar, self.foot = RunBar(theme), StatusBar()
        desk, gallery = self.desk, self.gallery
        self.pump = Pump(desk.mailbox, desk.session, desk.jobs, lambda: gallery.views, gallery.film.record)
        self.pump.setParent(self)  # no tick outlives the views
        self.addToolBar(self.run_bar)
        self.tabs = self.gallery.tabs
        sides = self.steps.panel, self.teaching.panel, self.findings, self.runs
        self.docks = Docks(self, self.gallery.widget, self.gallery.overview, *sides)
        self.setStatusBar(self.foot)
        self.reading = ReadingBar(desk.draft, backend)
        self.foot.insertPermanentWidget(0, self.reading)
        self.preferring = preferring = Preferring(desk, settings, places, self.appearance, self)
        self.document = Document(
            desk, lambda: self.docks.layout(self.gallery.shown), places.config / "unsaved", preferring.usual_runs
        )
        self.document.setParent(self)
        self.projects = Projects(desk, self.document, settings, self)
        self.menus = Menus(self.menuBar())
        fill(self.menus, self)
        self.display = RunDisplay(self)
        self._connect()
        self.apply_theme(theme)
        self.docks.restore(settings)
        self.display.show_status()

    def start(self, source: Path | str) -> None:
        """Begin to work: read `source`, learn what the engine offers, tick."""
        self.pump.start()
        opened = isinstance(source, Path) and source.name.endswith(SUFFIX) and self.projects.open(source)
        if not opened:
            project = isinstance(source, Path) and source.name.endswith(SUFFIX)
            self.desk.draft.open(FIRST_SAMPLE if project else source)
            self.desk.archive.load()
        self.desk.draft.learn_facts()
        QTimer.singleShot(_SETTLED_MS, self.tabs, self._prepare)

    @Slot()
    def _prepare(self) -> None:
        """Do while nobody waits for it what would hold the window up when it is needed."""
        self.gallery.prepare()
        self.desk.jobs.submit("equations", ready_to_typeset, lambda _nothing: None, lambda _error: None)

    # --- connections ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        desk, steps, commands = self.desk, self.steps, self.run_bar.commands
        for name, call in (
            ("run", desk.run), ("step", desk.step), ("stop", desk.session.stop),
            ("finish", desk.session.finish), ("reset", desk.session.reset),
        ):  # fmt: skip
            commands[name].triggered.connect(lambda _checked=False, call=call: self._command(call))
        steps.edited.connect(self._on_edited)
        steps.open_asked.connect(self.files.ask)
        steps.sample_asked.connect(self.files.open)
        steps.data.message.dismissed.connect(desk.draft.dismiss)
        steps.data.split_dragged.connect(self._on_split)
        self.reading.cancelled.connect(desk.draft.cancel)
        steps.training.rate_asked.connect(self.find_rate)
        steps.training.weights_asked.connect(self.files.ask_import)
        desk.draft.changed.connect(self._show_settings)
        desk.draft.loaded.connect(self._on_loaded)
        desk.draft.facts_known.connect(self._on_facts)
        self.appearance.changing.connect(self.docks.note_widths)
        self.appearance.changed.connect(self.apply_theme)
        self.tabs.currentChanged.connect(self.appearance.dress_what_is_seen)
        self.files.opening.connect(lambda: self.steps.panel.open(0))
        for speaker in (self, desk, desk.archive, self.files, self.projects, self.preferring):
            speaker.told.connect(self.foot.tell)
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
        for record in self.document.show_drawn():
            self.runs.show_beside(record, True)

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
        self._show_settings()
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

    @Slot()
    def _show_settings(self) -> None:
        counts = self.desk.counts()
        self.steps.show_experiment(self.desk.draft.experiment, counts)
        self.foot.show_threads(counts.threads)

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Dress everything, plots included, in a theme."""
        self.menus.by_name[f"theme_{self.settings.theme}"].setChecked(True)
        self.setWindowIcon(icon("application", theme, "accent"))
        self.run_bar.apply_theme(theme)
        self.steps.apply_theme(theme)
        self.gallery.apply_theme(theme)
        self.shelf.apply_theme(theme)
        self.racing.apply_theme(theme)
        self.files.apply_theme(theme)
        self.docks.follow(theme.scale)
        QTimer.singleShot(0, self, self.docks.make_room_for_lesson)  # when the text has its size
        self.display.show_status()

    # --- finding, exporting, dropping, helping -------------------------------------------------------------------

    @Slot()
    def find_rate(self) -> None:
        """Try learning rates, and take the one that is suggested."""
        if self.desk.session.alive or not self.desk.draft.ready:
            self.foot.tell(LOCKED if self.desk.session.alive else "There is no data to try rates on yet.")
            return
        self.rate_finder = finder = RateFinder(self.desk.rate_test, self.appearance.theme, self)
        finder.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        finder.taken.connect(lambda rate: self._on_edited("training.learning_rate", rate))
        finder.open()

    def ask_export(self) -> None:
        """Write the weights of the run that is chosen in the list."""
        self.files.ask_export(self.runs.current)

    def ask_use(self) -> None:
        """Ask the run that is chosen in the list something."""
        self.files.ask_use(self.runs.current)

    @Slot()
    def explain(self) -> None:
        """Help on what has focus."""
        widget = QApplication.focusWidget() or self
        title, text = help_on(widget)
        self.help_card = HelpCard(title, text, self)
        self.help_card.show_at(widget)

    def show_preferences(self) -> None:
        """What is set once for all."""
        self.preferring.open(self.document)

    def show_palette(self) -> None:
        """Every command by name."""
        self.palette_dialog = Palette(palette_entries(self), self)
        self.palette_dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.palette_dialog.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.files.drop(event.mimeData()):
            event.acceptProposedAction()

    # --- the end ----------------------------------------------------------------------------------------

    def ask_to_close(self) -> bool:
        """Whether what is under way may be stopped: a run, a race or a sweep."""
        racing = self.desk.contest.alive
        box = QMessageBox(self)
        box.setObjectName("close_question")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("A race or a sweep is under way." if racing else "A run is under way.")
        kept = "Its table is lost unless it was saved." if racing else "Its best weights so far are kept in its folder."
        box.setInformativeText(f"Stop it and close? {kept}")
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stop)
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
        self.reading.end()
        if not self.desk.close(_JOIN_SECONDS):
            _log.warning("work in the background goes on after the window has closed")
        self.document.close()
        self.docks.remember(self.settings)
        self.settings.save()
        event.accept()
        self.closed.emit()
