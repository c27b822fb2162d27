"""The network as a diagram, rolled up or unrolled, coloured by what its units hold and what gradient arrives."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSizeF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside_records import Floats
from workbench.looks.theme import Theme
from workbench.plots.axes.step_names import step_name
from workbench.plots.frame.still import Still
from workbench.plots.network.arrows import paint_arrow
from workbench.plots.network.layout import FEWEST, Diagram, Link, Part
from workbench.plots.network.places import Places
from workbench.plots.network.unit_squares import squares
from workbench.plots.network.words import room_for_dots, short_name, step_names

_STRIP = 5.0  # pixels: the band of the gradient under a box
_BAND, _EDGE = 0.12, 2.0  # how opaque the mark of the cursor is, and pixels of the line at its foot
_COLUMN = 110  # pixels of a step, with text of the usual size
_FOLD_MS = 700
_ROLES = "train", "validation", "test", "baseline3", "baseline4", "baseline5"  # colours of the first matrices
_UNLIKE = 3, 0, 1, 5, 4, 2  # colours of runs, those first that none of these comes near
_ROUNDS = (  # of the colours, and the sign for each: a deep network has more matrices than there are colours
    (Qt.PenStyle.SolidLine, "■"),
    (Qt.PenStyle.DotLine, "▪▪▪"),
    (Qt.PenStyle.DashDotLine, "▬▪▬"),
)


class NetworkDiagram(QWidget):
    """Draws a `Diagram`; boxes and arrows can be clicked."""

    chosen = Signal(object)  # Part or Link
    hovered = Signal(object)  # time step under the mouse, or None
    passed = Signal(object)  # Part or Link under the mouse, or None
    room_changed = Signal()  # more steps can be drawn than before, or fewer

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.diagram: Diagram | None = None
        self.selected: Part | Link | None = None
        self.fold = 0.0
        self._states: Mapping[Part, Floats] = {}
        self._arriving: Mapping[Part, float] = {}  # 0 … 1
        self._labels: tuple[str, ...] = ()
        self._level = 1.0
        self._cursor: int | None = None  # the time step that is looked at
        self._below, self._above = Still(self), Still(self)  # what stays while only numbers change
        self._found: Places | None = None  # None: still to be found
        self.room = FEWEST  # steps that can be drawn
        self.setMouseTracking(True)
        self.setAccessibleName("Diagram of the network")
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._turning = QVariantAnimation(self)
        self._turning.setDuration(_FOLD_MS)
        self._turning.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._turning.valueChanged.connect(self._set_fold)

    def show_diagram(self, diagram: Diagram | None, labels: tuple[str, ...]) -> None:
        """Draw other parts."""
        if diagram != self.diagram:
            self.diagram, self._labels = diagram, labels
            self._draw_anew()

    def show_numbers(self, states: Mapping[Part, Floats], arriving: Mapping[Part, float], level: float) -> None:
        """Colour the layers by `states` (H,) between ±`level`, and their bands by what gradient arrives."""
        self._states, self._arriving, self._level = states, arriving, level
        self.update()

    def show_cursor(self, step: int | None) -> None:
        """Mark the time step that is looked at, where it is drawn."""
        if step != self._cursor:
            self._cursor = step
            self.update()

    def roll(self, rolled: bool, *, at_once: bool = False) -> None:
        """Roll it up or unroll it, smoothly."""
        self._turning.stop()
        if at_once or not self.isVisible():
            self._set_fold(float(rolled))
            return
        self._turning.setStartValue(self.fold)
        self._turning.setEndValue(float(rolled))
        self._turning.start()

    def select(self, element: Part | Link | None) -> None:
        """Frame one part or all arrows of one matrix."""
        if element != self.selected:
            self.selected = element
            self._draw_anew()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._draw_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More steps on a wide screen."""
        super().resizeEvent(event)
        self._draw_anew()
        room = max(FEWEST, int(self.width() / (_COLUMN * self._theme.scale)))
        if room != self.room:
            self.room = room
            self.room_changed.emit()

    def _set_fold(self, fold: float) -> None:
        self.fold = fold
        self._draw_anew()

    def _draw_anew(self) -> None:
        self._found = None
        self._below.forget()
        self._above.forget()
        self.update()

    # --- drawing ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrows first, then boxes, the column that stays above all others."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), self._theme.color("plot"))
            if self.diagram is not None:
                self._paint_cursor(painter, self.diagram)
                self._below.show(painter, self._paint_below)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # which takes three times as long
                for part in self._places.boxes:
                    self._paint_numbers(painter, part)
                self._above.show(painter, self._paint_above)

    def _paint_cursor(self, painter: QPainter, diagram: Diagram) -> None:
        """A band behind the column of the step, with a line below its number; rolled up there is one column alone."""
        if self._cursor not in diagram.steps:
            return
        wide, foot = self.width() / len(diagram.steps), diagram.foot(QSizeF(self.size()), self.fold)
        band = QRectF(diagram.steps.index(self._cursor) * wide, 0, wide, foot + self._theme.small + 8)
        painter.setOpacity(max(0.0, 1 - 2 * self.fold))
        painter.fillRect(band, self._theme.color("cursor", _BAND))
        painter.fillRect(band.adjusted(0, band.height() - _EDGE, 0, 0), self._theme.color("cursor"))
        painter.setOpacity(1.0)

    def _paint_below(self, painter: QPainter) -> None:
        assert self.diagram is not None
        for link in self.diagram.links:
            self._paint_link(painter, link)
        for part, box in self._places.boxes.items():
            painter.setOpacity(self._places.opacity(part))
            painter.fillRect(box, self._theme.color("raised"))
        painter.setOpacity(1.0)

    def _paint_above(self, painter: QPainter) -> None:
        assert self.diagram is not None
        for part in self._places.boxes:
            self._paint_frame(painter, part)
        for part in self.diagram.parts:
            self._paint_name(painter, part)
        self._paint_gaps(painter)

    @property
    def _places(self) -> Places:
        """Where everything stands, found once for as long as it stands there."""
        assert self.diagram is not None
        if self._found is None:
            self._found = Places(self.diagram, QSizeF(self.size()), self.fold)
        return self._found

    def place_of(self, part: Part) -> QRectF:
        """Where a part stands now."""
        return self._places.boxes[part]

    def color_of(self, name: str) -> QColor:
        """One colour for each matrix, the same at every step."""
        further = (QColor(self._theme.series[place]) for place in _UNLIKE)
        colors = [*map(self._theme.color, _ROLES), *further]
        return colors[self._number_of(name) % len(colors)]

    def dash_of(self, name: str) -> Qt.PenStyle:
        """How the arrows of a matrix are drawn; of two in one colour, each in its own way."""
        return self._round_of(name)[0]

    def sign_of(self, name: str) -> tuple[str, QColor]:
        """What stands for the arrows of a matrix in a key, and its colour."""
        return self._round_of(name)[1], self.color_of(name)

    def _round_of(self, name: str) -> tuple[Qt.PenStyle, str]:
        return _ROUNDS[self._number_of(name) // (len(_ROLES) + len(_UNLIKE)) % len(_ROUNDS)]

    def _number_of(self, name: str) -> int:
        assert self.diagram is not None
        return list(dict.fromkeys(link.name for link in self.diagram.links)).index(name)

    def _paint_link(self, painter: QPainter, link: Link) -> None:
        chosen = isinstance(self.selected, Link) and self.selected.name == link.name
        color = self.color_of(link.name)
        dashed = Qt.PenStyle.DashLine if link.fed_back else self.dash_of(link.name)
        pen = QPen(color, 3.0 if chosen else 1.5, dashed)
        paint_arrow(painter, self._places.way(link), pen, self._places.opacity_of(link))
        rolled = self._places.rolled(link) if self.fold > 0 else None
        if rolled is not None:
            paint_arrow(painter, rolled, pen, self.fold)

    def _paint_numbers(self, painter: QPainter, part: Part) -> None:
        box, opacity = self.place_of(part), self._places.opacity(part)
        if opacity <= 0:
            return
        painter.setOpacity(opacity)
        if part in self._states:
            inside = box.adjusted(1, 1, -1, -_STRIP).toRect()
            painter.drawImage(inside, squares(self._states[part], box.size(), self._level, self._theme))
        if part in self._arriving:
            strip = QRectF(box.left(), box.bottom() - _STRIP + 1, box.width(), _STRIP - 1)
            painter.fillRect(strip, QColor(*self._theme.color_table("magnitude")[round(255 * self._arriving[part])]))
        painter.setOpacity(1.0)

    def _paint_frame(self, painter: QPainter, part: Part) -> None:
        chosen = self.selected == part
        painter.setOpacity(self._places.opacity(part))
        painter.setPen(QPen(self._theme.color("cursor" if chosen else "muted"), 3 if chosen else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.place_of(part))
        painter.setOpacity(1.0)

    def _paint_name(self, painter: QPainter, part: Part) -> None:
        box, opacity = self.place_of(part), self._places.opacity(part)
        if opacity <= 0:
            return
        painter.setOpacity(opacity)
        painter.setPen(self._theme.color("text"))
        font = painter.font()
        font.setPixelSize(self._theme.small)
        painter.setFont(font)
        text = self._name(part)
        if part.kind != "layer":
            shown = short_name(text, int(box.width()) - 2, painter.fontMetrics())
            letter = "x" if part.kind == "input" else "y"
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown or letter)
        elif part.column in (0, self._decoder_from) or self.fold > 0.5:
            first = box.translated(self._places.lane if part.reverse else 0, 0)  # where no arrow begins
            above = self._plate(first, painter.fontMetrics().horizontalAdvance(text))
            painter.fillRect(above.adjusted(-1, 0, 2, 0), self._theme.color("plot"))  # an arrow may pass behind it
            painter.drawText(above, Qt.AlignmentFlag.AlignLeft, text)
        painter.setOpacity(1.0)

    def _plate(self, box: QRectF, wide: int) -> QRectF:
        """Room for a name that is so wide over a box, which is narrower than most."""
        return QRectF(box.left(), box.top() - self._theme.small - 5, wide, self._theme.small + 4)

    def _name(self, part: Part) -> str:
        if part.kind == "layer":
            side = "layer"
            if self._decoder_from is not None:
                side = "decoder" if part.column >= self._decoder_from else "encoder"
            number = "" if self._is_flat and side != "layer" else f" {part.level + 1}"
            return side + number + (" ←" if part.reverse else "")
        if part.kind == "output":
            return "answer"
        numbered = f"x {part.step + 1}" if part.step >= 0 else "input"
        return step_name(self._labels, part.step) or numbered

    @property
    def _is_flat(self) -> bool:
        """Whether there is one layer only, which needs no number beside another name."""
        return self.diagram is not None and max(part.level for part in self.diagram.parts if part.kind == "layer") == 0

    @property
    def _decoder_from(self) -> int | None:
        """The first column of a decoder behind an encoder."""
        made = self.diagram
        return made.read if made is not None and made.read < len(made.steps) else None

    def _paint_gaps(self, painter: QPainter) -> None:
        """Three dots where steps are left out, and the numbers of the steps."""
        assert self.diagram is not None
        painter.setOpacity(max(0.0, 1 - 2 * self.fold))
        painter.setPen(self._theme.color("muted"))
        steps, font, high = self.diagram.steps, painter.font(), self._theme.small + 4
        font.setPixelSize(self._theme.small)
        painter.setFont(font)
        wide, top = self.width() / len(steps), self.diagram.foot(QSizeF(self.size()), self.fold) + 4
        names = step_names(steps, wide, painter.fontMetrics())
        for column, (step, after) in enumerate(zip(steps, (*steps[1:], -2), strict=True)):
            painter.drawText(QRectF(column * wide, top, wide, high), Qt.AlignmentFlag.AlignCenter, names[column])
            if after > step + 1 >= 1 and all(room_for_dots(name, wide, painter.fontMetrics()) for name in names):
                painter.drawText(QRectF((column + 1) * wide - 12, top, 24, high), Qt.AlignmentFlag.AlignCenter, "…")
        painter.setOpacity(1.0)

    # --- mouse ------------------------------------------------------------------------------------------

    def under(self, place: QPointF) -> Part | Link | None:
        """What lies at a place: a box before an arrow."""
        return self._places.under(place) if self.diagram is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the mouse, and its time step."""
        found = self.under(event.position())
        self.passed.emit(found)
        self.hovered.emit(found.step if isinstance(found, Part) and found.step >= 0 and self.fold < 0.5 else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the mouse."""
        super().mousePressEvent(event)
        found = self.under(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(found)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse has gone."""
        super().leaveEvent(event)
        self.passed.emit(None)
        self.hovered.emit(None)
