from __future__ import annotations

import pytest

from engine.config import Experiment, field_info, field_names
from workbench.wording import for_people, score_text, scores_words, set_words, setting_words, unbroken, words


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("model.hidden_size is 0; it takes 1 to 8192", "“Hidden units” is 0; it takes 1 to 8192"),
        ("one window is too long; lower data.look_back.", "One window is too long; lower “Look-back”."),
        ("empty.csv is empty; choose another.", "empty.csv is empty; choose another."),
        ("data.test and data.validation", "“Test part” and “Validation part”"),
        ("my.data.tests stay", "my.data.tests stay"),
        ("model.topology is one_to_many; choose many_to_one.", "“Topology” is One to many; choose Many to one."),
        ("'one_cycle' in one_cycle.csv is a column", "'one_cycle' in one_cycle.csv is a column"),
        ("no date of the form %d.%m.%Y %H:%M in 'day'", "No date of the form DD.MM.YYYY hh:mm in 'day'"),
        ("80 %days, 5 %", "80 %days, 5 %"),
        ("a column 'data.file'; choose 'a one_hot code'", "A column 'data.file'; choose 'a one_hot code'"),
        ("columns are 'one_cycle', 'share %d', \"don't\"", "Columns are 'one_cycle', 'share %d', \"don't\""),
        ("the rows' data.test isn't 'x'; nor data.inputs", "The rows' “Test part” isn't 'x'; nor “Inputs”"),
        ("/home/ann/data.file/x and data.test.csv stay", "/home/ann/data.file/x and data.test.csv stay"),
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


@pytest.mark.parametrize("name", [name for name in field_names() if field_info(*name.split(".", 1)).choices])
def test_no_choice_is_shown_by_its_key(name: str) -> None:
    shown = [setting_words(name, value) for value in field_info(*name.split(".", 1)).choices]
    assert not [text for text in shown if "_" in text]
    assert len(set(shown)) == len(shown)


def test_what_was_set_is_said_in_the_words_of_the_forms() -> None:
    experiment = Experiment().replace({"model.cell": "gru", "training.optimizer": "adamw", "model.bidirectional": True})
    names = ("model.cell", "training.optimizer", "model.bidirectional")
    assert set_words(experiment, names) == "Cell set to GRU, optimiser set to AdamW, both directions set to yes"
