"""What a trained model is used for, and its answers, as plain values. Slow: it is called in the background only."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.wording.percentages import percent
from workbench.doors.answers import Asked, Curve, Usable, Used

if TYPE_CHECKING:
    from engine.data.pairs.pairs_preparation import PairsPreparation
    from engine.model import Model
    from engine.uses.writing import Look

_GENERATED = (
    "This model learned from sequences that are generated: there is no file of their kind to answer. What it makes of "
    "sequences that it was not trained on is drawn in the view Prediction."
)
_NOTHING_KNOWN = "No labels to hold them against."
_DRAWN = 2000  # points of a forecast that a plot shows


def usable(folder: Path) -> Usable:
    """What the best weights of a run can be asked.

    Raises:
        ValueError: there are no weights that can be read, or nothing that could be asked.
    """
    from engine.data.pairs.tunes import are_notes
    from engine.data.sequences.labelled_text import LabelledTextPreparation
    from engine.data.sequences.sequence_preparation import SequencePreparation
    from engine.runs import load_run

    model = load_run(folder)
    if isinstance(model.preparation, LabelledTextPreparation):
        return Usable("texts" if model.preparation.answers.classes else "rated")
    if isinstance(model.preparation, SequencePreparation) and not model.preparation.answers.classes:
        return Usable("values")
    if isinstance(model.preparation, SequencePreparation) and model.preparation.tags_words:
        return Usable("tags")
    if model.preparation.kind in _KINDS:
        return Usable(_KINDS[model.preparation.kind])
    if model.preparation.kind != "pairs":
        raise ValueError(_GENERATED)
    preparation: PairsPreparation = model.preparation  # type: ignore[assignment]
    vector = preparation.vector
    side = vector.image_side if vector else 0
    return Usable(
        kind="pairs",
        columns=preparation.columns if vector else (),
        categories=tuple(names for _, names in vector.categories) if vector else (),
        side=side,
        brightest=_brightest(model, preparation) if side else 0.0,
        tunes=are_notes(preparation.symbols.known),
        target=preparation.target,
    )


def use(folder: Path, asked: Asked) -> Used:
    """Its answer.

    Raises:
        ValueError: the model does not take what was asked, or a file does not fit; the text says why.
        OSError: a file cannot be read.
    """
    from engine.runs import load_run

    model = load_run(folder)
    answer = _ASKED.get(model.preparation.kind, _forecast)
    try:
        return answer(model, asked)
    finally:
        model.network.workers.close()


def save_tune(path: Path, text: str) -> None:
    """Write what is noted in `text` as MIDI.

    Raises:
        OSError: the folder cannot be written.
        ValueError: there are no notes in it.
    """
    from engine.data.pairs.tunes import notes_of
    from engine.export.midi import write_midi

    notes = notes_of(text)
    if not notes:
        raise ValueError(f"What was written is no tune: {text[:40]!r}.")
    write_midi(path, notes)


def save_text(path: Path, text: str) -> None:
    """Write a text in UTF-8.

    Raises:
        OSError: the folder cannot be written.
    """
    from engine.storage.atomic import write_atomically

    write_atomically(path, text.encode("utf-8", "replace"))


def save_table(path: Path, used: Used) -> None:
    """Write the table as CSV.

    Raises:
        OSError: the folder cannot be written.
    """
    from engine.storage.csv_tables import write_csv

    write_csv(path, used.header, used.rows)


# --- by what the model learned from ------------------------------------------------------------------------


def _forecast(model: Model, asked: Asked) -> Used:
    from engine.forecasts.intervals import interval_words
    from engine.uses.inference import forecast

    found = forecast(model, asked.data)
    rows = tuple(tuple(row) for row in found.rows())
    ahead = [place for place, part in enumerate(found.parts) if part == "ahead"]
    first = found.series.count(found.series[0]) if found.series else len(rows)  # of several series the first is drawn
    shown = slice(max(0, first - _DRAWN), first)
    behind = sum(place < first for place in ahead)
    bands = tuple((level, ends[shown, 0, 0], ends[shown, 0, 1]) for level, ends in found.bands)
    curve = Curve(found.targets[0], found.dates[shown], found.truth[shown, 0], found.forecast[shown, 0], behind, bands)
    words = f"{len(rows):,} rows, {len(ahead):,} of them ahead of the data's end."
    if ahead:
        place = ahead[0]
        values = ", ".join(f"{name} {four_digits(found.forecast[place, at])}" for at, name in enumerate(found.targets))
        which = f"{found.series[place]}, " if found.series else ""
        words = f"Next, {which}{found.dates[place]}: {values}. {words}"
    words = " ".join([words, *(f"{interval_words(each)}." for each in model.intervals)])
    words = f"{words} {_sentences(found.assumed)}".rstrip()
    return Used(found.header, rows, words, curve=curve)


def _classes(model: Model, asked: Asked) -> Used:
    from engine.uses.classification import classify
    from engine.wording.counting import counted

    found = classify(model, asked.data, asked.typed)
    scores = ", ".join(f"{name} {value:.4g}" for name, value in found.scores)
    of = "of the file's labels" if asked.data else "on the test part"
    words = f"{counted(len(found.names), 'answer')}. " + (f"{scores} {of}." if scores else _NOTHING_KNOWN)
    if asked.typed and len(found.names) == 1:
        words = f"{found.told(0) or 'No label'}. {words}"
    words = f"{words} {_sentences(found.notes)}".rstrip()
    return Used(found.header, tuple(tuple(row) for row in found.rows()), words)


def _sentences(notes: Sequence[str]) -> str:
    """Notes one after the other, as they stand beside other sentences."""
    return " ".join(f"{note[0].upper()}{note[1:]}." for note in notes)


def _text(model: Model, asked: Asked) -> Used:
    from engine.uses.inference import generate

    found = generate(model, asked.typed, asked.length, asked.temperature, asked.seed)
    return Used(("prompt", "text"), ((found.prompt, found.text),), _sentences(found.notes), text=found.text)


def _pairs(model: Model, asked: Asked) -> Used:
    from engine.sequence_to_sequence.decoding import Decoding
    from engine.uses.writing import look, write_texts

    decoding = Decoding(
        asked.method, asked.temperature, asked.top_k, asked.top_p, asked.width, asked.length_penalty, asked.seed
    )
    if asked.data is None:
        return _looked(look(model, asked.typed, decoding))
    found = write_texts(model, asked.data, None, decoding)
    words = f"{len(found.written):,} rows. {_sentences(found.notes)}".rstrip()
    return Used(found.header, tuple(tuple(row) for row in found.rows()), words)


def _looked(found: Look) -> Used:
    pair = found.pair
    chance = math.exp(found.likelihood)
    of = f"Probability {percent(chance, 1)}" if chance >= 0.001 else f"Log probability {found.likelihood:.1f}"
    words = f"{of} of this and no other, its end included. {_sentences(found.notes)}".rstrip()
    row = (pair.source, pair.written, found.likelihood)
    return Used(("read", "written", "log probability"), (row,), words, text=pair.written, pair=pair)


def _brightest(model: Model, preparation: PairsPreparation) -> float:
    """The value of full ink: the highest of the run's own data, or where the scaler put it if that has gone."""
    from engine.data import load
    from engine.data.pairs.pairs_dataset import PairsDataset

    try:
        dataset = load(model.experiment)
        assert isinstance(dataset, PairsDataset)
        return float(dataset.pairs.numbers.max())
    except (ValueError, OSError):
        assert preparation.vector is not None
        return float(preparation.vector.scaler.inverse(np.ones((1, len(preparation.vector.numbers)))).max())


_ASKED: dict[str, Callable[[Model, Asked], Used]] = {
    "text": _text,
    "sequences": _classes,
    "labelled_text": _classes,
    "pairs": _pairs,
}
_KINDS = {"series": "series", "text": "text", "sequences": "classes"}


def four_digits(value: float) -> str:
    """As many as mean something, and all before the point."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"
