"""Writing sequences of tokens with a trained network: the likeliest each time, drawn, or searched for in a beam.

Tokens 0, 1 and 2 stand for what is unknown, for the start and for the stop; only the last of them is ever written, and
ends a sequence. All sequences of a batch go on together, one step at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.sequence_to_sequence.decoder import Writing
from engine.sequence_to_sequence.network import SequenceToSequence

UNKNOWN, START, STOP = 0, 1, 2
_NEVER = (UNKNOWN, START)

Tokens: TypeAlias = NDArray[np.int32]
Scores: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the next token is chosen.

    Attributes:
        method: "greedy", "sampled" or "beam".
        temperature: of sampling; 1 draws as the network weighs them, less is more cautious.
        top_k: draw among so many of the likeliest only; 0 is all.
        top_p: draw among the likeliest that together have this share of the probability (Holtzman et al. 2020).
        width: sequences that a beam keeps.
        length_penalty: α of Wu et al. (2016), eq. 14; 0 compares sums of log probabilities, more favours longer texts.
        seed: the same seed draws the same tokens.
    """

    method: str = "greedy"
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    width: int = 4
    length_penalty: float = 0.6
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What came out for each sequence of a batch."""

    tokens: list[Tokens]  # (U,) each, without the stop
    stopped: NDArray[np.bool_]  # (B,) whether a stop ended it, rather than the limit
    score: Scores  # (B,) sum of the log probabilities of its tokens and its stop


def write(
    network: SequenceToSequence, inputs: NDArray[Any], lengths: NDArray[np.int64] | None, limit: int,
    decoding: Decoding | None = None,
) -> Written:  # fmt: skip
    """Read a batch and write a sequence of at most `limit` tokens for each.

    Args:
        network: One that writes tokens.
        inputs: (S, B) tokens or (S, B, I) numbers, longest first.
        lengths: (B,) steps of each; None means S.
        limit: Steps after which a sequence ends even without a stop.
        decoding: None is greedy.
    """
    decoding = decoding or Decoding()
    at = network.begin(inputs, lengths)
    if decoding.method == "beam":
        return _beam(network, at, inputs.shape[1], limit, decoding)
    random = np.random.Generator(np.random.Philox(key=decoding.seed))
    draw = _drawn(decoding, random) if decoding.method == "sampled" else _likeliest
    return _one_by_one(network, at, inputs.shape[1], limit, draw)


def _one_by_one(
    network: SequenceToSequence, at: Writing, batch: int, limit: int, choose: Callable[[Scores], NDArray[np.int64]]
) -> Written:
    tokens = np.full((limit, batch), STOP, np.int32)
    running, score = np.ones(batch, bool), np.zeros(batch)
    before = np.full(batch, START, np.int32)
    for step in range(limit):
        answers, at = network.write_step(before, at)
        likely = log_probabilities(answers)
        before = np.where(running, choose(likely), STOP).astype(np.int32)
        score += np.where(running, likely[np.arange(batch), before], 0.0)
        tokens[step] = before
        running &= before != STOP
        if not running.any():
            break
    return Written([_ended(column) for column in tokens.T], ~running, score)


def log_probabilities(answers: NDArray[Any]) -> Scores:
    """log p (N, V) of tokens from their scores, those that are never written left out."""
    scores = answers.astype(np.float64)
    scores[:, _NEVER] = -np.inf
    scores -= scores.max(axis=1, keepdims=True)
    found: Scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return found


def _likeliest(likely: Scores) -> NDArray[np.int64]:
    return np.asarray(likely.argmax(axis=1))


def _drawn(decoding: Decoding, random: np.random.Generator) -> Callable[[Scores], NDArray[np.int64]]:
    def draw(likely: Scores) -> NDArray[np.int64]:
        if decoding.temperature <= 0:
            return _likeliest(likely)
        order = np.argsort(-likely, axis=1, kind="stable")
        scaled = np.take_along_axis(likely, order, axis=1) / decoding.temperature
        shares = np.exp(scaled - scaled[:, :1])
        shares /= shares.sum(axis=1, keepdims=True)
        if decoding.top_k:
            shares[:, decoding.top_k :] = 0
        # A token stays in while those before it have not reached the share: the likeliest always does.
        shares[shares.cumsum(axis=1) - shares >= max(decoding.top_p, 1e-12)] = 0
        edges = shares.cumsum(axis=1)
        place = (edges < random.random(len(likely))[:, None] * edges[:, -1:]).sum(axis=1)
        return np.asarray(np.take_along_axis(order, place[:, None], axis=1)[:, 0])

    return draw


def _ended(column: Tokens) -> Tokens:
    stops = np.flatnonzero(column == STOP)
    return column[: stops[0]].copy() if len(stops) else column.copy()


# --- beam -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """The best finished sequence of one source so far."""

    tokens: Tokens
    score: float = -np.inf
    penalized: float = -np.inf


def _beam(network: SequenceToSequence, at: Writing, batch: int, limit: int, decoding: Decoding) -> Written:
    """Beam search (Graves 2012; Sutskever et al. 2014): at each step the `width` best beginnings of each source."""
    width = max(1, decoding.width)
    at = at.take(np.repeat(np.arange(batch), width))
    rows = np.arange(batch)[:, None] * width
    score = np.full((batch, width), -np.inf)
    score[:, 0] = 0.0  # all beginnings are the same at first
    tokens = np.zeros((0, batch, width), np.int32)
    found = [_Found(np.zeros(0, np.int32)) for _ in range(batch)]
    before = np.full(batch * width, START, np.int32)
    for step in range(1, limit + 1):
        answers, at = network.write_step(before, at)
        total = score[:, :, None] + log_probabilities(answers).reshape(batch, width, -1)
        _finish(found, tokens, total[:, :, STOP], _penalty(step, decoding))
        total[:, :, STOP] = -np.inf
        best = np.argsort(-total.reshape(batch, -1), axis=1, kind="stable")[:, :width]
        score = np.take_along_axis(total.reshape(batch, -1), best, axis=1)
        origin, chosen = np.divmod(best, total.shape[2])
        tokens = np.concatenate([np.take_along_axis(tokens, origin[None], axis=2), chosen[None].astype(np.int32)])
        at, before = at.reordered((rows + origin).reshape(-1)), chosen.reshape(-1).astype(np.int32)
        # No beginning can get better than it is now, seen with the mildest penalty that may come.
        hope = score[:, 0] / _penalty(limit if decoding.length_penalty > 0 else step, decoding)
        if all(own.penalized >= bound for own, bound in zip(found, hope, strict=True)):
            break
    return _best(found, tokens, score)


def _penalty(length: int, decoding: Decoding) -> float:
    return float(((5 + length) / 6) ** decoding.length_penalty)


def _finish(found: list[_Found], tokens: Tokens, ended: Scores, penalty: float) -> None:
    """Take in sequences that would stop here, (B, width) scores, where they beat the best so far."""
    places = ended.argmax(axis=1)
    for source, place in enumerate(places.tolist()):
        score = float(ended[source, place])
        if score / penalty > found[source].penalized:
            found[source] = _Found(tokens[:, source, place].copy(), score, score / penalty)


def _best(found: list[_Found], tokens: Tokens, score: Scores) -> Written:
    """What was finished; the best beginning where nothing was."""
    stopped = np.array([np.isfinite(each.score) for each in found])
    texts = [each.tokens if end else tokens[:, k, 0] for k, (each, end) in enumerate(zip(found, stopped, strict=True))]
    scores = [each.score if end else score[k, 0] for k, (each, end) in enumerate(zip(found, stopped, strict=True))]
    return Written(texts, stopped, np.array(scores))
