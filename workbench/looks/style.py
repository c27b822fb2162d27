"""How the application is dressed: Qt's palette for the colours, and one short style sheet on top of Fusion."""

from __future__ import annotations

import dataclasses

from PySide6.QtGui import QColor, QPalette

from workbench.looks.theme import SCALES, Theme

TEXT_SCALE = "textScale"  # property of windows: the size of text in per cent


def palette(theme: Theme) -> QPalette:
    """Qt's palette; text that is switched off is muted in every role.

    Four roles that nothing is painted with carry what Qt has no role for, so that the style sheet finds every colour
    here: `Shadow` the window's ground, `Midlight`, `LinkVisited` and `BrightText` good, warning and problem.
    """
    roles, group = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    colors = {
        roles.Window: theme.panel,
        roles.WindowText: theme.text,
        roles.Base: theme.base,
        roles.AlternateBase: theme.panel,
        roles.Text: theme.text,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.problem,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.warning,
        roles.Accent: theme.accent,
        roles.Mid: theme.border,
        roles.Dark: theme.border,
        roles.Midlight: theme.good,
        roles.Shadow: theme.window,
        roles.Light: theme.raised,
    }
    palette = QPalette()
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(group, role, QColor(theme.muted))
    palette.setColor(group, roles.Highlight, QColor(theme.border))
    return palette


def box_palette(theme: Theme) -> QPalette:
    """Of boxes to tick, and of lists with some: Fusion outlines them in the darkened colour of the window.

    On a dark one that is lost, and a box that is not ticked looks like a smudge.
    """
    boxes = palette(theme)
    if theme.dark:
        boxes.setColor(QPalette.ColorRole.Window, QColor(theme.muted))
    return boxes


def input_palette(theme: Theme) -> QPalette:
    """The palette of lines and numbers to type into, likewise."""
    inputs = palette(theme)
    if theme.dark:
        inputs.setColor(QPalette.ColorRole.Window, QColor(theme.border).lighter(190))
    return inputs


def slider_palette(theme: Theme) -> QPalette:
    """Of sliders, whose handle and groove Fusion paints like buttons: alone on a dark ground these are lost."""
    sliders = palette(theme)
    if theme.dark:
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            sliders.setColor(group, QPalette.ColorRole.Button, QColor(theme.border).lighter(190))
    return sliders


def percent(theme: Theme) -> int:
    """The size of text of `theme`, as windows have it as their property."""
    return round(100 * theme.scale)


def style_sheet(theme: Theme) -> str:
    """What Fusion draws otherwise than we want: the main window's ground, headers, cards, tabs, tool tips.

    All colours are the palette's, and sizes of text follow a property of the window, so that the sheet is the same
    whatever is chosen: to take in another one, Qt works through every widget there is.
    """
    sizes = (_sizes(dataclasses.replace(theme, scale=scale / 100)) for scale in sorted({*SCALES, percent(theme)}))
    return _SHEET + "".join(sizes)


def _sizes(theme: Theme) -> str:
    window = "" if theme.scale == 1 else f'QWidget[{TEXT_SCALE}="{percent(theme)}"]'
    return f"""
{window} QLabel[role="small"], {window} QLabel[role="warning"],
{window} QLabel[role="badge"] {{ font-size: {theme.small}px; }}
{window} QLabel[role="title"] {{ font-size: {theme.heading}px; }}
"""


_SHEET = """
QMainWindow, QMainWindow::separator { background: palette(shadow); }
QMainWindow::separator { width: 4px; height: 4px; }
QToolTip {
    color: palette(window-text); background: palette(tooltip-base); border: 1px solid palette(mid); padding: 4px; }
QToolBar { background: palette(window); border: 0; border-bottom: 1px solid palette(mid);
    padding: 4px 8px; spacing: 4px; }
QToolBar QToolButton {
    padding: 4px 8px; border: 1px solid transparent; border-radius: 4px; color: palette(window-text); }
QToolBar QToolButton:hover:enabled { background: palette(button); border-color: palette(mid); }
QToolBar QToolButton:focus { border-color: palette(link); }
QToolBar QToolButton:disabled { color: palette(placeholder-text); }
QToolBar QToolButton#runButton:enabled {
    background: palette(link); color: palette(highlighted-text); font-weight: 600; }
QToolBar QToolButton#runButton:focus { border-color: palette(window-text); }
QMenuBar { background: palette(window); }
QDockWidget { font-weight: 600; border: 1px solid palette(mid); }
QDockWidget::title { background: palette(shadow); padding: 6px 8px; text-align: left; }
QTabWidget::pane { border: 0; background: palette(shadow); }
QTabBar { background: palette(shadow); }
QTabBar::tab { background: transparent; color: palette(placeholder-text); padding: 6px 8px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tear { width: 0; border: 0; image: none; }
QTabBar::tab:hover { color: palette(window-text); }
QTabBar::tab:selected { color: palette(window-text); border-bottom-color: palette(link); }
QTabBar::tab:focus { border-bottom-color: palette(window-text); }
QToolButton[role="more"]::menu-indicator { image: none; }
QToolButton#views_list { border: 0; padding: 6px 20px 8px 8px; background: transparent; color: palette(window-text); }
QToolButton#views_list:hover, QToolButton#views_list:focus { color: palette(link); }
QToolButton#views_list::menu-indicator { subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }
QScrollArea { border: 1px solid transparent; background: transparent; }
QScrollArea:focus { border-color: palette(link); }
QScrollArea[role="page"] { border: 0; }
QListView > #qt_scrollarea_vcontainer { background: palette(window); }
QTreeView:focus, QTableView:focus, QListView:focus { border: 1px solid palette(link); }
QProgressBar { border: 1px solid palette(mid); border-radius: 3px; background: palette(base); max-height: 8px; }
QProgressBar::chunk { background: palette(link); border-radius: 2px; }
QLabel#qt_msgbox_informativelabel { min-width: 60ex; }
QLabel[role="muted"] { color: palette(placeholder-text); }
QLabel[role="small"] { color: palette(placeholder-text); }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="warning"] { color: palette(link-visited); }
QLabel[role="problem"] { color: palette(bright-text); }
QLabel[role="badge"] { color: palette(midlight); border: 1px solid palette(midlight); border-radius: 4px; }
QLabel[role="badge"] { padding: 0 4px; }
QLabel[role="value"] { color: palette(window-text); }
QFrame[role="card"] { background: palette(base); border: 1px solid palette(mid); border-radius: 4px; }
QFrame[role="message"] { background: palette(base); border: 1px solid palette(bright-text); border-radius: 4px; }
QFrame[role="notice"] { background: palette(base); border: 1px solid palette(link-visited); border-radius: 4px; }
QFrame[role^="finding"] {
    background: palette(base); border: 1px solid palette(mid); border-left: 3px solid palette(link); }
QFrame[role="finding-good"] { border-left-color: palette(midlight); }
QFrame[role="finding-warning"] { border-left-color: palette(link-visited); }
QFrame[role="finding-problem"] { border-left-color: palette(bright-text); }
QPushButton[role="step"] { text-align: left; padding: 0; border: 0; border-bottom: 1px solid palette(mid);
    background: palette(window); }
QToolButton[role="fold"] { border: 0; padding: 4px 0; color: palette(window-text); font-weight: 600;
    background: transparent; }
QToolButton[role="fold"]:hover, QToolButton[role="fold"]:focus { color: palette(link); }
QPushButton[role="step"][opened="true"] { background: palette(base); border-left: 3px solid palette(link); }
QPushButton[role="step"]:hover { background: palette(button); }
QPushButton[role="step"]:focus { border-bottom: 2px solid palette(link); }
QPushButton[role="choice"] { text-align: left; border: 1px solid palette(mid); border-radius: 4px;
    background: palette(base); padding: 8px; }
QPushButton[role="choice"]:hover:enabled { border-color: palette(placeholder-text); }
QPushButton[role="choice"]:focus { border-color: palette(window-text); }
QPushButton[role="choice"]:checked { border: 2px solid palette(link); }
QPushButton[role="choice"]:checked:focus { border-color: palette(window-text); }
QPushButton[role="choice"]:disabled { background: palette(window); }
"""
