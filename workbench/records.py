"""What the window keeps of every run of this session."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from engine.config import Experiment
from engine.events import Finding, RunFailed, RunFinished, RunStarted
from workbench.history import History


@dataclass(slots=True, eq=False)
class RunRecord:
    """One run: its settings, its scalars, and how it ended."""

    number: int
    name: str
    experiment: Experiment
    folder: Path | None
    history: History = field(default_factory=History)
    started: RunStarted | None = None
    outcome: RunFinished | RunFailed | None = None
    best_loss: float = math.inf
    best_metric: float = math.nan
    saved: bool = False
    findings: dict[str, Finding] = field(default_factory=dict)


def run_name(experiment: Experiment) -> str:
    """A short name for a run, as in "gru-64" or "bi-lstm-64x2"."""
    model = experiment.model
    layers = f"x{model.num_layers}" if model.num_layers > 1 else ""
    return f"{'bi-' if model.bidirectional else ''}{model.cell}-{model.hidden_size}{layers}"
