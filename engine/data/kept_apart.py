"""Whether a data set keeps its parts apart: nothing that is judged was read or answered while it was trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.batches import Ints
from engine.data.dataset import Dataset
from engine.data.sequences.parts import Spans
from engine.data.series.series_dataset import SeriesDataset
from engine.data.splits import PARTS

_HELD_OUT = PARTS[1:]


def kept_apart(dataset: Dataset) -> bool:
    """Looked up in the data set itself, as its examples are cut; what is generated is made anew for each part."""
    found: Any = dataset
    if members := getattr(found, "members", {}):
        return all(map(kept_apart, members.values()))
    if isinstance(found, SeriesDataset):
        return _windows_apart(found)
    if spans := getattr(found, "spans", None):
        return _spans_apart(spans("train"), [spans(part) for part in _HELD_OUT])
    rows: dict[str, Ints] = getattr(found, "rows", {})
    return not any(np.intersect1d(rows["train"], rows[part]).size for part in _HELD_OUT if rows)


def _windows_apart(dataset: SeriesDataset) -> bool:
    """A held-out window may read what was there before; its answers come after all that training has seen."""
    shape, split = dataset.shape, dataset.split
    seen = shape.answer(shape.starts("train", split)[-1])
    judged = [shape.starts(part, split) for part in _HELD_OUT]
    return all(shape.answer(starts[0]) - shape.answers + 1 > seen for starts in judged if starts)


def _spans_apart(train: Spans, held_out: list[Spans]) -> bool:
    end = max(int(part.last.max(initial=0)) for part in (train, *held_out))
    covers = np.zeros(end + 1, np.int64)
    np.add.at(covers, train.first, 1)
    np.add.at(covers, train.last, -1)
    before = np.concatenate([[0], np.cumsum(np.cumsum(covers) > 0)])  # steps of training before each step
    return not any((before[part.last] > before[part.first]).any() for part in held_out)
