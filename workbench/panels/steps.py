"""The four panels of setting up as one: what the window shows them, and what they ask of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from engine.config import Experiment
from workbench.desk import Counts
from workbench.doors.answers import Facts, Loaded
from workbench.draft import source_name
from workbench.looks.theme import Theme
from workbench.panels.data import DataPanel
from workbench.panels.model import ModelPanel
from workbench.panels.setup import SetupPanel
from workbench.panels.task import TaskPanel
from workbench.panels.training import TrainingPanel

_FORWARD_ONLY = "Guessing the next character, the network must not read the future; so one direction only."


class Steps(QObject):
    """Data, task, model, training."""

    edited = Signal(str, object)
    open_asked = Signal()
    sample_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.data, self.task = DataPanel(theme), TaskPanel(theme)
        self.model, self.training = ModelPanel(), TrainingPanel(theme)
        titles = ("Data", "Task", "Model", "Training")
        self.panel = SetupPanel(list(zip(titles, (self.data, self.task, self.model, self.training), strict=True)))
        self.panel.pin(self.data.message)
        self._title = ""
        self._lent: tuple[QWidget, QWidget | None] | None = None  # a setting that lost the keys, and what has them
        for panel in (self.data, self.task, self.model, self.training):
            panel.edited.connect(self.edited)
        self.data.open_asked.connect(self.open_asked)
        self.data.sample_asked.connect(self.sample_asked)

    def show_experiment(self, experiment: Experiment, counts: Counts) -> None:
        """Show all settings, and what they come to."""
        self.data.show_experiment(experiment)
        self.task.show_experiment(experiment)
        forward_only = experiment.data.kind == "text" and experiment.model.topology == "many_to_many"
        self.model.show_experiment(experiment, counts.tokens, _FORWARD_ONLY if forward_only else "")
        self.model.show_counts(counts.parameters, *counts.unrolled)
        self.training.show_experiment(experiment, counts.losses)
        self.training.show_counts(counts.steps_per_epoch, experiment, counts.rates, counts.seconds)
        self._summarise(experiment)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show what was read."""
        self._title = loaded.title
        self.data.show_loaded(loaded)

    def show_facts(self, facts: Facts) -> None:
        """Show what the engine offers."""
        self.data.show_samples(facts.samples)
        self.model.show_cells(facts.cells)

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say beside a field why its value was not taken."""
        section, _, field = name.partition(".")
        if section == "data":
            self.data.refuse(field, message, experiment)
        elif section == "saving":
            self.training.saving.refuse(field, message, experiment)
        elif section == "training":
            self.training.refuse(field, message, experiment)
        elif section == "model":
            self.model.refuse(field, message, experiment)

    def lock(self, reason: str, experiment: Experiment) -> None:
        """Lock what cannot be changed now, with the reason."""
        had = QApplication.focusWidget()
        self.data.lock(reason)
        self.task.lock(reason, experiment)
        self.model.lock(reason)
        self.training.lock(reason)
        self.panel.show_lock(reason)
        self._lend_keys(had)

    def _lend_keys(self, had: QWidget | None) -> None:
        """A setting that was switched off has the keys again when it is on, unless somebody went elsewhere since."""
        now = QApplication.focusWidget()
        if had is not None and not had.isEnabled() and self.panel.isAncestorOf(had):
            self._lent = had, now
        elif self._lent is not None and self._lent[0].isEnabled():
            (editor, since), self._lent = self._lent, None
            if now is since:
                editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def shows(self, name: str) -> bool:
        """Whether a form has a setting, by dotted name, that has an effect with the others."""
        editor = self.panel.findChild(QWidget, name)
        return editor is not None and not editor.isHidden()

    def reveal(self, editor: QWidget) -> None:
        """Open the step that holds a setting, and the fold, and put the focus there."""
        self.panel.reveal(editor)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.data.preview.apply_theme(theme)
        self.task.apply_theme(theme)
        self.training.curve.apply_theme(theme)

    def _summarise(self, experiment: Experiment) -> None:
        data = experiment.data
        title = self._title or source_name(experiment)
        what = f"{title} · {self.data.shape(data)}" if title else ""
        summaries = (what, self.task.summary(experiment), self.model.summary(experiment))
        for header, text in zip(self.panel.headers, (*summaries, self.training.summary(experiment)), strict=True):
            header.summarise(text)
