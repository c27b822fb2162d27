from typing import Any

import pytest

from engine.config import TOPOLOGIES, DataConfig, field_info
from engine.data.loading import FITS
from engine.topologies import NOT_AVAILABLE, default_topology, describe, fit, topologies, topology

KINDS = field_info("data", "kind").choices


def test_all_five_are_declared_in_the_order_of_the_schema() -> None:
    assert tuple(spec.key for spec in topologies()) == TOPOLOGIES


@pytest.mark.parametrize("key", TOPOLOGIES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_says_what_it_does_with_any_data(key: str, kind: str) -> None:
    words = describe(topology(key), DataConfig(kind=kind, targets=("a", "b", "c", "d"), look_back=1, horizon=2))
    assert words.endswith(".")
    assert "{" not in words
    usable = fit(topology(key), kind)
    assert usable.text.endswith(".")


@pytest.mark.parametrize(
    ("steps", "words"),
    [(1, "writes the next step of a."), (7, "writes the next 7 steps of a, one after the other.")],
)
def test_a_decoder_writes_one_step_or_several(steps: int, words: str) -> None:
    assert describe(topology("encoder_decoder"), DataConfig(targets=("a",), steps=steps)).endswith(words)


@pytest.mark.parametrize(
    ("targets", "look_back", "horizon", "words"),
    [
        (["Passengers"], 24, 1, "Reads the last 24 steps and says what Passengers will be 1 step later."),
        (["a", "b"], 1, 3, "Reads the last step and says what a and b will be 3 steps later."),
        (["a", "b", "c"], 1, 1, "Reads the last step and says what a, b and c will be 1 step later."),
        (["a", "b", "c", "d"], 2, 1, "Reads the last 2 steps and says what a, b and 2 more will be 1 step later."),
        ([], 1, 1, "Reads the last step and says what the value will be 1 step later."),
    ],
)
def test_many_to_one_speaks_of_the_columns_at_hand(
    targets: list[str], look_back: int, horizon: int, words: str
) -> None:
    data = DataConfig(targets=tuple(targets), look_back=look_back, horizon=horizon)
    assert describe(topology("many_to_one"), data) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sequence_column": "utterance"}, "Reads all steps of one utterance and says digit, once, at its end."),
        ({"channels": 8}, "Reads the steps of a row, 8 numbers each, and says digit, once, at its end."),
        ({"sequence_length": 40}, "Reads 40 steps and says digit, once, at its end."),
    ],
)
def test_labelled_sequences_are_called_by_their_columns(changes: dict[str, Any], words: str) -> None:
    assert describe(topology("many_to_one"), DataConfig(kind="sequences", label="digit", **changes)) == words


@pytest.mark.parametrize(
    ("kind", "usable"),
    [
        ("series", {"one_to_one", "many_to_one", "many_to_many", "encoder_decoder"}),
        ("text", {"many_to_many"}),
        ("pairs", {"one_to_many", "encoder_decoder"}),
        ("sequences", {"one_to_one", "many_to_one", "many_to_many"}),
        ("labelled_text", {"many_to_one"}),
    ],
)
def test_what_can_be_trained_now(kind: str, usable: set[str]) -> None:
    assert {spec.key for spec in topologies() if fit(spec, kind).usable} == usable
    assert default_topology(kind).key in usable
    assert set(FITS[kind]) == usable


def test_what_does_not_fit_says_why() -> None:
    assert "label" in fit(topology("many_to_one"), "text").text
    assert NOT_AVAILABLE not in {fit(spec, kind).text for spec in topologies() for kind in FITS}
