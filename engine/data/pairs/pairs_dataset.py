"""Pairs: a text or a vector that is read, answered by a text that is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Floats, Ints, PairBatch, batches_of, generator
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.pairs.pairs import Pairs, split_pairs
from engine.data.pairs.pairs_preparation import PairsPreparation, VectorPreparation, inputs_of, padded
from engine.data.pairs.pairs_scoring import PairsScorer, baseline_scores, judged
from engine.data.scaling import fit_scaler
from engine.data.splits import PARTS
from engine.data.texts.tokens import cut
from engine.data.texts.vocabulary import START, Vocabulary
from engine.wording.counting import counted

_POOL = 32  # batches within which pairs of like length are put together
_LOOKED_AT = 12  # pairs that a person can compare


class PairsDataset(Dataset):
    """Inputs (S, B) int32 tokens or (1, B, I) vectors; targets (U, B) int32, each text ended by a stop."""

    kind, loss = "pairs", "cross_entropy"
    writes_tokens = True

    def __init__(self, pairs: Pairs, data: DataConfig, topology: str) -> None:
        """Split by pair; vocabularies, categories and scaler come from the training part.

        Raises:
            DataError: nothing is left to train on.
        """
        self.pairs, self.topology, self.metric = pairs, topology, data.judge
        self.rows = split_pairs(pairs, data)
        self._preparation = _prepared(pairs, data, topology, self.rows["train"])
        self.tokens = self.preparation.vector is None
        self.encoded = self.preparation.encode(pairs)
        self.written = [self.preparation.symbols.encode(text) for text in pairs.targets]
        source, vector = self.preparation.source, self.preparation.vector
        self.input_size = len(source) if source else vector.size if vector else 0
        self.output_size = len(self.preparation.symbols)
        self.limit = self.preparation.limit
        self._baselines: dict[str, Scores] = {}

    @property
    def preparation(self) -> PairsPreparation:
        """Symbols, categories and scaler."""
        return self._preparation

    @property
    def vectors(self) -> Floats | None:
        """What is read (N, I), where that is no text."""
        return self.encoded if isinstance(self.encoded, np.ndarray) else None

    def count(self, part: str) -> int:
        """Pairs in a part."""
        return len(self.rows[part])

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        return batches_of(self.count(part), batch_size)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[PairBatch]:
        """See `Dataset.batches`. Pairs of like length come together, so that little is padded."""
        random = generator(seed, epoch)
        order = random.permutation(self.count(part)) if part == "train" else np.arange(self.count(part))
        found: list[Ints] = []
        for first in range(0, len(order), _POOL * batch_size):
            pool = order[first : first + _POOL * batch_size]
            pool = pool[np.argsort([self._size(part, place) for place in pool.tolist()], kind="stable")]
            found += [pool[k : k + batch_size] for k in range(0, len(pool), batch_size)]
        for number in random.permutation(len(found)) if part == "train" else range(len(found)):
            yield self.batch(part, found[number])

    def _size(self, part: str, place: int) -> int:
        """What pairs are ordered by: how long the text written is, and then what is read."""
        row = int(self.rows[part][place])
        return len(self.written[row]) * 1000 + (0 if self.vectors is not None else len(self.encoded[row]))

    def batch(self, part: str, positions: Ints) -> PairBatch:
        """The pairs of a part at `positions` (B,)."""
        rows = self.rows[part][positions]
        inputs, lengths, ordered = inputs_of(self.encoded, rows)
        place = {row: int(position) for row, position in zip(rows.tolist(), positions.tolist(), strict=True)}
        targets, written = padded([self.written[row] for row in ordered.tolist()])
        before = np.concatenate([np.full((1, len(rows)), START, np.int32), targets[:-1]])
        return PairBatch(
            inputs=inputs,
            lengths=lengths,
            targets=targets,
            weights=(np.arange(len(targets))[:, None] < written).astype(np.float32),
            continues=False,
            positions=np.array([place[row] for row in ordered.tolist()], np.int64),
            before=before,
            written=written,
        )

    def scorer(self, part: str) -> Scorer:
        """Exact match, error rate and the like of what is written, and the loss beside it."""
        return PairsScorer(self, part)

    def baselines(self, part: str) -> Scores:
        """Copying the source, the commonest text, the nearest source's text; n-grams where bits are counted."""
        if part not in self._baselines:
            self._baselines[part] = baseline_scores(self, part) if self.count(part) else ()
        return self._baselines[part]

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """None: texts have no curve to draw."""
        return ()

    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Scores of symbols are left as they are."""
        return outputs

    def truth(self, part: str, target: int = 0) -> Floats:
        """How many symbols each text has, its stop included."""
        return np.array([len(self.written[row]) for row in self.rows[part].tolist()], np.float32)

    def labels(self, part: str) -> tuple[str, ...]:
        """What is read, for each pair."""
        return tuple(self.pairs.read_as_text(row) for row in self.rows[part].tolist())

    def judged(self, part: str, written: Sequence[str]) -> Scores:
        """Exact match, error rate and the like of a text for each pair of a part."""
        symbols = self._preparation.symbols
        return judged(self, part, {place: symbols.cut(text) for place, text in enumerate(written)})

    @cached_property
    def looked_at(self) -> Ints:
        """Positions of a few pairs spread over the pinned part, the longest first: it has the most to show."""
        count = self.count(self.pinned_part)
        some = np.unique(np.linspace(0, count - 1, min(count, _LOOKED_AT)).astype(np.int64))
        longest = int(np.argmax([self._size(self.pinned_part, place) for place in some.tolist()]))
        return np.concatenate([some[[longest]], np.delete(some, longest)])

    def pinned(self) -> PairBatch:
        """The first of the pairs that are looked at."""
        return self.batch(self.pinned_part, self.looked_at[:1])

    def pinned_labels(self) -> tuple[str, ...]:
        """The symbols read, then the symbols written before each step."""
        batch, preparation = self.pinned(), self.preparation
        read = preparation.source.shown(batch.inputs[:, 0]) if preparation.source else ()
        return (*read, *preparation.shown(batch.before[:, 0]))

    @cached_property
    def _unknown(self) -> tuple[int, tuple[str, ...]]:
        """Held-out pairs with symbols that the training part does not hold, and those symbols."""
        held_out = [row for part in PARTS[1:] for row in self.rows[part].tolist()]
        found: list[set[str]] = []
        for row in held_out:
            strange = set(self.preparation.symbols.unknown_in(self.pairs.targets[row]))
            if self.preparation.source:
                strange |= set(self.preparation.source.unknown_in(self.pairs.sources[row]))
            found.append(strange)
        return sum(bool(strange) for strange in found), tuple(sorted(set().union(*found)))

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        source, symbols = self.preparation.source, self.preparation.symbols
        read = f"{len(source.known):,} different symbols read, " if source else f"{self.input_size:,} numbers read, "
        parts = ", ".join(f"{part} {self.count(part):,}" for part in PARTS)
        same = "read" if self.pairs.sources or self.pairs.numbers.shape[1] else "write"
        notes = [
            *self.pairs.notes,
            f"{read}{len(symbols.known):,} different symbols written, at most {self.preparation.longest - 1:,} a text",
            f"pairs: {parts}; those that {same} the same stay in one part",
        ]
        count, strange = self._unknown
        if count:
            shown = " ".join(repr(symbol) for symbol in strange[:8])
            notes.append(f"{counted(count, 'held-out pair')} with symbols that the training part lacks ({shown})")
        return tuple(notes)


def _prepared(pairs: Pairs, data: DataConfig, topology: str, train: Ints) -> PairsPreparation:
    rows = train.tolist()
    symbols = _learned((pairs.targets[row] for row in rows), data.target_symbols, data)
    source = _learned((pairs.sources[row] for row in rows), data.source_symbols, data) if pairs.sources else None
    return PairsPreparation(
        topology=topology,
        columns=pairs.columns,
        target=pairs.target,
        source=source,
        vector=None if source else _vector(pairs, data, train),
        symbols=symbols,
        longest=max(len(symbols.encode(pairs.targets[row])) for row in rows),
    )


def _learned(texts: Iterable[str], level: str, data: DataConfig) -> Vocabulary:
    cells = (cut(text, level) for text in texts)
    return Vocabulary.learned(cells, level, size=data.vocabulary_size, minimum=data.minimum_count, ends=True)


def _vector(pairs: Pairs, data: DataConfig, train: Ints) -> VectorPreparation:
    count = pairs.numbers.shape[1]
    categories = [tuple(sorted({column[row] for row in train.tolist()})) for column in pairs.words]
    return VectorPreparation(
        numbers=pairs.columns[:count],
        scaler=fit_scaler(data.scaler, pairs.numbers[train]),
        categories=tuple(zip(pairs.columns[count:], categories, strict=True)),
    )
