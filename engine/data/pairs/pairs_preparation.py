"""From texts and vectors to a network's inputs, and from what it writes back to text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Floats, Ints
from engine.data.pairs.pairs import Pairs
from engine.data.pairs.tunes import are_notes, as_musicians_write
from engine.data.preparation import Preparation
from engine.data.scaling import Scaler
from engine.data.texts.vocabulary import Vocabulary

Encoded: TypeAlias = list[NDArray[np.int32]] | Floats  # texts, or vectors (N, I)


@dataclass(frozen=True, slots=True)
class VectorPreparation:
    """Numbers, scaled, and categories, an input for each; a category never seen is all zeros."""

    numbers: tuple[str, ...]  # column names
    scaler: Scaler  # (C,)
    categories: tuple[tuple[str, tuple[str, ...]], ...]  # column and its categories

    @property
    def size(self) -> int:
        """Numbers of a vector."""
        return len(self.numbers) + sum(len(names) for _, names in self.categories)

    def encode(self, pairs: Pairs) -> Floats:
        """Vectors (N, size) of all pairs."""
        parts = [self.scaler.forward(pairs.numbers)] if self.numbers else []
        for (_, names), column in zip(self.categories, pairs.words, strict=True):
            parts.append(np.array([[float(value == name) for name in names] for value in column]))
        return np.ascontiguousarray(np.concatenate(parts, axis=1), np.float32)

    @property
    def image_side(self) -> int:
        """As of `image_side`, of vectors of numbers alone."""
        return 0 if self.categories else image_side(self.numbers)


def image_side(names: Sequence[str]) -> int:
    """Pixels along the side where columns numbered one after the other are a square image; or 0."""
    side = math.isqrt(len(names))
    digits = [name.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_. ") for name in names]
    running = all(text.isdecimal() for text in digits) and np.all(np.diff([int(text) for text in digits]) == 1)
    return side if side >= 4 and side**2 == len(names) and running else 0


@dataclass(frozen=True, slots=True)
class PairsPreparation(Preparation):
    """What is read, a text or a vector, and the symbols of what is written."""

    topology: str
    columns: tuple[str, ...]
    target: str
    source: Vocabulary | None  # of a text
    vector: VectorPreparation | None
    symbols: Vocabulary  # that are written
    longest: int  # steps of the longest text written in the training part, its stop included
    kind = "pairs"

    @property
    def limit(self) -> int:
        """Steps after which writing ends even without a stop."""
        return self.longest * 3 // 2 + 10

    def shown(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """What each symbol that is written is called in a view."""
        symbols = self.symbols.shown(numbers)
        return as_musicians_write(symbols) if are_notes(self.symbols.known) else symbols

    def encode(self, pairs: Pairs) -> Encoded:
        """What is read of every pair: tokens (S,) of each text, or vectors (N, I)."""
        if self.vector:
            return self.vector.encode(pairs)
        assert self.source
        return [self.source.encode(text) for text in pairs.sources]

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        own = {"kind": self.kind, "topology": self.topology, "columns": list(self.columns), "target": self.target}
        read: dict[str, Any] = {}
        if self.source:
            read["source"] = self.source.metadata()
        if self.vector:
            read["vector"] = {
                "numbers": list(self.vector.numbers),
                "scaler": self.vector.scaler.to_dict(),
                "categories": [[name, list(values)] for name, values in self.vector.categories],
            }
        return {**own, **read, "symbols": self.symbols.metadata(), "longest": self.longest}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> PairsPreparation:
        """The opposite of `metadata`."""
        source, vector = values.get("source"), values.get("vector")
        return cls(
            topology=values["topology"],
            columns=tuple(values["columns"]),
            target=values["target"],
            source=Vocabulary.read(source) if source else None,
            vector=_vector(vector) if vector else None,
            symbols=Vocabulary.read(values["symbols"]),
            longest=int(values["longest"]),
        )


def _vector(values: Mapping[str, Any]) -> VectorPreparation:
    categories = tuple((name, tuple(names)) for name, names in values["categories"])
    return VectorPreparation(tuple(values["numbers"]), Scaler.from_dict(values["scaler"]), categories)


def inputs_of(encoded: Encoded, rows: Ints) -> tuple[NDArray[Any], Ints, Ints]:
    """Inputs of some rows, longest first: (S, B) tokens or (1, B, I) numbers; their lengths; and those rows."""
    if isinstance(encoded, np.ndarray):
        return np.ascontiguousarray(encoded[rows][None]), np.ones(len(rows), np.int64), rows
    ordered = rows[np.argsort([-len(encoded[row]) for row in rows.tolist()], kind="stable")]
    inputs, lengths = padded([encoded[row] for row in ordered.tolist()])
    return inputs, lengths, ordered


def padded(texts: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int32], Ints]:
    """Texts side by side (T, B), zeros behind their ends, and their lengths (B,)."""
    lengths = np.array([len(text) for text in texts], np.int64)
    wide = np.zeros((int(lengths.max()), len(texts)), np.int32)
    for place, text in enumerate(texts):
        wide[: len(text), place] = text
    return wide, lengths
