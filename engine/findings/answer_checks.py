"""Checks of what the network answers: beside simple answers and other networks, and in itself.

Each looks at the measurements of a run and gives one finding or nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from engine.events import Changes, Finding
from engine.findings.few_examples import caution, on_few
from engine.findings.measurements import Measurements, Standing
from engine.findings.measures import SHARES, best_lag, resolution
from engine.prediction_records import ClassPrediction, SeriesPrediction, ValuePrediction
from engine.wording.counting import counted
from engine.wording.percentages import percent

_HARDLY = 0.02  # gain by which another score has to differ to be worth a word
_FALLS_SHORT = 0.1  # share of the truth by which an interval may hold less than it is to hold

_COPIES = "The forecast is yesterday's value shifted"
_FOLLOWS = "The forecast stays close to yesterday's value, and is better than that"


def baseline(m: Measurements) -> Finding | None:
    """Whether the simple answers are beaten."""
    standing = m.standing()
    if standing is None or (standing.missed and not m.enough):
        return None
    name, theirs = standing.missed or standing.beaten[0]
    whose = f" with the best weights (epoch {m.best.epoch})" if m.best else ""  # views show those of the moment
    why = f"{m.metric} {standing.ours:.4g}{whose} against {theirs:.4g} on the {standing.part} part."
    if standing.missed:
        return _nothing_left(m, name, theirs, why) if standing.faultless else _not_beaten(m, name, why)
    better = ", ".join(f"{name} ({value:.4g})" for name, value in standing.ahead if value != standing.ours)
    why += f" Still better, and learned from the same data: {better}." if better else ""
    even = [name for name, value in (*standing.ahead, *standing.beaten) if abs(m.gain(standing.ours, value)) <= _HARDLY]
    title = _what_is_beaten(m, standing, even)
    best = standing.ahead[0][0] if standing.ahead else ""
    if not best or best in even:
        return _praise(m, standing.part, Finding("baseline", "good", title, why))
    cure = f"{best} is the simpler answer here. More epochs, more to look back on or more hidden units may pass it."
    return _praise(m, standing.part, Finding("baseline", "note", f"{title}; {best} is better", why, cure))


def _praise(m: Measurements, part: str, finding: Finding) -> Finding:
    """The finding as it is, or with a word of caution where the part is so small that chance can do as much."""
    kind, count = m.experiment.data.kind, m.parts.get(part, 0)
    if not (few := on_few(kind, count)):
        return finding
    title = f"{few.capitalize()}: {finding.title[:1].lower()}{finding.title[1:]}"
    why = f"{finding.why} {caution(kind, count)}"
    cure = f"{finding.cure} A larger {part} part tells more.".lstrip()
    return dataclasses.replace(finding, level="note", title=title, why=why, cure=cure)


def _what_is_beaten(m: Measurements, standing: Standing, even: Sequence[str]) -> str:
    """The strongest baseline that the score differs from clearly, after one of those that it hardly differs from."""
    clear = [item for item in standing.beaten if item[0] not in even]
    if not clear:
        return f"As good as {even[0]}"
    name, theirs = clear[0]
    beaten = f"{name}{_by(m.gain(standing.ours, theirs), m)}"
    return f"As good as {even[0]}; beats {beaten}" if even else f"Beats {beaten}"


def _by(gain: float, m: Measurements) -> str:
    """By how much a baseline is beaten: of shares, of which it may have nearly none, in percentage points.

    While the run goes on it goes in steps of ten, or the title would change all the time.
    """
    if not math.isfinite(gain):
        return ""
    whole = round(100 * gain) if m.ended else max(0, 10 * (math.ceil(10 * gain) - 1))
    points = f"{whole} percentage point{'s' * (whole != 1)}"
    said = points if m.metric in SHARES else percent(gain if m.ended else whole / 100)
    return f" by {'' if m.ended else 'more than '}{said}" if whole else ""


def _not_beaten(m: Measurements, name: str, why: str) -> Finding:
    standing, epochs = m.standing(), m.experiment.training.epochs
    if standing and m.metric in SHARES and standing.ours >= 1:
        return Finding("baseline", "note", f"As good as {name}, which is always right too", why)
    title = f"Hardly better than {name}" if standing and name in dict(standing.beaten) else f"Does not beat {name}"
    if m.best and m.evaluations[-1].epoch - m.best.epoch <= max(2, epochs // 10):
        changes: Changes = (("training.epochs", str(2 * epochs)),)
        return Finding("baseline", "warning", title, why, "It was still improving: train on.", changes)
    if name == "seasonal naive" and not m.experiment.data.seasonal_difference:
        cure = "Let the network learn the change from the same time a season before."
        return Finding("baseline", "warning", title, why, cure, (("data.seasonal_difference", "true"),))
    cure = "Try a longer look-back that covers a season, another transform, or more hidden units."
    if m.experiment.data.kind == "pairs":
        cure = "Try more hidden units, attention, both directions, or more pairs."
    return Finding("baseline", "warning", title, why, cure)


def _nothing_left(m: Measurements, name: str, theirs: float, why: str) -> Finding:
    title = f"Nothing is left to learn: {name} makes as good as no error"
    if theirs:
        why += f" Values of this size are told apart by {m.told_apart:.2g} and no less."
    cure = "Choose data, or another column, in which what comes next does not follow as simply."
    return Finding("baseline", "warning", title, why, cure)


def unscored(m: Measurements) -> Finding | None:
    """Whether there was nothing to judge the network by at the end."""
    if not m.ended or m.parts.get("test", 1):
        return None
    data, validation = m.experiment.data, m.parts["validation"]
    held = f", {counted(validation, 'is', 'are')} in the validation part" if validation else ""
    why = (
        f"It is empty: {counted(m.parts['train'], 'example is', 'examples are')} in the training part{held}. "
        "So nothing tells how good the network is on data that it has not seen."
    )
    cure = "Give it more data, or a larger share of it to the test part (data.test)."
    if data.split_column:
        cure = f"Mark some rows as test in column {data.split_column!r}."
    level = "warning" if data.test or data.split_column else "note"
    return Finding("unscored", level, "Nothing was scored on the test part", why, cure)


def memory(m: Measurements) -> Finding | None:
    """Whether remembering pays, beside a network that cannot."""
    if m.worth is None or m.worth.trained is None or m.final is None or m.nothing_left:
        return None
    ours, theirs, other = m.final[0], m.worth.trained.test, m.worth.trained.network
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return None
    same, own = ", the same at every step,", f", of which each of the {other.steps:,} steps has its own"
    if other.steps == 1:
        same, own = "", ": there is one step to read, and nothing to remember"
    why = (
        f"On the test part, {m.metric} {ours:.4g} with {m.parameters:,} parameters{same} against "
        f"{theirs:.4g} with {other.parameter_count:,}{own}."
    )
    why = f"{why} {m.worth.ahead}".rstrip()
    gain = m.gain(ours, theirs)
    if gain > _HARDLY:
        title = f"Beats a feed-forward network of the same size{_by(gain, m)}"
        return _praise(m, "test", Finding("memory", "good", title, why))
    title = "A feed-forward network of the same size does " + ("better" if gain < -_HARDLY else "as well")
    standing = m.standing()
    if standing is None or standing.missed:  # neither has learned enough to say why
        return Finding("memory", "note", title, why)
    cure = "What the answer takes stands at fixed places of the window: memory is not what this task lacks."
    return Finding("memory", "note", title, why, cure)


def order(m: Measurements) -> Finding | None:
    """Whether the order of the steps says anything to the network."""
    if m.worth is None or m.final is None or not math.isfinite(m.worth.shuffled) or not math.isfinite(m.final[0]):
        return None
    if m.nothing_left:
        return None
    ours, without = m.final[0], m.worth.shuffled
    why = (
        f"The same weights, on test sequences whose steps come in another order: {m.metric} {without:.4g} instead of "
        f"{ours:.4g}."
    )
    standing = m.standing()
    if abs(m.gain(ours, without)) > _HARDLY and (standing is None or standing.missed):
        return None  # of a network that has not learned, any order changes the score
    if m.gain(ours, without) > _HARDLY:
        title = f"It uses the order: shuffled, {m.metric} is {without:.3g}"
        return _praise(m, "test", Finding("order", "good", title, why))
    cure = "It answers from what occurs, not from when; a network without memory may do for this data."
    return Finding("order", "note", "The order of the steps hardly matters to it", why, cure)


def copycat(m: Measurements) -> Finding | None:
    """Whether a forecast only trails behind the truth."""
    shown = m.prediction
    if not isinstance(shown, SeriesPrediction) or m.experiment.data.kind != "series" or not m.enough:
        return None
    if isinstance(shown, ValuePrediction):
        return None  # no sequence follows another that it could trail
    lag = best_lag(shown.truth, shown.forecast)
    if not 1 <= lag <= m.experiment.data.horizon:
        return None
    standing = m.standing()
    better = standing is not None and not standing.missed
    level, title = ("note", _FOLLOWS) if better else ("warning", _COPIES)
    why = f"It fits the truth best when moved back by {lag} step{'s' * (lag > 1)}: it leans on the last value it saw."
    if m.experiment.data.transform in ("difference", "log_difference"):
        cure = "Try a longer look-back or further inputs; a pure random walk has nothing better to offer."
        return Finding("copycat", level, title, why, cure)
    transform = "log_difference" if np.nanmin(shown.truth) > 0 else "difference"
    cure = "Let the network learn the change from step to step instead of the level."
    return Finding("copycat", level, title, why, cure, (("data.transform", transform),))


def flat(m: Measurements) -> Finding | None:
    """Whether a forecast hardly moves."""
    shown = m.prediction
    if not isinstance(shown, SeriesPrediction) or not m.enough:
        return None
    spread, moved = float(np.nanstd(shown.truth)), float(np.nanstd(shown.forecast))
    if not moved < 0.1 * spread or spread <= resolution(shown.truth):
        return None
    why = f"It moves by {moved:.3g} where the truth moves by {spread:.3g}: the network answers with the mean."
    standing = m.standing()
    clearly_ahead = standing and any(m.gain(standing.ours, value) < -_HARDLY for _, value in standing.ahead)
    if standing and not (standing.missed or clearly_ahead):
        cure = "No simple forecast is better: the past that it reads may say nothing more. Try further inputs."
        return Finding("flat", "note", "The forecast is a flat line, and no simple one is better", why, cure)
    cure = "Train for longer or with a larger learning rate; where the clue lies far back, take an LSTM or a GRU."
    rate = min(10.0, 3 * m.experiment.training.learning_rate)
    changes: Changes = (("training.learning_rate", f"{rate:g}"),)
    return Finding("flat", "warning", "The forecast is a flat line", why, cure, changes)


def one_class(m: Measurements) -> Finding | None:
    """Always the same class, or one that is never said though it occurs."""
    shown = m.prediction
    if not isinstance(shown, ClassPrediction) or not m.enough or not shown.counts.sum():
        return None
    real, said = shown.counts.sum(axis=1), shown.counts.sum(axis=0)
    total, commonest = int(real.sum()), int(said.argmax())
    right = real[commonest] / total
    changes: Changes = (
        () if m.experiment.training.class_weights == "balanced" else (("training.class_weights", "balanced"),)
    )
    cure = "Let rare classes count more." if changes else "Train for longer, or give it inputs that tell them apart."
    if said[commonest] >= 0.98 * total and right < 0.95:
        why = f"It says so {said[commonest]:,} times of {total:,}, and {percent(right)} are so: "
        why += "it has learned which class is the commonest, and no more."
        return Finding(
            "one-class", "warning", f"It nearly always answers {shown.classes[commonest]!r}", why, cure, changes
        )
    never = [name for name, occurs, told in zip(shown.classes, real, said, strict=True) if occurs and not told]
    if not never:
        return None
    why = f"On the {shown.part} part it occurs {int(real[shown.classes.index(never[0])]):,} times of {total:,}."
    return Finding("one-class", "note", f"It never answers {never[0]!r}", why, cure, changes)


def coverage(m: Measurements) -> Finding | None:
    """Whether an interval holds much less of the test part than it is to hold."""
    short = [
        (each.level - each.coverage[0], each)
        for each in m.intervals
        if each.coverage and math.isfinite(each.coverage[0])
    ]
    missing, worst = max(short, key=lambda item: item[0], default=(0.0, None))
    if worst is None or not missing > _FALLS_SHORT:
        return None
    level, held = percent(worst.level, None), percent(worst.coverage[0])
    measured = f" on {worst.windows:,} validation windows" if worst.windows else ""
    why = f"The {level} interval holds {held} of the test part: errors grew since it was measured{measured}."
    cure = "A longer validation part, nearer to the end, makes it truer."
    follows = worst.following[0] if worst.following else math.nan
    if worst.level - follows <= _FALLS_SHORT:
        title = "The interval around the forecast is too narrow, unless it follows the errors"
        why += f" As wide as the errors before ask for, as in tables of forecasts, it holds {percent(follows)}."
        return Finding("coverage", "note", title, why, cure)
    return Finding(
        "coverage",
        "warning",
        "The interval around the forecast is too narrow",
        why,
        f"Do not rely on its width. {cure}",
    )
