"""Heat maps in rows and columns over one time axis, with fixed colours, a shared cursor and values under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.inside_records import Floats
from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.axes import keep_painted
from workbench.plots.axes.canvas import Canvas
from workbench.plots.axes.label_axis import MORE, LabelAxis, dress_axis
from workbench.plots.heat.heat_map import HeatMap
from workbench.plots.key.keys import Scale
from workbench.plots.key.legend import Legend

LEAST_HEIGHT, _LEFT, _BOTTOM = 64, 8 * GRID, 4 * GRID + 2  # pixels, with text of the usual size
_SPARE = 6  # panels that are made ahead: as many as gates of both directions


@dataclass(frozen=True, slots=True)
class Panel:
    """Where one heat map stands, and which map of the theme colours it."""

    row: int
    column: int
    map: str = "diverging"


@dataclass(frozen=True, slots=True)
class Spot:
    """The cell under the mouse: which panel, which row and time step of its data, and the value there."""

    panel: int
    unit: int
    time: int
    value: float


class HeatGrid(QWidget):
    """Panels of (units, time) arrays. All share the time axis; a row shares the unit axis."""

    hovered = Signal(object)  # Spot, or None when the mouse is over none
    clicked = Signal(object)  # Spot

    def __init__(self, theme: Theme, *, bottom: str, left: str, least_height: int = LEAST_HEIGHT) -> None:
        """`least_height` in pixels is what a panel needs to be readable, with text of the usual size."""
        super().__init__()
        self._theme, self._least_height = theme, least_height
        self._names = (bottom, left)
        self.panels: tuple[Panel, ...] = ()
        self._cells: list[HeatMap] = []
        self._axes: list[LabelAxis] = []
        self._spare: list[HeatMap] = []  # made ahead
        self._bare: set[int] = set()  # panels that have shown nothing yet
        self._levelled: list[tuple[int, float]] = []  # headings, when they were made alike the last time
        self._cursor: int | None = None
        self.legend, self.canvas = Legend(theme), Canvas()
        self.canvas.centralLayout.setContentsMargins(0, 4, 1, 0)  # the line at the right of the last one is drawn there
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        area = self._area = QScrollArea()  # deep networks need more height than there is
        area.setObjectName(f"heat_maps_{left}_{bottom}".replace(" ", "_"))
        area.setAccessibleName(f"Heat maps: {left or 'value'} by {bottom}")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self.canvas)
        layout.addWidget(self.legend)
        layout.addWidget(area, 1)
        self.canvas.doubled.connect(self.show_everything)
        self.canvas.moved.connect(self._mouse_moved)
        self.canvas.clicked.connect(self._mouse_clicked)
        self.canvas.left.connect(self._mouse_left)
        self.apply_theme(theme)

    # --- content ----------------------------------------------------------------------------------------

    def make_spare(self) -> bool:
        """Make what one more panel needs ahead of time, unless there is enough; True when there was something to do."""
        if len(self._cells) + len(self._spare) >= _SPARE:
            return False
        self._spare.append(HeatMap())
        return True

    def lacks(self, panels: Sequence[Panel]) -> bool:
        """Whether something of what these panels need was not made ahead."""
        return tuple(panels) != self.panels and len(self._spare) < len(panels)

    def make_for(self, panels: Sequence[Panel]) -> bool:
        """Make what one more of these panels needs, unless all is there; True when there was something to do."""
        if lacking := self.lacks(panels):
            self._spare.append(HeatMap())
        return lacking

    def arrange(self, panels: Sequence[Panel]) -> bool:
        """Make room for these panels; True when the arrangement is another one than before."""
        if tuple(panels) == self.panels:
            return False
        self.panels = tuple(panels)
        self._bare, self._levelled = set(range(len(self.panels))), []
        self.canvas.empty()
        self._axes.clear()
        self._cells = [self._spare.pop() if self._spare else HeatMap() for _ in self.panels]
        for panel, cell in zip(self.panels, self._cells, strict=True):
            cell.map = panel.map
            self._place(panel, cell)
            cell.box.sigResized.connect(self._level_titles)
        self.apply_theme(self._theme)
        self.canvas.fill()
        return True

    def show_panel(self, index: int, data: Floats, levels: tuple[float, float], title: str) -> None:
        """Draw `data` (units, time) in the colours of `levels`; NaN stays empty."""
        cell = self._cells[index]
        fresh = cell.show(data, levels, title)
        self._bare.discard(index)
        self._level_titles()
        if fresh:
            cell.fit()

    def _level_titles(self) -> None:
        """Headings of a row break alike: one line beside two looked like another kind of picture."""
        if self._bare:
            return  # each heading that comes may be higher, and all panels would be laid out anew with each
        if self._headings == self._levelled:
            return  # as with most of the panels of one layout
        most: dict[int, int] = {}  # lines, by row
        for panel, cell in zip(self.panels, self._cells, strict=True):
            most[panel.row] = max(most.get(panel.row, 0), cell.title.lines)
        for panel, cell in zip(self.panels, self._cells, strict=True):
            cell.title.spread(most[panel.row])
        self._levelled = self._headings
        self._keep_readable()

    @property
    def _headings(self) -> list[tuple[int, float]]:
        """Lines and pixels of height of each."""
        return [(cell.title.lines, cell.title.minimumHeight()) for cell in self._cells]

    def _keep_readable(self) -> None:
        """As high as all rows need below their headings; what does not fit is scrolled."""
        headings: dict[int, float] = {}  # by row
        lowest: dict[int, int] = {}  # row of each column, which has an axis
        for panel, cell in zip(self.panels, self._cells, strict=True):
            headings[panel.row] = max(headings.get(panel.row, 0.0), cell.title.minimumHeight())
            lowest[panel.column] = max(lowest.get(panel.column, 0), panel.row)
        bare = len(headings) * self._least_height + len(set(lowest.values())) * _BOTTOM
        self.canvas.setMinimumHeight(round(bare * self._theme.scale + sum(headings.values())))

    def show_axis(self, times: Sequence[str], more: str = "", *, name: str = "") -> None:
        """Name the time steps, and say `more` of them behind what the axis is called, or its other `name`."""
        called = MORE.join(filter(None, (name or self._names[0], more)))
        for axis in self._axes:
            if axis.orientation == "bottom":
                axis.set_labels(times, of_steps=True)
                axis.rename(called)

    def show_units(self, row: int, units: Sequence[str]) -> None:
        """Name the units of one row of panels, from the top."""
        for axis, panel in zip((c.left for c in self._cells), self.panels, strict=True):
            if axis is not None and panel.row == row:
                axis.set_labels(units)

    def show_values(self, row: int, first: float, step: float) -> None:
        """Number the rows of the data in one row of panels: `first` at the top, `step` more with each."""
        for cell, panel in zip(self._cells, self.panels, strict=True):
            if cell.left is not None and panel.row == row:
                cell.left.set_ramp(first, step)

    def show_scales(self, scales: Sequence[Scale]) -> None:
        """Say which colour is which value."""
        self.legend.show_items(self._theme, scales)

    def show_cursor(self, time: int | None) -> None:
        """Mark one time step in every panel."""
        self._cursor = time
        for cell in self._cells:
            cell.mark(time)

    def show_row(self, place: tuple[int, int] | None) -> None:
        """Mark one row of one panel, or none."""
        for index, cell in enumerate(self._cells):
            cell.mark_row(place[1] if place is not None and place[0] == index else None)

    def reveal(self, index: int) -> None:
        """Scroll to a panel."""
        place = self._cells[index].box.sceneBoundingRect()
        self._area.ensureVisible(0, round(place.center().y()), 0, round(place.height() / 2))

    def show_everything(self) -> None:
        """Undo every zoom."""
        for cell in self._cells:
            cell.fit()

    def data(self, index: int) -> Floats:
        """What panel `index` shows."""
        return self._cells[index].data

    def levels(self, index: int) -> tuple[float, float]:
        """The values at both ends of the colours of panel `index`."""
        return self._cells[index].image.levels

    # --- looks ------------------------------------------------------------------------------------------

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.legend.apply_theme(theme)
        self.canvas.dress(theme)
        for axis in self._axes:
            dress_axis(axis, theme)
            if axis.orientation == "left":
                axis.setWidth(round(_LEFT * theme.scale))
            else:
                axis.setHeight(round(_BOTTOM * theme.scale))
        for cell in self._cells:
            cell.dress(theme)
        self._keep_readable()

    def _place(self, panel: Panel, cell: HeatMap) -> None:
        layout, put = self.canvas.centralLayout, self.canvas.put
        last = all(other.row <= panel.row for other in self.panels if other.column == panel.column)
        column, row = 2 * panel.column, 2 * panel.row
        put(cell.title, row, column + 1)
        put(cell.box, row + 1, column + 1)
        layout.setRowStretchFactor(row + 1, 1)
        layout.setColumnStretchFactor(column + 1, 1)
        layout.setColumnPreferredWidth(column + 1, 100)
        if not any(other.row == panel.row and other.column < panel.column for other in self.panels):
            cell.left = self._axis("left", cell.box, self._names[1])
            put(cell.left, row + 1, column)
        else:
            layout.setColumnFixedWidth(column, GRID)
            cell.box.setYLink(self._first(panel.row).box)
        if last:
            put(self._axis("bottom", cell.box, self._names[0]), row + 2, column + 1)
        if cell is not self._cells[0]:
            cell.box.setXLink(self._cells[0].box)

    def _first(self, row: int) -> HeatMap:
        return next(cell for cell, panel in zip(self._cells, self.panels, strict=True) if panel.row == row)

    def _axis(self, side: str, box: Any, name: str) -> LabelAxis:
        axis = LabelAxis(side)
        axis.linkToView(box)
        keep_painted(axis)
        axis.setLabel(name)
        if side == "left":
            axis.setWidth(_LEFT)
        else:
            axis.setHeight(_BOTTOM)
        self._axes.append(axis)
        return axis

    # --- mouse ------------------------------------------------------------------------------------------

    def _spot(self, place: QPointF) -> Spot | None:
        for index, cell in enumerate(self._cells):
            if cell.box.sceneBoundingRect().contains(place):
                point = cell.box.mapSceneToView(place)
                time, unit = round(point.x()), round(point.y())
                if 0 <= unit < cell.data.shape[0] and 0 <= time < cell.data.shape[1]:
                    return Spot(index, unit, time, float(cell.data[unit, time]))
        return None

    def _mouse_moved(self, place: QPointF) -> None:
        self.hovered.emit(self._spot(place))

    def _mouse_clicked(self, place: QPointF) -> None:
        spot = self._spot(place)
        if spot is not None:
            self.clicked.emit(spot)

    def _mouse_left(self) -> None:
        self.hovered.emit(None)
