"""Icons of the toolbar and the menus, from Material Design by way of qtawesome, in the theme's colours."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QIcon
from qtawesome import IconicFont, get_fonts_info

from workbench.looks.theme import Theme

_PREFIX, _FONT = "mdi6", "materialdesignicons6-webfont"  # what the library puts before a name; how its files begin
_NAMES = {
    "open": "folder-open-outline",
    "reset": "restart",
    "run": "play",
    "pause": "pause",
    "replay": "replay",
    "step": "skip-next",
    "earlier": "chevron-left",
    "later": "chevron-right",
    "walk": "swap-horizontal",
    "stop": "stop",
    "finish": "flag-checkered",
    "export": "export-variant",
    "theme": "theme-light-dark",
    "shown": "eye-outline",
    "hidden": "eye-off-outline",
    "take out": "dock-window",
    "put back": "dock-right",
    "close": "close",
    "application": "graph-outline",
}


def icon(name: str, theme: Theme, color: str = "") -> QIcon:
    """One icon; muted where the control is switched off. `color` is a field of the theme, or #rrggbb."""
    chosen = color if color.startswith("#") else getattr(theme, color or "text")
    glyph = f"{_PREFIX}.{_NAMES[name]}"
    made = _font().icon(glyph, color=chosen, color_disabled=theme.muted, color_selected=theme.on_accent)
    assert isinstance(made, QIcon)
    return made


@cache
def _font() -> IconicFont:
    """The one font that is used; the library's own `icon` reads all twelve that come with it, which takes 50 ms."""
    folder = Path(get_fonts_info()[0])
    (letters,), (charmap,) = (list(folder.glob(f"{_FONT}-{rest}")) for rest in ("[0-9]*.ttf", "charmap-*.json"))
    return IconicFont((_PREFIX, letters.name, charmap.name))
