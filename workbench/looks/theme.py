"""Light and dark: the colours, pens and colour maps of the whole window, by role.

A `Theme` is plain text and numbers. Qt objects (pens, brushes, colour maps) are made on call, never at import,
because module-level Qt objects outlive the application and crash at exit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPen

GRID = 8  # pixels: every margin and gap is a multiple of it or half of it
TEXT_SMALL, TEXT_BODY, TEXT_TITLE = 11, 12, 14  # pixels: the one type scale, before `Theme.scale`
SCALES = (80, 90, 100, 110, 125, 150, 175, 200)  # per cent: the sizes of text that can be chosen

_DASHES = {
    "solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine,
    "dashdot": Qt.PenStyle.DashDotLine, "dashdotdot": Qt.PenStyle.DashDotDotLine,
}  # fmt: skip
_LONG_DASHES = {"longdash": (12, 4), "longdashdot": (12, 4, 2, 4)}  # of the pen's width: on, off, …
# As far from each other as twelve colours can be for every eye, those that are clear on the ground of the theme.
_CLASSES = {
    "light": (
        "#1466bd", "#ee5319", "#004931", "#bc6df9", "#790401", "#bb886b",
        "#a8036d", "#656a37", "#7d89b4", "#780c88", "#cb6785", "#172cb3",
    ),
    "dark": (
        "#a39cff", "#f58f05", "#0dfff0", "#cb4bc3", "#7dc892", "#9b6557",
        "#f6d17b", "#178087", "#d687c2", "#858436", "#d9f353", "#6a61f1",
    ),
}  # fmt: skip
_MAPS = {"diverging": "CET-CBD1", "magnitude": "viridis"}


@dataclass(frozen=True, slots=True)
class PenStyle:
    """How one series is drawn: `dash` is a key of `_DASHES` or `_LONG_DASHES`, so that colour never stands alone."""

    color: str
    dash: str = "solid"
    width: int = 1
    symbol: str = ""  # pyqtgraph's letter, for series of few points


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb by what they are for; `pens` by the role of a series."""

    name: str  # "light" or "dark"
    window: str  # behind everything
    panel: str  # docks and dialogs
    base: str  # inside of inputs and lists
    raised: str  # buttons, hovered rows
    border: str
    text: str
    muted: str  # second-rank text
    accent: str
    on_accent: str  # text upon the accent
    plot: str  # background of plots
    grid: str  # grid lines and axis lines of plots
    good: str
    warning: str
    problem: str
    pens: dict[str, PenStyle] = field(default_factory=dict)
    series: tuple[str, ...] = ()  # colours of runs and cells beside each other
    classes: tuple[str, ...] = ()  # colours of the classes of data, as many as every eye tells apart
    scale: float = 1.0  # of all text
    density: float = 1.0  # pixels of the screen in one of Qt's; cosmetic pens know nothing of it

    @property
    def dark(self) -> bool:
        """True for light text on a dark ground."""
        return self.name == "dark"

    @property
    def small(self) -> int:
        """Pixels of second-rank text, of axes and keys."""
        return round(TEXT_SMALL * self.scale)

    @property
    def icon(self) -> QSize:
        """Pixels of icons beside text."""
        side = round((2 * GRID + 2) * self.scale)
        return QSize(side, side)

    @property
    def body(self) -> int:
        """Pixels of text."""
        return round(TEXT_BODY * self.scale)

    @property
    def heading(self) -> int:
        """Pixels of headings."""
        return round(TEXT_TITLE * self.scale)

    def pen(self, role: str) -> QPen:
        """A cosmetic pen for a series: "train", "validation", "test", "baseline", "baseline2" to "baseline5", "truth",
        "forecast", "smooth", "grid", "cursor", "good", "warning", "problem", "muted", "accent".
        """  # fmt: skip
        style = self.pens[role]
        pen = self.stroke(style.color, style.width, _DASHES.get(style.dash, Qt.PenStyle.CustomDashLine))
        if style.dash in _LONG_DASHES:
            pen.setDashPattern(_LONG_DASHES[style.dash])
        return pen

    def series_pen(self, number: int) -> QPen:
        """The pen of run or cell `number`: six colours, and another dash for every further six."""
        return self._dashed(self.series, number)

    def class_pen(self, number: int) -> QPen:
        """The pen of class `number`: twelve colours, and another dash for every further twelve."""
        return self._dashed(self.classes, number)

    def class_colors(self, count: int) -> list[QColor]:
        """One for each of `count` classes; where those are too many for colours that are unlike, rising lightness."""
        if count <= len(self.classes):
            return [QColor(name) for name in self.classes[:count]]
        return [self.color_map("magnitude").map(at / (count - 1), mode="qcolor") for at in range(count)]

    def _dashed(self, colors: tuple[str, ...], number: int) -> QPen:
        dashes = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
        rounds, place = divmod(number, len(colors))
        return self.stroke(colors[place], 1, dashes[rounds % len(dashes)])

    def stroke(self, color: str | QColor, width: int = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pen as wide on every plot and on every screen."""
        pen = pg.mkPen(color, width=width * self.density, style=style)
        assert isinstance(pen, QPen)
        return pen

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a pen role, or of a ground such as "plot" or "muted", with `alpha` from 0 to 1."""
        name = self.pens[role].color if role in self.pens else getattr(self, role)
        color = QColor(name)
        color.setAlphaF(alpha)
        return color

    def color_map(self, role: str) -> pg.ColorMap:
        """The map for heatmaps: "diverging" for values either side of nothing, "magnitude" for sizes."""
        return pg.colormap.get(_MAPS[role])

    def color_table(self, role: str) -> NDArray[np.uint8]:
        """256 colours of a map, (256, 4): red, green, blue, alpha."""
        return _color_table(_MAPS[role])


def mixed(ground: QColor, color: QColor, share: float) -> QColor:
    """What a `share` of `color` looks like over `ground`."""
    parts = (QColor.redF, QColor.greenF, QColor.blueF)
    return QColor.fromRgbF(*((1 - share) * part(ground) + share * part(color) for part in parts))


@cache
def _color_table(name: str) -> NDArray[np.uint8]:
    return np.asarray(pg.colormap.get(name).getLookupTable(nPts=256, alpha=True))


def _pens(
    *,
    train: str,
    validation: str,
    test: str,
    truth: str,
    grid: str,
    muted: str,
    simple: tuple[str, str, str],
    levels: tuple[str, str, str],
) -> dict[str, PenStyle]:
    """`simple` are the third to the fifth of simple answers.

    The first two of them and `test` are the bluish green, yellow and reddish purple of Okabe and Ito's colours, as
    light as the ground needs; brown joins them. Beside blue and vermilion they are told apart by who does not tell all
    hues apart, too.
    """
    (third, fourth, fifth), (good, warning, problem) = simple, levels
    return {
        "train": PenStyle(train),
        "smooth": PenStyle(train, width=2),
        "validation": PenStyle(validation, "dash", symbol="o"),
        "test": PenStyle(test, "dashdot"),
        "truth": PenStyle(truth),
        "forecast": PenStyle(train, width=2),
        "baseline": PenStyle(muted, "dot"),
        "baseline2": PenStyle(test, "dashdot"),
        "baseline3": PenStyle(third, "dashdotdot"),
        "baseline4": PenStyle(fourth, "longdash"),
        "baseline5": PenStyle(fifth, "longdashdot"),
        "grid": PenStyle(grid),
        "muted": PenStyle(muted),
        "cursor": PenStyle(validation),
        "accent": PenStyle(train),
        "good": PenStyle(good),
        "warning": PenStyle(warning, "dash"),
        "problem": PenStyle(problem, "dash"),
    }


LIGHT = Theme(
    name="light",
    window="#eef0f3",
    panel="#f8f9fb",
    base="#ffffff",
    raised="#ffffff",
    border="#cfd5dd",
    text="#1b2129",
    muted="#5b6675",
    accent="#0b66c3",
    on_accent="#ffffff",
    plot="#ffffff",
    grid="#d9dee5",
    good="#19764a",
    warning="#9a5b00",
    problem="#b3261e",
    pens=_pens(
        train="#0b66c3",
        validation="#c2410c",
        test="#c266b2",
        truth="#1b2129",
        grid="#d9dee5",
        muted="#5b6675",
        simple=("#0c966f", "#8c8a45", "#633010"),
        levels=("#19764a", "#9a5b00", "#b3261e"),
    ),
    series=("#228833", "#aa3377", "#a08200", "#0a8fb8", "#cc3344", "#4466aa"),
    classes=_CLASSES["light"],
)

DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    base="#12151a",
    raised="#272d36",
    border="#353d49",
    text="#e4e8ee",
    muted="#98a3b3",
    accent="#5aa9f5",
    on_accent="#0c1116",
    plot="#12151a",
    grid="#2c333d",
    good="#5fc08d",
    warning="#e3a94a",
    problem="#f2857c",
    pens=_pens(
        train="#5aa9f5",
        validation="#f0955a",
        test="#bc5bad",
        truth="#e4e8ee",
        grid="#2c333d",
        muted="#98a3b3",
        simple=("#1a9171", "#e3da61", "#b8573a"),
        levels=("#5fc08d", "#e3a94a", "#f2857c"),
    ),
    series=("#4fb868", "#d977b0", "#d3bb4b", "#62c8ea", "#f0788a", "#86a5e0"),
    classes=_CLASSES["dark"],
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
