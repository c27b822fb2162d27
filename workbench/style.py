"""Dresses the application in a theme: Qt's palette and one short style sheet on top of Fusion."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from workbench.theme import Theme


def dress(application: QApplication, theme: Theme) -> None:
    """Give every widget the colours of `theme`; plots are dressed by their own `apply_theme`."""
    font = QFont(application.font())
    font.setPixelSize(theme.body)
    application.setFont(font)
    application.setStyleSheet("")  # replacing one sheet by another takes five times as long as this detour
    application.setPalette(palette(theme))
    application.setPalette(_boxes(theme), "QCheckBox")  # type: ignore[arg-type]  # the stub wants bytes, Qt takes text
    application.setStyleSheet(style_sheet(theme))
    pg.setConfigOptions(background=theme.plot, foreground=theme.text, antialias=False)


def palette(theme: Theme) -> QPalette:
    """Qt's palette; text that is switched off is muted in every role."""
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
        roles.LinkVisited: theme.accent,
        roles.Accent: theme.accent,
        roles.Mid: theme.border,
        roles.Dark: theme.border,
        roles.Midlight: theme.raised,
        roles.Light: theme.raised,
    }
    palette = QPalette()
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(group, role, QColor(theme.muted))
    palette.setColor(group, roles.Highlight, QColor(theme.border))
    return palette


def _boxes(theme: Theme) -> QPalette:
    """The palette of check boxes: Fusion outlines them in the darkened colour of the window, lost on a dark one."""
    boxes = palette(theme)
    if theme.dark:
        boxes.setColor(QPalette.ColorRole.Base, QColor(theme.border))
    return boxes


def style_sheet(theme: Theme) -> str:
    """What Fusion draws otherwise than we want: the main window's ground, headers, cards, tabs, tool tips."""
    t = theme
    return f"""
    QMainWindow, QMainWindow::separator {{ background: {t.window}; }}
    QMainWindow::separator {{ width: 4px; height: 4px; }}
    QToolTip {{ color: {t.text}; background: {t.raised}; border: 1px solid {t.border}; padding: 4px; }}
    QToolBar {{ background: {t.panel}; border: 0; border-bottom: 1px solid {t.border};
        padding: 4px 8px; spacing: 4px; }}
    QToolBar QToolButton {{ padding: 4px 8px; border: 1px solid transparent; border-radius: 4px; color: {t.text}; }}
    QToolBar QToolButton:hover:enabled {{ background: {t.raised}; border-color: {t.border}; }}
    QToolBar QToolButton:focus {{ border-color: {t.accent}; }}
    QToolBar QToolButton:disabled {{ color: {t.muted}; }}
    QToolBar QToolButton#runButton:enabled {{ background: {t.accent}; color: {t.on_accent}; font-weight: 600; }}
    QToolBar QToolButton#runButton:focus {{ border-color: {t.text}; }}
    QMenuBar {{ background: {t.panel}; }}
    QDockWidget {{ titlebar-close-icon: none; font-weight: 600; }}
    QDockWidget::title {{ background: {t.window}; padding: 6px 8px; text-align: left; }}
    QTabWidget::pane {{ border: 0; background: {t.window}; }}
    QTabBar {{ background: {t.window}; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 8px; border: 0;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
    QTabBar::tab:focus {{ border-bottom-color: {t.text}; }}
    QScrollArea {{ border: 0; background: transparent; }}
    QProgressBar {{ border: 1px solid {t.border}; border-radius: 3px; background: {t.base}; max-height: 8px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
    QLabel[role="muted"] {{ color: {t.muted}; }}
    QLabel[role="small"] {{ color: {t.muted}; font-size: {t.small}px; }}
    QLabel[role="title"] {{ font-size: {t.heading}px; font-weight: 600; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="warning"] {{ color: {t.warning}; font-size: {t.small}px; }}
    QLabel[role="problem"] {{ color: {t.problem}; }}
    QLabel[role="value"] {{ color: {t.text}; }}
    QFrame[role="card"] {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 4px; }}
    QFrame[role="message"] {{ background: {t.base}; border: 1px solid {t.problem}; border-radius: 4px; }}
    QFrame[role="notice"] {{ background: {t.base}; border: 1px solid {t.warning}; border-radius: 4px; }}
    QFrame[role^="finding"] {{ background: {t.base}; border: 1px solid {t.border}; border-left: 3px solid {t.accent}; }}
    QFrame[role="finding-good"] {{ border-left-color: {t.good}; }}
    QFrame[role="finding-warning"] {{ border-left-color: {t.warning}; }}
    QFrame[role="finding-problem"] {{ border-left-color: {t.problem}; }}
    QPushButton[role="step"] {{ text-align: left; padding: 0; border: 0; border-bottom: 1px solid {t.border};
        background: {t.panel}; }}
    QToolButton[role="fold"] {{ border: 0; padding: 4px 0; color: {t.text}; font-weight: 600;
        background: transparent; }}
    QToolButton[role="fold"]:hover, QToolButton[role="fold"]:focus {{ color: {t.accent}; }}
    QPushButton[role="step"]:checked {{ background: {t.base}; border-left: 3px solid {t.accent}; }}
    QPushButton[role="step"]:hover {{ background: {t.raised}; }}
    QPushButton[role="step"]:focus {{ border-bottom: 2px solid {t.accent}; }}
    QPushButton[role="choice"] {{ text-align: left; border: 1px solid {t.border}; border-radius: 4px;
        background: {t.base}; padding: 8px; }}
    QPushButton[role="choice"]:hover:enabled {{ border-color: {t.muted}; }}
    QPushButton[role="choice"]:focus {{ border-color: {t.text}; }}
    QPushButton[role="choice"]:checked {{ border: 2px solid {t.accent}; }}
    QPushButton[role="choice"]:disabled {{ background: {t.panel}; }}
    """
