"""What a network's diagram says in words: of all its arrows, of one of them, or of one box; and names that fit."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics

from engine.inside_records import HiddenTrace, LayerTrace, Structure
from workbench.plots.axes.numerals import numerals
from workbench.plots.axes.step_names import step_in_brackets
from workbench.plots.network.equations import attends
from workbench.plots.network.layout import Diagram, Link, Part

_BREAK = "&#8203;"  # a place where a line may end; Qt knows no <wbr>
_FEW = 4  # letters of a name that say less than an x or a y


def words_of_all(structure: Structure, made: Diagram | None, sign_of: Callable[[str], tuple[str, QColor]]) -> list[str]:
    """What can be clicked, and the matrix behind arrows of each colour and kind."""
    words = ["Click a box or an arrow to see its numbers and its equation.", ""]
    shapes = dict(structure.parameters)
    for name in dict.fromkeys(link.name for link in (made.links if made else ())):
        size = f"<b>{_shape(shapes.pop(name))}</b>" if name in shapes else "no weights"
        sign, color = sign_of(name)
        words.append(f'<span style="color:{color.name()}">{sign}</span>&nbsp;{_breaking(name)} · {size}')
    others = [f"{_breaking(name)} · <b>{_shape(shape)}</b>" for name, shape in shapes.items() if len(shape) > 1]
    return [*words, *(["", "Matrices without an arrow of their own:", *others] if others else [])]


def _breaking(name: str) -> str:
    """The name of a matrix, which in a narrow place goes on in the next line instead of out of sight."""
    return html.escape(name).replace("_", f"_{_BREAK}").replace(".", f".{_BREAK}")


def words_of_link(structure: Structure, link: Link, made: Diagram | None) -> list[str]:
    """The matrix, its size, and how often it is drawn."""
    shape = dict(structure.parameters).get(link.name)
    if shape is None:
        return [f"<b>{html.escape(link.name)}</b>", "No weights: the state goes on as it is."]
    words = [
        f"<b>{html.escape(link.name)}</b>",
        f"{_shape(shape)} = {math.prod(shape):,} weights",
        _how_often([other for other in (made.links if made else ()) if other.name == link.name]),
    ]
    back = any(other.name == link.name and other.fed_back for other in (made.links if made else ()))
    return [*words, "Dashed: what was answered goes in again."] if back else words


def _how_often(drawn: Sequence[Link]) -> str:
    """Of all arrows of a matrix: those that lead to one box at one step are parts of one and the same product."""
    if len({link.end for link in drawn}) < 2:
        return "Used once; drawn from each direction." if len(drawn) > 1 else "Used once."
    return f"The same weights at every time step; drawn {len(drawn)} times in one colour."


def words_of_part(
    structure: Structure, trace: HiddenTrace | None, part: Part, norm: Callable[[LayerTrace, int], float]
) -> list[str]:
    """What a box is, at which step, and its numbers; `norm` knows the gradient that arrives."""
    label = html.escape(step_in_brackets(trace.labels, part.step)) if trace is not None else ""
    when = f"time step {part.step + 1}{label}" if part.step >= 0 else "any step that is written"
    if part.kind == "input":
        when = when if part.step >= 0 else "once, before the first step"
        tokens, numbers = f"one of {structure.input_size:,} tokens", f"{structure.input_size} numbers"
        return ["<b>What is read</b>", when, tokens if structure.embedding_size else numbers]
    if part.kind == "output":
        source = "the top layer's state" + (", and what it attends to" if attends(structure) else "")
        return ["<b>What is answered</b>", when, f"{structure.output_size:,} numbers from {source}"]
    layers: Mapping[tuple[int, bool], LayerTrace] = {
        (layer.layer, layer.reverse): layer for layer in (trace.layers if trace else ())
    }
    side = ", reads backward" if part.reverse else ""
    words = [f"<b>Layer {part.level + 1}{side}: {html.escape(structure.cell)}</b>", when]
    layer = layers.get((part.level, part.reverse))
    if layer is not None and 0 <= part.step < len(layer.hidden):
        words += _state_words(layer, part.step, norm(layer, part.step))
    return words


def _state_words(layer: LayerTrace, step: int, norm: float) -> list[str]:
    courses = [("hidden state", layer.hidden), *([("cell state", layer.cell)] if layer.cell is not None else [])]
    courses += [(name if name == "candidate" else f"{name} gate", values) for name, values in layer.gates]
    words = [
        numerals(f"{name}: {values[step].min():+.3f} … {values[step].max():+.3f}, mean {values[step].mean():+.3f}")
        for name, values in courses
    ]
    arriving = f"‖∂L/∂h‖ in the last batch = {norm:.3g}"  # of this sequence, which is held out, there is none
    unknown = math.isnan(norm)  # as where every sequence of the batch was shorter
    return [*words, "no gradient was measured here in the last batch" if unknown else numerals(arriving)]


def _shape(shape: tuple[int, ...]) -> str:
    return "\u00a0×\u00a0".join(map(str, shape))  # not broken across lines


def short_name(text: str, wide: int, metrics: QFontMetrics) -> str:
    """What there is room for of a name, of a date its end, which is what differs; nothing where too little is left."""
    end = Qt.TextElideMode.ElideLeft if text[:1].isdigit() else Qt.TextElideMode.ElideRight
    shown = metrics.elidedText(text, end, wide)
    return shown if len(shown) > _FEW or shown == text else ""


def step_names(steps: Sequence[int], wide: float, metrics: QFontMetrics) -> list[str]:
    """Names of time steps in columns of a width; numbers alone where dots between two would have no room."""
    names = [f"t = {step + 1}" if step >= 0 else "" for step in steps]
    if all(room_for_dots(name, wide, metrics) for name in names):
        return names
    return [names[0], *(name.removeprefix("t = ") for name in names[1:])]


def room_for_dots(name: str, wide: float, metrics: QFontMetrics) -> bool:
    """Whether dots fit beside a step's name into the width of its column."""
    return metrics.horizontalAdvance(name) + metrics.horizontalAdvance(" … ") <= wide
