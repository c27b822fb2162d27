"""Icons of the toolbar and the menus, from Material Design by way of qtawesome, in the theme's colours."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QIcon
from qtawesome import IconicFont, get_fonts_info

from workbench.theme import Theme

_PREFIX, _FONT = "mdi6", "materialdesignicons6-webfont"  # as the library's names in front of icons and its files begin
_NAMES = {
    "open": "mdi6.folder-open-outline",
    "reset": "mdi6.restart",
    "run": "mdi6.play",
    "pause": "mdi6.pause",
    "replay": "mdi6.replay",
    "step": "mdi6.skip-next",
    "earlier": "mdi6.chevron-left",
    "later": "mdi6.chevron-right",
    "walk": "mdi6.swap-horizontal",
    "stop": "mdi6.stop",
    "finish": "mdi6.flag-checkered",
    "export": "mdi6.export-variant",
    "theme": "mdi6.theme-light-dark",
    "shown": "mdi6.eye-outline",
    "hidden": "mdi6.eye-off-outline",
    "application": "mdi6.graph-outline",
}


def icon(name: str, theme: Theme, color: str = "") -> QIcon:
    """One icon; muted where the control is switched off. `color` is a field of the theme, or #rrggbb."""
    chosen = color if color.startswith("#") else getattr(theme, color or "text")
    made = _font().icon(_NAMES[name], color=chosen, color_disabled=theme.muted, color_selected=theme.on_accent)
    assert isinstance(made, QIcon)
    return made


@cache
def _font() -> IconicFont:
    """The one font that is used; the library's own `icon` reads all twelve that come with it, which takes 50 ms."""
    folder = Path(get_fonts_info()[0])
    (letters,), (charmap,) = (list(folder.glob(f"{_FONT}-{rest}")) for rest in ("[0-9]*.ttf", "charmap-*.json"))
    return IconicFont((_PREFIX, letters.name, charmap.name))
