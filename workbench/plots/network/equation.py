"""An equation, typeset by ziamath and drawn sharp at every scale."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.later import later
from workbench.looks.theme import GRID, TEXT_TITLE, Theme

_SIZE = TEXT_TITLE + 4  # pixels
_INK = "#010203"  # stands for the colour of the theme
_BEGIN_MS, _LOOK_MS = 100, 20  # when what is around has been painted, which typesetting would slow down
_typesetter = ThreadPoolExecutor(1, "typesetter")  # an equation takes 10 to 60 ms, and the window has frames to draw


@lru_cache(maxsize=256)
def _typeset(latex: str) -> str:
    """The equation as SVG, in a colour that is to be replaced."""
    from ziamath.config import config  # not before it is needed
    from ziamath.zmath import Latex

    config.svg2 = False  # Qt draws SVG 1.1
    return str(Latex(latex, size=_SIZE, color=_INK).svg())


def get_ready_to_typeset() -> None:
    """Import what typesets and read its font in the background: 150 ms that the first equation would wait else."""
    _typesetter.submit(_typeset, "h")


class OneSize(QObject):
    """What equations that stand below each other share: the size of type at which the widest of them fits."""

    widened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.widest = 0  # pixels, before text is scaled

    def hold(self, width: int) -> None:
        """Have room for one that is so wide."""
        if width > self.widest:
            self.widest = width
            self.widened.emit()


class Equation(QWidget):
    """One equation; its room is known as soon as it is typeset, which happens in the background."""

    def __init__(self, latex: str, theme: Theme, size: OneSize) -> None:
        super().__init__()
        self.latex, self._theme, self._shared = latex, theme, size
        size.widened.connect(self.update)
        self._renderer = QSvgRenderer(self)
        self.setAccessibleName(latex)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._svg = ""
        later(_BEGIN_MS, self, self._begin)

    @property
    def ready(self) -> bool:
        """Whether it is typeset."""
        return self._renderer.isValid()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        if self.ready:
            self._render()

    def sizeHint(self) -> QSize:
        """As large as it is typeset and text is meant to be; one line before."""
        size = self._renderer.defaultSize()
        return (size if size.isValid() else QSize(20 * GRID, _SIZE + GRID)) * self._theme.scale

    def minimumSizeHint(self) -> QSize:
        """As high as it is typeset; what is too wide is drawn smaller."""
        return QSize(10 * GRID, self.sizeHint().height())

    @property
    def shrunk(self) -> float:
        """How much smaller than it is meant to be it is drawn, so that the widest of those around it fits."""
        return min(1.0, self.width() / max(self._shared.widest * self._theme.scale, 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it at the left, no larger than its hint and those around it; nothing while it waits."""
        if not self.ready:
            return
        size, scale = self.sizeHint(), self.shrunk
        with QPainter(self) as painter:
            self._renderer.render(painter, QRectF(0, 0, size.width() * scale, size.height() * scale))

    def _begin(self) -> None:
        self._take(_typesetter.submit(_typeset, self.latex))

    def _take(self, typeset: Future[str]) -> None:
        if typeset.done():
            self._svg = typeset.result()
            self._render()
        else:
            later(_LOOK_MS, self, partial(self._take, typeset))

    def _render(self) -> None:
        self._renderer.load(QByteArray(self._svg.replace(_INK, self._theme.text).encode()))
        self._shared.hold(self._renderer.defaultSize().width())
        self.updateGeometry()
        self.update()
