"""Running text by characters, words or bytes (its symbols): each step is answered by the next symbol.

Training text is laid out as B parallel streams, cut into chunks of `sequence_length`; the state runs on from
chunk to chunk (`Batch.continues`). Where the chunks begin moves from epoch to epoch. Held-out text is laid out
likewise, but each stream first reads the text just before its own, without being scored on it, so that every
symbol of the part is scored exactly once and with its past known.

Parts are cut as texts, so that they are the same whatever the symbols are, and each into symbols by itself, so that
nothing behind a border has a say in what stands before it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, generator
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError
from engine.data.files.text import Text
from engine.data.splits import PARTS, Split, split_by_time
from engine.data.texts.ngrams import ORDERS, ngram_bits
from engine.data.texts.spelling import Spelling
from engine.data.texts.text_preparation import TextPreparation
from engine.data.texts.tokens import cut
from engine.data.texts.vocabulary import UNKNOWN, Vocabulary

_LONGEST_WORD = 200  # characters
_PASSAGE = 256  # characters, about: some lines, in which sentences begin and end


class TextDataset(Dataset):
    """Symbols of one text; inputs (T, B) int32 tokens, targets the same one step on."""

    kind, topology, tokens = "text", "many_to_many", True
    loss, metric = "cross_entropy", "bits per character"

    def __init__(self, text: Text, data: DataConfig) -> None:
        """Split by position; the vocabulary comes from the training part.

        Raises:
            DataError: too little text for one training sequence.
        """
        self._text, self._length, self.unit = text, data.sequence_length, data.tokens
        self._texts = _parts(text.text, data)
        cells = [_cut(self._texts[part], data.tokens) for part in PARTS]
        self.split = _borders([len(own) for own in cells])
        if self.split.train_end < self._length + 1:
            raise DataError(
                f"a sequence takes {self._length + 1:,} {self.unit}, but the training part has "
                f"{self.split.train_end:,} of {self.split.end:,}; choose a shorter data.sequence_length "
                "or a longer text."
            )
        size, minimum = data.vocabulary_size, data.minimum_count
        self.vocabulary = Vocabulary.learned([cells[0]], data.tokens, size=size, minimum=minimum)
        numbers = [self.vocabulary.numbers(own) for own in cells]
        self._tokens = np.concatenate(numbers)
        spelling = Spelling(self._texts["train"], len(cells[0]), data.tokens)
        known = [own != UNKNOWN for own in numbers]
        self._spelled = {
            part: spelling.of_unknown(own, some.tolist()) if not some.all() else 0.0
            for part, own, some in zip(PARTS, cells, known, strict=True)
        }
        self.input_size = self.output_size = len(self.vocabulary)

    @cached_property
    def preparation(self) -> TextPreparation:
        """The vocabulary."""
        return TextPreparation(self.vocabulary)

    def count(self, part: str) -> int:
        """Symbols in a part."""
        first, last = self.split.bounds(part)
        return last - first

    def streams(self, part: str, batch_size: int) -> int:
        """Parallel streams: `batch_size`, or fewer where the text is short."""
        return max(1, min(batch_size, (self.count(part) - 1) // self._length))

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        streams = self.streams(part, batch_size)
        if part == "train":
            return max(1, (self.count(part) - 1) // (streams * self._length))
        return -(-(self._warm_up + self._share(part, streams)) // self._length) if self.count(part) else 0

    @property
    def _warm_up(self) -> int:
        """Symbols a held-out stream reads before its own; less than a chunk, so that every chunk scores some."""
        return self._length // 2

    def _share(self, part: str, streams: int) -> int:
        return -(-self.count(part) // streams)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`."""
        streams, chunks = self.streams(part, batch_size), self.batch_count(part, batch_size)
        if part == "train":
            begins = self._training_begins(streams, chunks, seed, epoch)
        else:
            begins = self._held_out_begins(part, streams)
        for chunk in range(chunks):
            yield self._chunk(part, begins + chunk * self._length, chunk, streams)

    def _training_begins(self, streams: int, chunks: int, seed: int, epoch: int) -> NDArray[np.int64]:
        """Where each stream begins; the slack that does not fill a chunk is spread anew each epoch."""
        share = chunks * self._length
        slack = self.count("train") - 1 - share * streams
        shift = int(generator(seed, epoch).integers(slack + 1))
        return shift + share * np.arange(streams, dtype=np.int64)

    def _held_out_begins(self, part: str, streams: int) -> NDArray[np.int64]:
        first, _ = self.split.bounds(part)
        own = first + self._share(part, streams) * np.arange(streams, dtype=np.int64)
        return own - 1 - self._warm_up

    def _chunk(self, part: str, begins: NDArray[np.int64], chunk: int, streams: int) -> Batch:
        rows = np.arange(self._length)[:, None] + begins
        weights = self._weights(part, rows + 1, streams)
        inside = np.clip(rows, 0, len(self._tokens) - 2)
        return Batch(
            inputs=np.ascontiguousarray(self._tokens[inside]),
            lengths=np.full(streams, self._length, np.int64),
            targets=np.ascontiguousarray(self._tokens[inside + 1]),
            weights=weights,
            continues=chunk > 0,
            positions=np.arange(streams, dtype=np.int64),
        )

    def _weights(self, part: str, targets: NDArray[np.int64], streams: int) -> Floats:
        """1 for each symbol that belongs to the stream's own share of the part."""
        if part == "train":
            return np.ones(targets.shape, np.float32)
        first, last = self.split.bounds(part)
        share = self._share(part, streams)
        low = first + share * np.arange(streams)
        return ((targets >= low) & (targets < np.minimum(low + share, last))).astype(np.float32)

    def scorer(self, part: str) -> Scorer:
        """Bits per character, perplexity and accuracy."""
        return TextScorer(*self._measures(part), self.unit)

    def _measures(self, part: str) -> tuple[float, float]:
        """Characters that a symbol of a part has in the mean, and bits that spelling the unknown ones adds to it."""
        count = max(self.count(part), 1)
        return len(self._texts[part]) / count, self._spelled[part] / count

    def baselines(self, part: str) -> Scores:
        """Bits per character of n-gram models trained on the training part, the longer one chosen on the validation."""
        if not self.count(part):
            return ()
        characters, spelled = self._measures(part)
        found = self._ngram_bits[part].items()
        return tuple((f"n-gram of order {order}", (bits + spelled) / characters) for order, bits in found)

    @cached_property
    def _ngram_bits(self) -> dict[str, dict[int, float]]:
        train, past = self._tokens[: self.split.train_end], min(self.split.train_end, ORDERS[-1])
        begin = self.split.train_end - past
        parts = {part: slice(*np.subtract(self.split.bounds(part), begin)) for part in ("validation", "test")}
        return ngram_bits(train, self._tokens[begin:], parts, len(self.vocabulary))

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """None: text has no curve to draw."""
        return ()

    def decode(self, outputs: NDArray[Any], part: str = "test") -> NDArray[Any]:
        """Logits are left as they are."""
        return outputs

    def truth(self, part: str, target: int = 0) -> Floats:
        """The part's tokens (N,), as numbers."""
        first, last = self.split.bounds(part)
        return self._tokens[first:last].astype(np.float32)

    def labels(self, part: str) -> tuple[str, ...]:
        """The part's symbols."""
        first, last = self.split.bounds(part)
        return self.vocabulary.shown(self._tokens[first:last])

    def pinned(self) -> Batch:
        """The first sequence of the validation part."""
        return self._from_the_start(self._length)

    def passage(self) -> Batch:
        """A stretch of the validation part that is worth reading; it begins like `pinned`."""
        characters, _ = self._measures(self.pinned_part)
        return self._from_the_start(max(self._length, round(_PASSAGE / characters)))

    def _from_the_start(self, length: int) -> Batch:
        first, last = self.split.bounds(self.pinned_part)
        start = max(first - 1, 0)
        rows = np.arange(start, max(start + 1, min(last - 1, start + length)))
        return Batch(
            inputs=np.ascontiguousarray(self._tokens[rows][:, None]),
            lengths=np.array([len(rows)], np.int64),
            targets=np.ascontiguousarray(self._tokens[rows + 1][:, None]),
            weights=np.ones((len(rows), 1), np.float32),
            continues=False,
            positions=np.zeros(1, np.int64),
        )

    def pinned_labels(self) -> tuple[str, ...]:
        """Its symbols."""
        return self.vocabulary.shown(self.pinned().inputs[:, 0])

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        parts = ", ".join(f"{part} {self.count(part):,}" for part in ("train", "validation", "test"))
        known = f"{len(self.vocabulary.known):,} different {self.unit}"
        return (*self._text.notes, known, f"{self.unit}: {parts}", *self._unknown_notes())

    def _unknown_notes(self) -> list[str]:
        """How much is unknown, and what that means."""
        strange = self._tokens == UNKNOWN
        learned, held_out = (int(part.sum()) for part in np.split(strange, [self.split.train_end]))
        notes = []
        if learned:
            notes.append(f"{self.unit} of the training part that are too rare for the vocabulary: {learned:,}, unknown")
        if held_out:
            texts = (self._texts[part] for part in PARTS[1:])
            symbols = sorted({symbol for text in texts for symbol in self.vocabulary.unknown_in(text)})
            shown = " ".join(repr(symbol) for symbol in symbols[:8])
            notes.append(f"held-out {self.unit} that are not in the vocabulary: {held_out:,} ({shown})")
        if held_out and not learned and self.unit == "words":
            notes.append("the training part has no unknown word to learn from; set data.minimum_count to 2 or more")
        return notes


def _parts(text: str, data: DataConfig) -> dict[str, str]:
    """The text of each part. No word is divided: a border goes back to the last white space before it."""
    split = split_by_time(len(text), data.validation, data.test, "character")
    first, second = split.train_end, split.validation_end
    if data.tokens == "words":
        first = _after_blank(text, first) if first < split.end else first
        second = max(first, _after_blank(text, second)) if second < split.end else second
    return dict(zip(PARTS, (text[:first], text[first:second], text[second:]), strict=True))


def _after_blank(text: str, border: int) -> int:
    """The last place up to `border` that white space stands before; `border` itself where none is near."""
    near = range(border, max(border - _LONGEST_WORD, 0), -1)
    return next((place for place in near if text[place - 1].isspace()), border)


def _cut(text: str, level: str) -> Sequence[str]:
    """The symbols of a part; the blank at its end is no word of its own, as the next part goes on behind it."""
    inner = level == "words" and text.endswith(" ") and not text[:-1].endswith(" ") and bool(text.strip())
    return cut(text[:-1] if inner else text, level)


def _borders(counts: Sequence[int]) -> Split:
    train, validation, test = counts
    return Split(train, train + validation, train + validation + test)


class TextScorer(Scorer):
    """Mean −log2 p of the symbols that count, by the characters that they stand for."""

    def __init__(self, characters: float, spelled: float, unit: str) -> None:
        """Nothing scored yet. Of a symbol of the part: its `characters` and bits of spelling, in the mean."""
        self._characters, self._spelled = characters, spelled
        self._perplexity = "perplexity" if unit == "characters" else f"perplexity per {unit[:-1]}"
        self._bits, self._right, self._count = 0.0, 0.0, 0.0

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` are logits (T, B, V)."""
        logits = outputs - outputs.max(axis=-1, keepdims=True)
        chosen = np.take_along_axis(logits, batch.targets[..., None], axis=-1)[..., 0]
        nats = np.log(np.exp(logits).sum(axis=-1)) - chosen
        self._bits += float((nats.astype(np.float64) * batch.weights).sum()) / math.log(2)
        self._right += float(((logits.argmax(axis=-1) == batch.targets) * batch.weights).sum())
        self._count += float(batch.weights.sum())

    def result(self) -> Scores:
        """See `Scorer.result`."""
        if not self._count:
            return (("bits per character", math.nan),)
        bits = self._bits / self._count
        own = (bits + self._spelled) / self._characters
        perplexity = math.inf if bits >= sys.float_info.max_exp else 2.0**bits  # of a network that has gone astray
        return (("bits per character", own), (self._perplexity, perplexity), ("accuracy", self._right / self._count))
