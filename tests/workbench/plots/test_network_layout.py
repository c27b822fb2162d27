"""Which parts a network's diagram has, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainterPath
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.config import TOPOLOGIES
from tests.workbench.views import measured
from tests.workbench.views.known import known_cell
from workbench.looks.theme import LIGHT
from workbench.plots.network.diagram import NetworkDiagram
from workbench.plots.network.layout import Part, diagram, shown_steps
from workbench.plots.network.places import Places
from workbench.plots.network.unit_squares import CELLS, columns, grouped
from workbench.plots.network.words import short_name, step_names, words_of_all, words_of_link, words_of_part

ROOM = QSizeF(800, 400)


def test_both_ends_and_the_cursor_are_drawn() -> None:
    assert shown_steps(4, None) == (0, 1, 2, 3)
    assert shown_steps(100, None) == (0, 1, 97, 98, 99)
    assert shown_steps(100, 50) == (0, 1, 49, 50, 51, 97, 98, 99)
    assert shown_steps(100, 99) == (0, 1, 97, 98, 99)
    assert shown_steps(1, 0) == (0,)
    assert shown_steps(100, None, room=8) == (0, 1, 2, 3, 96, 97, 98, 99)
    assert shown_steps(14, None, room=16) == tuple(range(14))
    assert shown_steps(16, None, room=16) == tuple(range(16))


@pytest.mark.parametrize(
    ("topology", "read", "answered"),
    [
        ("one_to_one", [0], [0]),
        ("one_to_many", [0], [0, 1, 2, 3]),
        ("many_to_one", [0, 1, 2, 3], [3]),
        ("many_to_many", [0, 1, 2, 3], [0, 1, 2, 3]),
        ("encoder_decoder", [0, 1, 2, 3], [4, 5, 6]),
    ],
)
def test_topologies_are_recognised_by_what_goes_in_and_out(topology: str, read: list[int], answered: list[int]) -> None:
    made = diagram(measured.structure(topology=topology), 4, None)
    assert [part.column for part in made.parts if part.kind == "input"] == read
    assert [part.column for part in made.parts if part.kind == "output"] == answered
    assert any(link.fed_back for link in made.links) == (topology in ("one_to_many", "encoder_decoder"))


def test_what_is_written_follows_what_is_read() -> None:
    made = diagram(measured.structure(topology="encoder_decoder", reverse=True), 9, None, written_from=4)
    assert made.steps == (0, 1, 3, 4, 6, 7, 8)
    assert [part.step for part in made.parts if part.kind == "input"] == [0, 1, 3]
    assert [part.step for part in made.parts if part.kind == "output"] == [4, 6, 7, 8]
    assert {part.step for part in made.parts if part.reverse} == {0, 1, 3}
    bridges = [(link.start.reverse, link.start.step, link.end.step) for link in made.links if link.name == "handed on"]
    assert bridges == [(True, 0, 4), (False, 3, 4)]


def test_what_is_read_at_once_makes_the_first_state_of_each_layer() -> None:
    made = diagram(measured.structure(layers=2, topology="one_to_many"), 4, None)
    (read,) = (part for part in made.parts if part.kind == "input")
    assert read.step == -1
    into = [(link.name, link.end.level, link.end.column) for link in made.links if link.start == read]
    assert into == [("bridge.hidden_l0.weight", 0, 0), ("bridge.hidden_l1.weight", 1, 0)]
    assert words_of_part(measured.structure(), None, read, lambda *_: 0.0)[1] == "once, before the first step"


@pytest.mark.parametrize("room", [QSizeF(360, 420), QSizeF(800, 560)])
@pytest.mark.parametrize("fold", [0.0, 1.0])
@pytest.mark.parametrize(
    ("layers", "reverse", "topology"), [(3, True, "many_to_one"), (3, True, "many_to_many"), (3, False, "one_to_many")]
)
def test_arrows_past_boxes_touch_none_of_them_and_stand_apart(
    room: QSizeF, fold: float, layers: int, reverse: bool, topology: str
) -> None:
    made = diagram(measured.structure(layers=layers, reverse=reverse, topology=topology), 5, None)
    places, between = Places(made, room, fold), dict[tuple[str, int], set[float]]()
    upward = [link for link in made.links if link.start.column == link.end.column == made.looked_at]
    upward += [link for link in made.links if topology == "one_to_many" and made.passed(link)]
    assert any(made.passed(link) for link in upward)
    for link in upward:
        way = places.way(link)
        points = [way.pointAtPercent(share / 300) for share in range(301)]
        inner = [places.boxes[part].adjusted(1, 1, -1, -1) for part in made.parts]
        assert not any(box.contains(point) for box in inner for point in points)
        for part in made.passed(link):
            height = places.boxes[part].center().y()
            across = next(x for x in _crossings(way, height))
            between.setdefault((link.name, made.row(part)), set()).add(round(across, 3))
    for row in range(made.rows):
        lanes = [x for (_, at), all_x in between.items() if at == row for x in all_x]
        assert len(lanes) == len(set(lanes))


@pytest.mark.parametrize("topology", ["one_to_many", "encoder_decoder"])
@pytest.mark.parametrize("reverse", [False, True])
def test_an_answer_goes_in_again_past_the_layers_above(topology: str, reverse: bool) -> None:
    shape = measured.structure(layers=3, reverse=reverse and topology == "encoder_decoder", topology=topology)
    made = diagram(shape, 9, None, written_from=4)
    places = Places(made, QSizeF(420, 560), 0.0)
    back = [link for link in made.links if link.fed_back]
    assert back
    for link in back:
        points = [places.way(link).pointAtPercent(share / 300) for share in range(301)]
        inner = [places.boxes[part].adjusted(1, 1, -1, -1) for part in made.parts]
        assert not any(box.contains(point) for box in inner for point in points)


def _crossings(way: QPainterPath, height: float) -> Iterator[float]:
    """Where a way made of straight pieces crosses a height."""
    corners = [way.elementAt(index) for index in range(way.elementCount())]
    for before, after in pairwise(corners):
        if min(before.y, after.y) <= height <= max(before.y, after.y):
            yield (before.x + after.x) / 2


def test_one_layer_of_encoder_and_decoder_goes_without_a_number(qtbot: QtBot) -> None:
    widget = NetworkDiagram(LIGHT)
    qtbot.addWidget(widget)
    for layers, names in ((1, {"encoder", "encoder ←", "decoder"}), (2, {"encoder 1", "decoder 2"})):
        structure = measured.structure(layers=layers, topology="encoder_decoder", reverse=True)
        widget.show_diagram(made := diagram(structure, 9, None, written_from=6), ())
        assert {widget._name(part) for part in made.parts if part.kind == "layer"} >= names


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        ("1990-10-06", "…0-10-06", "…0-10-06"),
        ("thousand", "thous…", "thous…"),
        ("two", "two", "two"),
        ("thousand", "t…", ""),
    ],
)
def test_of_a_long_name_in_a_narrow_box_what_tells_it_apart_is_shown(
    qtbot: QtBot, text: str, part: str, shown: str
) -> None:
    metrics = QFontMetrics(QFont())
    assert short_name(text, metrics.horizontalAdvance(part) + 1, metrics) == shown


def test_numbers_of_steps_leave_room_for_the_dots_between_them(qtbot: QtBot) -> None:
    metrics = QFontMetrics(QFont())
    wide = metrics.horizontalAdvance("t = 19 … ")
    assert step_names((0, 1, 18), wide + 1, metrics) == ["t = 1", "t = 2", "t = 19"]
    assert step_names((0, 1, 18, -1), wide - 1, metrics) == ["t = 1", "2", "19", ""]


def test_one_answer_follows_the_last_state_of_each_direction() -> None:
    made = diagram(measured.structure(layers=2, reverse=True), 50, 20)
    read = [link for link in made.links if link.name == "readout.weight"]
    assert [(link.start.level, link.start.reverse, link.start.step) for link in read] == [(1, False, 49), (1, True, 0)]
    assert [made.leads_over(link) for link in read] == [False, True]
    each = diagram(measured.structure(reverse=True, topology="many_to_many"), 4, None)
    read = [link for link in each.links if link.name == "readout.weight"]
    assert all(link.start.step == link.end.step for link in read)
    assert len(read) == 8


def test_what_was_answered_goes_in_again_through_weights_of_the_decoder(qtbot: QtBot) -> None:
    plain = measured.structure(topology="encoder_decoder")
    shapes = dict(plain.parameters)
    own = {name.replace("rnn", side): shapes[name] for side in ("encoder", "decoder") for name in list(shapes)[:2]}
    writing = replace(plain, parameters=tuple((own | {"attention.query.weight": (4, 4), "readout.bias": (1,)}).items()))
    made = diagram(writing, 9, None, written_from=4)
    back = [link for link in made.links if link.fed_back]
    assert {link.name for link in back} == {"decoder.weight_ih_l0"}
    assert [(link.start.step, link.end.step) for link in back] == [(4, 6), (6, 7), (7, 8)]
    told = words_of_all(writing, made, lambda _name: ("■", QColor()))
    names = "attention.&#8203;query.&#8203;weight · <b>4\u00a0×\u00a04</b>"
    label = QLabel("<br>".join(told))
    qtbot.addWidget(label)
    label.setWordWrap(True)
    assert label.minimumSizeHint().width() < label.fontMetrics().horizontalAdvance("attention.query.weight")
    assert told[-2:] == ["Matrices without an arrow of their own:", names]
    told = words_of_link(writing, back[0], made)
    assert told[1:] == [
        "128\u00a0×\u00a03 = 384 weights",
        "The same weights at every time step; drawn 3 times in one colour.",
        "Dashed: what was answered goes in again.",
    ]


def test_what_leads_past_a_box_is_known() -> None:
    both = diagram(measured.structure(reverse=True), 3, None)
    past = {(link.start.kind, link.end.kind, link.end.reverse) for link in both.links if both.passed(link)}
    assert past == {("input", "layer", True), ("layer", "output", False)}
    writing = diagram(measured.structure(topology="encoder_decoder", reverse=True), 9, None, written_from=4)
    assert {link.end.kind for link in writing.links if writing.passed(link)} == {"layer"}


def test_arrows_of_one_matrix_have_one_name() -> None:
    made = diagram(measured.structure(layers=2, reverse=True), 3, None)
    names = [link.name for link in made.links]
    assert names.count("rnn.weight_hh_l0") == names.count("rnn.weight_hh_l1_reverse") == 2
    assert names.count("rnn.weight_ih_l0") == 3
    assert names.count("rnn.weight_ih_l1") == 6  # from both directions below
    backward = [link for link in made.links if link.name == "rnn.weight_hh_l0_reverse"]
    assert all(link.end.column == link.start.column - 1 for link in backward)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize(("layers", "reverse"), [(1, False), (3, True)])
def test_unrolled_nothing_overlaps_and_rolled_up_all_steps_are_one(topology: str, layers: int, reverse: bool) -> None:
    made = diagram(measured.structure(layers=layers, reverse=reverse, topology=topology), 50, 20)
    assert made.lanes == any(map(made.passed, made.links))
    boxes = [made.box(part, ROOM, 0.0) for part in made.parts]
    for index, box in enumerate(boxes):
        assert 0 <= box.left() < box.right() <= ROOM.width()
        assert 0 <= box.top() < box.bottom() <= ROOM.height()
        assert not any(box.intersects(other) for other in boxes[index + 1 :])
    rolled: dict[object, list[QRectF]] = {}
    for part in made.parts:
        rolled.setdefault((part.kind, part.level, part.reverse, made.writes(part)), []).append(
            made.box(part, ROOM, 1.0)
        )
    assert all(box == same[0] for same in rolled.values() for box in same)
    aside, middles = made.lane(ROOM, 1.0) / 2, (224, 576) if topology == "encoder_decoder" else (400,)
    distances = [min(abs(same[0].center().x() - middle) for middle in middles) for same in rolled.values()]
    assert all(distance in (pytest.approx(0), pytest.approx(aside)) for distance in distances)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize(("layers", "reverse"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("cursor", [None, 0, 6])
def test_rolled_up_every_matrix_has_its_arrow_and_nothing_stands_alone(
    topology: str, layers: int, reverse: bool, cursor: int | None
) -> None:
    made = diagram(measured.structure(layers=layers, reverse=reverse, topology=topology), 9, cursor, written_from=4)
    for room in (ROOM, QSizeF(200, 300)):
        places = Places(made, room, 1.0)
        stay = [part for part in made.parts if places.opacity(part) == 1]
        boxes = [places.boxes[part] for part in stay]
        assert not any(box.intersects(other) for at, box in enumerate(boxes) for other in boxes[at + 1 :])
        seen = [link for link in made.links if places.opacity_of(link) == 1]
        turned = [link for link in made.links if places.rolled(link) is not None]
        assert {link.name for link in (*seen, *turned)} == {link.name for link in made.links}
        assert any(link.fed_back for link in turned) == any(link.fed_back for link in made.links)
        reached = [places.boxes[part] for link in seen for part in (link.start, link.end)]
        assert all(box in reached for box in boxes)
    kinds = {(part.kind, made.writes(part)) for part in made.parts}
    assert {(part.kind, made.writes(part)) for part in stay} == kinds
    assert any(map(made.crosses, seen)) == (topology == "encoder_decoder")


@pytest.mark.parametrize(("layers", "reverse"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("fold", [0.0, 1.0])
def test_the_layers_take_the_height_there_is(layers: int, reverse: bool, fold: float) -> None:
    made = diagram(measured.structure(layers=layers, reverse=reverse), 12, None)
    room = QSizeF(500, 600)
    boxes = sorted((made.box(p, room, fold) for p in made.parts if p.column == made.looked_at), key=lambda b: b.top())
    assert boxes[-1].bottom() - boxes[0].top() > 0.65 * room.height()
    inside = sum(made.box(p, room, fold).height() for p in made.parts if p.column == made.looked_at)
    assert inside > 0.4 * room.height()
    assert all(20 <= low.top() - high.bottom() <= 72 for high, low in pairwise(boxes))
    assert boxes[-1].bottom() == pytest.approx(made.foot(room, fold))


def test_hundreds_of_units_share_squares() -> None:
    cells, share = grouped(np.arange(300, dtype=np.float32))
    assert share == 5
    assert len(cells) == 60 <= CELLS
    np.testing.assert_allclose(cells[:2], [4, 9])
    signs = np.where(np.arange(300) % 2, -0.75, 0.5).astype(np.float32)
    np.testing.assert_allclose(grouped(signs)[0], -0.75)  # the mean of them is next to nothing
    cells, share = grouped(np.array([1.0, 2.0], np.float32))
    assert (cells.tolist(), share) == ([1, 2], 1)


@pytest.mark.parametrize(
    ("count", "wide", "high", "across"),
    [
        (16, 92, 230, 2),
        (32, 92, 230, 4),
        (64, 92, 230, 4),
        (64, 75, 66, 8),
        (61, 92, 230, 7),
        (2, 92, 230, 1),
        (1, 9, 9, 1),
    ],
)
def test_squares_fill_the_last_row_where_they_can(count: int, wide: float, high: float, across: int) -> None:
    assert columns(count, QSizeF(wide, high)) == across


@pytest.mark.parametrize("size", [QSizeF(0, 0), QSizeF(1000, 1), QSizeF(1, 1000)])
def test_a_box_of_any_form_has_a_column(size: QSizeF) -> None:
    assert 1 <= columns(7, size) <= 7


def test_a_picture_kept_follows_numbers_choice_and_fold(qtbot: QtBot) -> None:
    widget = NetworkDiagram(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(900, 400)
    made = diagram(measured.structure(topology="many_to_many"), 3, None)
    widget.show_diagram(made, ())
    part = next(part for part in made.parts if part.kind == "layer")
    seen = [widget.grab().toImage()]

    def changed() -> bool:
        seen.append(widget.grab().toImage())
        return seen[-1] != seen[-2]

    assert not changed()
    for level in (1.0, -1.0):
        widget.show_numbers({part: np.full(4, level, np.float32)}, {part: 0.5}, 1.0)
        assert changed()
        inside = seen[-1].pixelColor(widget.place_of(part).center().toPoint())
        assert (inside.red() > inside.blue()) == (level > 0)
    for what in (part, made.links[0], None):
        widget.select(what)
        assert changed()
    widget.roll(True, at_once=True)
    assert changed()


def test_with_large_text_the_name_of_a_layer_is_whole(qtbot: QtBot) -> None:
    theme = replace(LIGHT, scale=2.0)
    widget = NetworkDiagram(theme)
    qtbot.addWidget(widget)
    widget.resize(900, 500)
    made = diagram(measured.structure(layers=2, topology="encoder_decoder"), 9, None, written_from=6)
    widget.show_diagram(made, ())
    first = widget.place_of(next(part for part in made.parts if part.kind == "layer"))
    font = QFont(widget.font())
    font.setPixelSize(theme.small)
    end = first.left() + QFontMetrics(font).horizontalAdvance("encoder 1")
    image = widget.grab().toImage()
    row = range(round(first.top()) - theme.small - 5, round(first.top()) - 3)
    dark = [x for x in range(round(end)) for y in row if image.pixelColor(x, y).lightness() < 100]
    assert max(dark) > end - theme.small


@pytest.mark.parametrize(
    ("norm", "told"),
    [
        (0.25, "‖∂L/∂h‖ in the last batch = 0.25"),
        (math.inf, "‖∂L/∂h‖ in the last batch = inf"),
        (math.nan, "no gradient was measured here in the last batch"),
    ],
)
def test_a_gradient_that_exploded_is_not_said_to_be_missing(norm: float, told: str) -> None:
    hidden = known_cell()[0]
    assert words_of_part(measured.structure(), hidden, Part("layer", 0, False, 0, 0), lambda *_: norm)[-1] == told
