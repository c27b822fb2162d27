"""Every command of the window: which menu it stands in, its shortcut, and what it calls; the palette finds them all."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QWidget

from engine.config import field_info, field_names
from workbench.bars.menus import Menus, Verb, entries
from workbench.dialogs.about import AboutDialog
from workbench.dialogs.palette import Entry, Palette
from workbench.looks.theme import SCALES
from workbench.pane_commands import fill_panes
from workbench.wording import words
from workbench.workspace import Workspace


def fill(menus: Menus, window: Workspace) -> None:
    """Put every command into its menu."""
    _file(menus, window)
    _edit(menus, window)
    menus.run.addActions(list(window.run_bar.commands.values()))
    menus.run.addSeparator()
    menus.add(menus.run, "race", "R&ace several cells…", window.racing.open, "Ctrl+Shift+R")
    menus.add(menus.run, "sweep", "S&weep over settings…", window.racing.open_sweep, "Ctrl+Shift+W")
    menus.add(menus.run, "use", "&Use the trained model…", window.ask_use, "Ctrl+U")
    _view(menus, window)
    menus.add(menus.help, "help", "&Explain what has focus", window.explain, "F1")
    menus.add(menus.help, "log", "Open &log folder", lambda: window.files.show_folder(window.places.logs))
    menus.add(menus.help, "about", "&About", lambda: AboutDialog(window.places, window).open())


def _file(menus: Menus, window: Workspace) -> None:
    projects = window.projects
    menus.add(menus.file, "new_project", "&New project", projects.new, "Ctrl+N")
    menus.add(menus.file, "open_project", "Open &project…", projects.ask, "Ctrl+Alt+O")
    menus.file.addMenu(menus.projects)
    menus.add(menus.file, "save_project", "&Save project", projects.save, "Ctrl+S")
    menus.add(menus.file, "save_project_as", "Save project &under another name…", projects.save_as, "Ctrl+Shift+S")
    menus.fill_projects(window.settings.recent_projects, projects.open)
    menus.file.addSeparator()
    menus.add(menus.file, "open", "&Open…", window.files.ask, "Ctrl+O")
    menus.file.addMenu(menus.samples)
    menus.file.addMenu(menus.recent)
    menus.file.addSeparator()
    menus.add(menus.file, "open_folder", "Open &folder of sequences…", window.files.ask_folder)
    menus.add(menus.file, "open_as", "Open &as…", window.files.ask_reading, "Ctrl+Shift+O")
    menus.add(menus.file, "import", "&Import weights…", window.files.ask_import)
    menus.add(menus.file, "export", "&Export weights…", window.ask_export, "Ctrl+E")
    menus.file.addSeparator()
    menus.add(menus.file, "quit", "&Quit", window.close, "Ctrl+Q")
    menus.fill_recent(window.settings.recent, window.files.open)


def _edit(menus: Menus, window: Workspace) -> None:
    stack = window.desk.undoing.stack
    undo = menus.add(menus.edit, "undo", "&Undo", window.desk.undo, "Ctrl+Z")
    redo = menus.add(menus.edit, "redo", "&Redo", lambda: window.desk.undo(back=False), "Ctrl+Shift+Z")
    undo.setEnabled(stack.canUndo())
    redo.setEnabled(stack.canRedo())
    stack.canUndoChanged.connect(undo.setEnabled)
    stack.canRedoChanged.connect(redo.setEnabled)
    stack.undoTextChanged.connect(Verb(undo).show_object)
    stack.redoTextChanged.connect(Verb(redo).show_object)
    menus.edit.addSeparator()
    menus.add(menus.edit, "palette", "Find a &command…", partial(_show_palette, window), "Ctrl+Shift+P")
    menus.add(menus.edit, "preferences", "&Preferences…", window.show_preferences, "Ctrl+,")


def _view(menus: Menus, window: Workspace) -> None:
    for dock in window.docks.all:
        menus.view.addAction(dock.toggleViewAction())
    fill_panes(menus, window)
    menus.add(menus.view, "next_pane", "&Next pane", window.docks.next_pane, "F6")
    menus.add(menus.view, "previous_pane", "Pre&vious pane", partial(window.docks.next_pane, -1), "Shift+F6")
    menus.add(menus.view, "reset_layout", "&Reset layout", window.docks.reset)
    menus.fill_themes(window.settings.theme, window.appearance.choose_theme)
    looks = window.appearance
    menus.add(menus.text, "text_larger", "&Larger", lambda: looks.step_scale(1), "Ctrl++")
    menus.add(menus.text, "text_smaller", "&Smaller", lambda: looks.step_scale(-1), "Ctrl+-")
    menus.add(menus.text, "text_usual", "&Usual", lambda: looks.step_scale(0), "Ctrl+0")
    menus.text.addSeparator()
    for percent in SCALES:
        menus.add(menus.text, f"text_{percent}", f"{percent} %", partial(looks.choose_scale, percent))
    menus.view.addMenu(menus.text)
    tabs = window.gallery.tabs
    menus.fill_views([tabs.tabText(at) for at in range(tabs.count())], tabs.setCurrentIndex)


def _show_palette(window: Workspace) -> None:
    """Every command by name."""
    window.palette_dialog = dialog = Palette(_palette_entries(window), window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


def _palette_entries(window: Workspace) -> list[Entry]:
    """Every action of the menus, also of the views in front, and every setting, by name."""
    found = [_entry(text, action) for text, action in entries(window.menuBar())]
    found += [_entry(text, action) for text, action in entries(window.runs.menu, "Chosen run: ")]
    for view in window.gallery.in_front:
        found += [_entry(text, action) for text, action in entries(view.menu, f"{view.title}: ")]
    return [*found, *_settings(window)]


def _settings(window: Workspace) -> list[Entry]:
    """Every setting; of two of the same name, as each optimizer has its weight decay, the one that has an effect."""
    found: dict[str, Entry] = {}
    for name in field_names():
        editor = window.steps.panel.findChild(QWidget, name)
        if editor is not None:
            section, _, field = name.partition(".")
            info = field_info(section, field)
            title = f"Set {info.label} ({words(section).lower()})"
            if title in found and not window.steps.shows(name):
                continue
            why_not = "" if window.steps.shows(name) else "of no effect here"
            if not (why_not or editor.isEnabled()):
                why_not = "locked during a run"
            found[title] = Entry(title, partial(_reveal, window, editor), why_not=why_not, about=info.help)
    return list(found.values())


def _reveal(window: Workspace, editor: QWidget) -> None:
    """A setting, also where its pane is closed or lies behind another."""
    window.docks.setup.show()
    window.docks.setup.raise_()
    window.steps.reveal(editor)


def _entry(text: str, action: QAction) -> Entry:
    why_not = "" if action.isEnabled() else str(action.property("reason") or "not now")
    if isinstance(action.parent(), QDockWidget):  # in a menu a tick says which of both it is
        text = f"{'Hide' if action.isChecked() else 'Show'} pane: {text}"
    return Entry(text, action.trigger, action.shortcut().toString(), why_not)
