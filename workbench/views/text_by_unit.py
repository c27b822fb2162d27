"""What one unit makes of every character it reads, what the network expects next, and on what that hangs."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSpinBox, QVBoxLayout

from engine.events import Snapshot
from engine.inside_records import Floats, Influence, LayerTrace, Reading
from engine.wording.percentages import percent
from engine.wording.special_symbols import UNKNOWN_NAME
from workbench.calm import limit
from workbench.plots.axes.levels import Levels
from workbench.plots.axes.numerals import numeral
from workbench.plots.axes.step_names import quoted, step_in_brackets, visible
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.heat.coloured_text import ColouredText
from workbench.plots.heat.trace_grid import layer_name
from workbench.plots.key.keys import Key, Scale, patch
from workbench.plots.key.legend import Legend
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import ElidedBox, NamesBox

_STATE, _MEMORY = "hidden state", "cell state"
_EITHER_SIDE = _STATE, _MEMORY, "candidate"  # of nought, whatever a unit has in this passage

_OF_TEXT = "bits per character"  # what runs are measured in that read running text


class TextByUnit(LiveView):
    """A held-out passage coloured by a unit or gate, five guesses under each symbol, and influences on request."""

    key = "text_by_unit"
    title = "Text by unit"
    order = 55
    question = "Which unit keeps track of what in the text, and on which earlier symbols does the next guess hang?"
    probes = frozenset({"reading"})
    waiting = (
        "Press Run (F5) on a text, such as the sample Alice: every character of a held-out piece appears here, "
        "coloured by what a unit makes of it."
    )

    def build(self) -> None:
        """The text, and choices of layer, quantity and unit."""
        self._text, self._legend = ColouredText(self.theme), Legend(self.theme)
        self._levels: dict[str, Levels] = {}
        self._by_influence = True  # once it is measured; not after a choice of what a unit makes of the text
        area = QScrollArea()
        area.setObjectName(f"{self.key}.text")
        area.setAccessibleName(f"{self.title}: the text")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the view takes the keys
        area.setWidget(self._text)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._legend)
        layout.addWidget(area, 1)
        self._layer, self._quantity, self._unit = NamesBox(), ElidedBox(), QSpinBox()
        self._unit.setToolTip("The arrow keys up and down walk the units; the first comes behind the last.")
        self._unit.setWrapping(True)  # either key does something at the first unit, which is where one begins
        for label, box, name in (("Layer", self._layer, "layer"), ("", self._quantity, "quantity")):
            box.activated.connect(self._choose)
            self.add_control(label, box, name)
        self._unit.valueChanged.connect(self._choose)
        self.add_control("Unit", self._unit, "unit")
        self._text.hovered.connect(self.time.hover)
        self._text.clicked.connect(self.time.pin)
        self.time.moved.connect(self._on_moved)

    def wishes(self) -> dict[str, Any]:
        """Ask for the influences on the character that is looked at."""
        return {"character": self.time.position if self._by_influence else None}

    def reason(self) -> str:
        """Empty as well when no text is read."""
        if isinstance(self.probe("reading"), Reading):
            return ""
        if self.start is not None and self.start.metric != _OF_TEXT:
            return (
                "This run reads no running text.\nOpen a text file, or the sample Alice, to see what every unit makes "
                "of each character."
            )
        return self.unmeasured

    def draw(self, snapshot: Snapshot) -> None:
        """Text, guesses and colours."""
        self._redraw()

    def clear(self) -> None:
        """No text."""
        self._levels.clear()
        self._text.show_text((), (), np.zeros((0, 0), np.float32))
        self._legend.show_items(self.theme, ())

    def recolour(self) -> None:
        """The text, and the key."""
        self._text.apply_theme(self.theme)
        self._redraw()

    def time_steps(self) -> int:
        """Symbols of the passage, which begins with the pinned sequence."""
        found = self.probe("reading")
        return len(found.labels) if isinstance(found, Reading) else 0

    def table(self) -> Table:
        """One row for each character: the unit's value, the guesses with their chances, the influence if measured."""
        found = self.probe("reading")
        if not self._built or not isinstance(found, Reading):
            return (), []
        values, influence = self._course(found), self._influence(found)
        rows: list[tuple[Cell, ...]] = []
        for step, label in enumerate(found.labels):
            guesses = zip(found.guesses[step], found.chances[step].tolist(), strict=True)
            told = ", ".join(f"{visible(guess)} {percent(chance, 1)}" for guess, chance in guesses)
            norm = float(influence.norms[step]) if influence else float("nan")
            rows.append((step + 1, visible(label), float(values[step]), told, norm))
        return ("step", "symbol", self._chosen(), "guesses for the next", "influence on the guess looked at"), rows

    # --- drawing ----------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        found = self.probe("reading")
        if not isinstance(found, Reading):
            return
        self._text.show_text(found.labels, found.guesses, found.chances, found.following[-1] if found.following else "")
        values, influence = self._course(found), self._influence(found)
        if influence is not None and self._by_influence:
            strongest = float(influence.norms.max()) or 1.0
            scale = Scale(f"influence on “{visible(influence.guess)}”", self.theme.color_map("magnitude"), 0, strongest)
            self._colour(influence.norms, scale)
        else:
            self._colour(values, self._scale(values))
        self._text.mark(self.time.position)
        self._read(found)

    def _colour(self, values: Floats, scale: Scale) -> None:
        self._text.show_values(values, scale.colors, (scale.low, scale.high))
        guess = Key("guess below for the next symbol, stronger the likelier", patch(self.theme.color("muted", 0.6)))
        hit = Key("the right one", patch(self.theme.color("good", 0.6)))
        scale = dataclasses.replace(scale, high=float(f"{scale.high:.3g}"))
        self._legend.show_items(self.theme, (scale, guess, hit, *self._strange()))

    def _strange(self) -> list[Key]:
        """A word on the sign of what is not known, where it is read: it looks like a file that was read wrongly."""
        found = self.probe("reading")
        read = isinstance(found, Reading) and UNKNOWN_NAME in found.labels
        return [Key(f"{UNKNOWN_NAME} unknown to the network", QPen(Qt.PenStyle.NoPen), line=False)] if read else []

    def _scale(self, values: Floats) -> Scale:
        name = self._quantity.currentText()
        if name in _EITHER_SIDE or (values < 0).any():
            levels = self._levels.setdefault(name, Levels())
            return Scale(self._chosen(), self.theme.color_map("diverging"), *levels.hold(values), levels.beyond)
        return Scale(self._chosen(), self.theme.color_map("magnitude"), 0.0, 1.0)

    def _influence(self, found: Reading) -> Influence | None:
        """What was measured for the character looked at; None while nothing is looked at or not yet measured."""
        measured = found.influence
        return measured if measured is not None and measured.step == self.time.position else None

    def _chosen(self) -> str:
        return f"{self._quantity.currentText()} of unit {self._unit.value()}"

    def _course(self, found: Reading) -> Floats:
        """The chosen quantity of the chosen unit at every symbol."""
        _fill(self._layer, [layer_name(layer) for layer in found.layers])
        layer = found.layers[self._layer.currentIndex()]
        courses = _quantities(layer)
        _fill(self._quantity, list(courses))
        course = courses[self._quantity.currentText()]
        limit(self._unit, course.shape[1] - 1)
        return course[:, self._unit.value()]

    def _read(self, found: Reading) -> None:
        step, values = self.time.position, self._course(found)
        if step is None or step >= len(found.labels):
            self.read_out("")
            return
        guesses = zip(found.guesses[step], found.chances[step].tolist(), strict=True)
        told = ", ".join(f"{quoted(guess)} {percent(chance)}" for guess, chance in guesses)
        after = quoted(found.following[step])
        unknown = " · on what it hangs is measured while a run goes on"
        late = unknown if self.over and self._influence(found) is None else ""
        value = numeral(f"{values[step]:+.3f}")
        self.read_out(
            f"step {step + 1}{step_in_brackets(found.labels, step)} · {self._chosen()} {value} · next: {told}"
            f" · in truth {after}{late}"
        )

    # --- keys and cursor --------------------------------------------------------------------------------

    def _choose(self) -> None:
        """Colours are a unit's again, also while a character is looked at, until that is another one."""
        self._by_influence = False
        self._redraw()
        self.needs_changed.emit()

    def _on_moved(self) -> None:
        self._by_influence = True
        if self.active:
            self._redraw()
            self.needs_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk the units, left and right the symbols."""
        by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if by is not None and self._built:
            self._unit.stepBy(by)
        else:
            super().keyPressEvent(event)


def _quantities(layer: LayerTrace) -> dict[str, Floats]:
    memory = {_MEMORY: layer.cell} if layer.cell is not None else {}
    gates = {name if name == "candidate" else f"{name} gate": values for name, values in layer.gates}
    return {_STATE: layer.hidden} | memory | gates


def _fill(box: QComboBox, names: list[str]) -> None:
    if names != [box.itemText(i) for i in range(box.count())]:
        box.clear()
        box.addItems(names)
