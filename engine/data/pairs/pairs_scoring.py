"""Scores of texts that are written, and what simple methods reach."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch, Floats, Ints
from engine.data.database import connect
from engine.data.dataset import Scores, WritingScorer
from engine.data.pairs.pairs import Pairs
from engine.data.pairs.pairs_preparation import PairsPreparation
from engine.data.pairs.text_scores import bleu, error_rate, exact_match
from engine.data.texts.ngrams import ORDERS, ngram_bits

_TEXT_SCORES = {"exact match": exact_match, "symbol error rate": error_rate, "BLEU": bleu}
_MOST_COMPARED = 4e9  # steps of edit distances; beyond it the nearest source is not looked for


class SplitPairs(Protocol):
    """What scoring asks of pairs that are divided into parts; see `PairsDataset`."""

    metric: str
    pairs: Pairs
    rows: dict[str, Ints]  # of each part
    written: list[NDArray[np.int32]]  # the symbols of each text that is an answer

    @property
    def preparation(self) -> PairsPreparation:
        """What is read, and the symbols of what is written."""

    @property
    def vectors(self) -> Floats | None:
        """What is read (N, I), where that is no text."""


class PairsScorer(WritingScorer):
    """What the network wrote by itself, beside the loss where it was told what came before."""

    def __init__(self, dataset: SplitPairs, part: str) -> None:
        self._dataset, self._part = dataset, part
        self._written: dict[int, Sequence[str]] = {}
        self._told, self._free, self._right, self._count = 0.0, 0.0, 0.0, 0.0

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` (U, B, V) are scores of symbols, given the right ones before."""
        self._told += _nats(batch, outputs)
        self._right += float(((outputs.argmax(axis=-1) == batch.targets) * batch.weights).sum())
        self._count += float(batch.weights.sum())

    def add_free(self, batch: Batch, outputs: NDArray[Any], written: Sequence[NDArray[np.int32]]) -> None:
        """`outputs` (U, B, V) where the network heard itself, and the symbols of what it wrote."""
        self._free += _nats(batch, outputs)
        symbols = self._dataset.preparation.symbols
        for position, numbers in zip(batch.positions.tolist(), written, strict=True):
            self._written[position] = symbols.cut(symbols.decode(numbers))  # what is judged is the text, as it is read

    def main(self) -> float:
        """See `Scorer.main`: distances between texts can take longer than writing them."""
        return self._found((self._dataset.metric,)).get(self._dataset.metric, math.nan)

    def result(self) -> Scores:
        """See `Scorer.result`."""
        found, main = self._found(_TEXT_SCORES), self._dataset.metric
        return ((main, found.pop(main, math.nan)), *found.items())

    def _found(self, names: Container[str]) -> dict[str, float]:
        """What it costs nothing to tell, and of the scores of texts those in `names`; nothing before any answer."""
        if not self._count:
            return {}
        found = dict(judged(self._dataset, self._part, self._written, names)) if self._written else {}
        found["bits per symbol"] = self._told / self._count / math.log(2)
        found["symbols right when told"] = self._right / self._count
        if self._written:
            found["free-running loss"] = self._free / self._count
        found["loss when told"] = self._told / self._count
        return found


def _nats(batch: Batch, outputs: NDArray[Any]) -> float:
    logits = (outputs - outputs.max(axis=-1, keepdims=True)).astype(np.float64)
    chosen = np.take_along_axis(logits, batch.targets[..., None].astype(np.int64), axis=-1)[..., 0]
    return float(((np.log(np.exp(logits).sum(axis=-1)) - chosen) * batch.weights).sum())


def judged(
    dataset: SplitPairs, part: str, written: dict[int, Sequence[str]], names: Container[str] = _TEXT_SCORES
) -> Scores:
    """Exact match, symbol error rate and, for words, BLEU of texts by their position in a part; those in `names`."""
    symbols, rows = dataset.preparation.symbols, dataset.rows[part]
    positions = sorted(written)
    own = [list(written[position]) for position in positions]
    wanted = [list(symbols.cut(dataset.pairs.targets[rows[position]])) for position in positions]
    fits = [name for name in _TEXT_SCORES if name != "BLEU" or symbols.level in ("words", "spaces")]
    return tuple((name, _TEXT_SCORES[name](own, wanted)) for name in fits if name in names)


def baseline_texts(dataset: SplitPairs, part: str) -> dict[str, list[str]]:
    """What simple methods write for each pair of a part: the source, the commonest text, the nearest source's."""
    pairs, rows, train = dataset.pairs, dataset.rows[part], dataset.rows["train"]
    commonest = Counter(pairs.targets[row] for row in train.tolist()).most_common(1)[0][0]
    found = {"commonest text": [commonest] * len(rows)}
    if pairs.sources:
        found["copy of the source"] = [pairs.sources[row] for row in rows.tolist()]
    nearest = _nearest_text(dataset, part) if pairs.sources else _nearest_vector(dataset, part)
    if nearest is not None:
        found["nearest source"] = [pairs.targets[row] for row in nearest]
    return found


def baseline_scores(dataset: SplitPairs, part: str) -> Scores:
    """The simple methods in the dataset's metric; for bits, n-grams of what is written."""
    if dataset.metric == "bits per symbol":
        return _ngram_bits(dataset, part)
    symbols = dataset.preparation.symbols
    scored = []
    for name, texts in baseline_texts(dataset, part).items():
        cut = {k: symbols.cut(text) for k, text in enumerate(texts)}
        scores = dict(judged(dataset, part, cut, (dataset.metric,)))
        scored.append((name, scores.get(dataset.metric, math.nan)))
    return tuple(scored)


def _nearest_text(dataset: SplitPairs, part: str) -> list[int] | None:
    """For each pair of a part the training row whose source is the fewest letters away; None where that is too much."""
    sources, rows, train = dataset.pairs.sources, dataset.rows[part].tolist(), dataset.rows["train"].tolist()
    letters = [sum(len(sources[row]) for row in some) for some in (rows, train)]
    if math.prod(letters) > _MOST_COMPARED:
        return None
    with connect() as connection:
        connection.execute(
            "CREATE TEMP TABLE asked (n INTEGER, s VARCHAR); CREATE TEMP TABLE known (n INTEGER, s VARCHAR)"
        )
        for name, some in (("asked", rows), ("known", train)):
            connection.execute(
                f"INSERT INTO {name} SELECT unnest($1), unnest($2)", [some, [sources[row] for row in some]]
            )
        found = connection.execute(
            "SELECT a.n, arg_min(k.n, (levenshtein(a.s, k.s), k.n)) FROM asked a, known k GROUP BY a.n"
        ).fetchall()
    nearest = dict(found)
    return [nearest[row] for row in rows]


def _nearest_vector(dataset: SplitPairs, part: str) -> list[int] | None:
    vectors, rows, train = dataset.vectors, dataset.rows[part], dataset.rows["train"]
    if vectors is None or len(rows) * len(train) * vectors.shape[1] > _MOST_COMPARED:
        return None
    known = vectors[train].astype(np.float64)
    squares = np.square(known).sum(axis=1)
    return [int(train[np.argmin(squares - 2 * known @ vectors[row])]) for row in rows.tolist()]


def _ngram_bits(dataset: SplitPairs, part: str) -> Scores:
    train, *held_out = (
        np.concatenate([np.zeros(0, np.int32), *(dataset.written[row] for row in dataset.rows[name].tolist())])
        for name in ("train", "validation", "test")
    )
    past = train[-ORDERS[-1] :]
    borders = np.cumsum([len(past), *map(len, held_out)]).tolist()
    parts = {name: slice(*ends) for name, ends in zip(("validation", "test"), pairwise(borders), strict=True)}
    text = np.concatenate([past, *held_out])
    found = ngram_bits(train, text, parts, len(dataset.preparation.symbols))[part]
    return tuple((f"n-gram of order {order}", bits) for order, bits in found.items() if math.isfinite(bits))
