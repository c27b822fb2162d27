"""The five ways a sequence goes in and an answer comes out, in words of the data at hand.

Each is declared once; the picker of the window, the help text of the command line and the check before a
run all read the same declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.config import TOPOLOGIES, DataConfig


@dataclass(frozen=True, slots=True)
class TopologySpec:
    """One wiring. Its words may hold {targets}, {past}, {ahead} and the like; `describe` fills them in."""

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
        words=(
            ("series", "Answers from the last row alone; it cannot see how {targets} got there."),
            ("sequences", "Says {label} from one row alone, whatever came before it."),
        ),
        available=("series", "sequences"),
        misfits=(
            ("text", "Running text has no input that stands alone: every character depends on those before."),
            ("pairs", "The answer is a text of many symbols, not one value."),
            ("labelled_text", "A text is many steps; a single one of them says next to nothing."),
        ),
    ),
    TopologySpec(
        key="one_to_many",
        title="One to many",
        meaning="One input, a sequence of answers: each answer is fed back to make the next.",
        example="music from one note, a caption from a picture",
        words=(
            ("series", "Unrolls a whole path of {targets} from one starting row."),
            ("pairs", "Reads the chosen columns as one vector and writes {targets}, symbol by symbol, until it stops."),
        ),
        misfits=(
            ("series", "One row says too little of the path that follows; encoder–decoder reads the past first."),
            ("text", "Running text is one row of characters; there is nothing beside it to begin from."),
            ("sequences", "A label is a single word, no sequence to write; that takes a table of pairs."),
            ("labelled_text", "The label is a single word, no sequence to write; that takes a table of pairs."),
        ),
        available=("pairs",),
    ),
    TopologySpec(
        key="many_to_one",
        title="Many to one",
        meaning="Reads a whole sequence, then gives one answer.",
        example="forecasting, the mood of a review",
        words=(
            ("series", "Reads {past} and says what {targets} will be {ahead} later."),
            ("text", "Reads a whole text and gives one label."),
            ("sequences", "Reads {sequence} and says {label}, once, at its end."),
            ("labelled_text", "Reads {text}, {tokens} by {tokens}, and says {label}, once, at its end."),
        ),
        misfits=(
            ("text", "Running text carries no label to answer with; it needs a column of labels beside it."),
            ("pairs", "The answer is a text of many symbols, not one value."),
        ),
        available=("series", "sequences", "labelled_text"),
    ),
    TopologySpec(
        key="many_to_many",
        title="Many to many, aligned",
        meaning="Gives one answer at every step of the sequence it reads.",
        example="next character, tagging words",
        words=(
            ("series", "Reads {past} and says at every step what {targets} will be {ahead} later."),
            ("text", "Guesses at every character which one comes next."),
            ("sequences", "Reads {sequence} and says {label} at every step."),
        ),
        misfits=(
            (
                "pairs",
                "Source and target may differ in length. To tag words, give each a row: sentence, word, tag.",
            ),
            ("labelled_text", "A text has one label, not one at every step."),
        ),
        available=("series", "text", "sequences"),
    ),
    TopologySpec(
        key="encoder_decoder",
        title="Many to many, encoder–decoder",
        meaning="Reads the whole sequence first, then writes another one, of its own length.",
        example="translation, speech to text",
        words=(
            ("series", "Reads {past}, then writes the next {written}."),
            ("pairs", "Reads the source symbol by symbol, then writes {targets} until it stops."),
        ),
        misfits=(
            ("text", "Running text has no second text to write; it needs pairs, as for translation."),
            ("sequences", "A sequence or a step has one label, there is no second sequence to write; it needs pairs."),
            ("labelled_text", "There is one label, not a second text to write; it needs pairs."),
        ),
        available=("pairs", "series"),
    ),
)


def topologies() -> tuple[TopologySpec, ...]:
    """All five, in the order in which they are drawn."""
    return _SPECS


def topology(key: str) -> TopologySpec:
    """The declaration of one; `key` is a value of `model.topology`."""
    return _SPECS[TOPOLOGIES.index(key)]


def describe(spec: TopologySpec, data: DataConfig) -> str:
    """What `spec` does with the data at hand, in words of its own columns."""
    past = f"the last {_steps(data.look_back)}" if data.look_back > 1 else "the last step"
    return (
        dict(spec.words)
        .get(data.kind, spec.meaning)
        .format(
            targets=_listed(data.targets) or "the value",
            past=past,
            ahead="up to " + _steps(data.steps) if data.steps > 1 else _steps(data.horizon),
            written=_written(data),
            label=data.label or _listed(data.targets) or "the label",
            text=f"the {data.text_column}" if data.text_column else "a text",
            tokens=data.tokens.removesuffix("s"),
            sequence=_sequence(data),
        )
    )


def _written(data: DataConfig) -> str:
    """What a decoder writes of a series."""
    targets = _listed(data.targets) or "the value"
    return f"{_steps(data.steps)} of {targets}, one after the other" if data.steps > 1 else f"step of {targets}"


def _sequence(data: DataConfig) -> str:
    """What a sequence is called in this file."""
    if data.channels:
        return f"the steps of a row, {data.channels:,} numbers each,"
    return (
        f"all steps of one {' and '.join(data.sequence_column)}"
        if data.sequence_column
        else f"{_steps(data.sequence_length)}"
    )


def fit(spec: TopologySpec, kind: str) -> Fit:
    """Whether `spec` can be trained on data of this kind now, and why not."""
    if kind in spec.available:
        return Fit(True, spec.meaning)
    return Fit(False, dict(spec.misfits).get(kind, NOT_AVAILABLE))


def default_topology(kind: str) -> TopologySpec:
    """The one that a whole sequence is read with, or the first that can be trained on data of this kind."""
    usual = topology("many_to_one")
    return usual if kind in usual.available else next(spec for spec in _SPECS if kind in spec.available)


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
