"""The menu bar: every action of the window, each with its shortcut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

_KEY = "\t"  # behind which a menu writes a key
_LETTER = re.compile("&(.)")  # by which an entry is chosen; of "&&" it is the mark itself


class Menus(QObject):
    """File, Edit, Run, View, Lessons, Help. Built once; what changes with time is filled in by the window."""

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__(bar)
        self.file, self.edit = _menu(bar, "&File", "menu_file"), _menu(bar, "&Edit", "menu_edit")
        self.run = _menu(bar, "&Run", "menu_run")
        self.view, self.lessons = _menu(bar, "&View", "menu_view"), _menu(bar, "&Lessons", "menu_lessons")
        self.help = _menu(bar, "&Help", "menu_help")
        self.samples, self.recent = QMenu("Open sa&mple", self.file), QMenu("Open &recent", self.file)
        self.projects = QMenu("Recent projec&ts", self.file)
        self.samples.setToolTipsVisible(True)
        self.by_name: dict[str, QAction] = {}
        self.theme, self.text = QMenu("&Theme", self.view), QMenu("Size of te&xt", self.view)
        self.apart = QMenu("Pane in its &own window", self.view)
        self.moves, self.sizes = QMenu("&Move pane", self.view), QMenu("Size of &pane", self.view)
        for menu, name in (
            (self.apart, "menu_apart"),
            (self.moves, "menu_moves"),
            (self.sizes, "menu_sizes"),
            (self.samples, "menu_samples"),
            (self.recent, "menu_recent"),
            (self.projects, "menu_projects"),
            (self.theme, "menu_theme"),
            (self.text, "menu_text"),
        ):
            menu.setObjectName(name)

    def add(self, menu: QMenu, name: str, text: str, call: Callable[[], object], shortcut: str = "") -> QAction:
        """An entry that calls `call`."""
        action = QAction(text, self)
        action.setObjectName(f"action_{name}")
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda _checked=False: call())
        menu.addAction(action)
        self.by_name[name] = action
        return action

    def fill_recent(self, paths: Sequence[Path], opened: Callable[[Path], object]) -> None:
        """The files opened lately."""
        _fill(self.recent, paths, opened)

    def fill_projects(self, paths: Sequence[Path], opened: Callable[[Path], object]) -> None:
        """The projects opened lately."""
        _fill(self.projects, paths, opened)

    def fill_views(self, titles: Sequence[str], shown: Callable[[int], None]) -> None:
        """One entry a tab, the first nine with Ctrl and their number."""
        self.view.addSeparator()
        for index, title in enumerate(titles):
            shortcut = f"Ctrl+{index + 1}" if index < 9 else ""
            self.add(self.view, f"view_{index + 1}", title, partial(shown, index), shortcut)

    def fill_themes(self, current: str, chosen: Callable[[str], None]) -> None:
        """Light, dark, or as the system has it."""
        group = QActionGroup(self)
        for name, text in (("system", "As the &system"), ("light", "&Light"), ("dark", "&Dark")):
            action = self.add(self.theme, f"theme_{name}", text, partial(chosen, name))
            action.setCheckable(True)
            action.setChecked(name == current)
            group.addAction(action)
        self.view.addMenu(self.theme)


class Verb(QObject):
    """Keeps an action's text up to date: its verb, and what it would be done to."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self._action, self._verb = action, action.text()

    @Slot(str)
    def show_object(self, what: str) -> None:
        """What the verb applies to now."""
        self._action.setText(f"{self._verb} {_as_it_is(what)}".rstrip())


def entries(menu: QMenu | QMenuBar, path: str = "") -> Iterator[tuple[str, QAction]]:
    """Every action below `menu` that does something, behind the names of the submenus it lies in."""
    for action in menu.actions():
        text = path + _LETTER.sub(r"\1", action.text().partition(_KEY)[0]).rstrip("…")
        inside = action.menu()
        if isinstance(inside, QMenu):
            yield from entries(inside, f"{text}: " if isinstance(menu, QMenu) else "")
        elif not action.isSeparator() and action.isVisible():
            yield text, action


def _fill(menu: QMenu, paths: Sequence[Path], opened: Callable[[Path], object]) -> None:
    menu.clear()
    for path in paths:
        action = menu.addAction(_as_it_is(str(path)))
        action.triggered.connect(lambda _checked=False, path=path: opened(path))
    menu.setEnabled(bool(paths))


def _as_it_is(name: str) -> str:
    """A name in a menu, which would take its "&" for the mark of a letter."""
    return name.replace("&", "&&")


def _menu(bar: QMenuBar, title: str, name: str) -> QMenu:
    menu = bar.addMenu(title)
    menu.setObjectName(name)
    return menu
