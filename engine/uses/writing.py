"""Using a network that writes: texts translated, rows captioned, tunes composed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import DataError, PairsPreparation, load
from engine.data.batches import Ints, orders
from engine.data.files.text import read_text
from engine.data.pairs.pairs import Pairs, read_pairs
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.pairs.pairs_preparation import inputs_of
from engine.data.pairs.typed_pairs import listed_pairs, typed_pairs
from engine.data.splits import PARTS
from engine.model import Model
from engine.prediction_records import WrittenPair
from engine.sequence_to_sequence.decoding import Decoding, write
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.shown import written_pair
from engine.storage.csv_tables import Cell

_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class WrittenTexts:
    """What a network wrote for N sources, in their order.

    `parts` is "train", "validation" or "test" for the run's own data, and "given" for anything else. `scores` judge
    the test part of the run's own data.
    """

    target: str  # column name
    sources: tuple[str, ...]  # (N,) what was read, in words
    wanted: tuple[str, ...]  # (N,) empty where nobody knows
    written: tuple[str, ...]  # (N,)
    likelihood: NDArray[np.float64]  # (N,) log probability of the text and its stop
    parts: tuple[str, ...]  # (N,)
    scores: tuple[tuple[str, float], ...] = ()
    read: tuple[str, ...] = ()  # how a given file was, in words
    notes: tuple[str, ...] = ()  # what the network does not know

    @property
    def header(self) -> tuple[str, ...]:
        """Column names."""
        return ("read", self.target, "written", "log probability", "part")

    def rows(self) -> list[list[Cell]]:
        """The rows under `header`."""
        columns = (self.sources, self.wanted, self.written, self.likelihood.tolist(), self.parts)
        return [list(row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was written for something typed, where the network looked meanwhile, and what it could not read."""

    pair: WrittenPair
    likelihood: float  # log probability of the text and its stop
    notes: tuple[str, ...]


def look(model: Model, typed: str, decoding: Decoding | None = None) -> Look:
    """Like `write_texts` for what was typed, with its attention and notes.

    Raises:
        DataError: the model learned from something else, or what was typed cannot be read.
    """
    preparation, network = _writer(model)
    pairs = typed_pairs(typed, preparation)
    pair, likelihood = written_pair(network, preparation, pairs, preparation.encode(pairs), 0, decoding or Decoding())
    return Look(pair, likelihood, _unknown(preparation, pairs))


def _writer(model: Model) -> tuple[PairsPreparation, SequenceToSequence]:
    if isinstance(model.preparation, PairsPreparation) and isinstance(model.network, SequenceToSequence):
        return model.preparation, model.network
    raise DataError("this model does not write one sequence for another; it learned from something else.")


def write_texts(
    model: Model, data: Path | str | None = None, typed: str | None = None, decoding: Decoding | None = None
) -> WrittenTexts:
    """Let a model write for the pairs of a file, for what was typed, or for the run's own data.

    Args:
        model: Trained on pairs.
        data: A table with the columns that were read in training, that of the target may be missing; or a ``.txt``
            file with a text on each line.
        typed: A text to be read; where a vector is read, a value for each column, with commas between.
        decoding: None is greedy.

    Raises:
        DataError: the model learned from something else, or the file or what was typed cannot be read.
    """
    preparation, network = _writer(model)
    pairs, parts, dataset = _sources(model, preparation, data, typed)
    encoded, written = preparation.encode(pairs), [""] * len(pairs)
    likelihood = np.zeros(len(pairs))
    for some in orders(len(pairs), _AT_ONCE):
        inputs, lengths, rows = inputs_of(encoded, some)
        found = write(network, inputs, lengths, preparation.limit, decoding)
        likelihood[rows] = found.score
        for row, tokens in zip(rows.tolist(), found.tokens, strict=True):
            written[row] = preparation.symbols.decode(tokens)
    return WrittenTexts(
        target=preparation.target,
        sources=tuple(pairs.read_as_text(row) for row in range(len(pairs))),
        wanted=pairs.targets,
        written=tuple(written),
        likelihood=likelihood,
        parts=parts,
        scores=_judged(dataset, written) if dataset else (),
        read=pairs.notes if data is not None else (),
        notes=_unknown(preparation, pairs),
    )


def _sources(
    model: Model, preparation: PairsPreparation, data: Path | str | None, typed: str | None
) -> tuple[Pairs, tuple[str, ...], PairsDataset | None]:
    if typed is not None:
        return typed_pairs(typed, preparation), ("given",), None
    if data is not None and preparation.source and Path(data).suffix.lower() == ".txt":
        pairs = listed_pairs(read_text(Path(data)).text, preparation)
        return pairs, ("given",) * len(pairs), None
    if data is not None:
        columns = model.experiment.replace({"data.inputs": preparation.columns, "data.targets": preparation.target})
        pairs = read_pairs(Path(data), columns.data, preparation.topology, answered=False)
        return pairs, ("given",) * len(pairs), None
    dataset = load(model.experiment)
    assert isinstance(dataset, PairsDataset)
    parts = [""] * len(dataset.pairs)
    for part in PARTS:
        for row in dataset.rows[part].tolist():
            parts[row] = part
    return dataset.pairs, tuple(parts), dataset


def _judged(dataset: PairsDataset, written: list[str]) -> tuple[tuple[str, float], ...]:
    rows: Ints = dataset.rows["test"]
    return dataset.judged("test", [written[row] for row in rows.tolist()]) if len(rows) else ()


def _unknown(preparation: PairsPreparation, pairs: Pairs) -> tuple[str, ...]:
    if not preparation.source:
        return ()
    strange = sorted({symbol for text in pairs.sources for symbol in preparation.source.unknown_in(text)})
    shown = " ".join(repr(symbol) for symbol in strange[:8])
    return (f"symbols the network never saw, read as unknown: {shown}",) if strange else ()
