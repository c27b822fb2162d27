"""What the data panel shows of data that was read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig, Experiment
from workbench.doors.answers import Column, Example, ExamplesPreview, Preview, SeriesPreview, TextPreview
from workbench.doors.round_places import RoundPlaces
from workbench.wording import notes_unbroken

if TYPE_CHECKING:
    from engine.data import Inspection
    from engine.data.pairs.pairs import Pairs
    from engine.data.pairs.pairs_preparation import PairsPreparation

_POINTS, _SMALL = 4000, 1000  # that draw a part of a series at most, or one series of several
_WINDOWS = 3  # that are drawn
_COLUMNS, _LETTER = 400, 1 / 34  # that a small picture tells apart, and the share of its width that a letter takes
_EXAMPLES, _CLASSES = 6, 12  # sequences that are drawn at most, and those of a class each
_ENDS = "ends: "  # before the last label of a sequence that has one at every step
_LOOKED_AT = 200  # of how many they are chosen


def preview(experiment: Experiment, dataset: Any, inspection: Inspection | None) -> Preview:
    """What is drawn of the data: its beginning, some of its sequences, or the whole series; of what is made, one."""
    if experiment.data.kind == "sequences" and inspection is not None and not dataset.tokens:
        return _examples(dataset)
    if experiment.data.kind == "labelled_text" and inspection is not None:
        return _labelled_texts(experiment, inspection)
    if experiment.data.kind == "pairs":
        return _pairs(dataset.pairs, dataset.preparation)
    return _series_preview(experiment, dataset) or _text_preview(inspection) or _generated(dataset)


def _examples(dataset: Any) -> ExamplesPreview | TextPreview:
    """A sequence of each class in the training part, in the order of the classes, as far as there is room.

    Of single rows nothing can be drawn but pictures that lie in them; others are told in numbers.
    """
    found, share = _first_of_each(dataset), ""
    if dataset.classes and not dataset.several:
        found = dict(sorted(found.items(), key=lambda item: dataset.classes.index(item[0].removeprefix(_ENDS))))
        share = _share(len(found), len(dataset.classes), "classes")
    names, examples = dataset.preparation.channels, tuple(found.values())
    if not names or any(len(example.values) > 1 for example in examples):
        return ExamplesPreview(examples, share)
    from engine.data.pairs.pairs_preparation import image_side

    side = image_side(names)
    if side:
        upright = tuple(Example(each.label, each.values.reshape(side, side)) for each in examples)
        return ExamplesPreview(upright, share)
    rows = [zip(names, example.values[0].tolist(), strict=True) for example in examples]
    told = [", ".join(f"{name} {value:g}" for name, value in row) for row in rows]
    lines = [f"[{label}]  {row}" for label, row in zip(found, told, strict=True)]
    return TextPreview("\n".join([*lines, *filter(None, [share])]))


def _first_of_each(dataset: Any) -> dict[str, Example]:
    """By label; looked for all over the training part, as rows may be sorted by their class."""
    found: dict[str, Example] = {}
    count = dataset.count("train")
    most = _EXAMPLES if dataset.several or not dataset.classes else min(_CLASSES, len(dataset.classes))
    for position in np.unique(np.linspace(0, count - 1, min(count, _LOOKED_AT)).astype(int)).tolist():
        batch = dataset.batch("train", np.array([position]))
        last = batch.targets[-1, 0] if dataset.aligned else batch.targets[0]
        label = f"{_ENDS if dataset.aligned else ''}{dataset.name(last)}"
        if label not in found:
            found[label] = Example(label, _steps(dataset, position))
        if len(found) == most:
            break
    return found


def _share(shown: int, count: int, noun: str) -> str:
    """How many are shown, where those are not all."""
    return f"{shown} of {count:,} {noun}" if shown < count else ""


def _steps(dataset: Any, position: int) -> NDArray[np.float32]:
    """One training example (T, C) in the file's own units."""
    values = dataset.values("train", position)
    if not values.shape[1]:
        spans = dataset.spans("train")
        values = dataset.inputs[spans.first[position] : spans.last[position]]
    return np.asarray(values, np.float32)


def _labelled_texts(experiment: Experiment, inspection: Inspection) -> TextPreview:
    names = [column.name for column in inspection.columns]
    at = [names.index(name) for name in (experiment.data.label, experiment.data.text_column)]
    return TextPreview("\n".join(f"[{row[at[0]]}]  {row[at[1]]}" for row in inspection.head))


def _pairs(pairs: Pairs, preparation: PairsPreparation) -> ExamplesPreview | TextPreview:
    """The first pairs: what is read, and what is written of it, tunes in notes; pictures with what is said of them."""
    from engine.data.pairs.tunes import are_notes, notes_of

    vector, tunes = preparation.vector, are_notes(preparation.symbols.known)
    side = vector.image_side if vector else 0
    if side:
        first = {text: row for row, text in reversed(list(enumerate(pairs.targets)))}
        chosen = sorted(first.items(), key=lambda found: found[1])[:_EXAMPLES]
        return ExamplesPreview(
            tuple(Example(text, np.asarray(pairs.numbers[row].reshape(side, side), np.float32)) for text, row in chosen)
        )
    written = [notes_unbroken(notes_of(text)) if tunes else text for text in pairs.targets[:_LOOKED_AT]]
    rows = range(len(written))
    return TextPreview("\n".join(f"{pairs.read_as_text(row)}  →  {written[row]}" for row in rows))


def _series_preview(experiment: Experiment, dataset: Any) -> SeriesPreview | ExamplesPreview | None:
    """The series of a data set that has one, or the first of several."""
    members = getattr(dataset, "members", {})
    if members:
        some = list(members.items())[:_EXAMPLES]
        share = _share(len(some), len(members), "series")
        return ExamplesPreview(tuple(_of_several(name, member) for name, member in some), share)
    series, data = getattr(dataset, "series", None), experiment.data
    if series is None:
        return None
    values = np.asarray(series.values[: series.end, 0], np.float32)
    ticks = _ticks(len(values), lambda row: str(series.labels(row, row + 1)[0]))
    borders = dataset.split.bounds("validation")
    drawn, starts = lines(values, borders), dataset.shape.starts("train", dataset.split)
    shape = (data.look_back, data.horizon, data.steps, data.stride)
    windows = tuple(starts[: -_WINDOWS - 1 : -1])
    return SeriesPreview(len(values), drawn, ticks, borders, *shape, windows, _what_is_drawn(data, series.targets))


def _what_is_drawn(data: DataConfig, targets: int) -> str:
    """The first target, and where its dates come from; nothing of a series that has no columns."""
    if not data.targets:
        return ""
    first = data.targets[0] + (f", the first of {targets} targets," if targets > 1 else "")
    return f"{first} by {data.time_column}" if data.time_column else f"{first} in the order of the rows"


def _ticks(rows: int, name: Callable[[int], str]) -> tuple[tuple[float, str], ...]:
    """Rows at which something round begins, of those that can be told apart; three that are spread out, if none do."""
    known = np.unique(np.linspace(0, rows - 1, min(rows, _COLUMNS)).astype(int)).tolist()
    letter = _LETTER * len(known)
    found = RoundPlaces([name(row) for row in known]).within(0, len(known) - 1, lambda letters: (letters + 1) * letter)
    if found:
        return tuple((float(known[at]), text) for at, text in found)
    return tuple((float(row), name(row)[:10]) for row in sorted({rows // 8, rows // 2, rows - 1 - rows // 8}))


def _of_several(name: str, member: Any) -> Example:
    """The first target of one series, of long ones the lowest and highest value of each stretch."""
    values = np.asarray(member.series.values[: member.series.end, :1], np.float32)
    borders = member.split.bounds("validation")
    width = -(-len(values) // (_SMALL // 2))
    shape, start = member.shape, member.shape.starts("train", member.split)[-1]
    window = (start, shape.answer(start) - shape.answers + 1, shape.answer(start))
    if width <= 2:
        return Example(name, values, borders, window)
    _, thinned = _thinned(0, values[:, 0], _SMALL)
    borders, window = (tuple(2 * (row // width) for row in rows) for rows in (borders, window))
    return Example(name, thinned[:, None], borders, window)


def lines(
    values: NDArray[np.float32], borders: tuple[int, int]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]:
    """Rows and values (N,) that draw a part each: of many, the lowest and highest of each stretch."""
    edges = (0, *borders, len(values))
    # The line of a part goes on from the one before.
    return tuple(_thinned(max(first - 1, 0), values[max(first - 1, 0) : last]) for first, last in pairwise(edges))


def _thinned(
    first: int, values: NDArray[np.float32], points: int = _POINTS
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if len(values) <= points:
        return first + np.arange(len(values)), values
    width = -(-len(values) // (points // 2))
    starts = np.arange(0, len(values), width)
    ends = np.stack((np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)), axis=1)
    return np.repeat(first + starts, 2), ends.reshape(-1)


def _generated(dataset: Any) -> TextPreview:
    """One of the sequences that are made: what is read, step by step, and what is to be answered."""
    batch, read = dataset.pinned(), "  ".join(dataset.pinned_labels())
    judged = batch.targets[batch.weights > 0]
    answers = [dataset.classes[number] for number in judged] if dataset.classes else [f"{judged.item():.2f}"]
    asked = "To be answered" if dataset.topology == "many_to_many" else "To be answered after the last step"
    return TextPreview(f"Read, step by step:\n{read}\n\n{asked}:\n{'  '.join(answers)}")


def _text_preview(inspection: Inspection | None) -> TextPreview | None:
    if inspection is None:
        return None
    return TextPreview("\n".join("  ".join(row) for row in inspection.head).strip("\n"))


def about(inspection: Inspection | None) -> str:
    """The size of a file in words; nothing of data that came from none."""
    if inspection is None:
        return ""
    if inspection.kind == "text":
        return f"{inspection.rows:,} line{'s' if inspection.rows != 1 else ''}"
    rhythm = f", {inspection.frequency}" if inspection.frequency else ""
    return f"{inspection.rows:,} rows, {len(inspection.columns)} columns{rhythm}"


def columns(inspection: Inspection | None) -> tuple[Column, ...]:
    """The columns that there are to choose from."""
    return tuple(Column(column.name, column.type) for column in inspection.columns) if inspection else ()
