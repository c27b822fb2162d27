"""Arrows between the boxes of a diagram: the ways they take, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

_SHORTEST = 3  # pixels of an arrow that is painted
_ABOVE, _BEFORE = 9.0, 8.0  # pixels: how far above a box an arrow goes along that leads over others, and before one
_BESIDE = 6.0  # pixels left of a box, half of what is between two
_TURN, _CORNER = 0.4, 5.0  # where an arrow goes aside, of the way down to the lower row; pixels from a box's corner


def between(start: QRectF, end: QRectF, *, beside: bool, upright: bool) -> QPainterPath:
    """From the edge of one box to that of the other, `beside` it, or above or below: there `upright` or slanting."""
    if beside:
        left = start.center().x() < end.center().x()
        first = QPointF(start.right() if left else start.left(), start.center().y())
        last = QPointF(end.left() if left else end.right(), end.center().y())
    else:
        up = start.center().y() > end.center().y()
        middle = (start.center().x() + end.center().x()) / 2
        first = QPointF(middle if upright else start.center().x(), start.top() if up else start.bottom())
        last = QPointF(middle if upright else end.center().x(), end.bottom() if up else end.top())
    way = QPainterPath(first)
    way.lineTo(last)
    return way


def along(start: QRectF, end: QRectF, passed: Sequence[tuple[QRectF, float]]) -> QPainterPath:
    """Upward beside boxes, each passed at its own place from left to right; it goes aside between two rows."""
    places = [_within(start, passed[0][1]), *(x for _, x in passed), _within(end, passed[-1][1])]
    rows = [start, *(box for box, _ in passed), end]
    way = QPainterPath(QPointF(places[0], start.top()))
    for (lower, upper), (before, after) in zip(pairwise(rows), pairwise(places), strict=True):
        turn = upper.bottom() + _TURN * (lower.top() - upper.bottom())
        if before != after:
            way.lineTo(before, turn)
            way.lineTo(after, turn)
    way.lineTo(places[-1], end.bottom())
    return way


def down_before(start: QRectF, end: QRectF, gap: float) -> QPainterPath:
    """Out at the bottom of a box, down left of what stands over the other, and in from above; rows have a `gap`."""
    out, down, into = start.right() - _CORNER, end.left() - _BESIDE, end.left() + _CORNER
    first, last = start.bottom() + _TURN * gap, end.top() - (1 - _TURN) * gap
    way = QPainterPath(QPointF(out, start.bottom()))
    for x, y in ((out, first), (down, first), (down, last), (into, last), (into, end.top())):
        way.lineTo(x, y)
    return way


def _within(box: QRectF, x: float) -> float:
    """The place of a box that is nearest to `x`, and not at its corner."""
    return min(max(x, box.left() + _CORNER), box.right() - _CORNER)


def over(start: QRectF, end: QRectF, aside: float) -> QPainterPath:
    """Out at the top of a box and along above what stands between; in from below where the other box is higher up,
    `aside` of their middle, else from the left.
    """  # fmt: skip
    up = end.bottom() < start.top()
    along = start.top() - (min(_ABOVE, (start.top() - end.bottom()) / 2) if up else _ABOVE)
    out, low = start.center().x() + aside, end.top() + end.height() / 4
    into = end.center().x() - aside if up else end.left() - _BEFORE
    way = QPainterPath(QPointF(out, start.top()))
    for corner in (QPointF(out, along), QPointF(into, along), QPointF(into, end.bottom() if up else low)):
        way.lineTo(corner)
    if not up:
        way.lineTo(QPointF(end.left(), low))
    return way


def loop(box: QRectF, *, reverse: bool) -> QPainterPath:
    """Out at the right of a box and in again from the left, or the other way around for one that reads backward."""
    side, sign = (box.left(), -1) if reverse else (box.right(), 1)
    away = sign * min(60.0, box.width() * 0.5)
    way = QPainterPath(QPointF(side, box.center().y() - box.height() * 0.25))
    way.cubicTo(
        QPointF(side + away, box.center().y() - box.height() * 0.6),
        QPointF(side + away, box.center().y() + box.height() * 0.6),
        QPointF(side, box.center().y() + box.height() * 0.25),
    )
    return way


def back(start: QRectF, end: QRectF, away: float) -> QPainterPath:
    """Out at the left of a box, down so far left of it and of the other, and in there from the left, near its top."""
    beside, low = min(start.left(), end.left()) - away, end.top() + end.height() / 8
    way = QPainterPath(QPointF(start.left(), start.center().y()))
    for x, y in ((beside, start.center().y()), (beside, low), (end.left(), low)):
        way.lineTo(x, y)
    return way


def paint_arrow(painter: QPainter, way: QPainterPath, pen: QPen, opacity: float) -> None:
    """The line and its head; nothing where it is too short or cannot be seen."""
    if opacity <= 0 or way.length() < _SHORTEST:
        return
    painter.setOpacity(opacity)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(way)
    angle, tip = math.radians(-way.angleAtPercent(1.0)), way.pointAtPercent(1.0)
    head = QPainterPath(tip)
    for turn in (2.7, -2.7):
        head.lineTo(tip + QPointF(8 * math.cos(angle + turn), 8 * math.sin(angle + turn)))
    head.closeSubpath()
    painter.fillPath(head, pen.color())
    painter.setOpacity(1.0)
