"""Where the parts of a diagram stand, and which ways its arrows take, in so much room and so far rolled up."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from workbench.plots.network.arrows import along, back, between, down_before, loop, over
from workbench.plots.network.layout import Diagram, Link, Part

_ASIDE = 0.34  # of its width: how far from the middle of a box an arrow leads away that goes over others
_REACH = 6.0  # pixels: how near to an arrow a click has to be
_AWAY = 14.0  # pixels: how far beside all boxes an answer goes back, rolled up
_LOW = 0.42  # of its height: how far below the middle of a box its state is handed on, rolled up: past its own arrow
_CAN_BE_MEANT = 0.3  # opacity from which on a box can be clicked


class Places:
    """Found once, and valid until the diagram, the room or the fold is another.

    Attributes:
        boxes: where each part stands, in the order in which they are painted: the column that stays above all others.
        fold: 0 unrolled, 1 rolled up.
        lane: how wide it is beside a layer's box where arrows lead past it.
    """

    def __init__(self, diagram: Diagram, room: QSizeF, fold: float) -> None:
        self._diagram, self.fold = diagram, fold
        self._staying = frozenset(part for part in diagram.parts if self._remains(part))
        in_order = sorted(diagram.parts, key=self._staying.__contains__)
        self.boxes: Mapping[Part, QRectF] = {part: diagram.box(part, room, fold) for part in in_order}
        self._whole = self._seen_whole()
        self.lane, self._gap = diagram.lane(room, fold), diagram.gap(room, fold)
        self._passed = {link: past for link in diagram.links if (past := diagram.passed(link))}
        self._beside: dict[Part, list[str]] = {}  # which matrices lead past a box, from the left
        for link in sorted(self._passed, key=lambda link: -len(self._passed[link])):  # so none crosses another
            for part in self._passed[link]:
                names = self._beside.setdefault(part, [])
                names += [link.name] * (link.name not in names)

    def _remains(self, part: Part) -> bool:
        return part.column in self._diagram.staying or (part.kind != "layer" and self._alone(part))

    def _alone(self, part: Part) -> bool:
        """Whether it is the only one of its row, which stays when the network is rolled up."""
        same = [other for other in self._diagram.parts if other.kind == part.kind]
        return part == same[-1] and not any(other.column in self._diagram.staying for other in same)

    def _seen_whole(self) -> frozenset[Link]:
        """Arrows that are still there when it is rolled up: of each kind one, between parts that stay if any is.

        What leads from one time step to another is none of them.
        """
        kinds: dict[tuple[object, ...], list[Link]] = {}
        for link in self._diagram.links:
            if self._diagram.crosses(link) or not (sideways(link) or link.fed_back):
                ends = [(p.kind, p.level, p.reverse, self._diagram.writes(p)) for p in (link.start, link.end)]
                kinds.setdefault((link.name, *ends), []).append(link)
        return frozenset(max(links, key=self._ends_that_stay) for links in kinds.values())

    def _ends_that_stay(self, link: Link) -> int:
        return (link.start in self._staying) + (link.end in self._staying)

    def opacity(self, *parts: Part) -> float:
        """How much is seen of parts, of which those that do not stay fade as the network is rolled up."""
        return 1.0 if self._staying.issuperset(parts) else max(0.0, 1 - 1.2 * self.fold)

    def opacity_of(self, link: Link) -> float:
        """The same of an arrow."""
        return 1.0 if link in self._whole else max(0.0, 1 - 1.2 * self.fold)

    def way(self, link: Link) -> QPainterPath:
        """From one box to the other, past others beside them."""
        start, end = self.boxes[link.start], self.boxes[link.end]
        if Diagram.leads_over(link):
            return over(start, end, _ASIDE * start.width() * (1 - self.fold))
        if link.fed_back and self._is_below_others(link.end):
            return down_before(start, end, self._gap)
        if link in self._passed:
            return along(start, end, [(self.boxes[part], self._lane_of(part, link)) for part in self._passed[link]])
        if self._diagram.crosses(link):
            start, end = (box.translated(0, self.fold * _LOW * box.height()) for box in (start, end))
        upright = link.start.column == link.end.column
        return between(start, end, beside=link.start.level == link.end.level, upright=upright)

    def _is_below_others(self, part: Part) -> bool:
        return any((p.kind, p.column) == ("layer", part.column) and p.level > part.level for p in self.boxes)

    def _lane_of(self, part: Part, link: Link) -> float:
        """Where from left to right a link leads past a box."""
        names, box = self._beside[part], self.boxes[part]
        left = box.right() if part.reverse else box.left() - self.lane
        return left + self.lane * (names.index(link.name) + 1) / (len(names) + 1)

    def rolled(self, link: Link) -> QPainterPath | None:
        """What an arrow from one time step to another becomes when the network is rolled up; None of any other."""
        staying = next((part for part in (link.end, link.start) if part in self._staying), None)
        if staying is None or link in self._whole:
            return None
        if link.fed_back:
            ends = [part for part in self._staying if part.column == staying.column and part.kind != "input"]
            answer, first = max(ends, key=self._diagram.row), min(ends, key=self._diagram.row)
            return back(self.boxes[answer], self.boxes[first], self.lane + _AWAY)
        return loop(self.boxes[staying], reverse=staying.reverse) if sideways(link) else None

    def under(self, place: QPointF) -> Part | Link | None:
        """What lies at a place: a box before an arrow."""
        for part in reversed([*self.boxes]):
            if self.opacity(part) > _CAN_BE_MEANT and self.boxes[part].contains(place):
                return part
        near = QPainterPathStroker()
        near.setWidth(2 * _REACH)
        for link in self._diagram.links:
            rolled = self.rolled(link) if self.fold > 0.5 else None
            if near.createStroke(self.way(link) if rolled is None else rolled).contains(place):
                return link
        return None


def sideways(link: Link) -> bool:
    """Whether an arrow leads from one time step to another."""
    return link.start.kind == link.end.kind == "layer" and link.start.level == link.end.level
