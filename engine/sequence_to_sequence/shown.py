"""A few held-out pairs with what the network writes for them now, and where it looked while it wrote."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.data.pairs.pairs import Pairs
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.pairs.pairs_preparation import Encoded, PairsPreparation, inputs_of
from engine.data.pairs.tunes import are_notes, notes_of
from engine.data.texts.vocabulary import START, STOP
from engine.inside_records import Floats, frozen
from engine.prediction_records import PairsPrediction, WrittenPair
from engine.sequence_to_sequence.decoding import Decoding, write
from engine.sequence_to_sequence.network import SequenceToSequence

_COMPOSED = Decoding("sampled", top_p=0.9)  # the likeliest tune of all is one note again and again


def shown_pairs(network: SequenceToSequence, dataset: PairsDataset) -> PairsPrediction:
    """The pairs that are looked at. The likeliest symbol is written each time; tunes are drawn."""
    rows = dataset.rows[dataset.pinned_part][dataset.looked_at]
    tunes = are_notes(dataset.preparation.symbols.known)
    decoding = _COMPOSED if tunes else Decoding()
    return PairsPrediction(
        part=dataset.pinned_part,
        target=dataset.preparation.target,
        tunes=tunes,
        pairs=tuple(_shown(network, dataset, int(row), decoding) for row in rows.tolist()),
    )


def _shown(network: SequenceToSequence, dataset: PairsDataset, row: int, decoding: Decoding) -> WrittenPair:
    pair, _ = written_pair(network, dataset.preparation, dataset.pairs, dataset.encoded, row, decoding)
    return replace(pair, image=_image(dataset, row))


def written_pair(
    network: SequenceToSequence, preparation: PairsPreparation, pairs: Pairs, encoded: Encoded, row: int,
    decoding: Decoding,
) -> tuple[WrittenPair, float]:  # fmt: skip
    """What `network` writes for one of the `pairs`, and the log probability of that and its stop."""
    inputs, lengths, _ = inputs_of(encoded, np.array([row]))
    found = write(network, inputs, lengths, preparation.limit, decoding)
    tokens = np.concatenate([found.tokens[0], np.full(int(found.stopped[0]), STOP, np.int32)])
    pair = WrittenPair(
        source=pairs.read_as_text(row),
        wanted=pairs.targets[row],
        written=preparation.symbols.decode(tokens),
        read=preparation.source.shown(inputs[:, 0]) if preparation.source else (),
        steps=preparation.shown(tokens),
        attention=_looks(network, inputs, lengths, tokens),
        image=None,
        written_notes=notes_of(preparation.symbols.decode(tokens)),
        wanted_notes=notes_of(pairs.targets[row]),
    )
    return pair, float(found.score[0])


def _looks(
    network: SequenceToSequence, inputs: NDArray[np.int32], lengths: NDArray[np.int64], tokens: NDArray[np.int32]
) -> Floats | None:
    """How much each step written looked at each step read, (U, S); None without attention."""
    if network.decoder.attention is None or not len(tokens):
        return None
    before = np.concatenate([[START], tokens[:-1]]).astype(np.int32)
    network.forward(inputs, lengths, before[:, None])
    return frozen(network.decoder.attention.weights()[0])


def _image(dataset: PairsDataset, row: int) -> Floats | None:
    """What is read as a picture, (side, side) from 0 to 1, where it is one."""
    vector = dataset.preparation.vector
    side = vector.image_side if vector else 0
    if not side:
        return None
    values = dataset.pairs.numbers[row]
    lowest, highest = dataset.pairs.numbers.min(), dataset.pairs.numbers.max()
    return frozen(((values - lowest) / max(highest - lowest, 1e-12)).reshape(side, side))
