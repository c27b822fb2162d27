import pytest

from engine.config import TOPOLOGIES
from engine.topologies import NOT_AVAILABLE, default_topology, describe, fit, topologies, topology


def test_all_five_are_declared_in_the_order_of_the_schema() -> None:
    assert tuple(spec.key for spec in topologies()) == TOPOLOGIES


@pytest.mark.parametrize("key", TOPOLOGIES)
@pytest.mark.parametrize("kind", ["series", "text"])
def test_each_says_what_it_does_with_any_data(key: str, kind: str) -> None:
    words = describe(topology(key), kind, ["a", "b", "c", "d"], look_back=1, horizon=2)
    assert words.endswith(".")
    assert "{" not in words
    usable = fit(topology(key), kind)
    assert usable.text.endswith(".")


@pytest.mark.parametrize(
    ("targets", "look_back", "horizon", "words"),
    [
        (["Passengers"], 24, 1, "Reads the last 24 steps and says what Passengers will be 1 step later."),
        (["a", "b"], 1, 3, "Reads the last step and says what a and b will be 3 steps later."),
        (["a", "b", "c"], 0, 1, "Reads the past and says what a, b and c will be 1 step later."),
        (["a", "b", "c", "d"], 2, 1, "Reads the last 2 steps and says what a, b and 2 more will be 1 step later."),
        ([], 0, 1, "Reads the past and says what the value will be 1 step later."),
    ],
)
def test_many_to_one_speaks_of_the_columns_at_hand(
    targets: list[str], look_back: int, horizon: int, words: str
) -> None:
    assert describe(topology("many_to_one"), "series", targets, look_back, horizon) == words


@pytest.mark.parametrize(("kind", "usable"), [("series", {"many_to_one", "many_to_many"}), ("text", {"many_to_many"})])
def test_what_can_be_trained_now(kind: str, usable: set[str]) -> None:
    assert {spec.key for spec in topologies() if fit(spec, kind).usable} == usable
    assert default_topology(kind).key in usable


def test_what_does_not_fit_says_why_and_what_is_to_come_says_so() -> None:
    assert "label" in fit(topology("many_to_one"), "text").text
    assert fit(topology("one_to_many"), "series").text == NOT_AVAILABLE
