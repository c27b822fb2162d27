from __future__ import annotations

import pytest

from workbench.wording import for_people, score_text, scores_words, unbroken, words


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("model.hidden_size is 0; it takes 1 to 8192", "“Hidden units” is 0; it takes 1 to 8192"),
        ("one window is too long; lower data.look_back.", "One window is too long; lower “Look-back”."),
        ("empty.csv is empty; choose another.", "empty.csv is empty; choose another."),
        ("data.test and data.validation", "“Test part” and “Validation part”"),
        ("my.data.tests stay", "my.data.tests stay"),
        ("no date of the form %d.%m.%Y %H:%M in 'day'", "No date of the form DD.MM.YYYY hh:mm in 'day'"),
        ("80 %days, 5 %", "80 %days, 5 %"),
        ("", ""),
    ],
)  # fmt: skip
def test_messages_speak_as_the_forms_do(message: str, words: str) -> None:
    assert for_people(message) == words


@pytest.mark.parametrize(
    ("name", "value", "told"), [("skill", -0.00045, "0.00"), ("skill", -0.314, "−0.31"), ("RMSE", 15.4466, "15.45")]
)
def test_a_skill_is_told_in_hundredths(name: str, value: float, told: str) -> None:
    assert score_text(name, value) == told


def test_a_score_stands_on_the_line_of_its_name() -> None:
    scores = [("MASE", 0.40181), ("skill", 0.71), ("RMSE", float("nan"))]
    assert scores_words(scores) == "MASE\u00a00.4018, skill against naive\u00a00.71"
    assert unbroken("exact match", "1") == "exact\u00a0match\u00a01"


@pytest.mark.parametrize(("key", "shown"), [("BLEU", "BLEU"), ("exact_match", "Exact match"), ("sgd", "SGD")])
def test_values_are_written_as_the_field_writes_them(key: str, shown: str) -> None:
    assert words(key) == shown
