"""Step 3: which cell, how wide, how deep; with what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.config import Experiment, field_info, field_names
from workbench.forms.forms import Form
from workbench.looks.theme import GRID
from workbench.panels.labels import Fold, column, frame, label
from workbench.wording import words

if TYPE_CHECKING:
    from engine.cells import CellSpec

_USUAL = ("cell", "activation", "hidden_size", "num_layers", "bidirectional", "embedding_size")
_NAMES = (dotted.partition(".")[2] for dotted in field_names() if dotted.startswith("model."))
_MORE = tuple(name for name in _NAMES if field_info("model", name).advanced)


class ModelPanel(QWidget):
    """The form of the model section, and a card on the chosen cell."""

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[str, CellSpec] = {}
        self.form, self.more = Form("model", _USUAL), Form("model", _MORE)
        for form in (self.form, self.more):
            form.edited.connect(self.edited)
        self._parameters = label("", "strong", "model_parameters")
        self._shared = label("", "small", "model_shared")
        self._memory = label("", "small", "model_memory")
        self._card = _CellCard()
        layout = column(self, GRID)
        layout.addWidget(self.form)
        layout.addWidget(self._parameters)
        layout.addWidget(self._shared)
        layout.addWidget(self._memory)
        layout.addWidget(Fold("More", self.more, "model_more", whole="More settings of the model"))
        layout.addWidget(self._card)
        layout.addStretch(1)

    def show_cells(self, cells: Sequence[CellSpec]) -> None:
        """Offer the cells that the engine has, by their titles."""
        self._cells = {spec.key: spec for spec in cells}
        self.form.show_options("cell", [(spec.key, spec.title) for spec in cells])

    def show_experiment(self, experiment: Experiment, tokens: bool, forward_only: str) -> None:
        """Show the settings; `forward_only` says why the future must not be read, if so."""
        spec = self._cells.get(experiment.model.cell)
        self._offer("activation", spec.activations if spec else ())
        self._offer("gate_activation", spec.gate_activations if spec else ())
        for form in (self.form, self.more):
            form.show_values(experiment)
        self.form.set_applies("embedding_size", tokens)
        self.form.disable("bidirectional", forward_only)
        if spec:
            self.more.set_applies("recurrent_dropout", spec.hidden_blocks > 0)
            self.more.set_applies("zoneout", spec.recurrent)
            self.more.set_applies("zoneout_cell", "cell" in spec.states)
        self._card.show_cell(spec)

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken."""
        for form in (self.form, self.more):
            if form.has(name):
                form.refuse(name, message, experiment)

    def lock(self, reason: str) -> None:
        """Lock what cannot be changed during a run."""
        self.form.lock(reason)
        self.more.lock(reason)

    def show_counts(self, parameters: int, steps: int = 0, unrolled: int = 0) -> None:
        """What the settings come to; 0 when it is not known. `unrolled` is for weights of their own at all `steps`."""
        self._shared.setText(
            f"Shared by {steps:,} time steps. If each had its own, as in a feed-forward network: {unrolled:,}."
        )
        self._shared.setVisible(bool(parameters and unrolled))
        self._parameters.setText(f"{parameters:,} parameters" if parameters else "")
        size = parameters * 4 / 1024
        text = f"{size / 1024:,.1f} MB" if size >= 1024 else f"{size:,.1f} KB"
        self._memory.setText(f"{text} as 32-bit floats" if parameters else "")

    def summary(self, experiment: Experiment) -> str:
        """The model in a few words."""
        model = experiment.model
        spec = self._cells.get(model.cell)
        layers = f" · {model.num_layers} layers" if model.num_layers > 1 else ""
        both = " · both directions" if model.bidirectional else ""
        units = ", ".join(map(str, model.widths if len(set(model.widths)) > 1 else model.widths[:1]))
        return f"{spec.title if spec else model.cell} · {units} units{layers}{both}"

    def _offer(self, name: str, choices: Sequence[str]) -> None:
        """Only what the cell and the schema allow; no field where there is nothing to choose."""
        choices = [choice for choice in choices if choice in field_info("model", name).choices]
        form = self.form if self.form.has(name) else self.more
        form.set_applies(name, len(choices) > 1)
        if choices:
            form.show_options(name, [(key, words(key)) for key in choices])


class _CellCard(QWidget):
    """What a cell is, when to use it, what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._summary, self._use = label("", "strong"), label(), label()
        self._parts, self._paper = label("", "small"), label("", "small")
        card = frame("card")
        inside = column(card, GRID, GRID // 2)
        for part in (self._title, self._summary, self._use, self._parts, self._paper):
            inside.addWidget(part)
        column(self).addWidget(card)
        self.hide()

    def show_cell(self, spec: CellSpec | None) -> None:
        self.setVisible(spec is not None)
        if spec is None:
            return
        self._title.setText(spec.title)
        self._summary.setText(spec.summary)
        self._use.setText(f"<b>When to use:</b> {spec.when_to_use}")
        gates = ", ".join(f"{gate.name} ({gate.symbol})" for gate in spec.gates) or "none"
        self._parts.setText(f"Gates: {gates}<br>State: {', '.join(spec.states)}")
        self._paper.setText(spec.paper)
