"""Where the parts of a diagram stand, and which ways its arrows take, in so much room and so far rolled up."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from workbench.plots.arrows import between, loop, over
from workbench.plots.network_layout import Diagram, Link, Part

_ASIDE = 0.34, 0.2  # of its width: how far from the middle of a box an arrow leads past it, and one of the next layer
_REACH = 6.0  # pixels: how near to an arrow a click has to be
_CAN_BE_MEANT = 0.3  # opacity from which on a box can be clicked


class Places:
    """Found once, and valid until the diagram, the room or the fold is another.

    Attributes:
        boxes: where each part stands, in the order in which they are painted: the column that stays above all others.
        fold: 0 unrolled, 1 rolled up.
    """

    def __init__(self, diagram: Diagram, room: QSizeF, fold: float) -> None:
        self._diagram, self.fold = diagram, fold
        self._staying = frozenset(part for part in diagram.parts if self._remains(part))
        in_order = sorted(diagram.parts, key=self._staying.__contains__)
        self.boxes: Mapping[Part, QRectF] = {part: diagram.box(part, room, fold) for part in in_order}

    def _remains(self, part: Part) -> bool:
        return part.column == self._diagram.looked_at or (part.kind != "layer" and self._alone(part))

    def _alone(self, part: Part) -> bool:
        """Whether it is the only one of its row, which stays when the network is rolled up."""
        same = [other for other in self._diagram.parts if other.kind == part.kind]
        looked_at = any(other.column == self._diagram.looked_at for other in same)
        return not looked_at and part == same[-1]

    def opacity(self, *parts: Part) -> float:
        """How much is seen of parts, of which those that do not stay fade as the network is rolled up."""
        return 1.0 if self._staying.issuperset(parts) else max(0.0, 1 - 1.2 * self.fold)

    def opacity_of(self, link: Link) -> float:
        """The same of an arrow."""
        if sideways(link):
            return max(0.0, 1 - 1.2 * self.fold)
        return self.opacity(*((link.end,) if Diagram.leads_over(link) else (link.start, link.end)))

    def staying_end(self, link: Link) -> Part | None:
        """The end of an arrow over time that is still there when the network is rolled up."""
        return next((part for part in (link.start, link.end) if part in self._staying), None)

    def way(self, link: Link) -> QPainterPath:
        """From one box to the other; of what passes by, to the answers at the right, from below at the left."""
        start, end, aside = self.boxes[link.start], self.boxes[link.end], 0.0
        if Diagram.leads_over(link):
            return over(start, end, _ASIDE[0] * start.width() * (1 - self.fold))
        if self._diagram.passes(link):
            aside = start.width() * (_ASIDE[0] if link.end.kind == "output" else -_ASIDE[link.end.level % 2])
        return between(start, end, beside=link.start.level == link.end.level, aside=aside)

    def loop(self, part: Part) -> QPainterPath:
        """What an arrow over time becomes when the network is rolled up."""
        return loop(self.boxes[part], reverse=part.reverse)

    def under(self, place: QPointF) -> Part | Link | None:
        """What lies at a place: a box before an arrow."""
        for part in reversed([*self.boxes]):
            if self.opacity(part) > _CAN_BE_MEANT and self.boxes[part].contains(place):
                return part
        near = QPainterPathStroker()
        near.setWidth(2 * _REACH)
        for link in self._diagram.links:
            rolled = self.fold > 0.5 and link.start.level == link.end.level
            staying = self.staying_end(link)
            way = self.loop(staying) if rolled and staying is not None else self.way(link)
            if near.createStroke(way).contains(place):
                return link
        return None


def sideways(link: Link) -> bool:
    """Whether an arrow leads from one time step to another."""
    return link.start.kind == link.end.kind == "layer" and link.start.level == link.end.level
