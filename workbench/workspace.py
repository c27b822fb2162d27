"""The parts of the main window in their places, and what can be asked of whatever is chosen in them."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QMainWindow

from engine.storage.contest_file import Membership
from workbench.appearance import Appearance
from workbench.bars.menu_bar import MenuBar
from workbench.bars.menus import Menus
from workbench.bars.reading import ReadingBar
from workbench.bars.runbar import RunBar
from workbench.bars.statusbar import StatusBar
from workbench.desk import Desk
from workbench.dialogs.help import HelpCard, help_on
from workbench.dialogs.palette import Palette
from workbench.doors.backend import Backend
from workbench.files import Files
from workbench.gallery.gallery import Gallery
from workbench.panels.findings import FindingsPanel
from workbench.panels.runs import RunsPanel
from workbench.panels.steps import Steps
from workbench.panes.docks import Docks
from workbench.preferring import Preferring
from workbench.projects.document import Document
from workbench.projects.projects import Projects
from workbench.pump import Pump
from workbench.racing import Racing
from workbench.settings import Places, Settings
from workbench.shelf import Shelf
from workbench.teaching import Teaching
from workbench.unseen import UnseenFindings


class Workspace(QMainWindow):
    """Composition only: work is done by `Desk`, pictures by `Gallery`, settings by `Steps`."""

    told = Signal(str)  # a sentence for the status bar, from any thread

    def __init__(self, backend: Backend, settings: Settings, places: Places) -> None:
        appearance = Appearance(settings)  # before the window, whose panes take the size of text from it
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings, self.places, self.appearance = settings, places, appearance
        theme = appearance.theme
        self.desk = Desk(backend, settings.runs or places.runs, self)
        self.desk.draft.threads = settings.threads
        self.files = Files(self.desk, settings, theme, self)
        self.gallery = Gallery(theme)
        self.steps = Steps(theme)
        self.findings, self.runs = FindingsPanel(), RunsPanel(theme)
        self.shelf = Shelf(self.desk, self.runs, self.gallery, self.files, self)
        self.racing = Racing(self.desk, theme, self.steps.shows, self._show_runs, self)
        self.teaching = Teaching(self.desk, self.gallery, settings, self)
        self.run_bar, self.foot = RunBar(theme), StatusBar()
        desk, gallery = self.desk, self.gallery
        self.pump = Pump(desk.mailbox, desk.session, desk.jobs, lambda: gallery.views, gallery.film.record)
        self.pump.setParent(self)  # no tick outlives the views
        self.addToolBar(self.run_bar)
        self.tabs = self.gallery.tabs
        sides = self.steps.panel, self.teaching.panel, self.findings, self.runs
        self.docks = Docks(self, self.gallery.widget, self.gallery.overview, *sides)
        self.unseen = UnseenFindings(self.findings, self.docks.findings)
        self.setStatusBar(self.foot)
        self.reading = ReadingBar(desk.draft, backend.data)
        self.foot.insertPermanentWidget(0, self.reading)
        self.preferring = preferring = Preferring(desk, settings, places, self.appearance, self)
        self.document = Document(
            desk, lambda: self.docks.layout(self.gallery.shown), places.config / "unsaved", preferring.usual_runs
        )
        self.document.setParent(self)
        self.projects = Projects(desk, self.document, settings, self)
        self.setMenuBar(bar := MenuBar())
        self.menus = Menus(bar)
        self.palette_dialog: Palette | None = None

    def ask_export(self) -> None:
        """Write the weights of the run that is chosen in the list."""
        self.files.ask_export(self.runs.current)

    def ask_use(self) -> None:
        """Ask the run that is chosen in the list something."""
        self.files.ask_use(self.runs.current)

    def _show_runs(self, kept: Collection[Membership]) -> bool:
        """Choose runs of a race or a sweep where they are listed; whether there are any."""
        found = self.runs.show_runs(kept)
        if found:
            self.docks.runs.show()
            self.docks.runs.raise_()
            self.activateWindow()
        return found

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
