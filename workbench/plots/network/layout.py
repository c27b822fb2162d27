"""Where the parts of a network's diagram stand, rolled up or unrolled over time; geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.inside_records import Structure

FEWEST = 5  # steps that are drawn however little room there is
_AROUND = 1  # steps that are drawn on either side of the cursor
_WRITTEN = 3  # steps of a decoder that stand for all
_WIDEST, _END = 150.0, 26.0  # pixels: a layer's width when there is room, and the height of inputs and answers
_UPRIGHT = 2.5  # how many times its width a layer is high at most
_SIDE, _HEAD, _FOOT = 12.0, 6.0, 24.0  # pixels between two boxes, above all, and below for the numbers of the steps
_GAPS = 24.0, 72.0  # pixels between two rows, where an arrow and the name of a layer have room
_ENCODER = 0.28  # of the width: where the middle of an encoder stands rolled up, and that of its decoder from the right
_HALF = 0.36  # of the width: the widest layer of either
_LANE, _LANE_SHARE = 18.0, 0.3  # pixels beside a box where arrows lead past it, and the most of its width


@dataclass(frozen=True, slots=True)
class Part:
    """A box of the diagram. `level` -1 is of inputs, one above the layers of answers; `step` -1 is not measured, or
    before all steps.
    """  # fmt: skip

    kind: str  # "input", "layer" or "output"
    level: int
    reverse: bool
    column: int
    step: int


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one part to another; all of one `name` are the same weights."""

    name: str
    start: Part
    end: Part

    @property
    def fed_back(self) -> bool:
        """Whether an answer goes in again."""
        return self.start.kind == "output"


@dataclass(frozen=True, slots=True)
class Diagram:
    """All parts and links, of a network unrolled over the `steps` that are drawn."""

    parts: tuple[Part, ...]
    links: tuple[Link, ...]
    steps: tuple[int, ...]  # by column; -1 for a decoder's
    rows: int
    looked_at: int  # the column that stays when it is rolled up, of an encoder–decoder with one of the other side
    read: int  # the first column of a decoder behind an encoder; of others there is none so far right
    lanes: bool = False  # whether arrows lead past boxes: left of what reads forward, right of what reads backward

    def box(self, part: Part, room: QSizeF, fold: float) -> QRectF:
        """Where a part stands in `room`; `fold` is 0 unrolled and 1 rolled up."""
        column = room.width() / len(self.steps)
        x = (1 - fold) * (part.column + 0.5) * column + fold * self._rolled(part) * room.width()
        wide, high, end, gap = self._sizes(room, fold)
        row = self.row(part)
        below = (row > 0) * end + min(max(row - 1, 0), self.rows - 2) * high + row * gap
        size = QSizeF(wide + _SIDE / 2, end)
        if part.kind == "layer":
            lane = self.lane(room, fold)
            size, x = QSizeF(wide - lane, high), x + (-0.5 if part.reverse else 0.5) * lane
        bottom = self.foot(room, fold) - below
        return QRectF(QPointF(x - size.width() / 2, bottom - size.height()), size)

    @property
    def staying(self) -> frozenset[int]:
        """The columns that stay when it is rolled up: the one looked at, and one of encoder or decoder beside it."""
        other = self.read if self.looked_at < self.read else self.read - 1
        return frozenset((self.looked_at, other) if self._two_sided else (self.looked_at,))

    def writes(self, part: Part) -> bool:
        """Whether it belongs to a decoder behind an encoder."""
        return part.column >= self.read

    def crosses(self, link: Link) -> bool:
        """Whether it hands the encoder's state to the decoder."""
        return self.writes(link.end) and not self.writes(link.start)

    @property
    def _two_sided(self) -> bool:
        return self.read < len(self.steps)

    def _rolled(self, part: Part) -> float:
        """Where its middle stands rolled up, of the width."""
        if not self._two_sided:
            return 0.5
        return 1 - _ENCODER if self.writes(part) else _ENCODER

    def lane(self, room: QSizeF, fold: float) -> float:
        """How wide it is beside each layer's box where arrows lead past it."""
        return min(_LANE, _LANE_SHARE * self._sizes(room, fold)[0]) if self.lanes else 0.0

    def gap(self, room: QSizeF, fold: float) -> float:
        """How high it is between two rows."""
        return self._sizes(room, fold)[3]

    def foot(self, room: QSizeF, fold: float) -> float:
        """How far down the diagram goes, which stands in the middle; below it is room for the numbers of the steps."""
        _, high, end, gap = self._sizes(room, fold)
        used = 2 * end + (self.rows - 2) * high + (self.rows - 1) * gap
        return (room.height() + _HEAD - _FOOT + used) / 2

    def _sizes(self, room: QSizeF, fold: float) -> tuple[float, float, float, float]:
        """Width and height of a layer, heights of inputs and answers and of what is between two rows: the layers take
        what there is before the arrows do.
        """  # fmt: skip
        layers, gaps, free = self.rows - 2, self.rows - 1, max(room.height() - _HEAD - _FOOT, 1.0)
        widest = min(_WIDEST, _HALF * room.width()) if self._two_sided else _WIDEST
        wide = min(_WIDEST, (1 - fold) * (room.width() / len(self.steps) - _SIDE) + fold * widest)
        end, gap = min(_END, free / (2 * self.rows)), min(_GAPS[0], 0.4 * free / self.rows)
        high = min((free - 2 * end - gaps * gap) / max(layers, 1), max(_UPRIGHT * wide, end))
        return wide, high, end, min((free - 2 * end - layers * high) / gaps, _GAPS[1])

    def passed(self, link: Link) -> list[Part]:
        """The boxes between both of its ends that it leads past, from the bottom."""
        if link.start.column != link.end.column:
            return []
        low, high = self.row(link.start), self.row(link.end)
        between = [part for part in self.parts if part.column == link.start.column and low < self.row(part) < high]
        return sorted(between, key=self.row)

    @staticmethod
    def leads_over(link: Link) -> bool:
        """Whether it brings the last state of what reads backward, which stands at the first step, to the other end."""
        return link.start.reverse and link.start.column < link.end.column

    def row(self, part: Part) -> int:
        """Rows from the bottom: inputs, then every layer's directions, then answers."""
        if part.kind == "input":
            return 0
        if part.kind == "output":
            return self.rows - 1
        both = any(other.reverse for other in self.parts)
        return 1 + part.level * (2 if both else 1) + part.reverse


def shown_steps(length: int, cursor: int | None, border: int | None = None, room: int = FEWEST) -> tuple[int, ...]:
    """The time steps that are drawn: all where there is `room`, else both ends, and those around the cursor and a
    border between two sequences.
    """  # fmt: skip
    first = length if length <= room else room // 2
    wanted = {*range(first), *range(max(length - (room - first), first), length)}
    if border is not None:
        wanted |= {step for step in (border - 1, border) if 0 <= step < length}
    if cursor is not None and cursor < length:
        wanted |= {step for step in range(cursor - _AROUND, cursor + _AROUND + 1) if 0 <= step < length}
    return tuple(sorted(wanted))


def diagram(
    structure: Structure, length: int, cursor: int | None, written_from: int | None = None, room: int = FEWEST
) -> Diagram:
    """The network over a sequence of `length` steps, of which `room` can be drawn; those from `written_from` on are a
    decoder's.
    """  # fmt: skip
    topology = structure.topology
    border = written_from if topology == "encoder_decoder" else None
    steps = (0,) if topology == "one_to_one" else shown_steps(length, cursor, border, room)
    virtual = topology == "encoder_decoder" and border is None
    columns = steps + (-1,) * (_WRITTEN if virtual else 0)
    read = len(steps) if border is None else sum(step < border for step in steps)
    depth = 1 + max((layer.layer for layer in structure.layers), default=-1)
    parts = [
        Part("layer", layer.layer, layer.reverse, column, step)
        for column, step in enumerate(columns)
        for layer in structure.layers
        if not (layer.reverse and column >= read)  # a decoder does not know its future
    ]
    at_once = topology == "one_to_many"  # what is read makes the first state, before there is a step
    inputs = {0: -1} if at_once else dict(enumerate(columns[:read]))
    parts += [Part("input", -1, False, column, step) for column, step in inputs.items()]
    parts += [
        Part("output", depth, False, column, columns[column]) for column in _answering(topology, read, len(columns))
    ]
    looked_at = steps.index(cursor) if cursor in steps else read - 1
    links = _Links(structure, parts, read, depth).all()
    lanes = any(layer.reverse for layer in structure.layers) or (at_once and depth > 1)
    return Diagram(tuple(parts), tuple(links), columns, 2 + len(structure.layers), looked_at, read, lanes)


def _answering(topology: str, read: int, columns: int) -> range:
    if topology == "many_to_one":
        return range(read - 1, read)
    return range(read, columns) if topology == "encoder_decoder" else range(read)


class _Links:
    """The arrows between `parts`, of which those from column `read` on belong to a decoder."""

    def __init__(self, structure: Structure, parts: Sequence[Part], read: int, depth: int) -> None:
        self._structure, self._parts, self._read, self._depth = structure, parts, read, depth
        self._names = {name for name, _ in structure.parameters}
        self._layers = {(p.level, p.reverse, p.column): p for p in parts if p.kind == "layer"}
        self._answers = {part.column: part for part in parts if part.kind == "output"}

    def all(self) -> list[Link]:
        """Upward, along time, to the answers and back from them."""
        found: list[Link] = []
        for (level, reverse, column), part in self._layers.items():
            found += self._from_below(part)
            for other in (column + (-1 if reverse else 1), *([self._read] if reverse and column == 0 else [])):
                following = self._layers.get((level, reverse and other < column, other))
                if following is not None:
                    found.append(Link(self._along(part, following), part, following))
        return found + self._to_answers() + self._back()

    def _from_below(self, part: Part) -> list[Link]:
        """From what is read, or the layer below, at the same step; what is read at once makes each first state."""
        below = [other for other in self._parts if other.column == part.column and other.level == part.level - 1]
        if self._structure.topology != "one_to_many":
            return [Link(self._name("weight_ih", part), other, part) for other in below]
        read = [other for other in self._parts if other.kind == "input" and other.column == part.column]
        layers = [Link(self._name("weight_ih", part), other, part) for other in below if other not in read]
        return [*layers, *(Link(f"bridge.hidden_l{part.level}.weight", other, part) for other in read)]

    def _to_answers(self) -> list[Link]:
        """From the top layer's state of the same step; where all steps have one answer, from each direction's last."""
        at_end, top = self._structure.topology == "many_to_one", self._depth - 1
        ends = [
            (self._layers.get((top, reverse, 0 if reverse and at_end else column)), answer)
            for column, answer in self._answers.items()
            for reverse in (False, True)
        ]
        return [Link("readout.weight", part, answer) for part, answer in ends if part is not None]

    def _name(self, kind: str, part: Part) -> str:
        """A matrix of a layer; of networks that write, encoder and decoder have their own."""
        ending = f"{kind}_l{part.level}" + ("_reverse" if part.reverse else "")
        writes = part.column >= self._read or self._structure.topology == "one_to_many"
        own = f"{'decoder' if writes else 'encoder'}.{ending}"
        return own if own in self._names else f"rnn.{ending}"

    def _along(self, part: Part, following: Part) -> str:
        if not part.column < self._read <= following.column:
            return self._name("weight_hh", part)
        bridge = f"bridge.hidden_l{part.level}.weight"
        return bridge if bridge in self._names else "handed on"

    def _back(self) -> list[Link]:
        """Each answer of a network that writes is what it reads next, with the weights of what is read."""
        if self._structure.topology not in ("one_to_many", "encoder_decoder"):
            return []
        following = {column: self._layers.get((0, False, column + 1)) for column in self._answers}
        return [
            Link(self._name("weight_ih", part), self._answers[column], part)
            for column, part in following.items()
            if part
        ]
