"""Notes are shown as musicians write them, and stay in files and networks as they are."""

import pytest

from engine.data import load, sample
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.pairs.tunes import as_musicians_write


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("69:1", "A4 1"), ("70:0.5", "B♭4 ½"), ("60:1.5", "C4 1½"), ("R:2", "rest 2"), ("67:0.333", "G4 0.333"),
        ("▶", "▶"), ("■", "■"), ("(unknown)", "(unknown)"), ("128:1", "128:1"),
    ],
)  # fmt: skip
def test_a_note_by_its_name_and_length(symbol: str, name: str) -> None:
    assert as_musicians_write([symbol]) == (name,)


def test_time_steps_of_a_tune_are_called_by_notes() -> None:
    tunes = load(sample("bach_chorales").experiment)
    assert isinstance(tunes, PairsDataset)
    begin, *notes = tunes.pinned_labels()
    assert begin == "▶"
    assert all(note[0] in "ABCDEFGr" and " " in note for note in notes)
    assert tunes.preparation.symbols.known[0] not in tunes.preparation.shown(range(3, 40))
    phrases = load(sample("number_words").experiment)
    assert isinstance(phrases, PairsDataset)
    assert phrases.preparation.shown(range(9)) == phrases.preparation.symbols.shown(range(9))
