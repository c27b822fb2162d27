"""Generated tasks that show what a network remembers, each with the answer of one that remembers nothing.

Every task draws sequences (T, B): int32 symbols, or float32 numbers with an axis more; the class of every step or of
the whole; and how much each answer counts in training and in scoring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COPIED = 10  # symbols to be remembered


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """B sequences, the longest first."""

    inputs: NDArray[Any]  # int32 (T, B), or float32 (T, B, I)
    lengths: NDArray[np.int64]  # (B,) falling
    targets: NDArray[np.int32]  # (T, B) or (B,)
    trained: NDArray[np.float32]  # like targets: what counts in the loss of the training part
    scored: NDArray[np.float32]  # like targets: what is judged in the others


Draw = Callable[[np.random.Generator, int, int], Drawn]  # random numbers, steps, sequences


@dataclass(frozen=True, slots=True)
class MemoryTask:
    """One task; `symbols` are empty where numbers go in."""

    key: str
    topology: str
    symbols: tuple[str, ...]
    classes: tuple[str, ...]
    chance: float  # accuracy of the best network without memory
    words: str  # what was generated, for the notes; {length} is filled in
    source: str
    draw: Draw


def _copying(random: np.random.Generator, length: int, count: int) -> Drawn:
    """Ten symbols, a long pause, a signal, and then the same ten again."""
    inputs = np.zeros((length + 2 * _COPIED, count), np.int32)
    inputs[:_COPIED] = random.integers(1, 9, (_COPIED, count))
    inputs[length + _COPIED - 1] = 9
    targets = np.zeros_like(inputs)
    targets[-_COPIED:] = inputs[:_COPIED]
    scored = np.zeros(inputs.shape, np.float32)
    scored[-_COPIED:] = 1.0
    return _whole(inputs, targets, np.ones(inputs.shape, np.float32), scored)


def _temporal_order(random: np.random.Generator, length: int, count: int) -> Drawn:
    """X or Y early on, X or Y in the middle, among letters that mean nothing."""
    inputs = random.integers(2, 6, (length, count)).astype(np.int32)
    first = random.integers(length // 10, max(length // 10 + 1, length // 5), count)
    second = random.integers(length // 2, max(length // 2 + 1, 6 * length // 10), count)
    kinds, columns = random.integers(0, 2, (2, count)), np.arange(count)
    inputs[first, columns], inputs[second, columns] = kinds
    ones = np.ones(count, np.float32)
    return _whole(inputs, (2 * kinds[0] + kinds[1]).astype(np.int32), ones, ones)


def _delayed_echo(random: np.random.Generator, length: int, count: int) -> Drawn:
    """Zeros and ones; each is to be said again a fifth of the sequence later."""
    delay = max(1, length // 5)
    bits = random.integers(0, 2, (length, count)).astype(np.int32)
    targets = np.zeros_like(bits)
    targets[delay:] = bits[:-delay]
    counts = np.zeros(bits.shape, np.float32)
    counts[delay:] = 1.0
    return _whole(bits[..., None].astype(np.float32), targets, counts, counts)


def _brackets(random: np.random.Generator, length: int, count: int) -> Drawn:
    """Nested round and square brackets; in half of them one closes with the wrong kind."""
    inputs = np.empty((length // 2 * 2, count), np.int32)
    broken = random.integers(0, 2, count).astype(np.int32)
    for column in range(count):
        inputs[:, column] = _nested(random, length // 2 * 2)
        if broken[column]:
            at = random.choice(np.flatnonzero(inputs[:, column] % 2))
            inputs[at, column] = 4 - inputs[at, column]
    ones = np.ones(count, np.float32)
    return _whole(inputs, broken, ones, ones)


def _nested(random: np.random.Generator, length: int) -> list[int]:
    """Brackets that close rightly: 0 and 1 are ( and ), 2 and 3 are [ and ]."""
    made: list[int] = []
    waiting: list[int] = []
    for left in range(length, 0, -1):
        if not waiting or (len(waiting) < left and random.random() < 0.5):
            waiting.append(2 * int(random.integers(0, 2)))
            made.append(waiting[-1])
        else:
            made.append(waiting.pop() + 1)
    return made


_LETTERS = ("B", "T", "P", "S", "X", "V", "E")
# State → two ways on, each a letter and the next state (Hochreiter and Schmidhuber 1997, Figure 3).
_REBER = {
    0: (("T", 1), ("P", 2)), 1: (("S", 1), ("X", 3)), 2: (("T", 2), ("V", 4)), 3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
}  # fmt: skip


def _reber(random: np.random.Generator, length: int, count: int) -> Drawn:
    """B, T or P, a Reber string, the same T or P again, E; each letter is to be foretold by those before."""
    strings = sorted((_embedded(random, max(length, 9)) for _ in range(count)), key=len, reverse=True)
    lengths = np.array([len(string) - 1 for string in strings], np.int64)
    inputs, targets = np.zeros((2, int(lengths[0]), count), np.int32)
    trained = (np.arange(int(lengths[0]))[:, None] < lengths).astype(np.float32)
    scored = np.zeros_like(trained)
    for column, string in enumerate(strings):
        inputs[: len(string) - 1, column], targets[: len(string) - 1, column] = string[:-1], string[1:]
        scored[len(string) - 3, column] = 1.0  # the letter before the last, told by the second
    return Drawn(inputs, lengths, targets, trained, scored)


def _embedded(random: np.random.Generator, longest: int) -> list[int]:
    """One embedded Reber string of at most `longest` letters, as their numbers."""
    while True:
        letters, state = "B", 0
        while state != 5 and len(letters) < longest:
            letter, state = _REBER[state][int(random.integers(0, 2))]
            letters += letter
        if state == 5 and len(letters) + 5 <= longest:
            branch = "TP"[int(random.integers(0, 2))]
            return [_LETTERS.index(letter) for letter in f"B{branch}{letters}E{branch}E"]


_SAYINGS = (("under", "weather"), ("over", "moon"), ("behind", "times"), ("on", "fence"))
_WHO = ("he", "she")
_GAP = "___"
_WORDS = (*_WHO, "is", "the", "and", *(word for saying in _SAYINGS for word in saying), _GAP)


def _fill_in(random: np.random.Generator, length: int, count: int) -> Drawn:
    """Sayings one after the other, "he is under the weather and she is over the moon"; one preposition is left out."""
    sayings = max(1, (length + 1) // 6)  # five words each, and "and" between them
    inputs = np.full((6 * sayings - 1, count), _WORDS.index("and"), np.int32)
    chosen = random.integers(0, len(_SAYINGS), (sayings, count))
    pairs = np.array([[_WORDS.index(word) for word in saying] for saying in _SAYINGS], np.int32)[chosen]
    inputs[0::6] = random.integers(0, len(_WHO), (sayings, count))
    inputs[1::6], inputs[3::6] = _WORDS.index("is"), _WORDS.index("the")
    inputs[2::6], inputs[4::6] = pairs[..., 0], pairs[..., 1]
    left_out, columns = random.integers(0, sayings, count), np.arange(count)
    targets, judged = np.zeros_like(inputs), np.zeros(inputs.shape, np.float32)
    targets[6 * left_out + 2, columns] = chosen[left_out, columns]
    judged[6 * left_out + 2, columns] = 1.0
    inputs[6 * left_out + 2, columns] = _WORDS.index(_GAP)
    return _whole(inputs, targets, judged, judged)


def _whole(inputs: NDArray[Any], targets: NDArray[np.int32], trained: Any, scored: Any) -> Drawn:
    """Sequences that are all of one length."""
    return Drawn(inputs, np.full(inputs.shape[1], len(inputs), np.int64), targets, trained, scored)


_BITS, _EIGHT = ("0", "1"), tuple("abcdefgh")
TASKS = {
    task.key: task
    for task in (
        MemoryTask(
            "copying", "many_to_many", ("·", *_EIGHT, "!"), ("·", *_EIGHT), 1 / 8,
            f"{_COPIED} symbols to be repeated after a pause of {{length}} steps", "Arjovsky et al. 2016", _copying,
        ),
        MemoryTask(
            "temporal_order", "many_to_one", ("X", "Y", "a", "b", "c", "d"), ("XX", "XY", "YX", "YY"), 1 / 4,
            "{length} letters, of which two count", "Hochreiter and Schmidhuber 1997, task 6a", _temporal_order,
        ),
        MemoryTask(
            "delayed_echo", "many_to_many", (), _BITS, 1 / 2,
            "{length} zeros and ones, each to be said again a fifth of that later", "common exercise", _delayed_echo,
        ),
        MemoryTask(
            "bracket_matching", "many_to_one", ("(", ")", "[", "]"), ("matched", "broken"), 1 / 2,
            "{length} brackets of two kinds, in half of the sequences one is of the wrong kind", "Dyck language",
            _brackets,
        ),
        MemoryTask(
            "embedded_reber", "many_to_many", _LETTERS, _LETTERS, 1 / 2,
            "strings of at most {length} letters; judged is the last but one, which only the second tells",
            "Hochreiter and Schmidhuber 1997, task 1", _reber,
        ),
        MemoryTask(
            "fill_in", "many_to_many", _WORDS, tuple(word for word, _ in _SAYINGS), 1 / len(_SAYINGS),
            "sayings of about {length} words, of which one word is left out; what follows it tells which", "cloze test",
            _fill_in,
        ),
    )
}  # fmt: skip
