"""What a mouse does to panes and their borders, as commands: to another side, onto another, out, wider or higher."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from workbench.bars.menus import Menus
from workbench.panes import borders
from workbench.panes.docks import Docks
from workbench.workspace import Workspace

_AREA, _ACROSS, _DOWN = Qt.DockWidgetArea, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_SIDES = (
    ("left", "To the &left", _AREA.LeftDockWidgetArea),
    ("right", "To the &right", _AREA.RightDockWidgetArea),
    ("top", "&Above the views", _AREA.TopDockWidgetArea),
    ("bottom", "&Below the views", _AREA.BottomDockWidgetArea),
)
_SIZES = (
    ("wider", "&Wider", _ACROSS, 1, "Alt+Shift+Right"),
    ("narrower", "&Narrower", _ACROSS, -1, "Alt+Shift+Left"),
    ("higher", "&Higher", _DOWN, 1, "Alt+Shift+Down"),
    ("lower", "&Lower", _DOWN, -1, "Alt+Shift+Up"),
)
_TABS = (("earlier", "Tab &earlier", -1, "Ctrl+Shift+PgUp"), ("later", "Tab &later", 1, "Ctrl+Shift+PgDown"))
_NO_BORDER = "What has the keys has no border that can move that way. F6 goes to the next pane."


def fill_panes(menus: Menus, window: Workspace) -> None:
    """The entries of the menu View on panes."""
    _fill_moves(menus, window.docks)
    _fill_apart(menus, window.docks)
    for name, text, by, keys in _TABS:
        menus.add(menus.moves, f"tab_{name}", text, partial(_shift, window, by), keys)
    for name, text, orientation, way, keys in _SIZES:
        menus.add(menus.sizes, f"pane_{name}", text, partial(_resize, window, orientation, way), keys)
    for menu in (menus.moves, menus.apart, menus.sizes):
        menus.view.addMenu(menu)


def _fill_moves(menus: Menus, docks: Docks) -> None:
    """For each pane, one entry a side; moved to where it is, it goes behind the others of that side."""
    for dock in docks.all:
        sides = QMenu(dock.windowTitle(), menus.moves)
        sides.setObjectName(dock.objectName().replace("dock", "menu_move"))
        for side, text, area in _SIDES:
            name = dock.objectName().replace("dock", f"move_{side}")
            menus.add(sides, name, text, partial(docks.place, dock, area))
        name = dock.objectName().replace("dock", "move_onto")
        menus.add(sides, name, "Onto the next pane, as a &tab", partial(docks.put_onto_next, dock))
        menus.moves.addMenu(sides)


def _fill_apart(menus: Menus, docks: Docks) -> None:
    """One entry a pane, which takes it out and puts it back."""
    for dock in docks.all:
        name = dock.objectName().replace("dock", "apart")
        action = menus.add(menus.apart, name, dock.windowTitle(), partial(docks.take_out, dock))
        action.setCheckable(True)
        dock.topLevelChanged.connect(action.setChecked)


def _shift(window: Workspace, by: int) -> None:
    """The tab of the pane that has the keys, or of the bar that has them."""
    why_not = window.docks.tabs.shift(by)
    if why_not:
        window.foot.tell(why_not)


def _resize(window: Workspace, orientation: Qt.Orientation, way: int) -> None:
    """Whatever has the keys: a view of the overview, a part of a view, a pane."""
    focused: QWidget | None = QApplication.focusWidget() or window.focusWidget()
    by = way * round(borders.STEP * window.appearance.theme.scale)
    if not borders.resize(window, focused or window, orientation, by):
        window.foot.tell(_NO_BORDER)
