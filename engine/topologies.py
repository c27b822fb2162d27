"""The five ways a sequence goes in and an answer comes out, in words of the data at hand.

Each is declared once; the picker of the window, the help text of the command line and the check before a
run all read the same declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.config import TOPOLOGIES


@dataclass(frozen=True, slots=True)
class TopologySpec:
    """One wiring. Its words may hold {targets}, {past} and {ahead}, which `describe` fills in."""

    key: str  # as `model.topology` takes it
    title: str
    meaning: str  # one line, for any data
    example: str  # what it is used for in the world
    words: tuple[tuple[str, str], ...]  # by kind of data: what it does with this data
    misfits: tuple[tuple[str, str], ...] = ()  # by kind of data: why it does not fit
    available: tuple[str, ...] = ()  # kinds of data it can be trained on now


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a topology can be used with a kind of data; `text` says what it does, or why it cannot."""

    usable: bool
    text: str


NOT_AVAILABLE = "Not available yet."

_SPECS = (
    TopologySpec(
        key="one_to_one",
        title="One to one",
        meaning="One input, one answer, no memory: an ordinary feed-forward network.",
        example="naming a picture",
        words=(("series", "Answers from the last row alone; it cannot see how {targets} got there."),),
        misfits=(("text", "Running text has no input that stands alone: every character depends on those before."),),
    ),
    TopologySpec(
        key="one_to_many",
        title="One to many",
        meaning="One input, a sequence of answers: each answer is fed back to make the next.",
        example="music from one note, a caption from a picture",
        words=(
            ("series", "Unrolls a whole path of {targets} from one starting row."),
            ("text", "Writes a text from a single character."),
        ),
    ),
    TopologySpec(
        key="many_to_one",
        title="Many to one",
        meaning="Reads a whole sequence, then gives one answer.",
        example="forecasting, the mood of a review",
        words=(
            ("series", "Reads {past} and says what {targets} will be {ahead} later."),
            ("text", "Reads a whole text and gives one label."),
        ),
        misfits=(("text", "Running text carries no label to answer with; it needs a column of labels beside it."),),
        available=("series",),
    ),
    TopologySpec(
        key="many_to_many",
        title="Many to many, aligned",
        meaning="Gives one answer at every step of the sequence it reads.",
        example="next character, tagging words",
        words=(
            ("series", "Reads {past} and says at every step what {targets} will be {ahead} later."),
            ("text", "Guesses at every character which one comes next."),
        ),
        available=("series", "text"),
    ),
    TopologySpec(
        key="encoder_decoder",
        title="Many to many, encoder–decoder",
        meaning="Reads the whole sequence first, then writes another one, of its own length.",
        example="translation, speech to text",
        words=(
            ("series", "Reads {past}, then writes the next {ahead} of {targets}, one after the other."),
            ("text", "Reads one text and writes another."),
        ),
        misfits=(("text", "Running text has no second text to write; it needs pairs, as for translation."),),
    ),
)


def topologies() -> tuple[TopologySpec, ...]:
    """All five, in the order in which they are drawn."""
    return _SPECS


def topology(key: str) -> TopologySpec:
    """The declaration of one; `key` is a value of `model.topology`."""
    return _SPECS[TOPOLOGIES.index(key)]


def describe(spec: TopologySpec, kind: str, targets: Sequence[str] = (), look_back: int = 0, horizon: int = 1) -> str:
    """What `spec` does with the data at hand, in words of its own columns.

    Args:
        spec: One of `topologies()`.
        kind: "series" or "text".
        targets: Columns to be predicted; "the value" where none are chosen.
        look_back: Steps that are read; 0 where that is not chosen yet.
        horizon: Steps from the last one read to the answer.
    """
    return (
        dict(spec.words)
        .get(kind, spec.meaning)
        .format(
            targets=_listed(targets) or "the value",
            past=f"the last {_steps(look_back)}" if look_back > 1 else "the last step" if look_back else "the past",
            ahead=_steps(horizon),
        )
    )


def fit(spec: TopologySpec, kind: str) -> Fit:
    """Whether `spec` can be trained on data of this kind now, and why not."""
    if kind in spec.available:
        return Fit(True, spec.meaning)
    return Fit(False, dict(spec.misfits).get(kind, NOT_AVAILABLE))


def default_topology(kind: str) -> TopologySpec:
    """The first that can be trained on data of this kind."""
    return next(spec for spec in _SPECS if kind in spec.available)


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
