"""Which settings can be swept, with which values: asked of every field that is declared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.comparing.sweep_values import Varied, checked, drawn, not_swept, proposed, read_varied, swept_names
from engine.config import ConfigError, Experiment, field_info, field_names

DEFAULT = Experiment()


def _value(experiment: Experiment, name: str) -> object:
    section, _, field = name.partition(".")
    return getattr(getattr(experiment, section), field)


@pytest.mark.parametrize("name", field_names())
def test_a_setting_is_swept_or_says_why_not(name: str) -> None:
    if reason := not_swept(name):
        assert name not in swept_names()
        with pytest.raises(ConfigError, match=f"{name} cannot be varied: it {reason}"):
            read_varied(DEFAULT, f"{name}=1,2")
    else:
        assert field_info(*name.split(".")).choices or isinstance(_value(DEFAULT, name), bool | int | float)


@pytest.mark.parametrize("name", swept_names())
def test_what_is_proposed_is_taken_and_holds_the_present_value(name: str) -> None:
    values = proposed(DEFAULT, name)
    assert len(values) >= 2
    assert len(set(values)) == len(values)
    assert _value(DEFAULT, name) in values
    for value in values:
        assert _value(DEFAULT.replace({name: value}), name) == value
    assert read_varied(DEFAULT, name) == Varied(name, values)
    text = ",".join(str(value) for value in values)
    assert read_varied(DEFAULT, f" {name} = {text}").values == values


@pytest.mark.parametrize("name", swept_names())
def test_numbers_are_proposed_within_their_bounds_from_either_end(name: str) -> None:
    info = field_info(*name.split("."))
    for end in (info.minimum, info.maximum) if math.isfinite(info.minimum) else ():
        own = DEFAULT.replace({name: end})
        assert all(info.minimum <= value <= info.maximum for value in proposed(own, name))


@pytest.mark.parametrize("name", swept_names())
def test_values_are_drawn_within_what_was_named(name: str) -> None:
    varied = read_varied(DEFAULT, name, draws=True)
    twice = [[drawn(varied, np.random.Generator(np.random.Philox(key=4))) for _ in range(20)] for _ in range(2)]
    assert twice[0] == twice[1]
    generator = np.random.Generator(np.random.Philox(key=4))
    for _ in range(20):
        value = drawn(varied, generator)
        assert checked(name, value) == value
        assert min(varied.values) <= value <= max(varied.values)


def test_numbers_on_a_logarithmic_scale_are_spaced_by_ratios() -> None:
    assert proposed(DEFAULT, "training.learning_rate") == (0.0001, 0.0003, 0.001, 0.003, 0.01)
    assert read_varied(DEFAULT, "training.learning_rate=0.0001..0.1:4").values == (0.0001, 0.001, 0.01, 0.1)
    assert read_varied(DEFAULT, "data.look_back=10..40:4").values == (10, 20, 30, 40)
    assert read_varied(DEFAULT, "training.learning_rate=1e-5..1e-1").bounds == (1e-5, 0.1)


def test_half_of_what_is_drawn_lies_below_the_middle_of_the_logarithm() -> None:
    varied = read_varied(DEFAULT, "training.learning_rate=0.0001..1")
    generator = np.random.Generator(np.random.Philox(key=0))
    below = sum(drawn(varied, generator) < 0.01 for _ in range(400))
    assert 150 < below < 250


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.learning_rat=1", "did you mean training.learning_rate"),
        ("training.learning_rate=1,x", "is 'x'; it takes a number"),
        ("training.learning_rate=1,", "is ''; it takes a number"),
        ("training.learning_rate=1,100", "is 100; it takes 1e-08 to 10"),
        ("training.learning_rate=nan,1", "it takes 1e-08 to 10"),
        ("model.hidden_size=2.5,3", "it takes a whole number"),
        ("model.cell=gru..lstm", "a range is for numbers"),
        ("model.bidirectional=no..yes", "a range is for numbers"),
        ("model.hidden_size=8..4", "from the lower to the higher"),
        ("model.hidden_size=4..8:1", "how many values, 2 to 1000"),
        ("model.hidden_size=4..8:two", "how many values, 2 to 1000"),
        ("model.hidden_size=4..8..9", "it takes a whole number"),
        ("", "unknown field"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_varied(DEFAULT, text)
