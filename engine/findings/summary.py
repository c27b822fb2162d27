"""A finished run in a few lines that a person reads."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.cells import specification
from engine.config import Experiment, ModelConfig
from engine.events import WITHDRAWN, Finding, RunFinished, RunStarted
from engine.findings.few_examples import caution
from engine.forecasts.intervals import Interval, interval_words
from engine.wording.aligned import aligned, step_rows

_MARKS = {"good": "+", "note": "·", "warning": "!", "problem": "!"}


def summary(experiment: Experiment, start: RunStarted, end: RunFinished, findings: Sequence[Finding]) -> str:
    """What was trained, how it scores beside the baselines on the test part, and what was found."""
    what = experiment.data.sample or experiment.data.file
    standing = [finding for finding in findings if not finding.title.startswith(WITHDRAWN)]
    blocks = [
        f"{what}: {model_words(experiment)}, {start.parameters:,} parameters\n"
        f"{end.reason.capitalize()}: {end.step:,} steps in {end.seconds:.1f} s, "
        f"best weights from epoch {end.best_epoch}.",
        _scores(specification(experiment.model.cell).title, start.metric, end),
        caution(experiment.data.kind, end.test_examples) if end.test_metrics else "",
        aligned(step_rows(end.by_step)),
        "\n".join(interval_words(Interval.from_dict(each)) for each in end.intervals),
        "\n".join(f"{_MARKS[f.level]} {f.title}. {f.why} {f.cure}".rstrip() for f in standing),
    ]
    return "\n\n".join(block for block in blocks if block)


def model_words(experiment: Experiment) -> str:
    """The model in words, as in "LSTM, 2 layers of 64 units, both directions"."""
    model = experiment.model
    layers = "1 layer" if model.num_layers == 1 else f"{model.num_layers} layers"
    parts = [specification(model.cell).title, f"{layers} of {units_words(model)} units", *structure_words(model)]
    return ", ".join(parts)


def units_words(model: ModelConfig) -> str:
    """Hidden units of the layers: one number where all are alike."""
    return ", ".join(map(str, model.widths if len(set(model.widths)) > 1 else model.widths[:1]))


def structure_words(model: ModelConfig) -> list[str]:
    """What is special about how the layers are joined, and what is left out at random in training."""
    spec = specification(model.cell)
    both = "both directions" + (" added" if model.merge == "sum" else "")
    special = (
        (model.bidirectional, both),
        (model.residual and model.num_layers > 1, "residual"),
        (model.learned_state, "learned initial state"),
        (model.dropout > 0 and model.num_layers > 1, f"dropout {model.dropout:g}"),
        (model.recurrent_dropout > 0 and spec.hidden_blocks > 0, f"recurrent dropout {model.recurrent_dropout:g}"),
        (model.zoneout > 0 and spec.recurrent, f"zoneout {model.zoneout:g}"),
        (model.zoneout_cell > 0 and "cell" in spec.states, f"zoneout of cells {model.zoneout_cell:g}"),
    )
    return [words for applies, words in special if applies]


def _scores(name: str, metric: str, end: RunFinished) -> str:
    """A table of the test part, best first for errors; the model's further scores below it."""
    scores = dict(end.test_metrics)
    if metric not in scores:
        return "" if end.step else "Nothing was trained, so nothing was scored."  # else a finding says why
    rows = [(name, scores.pop(metric)), *end.test_baselines]
    rows.sort(key=lambda row: (math.isnan(row[1]), row[1]))
    width = max(len("Test part"), *(len(label) for label, _ in rows))
    lines = [f"{'Test part':<{width}}  {metric}", *(f"{label:<{width}}  {value:.4g}" for label, value in rows)]
    further = ", ".join(f"{key} {value:.4g}" for key, value in scores.items() if not math.isnan(value))
    order = "" if math.isnan(end.shuffled) else f"{name} with the steps of each sequence shuffled: {end.shuffled:.4g}"
    return "\n".join(filter(None, [*lines, f"{name} further: {further}" if further else "", order]))
