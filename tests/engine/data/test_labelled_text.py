from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import DataError, LabelledTextPreparation, Preparation, load, suggest
from engine.data.sequences.labelled_text import LabelledTextDataset
from engine.data.splits import PARTS
from tests.engine.data.making import Write

UNITS = ("characters", "words", "bytes")


def reviews(rows: int = 60, odd: str = "") -> str:
    """Half of them good, half of them bad; the last third holds `odd`."""
    lines = ["text,mood"]
    for row in range(rows):
        word, mood = ("fine", "glad") if row % 2 else ("poor", "sad")
        lines.append(f'"A {word} thing, number {row}! {odd if row >= rows * 2 // 3 else ""}",{mood}')
    return "\n".join(lines) + "\n"


def made(path: Path, **data: Any) -> LabelledTextDataset:
    settings = {"file": str(path), "kind": "labelled_text", "text_column": "text", "label": "mood"} | data
    found = load(Experiment().replace({f"data.{name}": value for name, value in settings.items()}))
    assert isinstance(found, LabelledTextDataset)
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_texts_become_ragged_batches_of_tokens(write: Write, unit: str) -> None:
    data = made(write("a.csv", reviews()), tokens=unit)
    batch = data.batch("train", np.arange(8))
    assert batch.inputs.dtype == np.int32
    assert batch.inputs.shape == (batch.lengths[0], 8)
    assert batch.inputs.max() < data.input_size
    assert data.classes == ("glad", "sad")
    assert dict(data.baselines("test"))["naive Bayes"] == 1.0


def test_a_text_longer_than_allowed_is_read_from_its_beginning(write: Write) -> None:
    data = made(write("a.csv", reviews()), sequence_length=5)
    assert set(np.diff(data.sequences.borders)) == {5}
    assert any("read only so far" in note for note in data.notes())


def test_an_empty_text_is_one_unknown_token(write: Write) -> None:
    data = made(write("a.csv", "text,mood\n" + '"",sad\n"b b",glad\n' * 6), test=0, validation=0)
    assert data.batch("train", np.arange(1)).inputs.tolist() == [[0]]


def test_texts_without_a_label_are_no_examples(write: Write) -> None:
    data = made(write("a.csv", reviews().replace("sad", "")[:-1] + '\n"A sad one.",sad\n' * 8), split="stratified")
    assert "30 texts without a label, left out of the loss and of the score" in data.notes()
    assert sum(data.count(part) for part in PARTS) == 38
    assert all(batch.weights.all() for part in PARTS for batch in data.batches(part, 1))


@pytest.mark.parametrize("unit", UNITS)
def test_changing_the_test_part_changes_nothing_that_training_sees(write: Write, unit: str) -> None:
    plain, other = (made(write(f"{odd}.csv", reviews(odd=odd)), tokens=unit, test=1 / 3) for odd in ("", "日本 zzz"))
    for part in PARTS[:2]:
        for one, two in zip(plain.batches(part, 8, seed=3), other.batches(part, 8, seed=3), strict=True):
            assert one.inputs.tobytes() == two.inputs.tobytes()
            assert one.targets.tobytes() == two.targets.tobytes()
    assert plain.metadata() == other.metadata()
    assert plain.baselines("validation") == other.baselines("validation")


def test_the_preparation_travels_with_the_weights(write: Write) -> None:
    preparation = made(write("a.csv", reviews()), tokens="words").preparation
    again = Preparation.from_metadata(preparation.metadata())
    assert isinstance(again, LabelledTextPreparation)
    assert again.metadata() == preparation.metadata()
    assert again.encode("A FINE zebra").tolist()[-1] == 0
    assert again.encode("").tolist() == [0]


@pytest.mark.parametrize(
    ("data", "words"),
    [({"text_column": ""}, "no text is chosen"), ({"label": ""}, "no label is chosen"), ({"label": "mod"}, "'mood'")],
)
def test_what_is_missing_is_said(write: Write, data: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        made(write("a.csv", reviews()), **data)


def test_labelled_texts_are_recognised(write: Write) -> None:
    found = suggest(write("a.csv", reviews())).experiment
    assert (found.data.kind, found.data.text_column, found.data.label) == ("labelled_text", "text", "mood")
    load(found)
