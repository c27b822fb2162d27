"""How the next symbol is chosen: greedy, drawn, or searched for in a beam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from workbench.doors.answers import Asked
from workbench.looks.theme import GRID

_METHODS = (("greedy", "The likeliest each time"), ("sampled", "Drawn"), ("beam", "Beam search"))


class Choosing(QWidget):
    """A method and its settings; only those that have an effect are shown."""

    def __init__(
        self, method: str = "greedy", top_p: float = 1.0, *, above: Sequence[tuple[str, QWidget]] = ()
    ) -> None:
        """`above` are rows that stand in one form with it."""
        super().__init__()
        self.method = QComboBox()
        for key, title in _METHODS:
            self.method.addItem(title, key)
        self.temperature, self.top_p = real("temperature", 1.0, 0.0, 100.0), real("top_p", top_p, 0.01, 1.0)
        self.top_k, self.kept = whole("top_k", 0, 0, 100_000), whole("width", 4, 1, 1000)
        self.penalty, self.seed = real("length_penalty", 0.6, 0.0, 10.0), whole("seed", 0, 0, 2**31 - 1)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(GRID)
        for row in above:
            self.form.addRow(*row)
        rows = (
            ("Symbols", self.method, "How each symbol is chosen", ()),
            ("Temperature", self.temperature, "Below 1 more cautious, above 1 bolder", ("sampled",)),
            ("Top k", self.top_k, "Draw among so many of the likeliest only; 0 is all", ("sampled",)),
            ("Top p", self.top_p, "Draw among the likeliest that share this much of the chance", ("sampled",)),
            ("Seed", self.seed, "The same seed writes the same", ("sampled",)),
            ("Width", self.kept, "Texts that are kept at each step", ("beam",)),
            ("Length penalty", self.penalty, "Above 0 favours longer texts", ("beam",)),
        )
        self._methods: list[tuple[QWidget, tuple[str, ...]]] = []
        for title, editor, help_text, methods in rows:
            editor.setToolTip(help_text)
            editor.setAccessibleName(title)
            self.form.addRow(title, editor)
            self._methods.append((editor, methods))
        self.method.setObjectName("use_method")
        self.method.currentIndexChanged.connect(self._show)
        self.method.setCurrentIndex(self.method.findData(method))
        self._show()

    def into(self, asked: Asked) -> Asked:
        """`asked` with these settings."""
        return replace(
            asked, method=str(self.method.currentData()), temperature=self.temperature.value(),
            top_k=self.top_k.value(), top_p=self.top_p.value(), width=self.kept.value(),
            length_penalty=self.penalty.value(), seed=self.seed.value(),
        )  # fmt: skip

    def _show(self) -> None:
        chosen = self.method.currentData()
        for editor, methods in self._methods:
            self.form.setRowVisible(editor, not methods or chosen in methods)


def real(name: str, value: float, low: float, high: float) -> QDoubleSpinBox:
    """An editor of a number."""
    editor = QDoubleSpinBox()
    editor.setObjectName(f"use_{name}")
    editor.setRange(low, high)
    editor.setSingleStep(0.1)
    editor.setValue(value)
    return editor


def whole(name: str, value: int, low: int, high: int) -> QSpinBox:
    """An editor of a whole number."""
    editor = QSpinBox()
    editor.setObjectName(f"use_{name}")
    editor.setRange(low, high)
    editor.setValue(value)
    return editor
