"""The main window: puts the panels, the views and the run bar in their places and connects them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QToolTip,
)

from engine.events import Finding
from workbench.backend import Backend
from workbench.desk import Desk
from workbench.dialogs.about import AboutDialog
from workbench.dialogs.export import ExportDialog
from workbench.docks import Docks
from workbench.editors import commit
from workbench.gallery import Gallery
from workbench.icons import icon
from workbench.menus import Menus
from workbench.panels.data import fill_samples
from workbench.panels.findings import FindingsPanel
from workbench.panels.runs import RunsPanel
from workbench.panels.setup import explanation
from workbench.panels.steps import Steps
from workbench.pump import Pump
from workbench.records import RunRecord
from workbench.runbar import RunBar
from workbench.settings import Places, Settings
from workbench.status import LOCKED, status
from workbench.style import dress
from workbench.theme import THEMES, Theme

_log = logging.getLogger(__name__)
_FILES = (
    "Tables and texts (*.csv *.tsv *.tab *.txt *.md *.parquet *.json *.jsonl *.ndjson *.xlsx *.xls *.ods);;"
    "All files (*)"
)
_JOIN_SECONDS = 5.0
_TEXT_MS = 100


class Window(QMainWindow):
    """Composition only: work is done by `Desk`, pictures by `Gallery`, settings by `Steps`."""

    closed = Signal()
    told = Signal(str)  # a sentence for the status bar, from any thread

    def __init__(self, backend: Backend, settings: Settings, places: Places) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("RNN Workbench")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings, self.places = settings, places
        self.theme = chosen_theme(settings)
        self._dress()
        self.desk = Desk(backend, places.runs, self)
        self.gallery = Gallery(self.theme)
        self.steps = Steps(self.theme)
        self.findings, self.runs = FindingsPanel(), RunsPanel()
        self.run_bar = RunBar(self.theme)
        self.pump = Pump(self.desk.mailbox, self.desk.session, self.desk.jobs, lambda: self.gallery.views)
        self.pump.setParent(self)  # no tick outlives the views
        self._text_clock = QElapsedTimer()
        self._text_clock.start()
        self._export: ExportDialog | None = None
        self.addToolBar(self.run_bar)
        self.tabs = self.gallery.tabs
        self.setCentralWidget(self.tabs)
        self.docks = Docks(self, self.gallery.overview, self.steps.panel, self.findings, self.runs)
        self.statusBar().setObjectName("status_bar")
        self.statusBar().setSizeGripEnabled(False)
        self._fill_menus()
        self._connect()
        self.docks.restore(settings)
        self._show_status()

    def start(self, source: Path | str) -> None:
        """Begin to work: read `source`, learn what the engine offers, tick."""
        self.pump.start()
        self.desk.draft.open(source)
        self.desk.draft.learn_facts()

    # --- menus ------------------------------------------------------------------------------------------

    def _fill_menus(self) -> None:
        self.menus = menus = Menus(self.menuBar())
        menus.add(menus.file, "open", "&Open…", self.ask_file, "Ctrl+O")
        menus.file.addMenu(menus.samples)
        menus.file.addMenu(menus.recent)
        menus.file.addSeparator()
        self.export_action = menus.add(menus.file, "export", "&Export weights…", self.ask_export, "Ctrl+E")
        menus.file.addSeparator()
        menus.add(menus.file, "quit", "&Quit", self.close, "Ctrl+Q")
        menus.run.addActions(list(self.run_bar.commands.values()))
        for dock in self.docks.all:
            menus.view.addAction(dock.toggleViewAction())
        menus.add(menus.view, "reset_layout", "&Reset layout", self.docks.reset)
        menus.fill_themes(self.settings.theme, self.choose_theme)
        menus.fill_views([self.tabs.tabText(i) for i in range(self.tabs.count())], self.tabs.setCurrentIndex)
        menus.add(menus.help, "help", "&Explain what has focus", self.explain, "F1")
        menus.add(menus.help, "log", "Open &log folder", lambda: self.show_folder(self.places.logs))
        menus.add(menus.help, "about", "&About", lambda: AboutDialog(self.places, self).open())
        menus.fill_recent(self.settings.recent, self.open)

    # --- connections ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        desk, steps, commands = self.desk, self.steps, self.run_bar.commands
        for name, call in (
            ("run", desk.run), ("step", desk.step), ("stop", desk.session.stop),
            ("finish", desk.session.finish), ("reset", desk.session.reset),
        ):  # fmt: skip
            commands[name].triggered.connect(lambda _checked=False, call=call: self._command(call))
        steps.edited.connect(self._on_edited)
        steps.open_asked.connect(self.ask_file)
        steps.sample_asked.connect(self.open)
        steps.data.message.dismissed.connect(desk.draft.dismiss)
        desk.draft.changed.connect(self._show_settings)
        desk.draft.loaded.connect(self._on_loaded)
        desk.draft.facts_known.connect(self._on_facts)
        desk.draft.activity_changed.connect(self._show_status)
        self._connect_run()
        self.told.connect(self._tell)

    def _connect_run(self) -> None:
        session = self.desk.session
        session.status_changed.connect(self._show_status)
        session.status_changed.connect(self._show_progress)
        session.status_changed.connect(self.pump.ask_anew)
        session.progressed.connect(self._on_progressed)
        session.begun.connect(self._on_begun)
        session.found.connect(self.findings.show_finding)
        session.ended.connect(self._on_ended)
        session.cleared.connect(self._on_cleared)
        self.findings.fix_asked.connect(self._on_fix)
        self.runs.use_asked.connect(lambda record: self.desk.draft.adopt(record.experiment))
        self.runs.export_asked.connect(self.ask_export)
        self.runs.folder_asked.connect(lambda record: self.show_folder(record.folder))
        self.gallery.needs_changed.connect(self.pump.ask_anew)
        self.gallery.notice.connect(self._tell)

    def _command(self, call: Any) -> None:
        commit(QApplication.focusWidget())
        call()

    @Slot(str, object)
    def _on_edited(self, name: str, value: object) -> None:
        message = self.desk.change(name, value)
        if message:
            self.steps.refuse(name, message, self.desk.draft.experiment)

    @Slot()
    def _on_loaded(self) -> None:
        draft = self.desk.draft
        assert draft.loaded_data is not None
        self.steps.show_loaded(draft.loaded_data)
        self._show_settings()
        file = draft.loaded_data.experiment.data.file
        if file:
            self.settings.remember_file(Path(file))
            self.menus.fill_recent(self.settings.recent, self.open)

    @Slot()
    def _on_facts(self) -> None:
        facts = self.desk.draft.facts
        assert facts is not None
        self.steps.show_facts(facts)
        fill_samples(self.menus.samples, facts.samples, self.open)
        self._show_settings()

    @Slot(object)
    def _on_begun(self, record: RunRecord) -> None:
        self.gallery.reset()
        self.findings.clear()
        self.runs.add(record)

    @Slot(object)
    def _on_ended(self, record: RunRecord) -> None:
        self.runs.refresh(record)
        self._show_status()

    @Slot()
    def _on_cleared(self) -> None:
        self.gallery.reset()
        self.findings.clear()
        self._show_progress()

    @Slot(object)
    def _on_fix(self, finding: Finding) -> None:
        message = self.desk.apply(dict(finding.changes))
        self._tell(message or "Set. Run again to see what it does.")

    # --- what is shown ----------------------------------------------------------------------------------

    @Slot()
    def _show_settings(self) -> None:
        self.steps.show_experiment(self.desk.draft.experiment, self.desk.counts())

    @Slot()
    def _show_status(self) -> None:
        draft, session = self.desk.draft, self.desk.session
        self.run_bar.show_status(status(draft, session))
        reason = LOCKED if session.alive else ""
        self.steps.lock(reason, draft.experiment)
        self.findings.lock(reason)
        self.runs.lock(reason)
        self.steps.data.message.say(draft.problem, dismissible=not draft.blocked)
        exportable = self.runs.current is not None and self.runs.current.saved and not session.alive
        self.export_action.setEnabled(exportable)
        if session.record and session.record.started:
            self.gallery.begin(session.record.number, session.record.started)

    @Slot()
    def _on_progressed(self) -> None:
        """Numbers change ten times a second at most: nobody reads faster, and every change lays the bar out anew."""
        if self._text_clock.elapsed() > _TEXT_MS or not self.desk.session.alive:
            self._text_clock.restart()
            self._show_progress()

    def _show_progress(self) -> None:
        session = self.desk.session
        if session.record:
            self.runs.show_best(session.record)
        started = session.record.started if session.record else None
        epochs = started.epochs if started else 0
        steps = started.steps_per_epoch * epochs if started else 0
        pace = session.pace
        left = pace.remaining(steps - session.step) if session.alive else 0.0
        self.run_bar.show_progress(session.step, steps, session.epoch, epochs, pace.steps_per_second, left)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.statusBar().showMessage(text, 10_000)

    def apply_theme(self, theme: Theme) -> None:
        """Dress everything, plots included, in a theme."""
        self.theme = theme
        self._dress()
        self.run_bar.apply_theme(theme)
        self.steps.apply_theme(theme)
        self.gallery.apply_theme(theme)
        self._show_status()

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, self.theme)
        self.setWindowIcon(icon("application", self.theme, "accent"))

    def choose_theme(self, name: str) -> None:
        """Take a theme by name and remember it; "system" follows the system."""
        self.settings.theme = name
        self.apply_theme(chosen_theme(self.settings))

    # --- opening, exporting, helping ----------------------------------------------------------------------

    @Slot()
    def ask_file(self) -> None:
        """Ask for a file and open it."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Open data", str(self.settings.folder), _FILES)
        if chosen:
            self.open(Path(chosen))

    def open(self, source: Path | str) -> None:
        """The one door: menu, drop, command line and samples come through here."""
        if self.desk.session.alive:
            self._tell(LOCKED)
            return
        if isinstance(source, Path):
            source = source.absolute()
            self.settings.folder = source.parent
        self.steps.panel.open(0)
        self.desk.draft.open(source)

    def ask_export(self, record: RunRecord | None = None) -> None:
        """Ask where to, and write the chosen run's best weights."""
        record = record or self.runs.current
        if record is None or record.folder is None or not record.saved:
            self._tell("There are no weights to export yet: train first.")
            return
        self._export = dialog = ExportDialog(record, self.settings.folder, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.write_asked.connect(lambda target: self.desk.export(record, target, dialog))
        dialog.open()

    def show_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager; say where it is if there is none."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._tell(str(folder))

    @Slot()
    def explain(self) -> None:
        """Help on what has focus."""
        widget = QApplication.focusWidget() or self
        text = explanation(widget) or widget.accessibleDescription() or "Nothing more is known about this."
        QToolTip.showText(widget.mapToGlobal(widget.rect().bottomLeft()), f"<p>{text}</p>", widget)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file that was dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open(files[0])

    # --- the end ----------------------------------------------------------------------------------------

    def ask_to_close(self) -> bool:
        """Whether a run that is under way may be stopped."""
        box = QMessageBox(self)
        box.setObjectName("close_question")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("A run is under way.")
        box.setInformativeText("Stop it and close? Its best weights so far are kept in its folder.")
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stop)
        box.exec()
        return box.clickedButton() is stop

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, stop, wait a little, remember the layout."""
        if self.desk.session.alive and not self.ask_to_close():
            event.ignore()
            return
        self.pump.stop()
        if not self.desk.close(_JOIN_SECONDS):
            _log.warning("work in the background goes on after the window has closed")
        self.docks.remember(self.settings)
        self.settings.save()
        event.accept()
        self.closed.emit()


def chosen_theme(settings: Settings) -> Theme:
    """The theme of the settings, or the one the system prefers."""
    if settings.theme in THEMES:
        return THEMES[settings.theme]
    dark = QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return THEMES["dark" if dark else "light"]
